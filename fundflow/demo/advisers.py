"""The demonstration's advisers: one of every kind, their training, and visits in each of their states."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from fundflow.advisers.operations import allocations, register, visits
from fundflow.advisers.operations.register import AdviserSaid
from fundflow.demo.council import address_of
from fundflow.demo.told import Told
from fundflow.models.adviser import (
    Adviser,
    AdviserAllocation,
    AdviserKind,
    AdviserVisit,
    OffPayroll,
    RecordKind,
    RecordOutcome,
)
from fundflow.models.person import RoleName, User
from fundflow.workflow.adviser_visit import AdviserVisitState as S
from fundflow.workflow.terms import term_on
from fundflow.workflow.working_days import london_date

BEGAN = -150  # days from now, since when they are in the register
AHEAD = 14  # days before its first visit that a school is allocated
NUMBERS = {3: "three", 6: "six"}


class AdviserRow(NamedTuple):
    """An adviser and the schools they visit, by the last two digits."""

    name: str
    kind: AdviserKind
    subjects: list[str]
    half_days: int
    availability: str
    off_payroll: OffPayroll
    schools: str = ""
    urn: str = ""  # of the school they work at


K, P = AdviserKind, OffPayroll
ADVISERS = (
    AdviserRow(
        "Daniel Price",
        K.SERVING_HEAD,
        ["early_reading", "english"],
        6,
        "Thursdays, not in May",
        P.NOT_INDIVIDUAL,
        "18",
        "899002",
    ),
    AdviserRow("Tom Hale", K.COUNCIL, ["leadership", "governance"], 30, "", P.NOT_INDIVIDUAL, "09"),
    AdviserRow("Sylvia Marsh", K.RETIRED_HEAD, ["maths"], 12, "Any morning", P.INSIDE, "01 05"),
    AdviserRow("Peter Lowe", K.INDEPENDENT, ["send", "behaviour"], 9, "", P.OUTSIDE, "12"),
    AdviserRow("Jean Albright", K.INDEPENDENT, ["early_years"], 6, "From next term", P.TO_DECIDE),
)


def told_advisers(told: Told) -> tuple[Iterator[datetime], ...]:
    told.fund.has_advisers = True
    made: dict[str, Adviser] = {}  # by the last two digits of the school they visit
    return (
        _register(told, made),
        _rated(told, made),
        _caught_up(told, made),
        _not_rated(told, made),
        _missed(told, made),
        _let_go(told, made),
    )


def _register(told: Told, made: dict[str, Adviser]) -> Iterator[datetime]:
    officer = told.people.staff(RoleName.OFFICER)
    yield (now := told.at(BEGAN))
    for row in ADVISERS:
        determined = london_date(now) if row.off_payroll in (P.INSIDE, P.OUTSIDE) else None
        said = AdviserSaid(
            row.name,
            address_of(row.name),
            row.kind,
            told.people.school(row.urn) if row.urn else None,
            row.subjects,
            row.half_days,
            row.availability,
            row.off_payroll,
            determined,
        )
        adviser = register.add(told.fund, said, user=officer, now=now)
        made.update(dict.fromkeys(row.schools.split(), adviser))
        _train(told, adviser, now)


def _allocate(
    told: Told, made: dict[str, Adviser], digits: str, now: datetime, visits: int = 3
) -> AdviserAllocation:
    """The adviser's allocation to this school, shortly before the first visit."""
    adviser = made[digits]
    return allocations.allocate(
        adviser,
        told.people.school(f"8990{digits}"),
        starts_on=london_date(now),
        visits=visits,
        why=f"The school and the council agreed on {NUMBERS[visits]} visits a year.",
        user=told.people.staff(RoleName.OFFICER),
        now=now,
        version=adviser.version,
    )


def _train(told: Told, adviser: Adviser, now: datetime) -> None:
    """Trained and checked when they began; safeguarding is due again soon, for one of them late."""
    today, since = london_date(told.now), london_date(now)
    late = adviser.kind is K.RETIRED_HEAD
    due = today + timedelta(days=-9 if late else 20)
    quality, training = (RecordKind.QUALITY, RecordOutcome.MET), (RecordKind.TRAINING, RecordOutcome.DONE)
    for (kind, outcome), what, next_on in (
        (training, "Safeguarding", due),
        (quality, "Shadowed on a visit", since + timedelta(days=365)),
    ):
        register.add_record(
            adviser,
            kind=kind,
            what=what,
            done_on=since,
            outcome=outcome,
            due_on=next_on,
            said="",
            renews=None,
            user=told.people.staff(RoleName.OFFICER),
            now=now,
            version=adviser.version,
        )


def _rated(told: Told, made: dict[str, Adviser]) -> Iterator[datetime]:
    """A serving head's visit that was useful; the next one is planned."""
    day = told.school_day(-33)
    yield (now := told.at(day - AHEAD))
    allocation = _allocate(told, made, "18", now, visits=6)
    yield told.at(day - 7)
    head, adviser = told.people.head("899018"), told.people.head("899002")
    visit = _plan(told, allocation, day, "See how reading is taught in Year 2.")
    yield (now := told.at(day, 16))
    _record(
        visit, adviser, now, "Pupils read daily. The youngest need books that match what they were taught."
    )
    yield (now := told.at(day + 3))
    visits.rate(
        visit,
        usefulness=5,
        helped=True,
        feedback="We changed the books in Reception that week.",
        user=head,
        now=now,
        version=visit.version,
    )
    yield told.at(-3)
    _plan(told, allocation, 6, "Look at the new books with the reading lead.")


def _caught_up(told: Told, made: dict[str, Adviser]) -> Iterator[datetime]:
    """Missed, made up for, and the head is asked how useful the other visit was."""
    officer = told.people.staff(RoleName.OFFICER)
    day, other = told.school_day(-28), told.school_day(-4)
    yield (now := told.at(day - AHEAD))
    allocation = _allocate(told, made, "09", now)
    yield told.at(day - 7)
    visit = _plan(told, allocation, day, "Go through the governors’ minutes.")
    yield (now := told.at(day, 15))
    why = "The school was closed by a burst pipe."
    visits.with_reason(visit, step="miss", reason=why, user=officer, now=now, version=visit.version)
    yield (now := told.at(day + 1))
    another = visits.catch_up(
        visit,
        planned_on=_open_day(told, max(london_date(now), london_date(told.at(other)))),
        purpose="Go through the governors’ minutes.",
        user=officer,
        now=now,
        version=visit.version,
    )
    yield (now := told.at(other, 17))
    _record(another, officer, now, "The governors ask good questions. They see too few figures beforehand.")


def _not_rated(told: Told, made: dict[str, Adviser]) -> Iterator[datetime]:
    """Done, and no feedback came; the next visit is still to be planned."""
    officer, day = told.people.staff(RoleName.OFFICER), told.school_day(-60)
    yield (now := told.at(day - AHEAD))
    allocation = _allocate(told, made, "01", now)
    yield told.at(day - 7)
    visit = _plan(told, allocation, day, "See two mathematics lessons.")
    yield (now := told.at(day, 16))
    _record(visit, officer, now, "Both classes use objects well. Older pupils still count on their fingers.")
    while visit.state is S.DONE:
        yield (now := told.at(day := day + 7))
        visits.chase_feedback(visit, now=now)


def _missed(told: Told, made: dict[str, Adviser]) -> Iterator[datetime]:
    officer = told.people.staff(RoleName.OFFICER)
    day = told.school_day(-10)
    yield (now := told.at(day - AHEAD))
    allocation = _allocate(told, made, "05", now)
    yield told.at(day - 7)
    visit = _plan(told, allocation, day, "Hear pupils explain how they calculate.")
    yield (now := told.at(day, 15))
    why = "The adviser was ill."
    visits.with_reason(visit, step="miss", reason=why, user=officer, now=now, version=visit.version)


def _let_go(told: Told, made: dict[str, Adviser]) -> Iterator[datetime]:
    """Missed and not made up for; then the allocation ends, and what was still to come is cancelled."""
    officer = told.people.staff(RoleName.OFFICER)
    day = told.school_day(-45)
    yield (now := told.at(day - AHEAD))
    one = _allocate(told, made, "12", now, visits=6)
    yield told.at(day - 7)
    visit = _plan(told, one, day, "Look at plans for pupils with SEND.")
    yield (now := told.at(day, 15))
    for step, why in (("miss", "The head was at court."), ("let_go", "Another service visited instead.")):
        visits.with_reason(visit, step=step, reason=why, user=officer, now=now, version=visit.version)
    yield (now := told.at(-5))
    allocations.end(
        one, reason="The school buys this advice now.", user=officer, now=now, version=one.version
    )


def _plan(told: Told, allocation: AdviserAllocation, days: int, purpose: str) -> AdviserVisit:
    """The next visit of a day's term, for that day of school; planned a week before."""
    now, day = told.at(min(days - 7, -3)), _open_day(told, london_date(told.at(days)))
    term = term_on(day)
    if all(one.school_year != term.year for one in allocation.plan):
        allocations.plan_year(allocation, term.year, now)
    to_plan = (one for one in allocation.plan if one.state is S.TO_PLAN)
    visit = next(one for one in to_plan if (one.school_year, one.term) == term)
    visits.plan(
        visit,
        planned_on=day,
        purpose=purpose,
        user=told.people.staff(RoleName.OFFICER),
        now=now,
        version=visit.version,
    )
    return visit


def _record(visit: AdviserVisit, officer: User, now: datetime, note: str) -> None:
    visits.record(
        visit,
        visited_on=min(london_date(now), visit.planned_on or london_date(now)),
        note=note,
        actions=[
            {
                "what": "Share this with all staff",
                "owner": "The head",
                "due_on": (london_date(now) + timedelta(days=21)).isoformat(),
            }
        ],
        user=officer,
        now=now,
        version=visit.version,
    )


def _open_day(told: Told, day: date) -> date:
    while told.fund.why_off(day):
        day += timedelta(days=1)
    return day
