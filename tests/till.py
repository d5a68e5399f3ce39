"""A fund and the acts that move its money, for tests of the ledger."""

from datetime import datetime
from itertools import count

from fundflow import ledger
from fundflow.models.bid import Bid
from fundflow.models.decision import Decision, Offer
from fundflow.models.fund import Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.panel import ItemOutcome
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.recovery import Ground, Recovery
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Money
from tests.factories import NOW, Make

ACADEMY, MAINTAINED = 34, 1  # GIAS type codes


class Till:
    """A fund and the acts that move its money, as `take_step` would call them."""

    def __init__(self, make: Make, fund: Fund) -> None:
        self.make, self.fund, self.numbers = make, fund, count(1)
        self.clerk = make.user()

    def entry(self, bid: Bid, now: datetime) -> HistoryEntry:
        return self.make.history(bid, now=now)

    def bid(self, type_code: int = MAINTAINED) -> Bid:
        lead = self.make.school(type_code=type_code)
        return self.make.bid(state=BidState.AT_PANEL, fund=self.fund, lead=lead)

    def offer(self, bid: Bid, pence: int, now: datetime = NOW) -> None:
        decision = Decision(
            bid_id=bid.id,
            item_id=bid.items[-1].id,
            outcome=ItemOutcome.APPROVED,
            pence=pence,
            reasons="A clear need.",
            votes_for=3,
            votes_against=0,
            abstentions=0,
            decided_at=now,
            decided_by_id=self.clerk.id,
        )
        bid.offers.append(Offer(decision=decision, pence=pence, made_at=now, reply_by=now.date()))
        self.make.session.flush()
        self.move(Money.RESERVE, bid, now)

    def award(self, bid: Bid, pence: int, now: datetime = NOW) -> None:
        self.offer(bid, pence, now)
        self.move(Money.AWARD, bid, now)

    def release(self, bid: Bid) -> None:
        self.move(Money.RELEASE, bid)

    def pay(self, bid: Bid, pence: int, now: datetime = NOW) -> None:
        claim = Claim(
            bid=bid,
            school=bid.lead_school,
            number=next(self.numbers),
            kind=ClaimKind.ADVANCE,
            pence=pence,
            created_at=NOW,
        )
        self.make.session.add(claim)
        self.make.session.flush()
        ledger.move(Money.PAY, claim, self.entry(bid, now), self.clerk)
        self.make.session.flush()

    def recover(self, bid: Bid, pence: int) -> None:
        recovery = Recovery(
            bid=bid,
            school=bid.lead_school,
            number=next(self.numbers),
            ground=Ground.NOT_EARNED,
            pence=pence,
            opened_at=NOW,
        )
        self.make.session.add(recovery)
        self.make.session.flush()
        ledger.move(Money.RECOVER, recovery, self.entry(bid, NOW), self.clerk)
        self.make.session.flush()

    def move(self, money: Money, bid: Bid, now: datetime = NOW) -> None:
        ledger.move(money, bid, self.entry(bid, now), self.clerk)
        self.make.session.flush()

    @property
    def totals(self) -> ledger.Totals:
        return ledger.totals(self.fund.id)
