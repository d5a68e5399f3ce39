"""A bid's plain data (see `freezing`) in words, for people to read."""

from collections.abc import Callable, Iterable
from datetime import date
from enum import Enum
from typing import Any, NamedTuple

from wtforms.fields.core import UnboundField

from fundflow.applications.row_forms import VAT_CODES
from fundflow.applications.section_forms import SectionForm
from fundflow.applications.sections import PAGES, Rows, SectionPage, ShownAnswer, percent
from fundflow.models.bid_parts import CostKind, MatchKind
from fundflow.models.money import days_in_sum as days
from fundflow.models.money import pounds
from fundflow.models.school import SchoolRef
from fundflow.web.fields import Day
from fundflow.web.number_fields import HalfDays, Percent, Pounds
from fundflow.workflow.date_words import day_words

Pairs = list[tuple[str, str]]


class RowsInWords(NamedTuple):
    """The rows of one kind: a title and, a row, its questions with their answers."""

    slug: str
    title: str
    rows: list[Pairs]


class SectionInWords(NamedTuple):
    """One section, in words."""

    slug: str
    title: str
    pairs: Pairs
    groups: list[RowsInWords]


def in_words(data: dict[str, Any]) -> list[SectionInWords]:
    """Every section of a bid's data that it holds, in the form's order."""
    return [
        section_in_words(page, data["sections"][page.slug]) for page in PAGES if page.slug in data["sections"]
    ]


def without_group_counts(data: dict[str, Any]) -> dict[str, Any]:
    """A bid's data for anyone who does not work on it: which groups of pupils it is for, not how many of each
    (docs/rules.md, "Small numbers")."""
    sections = dict(data["sections"])
    if section := sections.get("pupils"):
        groups = [{k: v for k, v in row.items() if k != "count"} for row in section["rows"].get("groups", [])]
        sections["pupils"] = {**section, "rows": {**section["rows"], "groups": groups}}
    return {**data, "sections": sections}


def section_in_words(page: SectionPage, data: dict[str, Any]) -> SectionInWords:
    groups = [
        RowsInWords(
            rows.slug, rows.title, [row_in_words(rows, row) for row in data["rows"].get(rows.slug, [])]
        )
        for rows in page.rows
    ]
    asked = [(item["question"], item["answer"]) for item in data.get("asked", [])]
    return SectionInWords(
        page.slug, page.title, _pairs(page.form, page.shown, data["answers"]) + asked, groups
    )


def row_in_words(rows: Rows, row: dict[str, Any]) -> Pairs:
    return _pairs(rows.form, rows.shown, row)


def _pairs(form: type[SectionForm], shown: Iterable[ShownAnswer], data: dict[str, Any]) -> Pairs:
    said = [(item.label, _said(item.key, data[item.key])) for item in shown if item.key in data]
    asked = [
        (_label(field), said_of(field, data[name]))
        for name, field in form.questions().items()
        if name in data and (data[name] not in (None, "") or field.kwargs.get("missing"))
    ]
    first = [pair for pair in said if pair[0] == "School"]
    return first + asked + [pair for pair in said if pair not in first]


def _label(field: UnboundField) -> str:
    return str(field.args[0])


def _said(key: str, value: Any) -> str:
    if key == "size":
        return f"{value / 1_000_000:.1f} MB" if value >= 1_000_000 else f"{max(value // 1000, 1)} KB"
    if key == "school":
        return SchoolRef(**value).words
    return pounds(value) if key == "pence" else str(value or "")


SAID: dict[type[Any], Callable[[Any], str]] = {
    Pounds: pounds,
    HalfDays: days,
    Percent: percent,
    Day: lambda text: day_words(date.fromisoformat(text)),
}


def said_of(field: UnboundField, value: Any) -> str:
    """One answer in words; empty where there is none."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if field.field_class in SAID:
        return SAID[field.field_class](value)
    choices = field.kwargs.get("choices")
    if isinstance(choices, type) and issubclass(choices, Enum):
        return str(choices(value).words)  # type: ignore[attr-defined]
    words: dict[Any, str] = dict(choices or ())
    if isinstance(value, list):
        return ", ".join(words.get(item, str(item)) for item in value)
    return words.get(str(value), f"{value:,}" if isinstance(value, int) else str(value))


class Brief(NamedTuple):
    """The bid in brief, from its data."""

    title: str
    need: str
    when: str


def brief(data: dict[str, Any]) -> Brief:
    about, need, plan = (data["sections"][slug]["answers"] for slug in ("about", "need", "plan"))
    days_of = [day_words(date.fromisoformat(plan[key])) for key in ("start_on", "end_on") if plan[key]]
    return Brief(about["title"], need["need"], " to ".join(days_of))


class BackfillRow(NamedTuple):
    """One line of backfill in words; `pence` is its cost."""

    school: SchoolRef
    role: str
    grade: str
    code: str
    days: str
    rate: str
    on_cost: str
    vat: str
    reason: str
    pence: int


class Costs(NamedTuple):
    """The sum with its parts: lines of backfill, other costs and match as (label, pence)."""

    backfill: list[BackfillRow]
    others: list[tuple[str, int]]
    match: list[tuple[str, int]]
    money: dict[str, int]

    def of_school(self, urn: str) -> list[BackfillRow]:
        """The lines of one school."""
        return [row for row in self.backfill if row.school.urn == urn]


def costs_in_words(data: dict[str, Any]) -> Costs:
    """The cost table of a bid's data."""
    rows = data["sections"]["costs"]["rows"]
    vat = dict(VAT_CODES)
    lines = [
        BackfillRow(
            SchoolRef(**row["school"]),
            row["staff_role"],
            row.get("grade", ""),
            row["staff_code"],
            days(row["half_days"]),
            pounds(row["day_rate_pence"]),
            percent(row["on_cost_basis_points"]),
            vat.get(row["vat_code"], row["vat_code"]),
            row["rate_reason"],
            row["pence"],
        )
        for row in rows["backfill"]
    ]
    others = [
        (f"{CostKind(row['kind']).words}: {row['description']}", row["pence"]) for row in rows["other-costs"]
    ]
    match = [
        (f"{row['source']} ({MatchKind(row['kind']).words.lower()})", row["pence"]) for row in rows["match"]
    ]
    return Costs(lines, others, match, data["money"])
