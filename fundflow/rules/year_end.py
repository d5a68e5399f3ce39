"""What awards have earned and were paid by the end of a financial year, by date of service
(docs/rules.md, "The ledger")."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased, joinedload

from fundflow.models.area import SCHOOL_TODAY
from fundflow.models.award import Award, AwardLine
from fundflow.models.bid import Bid
from fundflow.models.day_log import WorkedDay
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.opening import OpeningAward
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.recovery import LET_GO, TO_COME, Ground, Recovery
from fundflow.models.school import School
from fundflow.models.spent_cost import SpentCost
from fundflow.rules.award_rows import added_up, done_before
from fundflow.rules.award_sums import budget_of
from fundflow.workflow.application import BidState
from fundflow.workflow.award import Basis, PayeeId, sums
from fundflow.workflow.recovery import CAME_BACK, RecoveryState
from fundflow.workflow.working_days import london_date, start_of, year_ends


class PayeeYear(NamedTuple):
    """A payee of an award in a financial year, in pence.

    before  earned on days before the year
    earned  earned by its last day
    paid    paid by its last day, less what came back, and what was let go or written off above what is earned
    unpaid  earned by its last day and not paid since either
    """

    bid: Bid
    school: School
    before: int
    earned: int
    paid: int
    unpaid: int

    @property
    def in_year(self) -> int:
        """Earned in the year."""
        return self.earned - self.before

    @property
    def accrued(self) -> int:
        """Earned by the year's end and not paid."""
        return max(self.earned - self.paid, 0)

    @property
    def prepaid(self) -> int:
        """Paid by the year's end and not earned yet."""
        return max(self.paid - self.earned, 0)


def payees_in(session: Session, fund_id: int, year: int, bid: Bid | None = None) -> list[PayeeYear]:
    """Every payee of a fund's awards, or of one bid's, that were open in a year, or of which money is still
    to come back; by bid. Seven queries, however many there are."""
    first, last = year_ends(year)
    end = start_of(last + ONE_DAY)
    still_open = or_(
        Bid.state != BidState.CLOSED,
        Bid.state_since >= start_of(first),
        exists().where(Recovery.bid_id == Bid.id, Recovery.state.in_(TO_COME)),
    )
    which = select(Bid.id).where(Bid.fund_id == fund_id, Bid.awarded_pence.is_not(None), still_open)
    if bid is not None:
        which = which.where(Bid.id == bid.id)
    awards = _awards(session, which, end)
    money = _money(session, which, start_of(first), end)
    before = _earned(
        _awards(session, which, start_of(first)),
        _done(session, which, first - ONE_DAY),
        money[MISUSED_BEFORE],
    )
    earned = _earned(
        awards,
        _done(session, which, last),
        money[MISUSED] + money[MISUSED_BEFORE],
    )
    bids = {award.bid_id: award.bid for award in awards}
    schools = _schools(session, (line.payee for award in awards for line in award.lines))
    return [
        PayeeYear(
            bids[bid_id],
            schools[payee],
            before[bid_id, payee],
            pence,
            _kept(money[PAID][bid_id, payee], pence, money[GIVEN_UP][bid_id, payee]),
            max(pence - money[PAID][bid_id, payee] - money[LATER][bid_id, payee], 0),
        )
        for (bid_id, payee), pence in earned.items()
    ]


def _kept(paid: int, earned: int, given_up: int) -> int:
    """What was paid, less what was given up of it above what is earned: what was not spent as agreed may
    have been written off although as much was earned."""
    return paid - min(given_up, max(paid - earned, 0))


def earned_on(session: Session, which: Select[Any], end: datetime) -> int:
    """Pence that awards (a SELECT of their bids' ids) have earned by the days and costs logged so far, by
    their versions before a moment; three queries."""
    misused = _money(session, which, end, end)[MISUSED_BEFORE]
    return _earned(_awards(session, which, end), _done(session, which, date.max), misused).total()


ONE_DAY = timedelta(days=1)
Done = dict[int, int]  # half days worked or pence spent, by the key of the line
ByPayee = Counter[tuple[int, PayeeId]]  # pence, by bid and payee


def _earned(awards: Iterable[Award], done: Done, misused: ByPayee) -> ByPayee:
    """What each payee of these awards earned with what was done."""
    return Counter(
        {
            (award.bid_id, payee): found.earned
            for award in awards
            for payee, found in sums(_basis(award, done, misused)).items()
        }
    )


def _basis(award: Award, done: Done, misused: ByPayee) -> Basis:
    lines = budget_of(award, done)
    off = {line.payee: misused[award.bid_id, line.payee] for line in lines}
    return Basis(award.pence, lines, misused=off)


def _awards(session: Session, which: Select[Any], end: datetime) -> list[Award]:
    """The versions in force at a moment, by bid."""
    other = aliased(Award)
    newest = select(func.max(other.number)).where(other.bid_id == Award.bid_id, other.made_at < end)
    query = (
        select(Award)
        .join(Bid, Award.bid_id == Bid.id)
        .where(Bid.id.in_(which), Award.number == newest.scalar_subquery())
        .options(
            joinedload(Award.bid).joinedload(Bid.lead_school),
            joinedload(Award.lines).joinedload(AwardLine.payee),
        )
        .order_by(Bid.id)
    )
    return list(session.scalars(query).unique())


def _done(session: Session, which: Select[Any], last: date) -> Done:
    """What was done by the end of a day."""
    worked = (
        select(AwardLine.key, func.sum(WorkedDay.half_days))
        .join(WorkedDay.line)
        .where(WorkedDay.bid_id.in_(which), WorkedDay.counts, WorkedDay.day <= last)
        .group_by(AwardLine.key)
    )
    spent = (
        select(AwardLine.key, func.sum(SpentCost.pence))
        .join(SpentCost.line)
        .where(SpentCost.bid_id.in_(which), SpentCost.counts, SpentCost.spent_on <= last)
        .group_by(AwardLine.key)
    )
    before = done_before(lambda row: row.bid_id.in_(which) & (row.up_to <= last))
    return added_up(session.execute(worked.union_all(spent, *before)))


PAID, LATER, GIVEN_UP = "paid", "later", "given_up"
MISUSED, MISUSED_BEFORE = "misused", "misused_before"


def _money(session: Session, which: Select[Any], start: datetime, end: datetime) -> dict[str, ByPayee]:
    """What was paid by the end of a year, less what came back, and what later; what is no longer asked for;
    and what was not spent as agreed and so leaves the award, also before the year."""
    signed = case((LedgerEntry.kind == EntryKind.REVERSED, -LedgerEntry.pence), else_=LedgerEntry.pence)
    # What was paid before the fund began here was paid by the day up to which it is entered.
    before = and_(OpeningAward.bid_id == Claim.bid_id, Claim.kind == ClaimKind.OPENING)
    in_time = case(
        (OpeningAward.id.is_(None), LedgerEntry.at < end), else_=OpeningAward.up_to < london_date(end)
    )
    paid = (
        _by_payee(Claim, case((in_time, PAID), else_=LATER), signed)
        .join(LedgerEntry, LedgerEntry.claim_id == Claim.id)
        .outerjoin(OpeningAward, before)
        .where(Claim.bid_id.in_(which), LedgerEntry.kind.in_((EntryKind.PAID, EntryKind.REVERSED)))
    )
    came = case((Recovery.ended_at < end, PAID), else_=LATER)
    back = _by_payee(Recovery, came, -Recovery.pence).where(
        Recovery.bid_id.in_(which), Recovery.state.in_(CAME_BACK)
    )
    given_up = _by_payee(Recovery, literal(GIVEN_UP), Recovery.pence).where(
        Recovery.bid_id.in_(which), Recovery.state.in_(LET_GO), Recovery.ended_at < end
    )
    when = case((Recovery.opened_at < start, MISUSED_BEFORE), else_=MISUSED)
    misused = _by_payee(Recovery, when, Recovery.pence).where(
        Recovery.bid_id.in_(which),
        Recovery.ground == Ground.MISUSED,
        Recovery.state != RecoveryState.CANCELLED,
        Recovery.opened_at < end,
    )
    found: defaultdict[str, ByPayee] = defaultdict(Counter)
    for what, bid_id, school_id, pence in session.execute(union_all(paid, back, given_up, misused)):
        found[what][bid_id, school_id] += pence
    return found


def _by_payee(table: type[Claim | Recovery], what: ColumnElement[str], pence: Any) -> Select[Any]:
    return select(what, table.bid_id, SCHOOL_TODAY, pence).join(School, School.id == table.school_id)


def _schools(session: Session, payees: Iterable[School]) -> dict[int, School]:
    """The schools that are paid today, by id."""
    ids = {school.today_id for school in payees}
    return {school.id: school for school in session.scalars(select(School).where(School.id.in_(ids)))}
