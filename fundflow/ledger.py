"""The fund's money: append-only entries, from which every figure is a sum.

allocated A · committed C = awards − released − recovered · net paid P = paid − recovered
outstanding O = C − P · uncommitted U = A − C · always A = U + O + P
An offer that is not yet accepted reserves R of U; U − R is what may still be offered.

Figures are read from running balances (`fundflow.balances`). Every amount is integer pence.
Every decision about money locks the fund's row (`lock_fund`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from fundflow import balances, spending
from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.models.bid import Bid
from fundflow.models.change import ChangeRequest
from fundflow.models.fund import Allocation, Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.ledger_entry import EntryKind as K
from fundflow.models.ledger_entry import LedgerEntry
from fundflow.models.money import financial_year, pounds, spread
from fundflow.models.payment import Claim
from fundflow.models.person import User
from fundflow.models.recovery import Ground, Recovery
from fundflow.models.school import SchoolKind
from fundflow.rules.award_sums import sum_of
from fundflow.rules.change_schools import supported_after, why_money_may_not
from fundflow.rules.lapsing import Plan
from fundflow.rules.ledger_totals import NOTHING as NOTHING
from fundflow.rules.ledger_totals import Totals as Totals
from fundflow.rules.ledger_totals import added as added
from fundflow.rules.ledger_totals import grouped as grouped
from fundflow.rules.openings import OPENING_BALANCE as OPENING
from fundflow.rules.payment_runs import approved_on
from fundflow.spending import AS_SPENT as AS_SPENT
from fundflow.spending import in_order, lines_of, moved_on, planned
from fundflow.workflow.engine import Money, Refused, refuse_if
from fundflow.workflow.working_days import london_date


def lock_fund(fund_id: int) -> Fund:
    """The fund's row, held until the transaction ends, with fresh values."""
    # "key_share": a bid that was written twice in a transaction holds its fund's key in PostgreSQL;
    # two such transactions that then wanted the whole row would wait for each other for ever.
    held = {"key_share": True}
    return db.session.get_one(Fund, fund_id, with_for_update=held, populate_existing=True)


def totals(fund_id: int, *, year: int | None = None) -> Totals:
    """The fund's figures, or those of the allocation lines of one financial year."""
    return added(grouped(balances.of_lines([fund_id], year=year)).values())


def bid_totals(bid_id: int) -> Totals:
    """One bid's figures; `outstanding` is what is awarded and unpaid."""
    return added(by_bid(bid_id).values())


def by_line(fund_id: int) -> dict[int, Totals]:
    """Figures by allocation line (its id)."""
    return by_lines_of([fund_id])


def by_lines_of(fund_ids: Iterable[int]) -> dict[int, Totals]:
    """Figures by allocation line (its id), of several funds."""
    return grouped(balances.of_lines(fund_ids))


def by_lines_as_told(fund_ids: Iterable[int]) -> dict[int, Totals]:
    """Figures by allocation line (its id) of several funds, without what is reserved for offers whose letters
    are held."""
    return grouped(balances.of_lines_as_told(fund_ids))


def by_bid(bid_id: int) -> dict[int, Totals]:
    """One bid's figures by allocation line (its id)."""
    return grouped(balances.of_bid(bid_id))


def may_still_offer(bid: Bid, now: datetime) -> int:
    """Pence that may still be offered to this bid, over the lines that may pay its lead school."""
    return room_for(bid.fund_id, bid.lead_school.kind, now)


def room_for(fund_id: int, kind: SchoolKind, now: datetime, *, as_told: bool = False) -> int:
    """Pence that may still be offered to a school of this kind, over the lines that may pay it this year.

    as_told  without the offers whose letters are held, as schools may read it
    """
    figures = by_lines_as_told([fund_id]) if as_told else by_line(fund_id)
    year = financial_year(london_date(now))
    lines = [line.id for line in lines_of(fund_id) if line.may_pay(kind, year)]
    return sum(max(figures[line].free, 0) for line in lines if line in figures)


def would_reserve(bid: Bid, pence: int, now: datetime) -> spending.Parts:
    """The allocation lines, with their pence, that an offer of this amount would be reserved on now; raises
    Refused where they hold too little."""
    return spending.on_free_lines(bid, pence, now, f"this offer is {pounds(pence)}")


def would_pay(claim: Claim, now: datetime) -> spending.Parts:
    """The allocation lines, with their pence, that paying this claim would be taken from now; raises Refused
    where they can't bear it."""
    found, lines = planned([claim], now, london_date(now))
    return [(lines[line_id], part) for line_id, part in found.paid.items()]


class Reach(NamedTuple):
    """How far money reaches down a list.

    free   pence that may still be offered to somebody, over the lines that hold money this year
    parts  for each of the list the pence that every line (its id) would pay; None where it is not reached
    """

    free: int
    parts: list[dict[int, int] | None]


def reach(fund_id: int, wanted: Iterable[tuple[SchoolKind, int]], now: datetime) -> Reach:
    """How far the free money reaches down a list of (the lead school's kind, pence), in its order.

    Where the lines that may pay a school no longer hold enough, its bid takes nothing from those below it.
    Two queries.
    """
    figures, year = by_line(fund_id), financial_year(london_date(now))
    lines = lines_of(fund_id)
    paying = {kind: [line.id for line in lines if line.may_pay(kind, year)] for kind in SchoolKind}
    room = {line_id: max(t.free, 0) for line_id, t in figures.items()}
    free = sum(room.get(line_id, 0) for line_id in {n for ids in paying.values() for n in ids})
    parts: list[dict[int, int] | None] = []
    for kind, pence in wanted:
        taken, missing = spread(pence, paying[kind], room)
        for line_id, part in taken.items() if not missing else ():
            room[line_id] -= part
        parts.append(None if missing else taken)
    return Reach(free, parts)


def allocate(allocation: Allocation, pence: int, *, user: User | None, now: datetime) -> None:
    """Put money into the fund through a new allocation line."""
    _enter(allocation, K.ALLOCATED, pence, at=now, by=user, reason=allocation.minute_reference)


def cut(allocation: Allocation, pence: int, *, user: User, now: datetime, minute: str) -> None:
    """Take money out again, as minuted; this alone may take what is free below zero."""
    lock_fund(allocation.fund_id)
    _enter(allocation, K.CUT, pence, at=now, by=user, reason=minute)


def move(money: Money, record: Any, entry: HistoryEntry, user: User | None) -> None:
    """Do to the ledger what a step's row says; raises Refused where the fund can't bear it.

    record  a change, a claim or a recovery (`OF_RECORDS`), else a bid or a record of it
    """
    lock_fund(record.bid.fund_id)
    MOVES[money](record if money in OF_RECORDS else record.bid, entry, user)


def _reserve(bid: Bid, entry: HistoryEntry, user: User | None) -> None:
    pence = bid.offer.pence
    parts = spending.on_free_lines(bid, pence, entry.at, f"this offer is {pounds(pence)}")
    _enter_parts(K.RESERVED, bid, parts, entry, user)


def _increase(change: ChangeRequest, entry: HistoryEntry, user: User | None) -> None:
    bid, pence = change.bid, spending.increase_of(change.bid)
    wanted = f"this change needs {pounds(pence)} more"
    parts = spending.on_free_lines(bid, pence, entry.at, wanted, supported_after(change))
    _enter_parts(K.AWARDED, bid, parts, entry, user)
    refuse_if(why_money_may_not(change))


def _open(bid: Bid, entry: HistoryEntry, user: User | None) -> None:
    """Award what was decided before the fund began here, and enter what was paid of it: opening balances."""
    pence = bid.awarded_pence = bid.award.pence if bid.award else 0
    parts = spending.on_free_lines(bid, pence, entry.at, f"this award is {pounds(pence)}")
    _enter_parts(K.AWARDED, bid, parts, entry, user, OPENING)
    for claim in bid.claims:
        _pay(claim, entry, user, OPENING)


def open_paid(claim: Claim, entry: HistoryEntry, user: User) -> None:
    """Enter what was paid before the fund began here, in place of an opening balance that was wrong."""
    lock_fund(claim.bid.fund_id)
    _pay(claim, entry, user, OPENING)


def award_again(bid: Bid, entry: HistoryEntry, user: User) -> None:
    """Award what an award may still pay beyond what is awarded and unpaid; raises Refused without room."""
    lock_fund(bid.fund_id)
    pence = sum_of(bid).waits
    parts = spending.on_free_lines(bid, pence, entry.at, f"this needs {pounds(pence)}", bid.supported)
    _enter_parts(K.AWARDED, bid, parts, entry, user)


def _enter_parts(
    kind: K, bid: Bid, parts: spending.Parts, entry: HistoryEntry, user: User | None, reason: str = ""
) -> None:
    how: dict[str, Any] = {"bid": bid, "entry": entry, "at": entry.at, "by": user, "reason": reason}
    balances.add_entries([_entry(line, kind, part, **how) for line, part in parts])


def _revise(bid: Bid, entry: HistoryEntry, user: User | None) -> None:
    """Reserve another amount. A smaller one needs no room: it stays on the lines that held the larger."""
    held = {line: t.reserved for line, t in by_bid(bid.id).items()}
    lines = in_order(held)
    _release(bid, entry, user)
    db.session.flush()  # what was released counts as free again
    if bid.offer.pence > sum(held.values()):
        _reserve(bid, entry, user)
        return
    parts = _spread(bid.offer.pence, lines, held, "No more is reserved.")
    _enter_parts(K.RESERVED, bid, parts, entry, user)


def _award(bid: Bid, entry: HistoryEntry, user: User | None) -> None:
    """Award what the accepted plan costs of what is reserved; the rest of it is free again."""
    reserved = {line: t.reserved for line, t in by_bid(bid.id).items()}
    whole = sum(reserved.values())
    left = bid.awarded_pence = min(bid.award.pence, whole) if bid.award else whole
    how: dict[str, Any] = {"bid": bid, "entry": entry, "at": entry.at, "by": user}
    entries = []
    for line in in_order(reserved):
        pence = min(reserved[line.id], left)
        left -= pence
        entries.append(_entry(line, K.UNRESERVED, reserved[line.id], **how))
        entries.append(_entry(line, K.AWARDED, pence, **how))
    balances.add_entries(entries)


def _release(bid: Bid, entry: HistoryEntry, user: User | None) -> None:
    """Let go of what is reserved, or of what is awarded and unpaid; nothing left is no error."""
    figures = by_bid(bid.id)
    for kind, left in (
        (K.UNRESERVED, {line: t.reserved for line, t in figures.items()}),
        (K.RELEASED, {line: t.outstanding for line, t in figures.items()}),
    ):
        _enter_parts(kind, bid, [(line, left[line.id]) for line in in_order(left)], entry, user)


def _settle(bid: Bid, entry: HistoryEntry, user: User | None) -> None:
    """Let go of what is awarded and can no longer be earned, what is spent last first. What may still be
    paid stays (`AwardSum.to_keep`)."""
    left = {line: t.outstanding for line, t in by_bid(bid.id).items()}
    pence = max(sum(left.values()) - sum_of(bid, hoped=True).to_keep, 0)
    parts = _spread(pence, reversed(in_order(left)), left, "More than is unpaid can’t be released.")
    _enter_parts(K.RELEASED, bid, parts, entry, user)


def _recover(recovery: Recovery, entry: HistoryEntry, user: User | None) -> None:
    """Take back what was paid, what is spent last first; raises Refused above what was paid. What another
    school waited for is awarded again."""
    bid, paid = recovery.bid, {line: t.paid for line, t in by_bid(recovery.bid_id).items()}
    back = _spread(recovery.pence, reversed(in_order(paid)), paid, "More than was paid can’t come back.")
    _enter_parts(K.RECOVERED, bid, back, entry, user, recovery.reference)
    if recovery.ground is Ground.NOT_EARNED:
        db.session.flush()  # what came back counts as free again
        _enter_parts(K.AWARDED, bid, spending.awarded_again(bid, entry.at), entry, user, recovery.reference)


def _pay(claim: Claim, entry: HistoryEntry, user: User | None, reason: str = "") -> None:
    """Take a payment from the award's lines. What was served after a line lapsed is taken from others, to
    which the commitment moves where too little is committed there."""
    gone = entry.step == "pay_in_run"  # the money has left: nothing keeps it from being recorded
    day = approved_on(claim) if gone else None
    found, lines = planned([claim], entry.at, day or london_date(entry.at), forced=gone)
    _move_commitment(claim.bid, found, lines, user, entry)
    for line_id, part in found.paid.items():
        how: dict[str, Any] = {"entry": entry, "at": entry.at, "by": user}
        _enter(lines[line_id], K.PAID, part, bid=claim.bid, claim=claim, reason=reason, **how)


def make_room(claims: Sequence[Claim], *, user: User, now: datetime) -> None:
    """Move the commitment of an award so that these claims on it can be paid, as `_pay` would; raises Refused
    where no line has room. The caller has locked the bid."""
    bid = claims[0].bid
    lock_fund(bid.fund_id)
    found, lines = planned(claims, now, london_date(now))
    if found.moved:
        words = f"Moved {pounds(found.moved)} of the award to lines that pay later"
        entry = record_event(bid, "move_lapsing", words, user=user, now=now, internal=True)
        db.session.flush()  # ledger entries point at it
        _move_commitment(bid, found, lines, user, entry)


def move_lapsing(bid: Bid, year: int, entry: HistoryEntry, user: User) -> None:
    """Move what `lapsing` finds to lines that pay later too; raises Refused where they have no room for it.
    The caller has locked the bid."""
    lock_fund(bid.fund_id)
    found, lines = moved_on(bid, year, entry.at)
    _move_commitment(bid, found, lines, user, entry)


def _move_commitment(
    bid: Bid, found: Plan, lines: Mapping[int, Allocation], user: User | None, entry: HistoryEntry
) -> None:
    for kind, parts in ((K.MOVED_OUT, found.moved_out), (K.MOVED_IN, found.moved_in)):
        _enter_parts(kind, bid, [(lines[line_id], part) for line_id, part in parts.items()], entry, user)


def _reverse(claim: Claim, entry: HistoryEntry, user: User | None) -> None:
    """Take a claim's latest payment back, from the lines that bore it."""
    paid = _latest(LedgerEntry.claim_id == claim.id, LedgerEntry.kind == K.PAID)
    if sum(one.pence for one in paid) != claim.pence:
        raise Refused("The ledger holds no payment of this amount for the claim.")
    reference = str(entry.given.get("payment_reference", ""))
    _undo(paid, K.REVERSED, entry, user, bid=claim.bid, claim=claim, reason=reference)


def _unrecover(recovery: Recovery, entry: HistoryEntry, user: User | None) -> None:
    """Undo what was taken off a payment that did not stand, on the lines it went back to. What was awarded
    again as it came back is released, as far as it is not paid."""
    bid, reference = recovery.bid, recovery.reference
    of = (LedgerEntry.bid_id == bid.id, LedgerEntry.reason == reference)
    back = _latest(*of, LedgerEntry.kind == K.RECOVERED)
    with_it = LedgerEntry.history_entry_id == back[0].history_entry_id
    again = sum(one.pence for one in _latest(*of, with_it, LedgerEntry.kind == K.AWARDED))
    left = {line: t.outstanding for line, t in by_bid(bid.id).items()}
    _enter_parts(K.RELEASED, bid, spending.up_to(again, in_order(left), left), entry, user, reference)
    _undo(back, K.UNRECOVERED, entry, user, bid=bid, reason=reference)


def _latest(*which: ColumnElement[bool]) -> Sequence[LedgerEntry]:
    """Those of the last step that made such entries."""
    latest = select(func.max(LedgerEntry.history_entry_id)).where(*which).scalar_subquery()
    query = select(LedgerEntry).where(*which, LedgerEntry.history_entry_id == latest)
    return db.session.scalars(query.order_by(LedgerEntry.id)).all()


def _undo(old: Iterable[LedgerEntry], kind: K, entry: HistoryEntry, user: User | None, **of: Any) -> None:
    for one in old:
        _enter(one.allocation, kind, one.pence, entry=entry, at=entry.at, by=user, **of)


MOVES: dict[Money, Callable[[Any, HistoryEntry, User | None], None]] = {
    Money.RESERVE: _reserve,
    Money.REVISE: _revise,
    Money.AWARD: _award,
    Money.INCREASE: _increase,
    Money.OPEN: _open,
    Money.RELEASE: _release,
    Money.SETTLE: _settle,
    Money.PAY: _pay,
    Money.REVERSE: _reverse,
    Money.RECOVER: _recover,
    Money.UNRECOVER: _unrecover,
}
OF_RECORDS = (Money.INCREASE, Money.PAY, Money.REVERSE, Money.RECOVER, Money.UNRECOVER)


def _spread(
    pence: int, lines: Iterable[Allocation], room: Mapping[int, int], why_not: str
) -> list[tuple[Allocation, int]]:
    """Split an amount over lines in order, each up to its room; raises Refused(why_not)."""
    by_id = {line.id: line for line in lines}
    parts, missing = spread(pence, by_id, room)
    if missing:
        raise Refused(why_not)
    return [(by_id[line_id], part) for line_id, part in parts.items()]


def _enter(line: Allocation, kind: K, pence: int, **how: Any) -> None:
    """Add one entry, made as by `_entry`."""
    balances.add_entry(_entry(line, kind, pence, **how))


def _entry(
    line: Allocation,
    kind: K,
    pence: int,
    *,
    at: datetime,
    by: User | None,
    bid: Bid | None = None,
    claim: Claim | None = None,
    entry: HistoryEntry | None = None,
    reason: str = "",
) -> LedgerEntry:
    return LedgerEntry(
        fund_id=line.fund_id,
        allocation_id=line.id,
        kind=kind,
        pence=pence,
        at=at,
        by_id=by.id if by else None,
        bid_id=bid.id if bid else None,
        claim_id=claim.id if claim else None,
        history_entry_id=entry.id if entry else None,
        reason=reason,
    )
