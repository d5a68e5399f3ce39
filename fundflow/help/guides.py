"""The guides: a table, a row a file of `docs/help/`, and their HTML."""

from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from fundflow.config import ROOT
from fundflow.models.fund import Module
from fundflow.models.person import RoleName as R
from fundflow.models.person import SeatPosition as P
from fundflow.models.person import Standing as S
from fundflow.models.person import User
from fundflow.web import modules

FOLDER = ROOT / "docs" / "help"


class About(NamedTuple):
    """Whose guide it is, the part of the service it is of, and whether only they may read it."""

    kinds: frozenset[R | S | P]
    module: Module | None = None
    only_theirs: bool = False


def _of(*kinds: R | S | P, module: Module | None = None, only_theirs: bool = False) -> About:
    return About(frozenset(kinds), module, only_theirs)


OFFICERS = (R.OFFICER, R.DEPUTY_OFFICER)
GUIDES: dict[str, About] = {
    "head-teacher": _of(S.LEADER),
    "school-team": _of(S.TEAM),
    "partner-school": _of(S.LEADER, S.TEAM),
    "approver": _of(),  # who has no account
    "officer": _of(*OFFICERS),
    "panel-member": _of(P.MEMBER, P.DEPUTY),
    "panel-chair": _of(P.CHAIR, P.DEPUTY),
    "clerk": _of(R.CLERK),
    "deciding-officer": _of(R.AUTHORISED_OFFICER, R.REVIEWING_MANAGER),
    "finance-officer": _of(R.FINANCE),
    "impact-officer": _of(R.IMPACT_OFFICER),
    "auditor": _of(R.AUDITOR),
    "board-member": _of(R.BOARD),
    "administrator": _of(R.ADMINISTRATOR),
    "keeping-it-safe": _of(R.ADMINISTRATOR),
    "services": _of(S.LEADER, S.TEAM, *OFFICERS, R.FINANCE, module=Module.CATALOGUE),
    "advisers": _of(S.LEADER, *OFFICERS, module=Module.ADVISERS),
    "quality-checks": _of(*OFFICERS, R.FINANCE, module=Module.QUALITY_CHECKS),
    "surveys": _of(S.LEADER, S.TEAM, *OFFICERS, module=Module.SURVEYS),
    "need": _of(*OFFICERS, R.ADMINISTRATOR, module=Module.NEED),
    "good-practice": _of(S.LEADER, S.TEAM, *OFFICERS, module=Module.SHARING),
    "caseloads": _of(*OFFICERS, R.AUDITOR, R.ADMINISTRATOR, module=Module.CASELOADS, only_theirs=True),
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


def guides_to(user: User | None, day: date) -> tuple[list[Guide], list[Guide]]:
    """The guides of what this person is on a day, and all that they may read; in the order of the table."""
    kinds = _kinds(user, day) if user else set()
    read = [
        (name, about)
        for name, about in GUIDES.items()
        if modules.is_on(about.module) and (about.kinds & kinds or not about.only_theirs)
    ]
    return [guide(name) for name, about in read if about.kinds & kinds], [guide(name) for name, _ in read]


def _kinds(user: User, day: date) -> set[R | S | P]:
    return {
        *user.roles_on(day),
        *(member.standing for member in user.memberships_on(day)),
        *(seat.position for seat in user.seats_on(day)),
    }


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
