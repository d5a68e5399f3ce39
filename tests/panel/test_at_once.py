"""Deciding and voting at the same moment, over real connections."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.decision import Decision
from fundflow.models.panel import AgendaItem
from fundflow.models.person import RoleName, SeatPosition
from fundflow.rules.panel.sittings import sitting_of
from fundflow.workflow.application import BidState
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import Choice
from tests.factories import NOW, Make

Post = tuple[str, str, dict[str, Any]]  # a person's id, a path, a form


@pytest.fixture
def make_for_real(real_app: Flask) -> Iterator[Make]:
    with real_app.app_context():
        yield Make(db.session)  # type: ignore[arg-type]
        db.session.remove()


@pytest.fixture
def at_once(real_app: Flask) -> Callable[[list[Post]], list[int]]:
    def post_all(posts: list[Post]) -> list[int]:
        start = Barrier(len(posts))

        def post(who: str, url: str, data: dict[str, Any]) -> int:
            client = real_app.test_client()
            with client.session_transaction() as cookie:
                cookie["_user_id"], cookie["_fresh"] = who, True
            start.wait(10)
            return client.post(url, data=data).status_code

        with ThreadPoolExecutor(len(posts)) as pool:
            return sorted(pool.map(lambda p: post(*p), posts))

    return post_all


def _form(bid: Bid, reasons: str = "Clear.") -> dict[str, Any]:
    return {
        "version": bid.version,
        "amount": "3000",
        "reasons": reasons,
        "equality_note": "None.",
        "departure": "No scores.",
    }


def test_two_chairs_deciding_at_once_make_one_decision(
    make_for_real: Make, at_once: Callable[[list[Post]], list[int]]
) -> None:
    make, now = make_for_real, NOW
    fund = make.fund()
    seats = make.panel(fund)
    seats[1].position = SeatPosition.CHAIR
    bid = make.bid(state=BidState.AT_PANEL, fund=fund, now=now)
    make.voted(bid.items[0], *[Choice.FUND] * 5)
    db.session.commit()
    url = f"/bids/{bid.reference}/steps/approve"
    posts = [(seat.user.get_id(), url, _form(bid, f"Reason {seat.id}.")) for seat in seats[:2]]
    bid_id, fund_id = bid.id, fund.id
    db.session.remove()
    assert at_once(posts) == [302, 409]
    assert db.session.query(Decision).filter_by(bid_id=bid_id).count() == 1
    assert ledger.totals(fund_id).reserved == 300_000


def test_two_bids_that_together_exceed_the_fund_are_never_both_approved(
    make_for_real: Make, at_once: Callable[[list[Post]], list[int]]
) -> None:
    make, now = make_for_real, NOW
    fund = make.fund(allocated=500_000)
    chair = make.panel(fund)[0].user
    meeting = make.meeting(fund, MeetingState.IN_SESSION, now)
    posts = []
    for _ in range(2):
        bid = make.bid(state=BidState.IN_REVIEW, fund=fund, now=now)
        make.voted(make.item(bid, meeting), *[Choice.FUND] * 5)
        bid.state = BidState.AT_PANEL
        make.confirmed(bid)
        db.session.commit()
        posts.append((chair.get_id(), f"/bids/{bid.reference}/steps/approve", _form(bid)))
    fund_id = fund.id
    db.session.remove()
    assert at_once(posts) in ([302, 409], [302, 422])  # refused under the lock, or by the form already
    assert (ledger.totals(fund_id).reserved, ledger.totals(fund_id).free) == (300_000, 200_000)


def test_members_who_vote_at_the_same_moment_are_all_counted(
    make_for_real: Make, at_once: Callable[[list[Post]], list[int]]
) -> None:
    make, now = make_for_real, NOW
    fund = make.fund()
    seats = make.panel(fund)
    clerk = make.staff(RoleName.CLERK)
    bid = make.bid(state=BidState.AT_PANEL, fund=fund, now=now)
    item = bid.items[0]
    make.voted(item, *[Choice.ABSTAIN] * 5)
    db.session.commit()
    url = f"/meetings/{item.meeting_id}/items/{item.id}/members"
    posts = [(seat.user.get_id(), f"{url}/{seat.id}/vote", {"choice": "fund"}) for seat in seats]
    posts.append((clerk.get_id(), f"{url}/{seats[0].id}/vote", {"choice": "fund"}))
    item_id, before = item.id, bid.version
    db.session.remove()
    assert at_once(posts) == [302] * 6
    again = db.session.get_one(AgendaItem, item_id)
    assert sitting_of(again, now).tally == (5, 0, 0)
    assert again.bid.version == before + 5  # the same vote recorded twice is recorded once
