"""Feedback is chased twice and then recorded as not given; the provider reads averages from three on."""

from datetime import datetime, timedelta

import pytest
import time_machine

from fundflow.clock.timed_steps import take_timed_steps
from fundflow.extensions import db
from fundflow.impact import operations
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.feedback import Feedback
from fundflow.models.person import User
from fundflow.rules.feedback import averages_of
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.feedback import FeedbackState
from tests.factories import NOW, Make
from tests.impact.conftest import GOOD, LATER, Ended, SignIn, an_ended_bid, letters_to, path

ASKED = datetime(2027, 6, 2, 10, 0, tzinfo=LATER.tzinfo)  # a Wednesday; ten working days are two weeks


@pytest.fixture
def rated(make: Make) -> Ended:
    ended = an_ended_bid(make, supported=True)
    ended.bid.feedback[0].asked_at = ASKED
    make.session.commit()
    return ended


def after(days: int) -> datetime:
    return ASKED + timedelta(days=days)


def subjects(user: User | None) -> list[str]:
    assert user is not None
    return [letter.subject for letter in letters_to(user)]


@pytest.mark.both_databases
def test_the_clock_chases_twice_and_then_records_that_none_was_given(rated: Ended) -> None:
    feedback, bid = rated.bid.feedback[0], rated.bid
    chased = f"{bid.reference}: how was the support of {bid.lead_school.name}’s bid?"
    take_timed_steps(after(13))
    assert feedback.chased_at is None
    take_timed_steps(after(14))
    take_timed_steps(after(14))  # the clock runs all the time
    assert (feedback.chased_at, feedback.chased_again_at) == (after(14), None)
    assert subjects(rated.supported_head) == [chased]
    assert feedback.holds_closing
    take_timed_steps(after(28))
    assert (feedback.state, feedback.chased_again_at) == (FeedbackState.ASKED, after(28))
    assert not feedback.holds_closing
    take_timed_steps(after(41))
    assert feedback.state is FeedbackState.ASKED
    take_timed_steps(after(42))
    assert feedback.state is FeedbackState.NOT_GIVEN
    assert subjects(rated.supported_head) == [
        chased,
        chased,
        f"{bid.reference}: we no longer ask how the support was",
    ]
    assert subjects(rated.impact_officer)[-1] == (f"{bid.reference}: {feedback.school.name} gave no feedback")
    take_timed_steps(after(90))
    assert len(subjects(rated.supported_head)) == 3


def test_the_funds_interval_counts(rated: Ended) -> None:
    rated.bid.fund.feedback_days = 5
    db.session.commit()
    take_timed_steps(after(7))
    assert rated.bid.feedback[0].chased_at == after(7)


def test_what_is_given_is_chased_no_more_and_the_impact_officer_is_told(rated: Ended) -> None:
    feedback = rated.bid.feedback[0]
    give(feedback, rated.supported_head)
    assert subjects(rated.impact_officer)[-1].endswith("has rated the support")
    take_timed_steps(after(60))
    assert (feedback.state, feedback.chased_at) == (FeedbackState.GIVEN, None)


def test_it_can_still_be_given_after_it_was_recorded_as_not_given(rated: Ended) -> None:
    for days in (14, 28, 42):
        take_timed_steps(after(days))
    feedback = rated.bid.feedback[0]
    give(feedback, rated.supported_head)
    assert feedback.state is FeedbackState.GIVEN


def test_a_bid_closes_once_feedback_is_given_or_was_chased_twice(rated: Ended) -> None:
    def why() -> str | None:
        user, bid = rated.impact_officer, rated.bid
        try:
            operations.close(bid, user=user, now=LATER, version=bid.version)
        except Refused as refused:
            db.session.rollback()
            return refused.sentence
        return None

    for name in ("write", "send", "accept"):
        getattr(rated, name)()
    assert str(why()).startswith("Feedback is outstanding from Hazelmere Primary")
    rated.bid.feedback[0].chased_at = rated.bid.feedback[0].chased_again_at = LATER
    db.session.commit()
    assert not str(why()).startswith("Feedback is outstanding")


def test_a_lead_school_that_received_the_support_rates_it_with_its_report(make: Make) -> None:
    ended = an_ended_bid(make)
    feedback = ended.bid.feedback[0]
    assert feedback.is_part_of_report
    take_timed_steps(LATER + timedelta(days=60))
    assert (feedback.chased_at, feedback.holds_closing) == (None, False)


def give(feedback: Feedback, user: User | None, **changes: int) -> None:
    assert user is not None
    stamp = operations.stamp_of(feedback)
    operations.give_feedback(feedback, ratings={**GOOD, **changes}, stamp=stamp, user=user, now=LATER)


def test_a_provider_reads_averages_from_three_responses_on(make: Make, sign_in: SignIn) -> None:
    provider = make.school("Oakfield Academy")
    head = make.member(provider)
    bids = [make.bid(state=BidState.IN_MONITORING, provider=provider) for _ in range(3)]
    for bid in bids:
        school = make.school()
        bid.partners.append(Partner(school=school, part=Part.SUPPORTED))
        bid.feedback[0].school = school
    db.session.commit()
    quality = [5, 4, 4]
    with time_machine.travel(LATER, tick=False):
        client = sign_in(head)
        for n, bid in enumerate(bids):
            page = client.get(f"/bids/{bid.reference}/impact").text
            assert "once three schools that you supported have answered" in page
            assert averages_of(provider) is None
            user = make.member(bid.feedback[0].school)
            give(bid.feedback[0], user, quality=quality[n])
        page = client.get(f"/bids/{bids[0].reference}/impact").text
        assert "4.3 of 5 for quality" in page
        assert "over 3 responses" in page
        assert "3 of 3 would use it again" in page
        assert "Pay sooner" not in page
        assert "Very kind" not in page


@pytest.mark.usefixtures("today")
def test_what_is_said_of_the_council_is_for_its_staff_and_the_school_that_said_it(
    rated: Ended, sign_in: SignIn
) -> None:
    give(rated.bid.feedback[0], rated.supported_head)
    assert "Pay sooner" in sign_in(rated.impact_officer).get(path(rated, "impact")).text
    provider = rated.make.member(rated.bid.providers[0])
    for user in (rated.head, provider):
        assert "Pay sooner" not in sign_in(user).get(path(rated, "impact")).text


def test_nothing_is_chased_before_the_support_has_ended(make: Make) -> None:
    bid = make.bid(state=BidState.IN_DELIVERY)
    bid.feedback.append(Feedback(school=make.school(), asked_at=NOW))
    db.session.commit()
    bid.end_on = (NOW + timedelta(days=400)).date()
    db.session.commit()
    take_timed_steps(NOW + timedelta(days=60))
    assert bid.feedback[0].chased_at is None


@pytest.mark.usefixtures("today")
def test_the_report_of_a_supported_lead_leads_to_its_rating(make: Make, sign_in: SignIn) -> None:
    ended = an_ended_bid(make)
    client = sign_in(ended.head)
    assert "rate it and the council" in client.get(path(ended, "report")).text
    before = len(letters_to(ended.impact_officer))
    give(ended.bid.feedback[0], ended.head)
    assert "rate it and the council" not in client.get(path(ended, "report")).text
    assert len(letters_to(ended.impact_officer)) == before  # told with the report


def test_three_answers_of_one_school_give_no_averages(make: Make) -> None:
    provider, school = make.school("Oakfield Academy"), make.school()
    user = make.member(school)
    for _ in range(3):
        bid = make.bid(state=BidState.IN_MONITORING, provider=provider)
        bid.partners.append(Partner(school=school, part=Part.SUPPORTED))
        bid.feedback[0].school = school
        db.session.commit()
        give(bid.feedback[0], user)
    assert averages_of(provider) is None


def test_the_clock_gives_up_after_closing_too_and_asks_no_more(rated: Ended) -> None:
    feedback = rated.bid.feedback[0]
    feedback.chased_at = feedback.chased_again_at = ASKED
    rated.bid.state = BidState.CLOSED
    db.session.commit()
    take_timed_steps(after(13))
    assert feedback.state is FeedbackState.ASKED
    take_timed_steps(after(14))
    assert feedback.state is FeedbackState.NOT_GIVEN
    assert feedback.latest_word == "Asked three times. No answer was given."


def test_feedback_of_old_that_nobody_chased_is_not_said_to_be_asked_three_times(rated: Ended) -> None:
    feedback = rated.bid.feedback[0]
    feedback.state = FeedbackState.NOT_GIVEN
    rated.bid.state = BidState.CLOSED
    db.session.commit()
    take_timed_steps(after(90))
    assert feedback.latest_word == "No answer was given."
    assert subjects(rated.supported_head) == []


@pytest.mark.parametrize("how", ["reach_end_date", "finish_delivery"])
def test_the_letter_names_the_day_on_which_it_is_chased(make: Make, how: str) -> None:
    ended = an_ended_bid(make, BidState.IN_DELIVERY, supported=True)
    school = ended.bid.supported[-1]
    before = ASKED - timedelta(days=90)  # of support that had ended, and went on
    feedback = Feedback(school=school, asked_at=before, chased_at=before)
    ended.bid.feedback.append(feedback)
    db.session.commit()
    user = None if how == "reach_end_date" else ended.officer
    operations.end_delivery(ended.bid, how, user=user, now=ASKED)
    assert "by 16 June" in subjects(ended.supported_head)[-1]
    assert "by 16 June 2027" in letters_to(ended.supported_head)[-1].body  # type: ignore[arg-type]
    take_timed_steps(after(13))
    assert feedback.chased_at is None
    take_timed_steps(after(14))
    assert feedback.chased_at == after(14)


def test_the_final_report_of_a_supported_lead_waits_for_its_rating(make: Make) -> None:
    ended = an_ended_bid(make)
    ended.write()
    with pytest.raises(Refused, match="Rate the support that your school received first"):
        operations.submit_report(
            ended.report, user=ended.head, now=LATER, version=ended.report.version, reason="On paper"
        )
    db.session.rollback()
    give(ended.bid.feedback[0], ended.head)
    ended.send()
    others = an_ended_bid(make, supported=True)
    others.write()
    assert others.report.why_incomplete() is None  # another school is asked by itself
