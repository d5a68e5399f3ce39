"""The way back: a frozen version's answers become the bid's live answers again.

Thawing what `freezing` froze gives the same frozen text. Rows are made again where they differ;
schools are found by their URN (their successors, where they passed the bid on), a priority, a
grade and a measure by their name.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum as PyEnum
from typing import Any

from sqlalchemy import Date, Enum, Numeric, inspect, select

from fundflow.applications import freezing
from fundflow.applications.sections import PAGES, Rows, SectionPage
from fundflow.extensions import db
from fundflow.models.area import PASSED_ON
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.files import Attachment
from fundflow.models.history import HistoryEntry
from fundflow.rules.bid_money import recount
from fundflow.rules.school_queries import school_by_urn


def restore_draft(bid: Bid, text: str, now: datetime) -> None:
    """Put the answers of a frozen text back; the caller has locked the bid, counts the change, commits.

    What the frozen version does not hold, since it did not apply then, is left as it is.
    """
    sections = json.loads(text)["sections"]
    for page in PAGES:
        if page.slug in sections:
            _thaw_section(bid, page, sections[page.slug], now)
    db.session.flush()
    db.session.expire(bid)
    recount(bid)
    db.session.flush()


def _thaw_section(bid: Bid, page: SectionPage, frozen: dict[str, Any], now: datetime) -> None:
    _write(bid, bid, page.form.stored(), frozen["answers"])
    if page.asked is not None:
        _answer_round(bid, {item["question"]: item["answer"] for item in frozen.get("asked", [])})
    for kind in page.rows:
        wanted = frozen["rows"].get(kind.slug, [])
        if kind.model is Attachment:
            _attach(bid, wanted, now)
        elif wanted != [freezing.row_answers(row, kind) for row in kind.of(bid)]:
            _make_anew(bid, kind, wanted)


def _make_anew(bid: Bid, kind: Rows, wanted: list[dict[str, Any]]) -> None:
    for row in list(kind.of(bid)):
        db.session.delete(row)
    db.session.flush()  # before rows that may be the same only once
    for answers in wanted:
        row = kind.model(bid_id=bid.id)
        _write(bid, row, kind.form.stored(), answers)
        if isinstance(row, Partner) and _is_in(bid, row):
            continue
        db.session.add(row)
        db.session.flush()  # rows are read in the order of their numbers
    db.session.expire(bid, [kind.collection])


def _is_in(bid: Bid, partner: Partner) -> bool:
    """Whether the school leads the bid or takes part already, as a successor may."""
    mine = select(Partner.id).where(Partner.bid_id == bid.id, Partner.school_id == partner.school_id)
    return partner.school_id == bid.lead_school_id or db.session.scalar(mine) is not None


def _answer_round(bid: Bid, said: dict[str, str]) -> None:
    """Answers to the round's own questions, which are frozen with the words of the questions."""
    asked = {question.id: question.text for question in bid.round.questions}
    bid.round_texts = {number: said[text] for number, text in asked.items() if text in said}


def _attach(bid: Bid, wanted: list[dict[str, Any]], now: datetime) -> None:
    """Files are kept for ever: what was removed since comes back, what was added since goes."""
    left = [(row["name"], row["sha256"], row["description"]) for row in wanted]
    own = [a for a in bid.attachments if a.is_of_form]
    for file in sorted(own, key=lambda a: (a.removed_at is not None, a.id)):  # those that stayed first
        found = next((row for row in left if row[:2] == (file.name, file.sha256)), None)
        if found is None:
            file.removed_at = file.removed_at or now
        else:
            left.remove(found)
            file.removed_at, file.description = None, found[2]


def _write(bid: Bid, record: Any, stored: list[str], answers: dict[str, Any]) -> None:
    """Set what the form keeps, and what stands in words for a key of another table."""
    columns = inspect(type(record)).columns
    for name in stored:
        if name in answers and name in columns:
            setattr(record, name, _typed(columns[name].type, answers[name]))
    for key, (name, find) in WRITTEN_OUT.items():
        if key in answers and name in columns:
            setattr(record, name, find(bid, answers[key]))


def _typed(kind: Any, value: Any) -> Any:
    """A value as its column keeps it, from what `freezing.plain` made of it."""
    if value is None:
        return None
    if isinstance(kind, Enum) and kind.enum_class:
        members: type[PyEnum] = kind.enum_class
        return members(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return Decimal(value) if isinstance(kind, Numeric) else value


def _school(bid: Bid, kept: dict[str, str]) -> int | None:
    school = school_by_urn(_urn_today(bid, kept["urn"]), organisations=True)
    return school.id if school else None


def _urn_today(bid: Bid, urn: str) -> str:
    """The school that stands in another's place since that one passed this bid, or the one it tries
    again, on to it."""
    passed = db.session.scalars(
        select(HistoryEntry.facts)
        .where(HistoryEntry.bid_id.in_((bid.id, bid.resubmits_id)), HistoryEntry.step == PASSED_ON)
        .order_by(HistoryEntry.id)
    )
    stands_for: dict[str, str] = {}
    for facts in passed:
        old, new = facts["from"], facts["to"]
        holder = stands_for.get(old, old)  # where it went to another by mistake first
        stands_for = {key: new if at == holder else at for key, at in stands_for.items()}
        stands_for |= {old: new, holder: new}
    return stands_for.get(urn, urn)


def _priority(bid: Bid, title: str) -> int | None:
    return next((p.id for p in bid.round.priorities if p.title == title), None)


def _grade(bid: Bid, title: str) -> int | None:
    return next((g.id for g in bid.fund.grades if g.title == title), None)


def _measure(bid: Bid, name: str) -> int | None:
    return next((one.id for one in bid.fund.measures if one.name == name), None)


# What is frozen in words, since keys mean nothing later: key → attribute, and how to find it again.
WRITTEN_OUT: dict[str, tuple[str, Callable[[Bid, Any], int | None]]] = {
    "school": ("school_id", _school),
    "priority": ("priority_id", _priority),
    "grade": ("grade_id", _grade),
    "library": ("measure_id", _measure),
}
