"""Visits of advisers: the plan of a year, moved, missed and caught up, done, and the school's feedback."""

from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.advisers.operations import allocations, visits
from fundflow.brokering.candidates import ratings_of
from fundflow.clock.timed_steps import take_timed_steps
from fundflow.models.adviser import AdviserAllocation, AdviserKind, AdviserVisit
from fundflow.models.letter import Letter
from fundflow.models.person import Membership, Standing
from fundflow.rules.advising import averages_of_adviser
from fundflow.steps import open_steps
from fundflow.workflow.adviser_visit import AdviserVisitState as S
from fundflow.workflow.engine import Refused
from fundflow.workflow.terms import Term, spread, term_on
from tests.factories import LONG_AGO, NOW, TODAY, Make

LATER = NOW + timedelta(days=30)


def letters(make: Make) -> list[tuple[str, str, str]]:
    rows = make.session.execute(select(Letter.recipient, Letter.name, Letter.subject).order_by(Letter.id))
    return [tuple(row) for row in rows]  # type: ignore[misc]


def allocate(area: SimpleNamespace, school: Any = None, **changes: Any) -> AdviserAllocation:
    said = {"starts_on": TODAY, "visits": 3, "why": "Results fell.", "user": area.officer, "now": NOW}
    return allocations.allocate(
        area.adviser, school or area.school, **{**said, "version": area.adviser.version, **changes}
    )


def planned(make: Make, area: SimpleNamespace, day: date = TODAY, **values: Any) -> AdviserVisit:
    """A visit that is planned for a day."""
    allocation = make.adviser_allocation(area.adviser, area.school)
    visit = make.adviser_visit(allocation, state=S.PLANNED, planned_on=day, purpose="See lessons", **values)
    make.session.commit()
    return visit


def record(visit: AdviserVisit, user: Any, **changes: Any) -> None:
    said: dict[str, Any] = {"visited_on": TODAY, "note": "Pupils explain how they know.", "actions": []}
    visits.record(visit, **{**said, **changes}, user=user, now=NOW, version=visit.version)


# -- the plan ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "term"),
    [
        (date(2026, 9, 1), Term(2026, 1)),
        (date(2027, 1, 4), Term(2026, 2)),
        (date(2027, 3, 27), Term(2026, 2)),
        (date(2027, 3, 29), Term(2026, 3)),  # the day after Easter
        (date(2027, 8, 31), Term(2026, 3)),
    ],
)
def test_every_day_is_of_a_term(day: date, term: Term) -> None:
    assert term_on(day) == term


def test_a_term_ends_on_the_last_day_before_the_schools_holidays() -> None:
    assert [Term(2026, n).ends_on(frozenset()) for n in (1, 2, 3)] == [
        date(2026, 12, 18),
        date(2027, 3, 25),
        date(2027, 7, 20),
    ]
    christmas = frozenset(date(2026, 12, 17) + timedelta(days=n) for n in range(18))
    assert Term(2026, 1).ends_on(christmas) == date(2026, 12, 16)


def test_visits_are_spread_over_the_terms() -> None:
    assert [[term.number for term in spread(visits, 2026)] for visits in (1, 2, 3, 6)] == [
        [3],
        [2, 3],
        [1, 2, 3],
        [1, 1, 2, 2, 3, 3],
    ]


def test_an_allocation_plans_a_visit_a_term_and_tells_both(make: Make, area: SimpleNamespace) -> None:
    allocation = allocate(area)
    assert [(v.state, v.due_on) for v in allocation.plan] == [
        (S.TO_PLAN, date(2026, 12, 18)),
        (S.TO_PLAN, date(2027, 3, 25)),
        (S.TO_PLAN, date(2027, 7, 20)),
    ]
    assert letters(make) == [
        ("school", "Ada Head", "Your adviser: Ava Adviser advises Visited Primary"),
        ("adviser", "Ava Adviser", "You advise Visited Primary from 18 November"),
    ]


def test_an_allocation_in_spring_has_no_visit_in_autumn(area: SimpleNamespace) -> None:
    plan = allocate(area, starts_on=date(2027, 1, 11)).plan
    assert [visit.term for visit in plan] == [2, 3]


def test_an_adviser_is_refused_their_own_school_and_trust(make: Make, area: SimpleNamespace) -> None:
    trust = make.trust()
    own, sister = make.school("Own School", trust=trust), make.school("Sister School", trust=trust)
    area.adviser.school = own
    with pytest.raises(Refused, match="works at Own School"):
        allocate(area, own)
    with pytest.raises(Refused, match="works in the trust of Sister School"):
        allocate(area, sister)


def test_an_adviser_is_refused_more_visits_than_their_half_days(make: Make, area: SimpleNamespace) -> None:
    area.adviser.half_days = 5
    allocate(area)
    with pytest.raises(Refused, match="Ava Adviser has 2 of 5 half days a year left, not 3"):
        allocate(area, make.school())


def test_a_school_has_one_adviser_at_a_time(make: Make, area: SimpleNamespace) -> None:
    allocation = allocate(area)
    with pytest.raises(Refused, match="Ava Adviser advises Visited Primary already"):
        allocate(area)
    allocations.end(allocation, reason="She retires.", user=area.officer, now=NOW, version=allocation.version)
    assert {visit.state for visit in allocation.plan} == {S.CANCELLED}
    assert letters(make)[2:] == [
        ("school", "Ada Head", "Ava Adviser no longer advises Visited Primary"),
        ("adviser", "Ava Adviser", "You no longer advise Visited Primary"),
    ]
    allocate(area)


def test_nobody_chooses_the_adviser_of_their_own_school_or_keeps_their_own_entry(
    make: Make, area: SimpleNamespace
) -> None:
    make.session.add(
        Membership(user=area.officer, school=area.school, standing=Standing.TEAM, starts_on=LONG_AGO)
    )
    make.session.flush()
    with pytest.raises(Refused, match="You can’t choose an adviser for this school"):
        allocate(area)
    area.adviser.account = area.deputy
    with pytest.raises(Refused, match="You can’t keep your own entry"):
        allocate(area, user=area.deputy)


# -- a visit ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["account", "officer"])
def test_a_visit_is_planned_moved_and_done(make: Make, area: SimpleNamespace, who: str) -> None:
    user = getattr(area, who)
    visit = allocate(area).plan[0]
    visits.plan(
        visit, planned_on=date(2026, 11, 25), purpose="See lessons", user=user, now=NOW, version=visit.version
    )
    visits.move(
        visit, planned_on=date(2026, 11, 26), reason="A trip.", user=user, now=NOW, version=visit.version
    )
    action = {"what": "Plan together", "owner": "Maths lead", "due_on": "2026-12-11"}
    record(visit, user, actions=[action])
    assert (visit.state, visit.agreed) == (S.DONE, [("Plan together", "Maths lead", date(2026, 12, 11))])
    assert letters(make)[2:] == [
        ("school", "Ada Head", "Adviser’s visit: Ava Adviser visits Visited Primary on 25 November"),
        ("adviser", "Ava Adviser", "Adviser’s visit: you visit Visited Primary on 25 November"),
        ("school", "Ada Head", "Adviser’s visit: the visit to Visited Primary is on 26 November now"),
        ("adviser", "Ava Adviser", "Adviser’s visit: your visit to Visited Primary is on 26 November now"),
        ("school", "Ada Head", "Adviser’s visit: how useful was the visit on 18 November?"),
        (
            "adviser",
            "Ava Adviser",
            "Adviser’s visit: your visit to Visited Primary on 18 November is recorded",
        ),
    ]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 11, 17), "in the past"),
        (date(2026, 11, 21), "21 November 2026 is a Saturday. Choose a working day."),
    ],
)
def test_a_visit_is_not_planned_for_a_day_off_or_past(area: SimpleNamespace, day: date, why: str) -> None:
    visit = allocate(area).plan[0]
    with pytest.raises(Refused, match=why):
        visits.plan(visit, planned_on=day, purpose="x", user=area.account, now=NOW, version=visit.version)


def test_a_missed_visit_is_caught_up_by_another(make: Make, area: SimpleNamespace) -> None:
    visit = planned(make, area)
    visits.with_reason(visit, step="miss", reason="Snow.", user=area.account, now=NOW, version=visit.version)
    another = visits.catch_up(
        visit,
        planned_on=date(2026, 12, 2),
        purpose="See lessons",
        user=area.account,
        now=NOW,
        version=visit.version,
    )
    assert (visit.state, another.state, another.makes_up_for) == (S.CAUGHT_UP, S.PLANNED, visit)
    assert letters(make) == [
        ("school", "Ada Head", "Adviser’s visit: the visit to Visited Primary did not take place"),
        ("adviser", "Ava Adviser", "Adviser’s visit: your visit to Visited Primary did not take place"),
        (
            "officer",
            "Olga Officer",
            "Adviser’s visit: the visit to Visited Primary on 18 November did not take place",
        ),
        ("school", "Ada Head", "Adviser’s visit: another visit to Visited Primary is on 2 December"),
        ("adviser", "Ava Adviser", "Adviser’s visit: you visit Visited Primary on 2 December"),
    ]


def test_the_letters_after_a_catch_up_lead_to_the_new_visit(make: Make, area: SimpleNamespace) -> None:
    visit = planned(make, area)
    said = {"user": area.account, "now": NOW}
    visits.with_reason(visit, step="miss", reason="Snow.", version=visit.version, **said)
    before = len(letters(make))
    day = date(2026, 12, 2)
    another = visits.catch_up(visit, planned_on=day, purpose="See lessons", version=visit.version, **said)
    bodies = make.session.scalars(select(Letter.body).order_by(Letter.id)).all()[before:]
    assert len(bodies) == 2
    for body in bodies:
        assert f"{another.path}\n" in body
        assert "18 November 2026 did not take place" in body
        assert "on 2 December 2026" in body or "for 2 December 2026" in body


def test_the_letters_of_a_missed_visit_say_why_and_blame_nobody(make: Make, area: SimpleNamespace) -> None:
    visit = planned(make, area)
    visits.with_reason(visit, step="miss", reason="Snow.", user=area.account, now=NOW, version=visit.version)
    for letter in make.session.scalars(select(Letter)):
        assert "Why\n  Snow.\n" in letter.body
        said = (letter.subject + letter.body).lower()
        assert "did not take place" in said
        blames = ("did not visit", "was not visited", "planned to visit")
        assert not [blame for blame in blames if blame in said]


def test_a_visit_is_not_missed_before_its_day(make: Make, area: SimpleNamespace) -> None:
    visit = planned(make, area, TODAY + timedelta(days=1))
    said = {"step": "miss", "reason": "Snow.", "user": area.account, "version": visit.version}
    with pytest.raises(Refused, match="Before that day, move it or have it cancelled"):
        visits.with_reason(visit, **said, now=NOW)
    make.session.rollback()
    visits.with_reason(visit, **said, now=NOW + timedelta(days=1))
    assert visit.state is S.MISSED


def test_who_no_longer_advises_takes_no_step(make: Make, area: SimpleNamespace) -> None:
    visit = planned(make, area)
    assert open_steps(visit, area.account, NOW)
    visit.allocation.ends_on = TODAY
    assert not open_steps(visit, area.account, NOW)


def test_nobody_acts_on_visits_to_their_own_school(make: Make, area: SimpleNamespace) -> None:
    visit = planned(make, area)
    make.session.add(
        Membership(user=area.officer, school=area.school, standing=Standing.TEAM, starts_on=LONG_AGO)
    )
    make.session.flush()
    with pytest.raises(Refused, match="You can’t do this for the visit: your school, Visited Primary"):
        record(visit, area.officer)


def test_another_adviser_takes_no_step(make: Make, area: SimpleNamespace) -> None:
    visit, other = planned(make, area), make.user("Otto Other")
    make.adviser(area.fund, "Otto Other", account=other)
    assert not open_steps(visit, other, NOW)


# -- feedback ---------------------------------------------------------------------------------------


def test_the_head_says_how_useful_the_visit_was(make: Make, area: SimpleNamespace) -> None:
    visit = planned(make, area)
    record(visit, area.account)
    said = {"usefulness": 4, "helped": True, "feedback": "Clear advice."}
    with pytest.raises(Refused, match="Only the head of that school"):
        visits.rate(visit, **said, user=area.officer, now=NOW, version=visit.version)
    visits.rate(visit, **said, user=area.head, now=NOW, version=visit.version)
    assert (visit.state, visit.usefulness, visit.rated_by_id) == (S.RATED, 4, area.head.id)
    assert letters(make)[-1] == (
        "officer",
        "Olga Officer",
        "Adviser’s visit: Visited Primary has said how useful it was",
    )


def test_feedback_is_chased_once_and_then_given_up(make: Make, area: SimpleNamespace) -> None:
    visit = planned(make, area)
    record(visit, area.account)
    make.session.commit()
    before = len(letters(make))
    take_timed_steps(NOW + timedelta(days=13))
    assert len(letters(make)) == before
    take_timed_steps(NOW + timedelta(days=14))  # ten working days
    take_timed_steps(NOW + timedelta(days=14))
    assert (visit.state, len(letters(make))) == (S.DONE, before + 1)
    take_timed_steps(NOW + timedelta(days=28))
    assert visit.state is S.NOT_RATED
    assert letters(make)[before:] == [
        ("school", "Ada Head", "Adviser’s visit: please say how useful the visit on 18 November was"),
        ("school", "Ada Head", "Adviser’s visit: we no longer ask how useful it was"),
        ("officer", "Olga Officer", "Adviser’s visit: Visited Primary gave no feedback"),
    ]
    visits.rate(
        visit, usefulness=5, helped=True, feedback="", user=area.head, now=LATER, version=visit.version
    )
    assert visit.state is S.RATED


def test_the_clock_leaves_a_fund_alone_that_has_no_advisers_any_more(
    make: Make, area: SimpleNamespace
) -> None:
    visit = planned(make, area)
    record(visit, area.account)
    area.fund.has_advisers = False
    make.session.commit()
    before = len(letters(make))
    take_timed_steps(NOW + timedelta(days=400))
    assert (visit.state, len(letters(make))) == (S.DONE, before)


def test_the_clock_plans_the_visits_of_a_new_school_year_once(make: Make, area: SimpleNamespace) -> None:
    allocation = allocate(area)
    make.session.commit()
    for _ in range(2):
        take_timed_steps(NOW.replace(year=2027, month=9, day=1))
    make.session.refresh(allocation)
    assert [(v.school_year, v.term) for v in allocation.plan][3:] == [(2027, 1), (2027, 2), (2027, 3)]


def rated(make: Make, area: SimpleNamespace, *usefulness: int) -> Iterator[AdviserVisit]:
    for n in usefulness:
        allocation = make.adviser_allocation(area.adviser, make.school())
        yield make.adviser_visit(
            allocation,
            state=S.RATED,
            visited_on=TODAY,
            note="Seen.",
            usefulness=n,
            helped=n > 2,
            rated_at=NOW,
        )


def test_an_adviser_reads_averages_once_three_schools_have_answered(
    make: Make, area: SimpleNamespace
) -> None:
    list(rated(make, area, 5, 4))
    assert averages_of_adviser(area.adviser) is None
    list(rated(make, area, 2))
    averages = averages_of_adviser(area.adviser)
    assert averages is not None
    assert (averages.responses, str(averages.usefulness), averages.helped) == (3, "3.7", 2)


def test_a_serving_heads_school_gets_the_ratings_into_its_own(make: Make, area: SimpleNamespace) -> None:
    own = make.school("Own School")
    list(rated(make, area, 5, 4))
    assert own.id not in ratings_of([own.id])
    area.adviser.kind, area.adviser.school = AdviserKind.SERVING_HEAD, own
    make.session.flush()
    found = ratings_of([own.id])[own.id]
    assert (found.count, str(found.mean), found.again) == (2, "4.50", 2)
    area.fund.has_advisers = False
    make.session.flush()
    assert own.id not in ratings_of([own.id])
