"""Changes of an award: of two who act on one at once, one does."""

import pytest

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.award import Award
from fundflow.models.bid import Bid
from fundflow.models.change import ChangeLine, ChangeRequest
from fundflow.models.payment import Claim
from fundflow.models.person import RoleName, User
from fundflow.models.recovery import Recovery
from fundflow.workflow.application import BidState
from fundflow.workflow.change_request import ChangeState
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import Choice
from tests.concurrency.hall import Hall, Post, a_claim, a_fund, claim_steps, right_now
from tests.concurrency.test_claiming import C, an_award, one_won, rounds
from tests.factories import Make

pytestmark = pytest.mark.rounds


def decide(change: ChangeRequest, step: str, who: str) -> Post:
    return Post(who, f"{change.path}/steps/{step}", {"version": change.version, "reason": "No."})


@pytest.mark.parametrize("other", ["agree", "refuse", "withdraw"])
def test_two_decide_about_a_change_at_once(hall: Hall, other: str) -> None:
    def set_up(make: Make) -> tuple[int, list[Post]]:
        bid = an_award(make)
        head = make.member(bid.lead_school)
        change = make.change_request(bid, head)
        second = head if other == "withdraw" else make.staff(RoleName.DEPUTY_OFFICER)
        first = make.staff(RoleName.OFFICER)
        return bid.id, [
            decide(change, "agree", first.get_id()),
            decide(change, other, second.get_id()),
        ]

    for bid_id, posts in rounds(hall, set_up):
        won = one_won(hall.at_once(*posts))
        agreed = won == 0 or other == "agree"
        assert hall.count(Award, Award.bid_id == bid_id) == (2 if agreed else 1)
        totals = hall.ask(lambda bid_id=bid_id: ledger.bid_totals(bid_id))  # type: ignore[misc]
        assert totals.outstanding == (200_000 if agreed else 300_000)


def test_a_claim_is_certified_and_paid_while_the_award_becomes_smaller(hall: Hall) -> None:
    """Either the claim is brought down first, or the change waits until it is paid."""

    def set_up(make: Make) -> tuple[int, list[Post]]:
        bid = an_award(make)
        change = make.change_request(bid, make.member(bid.lead_school), pence=10_000)
        claim = a_claim(bid, 35_000)
        checker, officer = make.staff(RoleName.FINANCE), make.staff(RoleName.OFFICER)
        return bid.id, [
            Post(checker.get_id(), claim_steps(claim, "certify"), {"version": 1}),
            decide(change, "agree", officer.get_id()),
        ]

    for bid_id, posts in rounds(hall, set_up):
        answers = hall.at_once(*posts)
        assert all(answer.is_fine for answer in answers)
        certified = hall.ask(
            lambda bid_id=bid_id: [  # type: ignore[misc]
                claim.pence
                for claim in db.session.query(Claim).filter_by(bid_id=bid_id)
                if claim.state is C.CERTIFIED
            ]
        )
        if answers[1].status == 302:
            assert sum(certified) <= 10_000
        assert hall.count(Recovery, Recovery.bid_id == bid_id) == 0


def voted_on(make: Make, bid: Bid, chair: User) -> Post:
    """A change for £700 more, for which the panel voted; the chair records it."""
    line = bid.awards[-1].lines[0]
    days = ChangeLine(line=line, half_days=16, what=line.what, staff_code=line.staff_code)
    head = make.member(bid.lead_school)
    change = make.change_request(
        bid, head, more=True, pence=370_000, state=ChangeState.AT_PANEL, lines=[days]
    )
    item = make.item(bid, make.meeting(bid.fund, MeetingState.IN_SESSION, right_now()))
    item.change = change
    make.voted(item, *[Choice.FUND] * 5)
    said = {"version": change.version, "reasons": "Good.", "equality_note": "None."}
    return Post(chair.get_id(), f"{change.path}/steps/award-more", said)


def test_two_larger_awards_never_take_the_same_money(hall: Hall) -> None:
    """The fund can bear one of them; of the other nothing is written."""

    def set_up(make: Make) -> tuple[list[int], list[Post]]:
        fund = a_fund(make)
        bids = [make.bid(state=BidState.IN_DELIVERY, fund=fund, now=right_now()) for _ in range(2)]
        chair = make.panel(fund)[0].user
        free = ledger.totals(fund.id).free
        finance = make.staff(RoleName.FINANCE)
        ledger.cut(fund.allocations[0], free - 70_000, user=finance, now=right_now(), minute="Minute 9")
        return [bid.id for bid in bids], [voted_on(make, bid, chair) for bid in bids]

    for bids, posts in rounds(hall, set_up):
        one_won(hall.at_once(*posts))
        held = [hall.ask(lambda bid_id=bid_id: ledger.bid_totals(bid_id).awarded) for bid_id in bids]  # type: ignore[misc]
        assert sorted(held) == [300_000, 370_000]
