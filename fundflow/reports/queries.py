"""What the public pages read. An award is a bid whose offer was accepted (docs/rules.md, "Publication")."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    Subquery,
    and_,
    exists,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from fundflow.extensions import db
from fundflow.models.award import Award as Version
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.day_log import WorkedDay
from fundflow.models.decision import Decision
from fundflow.models.fund import Fund
from fundflow.models.impact import ImpactReturn, Rag
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.opening import OpeningAward
from fundflow.models.panel import ItemOutcome
from fundflow.models.round import Priority, Round
from fundflow.models.school import PHASES, School, SchoolRef
from fundflow.names import searchable
from fundflow.reports.publishing import as_published
from fundflow.rules.school_queries import MOST_WORDS
from fundflow.web.paging import Page, comes_after, cut
from fundflow.workflow.application import BidState
from fundflow.workflow.impact_return import ReturnKind, ReturnState
from fundflow.workflow.working_days import LONDON, financial_year, london_date

PAGE = 50


# The reasons of a bid's award that an officer has read; without a row nobody has.
def _as_read(column: SQLColumnExpression[str]) -> ScalarSelect[str]:
    return (
        select(column)
        .where(Decision.bid_id == Bid.id, Decision.undone_at.is_(None), Decision.published_at.is_not(None))
        .order_by(Decision.id.desc())
        .limit(1)
        .correlate(Bid)
        .scalar_subquery()
    )


REASONS = _as_read(Decision.published_reasons)
# The title under which it is published: the school's own where the officer left it.
TITLE = func.coalesce(func.nullif(_as_read(Decision.published_title), ""), Bid.title)
# The summary of a bid's final report that an officer has read, in its latest version that was.
SUMMARY = (
    select(ImpactReturn.published_summary)
    .where(ImpactReturn.bid_id == Bid.id, ImpactReturn.summary_published_at.is_not(None))
    .order_by(ImpactReturn.number.desc())
    .limit(1)
    .correlate(Bid)
    .scalar_subquery()
)
RATING = (
    select(ImpactReturn.rag)
    .where(ImpactReturn.bid_id == Bid.id, ImpactReturn.kind == ReturnKind.FINAL)
    .where(ImpactReturn.state == ReturnState.ACCEPTED)
    .order_by(ImpactReturn.number.desc())
    .limit(1)
    .correlate(Bid)
    .scalar_subquery()
)


@lru_cache(maxsize=64)
def _award(year: int | None, reference: str | None = None) -> Subquery:
    """When a bid's award was made (of those made in one financial year, or of one bid): the ledger says so;
    of an award that was already running its minute does."""
    began_here = ~exists().where(OpeningAward.bid_id == LedgerEntry.bid_id)
    query = select(LedgerEntry.bid_id.label("bid_id"), func.min(LedgerEntry.at).label("at")).where(
        LedgerEntry.kind == EntryKind.AWARDED, began_here
    )
    minuted = _minuted(Version.bid_id, Version.made_at)
    if reference is not None:
        one = select(Bid.id).where(Bid.reference == reference).scalar_subquery()
        query, minuted = query.where(LedgerEntry.bid_id == one), minuted.where(Version.bid_id == one)
    if year is not None:
        start, end = _bounds(year)
        earlier = aliased(LedgerEntry)
        made_before = exists().where(
            earlier.bid_id == LedgerEntry.bid_id, earlier.kind == EntryKind.AWARDED, earlier.at < start
        )
        query = query.where(LedgerEntry.at >= start, LedgerEntry.at < end, ~made_before)
        minuted = minuted.where(Version.made_at >= start, Version.made_at < end)
    return union_all(query.group_by(LedgerEntry.bid_id), minuted).subquery("award")


def _minuted(*columns: Any) -> Select[Any]:
    """The first versions of awards that were already running, dated by their minutes."""
    return (
        select(*columns).join(OpeningAward, OpeningAward.bid_id == Version.bid_id).where(Version.number == 1)
    )


class Award(NamedTuple):
    """An award as it may be published: `publishing` says which field since when, and empties the others.

    title, reasons  None until an officer has read the award for the public
    summary         the report's, as an officer has read it for the public, else None
    rating          of the accepted final report, where the fund publishes ratings, else None
    pence           what the school accepted, or what a change made of it
    """

    id: int  # of the bid
    reference: str
    fund_id: int
    fund: str
    school: str
    urn: str
    phase: int | None  # its code
    postcode: str
    la_code: str
    la_name: str
    title: str | None
    priority: str
    pence: int
    awarded_at: datetime
    start_on: date | None
    end_on: date | None
    reasons: str | None
    summary: str | None
    rating: Rag | None
    publishes_ratings: bool
    partners: tuple[SchoolRef, ...] = ()

    @property
    def awarded_on(self) -> date:
        return london_date(self.awarded_at)

    @property
    def year(self) -> int:
        return financial_year(self.awarded_on)

    @property
    def phase_words(self) -> str:
        return PHASES.get(self.phase, "") if self.phase is not None else ""

    @property
    def partner_names(self) -> list[str]:
        return [partner.name for partner in self.partners]

    @property
    def words(self) -> str:
        """All that it says, to be searched."""
        said = (self.reference, self.title, self.school, self.urn, self.priority, self.reasons, self.summary)
        return " ".join(text for text in (*said, *self.partner_names) if text)


class Wanted(NamedTuple):
    """What a reader of the register asks for; empty fields ask for nothing.

    phase     a code of `models.school.PHASES`
    priority  a priority's title, whichever round it is of
    """

    year: int | None = None
    text: str = ""
    phase: int | None = None
    priority: str = ""
    fund_id: int | None = None

    @property
    def is_narrow(self) -> bool:
        return bool(self.text or self.phase is not None or self.priority)


class Total(NamedTuple):
    awards: int
    pence: int


class Refusals(NamedTuple):
    not_funded: int
    ineligible: int


def awards_page(wanted: Wanted, after: int | None, *, signed_in: bool = False) -> Page[Award]:
    """One page of the awards that are wanted, newest first; `after` is the last bid's id before."""
    if wanted.text:
        return _found(wanted, after, signed_in=signed_in)
    is_first = after is None and not wanted.is_narrow
    query = _year_page(wanted.year) if is_first else _page_query(wanted, after)
    page = cut([Award(*row) for row in db.session.execute(query)], PAGE)
    return Page(_published(page.rows, signed_in=signed_in), page.next_key)


@lru_cache(maxsize=64)
def _year_page(year: int | None) -> Select[Any]:
    """The page that most people open; made once a year, as making it takes longer than asking."""
    return _page_query(Wanted(year), None)


def _page_query(wanted: Wanted, after: int | None) -> Select[Any]:
    award = _award(wanted.year)
    query = _narrowed(_awards(award), wanted)
    if after is not None:
        query = query.where(comes_after(after, award.c.at, award.c.bid_id, falling=True))
    # Which awards stand on the page is decided before what is shown of them is read.
    which = query.with_only_columns(award.c.bid_id, award.c.at, maintain_column_froms=True)
    return _awards(which.limit(PAGE + 1).subquery("award"))


def _found(wanted: Wanted, after: int | None, *, signed_in: bool) -> Page[Award]:
    """Words are looked for in what is published alone: what may not be read can’t be found out by one."""
    said = awards(wanted, signed_in=signed_in)
    words = searchable(wanted.text).split()[:MOST_WORDS]
    found = [award for award in said if words and all(word in searchable(award.words) for word in words)]
    if after is not None:
        last = next((n for n, award in enumerate(found, 1) if award.id == after), len(found))
        found = found[last:]
    return cut(found, PAGE)


def awards(wanted: Wanted, *, signed_in: bool = False) -> list[Award]:
    """All awards that are wanted (whatever words are asked for), newest first."""
    query = _narrowed(_awards(_award(wanted.year)), wanted)
    return _published([Award(*row) for row in db.session.execute(query)], signed_in=signed_in)


def award_of(reference: str, *, signed_in: bool = False) -> Award | None:
    """The award of the bid with this reference; None where there is none."""
    found = [Award(*row) for row in db.session.execute(_awards(_award(None, reference)))]
    return _published(found, signed_in=signed_in)[0] if found else None


def priorities() -> list[str]:
    """The titles of the priorities that published rounds have, for the register's filter."""
    titles = select(Priority.title).join(Round).where(~Round.is_draft)
    return list(db.session.scalars(titles.distinct().order_by(Priority.title)))


def _narrowed(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.fund_id is not None:
        query = query.where(Bid.fund_id == wanted.fund_id)
    if wanted.phase is not None:
        query = query.where(School.phase_code == wanted.phase)
    if wanted.priority:
        query = query.where(Priority.title == wanted.priority)
    return query


def total_of(year: int) -> Total:
    count, pence = db.session.execute(_year_total(year)).one()
    return Total(count, int(pence or 0))


@lru_cache(maxsize=64)
def _year_total(year: int) -> Select[int, int | None]:
    award = _award(year)
    return select(func.count(), func.sum(Bid.awarded_pence)).join(award, award.c.bid_id == Bid.id)


def refusals_in(year: int) -> Refusals:
    """How many bids were refused in a financial year; which ones is not published."""
    start, end = _bounds(year)
    counts = dict(
        db.session.execute(
            select(Bid.state, func.count())
            .where(
                Bid.state.in_((BidState.NOT_FUNDED, BidState.INELIGIBLE)),
                Bid.decision_held_until.is_(None),  # those the schools know of
                Bid.state_since >= start,
                Bid.state_since < end,
            )
            .group_by(Bid.state)
        ).all()
    )
    return Refusals(counts.get(BidState.NOT_FUNDED, 0), counts.get(BidState.INELIGIBLE, 0))


def years_with_awards() -> list[int]:
    """The financial years from the first award to the last, newest first."""
    found: Any = db.session.execute(_first_and_last()).one()
    moments = [at for at in found if at is not None]
    if not moments:
        return []
    years = (financial_year(london_date(min(moments))), financial_year(london_date(max(moments))))
    return list(range(years[1], years[0] - 1, -1))


@cache
def _first_and_last() -> Select[Any]:
    awarded = LedgerEntry.kind == EntryKind.AWARDED
    # Two queries in one: an index has the first and the last at hand, and not both in one go.
    earliest = select(func.min(LedgerEntry.at)).where(awarded).scalar_subquery()
    latest = select(func.max(LedgerEntry.at)).where(awarded).scalar_subquery()
    minuted = _minuted(func.min(Version.made_at)).scalar_subquery()
    return select(earliest, minuted, latest)


def award_decision(bid: Bid) -> Decision | None:
    """The decision that an award rests on."""
    return db.session.scalar(
        select(Decision)
        .where(
            Decision.bid_id == bid.id, Decision.outcome == ItemOutcome.APPROVED, Decision.undone_at.is_(None)
        )
        .where(Decision.change_id.is_(None))
        .order_by(Decision.id.desc())
        .limit(1)
    )


def _awards(award: Subquery) -> Select[Any]:
    """Awards as `Award` columns, without partners, and before `publishing` has looked at them."""
    query: Any = (
        select(
            Bid.id,
            Bid.reference,
            Bid.fund_id,
            Fund.name,
            School.name,
            School.urn,
            School.phase_code,
            School.postcode,
            School.la_code,
            School.la_name,
            TITLE,
            func.coalesce(Priority.title, ""),
            Bid.awarded_pence,
            award.c.at,
            Bid.start_on,
            Bid.end_on,
            REASONS,
            SUMMARY,
            RATING,
            Fund.publishes_ratings,
        )
        .join(award, award.c.bid_id == Bid.id)
        .join(Fund, Fund.id == Bid.fund_id)
        .join(School, School.id == Bid.lead_school_id)
        .outerjoin(Priority, Priority.id == Bid.priority_id)
        .where(Bid.awarded_pence.is_not(None))
        .order_by(award.c.at.desc(), Bid.id.desc())
    )
    return cast(Select[Any], query)


def _published(rows: Sequence[Award], *, signed_in: bool) -> list[Award]:
    return [as_published(row, signed_in=signed_in) for row in _with_partners(rows)]


def _with_partners(rows: Sequence[Award]) -> list[Award]:
    refs: dict[int, list[SchoolRef]] = {row.id: [] for row in rows}
    for chunk in _chunks(list(refs)):
        found = db.session.execute(
            select(Partner.bid_id, School.urn, School.name)
            .join(School, School.id == Partner.school_id)
            .where(Partner.bid_id.in_(chunk), or_(Partner.takes_part, _left_with_days()))
            .order_by(Partner.id)
        )
        for bid_id, urn, name in found:
            refs[bid_id].append(SchoolRef(urn, name))
    return [row._replace(partners=tuple(refs[row.id])) for row in rows]


def _left_with_days() -> ColumnElement[bool]:
    """Of a bid's schools: that it left, and its staff worked days."""
    days = (WorkedDay.bid_id == Partner.bid_id, WorkedDay.school_id == Partner.school_id)
    return and_(Partner.left_on.is_not(None), exists().where(*days, WorkedDay.struck_at.is_(None)))


def _chunks(ids: list[int], size: int = 500) -> Iterable[list[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _bounds(year: int) -> tuple[datetime, datetime]:
    """A financial year's first moment, and the next one's, on the council's clock."""
    return datetime(year, 4, 1, tzinfo=LONDON), datetime(year + 1, 4, 1, tzinfo=LONDON)
