from datetime import UTC, date, datetime

import pytest

from fundflow.impact import operations
from fundflow.models.feedback import Feedback
from fundflow.models.letter import Letter
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.impact.conftest import LATER, an_ended_bid


def test_the_clock_ends_the_support_and_asks_everybody(make: Make) -> None:
    ended = an_ended_bid(make, BidState.IN_DELIVERY, supported=True)
    operations.end_delivery(ended.bid, "reach_end_date", user=None, now=LATER)
    bid = ended.bid
    assert bid.state is BidState.IN_MONITORING
    # 17 May 2027 + 20 working days, with the bank holiday of 31 May
    assert bid.end_on == date(2027, 5, 17)
    assert bid.due_on == ended.report.due_on == date(2027, 6, 15)
    assert [(f.school.name, f.asked_at) for f in bid.feedback] == [("Hazelmere Primary", LATER)]
    told = {letter.recipient for letter in make.session.query(Letter).filter_by(bid_id=bid.id)}
    assert {"school", "supported", "impact_officer"} <= told


def test_the_clock_waits_for_the_end_date(make: Make) -> None:
    ended = an_ended_bid(make, BidState.IN_DELIVERY)
    with pytest.raises(Refused, match="The support runs until 17 May 2027"):
        operations.end_delivery(
            ended.bid, "reach_end_date", user=None, now=datetime(2027, 5, 17, 9, tzinfo=UTC)
        )
    make.session.rollback()
    assert not ended.bid.feedback


def test_the_clock_ends_the_support_once_however_often_it_runs(make: Make) -> None:
    ended = an_ended_bid(make, BidState.IN_DELIVERY, supported=True)
    operations.end_delivery(ended.bid, "reach_end_date", user=None, now=LATER)
    letters = make.session.query(Letter).count()
    with pytest.raises(Refused, match="can no longer be done"):
        operations.end_delivery(ended.bid, "reach_end_date", user=None, now=LATER)
    make.session.rollback()
    assert make.session.query(Feedback).count() == 1
    assert make.session.query(Letter).count() == letters


def test_support_that_finishes_early_is_reported_on_from_that_day(make: Make) -> None:
    ended = an_ended_bid(make, BidState.IN_DELIVERY)
    early = datetime(2027, 3, 1, 9, tzinfo=UTC)
    operations.end_delivery(
        ended.bid, "finish_delivery", user=ended.officer, now=early, version=ended.bid.version
    )
    assert ended.bid.due_on == date(2027, 3, 31)  # 20 working days; Good Friday is 26 March
    assert ended.report.due_on == ended.bid.due_on


def test_a_report_that_was_never_scheduled_is_made(make: Make) -> None:
    ended = an_ended_bid(make, BidState.IN_DELIVERY)
    make.session.delete(ended.report)
    make.session.commit()
    operations.end_delivery(
        ended.bid, "finish_delivery", user=ended.officer, now=LATER, version=ended.bid.version
    )
    assert ended.report.due_on == date(2027, 6, 15)


def test_a_lead_school_that_is_itself_supported_is_asked(make: Make) -> None:
    ended = an_ended_bid(make, BidState.IN_DELIVERY)
    operations.end_delivery(ended.bid, "reach_end_date", user=None, now=LATER)
    assert [f.school for f in ended.bid.feedback] == [ended.bid.lead_school]


def test_finishing_twice_from_one_page_is_a_double_click(make: Make) -> None:
    ended = an_ended_bid(make, BidState.IN_DELIVERY)
    seen = ended.bid.version
    operations.end_delivery(ended.bid, "finish_delivery", user=ended.officer, now=LATER, version=seen)
    with pytest.raises(AlreadyTaken):
        operations.end_delivery(ended.bid, "finish_delivery", user=ended.officer, now=LATER, version=seen)
    with pytest.raises(Stale):
        operations.end_delivery(
            ended.bid, "finish_delivery", user=ended.impact_officer, now=LATER, version=seen
        )


def test_only_an_officer_finishes_the_support(make: Make) -> None:
    ended = an_ended_bid(make, BidState.IN_DELIVERY)
    with pytest.raises(Refused, match="Only the liaison officer"):
        operations.end_delivery(
            ended.bid, "finish_delivery", user=ended.head, now=LATER, version=ended.bid.version
        )
