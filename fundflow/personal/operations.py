"""What administrators do for people's rights over their data."""

import hashlib
from datetime import datetime

from fundflow.accounts.administrators import require_administrator_of
from fundflow.accounts.appointing import tell_others
from fundflow.accounts.queries import restriction_of
from fundflow.extensions import db
from fundflow.files import viewing
from fundflow.history import record_event
from fundflow.models.data_protection import DataRestriction, SubjectExport
from fundflow.models.person import User
from fundflow.personal.archive import Archive, archive_of
from fundflow.personal.gathering import Subject
from fundflow.steps import lock_row
from fundflow.workflow.engine import Refused

NOT_OF_YOURSELF = "Another administrator makes the copy of what is held about you."


def make_export(subject: Subject, *, user: User, now: datetime) -> Archive:
    """Make the copy of what is held about a person, and record who made it. The copy is not kept.

    Raises Refused for anybody but an administrator of every fund, and for one's own data.
    """
    require_administrator_of(user, None, now)
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


def restrict(person: User, *, reason: str, user: User, now: datetime) -> None:
    """Remove nothing of a person’s data until that is lifted; the other administrators are told. Commits.

    Raises Refused for anybody but an administrator of every fund, oneself, and where it is restricted.
    """
    _require_of_other(person, user, now)
    lock_row(person)
    if restriction_of(person) is not None:
        raise Refused(f"The data of {person.name} is restricted already.")
    db.session.add(DataRestriction(person_id=person.id, reason=reason, put_at=now, put_by_id=user.id))
    _note(person, "restrict", "The use of their data was restricted", reason, user, now)


def lift(person: User, *, reason: str, user: User, now: datetime) -> None:
    """Lift the restriction of a person’s data; the other administrators are told. Commits.

    Raises Refused for anybody but an administrator of every fund, oneself, and where nothing is restricted.
    """
    _require_of_other(person, user, now)
    lock_row(person)
    found = restriction_of(person)
    if found is None:
        raise Refused(f"The data of {person.name} is not restricted.")
    found.lifted_at, found.lifted_by_id, found.lift_reason = now, user.id, reason
    _note(person, "lift_restriction", "The restriction of their data was lifted", reason, user, now)


def _require_of_other(person: User, user: User, now: datetime) -> None:
    require_administrator_of(user, None, now)
    if person.id == user.id:
        raise Refused("Another administrator does this for you.")


def _note(person: User, step: str, label: str, reason: str, user: User, now: datetime) -> None:
    entry = record_event(person, step, label, user=user, now=now, reason=reason)
    tell_others(person, label[:1].lower() + label[1:], entry, fund_id=None, by=user, reason=reason)
    db.session.commit()
