"""Changes of an award: of two who act on one at once, one does."""

import pytest

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.award import Award
from fundflow.models.change import ChangeRequest
from fundflow.models.payment import Claim
from fundflow.models.person import RoleName
from fundflow.models.recovery import Recovery
from tests.concurrency.hall import Hall, Post, a_claim, claim_steps
from tests.concurrency.test_claiming import C, an_award, one_won, rounds
from tests.factories import Make


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
