"""The log of an award's days: who logs what, and what is refused or said."""

from datetime import date, timedelta

import pytest

from fundflow.models.day_log import WorkedDay
from fundflow.models.days_off import DaysOff, Whose
from fundflow.models.impact import Rag
from fundflow.models.person import RoleName, Standing
from fundflow.models.school import School
from fundflow.payments import day_log
from fundflow.rules.award_sums import sum_of
from fundflow.steps import Stale
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnState
from tests.factories import Make
from tests.payments.conftest import A_DAY, LATER, Award, an_award


def in_two_bids(make: Make) -> tuple[Award, Award]:
    """Two awards whose staff come from one school."""
    provider = make.school()
    make.member(provider)
    return an_award(make, provider=provider), an_award(make, provider=provider)


def test_the_provider_logs_and_the_lead_confirms(award: Award) -> None:
    entry = award.log()
    assert (entry.staff_code, entry.half_days, entry.logged_by) == ("RL1", 2, award.releasing_head)
    assert entry.confirms is award.bid.lead_school
    assert sum_of(award.bid).whole.earned == 0
    award.confirm(entry)
    assert (entry.confirmed_at, entry.confirmed_by) == (LATER, award.head)
    assert sum_of(award.bid).whole.earned == 35_000


def test_the_lead_logs_for_the_provider_whose_head_confirms(award: Award) -> None:
    award.releasing_head  # noqa: B018 (made at the first ask)
    entry = award.log(user=award.make.member(award.bid.lead_school, Standing.TEAM))
    assert (entry.by_school_id, entry.confirms) == (award.bid.lead_school_id, award.bid.providers[0])


def test_a_day_that_no_other_head_knows_of_is_the_officers(award: Award) -> None:
    award.bid.partners[0].contact_email = ""  # nor has anybody of the provider an account
    entry = award.log(user=award.head)
    assert entry.confirms is None
    assert entry.confirms_words == "the liaison officer"


def test_a_day_spent_at_a_third_school_is_confirmed_there(make: Make) -> None:
    award = an_award(make, supported=True)
    (school,) = award.bid.supported
    assert award.log(where=school).confirms is school


def test_the_sum_counts_what_is_confirmed_and_not_struck_out(award: Award) -> None:
    first, second = award.worked(A_DAY, date(2027, 1, 7))
    award.worked(line=1, half_days=1)
    assert sum_of(award.bid).whole.earned == 70_000 + 16_800  # £350 twice, half of £240 with 40 %
    award.strike_out(second, award.officer)
    assert sum_of(award.bid).whole.earned == 35_000 + 16_800
    assert first.struck_at is None


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2027, 1, 21), "in the future"),
        (date(2026, 12, 17), "in the time of the bid"),
    ],
)
def test_days_lie_inside_the_project_and_not_in_the_future(award: Award, day: date, words: str) -> None:
    with pytest.raises(Refused, match=words):
        award.log(day)


def test_no_day_before_the_acceptance_is_paid(award: Award) -> None:
    award.bid.start_on = date(2026, 10, 1)
    with pytest.raises(Refused, match="The offer was accepted on 18 November 2026"):
        award.log(date(2026, 11, 17))
    assert award.log(date(2026, 11, 18)).day == date(2026, 11, 18)


def test_the_last_day_of_the_support_can_be_logged(award: Award) -> None:
    end = award.bid.end_on
    assert end is not None
    entry = day_log.log_day(
        award.bid,
        line_id=day_log.days_of_award(award.bid)[0].id,
        day=end,
        half_days=2,
        activity="Handed over",
        where_id=award.bid.lead_school_id,
        user=award.releasing_head,
        now=LATER + timedelta(days=365),
        version=award.bid.version,
    )
    assert entry.day == end


def test_odd_days_are_said_and_not_refused(award: Award) -> None:
    award.bid.fund.days_off = [DaysOff(date(2027, 1, 4), date(2027, 1, 5), "Inset", Whose.SCHOOLS).to_store()]
    assert day_log.said_of(award.log(date(2027, 1, 9))) == ["9 January 2027 was a Saturday."]
    assert "New Year" in day_log.said_of(award.log(date(2027, 1, 1)))[0]
    assert day_log.said_of(award.log(date(2027, 1, 4))) == ["4 January 2027 was in the school holidays."]
    assert day_log.said_of(award.log()) == []


def test_a_tenth_more_than_a_line_is_said_and_beyond_it_refused(award: Award) -> None:
    days = [date(2027, 1, 4) + timedelta(days=n) for n in range(5)] + [date(2027, 1, 11)]
    for day in days:
        award.log(day)
    over = award.log(date(2027, 1, 12), half_days=1)
    assert day_log.said_of(over) == [
        "That makes 6.5 of 6 days for Reading lead (RL1). The award pays for a tenth more at most."
    ]
    with pytest.raises(Refused, match=r"would have 7 of 6 days for Reading lead \(RL1\)"):
        award.log(date(2027, 1, 13), half_days=1)


def test_two_halves_of_a_day_can_be_logged_but_no_third(award: Award) -> None:
    award.log(half_days=1)
    award.log(half_days=1)
    with pytest.raises(Refused, match="RL1 is logged already on 6 January 2027, in this log"):
        award.log(half_days=1)


def test_a_stand_in_counts_on_the_line_and_once_a_day_by_their_own_code(award: Award) -> None:
    entry = award.log(stand_in=" dh2 ")
    assert (entry.staff_code, entry.line.staff_code) == ("DH2", "RL1")
    award.log()  # RL1 may have worked elsewhere that day
    with pytest.raises(Refused, match="DH 2 is logged already"):
        award.log(stand_in="DH 2")
    award.make.session.rollback()
    award.confirm(entry)
    assert sum_of(award.bid).whole.earned == 35_000


def test_a_day_logged_in_one_bid_cannot_be_logged_in_another(make: Make) -> None:
    first, second = in_two_bids(make)
    first.log()
    with pytest.raises(Refused, match=f"in {first.bid.reference}. Nobody counts"):
        second.log()  # the provider's head sees both bids
    with pytest.raises(Refused, match=r"in another bid\. Nobody counts"):
        second.log(user=second.head)


def test_a_day_struck_out_is_free_for_another_bid(make: Make) -> None:
    first, second = in_two_bids(make)
    first.strike_out(first.log(), first.releasing_head)
    assert second.log().half_days == 2


def test_the_same_code_at_another_school_is_another_person(make: Make) -> None:
    an_award(make).log()
    an_award(make).log()
    assert make.session.query(WorkedDay).count() == 2


def test_a_line_of_another_bid_cannot_be_logged(make: Make) -> None:
    award, other = an_award(make), an_award(make)
    with pytest.raises(Refused, match="whose release the award pays for"):
        day_log.log_day(
            award.bid,
            line_id=day_log.days_of_award(other.bid)[0].id,
            day=A_DAY,
            half_days=2,
            activity="x",
            where_id=award.bid.lead_school_id,
            user=award.head,
            now=LATER,
            version=award.bid.version,
        )


def test_only_the_releasing_school_and_the_lead_write_the_log(make: Make) -> None:
    award = an_award(make, supported=True)
    stranger = make.member(make.school())
    for user in (stranger, award.officer, award.finance, award.supported_head):
        with pytest.raises(Refused, match="Only people of the school that released them"):
            award.log(user=user)


def test_a_day_is_spent_at_a_school_of_the_bid(award: Award) -> None:
    with pytest.raises(Refused, match="Select a school that takes part"):
        award.log(where=award.make.school())


def test_a_stale_page_changes_nothing(award: Award) -> None:
    seen = award.bid.version
    award.log()
    with pytest.raises(Stale):
        day_log.log_day(
            award.bid,
            line_id=day_log.days_of_award(award.bid)[0].id,
            day=date(2027, 1, 7),
            half_days=2,
            activity="x",
            where_id=award.bid.lead_school_id,
            user=award.head,
            now=LATER,
            version=seen,
        )
    assert award.make.session.query(WorkedDay).count() == 1


@pytest.mark.parametrize("state", [BidState.OFFERED, BidState.TERMINATED, BidState.CLOSED])
def test_the_log_is_open_while_the_support_goes_on(make: Make, state: BidState) -> None:
    award = an_award(make, state)
    if state is BidState.OFFERED:
        assert day_log.lines_to_log(award.bid, award.head, LATER) == []
        return
    with pytest.raises(Refused, match="until the funding ends"):
        award.log()


def test_the_log_is_closed_with_the_accepted_report(award: Award) -> None:
    award.bid.report.state, award.bid.report.rag = ReturnState.ACCEPTED, Rag.GREEN
    with pytest.raises(Refused, match="the log of days and costs is closed"):
        award.log()


def test_staff_of_a_school_that_passed_into_another_are_logged_by_its_successor(award: Award) -> None:
    old, new = award.bid.providers[0], award.make.school("Successor Academy")
    _passes(award, old, new)
    head = award.make.member(new)
    entry = award.log(user=head)
    assert (entry.by_school_id, entry.school_id) == (new.id, old.id)
    role = award.make.staff(RoleName.OFFICER)
    assert day_log.lines_to_log(award.bid, role, LATER) == []


def _passes(award: Award, old: School, new: School) -> None:
    old.succeeded_by_id = new.id
    award.bid.partners[0].school = new
    award.make.session.commit()
