"""What administrators do for people's rights over their data."""

import hashlib
from datetime import datetime

from fundflow.extensions import db
from fundflow.models.data_protection import SubjectExport
from fundflow.models.data_removal import administers_every_fund
from fundflow.models.person import User
from fundflow.personal.archive import Archive, archive_of
from fundflow.personal.gathering import Subject
from fundflow.rules.guards.data_removal import ADMINISTRATORS_ONLY
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

NOT_OF_YOURSELF = "Another administrator makes the copy of what is held about you."


def make_export(subject: Subject, *, user: User, now: datetime) -> Archive:
    """Make the copy of what is held about a person, and record who made it. The copy is not kept.

    Raises Refused for anybody but an administrator of every fund, and for one's own data.
    """
    require_administrator(user, now)
    if (subject.user and subject.user.id == user.id) or user.email in subject.emails:
        raise Refused(NOT_OF_YOURSELF)
    made = archive_of(subject, now)
    db.session.add(
        SubjectExport(
            person_id=subject.user.id if subject.user else None,
            email=subject.user.email if subject.user else min(subject.emails),
            made_at=now,
            made_by_id=user.id,
            size=made.size,
            sha256=hashlib.sha256(made.data).hexdigest(),
        )
    )
    db.session.commit()
    return made


def require_administrator(user: User, now: datetime) -> None:
    """Raise Refused unless this person is an administrator of every fund: records cross the funds."""
    if not administers_every_fund(user, london_date(now)):
        raise Refused(ADMINISTRATORS_ONLY)
