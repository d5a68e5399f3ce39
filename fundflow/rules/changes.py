"""What a change of an award is, who decides it and whom it concerns, from its before and after
(docs/rules.md, "Changes of an award")."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from fundflow.models.money import days_words, pounds
from fundflow.names import identifier
from fundflow.workflow.award import share_of
from fundflow.workflow.date_words import day_words
from fundflow.workflow.working_days import months_after

MONTHS_OF_A_TERM = 4  # by which the officer may extend what was granted

SchoolId = int


class Line(NamedTuple):
    """A line of an award as it is or is to be; its pence are what it costs as planned.

    key        by which the line is known in every version; of a line that a change adds, below 0
    half_days  None for another cost than days
    rate       pence that a day costs, on-cost included
    from_on    the first day at this rate; None: every day of the support
    """

    key: int
    school: SchoolId
    what: str
    pence: int
    staff_code: str = ""
    half_days: int | None = None
    rate: int = 0
    from_on: date | None = None

    @property
    def words(self) -> str:
        """“6 days for Reading lead (RL1)”, “£60.00 for Travel”."""
        if self.half_days is None:
            return f"{pounds(self.pence)} for {self.what}"
        return f"{days_words(self.half_days)} for {self.what} ({self.staff_code})"

    def is_of_same_staff(self, other: "Line") -> bool:
        """Whether both are days of one member of staff of one school."""
        mine, theirs = identifier(self.staff_code), identifier(other.staff_code)
        return bool(mine) and mine == theirs and self.school == other.school


class Measured(NamedTuple):
    """An outcome as it is or is to be; its number is below 0 where a change adds it."""

    number: int
    measure: str
    target: Decimal
    target_on: date


class Terms(NamedTuple):
    """An award before or after a change.

    outcomes  what is said of them besides (empty: nothing)
    measured  of the outcomes that change, those that are there
    schools   of the schools that join or leave, those that take part, each with its part
    """

    start_on: date | None
    end_on: date | None
    pence: int
    lines: Sequence[Line]
    outcomes: str = ""
    measured: Sequence[Measured] = ()
    schools: Mapping[SchoolId, str] = {}

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
    NEW_LINES = "new_lines"
    SCHOOLS = "schools"
    BETWEEN_SCHOOLS = "between_schools"
    OUTCOMES = "outcomes"
    LESS = "less"
    MORE = "more"


def kinds_of(before: Terms, after: Terms) -> set[Kind]:
    """What differs; empty where nothing does."""
    differs = {
        Kind.DATES: (before.start_on, before.end_on) != (after.start_on, after.end_on),
        Kind.NEW_LINES: bool(new_lines(before, after)),
        Kind.SCHOOLS: before.schools != after.schools,
        Kind.OUTCOMES: bool(after.outcomes) or list(before.measured) != list(after.measured),
        Kind.LESS: after.paid_at_most < before.paid_at_most,
        Kind.MORE: after.pence > before.paid_at_most,
    }
    found = {kind for kind, it_does in differs.items() if it_does}
    for old, new in changed_lines(before, after):
        if (old.what, old.staff_code) != (new.what, new.staff_code):
            found.add(Kind.STAFF)
        if old.pence != new.pence:
            found.add(Kind.LINES)
    was, becomes = before.by_school(), after.by_school()
    if any(cost > was.get(school, 0) for school, cost in becomes.items()) and len(was | becomes) > 1:
        found.add(Kind.BETWEEN_SCHOOLS)
    return found


def new_lines(before: Terms, after: Terms) -> list[Line]:
    """The lines that the change adds."""
    known = {line.key for line in before.lines}
    return [line for line in after.lines if line.key not in known]


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
    if Kind.SCHOOLS in kinds:
        return "Other schools take part."
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
    """The other schools whose head must agree: that join or leave, whose lines change or are new, that
    release staff in other dates, or that are paid out of an award which gets smaller (`payees`)."""
    kinds = kinds_of(before, after)
    found = [*before.schools, *after.schools]
    found += [old.school for old, _new in changed_lines(before, after)]
    found += [line.school for line in new_lines(before, after)]
    if Kind.DATES in kinds:
        found += [line.school for line in after.lines if line.half_days]
    if Kind.LESS in kinds:
        found += payees
    return [school for school in dict.fromkeys(found) if school != lead]


def why_not_after(
    before: Terms,
    after: Terms,
    *,
    done: Mapping[int, int],
    days: Sequence[date] = (),
    latest: Mapping[int, date] = {},
) -> str | None:
    """Why an award can't become this, as a sentence; None where it can.

    done    what stands in the log of each line by its key: half days, or pence
    days    those that stand in the log
    latest  the last of them by the line's key
    """
    if not kinds_of(before, after):
        return "Nothing changes. Change a date, a line, the amount, the outcomes or who takes part."
    if after.start_on and after.end_on and after.end_on < after.start_on:
        return "The end date must be after the start date."
    outside = [d for d in days if after.start_on and after.end_on and not after.start_on <= d <= after.end_on]
    if outside:
        return f"A day is logged on {day_words(outside[0])}. The new dates must include it."
    for old, new in changed_lines(before, after):
        if why := _why_below_log(old, new, done.get(old.key, 0)):
            return why
    for new in new_lines(before, after):
        if why := _why_not_new(new, after, latest):
            return why
    return _why_left(before, after, done) or _why_more(before, after)


def why_other_rate(line: Line, lines: Iterable[Line], day: date) -> str | None:
    """Why a day of this line can't have been worked at its rate, as a sentence; None where it was. The same
    member of staff may have several lines (`lines`), each from a day on."""
    if line.from_on and day < line.from_on:
        return f"This rate holds from {day_words(line.from_on)}. Choose the line at the rate before."
    later = [
        one.from_on
        for one in lines
        if one.from_on and one.is_of_same_staff(line) and (line.from_on or date.min) < one.from_on <= day
    ]
    if not later:
        return None
    return f"Another rate holds from {day_words(max(later))}. Choose the line at that rate."


def _why_not_new(new: Line, after: Terms, latest: Mapping[int, date]) -> str | None:
    """Staff who have a line get another only at another rate, from a day of the support on that is after
    every day logged at the old rate."""
    start, end = after.start_on, after.end_on
    if new.from_on and start and end and not start <= new.from_on <= end:
        return (
            f"The rate for {new.what} must hold from a day of the support: {day_words(start)} to "
            f"{day_words(end)}."
        )
    for one in after.lines:
        if one.key == new.key or not one.is_of_same_staff(new):
            continue
        if not new.from_on or one.from_on == new.from_on or one.rate == new.rate:
            return (
                f"{new.staff_code} has a line already. Add the days there, or enter another rate and the day "
                "from which it holds."
            )
        last = latest.get(one.key)
        if last and last >= new.from_on > (one.from_on or date.min):
            return (
                f"A day of {new.staff_code} on {day_words(last)} is logged at the rate before. The new rate "
                "must hold from a later day."
            )
    return None


def _why_left(before: Terms, after: Terms, done: Mapping[int, int]) -> str | None:
    """The lines of a school that leaves keep what is logged, and no more."""
    gone = before.schools.keys() - after.schools.keys()
    for line in after.lines:
        amount = line.pence if line.half_days is None else line.half_days
        if line.school in gone and amount > done.get(line.key, 0):
            return f"A school that leaves keeps only what is logged, so it can’t have {line.words}."
    return None


def why_not_supported(
    schools: str, *, unpaid: int, free_for_all: int, supported: int, barred: int
) -> str | None:
    """Why the award’s money may not support some schools, as a sentence; None where it may. A mixed award is
    split by supported school, in equal parts.

    schools       their names
    unpaid        pence of the award that are not paid yet
    free_for_all  those of them on allocation lines that may support these schools too
    supported     how many schools the award supports
    barred        how many of them are these
    """
    if free_for_all * supported >= unpaid * barred:
        return None
    return (
        f"{pounds(unpaid - free_for_all)} of this award is money that may not support {schools}. Other money "
        "of the fund has to pay the award first."
    )


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


def why_parts_fall(
    before: Terms, after: Terms, was: Mapping[SchoolId, int], becomes: Mapping[SchoolId, int]
) -> str | None:
    """Why a larger award can't be split so, as a sentence: no school that is paid gets less of it; None where
    none does. The lines of each school that is paid cost `was` before and `becomes` after, in pence."""
    least = 0
    for payee, cost in was.items():
        new = becomes.get(payee, 0)
        if cost and not new:
            least = after.cost + 1  # no award is large enough
        elif cost:
            least = max(least, -(-before.paid_at_most * cost * after.cost // (before.cost * new)))
    if after.pence >= least:
        return None
    if least > after.cost:
        return (
            "A school that is paid would get less than now. Ask for that first, without more money, and for "
            "more money in another change."
        )
    return (
        f"With an award of {pounds(after.pence)} a school that is paid would get less than now. Enter "
        f"{pounds(least)} or more, or fewer days and costs."
    )


def most_after(before: Terms, after: Terms) -> int:
    """Pence that the award is at most: it pays no larger part of the cost than before."""
    return share_of(before.paid_at_most, after.cost, before.cost)
