"""What a change of an award changes, in words: before and after, row by row."""

from collections.abc import Mapping, Set
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from fundflow.models.change import ChangeNewLine, ChangeOutcome, ChangeRequest
from fundflow.models.money import days_words, pounds
from fundflow.rules.change_requests import payee_of, terms_after, terms_before
from fundflow.rules.changes import Line, Terms, changed_lines, new_lines
from fundflow.workflow.award import Milestone, half_time, instalments, parts_of
from fundflow.workflow.date_words import day_words

NOT_YET = "Not in the award"


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
    for new in new_lines(before, after):
        line = change.new_lines[-new.key - 1]
        if schools is None or new.school in schools:
            found.append(Difference(_title(new, line.school.name), NOT_YET, _amount_at(line)))
    for one in change.partners:
        is_in = f"Takes part: {one.part.words.lower()}"
        was, becomes = (is_in, "Leaves") if one.leaves else ("Takes no part", is_in)
        found.append(Difference(one.school.name, was, becomes))
    if schools is not None:
        found += _shares(change, before, after, schools)
    else:
        found += [
            Difference("The award", pounds(before.paid_at_most), pounds(after.paid_at_most)),
            *outcome_differences(change),
        ]
    return [row for row in found if row.before != row.after]


def outcome_differences(change: ChangeRequest) -> list[Difference]:
    """Each outcome that a change alters, adds or drops, and what is said of them besides."""
    said = Difference("Outcomes", "As in the bid", change.outcomes or "As in the bid")
    rows = [*map(_outcome, change.changed_outcomes), said]
    return [row for row in rows if row.before != row.after]


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
    paid = {line.key: line.payee for line in change.award.lines}
    paid |= {-n: payee_of(change, line) for n, line in enumerate(change.new_lines, 1)}
    payees = {key: school.today_id for key, school in paid.items()}
    names = {school.today_id: school.name for school in paid.values()}
    was, becomes = _by_payee(before, payees), _by_payee(after, payees)
    return [
        Difference(
            f"Paid to {names[payee]} at most", pounds(was.get(payee, 0)), pounds(becomes.get(payee, 0))
        )
        for payee in names
        if payee in schools
    ]


def _by_payee(terms: Terms, payees: Mapping[int, int]) -> dict[int, int]:
    budgets: dict[int, int] = {}
    for line in terms.lines:
        budgets[payees[line.key]] = budgets.get(payees[line.key], 0) + line.pence
    return parts_of(terms.paid_at_most, budgets)


def _half_time(change: ChangeRequest, terms: Terms) -> str:
    """The middle of the support, where a share of the award waits for it still."""
    if change.bid.half_time_at:
        return ""
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


def _amount_at(new: ChangeNewLine) -> str:
    """“4 days at £450.00 a day from 1 February 2027, £1,800.00”."""
    if new.half_days is None or not new.day_rate_pence:
        return pounds(new.pence)
    since = f" from {day_words(new.from_on)}" if new.from_on else ""
    return f"{days_words(new.half_days)} at {pounds(new.day_rate_pence)} a day{since}, {pounds(new.pence)}"


def _outcome(one: ChangeOutcome) -> Difference:
    """An outcome’s target before and after."""
    was = _target(one, one.old_target, one.old_target_on)
    becomes = "Dropped" if one.dropped else _target(one, one.target, one.target_on)
    if one.outcome_id is None:
        since = f"from {one.baseline.normalize():f} {one.unit} on {day_words(one.baseline_on)}"
        peers = f" compared with {one.compared_with}" if one.compared_with else ""
        becomes = f"{becomes} ({one.group.words.lower()}{peers}, {since})"
    return Difference(f"Outcome: {one.measure}", was or NOT_YET, becomes)


def _target(one: ChangeOutcome, target: Decimal | None, day: date | None) -> str:
    if target is None or day is None:
        return ""
    return f"{target.normalize():f}{'' if one.unit == '%' else ' '}{one.unit} by {day_words(day)}"


def _as_it_is_to_be(old: Line, new: Line) -> str:
    if (old.what, old.staff_code) == (new.what, new.staff_code):
        return _amount(new)
    who = f"{new.what}, {new.staff_code}" if new.staff_code else new.what
    return f"{who}: {_amount(new)}"
