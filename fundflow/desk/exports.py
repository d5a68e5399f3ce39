"""The list of bids as a file: the same bids, all pages of them, row by row.

One table, a row a column: what a council's officer works with. Nothing of the review, the panel's
scores or the tiers of schools is in it. People of schools get the columns that are theirs to see.
"""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import aliased

from fundflow.desk.amounts import OFFERED, PAID
from fundflow.desk.caseload import narrowing
from fundflow.desk.filters import BidFilters, Reader
from fundflow.desk.rows import working_days
from fundflow.extensions import db
from fundflow.models.area import Patch
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.days_off import Whose, days_for
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.round import Priority, Round
from fundflow.models.school import PHASES, School
from fundflow.permissions import keeps_outcome_from, sees_award
from fundflow.web.csv import pounds_cell
from fundflow.workflow.application import ENDED, BidState
from fundflow.workflow.words import KEPT, plain_words
from fundflow.workflow.working_days import london_date

AT_A_TIME = 500  # rows held in memory
Cell = str | int | Decimal | date | None


class Column(NamedTuple):
    """`read` makes the cell from the row of the query; `width` in characters."""

    title: str
    width: int
    read: Callable[[Any, Reader], Cell]
    staff_only: bool = False


def _of(name: str) -> Callable[[Any, Reader], Cell]:
    return lambda row, _reader: getattr(row, name)


def _pounds(name: str) -> Callable[[Any, Reader], Cell]:
    def read(row: Any, _reader: Reader) -> Cell:
        pence = getattr(row, name)
        return None if pence is None else pounds_cell(pence)

    return read


def _day(name: str) -> Callable[[Any, Reader], Cell]:
    def read(row: Any, _reader: Reader) -> Cell:
        moment = getattr(row, name)
        return london_date(moment) if moment else None

    return read


def _age(row: Any, reader: Reader) -> Cell:
    ended = row.state in ENDED and not row.kept
    off = days_for(row.days_off, Whose.COUNCIL)
    return None if ended else working_days(london_date(row.state_since), reader.today, off)


def _phase(row: Any, _reader: Reader) -> Cell:
    return PHASES.get(row.phase_code, "") if row.phase_code is not None else ""


COLUMNS = (
    Column("Reference", 12, _of("reference")),
    Column("Title", 44, lambda row, _r: row.title or "Bid without a title yet"),
    Column(
        "Status",
        22,
        lambda row, reader: KEPT if row.kept else plain_words(row.state, for_staff=reader.council_words),
    ),
    Column("Stage", 22, lambda row, _r: row.state.stage.value, staff_only=True),
    Column("In this state since", 14, _day("state_since"), staff_only=True),
    Column("Working days in this state", 12, _age, staff_only=True),
    Column("Deadline", 14, _of("due_on")),
    Column("Liaison officer", 20, _of("officer"), staff_only=True),
    Column("Lead school", 34, _of("school")),
    Column("URN", 9, _of("urn")),
    Column("Phase", 16, _phase, staff_only=True),
    Column("Patch", 14, _of("patch"), staff_only=True),
    Column("Support from", 34, _of("providers")),
    Column("Other schools", 34, _of("others")),
    Column("Priority", 26, _of("priority")),
    Column("Pupils", 8, _of("pupils_benefiting"), staff_only=True),
    Column("Asked for (£)", 12, _pounds("requested_pence")),
    Column("Offered (£)", 12, _pounds("offered_pence")),
    Column("Awarded (£)", 12, _pounds("awarded_pence")),
    Column("Paid (£)", 12, _pounds("paid_pence")),
    Column("Starts", 14, _of("start_on")),
    Column("Ends", 14, _of("end_on")),
    Column("Submitted", 14, _day("submitted_at")),
    Column("Begun", 20, lambda row, _r: row.origin.words, staff_only=True),
    Column("Contact", 24, _of("contact_name"), staff_only=True),
    Column("Contact’s email", 30, _of("contact_email"), staff_only=True),
    Column("Fund", 26, _of("fund")),
    Column("Round", 20, _of("round")),
)


def columns_for(reader: Reader) -> list[Column]:
    return [column for column in COLUMNS if reader.is_staff or not column.staff_only]


def cells(wanted: BidFilters, reader: Reader) -> Iterator[list[Cell]]:
    """The cells of every bid that is wanted and may be seen, in the list's order.

    The database hands the rows over some at a time, so that memory does not grow with them.
    """
    # Asked for at once: what bars the reader is read from their records, which a file that is being
    # sent can't reach any more.
    asked = _rows(wanted, reader).execution_options(yield_per=AT_A_TIME)
    return _read(columns_for(reader), asked, reader)


def _read(columns: list[Column], asked: Any, reader: Reader) -> Iterator[list[Cell]]:
    for row in db.session.execute(asked):
        yield [column.read(row, reader) for column in columns]


def _rows(wanted: BidFilters, reader: Reader) -> Any:
    return (
        select(
            Bid.reference,
            Bid.listed_title.label("title"),
            Bid.state,
            Bid.state_since,
            Bid.due_on,
            Bid.pupils_benefiting,
            Bid.asked_pence.label("requested_pence"),
            Bid.start_on,
            Bid.end_on,
            Bid.submitted_at,
            Bid.origin,
            Bid.contact_name,
            Bid.contact_email,
            School.name.label("school"),
            School.urn,
            School.phase_code,
            User.name.label("officer"),
            Patch.name.label("patch"),
            Fund.name.label("fund"),
            Fund.days_off,
            Round.name.label("round"),
            Priority.title.label("priority"),
            case((_reads_offer(reader), OFFERED.pence)).label("offered_pence"),
            case((sees_award(reader.who), Bid.awarded_pence)).label("awarded_pence"),
            case((sees_award(reader.who), PAID)).label("paid_pence"),
            keeps_outcome_from(reader.user, reader.now).label("kept"),
            _schools(Part.PROVIDER).label("providers"),
            _schools(Part.SUPPORTED, Part.PARTNER).label("others"),
        )
        .join(School, School.id == Bid.lead_school_id)
        .join(Fund, Fund.id == Bid.fund_id)
        .join(Round, Round.id == Bid.round_id)
        .outerjoin(Priority, Priority.id == Bid.priority_id)
        .outerjoin(Patch, Patch.id == School.patch_id)
        .outerjoin(User, User.id == Bid.officer_id)
        .where(*narrowing(wanted, reader))
        .order_by(*wanted.sort.by(wanted.sort.key, Bid.id))
        .params(reader.who.values)
    )


def _reads_offer(reader: Reader) -> ColumnElement[bool]:
    """Whether an offer is out that this reader may know of."""
    out = Bid.state == BidState.OFFERED
    return and_(out, sees_award(reader.who), ~keeps_outcome_from(reader.user, reader.now))


def _schools(*parts: Part) -> Any:
    """The names of a bid's schools that play one of these parts."""
    school = aliased(School)
    return (
        select(func.aggregate_strings(school.name, "; "))
        .join(Partner, Partner.school_id == school.id)
        .where(Partner.bid_id == Bid.id, Partner.part.in_(parts), Partner.takes_part)
        .correlate(Bid)
        .scalar_subquery()
    )
