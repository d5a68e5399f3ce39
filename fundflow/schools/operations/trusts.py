"""Trusts that GIAS doesn't name yet, entered by hand; its next file takes them over by code or name."""

import re
from datetime import datetime

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.models.person import User
from fundflow.models.school import Trust, own_trust_code
from fundflow.names import identifier, searchable
from fundflow.schools.rules import may_edit_organisations
from fundflow.steps import AlreadyTaken, Stale, lock_row
from fundflow.workflow.engine import Refused, refuse_if

MOST = 99_999  # codes: T00001 to T99999


def add_trust(*, name: str, code: str, user: User, now: datetime) -> Trust:
    """A new trust; without a code it gets one of ours. AlreadyTaken by a second click."""
    _may_edit(user, now)
    code = identifier(code)
    _refuse_other(name, code)
    added = Trust(name=name, code=code or _next_code())
    db.session.add(added)
    db.session.flush()  # the history entry needs its number
    record_event(added, "change", f"{name} ({added.code}) was added", user=user, now=now, process="trust")
    db.session.commit()
    return added


def change_trust(trust: Trust, *, name: str, code: str, seen: str, user: User, now: datetime) -> None:
    """Correct a trust's name or code. `seen` is `stamp` of what the page showed."""
    _may_edit(user, now)
    lock_row(trust)
    if seen != stamp(trust):
        raise Stale
    code = identifier(code) or trust.code
    _refuse_other(name, code, trust)
    trust.name, trust.code = name, code
    record_event(trust, "change", f"{name} ({code}) was changed", user=user, now=now, process="trust")
    db.session.commit()


def stamp(trust: Trust) -> str:
    """What the page shows, in one line: it tells whether somebody changed it since."""
    return f"{trust.code}|{trust.name}"


def _refuse_other(name: str, code: str, itself: Trust | None = None) -> None:
    """Raise Refused where another trust has this name or code, AlreadyTaken where it is the one asked for."""
    if not searchable(name):
        raise Refused("A name must have letters in it.")
    if code and own_trust_code(code) and (itself is None or itself.code != code):
        raise Refused(f"{code} looks like a code of ours. Leave the code empty to be given one.")
    others = select(Trust).where((Trust.search_name == searchable(name)[:200]) | (Trust.code == code))
    other = next((found for found in db.session.scalars(others) if found is not itself), None)
    if other is None:
        return
    if itself is None and other.name == name and (code or other.code) == other.code:
        raise AlreadyTaken  # the page was sent twice
    raise Refused(f"{other.name} ({other.code}) is there already.")


def _next_code() -> str:
    """The next free code; a unique constraint keeps two at once apart."""
    ours = (code for code in db.session.scalars(select(Trust.code).where(Trust.code.like("T_____"))))
    number = 1 + max((int(code[1:]) for code in ours if re.fullmatch(r"T[0-9]{5}", code)), default=0)
    if number > MOST:
        raise Refused("There are no free codes left.")
    return f"T{number:05}"


def _may_edit(user: User, now: datetime) -> None:
    refuse_if(None if may_edit_organisations(user, now) else "Only administrators can change trusts.")
