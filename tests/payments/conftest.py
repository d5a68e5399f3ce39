"""An award in delivery, two weeks after the support began."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.day_log import WorkedDay
from fundflow.models.fund import Fund
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import Membership, RoleName, Standing, User
from fundflow.models.school import School
from fundflow.models.spent_cost import SpentCost
from fundflow.payments import cost_log, day_log, operations, settling
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from tests.factories import Make
from tests.files.samples import pdf
from tests.scenes import scene

SignIn = Callable[[Any], FlaskClient]

LATER = datetime(2027, 1, 20, 10, 0, tzinfo=UTC)  # the support began on 18 December 2026
A_DAY = date(2027, 1, 6)


@dataclass
class Award:
    """A £3,000 award, by default with nothing paid in advance, and the people around it.

    supported_head  the head of another school that receives the support, where there is one
    """

    make: Make
    bid: Bid
    head: User
    officer: User
    finance: User
    other_finance: User
    supported_head: User | None = None

    @property
    def releasing_head(self) -> User:
        """The head of the school that releases its staff; made at the first ask."""
        (provider, *_) = self.bid.providers
        return self._head_of(provider)

    def _head_of(self, school: School) -> User:
        for member in db.session.query(Membership).filter_by(school_id=school.id):
            if member.standing is Standing.LEADER:
                return member.user
        return self.make.member(school)

    def log(
        self,
        day: date = A_DAY,
        *,
        line: int = 0,
        half_days: int = 2,
        user: User | None = None,
        where: School | None = None,
        stand_in: str = "",
    ) -> WorkedDay:
        """A day in the log, logged by the releasing school unless another person is named."""
        return day_log.log_day(
            self.bid,
            line_id=day_log.days_of_award(self.bid)[line].id,
            day=day,
            half_days=half_days,
            activity="Observed phonics",
            where_id=(where or self.bid.lead_school).id,
            stand_in=stand_in,
            user=user or self.releasing_head,
            now=LATER,
            version=self.bid.version,
        )

    def confirm(self, *days: WorkedDay, user: User | None = None, reason: str = "") -> None:
        settling.confirm_days(
            self.bid,
            {entry.id for entry in days},
            reason=reason,
            user=user or self.head,
            now=LATER,
            version=self.bid.version,
        )

    def worked(self, *days: date, line: int = 0, half_days: int = 2) -> list[WorkedDay]:
        """Days that are logged by the releasing school and confirmed by the lead's head."""
        logged = [self.log(day, line=line, half_days=half_days) for day in days or (A_DAY,)]
        self.confirm(*logged)
        return logged

    def strike_out(self, entry: WorkedDay, user: User, reason: str = "Ill that day") -> None:
        settling.strike_out(entry, reason=reason, user=user, now=LATER, version=self.bid.version)

    def spend(
        self,
        pence: int = 6_000,
        day: date = A_DAY,
        *,
        receipt: bytes = b"",
        user: User | None = None,
        what: str = "Train tickets",
        line: int = 0,
        now: datetime = LATER,
    ) -> SpentCost:
        """A cost of the award's travel, entered by the lead's head with a receipt of its own unless given."""
        sent = FileStorage(io.BytesIO(pdf(receipt or f"{day} {pence}".encode())), "ticket.pdf")
        return cost_log.add_cost(
            self.bid,
            line_id=cost_log.costs_of_award(self.bid)[line].id,
            spent_on=day,
            pence=pence,
            what=what,
            sent=[sent],
            user=user or self.head,
            now=now,
        )

    def strike_out_cost(self, cost: SpentCost, user: User, reason: str = "For another trip") -> None:
        settling.strike_out_cost(cost, reason=reason, user=user, now=LATER, version=self.bid.version)

    def ask_all(self, *, user: User | None = None, invoice: str = "") -> list[Claim]:
        """What is due now to each school, asked for by the head."""
        return operations.ask_for_payment(
            self.bid, invoice_reference=invoice, user=user or self.head, now=LATER, version=self.bid.version
        )

    def ask(self, *, user: User | None = None, invoice: str = "") -> Claim:
        """Likewise, where one school is paid."""
        (claim,) = self.ask_all(user=user, invoice=invoice)
        return claim

    def sent(self, *days: date) -> Claim:
        self.worked(*days)
        return self.ask()

    def certified(self, *days: date) -> Claim:
        return self.certify(self.sent(*days))

    def certify(self, claim: Claim) -> Claim:
        operations.certify(claim, user=self.officer, now=LATER, version=claim.version)
        return claim

    def advance(self, pence: int) -> Claim:
        claim = Claim(
            bid=self.bid,
            school=self.bid.lead_school,
            number=1,
            kind=ClaimKind.ADVANCE,
            state=ClaimState.SUBMITTED,
            pence=pence,
            created_at=LATER,
            submitted_at=LATER,
        )
        db.session.add(claim)
        db.session.commit()
        return claim

    def pay(self, claim: Claim) -> None:
        operations.pay(claim, payment_reference="BACS 1", user=self.finance, now=LATER, version=claim.version)


def an_award(
    make: Make,
    state: BidState = BidState.IN_DELIVERY,
    *,
    supported: bool = False,
    advance: int = 0,
    half_time: int = 0,
    lead: School | None = None,
    provider: School | None = None,
    fund: Fund | None = None,
) -> Award:
    lead = lead or make.school()
    head = make.member(lead)
    fund = fund or make.fund(lean_advance_percent=advance, lean_half_time_percent=half_time)
    bid = make.bid(state=state, fund=fund, lead=lead, leader=head, provider=provider)
    award = Award(
        make,
        bid,
        head,
        make.staff(RoleName.OFFICER),
        make.staff(RoleName.FINANCE),
        make.staff(RoleName.FINANCE),
    )
    if supported:
        school = make.school("Hazelmere Primary")
        bid.partners.append(Partner(school=school, part=Part.SUPPORTED))
        award.supported_head = make.member(school)
    db.session.commit()
    return award


award = scene(an_award)


@pytest.fixture
def today() -> Iterator[None]:
    """The clock stands at LATER."""
    with time_machine.travel(LATER, tick=False):
        yield


def url(claim: Claim, rest: str = "") -> str:
    return f"/bids/{claim.bid.reference}/claims/{claim.id}{rest}"
