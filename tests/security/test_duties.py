"""Duties that must stay apart, however many roles one person holds."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow.models.history import HistoryEntry
from fundflow.models.interest import InterestKind
from fundflow.models.panel import Presence
from fundflow.models.person import Membership, Standing, User
from fundflow.models.person import RoleName as R
from fundflow.models.review import ReviewRequest
from fundflow.panel.operations import interests, items
from fundflow.review.operations import later, reviewing
from fundflow.rules.interests.involvement import was_involved
from fundflow.steps import require_step
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from fundflow.workflow.panel_rules import Choice
from tests.factories import LONG_AGO, NOW, Make
from tests.panel.conftest import Panel

SignIn = Callable[[User | None], FlaskClient]
NO_ANSWERS = reviewing.ReviewAnswers("Strong", "", None, None, "", {})


def test_whoever_wrote_in_the_review_hears_no_request_about_it(make: Make) -> None:
    bid = make.bid(state=S.IN_REVIEW)
    writer = make.staff(R.DEPUTY_OFFICER)
    make.role(writer, R.REVIEWING_MANAGER)
    assert bid.review is not None
    reviewing.save_review(bid.review, NO_ANSWERS, user=writer, now=NOW, version=bid.review.version)
    last = make.staff(R.OFFICER)
    reviewing.save_review(bid.review, NO_ANSWERS, user=last, now=NOW, version=bid.review.version)
    assert was_involved(bid, writer), "although somebody else wrote after them"
    _refuses_to_hear(make, bid, writer)


def test_whoever_sat_with_the_panel_or_kept_its_votes_hears_no_request(make: Make) -> None:
    bid = make.bid(state=S.NOT_FUNDED)
    make.seat(bid.fund)  # who votes
    silent, clerk = make.seat(bid.fund), make.staff(R.CLERK)
    for user in (silent.user, clerk):
        make.role(user, R.REVIEWING_MANAGER)
    item = bid.items[0]
    item.presences.append(Presence(seat_id=silent.id, present=True, changed_at=NOW))
    decided, item.outcome = item.outcome, None
    make.voted(item, Choice.DO_NOT_FUND)
    item.votes[0].recorded_by_id = clerk.id
    make.session.flush()
    item.outcome = decided
    make.session.commit()
    assert was_involved(bid, silent.user)
    assert was_involved(bid, clerk)
    _refuses_to_hear(make, bid, clerk)


def _refuses_to_hear(make: Make, bid: object, user: User) -> None:
    request = ReviewRequest(bid=bid, grounds="Unfair", asked_at=NOW, asked_by_id=user.id)
    make.session.add(request)
    make.session.commit()
    with pytest.raises(Refused, match="took part"):
        later.dismiss_review(request, "No", user=user, now=NOW)


def test_an_impact_officer_does_not_close_the_bid_of_their_own_school(make: Make) -> None:
    bid = make.bid(state=S.IN_MONITORING)
    officer = make.staff(R.IMPACT_OFFICER)
    make.session.add(
        Membership(user=officer, school=bid.partners[0].school, standing=Standing.LEADER, starts_on=LONG_AGO)
    )
    make.session.commit()
    with pytest.raises(Refused, match="your school"):
        require_step(bid, "close", officer, NOW)


def test_a_member_who_disclosed_an_interest_does_not_take_it_back_to_vote(panel: Panel) -> None:
    seat = panel.seats[4]

    def say(kind: InterestKind, user: User) -> None:
        interests.declare(panel.item, seat.id, kind, "We share a governor", user=user, now=panel.now)

    panel.here(4)
    say(InterestKind.DISCLOSED, seat.user)
    with pytest.raises(Refused, match="clerk"):
        say(InterestKind.NONE, seat.user)
    with pytest.raises(Refused, match="may not vote"):
        items.vote(panel.item, seat.id, Choice.FUND, user=seat.user, now=panel.now)
    say(InterestKind.NONE, panel.clerk)
    items.vote(panel.item, seat.id, Choice.FUND, user=seat.user, now=panel.now)


def test_a_changed_name_is_remembered_so_that_nobody_acts_under_anothers(make: Make, sign_in: SignIn) -> None:
    user = make.user("Mallory")
    make.session.commit()
    sign_in(user).post("/me", data={"name": "Chair Person", "job_title": ""})
    entry = make.session.scalars(
        select(HistoryEntry).where(HistoryEntry.process == "person", HistoryEntry.record_id == user.id)
    ).one()
    assert "Mallory" in entry.label
    assert "Chair Person" in entry.label
    assert entry.user_id == user.id
    sign_in(user).post("/me", data={"name": "Chair Person", "job_title": "Head"})
    assert [e.step for e in make.session.scalars(select(HistoryEntry))] == ["rename", "retitle"]


def test_a_role_that_ended_yesterday_does_nothing_today(make: Make, sign_in: SignIn) -> None:
    today = datetime.now(UTC).date()
    user = make.user()
    grants = [make.role(user, role) for role in R]
    bid = make.bid(state=S.IN_DELIVERY)
    make.seat(bid.fund, user=user)
    make.session.commit()
    client = sign_in(user)
    assert client.get(f"/bids/{bid.reference}").status_code == 200
    for held in (*grants, *user.seats):
        held.ends_on = today.replace(year=today.year - 1)
    make.session.commit()
    for path in (f"/bids/{bid.reference}", f"/bids/{bid.reference}/money"):
        assert client.get(path).status_code == 404
    for path in ("/money", "/money/ledger.csv", "/people", "/funds", "/letters", "/meetings"):
        assert client.get(path).status_code == 403
