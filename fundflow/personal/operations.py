"""What administrators do for people's rights over their data."""

import hashlib
from datetime import datetime

from fundflow.extensions import db
from fundflow.files import viewing
from fundflow.models.data_protection import SubjectExport
from fundflow.models.person import RoleName, User
from fundflow.personal.archive import Archive, archive_of
from fundflow.personal.gathering import Subject
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

ADMINISTRATORS_ONLY = "Only an administrator of every fund can do that."
NOT_OF_YOURSELF = "Another administrator makes the copy of what is held about you."


def make_export(subject: Subject, *, user: User, now: datetime) -> Archive:
    """Make the copy of what is held about a person, and record who made it. The copy is not kept.

    Raises Refused for anybody but an administrator of every fund, and for one's own data.
    """
    require_administrator(user, now)
    own = {user.email, *user.former_emails}
    if (subject.user and subject.user.id == user.id) or own & {email.lower() for email in subject.emails}:
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
    if subject.user:
        viewing.record_person(subject.user, user, "Copy of everything that is held", now)
    return made


def require_administrator(user: User, now: datetime) -> None:
    """Raise Refused unless this person is an administrator of every fund: records cross the funds."""
    day = london_date(now)
    held = [grant for grant in user.roles if grant.is_valid_on(day) and grant.role is RoleName.ADMINISTRATOR]
    if not user.active or all(grant.fund_id is not None for grant in held):
        raise Refused(ADMINISTRATORS_ONLY)
