"""What the pages of payment runs read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.money import pounds
from fundflow.models.payment import Claim
from fundflow.models.payment_run import Outcome, PaymentRun, RunLine
from fundflow.models.person import RoleName, User
from fundflow.models.reversal import Reversal
from fundflow.models.school import School
from fundflow.permissions import in_funds, may_see
from fundflow.rules.payees import payable
from fundflow.rules.payment_runs import is_in_run
from fundflow.web.paging import Page, newest_first, page_of_rows
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.payment_run import RunState
from fundflow.workflow.reversal import ReversalState
from fundflow.workflow.working_days import london_date

PAGE = 50
READERS = (RoleName.FINANCE, RoleName.AUDITOR)


class RunRow(NamedTuple):
    id: int
    prefix: str
    number: int
    state: RunState
    size: int
    pence: int
    gathered_at: datetime
    waiting: int

    @property
    def reference(self) -> str:
        return f"{self.prefix}-RUN-{self.number}"


def runs_page(user: User, now: datetime, after: int | None) -> Page[RunRow]:
    """One page of the runs this person reads, the newest first."""
    waiting = (
        select(func.count())
        .where(RunLine.run_id == PaymentRun.id, RunLine.outcome == Outcome.WAITING)
        .correlate(PaymentRun)
        .scalar_subquery()
    )
    query = (
        select(
            PaymentRun.id,
            Fund.prefix,
            PaymentRun.number,
            PaymentRun.state,
            PaymentRun.size,
            PaymentRun.pence,
            PaymentRun.gathered_at,
            waiting,
        )
        .join(Fund, Fund.id == PaymentRun.fund_id)
        .where(in_funds(user, READERS, now, PaymentRun.fund_id))
    )
    return page_of_rows(newest_first(query, PaymentRun.id, after), PAGE, RunRow)


def run_by_id(number: int, user: User, now: datetime) -> PaymentRun | None:
    """A run that this person reads, with its lines."""
    query = select(PaymentRun).where(
        PaymentRun.id == number, in_funds(user, READERS, now, PaymentRun.fund_id)
    )
    lines = selectinload(PaymentRun.lines).joinedload(RunLine.claim)
    return db.session.scalar(
        query.options(
            lines.joinedload(Claim.bid).joinedload(Bid.lead_school),
            lines.joinedload(Claim.school),
            joinedload(PaymentRun.gathered_by),
            joinedload(PaymentRun.approved_by),
        )
    )


def funds_of(user: User, now: datetime) -> Sequence[Fund]:
    """The funds whose money this person handles, by name."""
    handled = in_funds(user, (RoleName.FINANCE,), now, Fund.id)
    return db.session.scalars(select(Fund).where(handled).order_by(Fund.name, Fund.id)).all()


def reversals_waiting(user: User, now: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    """Reversals that wait to be approved on bids this person sees, oldest first; at most one page."""
    return db.session.execute(
        select(Reversal.id, Claim.id, Claim.number, Bid.reference, School.name, Reversal.pence)
        .join(Claim, Claim.id == Reversal.claim_id)
        .join(Bid, Bid.id == Reversal.bid_id)
        .join(School, School.id == Claim.school_id)
        .where(Reversal.state == ReversalState.REQUESTED, may_see(user, now))
        .order_by(Reversal.id)
        .limit(PAGE)
    ).all()


class ToDo(NamedTuple):
    """A run or a reversal that waits for this finance officer."""

    reference: str
    title: str
    detail: str
    what: str
    path: str


DO = {
    RunState.GATHERED: "Approve the payment run",
    RunState.APPROVED: "Export the payment run",
    RunState.EXPORTED: "Load the answer to the payment run",
    RunState.ANSWERED: "Load the rest of the answer",
}


_LISTED = (PaymentRun.number, PaymentRun.state, PaymentRun.size, PaymentRun.pence)


def to_gather(user: User, now: datetime) -> list[ToDo]:
    """A line a fund that pays in runs and has claims to be paid in the next."""
    count, certified = func.count(Claim.id), Claim.state == ClaimState.CERTIFIED
    claiming = select(Claim.school_id).where(certified)
    # Each school is looked at once, not each claim.
    paid = select(School.id).where(School.id.in_(claiming), payable(london_date(now)))
    rows = db.session.execute(
        select(Fund.id, Fund.prefix, count, func.sum(Claim.pence))
        .join(Bid, Bid.fund_id == Fund.id)
        .join(Claim, Claim.bid_id == Bid.id)
        .where(Fund.pays_in_runs, in_funds(user, (RoleName.FINANCE,), now, Fund.id))
        .where(certified, ~is_in_run(), Claim.school_id.in_(paid))
        .group_by(Fund.id, Fund.prefix)
        .order_by(Fund.id)
    )
    return [
        ToDo(
            prefix,
            "1 claim to pay" if number == 1 else f"{number} claims to pay",
            pounds(int(pence)),
            "Gather a payment run",
            f"/money/runs/gather/{fund_id}",
        )
        for fund_id, prefix, number, pence in rows
    ]


def to_do(user: User, now: datetime, most: int) -> list[ToDo]:
    """What this finance officer can do for runs and reversals: nothing that another must do."""
    own = or_(PaymentRun.state != RunState.GATHERED, PaymentRun.gathered_by_id != user.id)
    handled = in_funds(user, (RoleName.FINANCE,), now, PaymentRun.fund_id)
    rows = db.session.execute(
        select(
            PaymentRun.id, Fund.prefix, PaymentRun.number, PaymentRun.state, PaymentRun.size, PaymentRun.pence
        )
        .join(Fund, Fund.id == PaymentRun.fund_id)
        .where(PaymentRun.state.in_(list(DO)), own, handled)
        .order_by(PaymentRun.id)
        .limit(most)
    )
    found = [
        ToDo(
            f"{prefix}-RUN-{number}",
            f"Payment run {number}",
            f"{size} {'payment' if size == 1 else 'payments'} · {pounds(pence)}" if size else "",
            DO[state],
            f"/money/runs/{run_id}",
        )
        for run_id, prefix, number, state, size, pence in rows
    ]
    of_fund = in_funds(user, (RoleName.FINANCE,), now, Bid.fund_id)
    reversals = db.session.execute(
        select(Claim.id, Claim.number, Bid.reference, School.name, Reversal.pence)
        .join(Reversal, Reversal.claim_id == Claim.id)
        .join(Bid, Bid.id == Reversal.bid_id)
        .join(School, School.id == Claim.school_id)
        .where(Reversal.state == ReversalState.REQUESTED, Reversal.requested_by_id != user.id, of_fund)
        .order_by(Reversal.id)
        .limit(most)
    )
    found += to_gather(user, now)
    return found + [
        ToDo(
            f"{reference}/C{number}",
            "A payment to be reversed",
            f"{school} · {pounds(pence)}",
            "Approve the reversal",
            f"/bids/{reference}/claims/{claim_id}",
        )
        for claim_id, number, reference, school, pence in reversals
    ]
