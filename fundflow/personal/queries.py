"""People's data for pages."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fundflow.extensions import db
from fundflow.models.data_protection import DataComplaint, SubjectExport
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


def history_of(complaint: DataComplaint) -> list[HistoryEntry]:
    """What was done with a complaint, oldest first."""
    here = (HistoryEntry.process == complaint.workflow.name, HistoryEntry.record_id == complaint.id)
    return list(db.session.scalars(select(HistoryEntry).where(*here).order_by(HistoryEntry.id)))
