"""What a change of an award is, who decides it and whom it concerns, from its before and after
(docs/rules.md, "Changes of an award")."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from fundflow.models.money import days_words, pounds
from fundflow.workflow.award import share_of
from fundflow.workflow.date_words import day_words
from fundflow.workflow.working_days import months_after

MONTHS_OF_A_TERM = 4  # by which the officer may extend what was granted

SchoolId = int


class Line(NamedTuple):
    """A line of an award as it is or is to be; its pence are what it costs as planned.

    key        by which the line is known in every version
    half_days  None for another cost than days
    """

    key: int
    school: SchoolId
    what: str
    pence: int
    staff_code: str = ""
    half_days: int | None = None

    @property
    def words(self) -> str:
        """“6 days for Reading lead (RL1)”, “£60.00 for Travel”."""
        if self.half_days is None:
            return f"{pounds(self.pence)} for {self.what}"
        return f"{days_words(self.half_days)} for {self.what} ({self.staff_code})"


class Terms(NamedTuple):
    """An award before or after a change: when it runs, its pence, its lines by key, and what is said of
    its outcomes (empty: nothing changes in them)."""

    start_on: date | None
    end_on: date | None
    pence: int
    lines: Sequence[Line]
    outcomes: str = ""

    @property
    def cost(self) -> int:
        return sum(line.pence for line in self.lines)

    @property
    def paid_at_most(self) -> int:
        """Pence that the award comes to: a plan that costs less is paid as it costs."""
        return min(self.pence, self.cost)

    def by_school(self) -> dict[SchoolId, int]:
        """What the lines of each school cost."""
        costs: dict[SchoolId, int] = {}
        for line in self.lines:
            costs[line.school] = costs.get(line.school, 0) + line.pence
        return costs


class Kind(StrEnum):
    """What a change touches."""

    DATES = "dates"
    STAFF = "staff"
    LINES = "lines"
    BETWEEN_SCHOOLS = "between_schools"
    OUTCOMES = "outcomes"
    LESS = "less"
    MORE = "more"


def kinds_of(before: Terms, after: Terms) -> set[Kind]:
    """What differs; empty where nothing does."""
    differs = {
        Kind.DATES: (before.start_on, before.end_on) != (after.start_on, after.end_on),
        Kind.OUTCOMES: bool(after.outcomes),
        Kind.LESS: after.paid_at_most < before.paid_at_most,
        Kind.MORE: after.pence > before.paid_at_most,
    }
    found = {kind for kind, it_does in differs.items() if it_does}
    for old, new in changed_lines(before, after):
        if (old.what, old.staff_code) != (new.what, new.staff_code):
            found.add(Kind.STAFF)
        if old.pence != new.pence:
            found.add(Kind.LINES)
    was = before.by_school()
    if any(cost > was.get(school, 0) for school, cost in after.by_school().items()) and len(was) > 1:
        found.add(Kind.BETWEEN_SCHOOLS)
    return found


def changed_lines(before: Terms, after: Terms) -> list[tuple[Line, Line]]:
    """Each line that differs, as it was and as it is to be."""
    new = {line.key: line for line in after.lines}
    return [(line, new[line.key]) for line in before.lines if new[line.key] != line]


def why_for_decider(
    before: Terms, after: Terms, *, granted_until: date | None, unwanted: bool = False
) -> str | None:
    """Why the officer may not decide a change, as a sentence; None where they may, and where they check what
    goes to the panel.

    granted_until  the end that the panel or the decision maker last agreed to
    unwanted       less money, for which the school does not ask
    """
    kinds = kinds_of(before, after)
    if unwanted:
        return "The school does not ask for less money."
    if Kind.MORE in kinds:
        return None
    if Kind.BETWEEN_SCHOOLS in kinds:
        return "Money moves from one school to another."
    if Kind.OUTCOMES in kinds:
        return "The outcomes change."
    if after.end_on and granted_until and after.end_on > months_after(granted_until, MONTHS_OF_A_TERM):
        return f"The support would end more than a term after {day_words(granted_until)}."
    return None


def concerned(
    before: Terms, after: Terms, *, lead: SchoolId, payees: Iterable[SchoolId] = ()
) -> list[SchoolId]:
    """The other schools whose head must agree: whose lines change, that release staff in other dates, or
    that are paid out of an award which gets smaller (`payees`)."""
    kinds = kinds_of(before, after)
    found = [old.school for old, _new in changed_lines(before, after)]
    if Kind.DATES in kinds:
        found += [line.school for line in after.lines if line.half_days]
    if Kind.LESS in kinds:
        found += payees
    return [school for school in dict.fromkeys(found) if school != lead]


def why_not_after(
    before: Terms, after: Terms, *, done: dict[int, int], days: Sequence[date] = ()
) -> str | None:
    """Why an award can't become this, as a sentence; None where it can.

    done  what stands in the log of each line by its key: half days, or pence
    days  those that stand in the log
    """
    if not kinds_of(before, after):
        return "Nothing changes. Change a date, a line, the amount or the outcomes."
    if after.start_on and after.end_on and after.end_on < after.start_on:
        return "The end date must be after the start date."
    outside = [d for d in days if after.start_on and after.end_on and not after.start_on <= d <= after.end_on]
    if outside:
        return f"A day is logged on {day_words(outside[0])}. The new dates must include it."
    for old, new in changed_lines(before, after):
        if why := _why_below_log(old, new, done.get(old.key, 0)):
            return why
    return _why_more(before, after)


def _why_below_log(old: Line, new: Line, done: int) -> str | None:
    """What is logged of a line stays in the award, up to what the line had."""
    was, now = (old.pence, new.pence) if old.half_days is None else (old.half_days, new.half_days or 0)
    least = min(done, was)
    if now >= least:
        return None
    words = pounds(least) if old.half_days is None else days_words(least)
    return f"{words} of the line for {old.what} are in the log already. Enter that or more."


def _why_more(before: Terms, after: Terms) -> str | None:
    if after.pence > before.paid_at_most:
        if after.pence <= after.cost:
            return None
        return (
            f"These days and costs come to {pounds(after.cost)}, and an award is never more than that. "
            "Add days or costs, or enter a smaller award."
        )
    if after.cost > before.cost:
        return (
            f"These days and costs come to {pounds(after.cost)}, and the award’s budget is "
            f"{pounds(before.cost)}. Take as much away elsewhere, or ask for a larger award: then the panel "
            "decides."
        )
    most = most_after(before, after)
    if after.pence <= most:
        return None
    return f"With these days and costs the award is at most {pounds(most)}. Enter that or less."


def most_after(before: Terms, after: Terms) -> int:
    """Pence that the award is at most: it pays no larger part of the cost than before."""
    return share_of(before.paid_at_most, after.cost, before.cost)
