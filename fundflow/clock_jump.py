"""A clock that jumped: timed steps wait until an administrator says that it is right."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.letters.addressee import Addressee
from fundflow.letters.holders import holders_of
from fundflow.letters.troubles import heartbeat
from fundflow.letters.writing import write_letter
from fundflow.models.letter import Heartbeat, Letter
from fundflow.models.person import RoleName, User
from fundflow.workflow.date_words import moment_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

CLOCK = "clock"  # the heartbeat of the timed steps


def last_tick() -> datetime | None:
    """When timed steps were last taken."""
    return db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == CLOCK))


def jumped_since(now: datetime) -> datetime | None:
    """The last tick, where `now` is too far from it to be believed; else None."""
    last = last_tick()
    if last is None:
        return None
    config = current_app.config
    ahead, back = timedelta(days=config["CLOCK_JUMP_DAYS"]), timedelta(minutes=config["CLOCK_BACK_MINUTES"])
    return last if now - last > ahead or last - now > back else None


def ticked(now: datetime) -> None:
    """Note that timed steps are taken now; the caller commits."""
    heartbeat(CLOCK, now).at = now


def tell_administrators(last: datetime, now: datetime) -> int:
    """Write once about a jump; returns how many letters. Commits."""
    written = 0
    for number, who in _administrators(now).items():
        key = f"clock-stopped:{last.isoformat()}:{number}"
        if db.session.scalar(select(Letter.id).where(Letter.key == key)) is None:
            write_letter(
                "accounts/clock_stopped.txt",
                "administrator",
                who,
                key=key,
                now=now,
                path="/work",
                context={"last": last},
            )
            written += 1
    db.session.commit()
    return written


def confirm_clock(*, user: User, now: datetime) -> None:
    """An administrator of every fund says that the clock is right; timed steps go on from here.

    Raises Refused for anybody else, and where the clock has not jumped.
    """
    if user.id not in _administrators(now):
        raise Refused("Only an administrator of every fund can do this.")
    last = jumped_since(now)
    if last is None:
        raise Refused("The clock has not jumped: timed steps are being taken.")
    ticked(now)
    words = f"Confirmed that the clock is right: {moment_words(last)} to {moment_words(now)}"
    record_event(user, "confirm_clock", words, user=user, now=now)
    db.session.commit()


def _administrators(now: datetime) -> dict[int, Addressee]:
    """Each administrator of every fund once, by their id."""
    found = holders_of(None, [RoleName.ADMINISTRATOR], london_date(now))
    return {who.user.id: who for who in found if who.user}
