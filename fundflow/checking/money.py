"""The ledger, its balances, and what records say of their money."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from fundflow import balances as kept_balances
from fundflow.checking.registry import Queries, check
from fundflow.models.award import Award
from fundflow.models.bid import Bid
from fundflow.models.decision import Offer
from fundflow.models.fund import Allocation, year_words
from fundflow.models.history import HistoryEntry
from fundflow.models.ledger_entry import BidBalance, EntryKind, LedgerEntry, LineBalance
from fundflow.models.money import pounds
from fundflow.models.payment import Claim
from fundflow.models.payment_run import Outcome, PaymentRun, RunLine
from fundflow.models.recovery import Recovery
from fundflow.rules.ledger_totals import Figure, balances_as
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.recovery import CAME_BACK

K = EntryKind


def _balances() -> Queries:
    return kept_balances.differences()


@check("Every running balance is what the entries of the ledger add up to.", _balances)
def balances(row: Any) -> str:
    line, bid, kind, kept, entered = row
    whose = f"bid number {bid} on allocation line {line}" if bid else f"allocation line {line}"
    return (
        f"The balance “{kind.words}” of {whose} is {pounds(kept)}, and its entries come to {pounds(entered)}."
    )


def _entries() -> Queries:
    bid_fund = and_(LedgerEntry.bid_id.is_not(None), Bid.fund_id != LedgerEntry.fund_id)
    return [
        select(LedgerEntry.id)
        .join(Allocation, Allocation.id == LedgerEntry.allocation_id)
        .outerjoin(Bid, Bid.id == LedgerEntry.bid_id)
        .where(or_(Allocation.fund_id != LedgerEntry.fund_id, bid_fund))
    ]


@check("An entry of the ledger, its allocation line and its bid are of one fund.", _entries)
def one_fund(row: Any) -> str:
    return f"Entry {row.id} of the ledger stands in another fund than its allocation line or its bid."


def _causes() -> Queries:
    other_claim = and_(LedgerEntry.claim_id.is_not(None), Claim.bid_id != LedgerEntry.bid_id)
    return [
        select(LedgerEntry.id, Bid.reference)
        .join(Bid, Bid.id == LedgerEntry.bid_id)
        .outerjoin(HistoryEntry, HistoryEntry.id == LedgerEntry.history_entry_id)
        .outerjoin(Claim, Claim.id == LedgerEntry.claim_id)
        .where(or_(HistoryEntry.bid_id != LedgerEntry.bid_id, other_claim))
    ]


@check("An entry of the ledger is of the same bid as the step and the claim that made it.", _causes)
def one_bid(row: Any) -> str:
    return f"{row.reference}: entry {row.id} of the ledger comes from a step or a claim of another bid."


CHECKED = (Figure.RESERVED, Figure.COMMITTED, Figure.PAID)


def _sum(figure: Figure) -> ColumnElement[int]:
    return func.sum(balances_as(figure.signs))


def _negative() -> Queries:
    sums = [_sum(figure).label(figure.value) for figure in CHECKED]
    return [
        select(Bid.reference, *sums)
        .join(BidBalance, BidBalance.bid_id == Bid.id)
        .group_by(Bid.id, Bid.reference)
        .having(or_(*(_sum(figure) < 0 for figure in CHECKED)))
    ]


@check("No bid has less than nothing reserved, committed or paid.", _negative)
def not_below_nothing(row: Any) -> str:
    figures = ", ".join(f"{figure.value} {pounds(getattr(row, figure.value))}" for figure in CHECKED)
    return f"{row.reference}: a figure of the ledger is below nothing ({figures})."


def _overspent() -> Queries:
    free = case(
        *((LineBalance.kind == kind, LineBalance.pence * sign) for kind, sign in Figure.FREE.signs.items()),
        else_=0,
    )
    cut = aliased(LineBalance)
    was_cut = exists().where(cut.allocation_id == Allocation.id, cut.kind == K.CUT, cut.pence > 0)
    return [
        select(Allocation.source, Allocation.financial_year, func.sum(free).label("free"))
        .join(LineBalance, LineBalance.allocation_id == Allocation.id)
        .where(~was_cut)
        .group_by(Allocation.id, Allocation.source, Allocation.financial_year)
        .having(func.sum(free) < 0)
    ]


@check("No allocation line has more offered or awarded than it holds, unless it was cut.", _overspent)
def not_overspent(row: Any) -> str:
    line = f"{row.source}, {year_words(row.financial_year)}"
    return (
        f"{line}: {pounds(-row.free)} more is offered or awarded than the line holds, and it was never cut."
    )


def _reservations() -> Queries:
    reserved = (
        select(BidBalance.bid_id, _sum(Figure.RESERVED).label("pence"))
        .group_by(BidBalance.bid_id)
        .having(_sum(Figure.RESERVED) != 0)
        .subquery()
    )
    newest = select(func.max(Offer.id)).where(Offer.bid_id == Bid.id).correlate(Bid).scalar_subquery()
    should = case((Bid.state == BidState.OFFERED, func.coalesce(Offer.pence, 0)), else_=0)
    held = func.coalesce(reserved.c.pence, 0)
    return [
        select(Bid.reference, held.label("held"), should.label("should"))
        .outerjoin(reserved, reserved.c.bid_id == Bid.id)
        .outerjoin(Offer, Offer.id == newest)
        .where(held != should)
    ]


@check("What is reserved for a bid is the offer that is out, and nothing otherwise.", _reservations)
def reserved_for_offers(row: Any) -> str:
    return f"{row.reference}: {pounds(row.held)} is reserved, and it should be {pounds(row.should)}."


def _awards() -> Queries:
    awarded = (
        select(BidBalance.bid_id, func.sum(BidBalance.pence).label("pence"))
        .where(BidBalance.kind == K.AWARDED)
        .group_by(BidBalance.bid_id)
        .subquery()
    )
    entered = func.coalesce(awarded.c.pence, 0)
    newest = select(func.max(Award.id)).where(Award.bid_id == Bid.id).correlate(Bid).scalar_subquery()
    return [
        select(
            Bid.reference,
            func.coalesce(Bid.awarded_pence, 0).label("kept"),
            entered.label("entered"),
            Award.pence,
        )
        .outerjoin(awarded, awarded.c.bid_id == Bid.id)
        .outerjoin(Award, Award.id == newest)
        .where(
            or_(
                func.coalesce(Bid.awarded_pence, 0) > entered,
                and_(Bid.awarded_pence.is_(None), entered > 0),
                func.coalesce(Bid.awarded_pence, 0) > func.coalesce(Award.pence, Bid.awarded_pence),
            )
        )
    ]


@check("The award of a bid is no more than its budget, and no more than the ledger says.", _awards)
def awards_in_the_ledger(row: Any) -> str:
    budget = pounds(row.pence) if row.pence is not None else "no budget"
    return (
        f"{row.reference}: its award is {pounds(row.kept)}, its budget {budget},"
        f" and the ledger awarded {pounds(row.entered)}."
    )


def _claims() -> Queries:
    signed = case((LedgerEntry.kind == K.PAID, LedgerEntry.pence), else_=-LedgerEntry.pence)
    paid = (
        select(LedgerEntry.claim_id, func.sum(signed).label("pence"))
        .where(LedgerEntry.claim_id.is_not(None), LedgerEntry.kind.in_((K.PAID, K.REVERSED)))
        .group_by(LedgerEntry.claim_id)
        .subquery()
    )
    entered = func.coalesce(paid.c.pence, 0)
    should = case((Claim.state == ClaimState.PAID, Claim.pence), else_=0)
    return [
        select(Bid.reference, Claim.number, entered.label("entered"), should.label("should"))
        .join(Bid, Bid.id == Claim.bid_id)
        .outerjoin(paid, paid.c.claim_id == Claim.id)
        .where(entered != should)
    ]


@check("The ledger paid for each claim what the claim says, and nothing for one that is not paid.", _claims)
def claims_paid(row: Any) -> str:
    return (
        f"{row.reference}/C{row.number}: the ledger paid {pounds(row.entered)},"
        f" and the claim says {pounds(row.should)}."
    )


def _recoveries() -> Queries:
    came = (
        select(Recovery.bid_id, func.sum(Recovery.pence).label("pence"))
        .where(Recovery.state.in_(CAME_BACK))
        .group_by(Recovery.bid_id)
        .subquery()
    )
    entered = (
        select(BidBalance.bid_id, _sum(Figure.RECOVERED).label("pence"))
        .group_by(BidBalance.bid_id)
        .subquery()
    )
    back, booked = func.coalesce(came.c.pence, 0), func.coalesce(entered.c.pence, 0)
    return [
        select(Bid.reference, back.label("back"), booked.label("booked"))
        .outerjoin(came, came.c.bid_id == Bid.id)
        .outerjoin(entered, entered.c.bid_id == Bid.id)
        .where(back != booked)
    ]


@check("The ledger holds what came back from schools.", _recoveries)
def recoveries_in_the_ledger(row: Any) -> str:
    return (
        f"{row.reference}: its recoveries say that {pounds(row.back)} came back,"
        f" and the ledger {pounds(row.booked)}."
    )


def _runs() -> Queries:
    in_it = RunLine.outcome != Outcome.LEFT_OUT
    count, pence = func.count(RunLine.id), func.coalesce(func.sum(RunLine.pence), 0)
    return [
        select(PaymentRun.id, PaymentRun.number, count.label("count"), pence.label("lines"), PaymentRun.pence)
        .outerjoin(RunLine, and_(RunLine.run_id == PaymentRun.id, in_it))
        .where(PaymentRun.approved_at.is_not(None))
        .group_by(PaymentRun.id, PaymentRun.number, PaymentRun.pence, PaymentRun.size)
        .having(or_(count != PaymentRun.size, pence != PaymentRun.pence))
    ]


@check("An approved payment run holds as many payments, and as much, as was approved.", _runs)
def runs_add_up(row: Any) -> str:
    return (
        f"Payment run {row.number} (/money/runs/{row.id}): {row.count} payments of {pounds(row.lines)},"
        f" and {pounds(row.pence)} was approved."
    )
