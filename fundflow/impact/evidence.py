"""The files of a report: evidence of its results."""

from datetime import datetime

from fundflow.extensions import db
from fundflow.files import Sent, Unfit, files, receiving
from fundflow.files.kinds import kinds_taken
from fundflow.impact.operations import why_not_editable
from fundflow.models.files import Attachment
from fundflow.models.impact import ImpactReturn
from fundflow.models.person import User
from fundflow.steps import lock
from fundflow.workflow.engine import refuse_if
from fundflow.workflow.impact_return import ReturnPart

MOST_FILES = 5
FULL = f"A report can have {MOST_FILES} files. Remove one first"


def add_evidence(report: ImpactReturn, *, sent: Sent, description: str, user: User, now: datetime) -> None:
    """Attach a file to a report that is not sent; the same one sent twice is attached once.

    Raises Unfit where the file may not be attached, Refused where the report is not this person's to write.
    """
    _require_room(report, user, now)
    with receiving([sent], kinds_taken(report.bid.fund)) as (new,):
        lock(report, None)
        if any(one.sha256 == new.sha256 for one in (*report.evidence, *report.earlier_evidence)):
            files().delete(new.store_key)
        else:
            _require_room(report, user, now)
            values = {"description": description, "uploaded_at": now, "uploaded_by_id": user.id}
            report.files.append(Attachment(bid_id=report.bid_id, **values, **new._asdict()))
            report.touch()
        db.session.commit()


def remove_evidence(report: ImpactReturn, number: int, *, user: User, now: datetime) -> None:
    """Take a file off a report; one that is gone already is no error. Its bytes are kept."""
    lock(report, None)
    refuse_if(why_no_files(report, user, now))
    for found in report.evidence:
        if found.id == number:
            found.removed_at = now
            report.touch()
    db.session.commit()


def why_no_files(report: ImpactReturn, user: User, now: datetime) -> str | None:
    """None while this person may add files to the report and remove them, else the sentence."""
    if why := why_not_editable(report, user, now):
        return why
    return None if report.is_part_open(ReturnPart.EVIDENCE) else "The evidence files are not asked about."


def _require_room(report: ImpactReturn, user: User, now: datetime) -> None:
    refuse_if(why_no_files(report, user, now))
    if len(report.evidence) >= MOST_FILES:
        raise Unfit(FULL)
