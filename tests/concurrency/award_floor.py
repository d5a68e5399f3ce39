"""Awards of one fund, and those who act on them, for the tests of parallel acts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.day_log import WorkedDay
from fundflow.models.fund import Fund
from fundflow.models.ledger_entry import EntryKind
from fundflow.models.payment import Claim
from fundflow.models.person import RoleName, User
from fundflow.models.recovery import Ground, Recovery
from fundflow.models.school import School
from fundflow.payments import day_log, operations, recoveries, settling
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.recovery import RecoveryState
from tests.concurrency.hall import a_claim, a_fund, right_now
from tests.factories import TODAY, Make

A_DAY = 35_000  # pence
Act = Callable[[], Any]
Row = TypeVar("Row")


@dataclass(frozen=True)
class Council:
    """Ids: of a fund that pays nothing in advance, two schools with their heads, and the staff."""

    fund: int
    lead: int
    provider: int
    head: int
    provider_head: int
    officers: tuple[int, int]
    finance: tuple[int, int, int]
    chair: int


def a_council(make: Make) -> Council:
    fund = a_fund(make, 1_000_000_000, lean_advance_percent=0)
    lead, provider = make.school(), make.school()
    return Council(
        fund.id,
        lead.id,
        provider.id,
        make.member(lead).id,
        make.member(provider).id,
        (make.staff(RoleName.OFFICER).id, make.staff(RoleName.OFFICER).id),
        (make.staff(RoleName.FINANCE).id, make.staff(RoleName.FINANCE).id, make.staff(RoleName.FINANCE).id),
        make.panel(fund)[0].user.id,
    )


class Floor:
    """What a round starts from: awards of £3,000, of which nothing is paid yet."""

    def __init__(self, make: Make, council: Council, stale: bool) -> None:
        """stale  the acts carry the version of the page from which they all start"""
        self.make, self.council, self.stale, self.bids = make, council, stale, list[int]()

    def award(self) -> Bid:
        council = self.council
        bid = self.make.bid(
            state=BidState.IN_DELIVERY,
            fund=one(Fund, council.fund),
            lead=one(School, council.lead),
            provider=one(School, council.provider),
            leader=user(council.head),
            officer=user(council.officers[0]),
            now=right_now(),
        )
        self.bids.append(bid.id)
        return bid

    def days(self, bid: Bid, count: int = 2, *, confirmed: bool = True, claim: Claim | None = None) -> None:
        """Days that the releasing school logged, and the lead's head confirmed."""
        for n in range(count):
            self.make.worked_day(
                bid,
                day=TODAY + timedelta(days=n),
                staff_code=f"S{bid.id}",
                logged_by_id=self.council.provider_head,
                by_school_id=self.council.provider,
                confirms_id=self.council.lead,
                confirmed_at=right_now() if confirmed else None,
                confirmed_by_id=self.council.head if confirmed else None,
                claim_id=claim.id if claim else None,
            )

    def claim(self, bid: Bid, state: ClaimState, days: int = 2) -> Claim:
        """A claim of so many confirmed days; checked by the first officer."""
        checker = user(self.council.officers[0]) if state is ClaimState.CERTIFIED else None
        claim = a_claim(bid, days * A_DAY, number=len(bid.claims) + 1, state=state, checked_by=checker)
        self.days(bid, days, claim=claim)
        return claim

    def paid(self, days: int = 2) -> Bid:
        """An award of which so many days were paid."""
        bid = self.award()
        claim = self.claim(bid, ClaimState.CERTIFIED, days)
        claim.state, claim.paid_at, claim.paid_by_id = (
            ClaimState.PAID,
            right_now(),
            self.council.finance[2],
        )
        self.make._entries(bid, right_now(), (EntryKind.PAID,), claim.pence)
        return bid

    def recovery(
        self, bid: Bid, pence: int, state: RecoveryState, *, number: int = 1, claim: Claim | None = None
    ) -> Recovery:
        """Opened by the first officer; approved by the third of finance."""
        approved = state is not RecoveryState.REQUESTED
        recovery = Recovery(
            bid=bid,
            school_id=self.council.lead,
            number=number,
            state=state,
            ground=Ground.MISUSED,
            pence=pence,
            opened_at=right_now(),
            opened_by_id=self.council.officers[0],
            approved_at=right_now() if approved else None,
            approved_by_id=self.council.finance[2] if approved else None,
            claim_id=claim.id if claim else None,
        )
        db.session.add(recovery)
        db.session.flush()
        return recovery

    # -- acts, as a page calls the operation -----------------------------------------------------

    def act(self, operation: Callable[..., Any], record: Any, who: int, **given: Any) -> Act:
        """An operation on a record by somebody, from the page that all start from or from their own."""
        model, key = type(record), record.id
        given = {"version": None if isinstance(record, WorkedDay) else self.version(record), **given}
        return lambda: operation(one(model, key), user=user(who), now=right_now(), **given)

    def version(self, record: Any) -> int | None:
        return record.version if self.stale else None

    def certifying(self, claim: Claim, officer: int) -> Act:
        return self.act(operations.certify, claim, self.council.officers[officer])

    def paying(self, claim: Claim, finance: int, reference: str = "BACS 1") -> Act:
        return self.act(operations.pay, claim, self.council.finance[finance], payment_reference=reference)

    def terminating(self, bid: Bid) -> Act:
        bid.termination_asked_at, bid.termination_reason = right_now(), "The provider stopped."
        return self.act(operations.terminate, bid, self.council.chair, reason="It can’t go on.")

    def confirming(self, bid: Bid) -> Act:
        """All the days that wait."""
        ids = {day.id for day in days_of(bid) if day.is_unsettled}
        return self.act(settling.confirm_days, bid, self.council.head, ids=ids)

    def striking(self, bid: Bid, who: int) -> Act:
        """The first day of its log."""
        day = days_of(bid)[0]
        return self.act(settling.strike_out, day, who, reason="Ill", version=self.version(bid))

    def logging(self, bid: Bid) -> Act:
        """A day more, worked today."""
        bid.start_on = right_now().date()
        worked = {"line_id": day_log.days_of_award(bid)[0].id, "day": bid.start_on, "half_days": 2}
        where = {"activity": "Coaching", "where_id": self.council.lead}
        return self.act(day_log.log_day, bid, self.council.provider_head, **worked, **where)

    def recovering(self, step: str, recovery: Recovery, who: int, **given: Any) -> Act:
        return self.act(getattr(recoveries, step), recovery, who, **given)

    def setting_against(self, recovery: Recovery, claim: Claim, finance: int = 0) -> Act:
        who = self.council.finance[finance]
        return self.recovering("set_against", recovery, who, claim_id=claim.id)


def user(number: int) -> User:
    return one(User, number)


def one(model: type[Row], number: int) -> Row:
    return db.session.get_one(model, number)


def days_of(bid: Bid) -> list[WorkedDay]:
    return list(
        db.session.scalars(db.select(WorkedDay).where(WorkedDay.bid_id == bid.id).order_by(WorkedDay.id))
    )
