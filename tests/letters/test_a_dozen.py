"""A bid for £3,000 costs people outside the council a dozen letters in its whole life."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.applications import operations as applying
from fundflow.applications.answering import confirm
from fundflow.applications.offers import accept_offer, turn_down_offer
from fundflow.impact import operations as impact
from fundflow.models.bid import Bid
from fundflow.models.impact import Rag
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import RoleName, User
from fundflow.models.review import Recommendation
from fundflow.panel.operations import decisions, letters_over
from fundflow.payments import operations as payments
from fundflow.review.operations import reviewing
from fundflow.rules.closing import is_last_to_do
from fundflow.steps import take_step
from fundflow.workflow.application import BidState
from tests.factories import NOW, Make
from tests.impact.conftest import GOOD, WHOLE
from tests.panel.held import Held, at

pytestmark = pytest.mark.one_database


class Life:
    """A bid of £3,000 by one head, with support from another’s school; both have accounts."""

    def __init__(self, make: Make, pence: int = 300_000) -> None:
        self.make, self.held = make, Held(make, holds_decision_letters=True)
        self.owen = make.staff(RoleName.FINANCE)
        self.helen = make.staff(RoleName.IMPACT_OFFICER)
        lead, provider = make.school("Oakfield Primary School"), make.school("Elm Grove Academy")
        self.head, self.other = make.member(lead, name="Amara"), make.member(provider, name="Daniel")
        make.payee(lead)
        self.bid: Bid = make.bid(fund=self.held.fund, lead=lead, provider=provider, leader=self.head)
        self.bid.requested_pence = pence
        make.session.commit()

    def by(self, user: User, now: datetime) -> dict[str, Any]:
        return {"user": user, "now": now, "version": None}

    def to_the_offer(self) -> None:
        bid, held = self.bid, self.held
        applying.submit(bid, agreement=True, **self.by(self.head, NOW))
        for asked in bid.confirmations:
            confirm(asked, **self.by(self.other, NOW))
        reviewing.take_up(bid, **self.by(held.officer, NOW))
        self.make.reviewed(bid) if bid.review is None else self.make._checked(bid.review)
        fund = Recommendation.FUND
        reviewing.recommend(bid, fund, bid.requested_pence, "", held.meeting.id, **self.by(held.officer, NOW))
        held.begin()
        held.votes(bid.items[0], dict.fromkeys(held.seats, "+"), at(16, 20))
        decisions.approve(bid, bid.requested_pence, now=at(16, 25), **held.decides())
        held.close()
        letters_over.send_letters(
            bid, feedback={}, opening="", closing="", **self.by(held.officer, at(9, day=9))
        )

    def paid(self) -> None:
        accept_offer(self.bid, agreement=True, **self.by(self.head, at(9, day=10)))
        (claim,) = self.bid.claims
        payments.certify(claim, **self.by(self.held.officer, at(9, day=11)))
        payments.pay(claim, payment_reference="JNL 1", **self.by(self.owen, at(9, day=12)))

    def reported(self, now: datetime) -> None:
        bid = self.bid
        impact.end_delivery(bid, "reach_end_date", user=None, now=now)
        for feedback in bid.feedback:
            stamp = impact.stamp_of(feedback)
            impact.give_feedback(feedback, ratings=GOOD, stamp=stamp, user=self.head, now=now)
        for line, days in ((0, 6), (1, 2)):
            for n in range(days):
                day = bid.start_on + timedelta(days=7 * n + line)
                self.make.worked_day(bid, line, day=day, confirmed_at=now)
        half = bid.start_on + timedelta(days=100)
        self.make.worked_day(bid, 1, day=half, half_days=1, confirmed_at=now)
        self.make.spent_cost(bid, pence=6_000, spent_on=half)
        report = bid.report
        results = {o.id: (76, bid.end_on, "", "", "", None) for o in bid.outcomes}
        answers = WHOLE | {"half_days_delivered": 17, "spent_pence": 300_000}
        impact.save_report(report, results=results, answers=answers, **self.by(self.head, now))
        impact.submit_report(report, **self.by(self.head, now))

    def outside(self) -> list[tuple[str, str]]:
        """(recipient, subject) of every letter to the schools; the panel’s are one a meeting."""
        found = self.make.session.scalars(
            select(Letter)
            .where(Letter.outside, Letter.bid_id == self.bid.id, Letter.status != LetterStatus.HELD)
            .order_by(Letter.id)
        )
        return [(letter.recipient, letter.subject.split(": ", 1)[1]) for letter in found]


A_LIFE = [
    ("school", "we have your bid for £3,000"),
    ("provider", "can Elm Grove Academy release these staff? Reply by 2 December"),
    ("school", "we have started to check your bid"),
    ("school", "your bid is going to the panel on 8 December"),
    ("school", "we can offer you £3,000. Reply by 4 January"),
    ("school", "you have accepted £3,000. The support can start"),
    ("provider", "the support is funded and can start"),
    ("school", "we have paid £3,000"),
    ("school", "tell us what changed by 15 June"),
    ("provider", "the support has ended"),
    ("school", "your bid is complete"),
    ("provider", "the bid is complete"),
]


@pytest.mark.usefixtures("clock")
def test_a_bid_of_three_thousand_pounds_costs_the_schools_twelve_letters(make: Make) -> None:
    life = Life(make)
    life.to_the_offer()
    life.paid()
    over = datetime.combine(life.bid.end_on, NOW.timetz()) + timedelta(days=1)
    life.reported(over)
    assert is_last_to_do(life.bid.report, over)
    impact.accept_report(life.bid.report, rag=Rag.GREEN, reason="", closes=True, **life.by(life.helen, over))
    assert life.bid.state is BidState.CLOSED
    assert life.outside() == A_LIFE
    assert len(A_LIFE) == 12


def outside_of(make: Make, bid: Bid) -> set[str]:
    letters = select(Letter.recipient).where(Letter.outside, Letter.bid_id == bid.id)
    return set(make.session.scalars(letters))


@pytest.mark.parametrize(("pence", "told"), [(300_000, {"school"}), (600_000, {"school", "provider"})])
def test_a_provider_hears_of_an_offer_from_the_reply_to_it_where_the_bid_is_small(
    make: Make, pence: int, told: set[str]
) -> None:
    held = Held(make)
    bid = held.bid(pence)
    held.begin()
    held.votes(bid.items[0], dict.fromkeys(held.seats, "+"), at(16, 20))
    decisions.approve(bid, pence, now=at(16, 25), **held.decides())
    assert outside_of(make, bid) == told


def test_a_provider_hears_of_an_offer_that_ended(make: Make) -> None:
    turned_down, lapsed = make.bid(state=BidState.OFFERED), make.bid(state=BidState.OFFERED)
    turn_down_offer(turned_down, reason="Ill", user=turned_down.created_by, now=NOW, version=None)
    take_step(lapsed, "lapse_offer", user=None, now=NOW + timedelta(days=60))
    assert outside_of(make, turned_down) == {"provider"}
    assert outside_of(make, lapsed) == {"school", "provider"}
