"""What templates may use: filters, the council's name, navigation, who is signed in."""

from collections.abc import MutableMapping
from decimal import Decimal
from typing import Any

from flask import Flask, request
from flask.templating import Environment
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from markupsafe import Markup, escape

from fundflow.letters import rendering
from fundflow.letters.rendering import days as days  # rooms take it from here
from fundflow.models.fund import Module, year_words
from fundflow.models.money import days_in_sum, days_words, pounds
from fundflow.permissions import outcome_kept
from fundflow.rules.rounds import closing_words
from fundflow.web import brand, modules
from fundflow.web.access import me_or_nobody, now
from fundflow.web.finding import to_pick
from fundflow.web.navigation import navigation
from fundflow.web.paging import count_words, page_address
from fundflow.workflow.application import WORDS
from fundflow.workflow.date_words import FILTERS, short_day
from fundflow.workflow.interests import bar_of_them, ties_to_you
from fundflow.workflow.panel_rules import points
from fundflow.workflow.phrases import joined
from fundflow.workflow.words import Words
from fundflow.workflow.words import state_words as words_of_state
from fundflow.workflow.working_days import london_date


class Pages(Environment):
    """Flask's, but the globals of a template are one dictionary.

    Each import of a macro compares them with those of the page. A form has some 230 imports, nearly all
    in the library's macros, and with Jinja's chain of two maps they took a sixth of the time of a page.
    So a global must be there before the first template is loaded.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


def prepare(app: Flask) -> None:
    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    assert app.jinja_loader is not None  # noqa: S101 (Flask always has one)
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    env.loader = ChoiceLoader([app.jinja_loader, govuk])
    env.filters.update(
        FILTERS,
        pounds=pounds,
        days=days,
        days_in_sum=days_in_sum,
        days_words=days_words,
        lines=lines,
        year=year_words,
        listed=joined,
        points=points,
        bar_of_them=bar_of_them,
        ties_to_you=ties_to_you,
        count_words=count_words,
        lower_first=lower_first,
        upper_first=upper_first,
    )
    env.globals.update(
        closing_words=closing_words,
        state_words=state_words,
        number=number,
        to_pick=to_pick,
        module_is_on=lambda name: modules.is_on(Module[name]),
        page_address=page_address,
        confirmation_words=_confirmation_words,
        plain_state=lambda state: WORDS[state],
    )

    @app.context_processor
    def shared() -> dict[str, Any]:
        user = me_or_nobody()
        return {
            "council": app.config["COUNCIL"],
            "service": app.config["SERVICE"],
            "brand": brand.in_force(),
            "demo": app.config["DEMO"],
            "me": user,
            "now": now(),
            "today": london_date(now()),
            "navigation": navigation(user, now(), request.path) if user else [],
        }


def load_templates(app: Flask) -> None:
    """Compile every page, macro and letter now; else the first reader of each waits until it is."""
    for env, ending in ((app.jinja_env, "html"), (rendering.environment(), "txt")):
        for name in env.list_templates(extensions=[ending]):
            env.get_template(name)


def state_words(bid: Any, *, for_staff: bool) -> Words:
    """A bid's state, or a list's line of one, as the signed-in person may know it."""
    user = me_or_nobody()
    if hasattr(bid, "kept_until"):  # a line of a list, which has asked
        return words_of_state(bid, for_staff=for_staff, kept_until=bid.kept_until)
    kept = outcome_kept(user, bid, now()) if user else bid.decision_held_until
    return words_of_state(bid, for_staff=for_staff, kept_until=kept)


def lower_first(text: str) -> str:
    """A sentence within another: its first letter small, the others as they are."""
    return text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """The beginning of a sentence or line."""
    return text[:1].upper() + text[1:]


def number(value: Any) -> str:
    """A Decimal or a float without trailing zeros: `58.00` as “58”."""
    return f"{Decimal(str(value)).normalize():f}"


def _confirmation_words(record: Any) -> str:
    """“Asked 2 Nov”, “Confirmed” …"""
    words = record.workflow.words[record.state]
    return f"{words} {short_day(record.asked_at)}" if record.state.value == "asked" else words


def lines(text: str) -> Markup:
    """Text with its line breaks, escaped."""
    return Markup("<br>").join(escape(line) for line in (text or "").splitlines())
