"""People's data for pages."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.extensions import db
from fundflow.models.data_protection import DataComplaint, SubjectExport
from fundflow.models.data_removal import DataRemoval, RemovalBid
from fundflow.models.history import HistoryEntry
from fundflow.workflow.data_complaint import ComplaintState

LATEST = 50


def exports() -> list[SubjectExport]:
    """The latest copies that were made, newest first."""
    both = (joinedload(SubjectExport.person), joinedload(SubjectExport.made_by))
    asked = select(SubjectExport).order_by(SubjectExport.id.desc()).limit(LATEST).options(*both)
    return list(db.session.scalars(asked))


def complaints() -> list[DataComplaint]:
    """The latest complaints: those that wait first, by the day they are due."""
    waits = DataComplaint.state == ComplaintState.ANSWERED
    asked = select(DataComplaint).order_by(waits, DataComplaint.due_on.desc(), DataComplaint.id.desc())
    return list(db.session.scalars(asked.limit(LATEST)))


def removals() -> list[DataRemoval]:
    """The latest lists of what was kept long enough, newest first."""
    both = (selectinload(DataRemoval.bids).lazyload(RemovalBid.bid), selectinload(DataRemoval.people))
    asked = select(DataRemoval).order_by(DataRemoval.id.desc()).limit(LATEST)
    return list(db.session.scalars(asked.options(joinedload(DataRemoval.proposed_by), *both)))


def history_of(record: DataComplaint | DataRemoval) -> list[HistoryEntry]:
    """What was done with a complaint or a list, oldest first."""
    here = (HistoryEntry.process == record.workflow.name, HistoryEntry.record_id == record.id)
    return list(db.session.scalars(select(HistoryEntry).where(*here).order_by(HistoryEntry.id)))
