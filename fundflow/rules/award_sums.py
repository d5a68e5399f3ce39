"""The sum of what may be paid on an award, payee by payee (docs/rules.md, "What an award pays")."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Select,
    bindparam,
    case,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import object_session

from fundflow.models.area import SCHOOL_TODAY
from fundflow.models.award import Award, AwardLine
from fundflow.models.bid import Bid
from fundflow.models.day_log import WorkedDay
from fundflow.models.ledger_entry import BidBalance, EntryKind
from fundflow.models.payment import LIVE_CLAIMS, Claim
from fundflow.models.payment_run import Outcome, PaymentRun, RunLine
from fundflow.models.recovery import TO_COME, Ground, Recovery
from fundflow.models.school import School
from fundflow.models.spent_cost import SpentCost
from fundflow.workflow.application import BidState
from fundflow.workflow.award import Basis, BudgetLine, Milestone, PayeeSum, sums, total
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.payment_run import FROZEN
from fundflow.workflow.recovery import RecoveryState


class PayeeDue(NamedTuple):
    """The sum of one payee of an award, and what of it is on its way.

    underway  pence of claims that are sent and neither paid nor refused
    in_run    those of them that an approved payment run pays
    to_come   pence that are to come back, and those of them that were not spent as agreed
    let_go    pence that would have to, and were let go or written off
    due       pence that may be claimed now
    settled   nothing more can be earned
    """

    school: School
    sum: PayeeSum
    underway: int
    in_run: int
    to_come: int
    misuse_to_come: int
    let_go: int
    due: int
    settled: bool

    @property
    def standing(self) -> int:
        """Pence paid and not earned that are accounted for."""
        return self.to_come + self.let_go

    @property
    def most(self) -> int:
        """Pence that may be paid in the end: the share, or what is earned once nothing more can be."""
        return self.sum.allowed if self.settled else self.sum.share

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

    @property
    def to_keep(self) -> int:
        """Pence that an award may still pay, also once what was not spent as agreed has come back; and what
        an approved run pays, though it is due no more."""
        return sum(
            max(payee.most - payee.sum.paid + payee.misuse_to_come, payee.in_run, 0) for payee in self.payees
        )

    def of(self, school: School) -> PayeeDue | None:
        """The sum of one school, or of its successor; None where it is no payee of the award."""
        today = school.today_id
        return next((payee for payee in self.payees if payee.school.id == today), None)


def due_on(claim: Claim, without: Collection[int] = (), without_costs: Collection[int] = ()) -> int:
    """Pence of a claim that its payee may be paid now; days and costs, by their ids, may be left out."""
    found = sum_of(claim.bid, with_claim=claim, without=without, without_costs=without_costs)
    payee = found.of(claim.school)
    return payee.due if payee else 0


def payee_today(line: AwardLine) -> int:
    """The id of the school that is paid for a line: as named in the offer, or its successor."""
    return line.payee.today_id


def sum_of(
    bid: Bid,
    *,
    with_claim: Claim | None = None,
    without: Collection[int] = (),
    without_costs: Collection[int] = (),
    hoped: bool = False,
    award: Award | None = None,
    until: date = date.max,
) -> AwardSum:
    """What may be paid on a bid's award now; two queries.

    with_claim     a claim whose amount counts as not yet under way, and what is to be taken off it as back
    without        days, by their ids, that are left out
    without_costs  other costs, by their ids, that are left out
    hoped          days that wait to be confirmed, and what the school is asked about, count too
    award          another version than that in force
    until          the last day of which days and costs count
    """
    award, session = award or bid.award, object_session(bid)
    if award is None or session is None:
        return AwardSum()
    asked = {"bid": bid.id, "with_claim": with_claim.id if with_claim else 0}
    left_out = {"days": list(without), "costs": list(without_costs), "until": until}
    done: dict[int, int] = dict(session.execute(_done_on_lines(hoped), asked | left_out).all())
    pence: defaultdict[What, Counter[int]] = defaultdict(Counter)
    for what, school_id, part in session.execute(_beside_lines(hoped), asked):
        pence[What(what)][school_id] += part
    lines = [BudgetLine(payee_today(line), line.pence, _done(line, done)) for line in award.lines]
    basis = Basis(
        pence=award.pence,
        lines=lines,
        schedule=award.tranches,
        reached=frozenset(_reached(bid)),
        stopped=bid.state is BidState.TERMINATED,
        paid={line.payee: pence[W.PAID][line.payee] - pence[W.RECOVERED][line.payee] for line in lines},
        misused=pence[W.MISUSED],
    )
    awarded, released, paid = (pence[what].total() for what in (W.AWARDED, W.RELEASED, W.PAID_OUT))
    room = awarded - released - paid - pence[W.UNDERWAY].total()
    payees: list[PayeeDue] = []
    for school_id, found in sums(basis).items():
        due = max(min(found.due - pence[W.UNDERWAY][school_id], room), 0)
        room -= due
        payees.append(
            PayeeDue(
                session.get_one(School, school_id),
                found,
                pence[W.UNDERWAY][school_id],
                pence[W.IN_RUN][school_id],
                pence[W.TO_COME][school_id],
                pence[W.MISUSE_TO_COME][school_id],
                pence[W.LET_GO][school_id],
                due,
                basis.is_settled,
            )
        )
    return AwardSum(payees, awarded, released, paid)


def logged_on_lines(bid: Bid) -> dict[int, int]:
    """What stands in the log of each line by its key, confirmed or not: half days worked, or pence spent."""
    session, asked = object_session(bid), {"bid": bid.id, "with_claim": 0, "days": [], "costs": []}
    asked["until"] = date.max
    rows = session.execute(_done_on_lines(hoped=True), asked) if session else ()
    return {key: int(amount) for key, amount in rows}


# Queries are built once: pages and letters ask for many sums.
BID: BindParameter[int] = bindparam("bid")  # ids; the claim's is 0 where there is none
WITH_CLAIM: BindParameter[int] = bindparam("with_claim")


def _asked_about(hoped: bool) -> Select[Any]:
    """Claims, by their ids, whose days and costs the school is asked about: they count once it answered."""
    named = union_all(
        select(WorkedDay.claim_id).where(WorkedDay.bid_id == BID),
        select(SpentCost.claim_id).where(SpentCost.bid_id == BID),
    )
    return select(Claim.id).where(
        Claim.bid_id == BID,
        Claim.state == ClaimState.QUERIED,
        Claim.id.in_(named),
        Claim.id != WITH_CLAIM,
        false() if hoped else true(),
    )


@cache
def _done_on_lines(hoped: bool) -> CompoundSelect[*tuple[Any, ...]]:
    """The half days worked or the pence spent, by the award's lines (their keys)."""
    asked_about = _asked_about(hoped)
    counts = WorkedDay.struck_at.is_(None) if hoped else WorkedDay.counts
    days = (
        select(AwardLine.key, func.sum(WorkedDay.half_days))
        .join(WorkedDay.line)
        .where(WorkedDay.bid_id == BID, counts, WorkedDay.id.not_in(bindparam("days", expanding=True)))
        .where(WorkedDay.day <= bindparam("until"))
        .where(or_(WorkedDay.claim_id.is_(None), WorkedDay.claim_id.not_in(asked_about)))
        .group_by(AwardLine.key)
    )
    costs = (
        select(AwardLine.key, func.sum(SpentCost.pence))
        .join(SpentCost.line)
        .where(SpentCost.bid_id == BID, SpentCost.counts)
        .where(SpentCost.id.not_in(bindparam("costs", expanding=True)))
        .where(SpentCost.spent_on <= bindparam("until"))
        .where(or_(SpentCost.claim_id.is_(None), SpentCost.claim_id.not_in(asked_about)))
        .group_by(AwardLine.key)
    )
    return days.union_all(costs)


class What(StrEnum):
    """Of what pence are: of claims, of recoveries, of the ledger's entries."""

    PAID = "paid"
    UNDERWAY = "underway"
    IN_RUN = "in_run"
    RECOVERED = "recovered"
    TO_COME = "to_come"
    MISUSE_TO_COME = "misuse_to_come"
    LET_GO = "let_go"
    MISUSED = "misused"
    AWARDED = "awarded"
    RELEASED = "released"
    PAID_OUT = "paid_out"


W = What
OF_ENTRIES = {
    EntryKind.AWARDED: W.AWARDED,
    EntryKind.RELEASED: W.RELEASED,
    EntryKind.PAID: W.PAID_OUT,
    EntryKind.REVERSED: W.PAID_OUT,
}


@cache
def _beside_lines(hoped: bool) -> CompoundSelect[*tuple[Any, ...]]:
    """(`What`, school, pence) of what stands beside the award's lines, by the school that is paid today; the
    ledger's under 0."""
    claims = _by_school(Claim, case((Claim.state == ClaimState.PAID, W.PAID), else_=W.UNDERWAY)).where(
        Claim.bid_id == BID, Claim.state.in_(LIVE_CLAIMS), Claim.id.not_in(_asked_about(hoped))
    )
    claims = claims.where(or_(Claim.state == ClaimState.PAID, Claim.id != WITH_CLAIM))
    off_this = (Recovery.state == RecoveryState.SET_AGAINST) & (Recovery.claim_id == WITH_CLAIM)
    became = case(
        (or_(Recovery.state == RecoveryState.RECOVERED, off_this), W.RECOVERED),
        (Recovery.state.in_(TO_COME), W.TO_COME),
        else_=W.LET_GO,
    )
    stands = (Recovery.bid_id == BID, Recovery.state != RecoveryState.CANCELLED)
    entries = case(*((BidBalance.kind == kind, what) for kind, what in OF_ENTRIES.items()))
    signed = case((BidBalance.kind == EntryKind.REVERSED, -BidBalance.pence), else_=BidBalance.pence)
    misuse = (*stands, Recovery.ground == Ground.MISUSED)
    in_run = _by_school(Claim, literal(W.IN_RUN)).where(
        Claim.bid_id == BID,
        Claim.id == RunLine.claim_id,
        RunLine.outcome == Outcome.WAITING,
        PaymentRun.id == RunLine.run_id,
        PaymentRun.state.in_(FROZEN),
    )
    return union_all(
        claims,
        in_run,
        _by_school(Recovery, became).where(*stands),
        _by_school(Recovery, literal(W.MISUSED)).where(*misuse),
        _by_school(Recovery, literal(W.MISUSE_TO_COME)).where(*misuse, Recovery.state.in_(TO_COME)),
        select(entries, literal(0), signed).where(BidBalance.bid_id == BID, BidBalance.kind.in_(OF_ENTRIES)),
    )


def _by_school(table: type[Claim | Recovery], what: Any) -> Select[Any]:
    return select(what, SCHOOL_TODAY, table.pence).join(School, School.id == table.school_id)


def is_settled(bid: Bid) -> bool:
    """Whether nothing more can be earned on an award."""
    return bid.state is BidState.TERMINATED or bid.has_accepted_report()


def _done(line: AwardLine, done: dict[int, int]) -> int:
    """Pence of what was done on a line, of which `done` has the half days worked or the pence spent."""
    found = int(done.get(line.key, 0))
    return line.pence_of(found) if line.is_days else found


def _reached(bid: Bid) -> Iterable[Milestone]:
    yield Milestone.ACCEPTED
    if bid.half_time_at:
        yield Milestone.HALF_TIME
    if bid.has_accepted_report():
        yield Milestone.FINAL
