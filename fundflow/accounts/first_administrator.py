"""The first administrator, from the command line of the machine itself."""

from datetime import datetime

from sqlalchemy import select

from fundflow.accounts.appointing import tell_others
from fundflow.accounts.names import require_own_name
from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.letters.links import mint
from fundflow.models.person import LinkPurpose, RoleGrant, RoleName, User
from fundflow.workflow.working_days import london_date


def add_person(*, email: str, role: RoleName, name: str, now: datetime) -> str:
    """Make (or reactivate) an account that holds a role for every fund; returns a one-time token.

    Anyone who can run commands on the machine needs no permission beyond that; the administrators and
    auditors there are get a letter.
    """
    today = london_date(now)
    user = db.session.scalar(select(User).where(User.email == email))
    if user is None:
        require_own_name(name or email)
        user = User(email=email, name=(name or email)[:120], created_at=now)
        db.session.add(user)
    user.active = True
    if not any(g.role is role and g.fund_id is None and g.is_valid_on(today) for g in user.roles):
        db.session.add(RoleGrant(user=user, role=role, starts_on=today))
        what = f"Became {role.words} for every fund"
        entry = record_event(user, "give", what, user=None, now=now)
        tell_others(user, what, entry, fund_id=None, by=None, but=[user])
    db.session.flush()  # the link needs the person's number
    token = mint(LinkPurpose.INVITATION, user.id, now)
    db.session.commit()
    return token
