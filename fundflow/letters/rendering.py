"""One file a step, one pair of blocks a recipient: `officer_subject` and `officer`."""

import re
from collections.abc import Iterable, Set
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension

from fundflow.config import ROOT
from fundflow.models.money import days_in_sum, days_number, days_words, pounds
from fundflow.models.school import School
from fundflow.rules.award_sums import sum_of
from fundflow.rules.awards import schedule_of, shares_of
from fundflow.rules.bid_sections import SECTION, missing_sections
from fundflow.rules.change_requests import is_less, losing
from fundflow.rules.change_words import differences
from fundflow.rules.claims import why_costs_lack_receipts, why_days_unsettled
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.invoices import order_of
from fundflow.rules.plans import pence_to_award
from fundflow.rules.recoveries import taken_off
from fundflow.rules.surveys import without_head
from fundflow.workflow.date_words import FILTERS
from fundflow.workflow.phrases import joined
from fundflow.workflow.working_days import add_working_days, london_date

FOLDER = ROOT / "templates" / "emails"


TAG = re.compile(r"\{[%#].*?[%#]\}")


class KeepsLineEnds(Extension):
    """A line of text that ends in a tag keeps its line end; `trim_blocks` would take it.

    A line of tags alone still leaves no line behind.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 (Jinja's signature)
        return "\n".join(
            line.removesuffix("%}") + "+%}" if line.endswith(" %}") and TAG.sub("", line).strip() else line
            for line in source.split("\n")
        )


@lru_cache
def environment() -> Environment:
    """Plain text, so nothing is escaped; an undefined name is an error, not a blank."""
    env = Environment(
        loader=FileSystemLoader(FOLDER),
        extensions=[KeepsLineEnds],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 (plain-text e-mail, no HTML)
        auto_reload=False,
        cache_size=-1,  # every letter stays compiled, however many there are
    )
    env.filters.update(
        FILTERS,
        pounds=pounds,
        money=_money,
        days=days,
        days_in_sum=days_in_sum,
        days_words=days_words,
        names=_names,
        listed=joined,
        section_title=_section_title,
        after_working_days=_after_working_days,
    )
    env.globals.update(
        bar_of=bar_of,
        differences=differences,
        is_less=is_less,
        losing=losing,
        missing_sections=missing_sections,
        pence_to_award=pence_to_award,
        schedule_of=schedule_of,
        order_of=order_of,
        shares_of=shares_of,
        sum_of=sum_of,
        taken_off=taken_off,
        why_costs_lack_receipts=why_costs_lack_receipts,
        why_days_unsettled=why_days_unsettled,
        without_head=without_head,
    )
    return env


def render(template: str, recipient: str, context: dict[str, Any]) -> tuple[str, str]:
    """The subject (one line) and the text for one recipient; raises where a block is missing."""
    page = environment().get_template(template)
    live = page.new_context(context)
    subject = "".join(page.blocks[f"{recipient}_subject"](live))
    text = "".join(page.blocks[recipient](live))
    return " ".join(subject.split())[:250], re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


def days(half_days: int | None) -> str:
    """`5` half days as “2.5”."""
    return "" if half_days is None else days_number(half_days)


def _money(pence: int) -> str:
    """“£3,000”, with pence only where there are some."""
    return pounds(pence, always_pence=False)


def _names(schools: Iterable[School]) -> str:
    return joined([school.name for school in schools])


def _section_title(slug: str) -> str:
    return SECTION[slug].title if slug in SECTION else slug


def _after_working_days(moment: datetime, count: int, off: Set[date]) -> date:
    return add_working_days(london_date(moment), count, off)
