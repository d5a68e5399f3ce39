"""What is read from the ledger: entries, what they add up to, and the school of each on its day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, case, false, func, literal, null, or_, select
from sqlalchemy.orm import aliased, joinedload

from fundflow.extensions import db
from fundflow.models.area import PASSED_ON, Succession, same_schools
from fundflow.models.bid import Bid
from fundflow.models.decision import is_untold
from fundflow.models.fund import Allocation, Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.payment import Claim
from fundflow.models.person import User
from fundflow.models.reversal import Reversal
from fundflow.models.school import School
from fundflow.payments.queries import PAGE, READERS, WHOLE_LEDGER, in_charge
from fundflow.permissions import is_told_all, keeps_outcome_from, may_see, outcome_kept
from fundflow.rules.ledger_totals import Figure
from fundflow.rules.statements import (
    OF_AWARDS,
    OF_MONEY,
    Entry,
    LeadPassed,
    SchoolThen,
    StatementLine,
    added,
    lead_then,
    newest_first,
    running,
)
from fundflow.rules.year_end import earned_on
from fundflow.web.paging import Page, cut
from fundflow.web.paging import newest_first as newest_rows_first
from fundflow.workflow.reversal import ReversalState
from fundflow.workflow.working_days import financial_year, london_date, start_of, year_ends

Which = tuple[ColumnElement[bool], ...]  # conditions on LedgerEntry, Allocation and Bid


class Asked(NamedTuple):
    """What the address asks for; None and "" for no matter which.

    year    a financial year in which entries were made
    before  a financial year before which they were
    """

    kind: Figure | None = None
    year: int | None = None
    before: int | None = None
    fund: Fund | None = None
    line: Allocation | None = None
    reference: str = ""

    @property
    def args(self) -> dict[str, str | int | None]:
        """As the address has it."""
        return {
            "kind": self.kind.value if self.kind else None,
            "year": self.year,
            "before": self.before,
            "fund": self.fund.id if self.fund else None,
            "line": self.line.id if self.line else None,
            "bid": self.reference or None,
        }

    @property
    def start(self) -> datetime | None:
        return None if self.year is None else start_of(year_ends(self.year)[0])

    @property
    def end(self) -> datetime | None:
        """The moment before which the entries were made."""
        if self.year is not None:
            return start_of(year_ends(self.year + 1)[0])
        return None if self.before is None else start_of(year_ends(self.before)[0])


class FigureInStatement(NamedTuple):
    """A figure before the time asked about, what that time added, and at its end; in pence."""

    figure: Figure
    before: int
    moved: int

    @property
    def after(self) -> int:
        return self.before + self.moved


class Shown(NamedTuple):
    """A page of a statement, newest first."""

    figures: list[FigureInStatement]
    page: Page[StatementLine]


class Statement(NamedTuple):
    """Entries that somebody may read.

    which    conditions on them
    figures  what is added up of them; the balance runs of the last, and without any there is none
    """

    which: Which
    figures: Sequence[Figure]
    asked: Asked

    @property
    def balance_of(self) -> Figure:
        return self.asked.kind or (self.figures or OF_MONEY)[-1]

    def shown(self, after: int | None) -> Shown:
        """Three queries, two more where schools had successors."""
        query = newest_rows_first(self._entries(), LedgerEntry.id, after)
        found = cut(db.session.execute(query.limit(PAGE + 1)).all(), PAGE)
        sums = self._sums(after) if self.figures else defaultdict(dict)
        moved = added(sums[NEWER], sums[OTHERS])
        balance = self.balance_of
        closing = balance.of(sums[BEFORE]) + balance.of(sums[OTHERS])
        return Shown(
            [FigureInStatement(one, one.of(sums[BEFORE]), one.of(moved)) for one in self.figures],
            Page(
                newest_first(list(entries_of(found.rows)), self.asked.kind, balance, closing), found.next_key
            ),
        )

    def lines(self) -> Iterator[StatementLine]:
        """All of it, oldest first, read in portions as it is asked for: a file is sent while it is read."""
        opening = self.balance_of.of(self._sums(None)[BEFORE]) if self.asked.start else 0
        found = _entries_where(*self._in_time()).order_by(LedgerEntry.id)
        return running(entries_of(_in_portions(found)), self.asked.kind, self.balance_of, opening)

    def _entries(self) -> Select[*tuple[Any, ...]]:
        return _entries_where(*self._in_time())

    def _in_time(self) -> Iterator[ColumnElement[bool]]:
        yield from self.which
        if self.asked.start:
            yield LedgerEntry.at >= self.asked.start
        if self.asked.end:
            yield LedgerEntry.at < self.asked.end
        if self.asked.kind:
            yield LedgerEntry.kind.in_(self.asked.kind.signs)

    def _sums(self, after: int | None) -> dict[str, dict[EntryKind, int]]:
        """Pence by kind: of what came before the time asked about, what is on the pages before this one, and
        the others."""
        start, end = self.asked.start, self.asked.end
        parts = [(LedgerEntry.at < start, literal(BEFORE))] if start else []
        parts += [(LedgerEntry.id >= after, literal(NEWER))] if after else []
        part = case(*parts, else_=literal(OTHERS)) if parts else literal(OTHERS)
        query = (
            select(part.label("part"), LedgerEntry.kind, func.sum(LedgerEntry.pence))
            .select_from(LedgerEntry)
            .join(Allocation, LedgerEntry.allocation_id == Allocation.id)
            .outerjoin(Bid, LedgerEntry.bid_id == Bid.id)
            .where(*self.which, *([LedgerEntry.at < end] if end else []))
            .group_by("part", LedgerEntry.kind)
        )
        found: defaultdict[str, dict[EntryKind, int]] = defaultdict(dict)
        for name, kind, pence in db.session.execute(query):
            found[name][kind] = int(pence)
        return found


BEFORE, NEWER, OTHERS = "before", "newer", "others"


# -- whose statement ---------------------------------------------------------------------------------


def of_ledger(user: User, now: datetime, asked: Asked) -> Statement:
    """The ledger as the council's readers see it, narrowed to what is asked for."""
    which = [*_readable(user, now)]
    if asked.fund:
        which.append(LedgerEntry.fund_id == asked.fund.id)
    if asked.line:
        which.append(LedgerEntry.allocation_id == asked.line.id)
    if asked.reference:
        which.append(Bid.reference == asked.reference.upper())
        return Statement(tuple(which), OF_AWARDS, asked)
    narrowed = asked.fund or asked.line or asked.year is not None or asked.before is not None
    return Statement(tuple(which), OF_MONEY if narrowed else (), asked)


def of_school(school: School, user: User, now: datetime, asked: Asked, *, staff: bool) -> Statement:
    """The entries of the bids that a school leads, with those of the schools it came from and passed into.

    staff  for the council; else for its head, who sees the bids it leads today
    """
    which = _readable(user, now) if staff else (_told(),)
    return Statement((*which, *_led_by(school, user, now, staff=staff)), OF_AWARDS, asked)


def earned_by(school: School, user: User, now: datetime, *, staff: bool) -> int:
    """Pence earned so far on the awards of the bids in `of_school`."""
    seen: Which = (may_see(user, now), ~keeps_outcome_from(user, now), Bid.awarded_pence.is_not(None))
    if staff:
        seen = (*seen, in_charge(user, now, frozenset(READERS), Bid.fund_id))
    which = select(Bid.id).where(*seen, *_led_by(school, user, now, staff=staff))
    return earned_on(db.session(), which, now)


def _led_by(school: School, user: User, now: datetime, *, staff: bool) -> Which:
    """Bids that a school leads, or the schools it came from do; for its head those it leads today."""
    led = Bid.lead_school_id.in_(same_schools([school.id]))
    if staff:
        return (led,)
    own = Bid.lead_school_id.in_(user.school_ids(london_date(now), leading=True))
    return led, own, may_see(user, now), ~keeps_outcome_from(user, now)


def of_bid(bid: Bid, user: User, now: datetime, asked: Asked) -> Statement:
    """One bid's entries; none while the panel's outcome is kept from the reader."""
    kept = (false(),) if outcome_kept(user, bid, now) else ()
    told = () if is_told_all(user, bid, now) else (_told(),)
    return Statement((LedgerEntry.bid_id == bid.id, *kept, *told), OF_AWARDS, asked)


def lines_to_choose(user: User, now: datetime) -> list[Allocation]:
    """The allocation lines of the funds whose ledger this person reads, with their funds."""
    query = (
        select(Allocation)
        .where(in_charge(user, now, frozenset(READERS), Allocation.fund_id))
        .options(joinedload(Allocation.fund))
        .order_by(Allocation.fund_id, Allocation.financial_year.desc(), Allocation.id)
    )
    return list(db.session.scalars(query))


def first_year(now: datetime) -> int:
    """The financial year of the earliest entry, or of today where there is none."""
    return financial_year(london_date(db.session.scalar(select(func.min(LedgerEntry.at))) or now))


def _readable(user: User, now: datetime) -> Which:
    """The entries that a person of the council may read: those who reconcile the ledger read all."""
    whole = in_charge(user, now, WHOLE_LEDGER, LedgerEntry.fund_id)
    seen = and_(may_see(user, now), ~keeps_outcome_from(user, now))
    return (
        in_charge(user, now, frozenset(READERS), LedgerEntry.fund_id),
        or_(whole, LedgerEntry.bid_id.is_(None), seen),
    )


def _told() -> ColumnElement[bool]:
    """Without what schools never hear of: decisions that were corrected or taken back before their letter."""
    entry = aliased(HistoryEntry)
    silent = select(entry.id).where(entry.bid_id == LedgerEntry.bid_id, entry.internal.is_(True))
    undone = and_(LedgerEntry.kind == EntryKind.UNRESERVED, LedgerEntry.history_entry_id.in_(silent))
    never = is_untold(LedgerEntry.history_entry_id)
    return or_(LedgerEntry.history_entry_id.is_(None), ~or_(never, undone))


# -- the entries -------------------------------------------------------------------------------------


def _entries_where(*which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    paid_for = aliased(School)
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
            LedgerEntry.bid_id,
            LedgerEntry.history_entry_id,
            School.urn.label("lead_urn"),
            School.name.label("lead_name"),
            paid_for.urn.label("paid_urn"),
            paid_for.name.label("paid_name"),
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
        .outerjoin(paid_for, paid_for.urn == func.coalesce(Reversal.payee_urn, Claim.payee_urn))
        .outerjoin(User, LedgerEntry.by_id == User.id)
        .where(*which)
    )
    return query


def _as_paid(reversed_: Any, claimed: Any) -> Any:
    """What a payment that was reversed since said; of an entry that takes one back, its reason says it."""
    took_back = LedgerEntry.kind == EntryKind.REVERSED
    return case((took_back, null()), (Reversal.id.is_not(None), reversed_), else_=claimed)


def _in_portions(query: Select[Any]) -> Iterator[Row[Any]]:
    yield from db.session.execute(query.execution_options(yield_per=500))


def entries_of(rows: Iterable[Any]) -> Iterator[Entry]:
    """Rows of `_entries_where`, each with the schools of its day."""
    here = {row.bid_id for row in rows} if isinstance(rows, Sequence) else None
    passed, names = _passed(here)
    return (_entry(row, passed.get(row.bid_id, ()), names) for row in rows)


def _entry(row: Any, passed: Sequence[LeadPassed], names: Mapping[str, str]) -> Entry:
    lead = paid = None
    if row.paid_urn:
        paid = SchoolThen(row.paid_urn, row.paid_name)
    if row.lead_urn:
        urn = lead_then(row.lead_urn, passed, row.at, row.history_entry_id)
        lead = SchoolThen(urn, row.lead_name if urn == row.lead_urn else names.get(urn, urn))
    given = {name: getattr(row, name) for name in Entry._fields if name not in ("lead", "paid")}
    return Entry(lead=lead, paid=paid, **given)


def _passed(here: Collection[int] | None) -> tuple[dict[int, list[LeadPassed]], dict[str, str]]:
    """How bids that successors lead passed on, by bid, and the names of schools by URN: one query where no
    school had a successor, else three. `here` are the bids it is asked of; None for all."""
    successors = db.session.scalars(select(Succession.new_school_id).distinct()).all()
    if not successors:
        return {}, {}
    found: defaultdict[int, list[LeadPassed]] = defaultdict(list)
    query = (
        select(HistoryEntry.bid_id, HistoryEntry.id, HistoryEntry.at, HistoryEntry.facts)
        .join(Bid, HistoryEntry.bid_id == Bid.id)
        .where(Bid.lead_school_id.in_(successors), HistoryEntry.step == PASSED_ON)
        .order_by(HistoryEntry.id)
    )
    if here is not None:
        query = query.where(HistoryEntry.bid_id.in_(here))
    for bid_id, entry_id, at, facts in db.session.execute(query):
        found[bid_id].append(LeadPassed(entry_id, at, facts["from"], facts["to"], facts.get("lead", "")))
    urns = {urn for passes in found.values() for one in passes for urn in (one.old, one.lead) if urn}
    names = db.session.execute(select(School.urn, School.name).where(School.urn.in_(urns)))
    return dict(found), {urn: name for urn, name in names}
