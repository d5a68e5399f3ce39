"""Accounts of the council's sign-in service: whom one signs in, and connecting it.

Nobody gets into an account here by an address there. A person signs in by an emailed link first, and
connects their council account while they are signed in; from then on its issuer and subject sign them in.
"""

from datetime import datetime

from sqlalchemy import select

from fundflow.accounts.administrators import require_administrator_of
from fundflow.accounts.appointing import tell_others, tell_them
from fundflow.accounts.session import end_sessions
from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.letters.addressee import Addressee
from fundflow.letters.writing import write_letter
from fundflow.models.person import User
from fundflow.models.signing_in import ConnectedAccount, ProofFor
from fundflow.permissions import is_staff
from fundflow.proofs import require_proof
from fundflow.steps import lock_row
from fundflow.workflow.engine import Refused

STAFF_ALONE = "Only people with a role at the council connect a council account."
OTHERS = "That council account is connected to somebody else here. Tell an administrator of the fund."
ONE_ONLY = (
    "A council account is connected already. To connect another, ask an administrator of the fund to take "
    "this one away first."
)
NONE_CONNECTED = "No council account is connected."


def person_of(issuer: str, subject: str) -> User | None:
    """Whom this account of the sign-in service signs in; None where nobody has connected it."""
    return db.session.scalar(
        select(User)
        .join(ConnectedAccount, ConnectedAccount.user_id == User.id)
        .where(ConnectedAccount.issuer == issuer, ConnectedAccount.subject == subject, User.active.is_(True))
    )


def connected(user: User) -> ConnectedAccount | None:
    """The account of the sign-in service that signs this person in, if one does."""
    return db.session.scalar(select(ConnectedAccount).where(ConnectedAccount.user_id == user.id))


def connect(user: User, *, issuer: str, subject: str, now: datetime) -> None:
    """Let an account of the sign-in service sign this person in; they and the administrators are told.

    Raises Refused for who has no role with the council, an account that somebody connected, and a second one;
    ProofWanted where their fund asks them for proofs.
    """
    require_proof(user, ProofFor.CONNECT, now)
    lock_row(user)
    if not user.active or not is_staff(user, now):
        raise Refused(STAFF_ALONE)
    if (mine := connected(user)) is not None and (mine.issuer, mine.subject) == (issuer, subject):
        db.session.rollback()
        return  # a second click
    if mine is not None:
        raise Refused(ONE_ONLY)
    taken = select(ConnectedAccount.id).where(
        ConnectedAccount.issuer == issuer, ConnectedAccount.subject == subject
    )
    if db.session.scalar(taken) is not None:
        raise Refused(OTHERS)
    db.session.add(ConnectedAccount(user_id=user.id, issuer=issuer, subject=subject, connected_at=now))
    words = "connected a council account, which signs them in"
    entry = record_event(user, "connect", "Connected a council account", user=user, now=now)
    db.session.flush()  # the letter is known by the entry's number
    write_letter(
        "accounts/connected.txt",
        "user",
        Addressee(user.name, user.email, user),
        key=f"connected:{entry.id}",
        now=now,
        entry=entry,
        path="/me",
    )
    tell_others(user, words, entry, fund_id=None, by=user)
    db.session.commit()


def disconnect(user: User, *, by: User, now: datetime) -> None:
    """An administrator takes a connected account away and ends its person's sessions. Raises Refused where
    there is none."""
    require_administrator_of(by, None, now)
    require_proof(by, ProofFor.APPOINTMENTS, now)
    lock_row(user)
    mine = connected(user)
    if mine is None:
        raise Refused(NONE_CONNECTED)
    db.session.delete(mine)
    end_sessions(user, now)
    what = "their council account no longer signs them in"
    entry = record_event(user, "disconnect", "Council account disconnected", user=by, now=now)
    tell_others(user, what, entry, fund_id=None, by=by, but=[user])
    tell_them(user, "your council account no longer signs you in", entry, by=by)
    db.session.commit()
