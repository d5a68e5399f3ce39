"""What must hold whatever happened at the same moment: ledger, states, history, letters agree."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from fundflow import balances, ledger
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.decision import Decision, Offer
from fundflow.models.fund import Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.ledger_entry import EntryKind as K
from fundflow.models.ledger_entry import LedgerEntry
from fundflow.models.letter import Letter
from fundflow.models.panel import ItemOutcome
from fundflow.rules.awards import sum_of
from fundflow.rules.recoveries import recoveries_of
from fundflow.workflow.application import BidState as S
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.recovery import RecoveryState

HOLDS_AN_AWARD = (S.IN_DELIVERY, S.SUSPENDED, S.TERMINATED, S.IN_MONITORING, S.CLOSED)
FREED_BY = {
    K.ALLOCATED: 1,
    K.RELEASED: 1,
    K.MOVED_OUT: 1,
    K.MOVED_IN: -1,
    K.RECOVERED: 1,
    K.UNRECOVERED: -1,
    K.UNRESERVED: 1,
    K.CUT: -1,
    K.RESERVED: -1,
    K.AWARDED: -1,
    K.PAID: 0,
    K.REVERSED: 0,
}


def check_everything(after_fund: int = 0) -> None:
    """All that belongs to funds with a higher id than this, inside an application context."""
    for fund_id in db.session.scalars(select(Fund.id).where(Fund.id > after_fund)):
        check_fund(fund_id)
    for bid in db.session.scalars(select(Bid).where(Bid.fund_id > after_fund)):
        check_bid(bid)
        for record in (*bid.claims, *recoveries_of(bid)):
            check_history(record)
    check_letters()


def check_fund(fund_id: int) -> None:
    """A = U + O + P, nothing below zero but what a cut alone took there, at every moment."""
    figures = ledger.totals(fund_id)
    assert figures.allocated == figures.uncommitted + figures.outstanding + figures.paid
    assert figures == ledger.added(ledger.by_line(fund_id).values())
    assert balances.wrong_balances() == []
    for line in ledger.by_line(fund_id).values():
        assert min(line.reserved, line.outstanding, line.paid) >= 0, line
    check_no_offer_beyond_the_fund(fund_id)


def check_no_offer_beyond_the_fund(fund_id: int) -> None:
    """The ledger replayed: when an offer reserved money, its line had that much."""
    free: dict[int, int] = defaultdict(int)
    entries = db.session.scalars(
        select(LedgerEntry).where(LedgerEntry.fund_id == fund_id).order_by(LedgerEntry.id)
    )
    for entry in entries:
        free[entry.allocation_id] += FREED_BY[entry.kind] * entry.pence
        if entry.kind in (K.RESERVED, K.MOVED_IN):
            assert free[entry.allocation_id] >= 0, f"entry {entry.id} committed what was not there"


def check_bid(bid: Bid) -> None:
    check_history(bid)
    check_ledger_of(bid)
    check_decisions_of(bid)


def check_history(record: Any) -> None:
    """Replayed: every entry begins where the one before it ended, the last where it stands."""
    entries = _history(record.workflow.name, record.id)
    for before, after in pairwise(entries):
        assert before.to_state == after.from_state, (record.reference, before.step, after.step)
    if entries:
        assert entries[-1].to_state == record.state.value, record.reference


def _history(process: str, record_id: int) -> list[HistoryEntry]:
    return list(
        db.session.scalars(
            select(HistoryEntry)
            .where(HistoryEntry.process == process, HistoryEntry.record_id == record_id)
            .order_by(HistoryEntry.id)
        )
    )


def check_ledger_of(bid: Bid) -> None:
    """What is reserved, awarded and paid is what the bid's state and claims say."""
    figures, state = ledger.bid_totals(bid.id), bid.state
    assert figures.reserved == (bid.offer.pence if state is S.OFFERED else 0), bid.reference
    larger = [max(new.pence - old.pence, 0) for old, new in pairwise(bid.awards)]
    held = bid.awards[0].pence + sum(larger) if bid.awards else bid.awarded_pence
    awarded = held if state in HOLDS_AN_AWARD else 0
    assert figures.awarded == awarded, bid.reference
    assert figures.paid_gross == sum(c.pence for c in bid.claims if c.state is ClaimState.PAID)
    back = sum(r.pence for r in recoveries_of(bid) if r.state is RecoveryState.RECOVERED)
    assert figures.recovered == back, bid.reference
    if state is S.TERMINATED:  # what was earned before is still paid
        assert figures.outstanding == sum_of(bid, hoped=True).whole.due, bid.reference
    if state is S.CLOSED:
        assert figures.outstanding == 0, bid.reference
    assert figures.outstanding >= 0, bid.reference


def check_decisions_of(bid: Bid) -> None:
    """At most one offer is out, and only where the bid says so; one decision an item stands."""
    offers = list(db.session.scalars(select(Offer).where(Offer.bid_id == bid.id)))
    out = [offer for offer in offers if offer.ended_at is None]
    assert len(out) == (1 if bid.state is S.OFFERED else 0), (bid.reference, bid.state)
    standing = db.session.scalars(
        select(Decision.item_id).where(Decision.bid_id == bid.id, Decision.undone_at.is_(None))
    ).all()
    assert len(standing) == len(set(standing)), bid.reference
    items = [item for item in bid.items if item.change is None]
    undecided = [item for item in items if item.outcome is None]
    if bid.state is S.AT_PANEL:
        assert len(undecided) == 1, bid.reference
    elif bid.state in (S.OFFERED, S.NOT_FUNDED, *HOLDS_AN_AWARD):
        assert all(item.outcome in tuple(ItemOutcome) for item in items), bid.reference


def check_letters() -> None:
    """Every letter of a step belongs to an entry that is there, and nobody is told twice as one recipient."""
    told: set[tuple[int, str, str]] = set()
    letters: Iterable[Any] = db.session.execute(
        select(Letter.history_entry_id, Letter.email, Letter.key).where(Letter.key.startswith("step:"))
    ).all()
    for entry_id, email, key in letters:
        assert entry_id is not None, key
        one = (entry_id, key.split(":")[2], email)
        assert one not in told, key
        told.add(one)


def entries_of(step: str, bid: Bid | None = None) -> list[HistoryEntry]:
    query = select(HistoryEntry).where(HistoryEntry.step == step).order_by(HistoryEntry.id)
    return list(db.session.scalars(query if bid is None else query.where(HistoryEntry.bid_id == bid.id)))
