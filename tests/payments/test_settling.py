"""Days of the log are confirmed by a head who did not log them, or struck out."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from fundflow.impact import operations as impact
from fundflow.models.history import HistoryEntry
from fundflow.models.impact import Rag
from fundflow.models.letter import Letter
from fundflow.models.person import Membership, RoleName, Standing
from fundflow.payments import settling
from fundflow.rules.award_sums import sum_of
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnState
from tests.factories import Make
from tests.payments.conftest import A_DAY, LATER, Award, an_award


def test_only_the_head_who_is_asked_confirms(make: Make) -> None:
    award = an_award(make, supported=True)
    entry = award.log()
    team = make.member(award.bid.lead_school, Standing.TEAM)
    for user in (team, award.supported_head, award.officer, award.finance):
        with pytest.raises(Refused, match="no longer yours to confirm"):
            award.confirm(entry, user=user)
    with pytest.raises(Refused, match="You logged the days that wait, so another person must confirm them"):
        award.confirm(entry, user=award.releasing_head)
    award.confirm(entry)
    assert make.session.query(HistoryEntry).filter_by(step="confirm_days").count() == 1


def test_a_head_who_came_to_lead_the_other_school_too_confirms_no_longer(award: Award) -> None:
    entry = award.log()
    here = Membership(school=award.bid.providers[0], standing=Standing.LEADER, starts_on=A_DAY)
    award.head.memberships.append(here)
    with pytest.raises(Refused, match="no longer yours"):
        award.confirm(entry)


def test_a_confirmed_day_is_not_confirmed_again(award: Award) -> None:
    (entry,) = award.worked()
    with pytest.raises(Refused, match="no longer yours"):
        award.confirm(entry)


def test_the_officer_confirms_where_no_head_can(award: Award) -> None:
    award.bid.partners[0].contact_email = ""
    entry = award.log(user=award.head)
    award.confirm(entry, user=award.officer)
    assert entry.confirmed_by is award.officer


def test_the_officer_confirms_in_place_of_a_head_after_ten_working_days_with_a_reason(award: Award) -> None:
    entry = award.log()
    late = {"user": award.officer, "now": LATER + timedelta(days=14), "version": award.bid.version}
    early = late | {"now": LATER + timedelta(days=13)}
    with pytest.raises(Refused, match="no longer yours"):
        settling.confirm_days(award.bid, {entry.id}, reason="She rang me", **early)
    with pytest.raises(Refused, match="Enter why you confirm them"):
        settling.confirm_days(award.bid, {entry.id}, **late)
    settling.confirm_days(award.bid, {entry.id}, reason="She rang me", **late)
    assert entry.confirmed_by is award.officer
    told = award.make.session.query(HistoryEntry).filter_by(step="confirm_days").one()
    assert told.reason == "She rang me"


def test_an_officer_with_an_interest_settles_nothing(award: Award) -> None:
    inside = award.make.member(award.bid.providers[0], Standing.TEAM)
    award.make.role(inside, RoleName.OFFICER)
    award.bid.partners[0].contact_email = ""
    entry = award.log(user=award.head)
    with pytest.raises(Refused, match="no longer yours"):
        award.confirm(entry, user=inside)


def test_a_day_is_struck_out_by_those_it_concerns_and_stays(make: Make) -> None:
    award = an_award(make, supported=True)
    for user in (award.releasing_head, award.head, award.officer):
        entry = award.log()
        award.strike_out(entry, user)
        assert (entry.struck_by, entry.struck_reason, entry.activity) == (
            user,
            "Ill that day",
            "Observed phonics",
        )
    entry = award.log()
    for user in (award.supported_head, award.finance):
        with pytest.raises(Refused, match="Only those who logged this day"):
            award.strike_out(entry, user)
    with pytest.raises(Refused, match="struck out already"):
        award.strike_out(award.strike_out(entry, award.head) or entry, award.head)


def test_only_the_officer_strikes_out_a_confirmed_day(award: Award) -> None:
    (entry,) = award.worked()
    for user in (award.head, award.releasing_head):
        with pytest.raises(Refused, match="Only the liaison officer can strike it out"):
            award.strike_out(entry, user)
    award.strike_out(entry, award.officer)
    assert sum_of(award.bid).whole.earned == 0


def test_whoever_logged_it_is_told_that_their_day_is_struck_out(award: Award) -> None:
    award.strike_out(award.log(), award.releasing_head)
    assert award.make.session.query(Letter).filter_by(recipient="logger").count() == 0
    award.strike_out(award.log(), award.head, "She was at our other site")
    letter = award.make.session.query(Letter).filter_by(recipient="logger").one()
    assert letter.email == award.releasing_head.email
    assert "She was at our other site" in letter.body
    assert f"/bids/{award.bid.reference}/days" in letter.body


@pytest.mark.both_databases
@pytest.mark.parametrize("change", ["DELETE FROM worked_day", "UPDATE worked_day SET half_days = 1"])
def test_the_database_keeps_what_was_logged(award: Award, change: str) -> None:
    award.log()
    with pytest.raises(DatabaseError, match="append-only"):
        award.make.session.execute(text(change))
    award.make.session.rollback()


def test_the_final_report_waits_until_every_day_is_settled(award: Award) -> None:
    first, second = award.log(), award.log(date(2027, 1, 7), user=award.head)
    award.bid.state, report = BidState.IN_MONITORING, award.bid.report
    report.state = ReturnState.SUBMITTED
    award.make.session.commit()
    accept = {
        "rag": Rag.TOO_EARLY,
        "reason": "",
        "user": award.make.staff(RoleName.IMPACT_OFFICER),
        "now": LATER,
    }
    with pytest.raises(Refused, match=r"2 days of the log wait for the head of .* and the head of"):
        impact.accept_report(report, version=report.version, **accept)
    award.confirm(first)
    award.strike_out(second, award.head)
    impact.accept_report(report, version=report.version, **accept)
    assert report.state is ReturnState.ACCEPTED
    assert award.bid.claims[-1].pence == 35_000


def test_what_a_struck_out_day_was_to_pay_leaves_its_claim(award: Award) -> None:
    claim = award.sent(A_DAY, date(2027, 1, 7))
    award.strike_out(claim.days[0], award.officer)
    assert claim.pence == 35_000
    assert len(claim.days) == 2  # both stay to be read
