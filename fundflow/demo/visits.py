"""The demonstration's visits and follow-up actions, in each of their states."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from fundflow.demo.told import Told
from fundflow.impact import follow_ups, visits
from fundflow.models.bid import Bid
from fundflow.models.person import RoleName, User
from fundflow.models.visit import Visit
from fundflow.workflow.working_days import london_date

MIXED_AGE, ROUTINES, READING = (
    "Mixed-age mathematics",
    "Behaviour routines across two sites",
    "Reading in every subject",
)


def told_visits(told: Told) -> tuple[Iterator[datetime], ...]:
    return _done(told), _missed(told), _planned(told)


def _done(told: Told) -> Iterator[datetime]:
    """The officer saw lessons; one action came of it and is done, one is under way, one was let go."""
    officer = told.people.staff(RoleName.OFFICER)
    day = told.school_day(-33)
    yield (now := told.at(day - 7))
    bid = told.bids[MIXED_AGE]
    visit = _plan(told, bid, day, "See two mathematics lessons and meet the coach.", officer, now)
    yield (now := told.at(day, 16))
    visits.record(
        visit,
        visited_on=london_date(now),
        half_days=1,
        note="Both classes worked on one problem at two levels. Pupils explained how they knew.",
        shared=True,
        teaching=3,
        teaching_note="Questions were well chosen. The younger pupils need more time with objects.",
        user=officer,
        now=now,
        version=visit.version,
    )
    yield (now := told.at(-30))
    due = london_date(told.after(25))
    counters, plan, third = (
        follow_ups.ask(
            bid, what=what, owner=who, due_on=due, visit=visit, user=officer, now=now, version=bid.version
        )
        for what, who in (
            ("Put counters and rods in every classroom", "The mathematics lead"),
            ("Write the two-year plan for mathematics", "The deputy head"),
            ("Visit a third school with mixed-age classes", "The head"),
        )
    )
    yield (now := told.at(-15))
    done = "The order came on Monday. I saw them in use."
    follow_ups.finish(counters, note=done, user=officer, now=now, version=counters.version)
    yield (now := told.at(-12))
    head = told.people.head(bid.lead_school.urn)
    said = "The first year is written. The second follows with the new timetable."
    follow_ups.say(plan, note=said, user=head, now=now, version=plan.version)
    yield (now := told.at(-8))
    why = "No third school has mixed-age classes this year."
    follow_ups.let_go(third, reason=why, user=officer, now=now, version=third.version)


def _missed(told: Told) -> Iterator[datetime]:
    impact = told.people.staff(RoleName.IMPACT_OFFICER)
    day = told.school_day(-15)
    yield (now := told.at(day - 10))
    visit = _plan(told, told.bids[ROUTINES], day, "See the start of the day on both sites.", impact, now)
    yield (now := told.at(-14))
    why = "The head was called away. We look for another day."
    visits.miss(visit, reason=why, user=impact, now=now, version=visit.version)


def _planned(told: Told) -> Iterator[datetime]:
    officer = told.people.staff(RoleName.OFFICER)
    yield (now := told.at(-5))
    _plan(told, told.bids[READING], 8, "Hear pupils read in science and history.", officer, now)


def _plan(told: Told, bid: Bid, days: int, purpose: str, user: User, now: datetime) -> Visit:
    return visits.plan(
        bid,
        school_id=bid.lead_school_id,
        planned_on=_open_day(bid, london_date(told.after(days))),
        half_days=1,
        purpose=purpose,
        user=user,
        now=now,
        version=bid.version,
    )


def _open_day(bid: Bid, day: date) -> date:
    while bid.fund.why_off(day):
        day += timedelta(days=1)
    return day
