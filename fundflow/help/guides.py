"""The guides: a table, a row a file of `docs/help/`, and their HTML."""

from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from fundflow.config import ROOT
from fundflow.models.person import RoleName as R
from fundflow.models.person import SeatPosition as P
from fundflow.models.person import Standing as S
from fundflow.models.person import User

FOLDER = ROOT / "docs" / "help"
# Who a guide is for, by its name; an approver has no account.
GUIDES: dict[str, frozenset[R | S | P]] = {
    "head-teacher": frozenset({S.LEADER}),
    "school-team": frozenset({S.TEAM}),
    "partner-school": frozenset({S.LEADER, S.TEAM}),
    "approver": frozenset(),
    "officer": frozenset({R.OFFICER, R.DEPUTY_OFFICER}),
    "panel-member": frozenset({P.MEMBER, P.DEPUTY}),
    "panel-chair": frozenset({P.CHAIR, P.DEPUTY}),
    "clerk": frozenset({R.CLERK}),
    "deciding-officer": frozenset({R.AUTHORISED_OFFICER, R.REVIEWING_MANAGER}),
    "finance-officer": frozenset({R.FINANCE}),
    "impact-officer": frozenset({R.IMPACT_OFFICER}),
    "auditor": frozenset({R.AUDITOR}),
    "board-member": frozenset({R.BOARD}),
    "administrator": frozenset({R.ADMINISTRATOR}),
    "keeping-it-safe": frozenset({R.ADMINISTRATOR}),
}
# Classes of the Design System for what Markdown makes.
CLASSES = {
    "h2": "govuk-heading-m",
    "p": "govuk-body",
    "ul": "govuk-list govuk-list--bullet",
    "a": "govuk-link",
    "table": "govuk-table",
    "thead": "govuk-table__head",
    "tbody": "govuk-table__body",
    "tr": "govuk-table__row",
    "th": "govuk-table__header",
    "td": "govuk-table__cell",
    "img": "ff-picture",
}


class Guide(NamedTuple):
    """A guide as it is shown: its first heading, and the rest."""

    name: str
    title: str
    html: Markup


@lru_cache(maxsize=len(GUIDES))
def guide(name: str) -> Guide:
    """The guide of this name in `GUIDES`. Raises KeyError where there is none."""
    _ = GUIDES[name]
    markdown = MarkdownIt("commonmark").enable("table")
    tokens = markdown.parse((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    _open, heading, _close, *rest = tokens
    _dress(rest)
    _name_tables(rest, heading.content)
    return Guide(name, heading.content, Markup(markdown.renderer.render(rest, markdown.options, {})))  # noqa: S704 (our own files)


def guides_for(user: User | None, day: date) -> list[Guide]:
    """The guides of what this person is on a day, in the order of the table."""
    if user is None:
        return []
    kinds: set[R | S | P] = {
        *user.roles_on(day),
        *(member.standing for member in user.memberships_on(day)),
        *(seat.position for seat in user.seats_on(day)),
    }
    return [guide(name) for name, theirs in GUIDES.items() if theirs & kinds]


def _dress(tokens: list[Token]) -> None:
    """Give elements their classes, and links and pictures their addresses within the service."""
    for token in tokens:
        if token.tag in CLASSES and token.nesting >= 0:  # opening, or alone
            token.attrSet("class", CLASSES[token.tag])
        if token.tag == "th" and token.nesting == 1:
            token.attrSet("scope", "col")
        if token.tag == "a" and token.nesting == 1:
            token.attrSet("href", _address(token.attrGet("href")))
        if token.tag == "img":
            token.attrSet("src", f"/help/pictures/{token.attrGet('src')}")
        _dress(token.children or [])


def _name_tables(tokens: list[Token], heading: str) -> None:
    """Call each table what the heading above it says."""
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = tokens[place + 1].content
        if token.type == "table_open":
            token.attrSet("aria-label", heading)


def _address(href: Any) -> str:
    return f"/help/{str(href).removesuffix('.md')}"
