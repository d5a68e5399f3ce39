"""An account's address is changed: by its person, where both addresses say yes, or by an administrator.

The address is what somebody signs in with, so a change ends every session and voids every link, and all
concerned are told: both addresses, the other administrators and the auditors.
"""

import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from fundflow.accounts.administrators import require_administrator_of
from fundflow.accounts.appointing import tell_others
from fundflow.accounts.operations import rename
from fundflow.accounts.queries import has_account
from fundflow.accounts.session import end_sessions, void_links
from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.letters.addressee import Addressee
from fundflow.letters.brake import refuse_again_so_soon
from fundflow.letters.links import ADDRESSES, hash_of
from fundflow.letters.writing import write_letter
from fundflow.models.address_change import AddressChange
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import LinkPurpose, OneTimeLink, User
from fundflow.models.signing_in import ProofFor
from fundflow.proofs import require_proof
from fundflow.steps import lock_row
from fundflow.workflow.engine import Refused

P, S = LinkPurpose, LetterStatus
SPENT = "This link no longer works. It was used, it is too old, or the change was asked for again or dropped."
TAKEN = "There is already an account with this email address."


def ask_to_change(user: User, email: str, *, now: datetime) -> None:
    """Write a link to the old address and one to the new; nothing changes until both are used.

    Where the new address has an account none is written, and nobody is told that it has one.
    """
    if email == user.email:
        raise Refused("This is your address already.")
    lock_row(user)
    entry = record_event(
        user, "ask_address", "Asked for another email address", user=user, now=now, given={"to": email}
    )
    refuse_again_so_soon(entry)  # else anybody’s mailbox could be filled
    drop_changes(user, now)
    if has_account(email):
        return db.session.commit()
    db.session.add(AddressChange(user=user, email=email, asked_at=now))
    for purpose, address in ((P.OLD_ADDRESS, user.email), (P.NEW_ADDRESS, email)):
        write_letter(
            "accounts/address.txt",
            "user",
            Addressee(user.name, address, user),
            key=f"address:{user.id}:{secrets.token_hex(8)}",
            now=now,
            entry=entry,
            link=purpose,
            context={"old": user.email, "new": email},
        )
    return db.session.commit()


def drop_changes(user: User, now: datetime) -> None:
    """End a change that is under way, and its links. The caller commits."""
    db.session.execute(
        update(AddressChange)
        .where(AddressChange.user_id == user.id, AddressChange.ended_at.is_(None))
        .values(ended_at=now)
    )
    void_links(user, now, OneTimeLink.purpose.in_(ADDRESSES))


def change_under_way(user: User) -> AddressChange | None:
    return db.session.scalar(
        select(AddressChange)
        .where(AddressChange.user_id == user.id, AddressChange.ended_at.is_(None))
        .order_by(AddressChange.id.desc())
        .limit(1)
    )


def change_behind(token: str, now: datetime) -> AddressChange | None:
    """The change that a link could confirm now. Looking does not use it up."""
    user = db.session.scalar(
        select(User)
        .join(OneTimeLink, OneTimeLink.user_id == User.id)
        .where(OneTimeLink.token_hash == hash_of(token), User.active.is_(True), *_usable(now))
    )
    return change_under_way(user) if user else None


def confirm(token: str, *, now: datetime) -> bool:
    """Use up a link; whether the address is changed now, as both are used. Raises Refused."""
    used = db.session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.token_hash == hash_of(token), *_usable(now))
        .values(used_at=now)
        .returning(OneTimeLink.user_id, OneTimeLink.purpose)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    user = db.session.get(User, used.user_id) if used else None
    if used is None or user is None or not user.active:
        raise Refused(SPENT)
    lock_row(user)
    change = change_under_way(user)
    if change is None:
        raise Refused(SPENT)
    if used.purpose is P.OLD_ADDRESS:
        change.old_confirmed_at = now
    else:
        change.new_confirmed_at = now
    is_agreed = bool(change.old_confirmed_at and change.new_confirmed_at)
    if is_agreed:
        _change(user, change.email, by=user, now=now)
    db.session.commit()
    return is_agreed


def change_address(user: User, email: str, *, reason: str, by: User, now: datetime) -> None:
    """An administrator changes somebody else's address at once; Refused for one that has an account."""
    require_other_administrator(user, by, now)
    require_proof(by, ProofFor.APPOINTMENTS, now)
    lock_row(user)
    if email == user.email:
        raise Refused("This is their address already.")
    if not reason.strip():
        raise Refused("Say why the address is changed.")
    _change(user, email, by=by, now=now, reason=reason.strip())
    db.session.commit()


def correct_person(
    user: User, *, name: str, job_title: str, email: str, reason: str, by: User, now: datetime
) -> None:
    """An administrator changes somebody else's name, job title or address; Refused where nothing changes."""
    require_other_administrator(user, by, now)
    require_proof(by, ProofFor.APPOINTMENTS, now)
    lock_row(user)
    if (name, job_title, email) == (user.name, user.job_title, user.email):
        raise Refused("Nothing is changed here.")
    rename(user, name=name, job_title=job_title, by=by, now=now, reason=reason)
    if email != user.email:
        _change(user, email, by=by, now=now, reason=reason)
    db.session.commit()


def require_other_administrator(user: User, by: User, now: datetime) -> None:
    """Raise Refused unless `by` administers every fund and the account is not their own."""
    require_administrator_of(by, None, now)
    if user.id == by.id:
        raise Refused("Change your own address on your own page: both addresses confirm it.")


def _change(user: User, email: str, *, by: User, now: datetime, reason: str = "") -> None:
    if has_account(email):
        raise Refused(TAKEN)
    before = user.email
    user.former_emails = [*user.former_emails, before]
    user.email = email
    end_sessions(user, now)
    drop_changes(user, now)
    void_links(user, now)
    _readdress(Letter.user_id == user.id, email, now)
    entry = record_event(
        user,
        "change_address",
        "Email address changed",
        user=by,
        now=now,
        reason=reason,
        given={"before": before, "after": email},
    )
    for address in (before, email):
        write_letter(
            "accounts/address_changed.txt",
            "user",
            Addressee(user.name, address, user),
            key=f"address-changed:{user.id}:{secrets.token_hex(8)}",
            now=now,
            entry=entry,
            path="/sign-in",
            context={"old": before, "new": email, "by": by},
        )
    what = f"email address changed from {before} to {email}"
    tell_others(user, what, entry, fund_id=None, by=by, reason=reason, but=[user])


def _readdress(whose: ColumnElement[bool], email: str, now: datetime) -> None:
    """Letters that have not gone go to the new address, and those that failed are sent again."""
    mine = (whose, Letter.link_purpose.is_(None) | (Letter.link_purpose == P.INVITATION))
    waiting = (S.QUEUED, S.IN_DIGEST, S.HELD)
    db.session.execute(update(Letter).where(*mine, Letter.status.in_(waiting)).values(email=email))
    db.session.execute(
        update(Letter)
        .where(*mine, Letter.status == S.FAILED, Letter.dropped_why.is_(None))
        .values(email=email, status=S.QUEUED, due=now, attempts=0, last_error="", resends=Letter.resends + 1)
    )


def _usable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        OneTimeLink.purpose.in_(ADDRESSES),
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > now,
    )
