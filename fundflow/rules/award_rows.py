"""What an award is reckoned from, as queries: what was done on its lines, and what stands beside them."""

from collections import Counter
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    bindparam,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from fundflow.models.area import SCHOOL_TODAY
from fundflow.models.award import Award, AwardLine
from fundflow.models.bid import Bid
from fundflow.models.columns import BigId
from fundflow.models.day_log import WorkedDay
from fundflow.models.earned_correction import EarnedCorrection
from fundflow.models.ledger_entry import BidBalance, EntryKind
from fundflow.models.opening import OpeningEarned
from fundflow.models.payment import LIVE_CLAIMS, OPEN_CLAIMS, Claim
from fundflow.models.payment_run import Outcome, PaymentRun, RunLine
from fundflow.models.recovery import LET_GO, TO_COME, Ground, Recovery
from fundflow.models.school import School
from fundflow.models.spent_cost import SpentCost
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.earned_correction import EarnedCorrectionState
from fundflow.workflow.payment_run import FROZEN
from fundflow.workflow.recovery import CAME_BACK, RecoveryState


class What(StrEnum):
    """Of what pence are: of claims, of recoveries, of the ledger's entries."""

    PAID = "paid"
    UNDERWAY = "underway"
    IN_RUN = "in_run"
    RECOVERED = "recovered"
    TO_COME = "to_come"
    MISUSE_TO_COME = "misuse_to_come"
    LET_GO = "let_go"
    MISUSE_LET_GO = "misuse_let_go"
    MISUSED = "misused"
    AWARDED = "awarded"
    RELEASED = "released"
    PAID_OUT = "paid_out"


# Queries are built once: pages and letters ask for many sums.
BID: BindParameter[int] = bindparam("bid")
# Ids of claims that count as not yet under way: at most one of each bid. Never an empty list: it is asked
# with IN and with NOT IN, and SQLAlchemy writes an empty list for one of them alone.
NO_CLAIM = [0]
WITH_CLAIMS = bindparam("with_claims", type_=BigId, expanding=True)
REQUESTED = bindparam("requested", type_=Boolean)  # whether recoveries that nobody has approved count
# Which bids are asked about: the one, or those of a query: a fund's whose award is in force, or those whose
# award has lines of some schools.
Bids = Select[int] | CompoundSelect[Any]
Which = Bids | None
# A stopped award is, while a claim of it is open. A database begins with these few, not with the fund's bids.
_OF_FUND = Bid.fund_id + 0 == bindparam("fund", type_=Integer)
_UNDER_WAY = Bid.state.in_((BidState.IN_DELIVERY, BidState.SUSPENDED, BidState.IN_MONITORING))
IN_FORCE = union(
    select(Bid.id).where(_UNDER_WAY, _OF_FUND).correlate(None),
    *(
        select(Claim.bid_id)
        .join(Bid, Bid.id == Claim.bid_id)
        .where(Claim.state == one, _OF_FUND)
        .correlate(None)
        for one in OPEN_CLAIMS
    ),
)
OF_CLAIMS = select(Claim.bid_id).where(Claim.id.in_(WITH_CLAIMS)).correlate(None)
OF_SCHOOLS = (
    select(Award.bid_id)
    .join(AwardLine, AwardLine.award_id == Award.id)
    .where(AwardLine.school_id.in_(bindparam("schools", type_=BigId, expanding=True)))
    .correlate(None)
)


def _its(bid_id: InstrumentedAttribute[int], which: Which) -> ColumnElement[bool]:
    """Whether a row is of a bid that is asked about."""
    return bid_id == BID if which is None else bid_id.in_(which)


def _asked_about(hoped: bool, which: Which) -> Select[Any]:
    """Claims, by their ids, whose days and costs the school is asked about: they count once it answered."""
    named = union_all(
        select(WorkedDay.claim_id).where(_its(WorkedDay.bid_id, which)),
        select(SpentCost.claim_id).where(_its(SpentCost.bid_id, which)),
    )
    return select(Claim.id).where(
        _its(Claim.bid_id, which),
        Claim.state == ClaimState.QUERIED,
        Claim.id.in_(named),
        Claim.id.not_in(WITH_CLAIMS),
        false() if hoped else true(),
    )


def _is_answered() -> ColumnElement[bool]:
    """Whether a claim is none of those (`_asked_about`), asked of each claim: only of one that is queried do
    days and costs have to be looked up."""
    named = exists().where(WorkedDay.claim_id == Claim.id) | exists().where(SpentCost.claim_id == Claim.id)
    return or_(Claim.state != ClaimState.QUERIED, Claim.id.in_(WITH_CLAIMS), ~named)


@cache
def done_on_lines(hoped: bool, which: Which = None) -> CompoundSelect[*tuple[Any, ...]]:
    """The half days worked or the pence spent, by the award's lines (their keys); those earned before the
    award was entered as one already running beside the log's."""
    asked_about = _asked_about(hoped, which)
    counts = WorkedDay.struck_at.is_(None) if hoped else WorkedDay.counts
    days = (
        select(AwardLine.key, func.sum(WorkedDay.half_days))
        .join(WorkedDay.line)
        .where(_its(WorkedDay.bid_id, which), counts, WorkedDay.id.not_in(bindparam("days", expanding=True)))
        .where(WorkedDay.day <= bindparam("until"))
        .where(or_(WorkedDay.claim_id.is_(None), WorkedDay.claim_id.not_in(asked_about)))
        .group_by(AwardLine.key)
    )
    costs = (
        select(AwardLine.key, func.sum(SpentCost.pence))
        .join(SpentCost.line)
        .where(_its(SpentCost.bid_id, which), SpentCost.counts)
        .where(SpentCost.id.not_in(bindparam("costs", expanding=True)))
        .where(SpentCost.spent_on <= bindparam("until"))
        .where(or_(SpentCost.claim_id.is_(None), SpentCost.claim_id.not_in(asked_about)))
        .group_by(AwardLine.key)
    )
    return days.union_all(
        costs, *done_before(lambda row: _its(row.bid_id, which) & (row.up_to <= bindparam("until")))
    )


W = What
OF_ENTRIES = {
    EntryKind.AWARDED: W.AWARDED,
    EntryKind.RELEASED: W.RELEASED,
    EntryKind.PAID: W.PAID_OUT,
    EntryKind.REVERSED: W.PAID_OUT,
}


@cache
def beside_lines(hoped: bool, which: Which = None) -> CompoundSelect[*tuple[Any, ...]]:
    """(bid, `What`, school, pence) of what stands beside the award's lines, by the school that is paid
    today; the ledger's under 0."""
    claims = _by_school(Claim, case((Claim.state == ClaimState.PAID, W.PAID), else_=W.UNDERWAY)).where(
        _its(Claim.bid_id, which), Claim.state.in_(LIVE_CLAIMS), true() if hoped else _is_answered()
    )
    claims = claims.where(or_(Claim.state == ClaimState.PAID, Claim.id.not_in(WITH_CLAIMS)))
    off_this = (Recovery.state == RecoveryState.SET_AGAINST) & Recovery.claim_id.in_(WITH_CLAIMS)
    became = case(
        (or_(Recovery.state.in_(CAME_BACK), off_this), W.RECOVERED),
        (Recovery.state.in_(TO_COME), W.TO_COME),
        else_=W.LET_GO,
    )
    stands = (
        _its(Recovery.bid_id, which),
        Recovery.state != RecoveryState.CANCELLED,
        or_(Recovery.state != RecoveryState.REQUESTED, REQUESTED),
    )
    entries = case(*((BidBalance.kind == kind, what) for kind, what in OF_ENTRIES.items()))
    signed = case((BidBalance.kind == EntryKind.REVERSED, -BidBalance.pence), else_=BidBalance.pence)
    misuse = (*stands, Recovery.ground == Ground.MISUSED)
    in_run = _by_school(Claim, literal(W.IN_RUN)).where(
        _its(Claim.bid_id, which),
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
        _by_school(Recovery, literal(W.MISUSE_LET_GO)).where(*misuse, Recovery.state.in_(LET_GO)),
        select(BidBalance.bid_id, entries, literal(0), signed).where(
            _its(BidBalance.bid_id, which), BidBalance.kind.in_(OF_ENTRIES)
        ),
    )


def _by_school(table: type[Claim | Recovery], what: Any) -> Select[Any]:
    return select(table.bid_id, what, SCHOOL_TODAY, table.pence).join(School, School.id == table.school_id)


def added_up(rows: Iterable[Any]) -> Counter[int]:
    """Rows of (line's key, half days or pence) by the line: it may stand in several."""
    done: Counter[int] = Counter()
    for key, amount in rows:
        done[key] += int(amount)
    return done


Before = type[OpeningEarned] | type[EarnedCorrection]


def done_before(which: Callable[[Before], ColumnElement[bool]]) -> list[Select[int, int]]:
    """(line's key, half days or pence) earned before awards were entered as already running: what was
    entered, and by how much it was corrected since."""
    return [
        select(row.line_id, func.coalesce(row.half_days, row.pence)).where(which(row), counts)
        for row, counts in BEFORE
    ]


# Where what was earned before is kept, and which rows of it count.
BEFORE: tuple[tuple[Before, ColumnElement[bool]], ...] = (
    (OpeningEarned, true()),
    (EarnedCorrection, EarnedCorrection.state == EarnedCorrectionState.CONFIRMED),
)
