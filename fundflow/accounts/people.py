"""What administrators do to accounts. Each act is noted in the person's history.

Everything here first asks whether `by` may (`administrators`), what gives or takes a role also whether it is
them (ProofWanted), and every appointment is held to the same rules and told to the others (`appointing`).
"""

import secrets
from datetime import date, datetime, timedelta

from sqlalchemy import select

from fundflow.accounts import appointing
from fundflow.accounts.administrators import (
    lock_administrators,
    refuse_last_administrator,
    require_administrator,
    require_administrator_of,
)
from fundflow.accounts.names import require_own_name
from fundflow.accounts.places import Place, SchoolPlace
from fundflow.accounts.queries import fund_names, has_account
from fundflow.accounts.session import end_sessions, void_links
from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.letters.addressee import Addressee
from fundflow.letters.writing import write_letter
from fundflow.models.history import HistoryEntry
from fundflow.models.holding_words import Holding, holding_words
from fundflow.models.person import LinkPurpose, Membership, RoleGrant, RoleName, Seat, User
from fundflow.models.signing_in import ProofFor
from fundflow.proofs import require_proof
from fundflow.steps import lock_row
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date


def invite(
    *, email: str, name: str, job_title: str, place: Place, by: User, now: datetime, reason: str = ""
) -> User:
    """Make an account that holds one thing, and email its link; Refused for a known address.

    reason  why it begins in the past, where it does
    """
    require_may_give(by, place, now)
    require_proof(by, ProofFor.APPOINTMENTS, now)
    if has_account(email):
        raise Refused(
            "There is already an account with this email address. Find it under People and add to it there."
        )
    require_own_name(name)
    user = add_account(
        email=email, name=name, job_title=job_title, place=place, by=by, now=now, reason=reason
    )
    db.session.commit()
    return user


def add_account(
    *,
    email: str,
    name: str,
    job_title: str,
    place: Place,
    by: User,
    now: datetime,
    reason: str = "",
    tells: bool = True,
) -> User:
    """`invite` for a caller who has asked whether `by` may and nobody has the address or the name, and who
    commits.

    tells  write to the other administrators and the auditors; else the caller does
    """
    appointing.require_reason(place, reason, now)
    user = User(email=email, name=name, job_title=job_title, created_at=now)
    db.session.add(user)
    holding = _hold(user, place)
    wanted = _words(holding)
    entry = record_event(user, "invite", f"Invited as {wanted}", user=by, now=now, reason=reason)
    _write_invitation(user, entry, by, now)
    if tells:
        what = f"a new account, as {wanted}, from {day_words(place.starts_on)}"
        appointing.tell_others(user, what, entry, fund_id=place.fund_id, by=by, reason=reason, but=[user])
    return user


def give(user: User, place: Place, *, by: User, now: datetime, reason: str = "") -> None:
    """Give somebody else one thing more to hold; Refused where they hold it then already.

    reason  why it begins in the past, where it does
    """
    require_may_give(by, place, now)
    require_proof(by, ProofFor.APPOINTMENTS, now)
    appointing.require_other(user, by)
    appointing.require_reason(place, reason, now)
    lock_row(user)
    holding = _hold(user, place)
    wanted = _words(holding)
    if any(_same(holding, other) for other in _held(user) if other is not holding):
        raise Refused(f"{user.name} is “{wanted}” in that time already.")
    day = day_words(place.starts_on)
    entry = record_event(user, "give", f"Became {wanted} on {day}", user=by, now=now, reason=reason)
    what = f"{wanted}, from {day}"
    appointing.tell_others(user, what, entry, fund_id=place.fund_id, by=by, reason=reason, but=[user])
    db.session.commit()


def end(holding: Holding, *, last_day: date, by: User, now: datetime) -> None:
    """End what somebody holds after its last day; Refused for the last administrator.

    A later last day than there was is an appointment, held to the same rules. Anyone told of
    appointments is not silenced: they and the others hear when their role ends.
    """
    _require_may_end(holding, last_day, by, now)
    require_proof(by, ProofFor.APPOINTMENTS, now)
    longer = holding.ends_on is not None and last_day > holding.ends_on
    if longer:
        appointing.require_other(holding.user, by)
    holding.ends_on = last_day
    if longer:
        appointing.require_vacant(holding)
    if isinstance(holding, Seat):
        _end_substitutes(holding, last_day, by, now)
    what = f"{_words(holding)}: last day {day_words(last_day)}"
    entry = record_event(holding.user, "end", what, user=by, now=now)
    if longer or _is_told(holding):
        appointing.tell_others(
            holding.user, what, entry, fund_id=_fund_id_of(holding), by=by, but=[holding.user]
        )
        appointing.tell_them(holding.user, what, entry, by=by)
    db.session.commit()


def _require_may_end(holding: Holding, last_day: date, by: User, now: datetime) -> None:
    if isinstance(holding, Membership):
        require_administrator(by, now)
    else:
        require_administrator_of(by, holding.fund_id, now)
    if last_day < holding.starts_on - timedelta(days=1):
        raise Refused(
            f"It began on {day_words(holding.starts_on)}: the last day can be the day "
            "before that at the earliest."
        )
    if holding.ends_on and holding.ends_on < london_date(now):
        raise Refused("It has ended already.")
    if isinstance(holding, RoleGrant) and holding.role is RoleName.ADMINISTRATOR:
        refuse_last_administrator(holding, last_day, now)


def _fund_id_of(holding: Holding) -> int | None:
    return None if isinstance(holding, Membership) else holding.fund_id


def _is_told(holding: Holding) -> bool:
    """Whether it is a role whose holders are told of appointments."""
    return isinstance(holding, RoleGrant) and holding.role in appointing.TOLD


def _end_substitutes(seat: Seat, last_day: date, by: User, now: datetime) -> None:
    """Nobody stands in for a seat that has ended; a substitute who began later never began."""
    for other in db.session.scalars(select(Seat).where(Seat.stands_in_for_id == seat.id)):
        if other.ends_on is None or other.ends_on > last_day:
            other.ends_on = max(last_day, other.starts_on - timedelta(days=1))
            record_event(
                other.user,
                "end",
                f"{_words(other)}: last day {day_words(other.ends_on)}, as the seat they stand in for ends",
                user=by,
                now=now,
            )


def deactivate(user: User, *, by: User, now: datetime) -> None:
    """Close an account and end its sessions; what the person did stays theirs."""
    if by.id not in {grant.user_id for grant in lock_administrators()}:
        raise Refused("Only an administrator can do this.")
    require_administrator_of(by, None, now)
    if user.id == by.id:
        raise Refused("You can’t deactivate your own account. Ask another administrator.")
    user.active = False
    _end_sessions(user, now)
    entry = record_event(user, "deactivate", "Account deactivated", user=by, now=now)
    appointing.tell_others(user, "their account is deactivated", entry, fund_id=None, by=by, but=[user])
    appointing.tell_them(user, "your account is deactivated", entry, by=by)
    db.session.commit()


def reactivate(user: User, *, by: User, now: datetime) -> None:
    """Open an account again, with the roles that have not ended."""
    require_administrator_of(by, None, now)
    require_proof(by, ProofFor.APPOINTMENTS, now)
    if user.removed_at is not None:
        raise Refused("The name and the address of this account were removed. Invite the person again.")
    user.active = True
    entry = record_event(user, "reactivate", "Account reactivated", user=by, now=now)
    appointing.tell_others(user, "their account is active again", entry, fund_id=None, by=by)
    db.session.commit()


def sign_out_everywhere(user: User, *, by: User, now: datetime) -> None:
    """End every session of somebody, and every link they have not used."""
    require_administrator_of(by, None, now)
    _end_sessions(user, now)
    record_event(user, "sign_out", "Signed out everywhere", user=by, now=now)
    db.session.commit()


def invite_again(user: User, *, by: User, now: datetime) -> None:
    """Email the invitation once more; Refused for a deactivated account."""
    require_administrator(by, now)
    if not user.active:
        raise Refused("This account is deactivated. Reactivate it first.")
    entry = record_event(user, "invite_again", "Invitation sent again", user=by, now=now)
    _write_invitation(user, entry, by, now)
    db.session.commit()


def _write_invitation(user: User, entry: HistoryEntry, by: User, now: datetime) -> None:
    held = [item for item in _held(user) if not item.ends_on or item.ends_on >= london_date(now)]
    write_letter(
        "accounts/invitation.txt",
        "user",
        Addressee(user.name, user.email, user),
        key=f"invitation:{user.id}:{secrets.token_hex(8)}",
        now=now,
        entry=entry,
        link=LinkPurpose.INVITATION,
        context={"by": by, "places": [_words(item) for item in held]},
    )


def _end_sessions(user: User, now: datetime) -> None:
    end_sessions(user, now)
    void_links(user, now)


def _hold(user: User, place: Place) -> Holding:
    if place.ends_on and place.ends_on < place.starts_on:
        raise Refused("The last day must be the same as or after the first day.")
    holding = place.for_(user)
    db.session.add(holding)
    appointing.require_vacant(holding)
    return holding


def _words(holding: Holding) -> str:
    return holding_words(holding, fund_names())


def _held(user: User) -> list[Holding]:
    return [*user.roles, *user.memberships, *user.seats]


def _same(one: Holding, other: Holding) -> bool:
    """Whether two holdings are the same thing on any day."""
    if not appointing.are_at_once(one, other):
        return False
    if isinstance(one, Membership) and isinstance(other, Membership):
        return one.school is other.school and one.standing is other.standing
    if isinstance(one, RoleGrant) and isinstance(other, RoleGrant):
        return one.role is other.role and one.fund_id == other.fund_id
    if isinstance(one, Seat) and isinstance(other, Seat):
        return one.fund_id == other.fund_id  # one seat a person, whatever its position
    return False


def require_may_give(by: User, place: Place, now: datetime) -> None:
    """Raise Refused unless this person may give this to others."""
    if isinstance(place, SchoolPlace):
        require_administrator(by, now)
    else:
        require_administrator_of(by, place.fund_id, now)
