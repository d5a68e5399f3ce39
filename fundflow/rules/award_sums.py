"""The sum of what may be paid on an award, payee by payee (docs/rules.md, "What an award pays")."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session, object_session

from fundflow.models.award import Award, AwardLine
from fundflow.models.bid import Bid
from fundflow.models.payment import Claim
from fundflow.models.school import School
from fundflow.rules.award_rows import NO_CLAIM, What, added_up, beside_lines, done_on_lines
from fundflow.workflow.application import BidState
from fundflow.workflow.award import Basis, BudgetLine, Milestone, PayeeSum, sums, total

W = What


class PayeeDue(NamedTuple):
    """The sum of one payee of an award, and what of it is on its way.

    underway  pence of claims that are sent and neither paid nor refused
    in_run    those of them that an approved payment run pays
    to_come   pence that are to come back, and those of them that were not spent as agreed
    let_go    pence that would have to, and were let go or written off
    due       pence that may be claimed now
    settled   nothing more can be earned
    misused   pence that were not spent as agreed, and so leave the share; and those of them that were let go
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
    misused: int
    misuse_let_go: int

    @property
    def unearned_let_go(self) -> int:
        """Pence that were not earned, and let go or written off."""
        return self.let_go - self.misuse_let_go

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
    def misuse_let_go(self) -> int:
        return sum(payee.misuse_let_go for payee in self.payees)

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

    @property
    def waits(self) -> int:
        """Pence that the award may still pay, and that are not awarded: money of another school that was paid
        above its part has to come back first."""
        return max(self.to_keep - self.outstanding, 0)

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
    requested: bool = True,
    stopped: bool = False,
) -> AwardSum:
    """What may be paid on a bid's award now; two queries.

    with_claim     a claim whose amount counts as not yet under way, and what is to be taken off it as back
    without        days, by their ids, that are left out
    without_costs  other costs, by their ids, that are left out
    hoped          days that wait to be confirmed, and what the school is asked about, count too
    award          another version than that in force
    until          the last day of which days and costs count
    requested      recoveries that nobody has approved count too; schools don't hear of those
    stopped        as if the funding were stopped now
    """
    award, session = award or bid.award, object_session(bid)
    if award is None or session is None:
        return AwardSum()
    asked = {
        "bid": bid.id,
        "with_claims": [with_claim.id] if with_claim else NO_CLAIM,
        "requested": requested,
    }
    left_out = {"days": list(without), "costs": list(without_costs), "until": until}
    done = added_up(session.execute(done_on_lines(hoped), asked | left_out))
    pence: defaultdict[What, Counter[int]] = defaultdict(Counter)
    for _bid, what, school_id, part in session.execute(beside_lines(hoped), asked):
        pence[What(what)][school_id] += part
    basis = basis_of(award, bid, done, pence)
    return summed(session, basis._replace(stopped=basis.stopped or stopped), pence)


def sum_of_new(bid: Bid) -> AwardSum:
    """`sum_of` a bid whose award was made in this transaction: nothing is done, claimed or paid of it yet, so
    the database is not asked."""
    award, session = bid.award, object_session(bid)
    if award is None or session is None:
        return AwardSum()
    pence: defaultdict[What, Counter[int]] = defaultdict(Counter)
    pence[W.AWARDED][0] = bid.awarded_pence or 0
    return summed(session, basis_of(award, bid, {}, pence), pence)


def summed(session: Session, basis: Basis, pence: Mapping[What, Counter[int]]) -> AwardSum:
    """The sum of an award, of what it is reckoned from and of `beside_lines` the pence by school."""
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
                pence[W.MISUSED][school_id],
                pence[W.MISUSE_LET_GO][school_id],
            )
        )
    return AwardSum(payees, awarded, released, paid)


def basis_of(award: Award, bid: Bid, done: dict[int, int], pence: Mapping[What, Counter[int]]) -> Basis:
    """What an award's sum is reckoned from: `done_on_lines`, and of `beside_lines` the pence by school."""
    lines, paid, recovered = budget_of(award, done), pence[W.PAID], pence[W.RECOVERED]
    payees = dict.fromkeys([*(line.payee for line in lines), *sorted(paid)])
    return Basis(
        pence=award.pence,
        lines=lines,
        schedule=award.tranches,
        reached=frozenset(_reached(bid)),
        stopped=bid.state is BidState.TERMINATED,
        paid={payee: paid[payee] - recovered[payee] for payee in payees},
        misused=pence[W.MISUSED],
    )


def budget_of(award: Award, done: dict[int, int]) -> list[BudgetLine]:
    """The lines of an award with what was done of each, as `done_on_lines` found it."""
    return [BudgetLine(payee_today(line), line.pence, _done(line, done)) for line in award.lines]


def logged_on_lines(bid: Bid, *, hoped: bool = True) -> dict[int, int]:
    """What stands in the log of each line by its key, in half days worked or pence spent; with days that
    nobody has confirmed yet where they are `hoped` for."""
    session = object_session(bid)
    asked = {"bid": bid.id, "with_claims": NO_CLAIM, "days": [], "costs": [], "until": date.max}
    return added_up(session.execute(done_on_lines(hoped=hoped), asked) if session else ())


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
