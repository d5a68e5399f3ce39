"""Cover while an officer is away: who covers for whom, and arranging and ending it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from fundflow.accounts.appointing import tell_others
from fundflow.actors import OFFICERS
from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.letters import write_letter
from fundflow.letters.addressee import Addressee
from fundflow.models.desk import Cover
from fundflow.models.person import RoleGrant, RoleName, User
from fundflow.steps import lock_row
from fundflow.workflow.date_words import day_month, day_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

LONGEST = timedelta(days=366)
MOST = 50  # covers that are over, on the page
SHOWN = (joinedload(Cover.away), joinedload(Cover.covering))


class Dates(NamedTuple):
    """From a day to a day, both inclusive."""

    starts_on: date
    ends_on: date


# -- what pages ask ------------------------------------------------------------------------------------


def is_officer(user: User, day: date) -> bool:
    return bool(user.roles_on(day) & OFFICERS)


def is_administrator(user: User, day: date) -> bool:
    """Whether this person administers every fund: officers work for several."""
    grants = (g for g in user.roles if g.is_valid_on(day) and g.fund_id is None)
    return any(grant.role is RoleName.ADMINISTRATOR for grant in grants)


def officers_on(day: date) -> list[User]:
    """Everybody who is an officer or a deputy on a day, by name."""
    grants = db.session.scalars(
        select(RoleGrant)
        .join(User)
        .options(joinedload(RoleGrant.user))
        .where(RoleGrant.role.in_(OFFICERS), User.active.is_(True))
    )
    return sorted({grant.user for grant in grants if grant.is_valid_on(day)}, key=lambda u: (u.name, u.id))


def in_force(user: User, now: datetime) -> list[Cover]:
    """The covers of today in which this person is away or covers."""
    return list(
        db.session.scalars(
            select(Cover)
            .options(*SHOWN)
            .where(Cover.is_valid_on(london_date(now)), _of(user))
            .order_by(Cover.id)
        )
    )


def covers_shown_to(user: User, now: datetime) -> list[Cover]:
    """Covers now and to come, then those that are over: one's own, an administrator all."""
    query = select(Cover).options(*SHOWN).order_by(Cover.ends_on.desc(), Cover.id.desc()).limit(MOST)
    if not is_administrator(user, london_date(now)):
        query = query.where(_of(user))
    return list(db.session.scalars(query))


def _of(user: User) -> ColumnElement[bool]:
    return or_(Cover.away_id == user.id, Cover.covering_id == user.id)


# -- arranging -----------------------------------------------------------------------------------------


def arrange(away: User, covering: User, dates: Dates, *, user: User, now: datetime) -> Cover:
    """One officer covers for another on these days; who covers is told. A second click arranges
    nothing more."""
    _hold([away, covering])
    if why := why_not_arrange(away, user, now) or _why_not_these(away, covering, dates, london_date(now)):
        raise Refused(why)
    others = _others(away, covering, dates)
    same = next((c for c in others if _is(c, away, covering, dates)), None)
    if same is not None and same.arranged_by_id == user.id:
        return same
    if others:
        raise Refused(_why_not_beside(others[0], away))
    cover = Cover(
        away=away,
        covering=covering,
        starts_on=dates.starts_on,
        ends_on=dates.ends_on,
        arranged_by_id=user.id,
        arranged_at=now,
    )
    db.session.add(cover)
    db.session.flush()  # its letter is known by its number
    _tell(cover, user, now)
    db.session.commit()
    return cover


def why_not_arrange(away: User, user: User, now: datetime) -> str | None:
    """None where this person may arrange cover for somebody, else the sentence."""
    day = london_date(now)
    if is_administrator(user, day) or (user.id == away.id and is_officer(user, day)):
        return None
    return "You can arrange cover for yourself alone. An administrator can arrange it for anybody."


def _why_not_these(away: User, covering: User, dates: Dates, today: date) -> str | None:
    if away.id == covering.id:
        return "Nobody can cover for themselves. Select somebody else."
    if dates.ends_on < max(dates.starts_on, today):
        return "The last day must be today or later, and not before the first day."
    if dates.ends_on - dates.starts_on > LONGEST:
        return "Cover can last a year at most. Hand the bids over instead."
    for person, days in ((away, [max(dates.starts_on, today)]), (covering, dates)):
        missing = [day for day in days if not is_officer(person, day) or not person.active]
        if missing:
            return f"{person.name} is not a liaison officer on {day_words(missing[0])}."
    return None


def _others(away: User, covering: User, dates: Dates) -> list[Cover]:
    """Covers on some of these days that would make two at once, or a chain."""
    return list(
        db.session.scalars(
            select(Cover)
            .options(*SHOWN)
            .where(
                Cover.ended_at.is_(None),
                Cover.starts_on <= dates.ends_on,
                Cover.ends_on >= dates.starts_on,
                or_(Cover.away_id.in_((away.id, covering.id)), Cover.covering_id == away.id),
            )
            .order_by(Cover.id)
        )
    )


def _is(cover: Cover, away: User, covering: User, dates: Dates) -> bool:
    return (cover.away_id, cover.covering_id, cover.starts_on, cover.ends_on) == (
        away.id,
        covering.id,
        *dates,
    )


def _why_not_beside(other: Cover, away: User) -> str:
    days = f"from {day_month(other.starts_on)} to {day_words(other.ends_on)}"
    if other.covering_id == away.id:
        return f"{away.name} covers for {other.away.name} {days}. End that cover first."
    return f"{other.away.name} is away {days}, and {other.covering.name} covers. End that cover first."


def _tell(cover: Cover, user: User, now: datetime) -> None:
    who = Addressee(cover.covering.name, cover.covering.email, cover.covering)
    days = f"from {day_month(cover.starts_on)} to {day_words(cover.ends_on)}"
    label = f"{cover.covering.name} covers {days}"
    entry = record_event(cover.away, "cover", label, user=user, now=now)
    write_letter(
        "desk/cover.txt",
        "officer",
        who,
        key=f"cover:{cover.id}",
        now=now,
        entry=entry,
        path="/desk/cover",
        context={"cover": cover, "by": user},
    )
    if user.id == cover.covering_id:  # an administrator who takes it on is watched by the others
        tell_others(user, f"covers for {cover.away.name} {days}", entry, fund_id=None, by=user)


# -- ending --------------------------------------------------------------------------------------------


def end(cover: Cover, *, user: User, now: datetime) -> None:
    """End a cover at once. A second click ends nothing more."""
    lock_row(cover)
    if not may_end(cover, user, now):
        raise Refused("You can end your own cover alone. An administrator can end any.")
    if cover.ended_at is None:
        if cover.ends_on < london_date(now):
            raise Refused("This cover is over already.")
        cover.ended_at, cover.ended_by_id = now, user.id
    db.session.commit()


def may_end(cover: Cover, user: User, now: datetime) -> bool:
    """The person who is away, the one who covers, and administrators."""
    day = london_date(now)
    own = user.id in (cover.away_id, cover.covering_id) and is_officer(user, day)
    return own or is_administrator(user, day)


def _hold(people: Iterable[User]) -> None:
    """One arrangement at a time for each of these people."""
    for person in sorted(people, key=lambda one: one.id):
        lock_row(person)
