"""An award's budget, and the sum of what may be paid on it (docs/rules.md, "What an award pays")."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, object_session

from fundflow.models.area import SCHOOL_TODAY
from fundflow.models.award import Award, AwardLine
from fundflow.models.bid import Bid
from fundflow.models.day_log import WorkedDay
from fundflow.models.fund import Fund
from fundflow.models.ledger_entry import BidBalance, EntryKind
from fundflow.models.money import backfill_pence
from fundflow.models.payment import LIVE_CLAIMS, Claim, ClaimKind
from fundflow.models.person import User
from fundflow.models.recovery import TO_COME, Ground, Recovery
from fundflow.models.school import School
from fundflow.models.spent_cost import SpentCost
from fundflow.rules.plans import plan_of, planned
from fundflow.workflow.application import BidState
from fundflow.workflow.award import (
    Basis,
    BudgetLine,
    Instalment,
    Milestone,
    PayeeSum,
    instalments,
    parts_of,
    sums,
    total,
)
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.recovery import RecoveryState

TO_WORK_OUT = (ClaimState.SUBMITTED, ClaimState.QUERIED)  # claims whose amount still follows what is due


def award_of(bid: Bid, pence: int, now: datetime) -> Award:
    """The budget of an offer that is accepted: the bid's lines, or those of the revised plan that a smaller
    offer asked for. The lead school is paid, or by the fund's rule each school for its own staff."""
    schedule = [(tranche.when.value, tranche.percent) for tranche in bid.fund.schedule(pence)]
    return Award(pence=pence, made_at=now, schedule=schedule, lines=_lines(bid))


def _lines(bid: Bid) -> list[AwardLine]:
    lead, plan = bid.lead_school, plan_of(bid)
    amounts = planned(bid, plan) if plan else None
    staff = [
        AwardLine(
            payee=line.school if bid.fund.pays_each_school else lead,
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
        AwardLine(payee=lead, school=lead, cost_line=cost, what=cost.description, pence=cost_pence)
        for cost in bid.cost_lines
        if (cost_pence := amounts.pence[cost.id] if amounts else cost.pence)
    ]
    return [*staff, *costs]


class Share(NamedTuple):
    """What of an award is for a school: the staff it releases, and for the lead school other costs."""

    school: School
    pence: int


def shares_of(bid: Bid, pence: int) -> list[Share]:
    """What of an award of so many pence is for which school, once it is spent as planned."""
    budgets: dict[School, int] = {}
    for line in bid.award.lines if bid.award else _lines(bid):
        budgets[line.school] = budgets.get(line.school, 0) + line.pence
    schools = {school.id: school for school in budgets}
    parts = parts_of(min(pence, sum(budgets.values())), {s.id: cost for s, cost in budgets.items()})
    return [Share(schools[school_id], part) for school_id, part in parts.items() if part]


def next_number(bid: Bid) -> int:
    """The number of a bid's next claim; the caller has locked the bid."""
    session = object_session(bid)
    most = session and session.scalar(select(func.max(Claim.number)).where(Claim.bid_id == bid.id))
    return (most or 0) + 1


def tranche_claims(bid: Bid, kind: ClaimKind, now: datetime) -> list[Claim]:
    """The claims that a tranche raises by itself for what is due now, one for each payee, submitted.

    The caller has locked the bid and adds the claims.
    """
    due = sum_of(bid).payees_due
    first = next_number(bid) if due else 0
    return [
        Claim(
            bid_id=bid.id,
            school=payee.school,
            number=number,
            kind=kind,
            state=ClaimState.SUBMITTED,
            pence=payee.due,
            created_at=now,
            submitted_at=now,
        )
        for number, payee in enumerate(due, first)
    ]


def schedule_of(fund: Fund, pence: int) -> list[Instalment]:
    """What of an award of so many pence is paid when; empty where all is claimed as it is done."""
    return instalments(fund.schedule(pence), pence)


class PayeeDue(NamedTuple):
    """The sum of one payee of an award, and what of it is on its way.

    underway  pence of claims that are sent and neither paid nor refused
    to_come   pence that are to come back
    let_go    pence that would have to, and were let go or written off
    due       pence that may be claimed now
    """

    school: School
    sum: PayeeSum
    underway: int
    to_come: int
    let_go: int
    due: int

    @property
    def standing(self) -> int:
        """Pence paid and not earned that are accounted for."""
        return self.to_come + self.let_go

    @property
    def missing(self) -> int:
        """Pence paid and not earned for which nothing stands yet."""
        return max(self.sum.back - self.standing, 0)


class AwardSum(NamedTuple):
    """The sum of an award, payee by payee, and what the ledger holds for it, in pence.

    released  what went back to the fund
    paid      all that was paid, whether or not it came back
    """

    payees: Sequence[PayeeDue] = ()
    awarded: int = 0
    released: int = 0
    paid: int = 0

    @property
    def outstanding(self) -> int:
        """Pence that are awarded, neither paid nor released."""
        return self.awarded - self.released - self.paid

    @property
    def whole(self) -> PayeeSum:
        """The sum of all payees."""
        return total(payee.sum for payee in self.payees)

    @property
    def recovered(self) -> int:
        """Pence that were paid and came back."""
        return self.paid - self.whole.paid

    @property
    def underway(self) -> int:
        return sum(payee.underway for payee in self.payees)

    @property
    def to_come(self) -> int:
        """Pence that are to come back."""
        return sum(payee.to_come for payee in self.payees)

    @property
    def let_go(self) -> int:
        return sum(payee.let_go for payee in self.payees)

    @property
    def due(self) -> int:
        """Pence that may be claimed now."""
        return sum(payee.due for payee in self.payees)

    @property
    def missing(self) -> int:
        return sum(payee.missing for payee in self.payees)

    @property
    def left(self) -> int:
        """Pence of the award that nobody has claimed; those kept for the report among them."""
        return max(self.outstanding - self.underway, 0)

    @property
    def payees_due(self) -> list[PayeeDue]:
        """Those to whom something is due."""
        return [payee for payee in self.payees if payee.due]

    def of(self, school_id: int) -> PayeeDue | None:
        """The sum of one school; None where it is no payee of the award."""
        return next((payee for payee in self.payees if payee.school.id == school_id), None)


def due_on(claim: Claim, without: Collection[int] = (), without_costs: Collection[int] = ()) -> int:
    """Pence of a claim that its payee may be paid now; days and costs, by their ids, may be left out."""
    found = sum_of(claim.bid, with_claim=claim, without=without, without_costs=without_costs)
    payee = found.of(claim.school_id)
    return payee.due if payee else 0


def lower(claim: Claim) -> None:
    """Bring a claim that nobody has checked down to what is due, where that is less."""
    due = due_on(claim)
    if due < claim.pence:
        claim.pence, claim.version = due, claim.version + 1


def payee_today(line: AwardLine) -> int:
    """The id of the school that is paid for a line: as named in the offer, or its successor."""
    return line.payee.succeeded_by_id or line.payee_id


def payees_of(bid: Bid) -> list[School]:
    """The schools that are paid on a bid's award, in the order of its lines."""
    session = object_session(bid)
    lines = bid.award.lines if bid.award else []
    ids = dict.fromkeys(payee_today(line) for line in lines)
    return [session.get_one(School, school_id) for school_id in ids] if session else []


def sum_of(
    bid: Bid,
    *,
    with_claim: Claim | None = None,
    without: Collection[int] = (),
    without_costs: Collection[int] = (),
    hoped: bool = False,
) -> AwardSum:
    """What may be paid on a bid's award now; four queries.

    with_claim     a claim whose amount counts as not yet under way
    without        days, by their ids, that are left out
    without_costs  other costs, by their ids, that are left out
    hoped          days that wait to be confirmed count too
    """
    award, session = bid.award, object_session(bid)
    if award is None or session is None:
        return AwardSum()
    counts = WorkedDay.struck_at.is_(None) if hoped else WorkedDay.counts
    days = (
        select(WorkedDay.line_id, func.sum(WorkedDay.half_days))
        .where(WorkedDay.bid_id == bid.id, counts, WorkedDay.id.not_in(without))
        .group_by(WorkedDay.line_id)
    )
    costs = (
        select(SpentCost.line_id, func.sum(SpentCost.pence))
        .where(SpentCost.bid_id == bid.id, SpentCost.counts, SpentCost.id.not_in(without_costs))
        .group_by(SpentCost.line_id)
    )
    done = dict(session.execute(days.union_all(costs)).all())
    claimed = _claimed(session, bid, with_claim)
    back = _back(session, bid)
    lines = [BudgetLine(payee_today(line), line.pence, _done(line, done)) for line in award.lines]
    basis = Basis(
        pence=award.pence,
        lines=lines,
        schedule=award.tranches,
        reached=frozenset(_reached(bid)),
        stopped=bid.state is BidState.TERMINATED,
        paid={line.payee: claimed.paid[line.payee] - back.recovered[line.payee] for line in lines},
        misused=back.misused,
    )
    awarded, released, paid = _entered(session, bid)
    room = awarded - released - paid - claimed.underway.total()
    payees: list[PayeeDue] = []
    for school_id, found in sums(basis).items():
        due = max(min(found.due - claimed.underway[school_id], room), 0)
        room -= due
        school = session.get_one(School, school_id)
        payees.append(
            PayeeDue(
                school,
                found,
                claimed.underway[school_id],
                back.to_come[school_id],
                back.let_go[school_id],
                due,
            )
        )
    return AwardSum(payees, awarded, released, paid)


class _Claimed(NamedTuple):
    """Pence of an award's claims, by the school that they pay."""

    paid: Counter[int]
    underway: Counter[int]


class _Back(NamedTuple):
    """Pence that came back, are to come back, or were let go; and those not spent as agreed."""

    recovered: Counter[int]
    to_come: Counter[int]
    let_go: Counter[int]
    misused: Counter[int]


def _claimed(session: Session, bid: Bid, with_claim: Claim | None) -> _Claimed:
    is_paid = Claim.state == ClaimState.PAID
    query = (
        select(SCHOOL_TODAY, is_paid, func.sum(Claim.pence))
        .join(School, School.id == Claim.school_id)
        .where(Claim.bid_id == bid.id, Claim.state.in_(LIVE_CLAIMS))
        .group_by(SCHOOL_TODAY, is_paid)
    )
    if with_claim is not None:
        query = query.where(or_(is_paid, Claim.id != with_claim.id))
    found = _Claimed(Counter(), Counter())
    for school_id, paid, pence in session.execute(query):
        (found.paid if paid else found.underway)[school_id] += int(pence)
    return found


def _back(session: Session, bid: Bid) -> _Back:
    found = _Back(Counter(), Counter(), Counter(), Counter())
    for school_id, state, ground, pence in session.execute(
        select(SCHOOL_TODAY, Recovery.state, Recovery.ground, Recovery.pence)
        .join(School, School.id == Recovery.school_id)
        .where(Recovery.bid_id == bid.id, Recovery.state != RecoveryState.CANCELLED)
    ):
        to = found.recovered if state is RecoveryState.RECOVERED else found.let_go
        (found.to_come if state in TO_COME else to)[school_id] += pence
        if ground is Ground.MISUSED:
            found.misused[school_id] += pence
    return found


def _entered(session: Session, bid: Bid) -> tuple[int, int, int]:
    """What the ledger holds of a bid: pence awarded, released and paid."""
    entered = dict(
        session.execute(
            select(BidBalance.kind, func.sum(BidBalance.pence))
            .where(BidBalance.bid_id == bid.id)
            .group_by(BidBalance.kind)
        ).all()
    )
    awarded, released, paid = (int(entered.get(kind, 0)) for kind in IN_THE_SUM)
    return awarded, released, paid


IN_THE_SUM = (EntryKind.AWARDED, EntryKind.RELEASED, EntryKind.PAID)


def raised_when_settled(bid: Bid, user: User | None, now: datetime) -> list[Claim | Recovery]:
    """What an award raises by itself once only what is earned is owed: claims for what is still due, and
    recoveries of what was paid and not earned. A claim that nobody has checked yet is lowered to what is
    due. The caller has locked the bid and adds what is raised."""
    for claim in bid.claims:
        if claim.state in TO_WORK_OUT:
            lower(claim)
    return [*tranche_claims(bid, ClaimKind.FINAL, now), *_recoveries(bid, user, now)]


def is_settled(bid: Bid) -> bool:
    """Whether nothing more can be earned on an award."""
    return bid.state is BidState.TERMINATED or bid.has_accepted_report()


def next_recovery(bid: Bid) -> int:
    """The number of a bid's next recovery; the caller has locked the bid."""
    session = object_session(bid)
    most = session and session.scalar(select(func.max(Recovery.number)).where(Recovery.bid_id == bid.id))
    return (most or 0) + 1


def _recoveries(bid: Bid, user: User | None, now: datetime) -> list[Recovery]:
    found = [payee for payee in sum_of(bid, hoped=True).payees if payee.missing]
    first = next_recovery(bid) if found else 0
    return [
        Recovery(
            bid_id=bid.id,
            school=payee.school,
            number=number,
            ground=Ground.NOT_EARNED,
            pence=payee.missing,
            opened_at=now,
            opened_by_id=user.id if user else None,
        )
        for number, payee in enumerate(found, first)
    ]


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
