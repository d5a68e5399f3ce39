"""What administrators do to accounts. Each act is noted in the person's history.

Everything here first asks whether `by` may: an administrator of every fund may do all of it, one
of a single fund may give and end what belongs to that fund, and places at schools.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from fundflow.accounts.queries import fund_names
from fundflow.accounts.session import new_session_key
from fundflow.accounts.words import Holding, holding_words
from fundflow.extensions import db
from fundflow.history import record_event, refuse_again_so_soon
from fundflow.letters.recipients import Addressee
from fundflow.letters.writing import write_letter
from fundflow.models.person import (
    LinkPurpose,
    Membership,
    OneTimeLink,
    RoleGrant,
    RoleName,
    Seat,
    SeatPosition,
    Sector,
    Standing,
    User,
)
from fundflow.models.school import School, Trust
from fundflow.permissions import roles_for
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

EVERY_FUND = 0  # no fund has this number: only a grant for every fund holds for it


@dataclass(frozen=True, slots=True)
class RolePlace:
    """A role with the council; fund_id None is every fund."""

    role: RoleName
    fund_id: int | None
    starts_on: date
    ends_on: date | None = None

    def for_(self, user: User) -> RoleGrant:
        return RoleGrant(
            user=user, role=self.role, fund_id=self.fund_id, starts_on=self.starts_on, ends_on=self.ends_on
        )


@dataclass(frozen=True, slots=True)
class SchoolPlace:
    school: School
    standing: Standing
    starts_on: date
    ends_on: date | None = None
    fund_id: int | None = None  # belongs to no fund

    def for_(self, user: User) -> Membership:
        return Membership(
            user=user,
            school=self.school,
            standing=self.standing,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
        )


@dataclass(frozen=True, slots=True)
class SeatPlace:
    """A seat on a fund's panel, and the school or trust its holder belongs to."""

    fund_id: int
    position: SeatPosition
    sector: Sector
    starts_on: date
    ends_on: date | None = None
    school: School | None = None
    trust: Trust | None = None
    stands_in_for: Seat | None = None

    def for_(self, user: User) -> Seat:
        if self.stands_in_for and (why := self.why_no_substitute(user, self.stands_in_for)):
            raise Refused(why)
        return Seat(
            user=user,
            fund_id=self.fund_id,
            position=self.position,
            sector=self.sector,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            school=self.school,
            trust_id=self.trust.id if self.trust else None,
            stands_in_for=self.stands_in_for,
        )

    def why_no_substitute(self, user: User, other: Seat) -> str | None:
        """Why this seat can’t stand in for another, as a sentence, or None."""
        if other.fund_id != self.fund_id:
            return "That seat is on another fund’s panel."
        if other.stands_in_for_id:
            return f"{other.user.name} is a substitute. A substitute can’t have one."
        if other.user_id == user.id:
            return f"{user.name} can’t be their own substitute."
        if self.position is not SeatPosition.MEMBER:
            return "A substitute sits as a panel member."
        if other.ends_on and other.ends_on < self.starts_on:
            return f"{other.user.name}’s seat ends on {day_words(other.ends_on)}, before this one begins."
        return None


Place = RolePlace | SchoolPlace | SeatPlace


def invite(*, email: str, name: str, job_title: str, place: Place, by: User, now: datetime) -> User:
    """Make an account that holds one thing, and email its link; Refused for a known address."""
    _may_give(by, place, now)
    if db.session.scalar(select(User.id).where(User.email == email)):
        raise Refused(
            "There is already an account with this email address. Find it under People and add to it there."
        )
    user = User(email=email, name=name, job_title=job_title, created_at=now, session_key=new_session_key())
    db.session.add(user)
    holding = _hold(user, place)
    record_event(user, "invite", f"Invited as {_words(holding)}", user=by, now=now)
    _write_invitation(user, by, now)
    db.session.commit()
    return user


def give(user: User, place: Place, *, by: User, now: datetime) -> None:
    """Give somebody one thing more to hold; Refused where they hold it then already."""
    _may_give(by, place, now)
    db.session.refresh(user, with_for_update={"of": User, "key_share": True})
    holding = _hold(user, place)
    wanted = _words(holding)
    if any(_same(holding, other) for other in _held(user) if other is not holding):
        raise Refused(f"{user.name} is “{wanted}” in that time already.")
    record_event(user, "give", f"Became {wanted} on {day_words(place.starts_on)}", user=by, now=now)
    db.session.commit()


def end(holding: Holding, *, last_day: date, by: User, now: datetime) -> None:
    """End what somebody holds after its last day; Refused for the last administrator."""
    fund_id = None if isinstance(holding, Membership) else holding.fund_id
    if isinstance(holding, Membership):
        _is_administrator(by, now)
    else:
        _administers(by, fund_id, now)
    if last_day < holding.starts_on - timedelta(days=1):
        raise Refused(
            f"It began on {day_words(holding.starts_on)}: the last day can be the day "
            "before that at the earliest."
        )
    if holding.ends_on and holding.ends_on < london_date(now):
        raise Refused("It has ended already.")
    if isinstance(holding, RoleGrant) and holding.role is RoleName.ADMINISTRATOR:
        _another_administrator(holding, last_day, now)
    holding.ends_on = last_day
    if isinstance(holding, Seat):
        _end_substitutes(holding, last_day, by, now)
    record_event(holding.user, "end", f"{_words(holding)}: last day {day_words(last_day)}", user=by, now=now)
    db.session.commit()


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
    if by.id not in {grant.user_id for grant in _lock_administrators()}:
        raise Refused("Only an administrator can do this.")
    _administers(by, None, now)
    if user.id == by.id:
        raise Refused("You can’t deactivate your own account. Ask another administrator.")
    user.active = False
    _end_sessions(user, now)
    record_event(user, "deactivate", "Account deactivated", user=by, now=now)
    db.session.commit()


def reactivate(user: User, *, by: User, now: datetime) -> None:
    _administers(by, None, now)
    user.active = True
    record_event(user, "reactivate", "Account reactivated", user=by, now=now)
    db.session.commit()


def sign_out_everywhere(user: User, *, by: User, now: datetime) -> None:
    """End every session of somebody, and every link they have not used."""
    _administers(by, None, now)
    _end_sessions(user, now)
    record_event(user, "sign_out", "Signed out everywhere", user=by, now=now)
    db.session.commit()


def invite_again(user: User, *, by: User, now: datetime) -> None:
    """Email the invitation once more; Refused for a deactivated account."""
    _is_administrator(by, now)
    if not user.active:
        raise Refused("This account is deactivated. Reactivate it first.")
    refuse_again_so_soon(user, "invite_again", by, now)
    record_event(user, "invite_again", "Invitation sent again", user=by, now=now)
    _write_invitation(user, by, now)
    db.session.commit()


def _write_invitation(user: User, by: User, now: datetime) -> None:
    held = [item for item in _held(user) if not item.ends_on or item.ends_on >= london_date(now)]
    write_letter(
        "accounts/invitation.txt",
        "user",
        Addressee(user.name, user.email, user),
        key=f"invitation:{user.id}:{secrets.token_hex(8)}",
        now=now,
        link=LinkPurpose.INVITATION,
        context={"by": by, "places": [_words(item) for item in held]},
    )


def _end_sessions(user: User, now: datetime) -> None:
    user.session_key = new_session_key()
    db.session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now)
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )


def _hold(user: User, place: Place) -> Holding:
    if place.ends_on and place.ends_on < place.starts_on:
        raise Refused("The last day must be the same as or after the first day.")
    holding = place.for_(user)
    db.session.add(holding)
    return holding


def _words(holding: Holding) -> str:
    return holding_words(holding, fund_names())


def _held(user: User) -> list[Holding]:
    return [*user.roles, *user.memberships, *user.seats]


def _same(one: Holding, other: Holding) -> bool:
    """Whether two holdings are the same thing on any day."""
    if one.starts_on > (other.ends_on or date.max) or other.starts_on > (one.ends_on or date.max):
        return False
    if isinstance(one, Membership) and isinstance(other, Membership):
        return one.school is other.school and one.standing is other.standing
    if isinstance(one, RoleGrant) and isinstance(other, RoleGrant):
        return one.role is other.role and one.fund_id == other.fund_id
    if isinstance(one, Seat) and isinstance(other, Seat):
        return one.fund_id == other.fund_id  # one seat a person, whatever its position
    return False


# -- who may -------------------------------------------------------------------------------------


def _may_give(by: User, place: Place, now: datetime) -> None:
    if isinstance(place, SchoolPlace):
        _is_administrator(by, now)
    else:
        _administers(by, place.fund_id, now)


def _is_administrator(by: User, now: datetime) -> None:
    """Raise Refused unless an administrator of any fund asks."""
    if not by.active or RoleName.ADMINISTRATOR not in by.roles_on(london_date(now)):
        raise Refused("Only an administrator can do this.")


def _administers(by: User, fund_id: int | None, now: datetime) -> None:
    """Raise Refused unless this person administers the fund (None: every fund)."""
    held = roles_for(by, EVERY_FUND if fund_id is None else fund_id, london_date(now))
    if not by.active or RoleName.ADMINISTRATOR not in held:
        whose = "every fund" if fund_id is None else "that fund"
        raise Refused(f"Only an administrator of {whose} can do this.")


def _lock_administrators() -> list[RoleGrant]:
    """Every administrator's grant, locked and fresh, so that two can't remove one another."""
    return list(
        db.session.scalars(
            select(RoleGrant)
            .join(User)
            .where(RoleGrant.role == RoleName.ADMINISTRATOR, User.active.is_(True))
            .order_by(RoleGrant.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def _another_administrator(ending: RoleGrant, last_day: date, now: datetime) -> None:
    """Raise Refused unless somebody administers every fund today and after this role's last day."""
    today = london_date(now)
    if ending.fund_id is not None:
        return  # somebody who administers every fund is left
    for grant in _lock_administrators():
        stays = grant.holds_on(today) and grant.holds_on(max(today, last_day) + timedelta(days=1))
        if grant.id != ending.id and grant.fund_id is None and stays:
            return
    raise Refused("This is the last administrator. Make somebody else an administrator first.")
