"""What the pages of payees read. The list has a row a school: those with a payee, and those that need one."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from fundflow.extensions import db
from fundflow.models.history import HistoryEntry
from fundflow.models.payee import Payee, PayeeBatch, Route
from fundflow.models.person import User
from fundflow.models.school import CLOSED, School
from fundflow.names import identifier
from fundflow.rules.payees import in_force, needs_payee, payable
from fundflow.rules.school_queries import every_word, school_named
from fundflow.web.paging import Page, comes_after, enum_member, page_of_rows, search_text
from fundflow.workflow.payee import PayeeState
from fundflow.workflow.payee_batch import BatchState

PAGE = 50
BATCHES = 10
BY_NAME = (School.search_name, School.urn)


class Show(Enum):
    """Which schools the list shows."""

    NEEDS = "needs"
    PROPOSED = "to-confirm"
    IN_FORCE = "in-force"


SHOW_WORDS = {Show.NEEDS: "Needs a payee", Show.PROPOSED: "To confirm", Show.IN_FORCE: "In force"}


class PayeeFilters(NamedTuple):
    """A search as it stands in the address."""

    text: str = ""
    show: Show | None = None
    after: str = ""  # the URN of the last school of the page before

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "PayeeFilters":
        return cls(search_text(args), enum_member(Show, args.get("show")), search_text(args, "after", 6))


class PayeeRow(NamedTuple):
    urn: str
    school: str
    name: str | None
    route: Route | None
    supplier_number: str | None
    cost_centre: str | None
    valid_from: date | None
    status_code: int
    is_payable: bool
    is_needed: bool
    is_proposed: bool

    @property
    def is_closed(self) -> bool:
        return self.status_code == CLOSED


def payees_page(wanted: PayeeFilters, day: date) -> Page[PayeeRow]:
    """One page of schools by name, with who is paid for them today."""
    waits = aliased(Payee)
    proposed = exists().where(waits.school_id == School.id, waits.state == PayeeState.PROPOSED)
    known = exists().where(waits.school_id == School.id)
    needed, paid = needs_payee(day), payable(day)
    shown: dict[Show | None, ColumnElement[bool]] = {
        None: or_(known, needed),
        Show.NEEDS: needed,
        Show.PROPOSED: proposed,
        Show.IN_FORCE: paid,
    }
    query = (
        select(
            School.urn,
            School.name,
            Payee.name,
            Payee.route,
            Payee.supplier_number,
            Payee.cost_centre,
            Payee.valid_from,
            School.status_code,
            paid,
            needed,
            proposed,
        )
        .outerjoin(Payee, and_(Payee.school_id == School.id, in_force(day)))
        .where(shown[wanted.show])
        .order_by(*BY_NAME)
    )
    if wanted.text:
        number = and_(Payee.supplier_key != "", Payee.supplier_key == identifier(wanted.text))
        query = query.where(or_(every_word(wanted.text, school_named), number))
    if wanted.after:
        query = query.where(comes_after(wanted.after, *BY_NAME))
    return page_of_rows(query, PAGE, PayeeRow, "urn")


def schools_that_need(day: date) -> Sequence[School]:
    """Schools whose awards wait for a payee and of which none is proposed, by name."""
    waits = exists().where(Payee.school_id == School.id, Payee.state == PayeeState.PROPOSED)
    return db.session.scalars(select(School).where(needs_payee(day), ~waits).order_by(*BY_NAME)).all()


def latest_batches() -> Sequence[PayeeBatch]:
    """The newest files, for those who look one up."""
    query = select(PayeeBatch).options(joinedload(PayeeBatch.proposed_by)).order_by(PayeeBatch.id.desc())
    return db.session.scalars(query.limit(BATCHES)).all()


def payees_of(school: School) -> Sequence[Payee]:
    """Every payee of a school, the newest first."""
    return db.session.scalars(
        select(Payee)
        .where(Payee.school_id == school.id)
        .order_by(Payee.id.desc())
        .options(joinedload(Payee.proposed_by), joinedload(Payee.confirmed_by), joinedload(Payee.batch))
    ).all()


def last_words(records: Sequence[Payee | PayeeBatch]) -> dict[int, HistoryEntry]:
    """Record's number → the entry by which it was refused or ended; all are of one process."""
    if not records:
        return {}
    entries = db.session.scalars(
        select(HistoryEntry).where(
            HistoryEntry.process == records[0].workflow.name,
            HistoryEntry.record_id.in_([record.id for record in records]),
            HistoryEntry.step.in_(("refuse", "end")),
        )
    )
    return {entry.record_id: entry for entry in entries}


class BatchRow(NamedTuple):
    id: int
    urn: str
    school: str
    name: str
    route: Route
    supplier_number: str
    cost_centre: str
    valid_from: date
    evidence: str
    held_at: str
    state: PayeeState


def batch_rows(batch: PayeeBatch, after: int | None) -> Page[BatchRow]:
    """One page of a file's payees, in its order."""
    query = (
        select(
            Payee.id,
            School.urn,
            School.name,
            Payee.name,
            Payee.route,
            Payee.supplier_number,
            Payee.cost_centre,
            Payee.valid_from,
            Payee.evidence,
            Payee.held_at,
            Payee.state,
        )
        .join(School, Payee.school_id == School.id)
        .where(Payee.batch_id == batch.id)
        .order_by(Payee.id)
    )
    if after:
        query = query.where(Payee.id > after)
    return page_of_rows(query, PAGE, BatchRow)


class ToConfirm(NamedTuple):
    """A payee or a batch that waits for a second person."""

    title: str
    detail: str
    path: str


def waiting_for(user: User, most: int) -> list[ToConfirm]:
    """What this finance officer can confirm: nothing they proposed themselves; batches as one."""
    batches = db.session.scalars(
        select(PayeeBatch)
        .where(PayeeBatch.state == BatchState.PROPOSED, PayeeBatch.proposed_by_id != user.id)
        .order_by(PayeeBatch.id)
        .limit(most)
    )
    payees = db.session.scalars(
        select(Payee)
        .where(Payee.state == PayeeState.PROPOSED, Payee.batch_id.is_(None), Payee.proposed_by_id != user.id)
        .order_by(Payee.id)
        .limit(most)
    )
    found = [ToConfirm(f"{b.count_words} from {b.name}", "", b.path) for b in batches]
    return found + [ToConfirm(p.school.name, f"{p.name} · {p.route.words}", p.path) for p in payees]


def payee_by_id(number: int) -> Payee | None:
    return db.session.get(Payee, number)


def batch_by_id(number: int) -> PayeeBatch | None:
    return db.session.get(PayeeBatch, number)
