"""What a change of an award changes, in words: before and after, row by row."""

from collections.abc import Mapping, Set
from datetime import date
from typing import NamedTuple

from fundflow.models.change import ChangeRequest
from fundflow.models.money import days_words, pounds
from fundflow.rules.award_sums import payee_today
from fundflow.rules.change_requests import terms_after, terms_before
from fundflow.rules.changes import Line, Terms, changed_lines
from fundflow.workflow.award import Milestone, half_time, instalments, parts_of
from fundflow.workflow.date_words import day_words


class Difference(NamedTuple):
    """A row of “Before and after”."""

    what: str
    before: str
    after: str


def differences(change: ChangeRequest, schools: Set[int] | None = None) -> list[Difference]:
    """What differs; for people of some schools alone (their ids), the dates, those schools' lines, and what
    the award pays them."""
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
    if schools is not None:
        found += _shares(change, before, after, schools)
    else:
        found += [
            Difference("The award", pounds(before.paid_at_most), pounds(after.paid_at_most)),
            Difference("Outcomes", "As in the bid", after.outcomes or "As in the bid"),
        ]
    return [row for row in found if row.before != row.after]


def schedule_differences(change: ChangeRequest) -> list[Difference]:
    """What the schedule pays when, where that differs."""
    before, after = terms_before(change).paid_at_most, terms_after(change).paid_at_most
    tranches = change.award.tranches
    pairs = zip(instalments(tranches, before), instalments(tranches, after), strict=True)
    return [
        Difference(f"{was.when.words}: {was.percent}%", pounds(was.pence), pounds(becomes.pence))
        for was, becomes in pairs
        if was != becomes
    ]


def _shares(change: ChangeRequest, before: Terms, after: Terms, schools: Set[int]) -> list[Difference]:
    """The most that the award pays to each of these schools."""
    payees = {line.key: payee_today(line) for line in change.award.lines}
    names = {payee_today(line): line.payee.name for line in change.award.lines}
    was, becomes = _by_payee(before, payees), _by_payee(after, payees)
    return [
        Difference(f"Paid to {names[payee]} at most", pounds(was[payee]), pounds(becomes[payee]))
        for payee in was
        if payee in schools
    ]


def _by_payee(terms: Terms, payees: Mapping[int, int]) -> dict[int, int]:
    budgets: dict[int, int] = {}
    for line in terms.lines:
        budgets[payees[line.key]] = budgets.get(payees[line.key], 0) + line.pence
    return parts_of(terms.paid_at_most, budgets)


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
