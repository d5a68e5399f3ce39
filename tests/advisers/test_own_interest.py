"""Nobody advises, excuses, rates or allocates for themselves."""

import csv
from datetime import date, timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest

from fundflow.advisers.operations import allocations, register, visits
from fundflow.models.adviser import AdviserKind, AdviserVisit, OffPayroll
from fundflow.models.person import Membership, RoleGrant, RoleName, Standing
from fundflow.workflow.adviser_visit import AdviserVisitState as S
from fundflow.workflow.engine import Refused
from tests.advisers.conftest import SignIn
from tests.advisers.test_visits import allocate, planned, record
from tests.factories import LONG_AGO, NOW, TODAY, Make

ENTRY = register.AdviserSaid(
    "Me", "me@private.example", AdviserKind.INDEPENDENT, None, ["maths"], 12, "", OffPayroll.TO_DECIDE, None
)


def rate(visit: AdviserVisit, user: Any, **changes: Any) -> None:
    said: dict[str, Any] = {"usefulness": 1, "helped": False, "feedback": "It came too late."}
    visits.rate(visit, **{**said, **changes}, user=user, now=NOW, version=visit.version)


@pytest.mark.both_databases
def test_a_head_can_say_that_a_visit_did_not_help(make: Make, area: SimpleNamespace) -> None:
    visit = planned(make, area)
    record(visit, area.account)
    rate(visit, area.head)
    assert (visit.state, visit.helped, visit.usefulness) == (S.RATED, False, 1)


def test_an_officer_excuses_none_of_their_own_visits(make: Make, area: SimpleNamespace) -> None:
    area.adviser.account = area.officer
    visit = planned(make, area)
    visits.with_reason(visit, step="miss", reason="Ill.", user=area.officer, now=NOW, version=None)
    with pytest.raises(Refused, match=r"You are the adviser\. A colleague can do this"):
        visits.with_reason(visit, step="let_go", reason="No time.", user=area.officer, now=NOW, version=None)
    visits.with_reason(visit, step="let_go", reason="No time.", user=area.deputy, now=NOW, version=None)
    assert visit.state is S.LET_GO


def test_nobody_enters_themselves_or_takes_an_entry_over(area: SimpleNamespace) -> None:
    mine = ENTRY._replace(email=area.officer.email)
    with pytest.raises(Refused, match="You can’t keep your own entry"):
        register.add(area.fund, mine, user=area.officer, now=NOW)
    adviser = register.add(area.fund, ENTRY, user=area.officer, now=NOW)
    with pytest.raises(Refused, match="You can’t keep your own entry"):
        register.change(adviser, mine, left=False, user=area.officer, now=NOW, version=None)


def test_an_adviser_advises_no_school_of_their_account(make: Make, area: SimpleNamespace) -> None:
    make.belongs(area.account, area.school)
    make.session.commit()
    with pytest.raises(Refused, match="Ava Adviser belongs to Visited Primary or its trust"):
        allocate(area)


def test_who_became_head_since_rates_no_visit_of_their_own(make: Make, area: SimpleNamespace) -> None:
    visit = planned(make, area)
    record(visit, area.account)
    lead = Membership(school=area.school, standing=Standing.LEADER, starts_on=LONG_AGO)
    area.account.memberships.append(lead)
    make.session.commit()
    with pytest.raises(Refused, match=r"You are the adviser"):
        rate(visit, area.account, usefulness=5, helped=True)


def test_nobody_ends_the_allocation_of_their_own_school(make: Make, area: SimpleNamespace) -> None:
    allocation = make.adviser_allocation(area.adviser, area.school)
    make.belongs(area.officer, area.school)
    make.session.commit()
    with pytest.raises(Refused, match="You can’t choose an adviser for this school"):
        allocations.end(allocation, reason="No.", user=area.officer, now=NOW, version=None)


@pytest.mark.parametrize(
    ("day", "why"),
    [(date(1900, 1, 1), "advises the school from"), (TODAY + timedelta(days=1), "in the future")],
)
def test_a_visit_took_place_while_the_school_was_advised(
    make: Make, area: SimpleNamespace, day: date, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        record(planned(make, area), area.account, visited_on=day)


def test_a_visit_is_planned_within_a_year_of_its_term(make: Make, area: SimpleNamespace) -> None:
    visit = planned(make, area)
    with pytest.raises(Refused, match="Choose a day within a year of that"):
        visits.move(
            visit, planned_on=date(9998, 5, 4), reason="x", user=area.account, now=NOW, version=visit.version
        )


def test_the_file_of_visits_keeps_feedback_from_the_adviser(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    visit = planned(make, area)
    record(visit, area.account)
    rate(visit, area.head)
    other = make.fund(has_advisers=True)
    area.account.roles = [RoleGrant(role=RoleName.AUDITOR, fund_id=other.id, starts_on=LONG_AGO)]
    make.session.commit()

    def usefulness(user: Any) -> list[str]:
        text = sign_in(user).get("/advisers/visits.csv").text
        return [row["Usefulness, 1 to 5"] for row in csv.DictReader(StringIO(text.removeprefix("\ufeff")))]

    assert (usefulness(area.account), usefulness(area.officer)) == ([""], ["1"])
