"""What the money pages show: figures of the funds, claims that wait, the ledger."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, null, or_, select, true
from sqlalchemy.orm import aliased, joinedload

from fundflow import ledger
from fundflow.extensions import db
from fundflow.ledger import Totals
from fundflow.models.bid import Bid
from fundflow.models.decision import untold_entries
from fundflow.models.fund import Allocation, Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.payment import Claim
from fundflow.models.payment_block import PaymentBlock
from fundflow.models.person import RoleName, User
from fundflow.models.reversal import Reversal
from fundflow.models.school import School, SchoolKind
from fundflow.permissions import keeps_outcome_from, may_see
from fundflow.web.paging import Page, cut, newest_first
from fundflow.workflow.reversal import ReversalState
from fundflow.workflow.working_days import london_date

R = RoleName
READERS = (R.FINANCE, R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR, R.AUTHORISED_OFFICER, R.IMPACT_OFFICER)
WHOLE_LEDGER = frozenset({R.FINANCE, R.AUDITOR})  # they reconcile it, so nothing is left out
PAGE = 50
KIND_WORDS = {
    SchoolKind.MAINTAINED: "maintained schools",
    SchoolKind.ACADEMY: "academies",
    SchoolKind.OTHER: "others",
}


class Segment(NamedTuple):
    """A part of the bar: where it starts and how wide it is, in thousandths; a colour."""

    x: int
    width: int
    colour: str
    words: str
    pence: int


@dataclass(frozen=True)
class LineFigures:
    """An allocation line and its figures."""

    allocation: Allocation
    figures: Totals

    @property
    def pays(self) -> str:
        return ", ".join(KIND_WORDS[SchoolKind(kind)] for kind in self.allocation.pays)


@dataclass(frozen=True)
class Year:
    number: int
    figures: Totals

    @property
    def bar(self) -> list[Segment]:
        return bar(self.figures)


@dataclass(frozen=True)
class FundMoney:
    """A fund's figures: in all, by financial year (newest first) and by allocation line."""

    fund: Fund
    lines: list[LineFigures]

    @property
    def figures(self) -> Totals:
        return ledger.added(line.figures for line in self.lines)

    @property
    def years(self) -> list[Year]:
        numbers = sorted({line.allocation.financial_year for line in self.lines}, reverse=True)
        return [
            Year(
                number,
                ledger.added(line.figures for line in self.lines if line.allocation.financial_year == number),
            )
            for number in numbers
        ]


def funds_of(user: User, now: datetime, names: Iterable[RoleName]) -> list[Fund]:
    """The funds for which this person holds one of these roles."""
    query = select(Fund).where(_in_charge(user, now, frozenset(names), Fund.id)).order_by(Fund.id)
    return list(db.session.scalars(query))


def bar(figures: Totals) -> list[Segment]:
    """Paid, outstanding, offered and free, as parts of the whole."""
    parts = [
        ("#0b4f4a", "Paid", figures.paid),
        ("#3f8f86", "Outstanding", figures.outstanding),
        ("#a5d4cc", "Offered", figures.reserved),
        ("#e3e3e3", "Free", figures.free),
    ]
    whole = sum(max(pence, 0) for _, _, pence in parts)
    segments, x = [], 0
    for colour, words, pence in parts:
        width = max(pence, 0) * 1000 // whole if whole else 0
        segments.append(Segment(x, width, colour, words, pence))
        x += width
    return segments


def funds_money(user: User, now: datetime, names: tuple[RoleName, ...]) -> list[FundMoney]:
    """The figures of every fund for which this person holds one of these roles."""
    funds = funds_of(user, now, names)
    figures = ledger.by_lines_of([fund.id for fund in funds])
    lines = db.session.scalars(
        select(Allocation)
        .where(Allocation.fund_id.in_([fund.id for fund in funds]))
        .order_by(Allocation.financial_year, Allocation.id)
    ).all()
    nothing = ledger.added(())
    return [
        FundMoney(
            fund,
            [LineFigures(line, figures.get(line.id, nothing)) for line in lines if line.fund_id == fund.id],
        )
        for fund in funds
    ]


def blocks_of(bid: Bid) -> list[PaymentBlock]:
    """Every block of a bid's payments, newest first, with who put and who lifted it."""
    query = select(PaymentBlock).where(PaymentBlock.bid_id == bid.id).order_by(PaymentBlock.id.desc())
    people = (joinedload(PaymentBlock.put_by), joinedload(PaymentBlock.lifted_by))
    return list(db.session.scalars(query.options(*people)))


class LedgerFilters(NamedTuple):
    kind: EntryKind | None = None
    reference: str = ""


def ledger_page(user: User, now: datetime, wanted: LedgerFilters, after: int | None) -> Page[Row[Any]]:
    """Entries, newest first."""
    query = newest_first(_entries(user, now, wanted), LedgerEntry.id, after)
    return cut(db.session.execute(query.limit(PAGE + 1)).all(), PAGE)


def ledger_rows(user: User, now: datetime, wanted: LedgerFilters) -> Iterator[Row[Any]]:
    """Every entry, oldest first, read in portions.

    The query is made at once: what the reader may not read is told from their own records.
    """
    return _in_portions(_entries(user, now, wanted).order_by(LedgerEntry.id))


def _in_portions(query: Any) -> Iterator[Row[Any]]:
    yield from db.session.execute(query.execution_options(yield_per=500))


def bid_ledger(bid: Bid, *, untold: bool = True) -> list[Row[Any]]:
    """One bid's entries, oldest first.

    untold  those too of decisions that were corrected or taken back before the school heard of them
    """
    query = _columns().where(LedgerEntry.bid_id == bid.id)
    if not untold:
        entry = aliased(HistoryEntry)
        silent = select(entry.id).where(entry.bid_id == bid.id, entry.internal.is_(True))
        undone = and_(LedgerEntry.kind == EntryKind.UNRESERVED, LedgerEntry.history_entry_id.in_(silent))
        never = LedgerEntry.history_entry_id.in_(untold_entries())
        query = query.where(or_(LedgerEntry.history_entry_id.is_(None), ~or_(never, undone)))
    return list(db.session.execute(query.order_by(LedgerEntry.id)))


def _entries(user: User, now: datetime, wanted: LedgerFilters) -> Select[*tuple[Any, ...]]:
    whole = _in_charge(user, now, WHOLE_LEDGER, LedgerEntry.fund_id)
    query = _columns().where(
        _in_charge(user, now, frozenset(READERS), LedgerEntry.fund_id),
        or_(whole, LedgerEntry.bid_id.is_(None), and_(may_see(user, now), ~keeps_outcome_from(user, now))),
    )
    if wanted.kind:
        query = query.where(LedgerEntry.kind == wanted.kind)
    if wanted.reference:
        query = query.where(Bid.reference == wanted.reference.upper())
    return query


def _columns() -> Select[*tuple[Any, ...]]:
    paid_for = aliased(School)  # the bid may have passed on since
    query: Select[*tuple[Any, ...]] = (
        select(
            LedgerEntry.id,
            LedgerEntry.at,
            LedgerEntry.kind,
            LedgerEntry.pence,
            LedgerEntry.reason,
            Allocation.source,
            Allocation.financial_year,
            Allocation.minute_reference,
            Bid.reference,
            func.coalesce(paid_for.name, School.name).label("school"),
            func.coalesce(paid_for.urn, School.urn).label("urn"),
            Claim.number.label("claim_number"),
            _as_paid(Reversal.payment_reference, Claim.payment_reference).label("payment_reference"),
            _as_paid(Reversal.payee_name, Claim.payee_name).label("paid_to"),
            _as_paid(Reversal.route, Claim.route).label("route"),
            _as_paid(Reversal.supplier_number, Claim.supplier_number).label("supplier_number"),
            User.name.label("by"),
        )
        .join(Allocation, LedgerEntry.allocation_id == Allocation.id)
        .outerjoin(Bid, LedgerEntry.bid_id == Bid.id)
        .outerjoin(School, Bid.lead_school_id == School.id)
        .outerjoin(Claim, LedgerEntry.claim_id == Claim.id)
        .outerjoin(
            Reversal,
            and_(
                Reversal.paid_entry_id == LedgerEntry.history_entry_id,
                Reversal.state == ReversalState.REVERSED,
            ),
        )
        .outerjoin(paid_for, paid_for.urn == Claim.payee_urn)
        .outerjoin(User, LedgerEntry.by_id == User.id)
    )
    return query


def _as_paid(reversed_: Any, claimed: Any) -> Any:
    """What a payment that was reversed since said; of an entry that takes one back, its reason says it."""
    took_back = LedgerEntry.kind == EntryKind.REVERSED
    return case((took_back, null()), (Reversal.id.is_not(None), reversed_), else_=claimed)


def _in_charge(user: User, now: datetime, names: frozenset[RoleName], fund_id: Any) -> ColumnElement[bool]:
    """The condition that a person holds one of these roles for the fund."""
    day = london_date(now)
    held = [g.fund_id for g in user.roles if g.is_valid_on(day) and g.role in names]
    return true() if None in held else fund_id.in_(held)
