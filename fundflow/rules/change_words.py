"""What a change of an award changes, in words: before and after, row by row."""

from collections.abc import Set
from datetime import date
from typing import NamedTuple

from fundflow.models.change import ChangeRequest
from fundflow.models.money import days_words, pounds
from fundflow.rules.change_requests import terms_after, terms_before
from fundflow.rules.changes import Line, Terms, changed_lines
from fundflow.workflow.award import Milestone, half_time
from fundflow.workflow.date_words import day_words


class Difference(NamedTuple):
    """A row of “Before and after”."""

    what: str
    before: str
    after: str


def differences(change: ChangeRequest, schools: Set[int] | None = None) -> list[Difference]:
    """What differs; for people of some schools alone (their ids), the dates and those schools' lines."""
    before, after = terms_before(change), terms_after(change)
    found = [
        Difference("Start of the support", _day(before.start_on), _day(after.start_on)),
        Difference("End of the support", _day(before.end_on), _day(after.end_on)),
        Difference("Half-time", _half_time(change, before), _half_time(change, after)),
    ]
    names = {line.key: line.school.name for line in change.award.lines}
    for old, new in changed_lines(before, after):
        if schools is None or old.school in schools:
            found.append(Difference(_title(old, names[old.key]), _amount(old), _as_it_is_to_be(old, new)))
    if schools is None:
        found += [
            Difference("The award", pounds(before.paid_at_most), pounds(after.paid_at_most)),
            Difference("Outcomes", "As in the bid", after.outcomes or "As in the bid"),
        ]
    return [row for row in found if row.before != row.after]


def _half_time(change: ChangeRequest, terms: Terms) -> str:
    """The middle of the support, where a share of the award waits for it."""
    waits = Milestone.HALF_TIME in {tranche.when for tranche in change.award.tranches}
    if not waits or not terms.start_on or not terms.end_on:
        return ""
    return day_words(half_time(terms.start_on, terms.end_on))


def _day(day: date | None) -> str:
    return day_words(day) if day else "Not set"


def _title(line: Line, school: str) -> str:
    return f"{line.what}, {line.staff_code}, {school}" if line.staff_code else line.what


def _amount(line: Line) -> str:
    if not line.pence:
        return "Left out"
    if line.half_days is None:
        return pounds(line.pence)
    return f"{days_words(line.half_days)}, {pounds(line.pence)}"


def _as_it_is_to_be(old: Line, new: Line) -> str:
    if (old.what, old.staff_code) == (new.what, new.staff_code):
        return _amount(new)
    who = f"{new.what}, {new.staff_code}" if new.staff_code else new.what
    return f"{who}: {_amount(new)}"
