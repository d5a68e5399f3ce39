"""What templates may use: filters, the council's name, navigation, who is signed in."""

from datetime import datetime
from typing import Any

from flask import Flask, request
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from markupsafe import Markup, escape

from fundflow.letters.rendering import day_words, moment_words
from fundflow.models.fund import year_words
from fundflow.models.money import pounds
from fundflow.web.access import me_or_nobody, now
from fundflow.web.navigation import navigation
from fundflow.workflow.words import state_words
from fundflow.workflow.working_days import LONDON, london_date


def prepare(app: Flask) -> None:
    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    assert app.jinja_loader is not None  # noqa: S101 (Flask always has one)
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    env.loader = ChoiceLoader([app.jinja_loader, govuk])
    env.filters.update(
        pounds=pounds, day=day_words, moment=moment_words, time=_time, days=days, lines=lines,
        short_day=_short_day, year=year_words,
    )  # fmt: skip
    env.globals.update(number_ids=_number_ids, state_words=state_words)

    @app.context_processor
    def shared() -> dict[str, Any]:
        user = me_or_nobody()
        return {
            "council": app.config["COUNCIL"], "service": app.config["SERVICE"],
            "demo": app.config["DEMO"], "me": user, "now": now(), "today": london_date(now()),
            "navigation": navigation(user, now(), request.path) if user else [],
        }  # fmt: skip


def days(half_days: int | None) -> str:
    """`5` half days as “2.5”."""
    if half_days is None:
        return ""
    return f"{half_days // 2}.5" if half_days % 2 else str(half_days // 2)


def lines(text: str) -> Markup:
    """Text with its line breaks, escaped."""
    return Markup("<br>").join(escape(line) for line in (text or "").splitlines())


def _number_ids(prefix: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Radios and checkboxes with ids an error summary can point at: `prefix-0`, `prefix-1` …"""
    return [{**item, "id": f"{prefix}-{n}"} for n, item in enumerate(items)]


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%H:%M}"


def _short_day(day: Any) -> str:
    """“9 Feb”."""
    if isinstance(day, datetime):
        day = day.astimezone(LONDON)
    return f"{day:%-d %b}"
