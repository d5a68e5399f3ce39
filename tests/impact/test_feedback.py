from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from fundflow.impact import operations
from fundflow.models.feedback import Feedback
from fundflow.models.person import Standing
from fundflow.steps import Stale
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.impact.conftest import GOOD, LATER, Ended, an_ended_bid


@pytest.fixture
def rated(make: Make) -> Ended:
    return an_ended_bid(make, supported=True)


def give(ended: Ended, ratings: dict[str, Any], user: Any = None, stamp: str | None = None) -> Feedback:
    feedback = ended.bid.feedback[0]
    operations.give_feedback(
        feedback,
        ratings=ratings,
        user=user or ended.supported_head,
        now=LATER,
        stamp=operations.stamp_of(feedback) if stamp is None else stamp,
    )
    return feedback


def test_a_supported_school_rates_the_support(rated: Ended) -> None:
    feedback = give(rated, GOOD)
    assert operations.given_so_far(feedback) == GOOD
    assert (feedback.given_at, feedback.given_by_id) == (LATER, rated.supported_head.id)


@pytest.mark.both_databases
def test_a_school_may_say_that_it_would_not_use_the_support_again(rated: Ended) -> None:
    assert give(rated, {**GOOD, "use_again": False}).use_again is False


def test_its_team_may_too_and_it_can_be_changed(rated: Ended) -> None:
    give(rated, GOOD)
    team = rated.make.member(rated.bid.feedback[0].school, Standing.TEAM)
    assert give(rated, {**GOOD, "fit": 2}, team).fit == 2


def test_nobody_else_rates_the_support(rated: Ended) -> None:
    for user in (rated.head, rated.officer, rated.make.member(rated.bid.providers[0])):
        with pytest.raises(Refused, match="Only people of a school that received"):
            give(rated, GOOD, user)


def test_the_support_is_rated_once_it_has_ended(make: Make) -> None:
    ended = an_ended_bid(make, supported=True)
    ended.bid.state = BidState.SUSPENDED
    make.session.commit()
    with pytest.raises(Refused, match="once it has ended"):
        give(ended, GOOD)


def test_a_rating_somebody_changed_meanwhile_is_not_overwritten(rated: Ended) -> None:
    seen = operations.stamp_of(rated.bid.feedback[0])
    give(rated, GOOD)
    with pytest.raises(Stale):
        give(rated, {**GOOD, "quality": 1}, stamp=seen)


def test_a_second_click_changes_nothing(rated: Ended) -> None:
    seen = operations.stamp_of(rated.bid.feedback[0])
    give(rated, GOOD)
    version = rated.bid.version
    give(rated, GOOD, stamp=seen)
    assert rated.bid.version == version


def test_the_database_holds_ratings_to_the_scale(rated: Ended) -> None:
    rated.bid.feedback[0].quality = 6
    with pytest.raises(IntegrityError):
        rated.make.session.flush()
    rated.make.session.rollback()
