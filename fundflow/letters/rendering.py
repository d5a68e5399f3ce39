"""One file a step, one pair of blocks a recipient: `officer_subject` and `officer`."""

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fundflow.models.money import pounds
from fundflow.workflow.working_days import LONDON

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "emails"


@lru_cache
def environment() -> Environment:
    """Plain text, so nothing is escaped; an undefined name is an error, not a blank."""
    env = Environment(
        loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, autoescape=False,  # noqa: S701 (plain-text e-mail, no HTML)
    )  # fmt: skip
    env.filters.update(pounds=pounds, day=day_words, moment=moment_words)
    return env


def render(template: str, recipient: str, context: dict[str, Any]) -> tuple[str, str]:
    """The subject (one line) and the text for one recipient; raises where a block is missing."""
    page = environment().get_template(template)
    live = page.new_context(context)
    subject = "".join(page.blocks[f"{recipient}_subject"](live))
    text = "".join(page.blocks[recipient](live))
    return " ".join(subject.split())[:250], text.strip() + "\n"


def day_words(day: date | datetime) -> str:
    """“9 February 2027”."""
    if isinstance(day, datetime):
        day = day.astimezone(LONDON).date()
    return f"{day:%-d %B %Y}"


def moment_words(moment: datetime) -> str:
    """“9 February 2027 at 16:00”, on a clock in London."""
    return f"{moment.astimezone(LONDON):%-d %B %Y at %H:%M}"
