"""What changed between two frozen versions of a bid, in words. Pure: two JSON texts in.

Rows have no numbers of their own in a frozen copy, so they are matched by what they are about: a
line of backfill by its school and staff code, an outcome by its measure. So 6 days that became 7
read as one changed row.
"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from fundflow.applications import reading
from fundflow.applications.sections import PAGES, Rows, SectionPage
from fundflow.models.money import pounds
from fundflow.models.school import SchoolRef

NOTHING: dict[str, Any] = {"answers": {}, "rows": {}}

# What a row is about: rows of two versions that agree in these are the same row, changed.
ABOUT: dict[str, tuple[tuple[str, ...], ...]] = {
    "schools": (("school",),),
    "evidence": (("kind", "source"), ("source",)),
    "groups": (("group",),),
    "outcomes": (("measure", "group"), ("measure",)),
    "activities": (("what",),),
    "backfill": (("school", "staff_code"), ("school", "staff_role")),
    "other-costs": (("kind", "description"), ("description",)),
    "match": (("source", "kind"), ("source",)),
    "risks": (("risk",),),
}
NEVER_ALIKE = {"schools", "groups"}  # another school is no change of the first one

MONEY = {
    "backfill": "Backfill",
    "other": "Other costs",
    "cash_match": "Cash match",
    "in_kind_match": "Match in kind",
    "requested": "Amount requested",
}


class Change(NamedTuple):
    """One answer: its question, what it was, what it is; empty where there was or is none."""

    label: str
    old: str
    new: str


class RowChange(NamedTuple):
    """One row that was added (`old` empty in every change), removed, or changed."""

    title: str  # “Outcomes”
    name: str  # which of them
    how: str  # "added", "removed" or "changed"
    changes: list[Change]


class SectionChange(NamedTuple):
    slug: str
    title: str
    answers: list[Change]
    rows: list[RowChange]


class Differences(NamedTuple):
    """Empty (false) where nothing differs that anybody reads."""

    sections: list[SectionChange]
    money: list[Change]
    heading: list[Change]  # the lead school, the fund, the round

    def __bool__(self) -> bool:
        return bool(self.sections or self.money or self.heading)

    def in_lines(self) -> list[str]:
        """Each change in a line, with old and new, as the history keeps it."""
        lines = [_line(change) for change in self.heading]
        for section in self.sections:
            lines += [f"{section.title}. {_line(change)}" for change in section.answers]
            for row in section.rows:
                lines += _lines_of_row(section, row)
        return lines + [_line(change) for change in self.money]


def between(before: str, after: str) -> Differences:
    """What differs from the first frozen text to the second."""
    old, new = json.loads(before), json.loads(after)
    sections = [_section(page, old["sections"], new["sections"]) for page in PAGES]
    return Differences(
        [section for section in sections if section.answers or section.rows],
        _changes(
            [(label, pounds(old["money"].get(key, 0))) for key, label in MONEY.items()],
            [(label, pounds(new["money"].get(key, 0))) for key, label in MONEY.items()],
        ),
        _changes(_heading(old), _heading(new)),
    )


def _heading(data: dict[str, Any]) -> reading.Pairs:
    words = {"fund": "Fund", "round": "Round"}
    lead = ("School that leads the bid", SchoolRef(**data["lead_school"]).words)
    return [lead, *((label, str(data.get(key, ""))) for key, label in words.items())]


def _section(page: SectionPage, old: dict[str, Any], new: dict[str, Any]) -> SectionChange:
    was, now = old.get(page.slug, NOTHING), new.get(page.slug, NOTHING)
    rows = [
        change
        for kind in page.rows
        for change in _rows(kind, was["rows"].get(kind.slug, []), now["rows"].get(kind.slug, []))
    ]
    answers = _changes(reading.section_in_words(page, was).pairs, reading.section_in_words(page, now).pairs)
    return SectionChange(page.slug, page.title, answers, rows)


def _changes(old: reading.Pairs, new: reading.Pairs) -> list[Change]:
    """The questions whose answers differ, in the order of the new version."""
    was, now = dict(old), dict(new)
    labels = dict.fromkeys([*now, *was])
    return [
        Change(label, was.get(label, ""), now.get(label, ""))
        for label in labels
        if was.get(label, "") != now.get(label, "")
    ]


# -- rows ------------------------------------------------------------------------------------------

Row = dict[str, Any]


def _rows(kind: Rows, old: list[Row], new: list[Row]) -> list[RowChange]:
    pairs, gone, come = _matched(kind.slug, old, new)
    changed = [_row_change(kind, "changed", was, now) for was, now in pairs if was != now]
    removed = [_row_change(kind, "removed", was, {}) for was in gone]
    added = [_row_change(kind, "added", {}, now) for now in come]
    return [row for row in changed + removed + added if row.changes]


def _row_change(kind: Rows, how: str, was: Row, now: Row) -> RowChange:
    old, new = reading.row_in_words(kind, was), reading.row_in_words(kind, now)
    name = ", ".join([text for _label, text in (old or new) if text][:2])
    return RowChange(kind.title, name[:120], how, _changes(old, new))


def _matched(slug: str, old: list[Row], new: list[Row]) -> tuple[list[tuple[Row, Row]], list[Row], list[Row]]:
    """Rows that are one and the same in both versions, and those of only the old or the new one."""
    gone, come = list(old), list(new)
    pairs: list[tuple[Row, Row]] = _take(gone, come, lambda was, now: was == now)
    for about in ABOUT.get(slug, ()):
        pairs += _take(gone, come, _agreeing_in(about))
    if slug not in NEVER_ALIKE:
        pairs += _take(gone, come, _alike)
    return pairs, gone, come


def _take(gone: list[Row], come: list[Row], same: Callable[[Row, Row], bool]) -> list[tuple[Row, Row]]:
    """Pair the rows that are the same, and take them out of both lists."""
    pairs = []
    for was in list(gone):
        now = next((row for row in come if same(was, row)), None)
        if now is not None:
            pairs.append((was, now))
            gone[:] = [row for row in gone if row is not was]
            come[:] = [row for row in come if row is not now]
    return pairs


def _agreeing_in(about: tuple[str, ...]) -> Callable[[Row, Row], bool]:
    return lambda was, now: [_about(was, key) for key in about] == [_about(now, key) for key in about]


def _about(row: Row, key: str) -> Any:
    """One answer of a row; of a school its URN, since schools are renamed."""
    return row[key]["urn"] if key == "school" else row.get(key)


def _alike(was: Row, now: Row) -> bool:
    """Whether more than half of the answers are the same."""
    keys = set(was) | set(now)
    same = [key for key in keys if was.get(key) == now.get(key)]
    return len(same) * 2 > len(keys)


# -- as the history keeps it -----------------------------------------------------------------------


def _lines_of_row(section: SectionChange, row: RowChange) -> list[str]:
    where = f"{section.title}. {row.title}, {row.name}"
    if row.how == "changed":
        return [f"{where}. {_line(change)}" for change in row.changes]
    said = "; ".join(f"{c.label}: {c.new or c.old}" for c in row.changes)
    return [f"{where}: {row.how}. {said}"]


def _line(change: Change) -> str:
    return f"{change.label}: {_quoted(change.old)} → {_quoted(change.new)}"


def _quoted(text: str) -> str:
    return f"“{text}”" if text else "nothing"


# -- what was signed -------------------------------------------------------------------------------


def _rows_of(data: dict[str, Any], slug: str, kind: str, *, without: tuple[str, ...] = ()) -> list[Row]:
    rows = data["sections"].get(slug, NOTHING)["rows"].get(kind, [])
    return [{key: value for key, value in row.items() if key not in without} for row in rows]


def _dates(data: dict[str, Any]) -> list[Any]:
    answers = data["sections"].get("plan", NOTHING)["answers"]
    return [answers.get("start_on"), answers.get("end_on")]


# What partners and approvers agreed to, in the customer's words, and where it stands in the data.
# A new address of a head is no other school; a new address of the approver is another signature.
SIGNED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "the schools that take part": lambda data: [
        data["lead_school"]["urn"],
        *(
            row | {"school": row["school"]["urn"]}
            for row in _rows_of(data, "schools", "schools", without=("contact_name", "contact_email"))
        ),
    ],
    "the dates": _dates,
    "the outcomes": lambda data: _rows_of(data, "outcomes", "outcomes"),
    "the costs": lambda data: data["sections"].get("costs", NOTHING)["rows"],
    "the amount": lambda data: data["money"],
}
APPROVER = "who approves the bid"


def signed_parts(before: str, after: str) -> list[str]:
    """Which parts that others agreed to differ, in words: money, schools, dates, outcomes."""
    old, new = json.loads(before), json.loads(after)
    return [words for words, part in SIGNED.items() if part(old) != part(new)]


def approver_differs(before: str, after: str) -> bool:
    """Whether somebody else is to sign."""
    old, new = (json.loads(text)["sections"].get("approver", NOTHING)["answers"] for text in (before, after))
    return bool(old.get("approver_email") != new.get("approver_email"))
