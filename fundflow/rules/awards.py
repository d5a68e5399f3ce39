"""An award's budget, and the sum of what may be paid on it (docs/rules.md, "What an award pays")."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import object_session

from fundflow.models.award import Award, AwardLine
from fundflow.models.bid import Bid
from fundflow.models.day_log import WorkedDay
from fundflow.models.fund import Fund
from fundflow.models.ledger_entry import BidBalance, EntryKind
from fundflow.models.money import backfill_pence
from fundflow.models.payment import OPEN_CLAIMS, Claim, ClaimKind
from fundflow.models.spent_cost import SpentCost
from fundflow.rules.plans import plan_of, planned
from fundflow.workflow.application import BidState
from fundflow.workflow.award import (
    NOTHING,
    Basis,
    BudgetLine,
    Instalment,
    Milestone,
    PayeeSum,
    instalments,
    sums,
    total,
)
from fundflow.workflow.claim import ClaimState


def award_of(bid: Bid, pence: int, now: datetime) -> Award:
    """The budget of an offer that is accepted, to be paid to the lead school: the bid's lines, or those of
    the revised plan that a smaller offer asked for."""
    payee, plan = bid.lead_school, plan_of(bid)
    amounts = planned(bid, plan) if plan else None
    staff = [
        AwardLine(
            payee=payee,
            school=line.school,
            backfill_line=line,
            what=line.staff_role,
            staff_code=line.staff_code,
            half_days=half_days,
            day_rate_pence=line.day_rate_pence,
            on_cost_basis_points=line.on_cost_basis_points,
            pence=backfill_pence(half_days, line.day_rate_pence, line.on_cost_basis_points),
        )
        for line in bid.backfill_lines
        if (half_days := amounts.half_days[line.id] if amounts else line.half_days)
    ]
    costs = [
        AwardLine(payee=payee, school=payee, cost_line=cost, what=cost.description, pence=cost_pence)
        for cost in bid.cost_lines
        if (cost_pence := amounts.pence[cost.id] if amounts else cost.pence)
    ]
    schedule = [(tranche.when.value, tranche.percent) for tranche in bid.fund.schedule(pence)]
    return Award(pence=pence, made_at=now, schedule=schedule, lines=[*staff, *costs])


def next_number(bid: Bid) -> int:
    """The number of a bid's next claim; the caller has locked the bid."""
    session = object_session(bid)
    most = session and session.scalar(select(func.max(Claim.number)).where(Claim.bid_id == bid.id))
    return (most or 0) + 1


def tranche_claim(bid: Bid, kind: ClaimKind, now: datetime) -> Claim | None:
    """The claim that a tranche raises by itself for what is due now, submitted; None where nothing is.

    The caller has locked the bid and adds the claim.
    """
    pence = sum_of(bid).due
    if not pence:
        return None
    return Claim(
        bid_id=bid.id,
        number=next_number(bid),
        kind=kind,
        state=ClaimState.SUBMITTED,
        pence=pence,
        created_at=now,
        submitted_at=now,
    )


def schedule_of(fund: Fund, pence: int) -> list[Instalment]:
    """What of an award of so many pence is paid when; empty where all is claimed as it is done."""
    return instalments(fund.schedule(pence), pence)


class AwardSum(NamedTuple):
    """The sum of an award, what of it is on its way already, and what the ledger holds for it.

    underway     pence of claims that are sent and neither paid nor refused
    outstanding  pence that are awarded, neither paid nor released
    """

    whole: PayeeSum
    underway: int = 0
    outstanding: int = 0

    @property
    def due(self) -> int:
        """Pence that may be claimed now."""
        return max(min(self.whole.due, self.outstanding) - self.underway, 0)

    @property
    def left(self) -> int:
        """Pence of the award that nobody has claimed; those kept for the report among them."""
        return max(self.outstanding - self.underway, 0)


def sum_of(
    bid: Bid,
    *,
    with_claim: Claim | None = None,
    without: Collection[int] = (),
    without_costs: Collection[int] = (),
) -> AwardSum:
    """What may be paid on a bid's award now; three queries.

    with_claim     a claim whose amount counts as not yet under way
    without        days, by their ids, that are left out
    without_costs  other costs, by their ids, that are left out
    """
    award, session = bid.award, object_session(bid)
    if award is None or session is None:
        return AwardSum(NOTHING)
    days = (
        select(WorkedDay.line_id, func.sum(WorkedDay.half_days))
        .where(WorkedDay.bid_id == bid.id, WorkedDay.counts, WorkedDay.id.not_in(without))
        .group_by(WorkedDay.line_id)
    )
    costs = (
        select(SpentCost.line_id, func.sum(SpentCost.pence))
        .where(SpentCost.bid_id == bid.id, SpentCost.counts, SpentCost.id.not_in(without_costs))
        .group_by(SpentCost.line_id)
    )
    done = dict(session.execute(days.union_all(costs)).all())
    underway = select(func.coalesce(func.sum(Claim.pence), 0)).where(
        Claim.bid_id == bid.id, Claim.state.in_(OPEN_CLAIMS)
    )
    if with_claim is not None:
        underway = underway.where(Claim.id != with_claim.id)
    entered = dict(
        session.execute(
            select(BidBalance.kind, func.sum(BidBalance.pence))
            .where(BidBalance.bid_id == bid.id)
            .group_by(BidBalance.kind)
        ).all()
    )
    awarded, released, paid, back = (int(entered.get(kind, 0)) for kind in IN_THE_SUM)
    payee = bid.lead_school_id
    basis = Basis(
        pence=award.pence,
        lines=[BudgetLine(payee, line.pence, _done(line, done)) for line in award.lines],
        schedule=award.tranches,
        reached=frozenset(_reached(bid)),
        stopped=bid.state is BidState.TERMINATED,
        paid={payee: paid - back},
    )
    return AwardSum(
        total(sums(basis).values()), int(session.scalar(underway) or 0), awarded - released - paid
    )


IN_THE_SUM = (EntryKind.AWARDED, EntryKind.RELEASED, EntryKind.PAID, EntryKind.RECOVERED)


def _done(line: AwardLine, done: dict[int, int]) -> int:
    """Pence of what was done on a line, of which `done` has the half days worked or the pence spent."""
    found = int(done.get(line.id, 0))
    return line.pence_of(found) if line.is_days else found


def _reached(bid: Bid) -> Iterable[Milestone]:
    yield Milestone.ACCEPTED
    if bid.half_time_at:
        yield Milestone.HALF_TIME
    if bid.has_accepted_report():
        yield Milestone.FINAL
