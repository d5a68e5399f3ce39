"""Entries of good practice: proposed by officers, agreed by the head of the school that each names."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from fundflow.brokering.queries import require_broker
from fundflow.extensions import db
from fundflow.models.brokering import Expertise
from fundflow.models.fund import Fund
from fundflow.models.measure import Measure
from fundflow.models.person import User
from fundflow.models.practice import PracticeEntry, PracticeKind
from fundflow.models.school import School
from fundflow.rules.public_text import why_names_anybody
from fundflow.steps import lock, lock_row, take_step
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.practice import PracticeState
from fundflow.workflow.working_days import london_date


class EntrySaid(NamedTuple):
    """What an entry says. A figure is of a measure of the fund, and has its source."""

    kind: PracticeKind
    expertise: Expertise
    title: str
    what: str
    review_on: date
    measure: Measure | None = None
    figure: str = ""
    source: str = ""


def propose(fund: Fund, school: School, said: EntrySaid, *, user: User, now: datetime) -> PracticeEntry:
    """Ask the head of a school to agree to an entry; or the same one that this person has just proposed.
    Raises Refused."""
    require_broker(user, now, fund.id)
    if not fund.shares_practice:
        raise Refused(f"{fund.name} keeps no directory of good practice. An administrator can switch it on.")
    if not school.is_open or school.la_code != fund.la_code:
        raise Refused(f"{school.name} is no open school in the area of {fund.name}.")
    if said.measure and said.measure.fund_id != fund.id:
        raise Refused(f"{fund.name} has no measure “{said.measure.words}”. Select one of its own.")
    refuse_if(_why_names(fund, said))
    lock_row(fund)  # one at a time, so that a second click finds the entry of the first
    known = db.session.scalar(
        select(PracticeEntry).where(
            PracticeEntry.fund_id == fund.id,
            PracticeEntry.school_id == school.id,
            PracticeEntry.title == said.title,
            PracticeEntry.state != PracticeState.WITHDRAWN,
        )
    )
    if known is not None:
        if known.proposed_by_id == user.id and known.state is PracticeState.PROPOSED and _says(known) == said:
            return known
        raise Refused(f"There is an entry “{said.title}” of {school.name} already. Change that one instead.")
    columns = _columns(said, now)
    entry = PracticeEntry(
        fund=fund, school=school, proposed_at=now, proposed_by=user, state_since=now, **columns
    )
    db.session.add(entry)
    db.session.flush()  # its guards look for the head of its school
    take_step(entry, "propose", user=user, now=now, given=_given(said))
    db.session.commit()
    return entry


def propose_again(
    entry: PracticeEntry, said: EntrySaid, *, user: User, now: datetime, version: int | None
) -> None:
    """Change what it says; nobody else reads it before the head has agreed again."""
    refuse_if(_why_names(entry.fund, said))
    cleared = {"agreed_at": None, "agreed_by_id": None, "withdrawn_at": None, "reason": "", "contact": ""}
    also = {**_columns(said, now), **cleared, "proposed_at": now, "proposed_by_id": user.id}
    take_step(entry, "propose", user=user, now=now, version=version, given=_given(said), also=also)
    db.session.commit()


def agree(
    entry: PracticeEntry, *, consent: bool, contact: str, user: User, now: datetime, version: int | None
) -> None:
    given = {"consent": consent, "contact": contact}
    also = {"contact": contact or "", "agreed_at": now, "agreed_by_id": user.id}
    take_step(entry, "agree", user=user, now=now, version=version, given=given, also=also)
    db.session.commit()


def decline(entry: PracticeEntry, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    also = {"reason": reason or ""}
    take_step(
        entry, "decline", user=user, now=now, version=version, given={"reason": reason or ""}, also=also
    )
    db.session.commit()


def take_back(entry: PracticeEntry, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    _withdraw(entry, "take_back", reason, user, now, version)


def withdraw(entry: PracticeEntry, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    _withdraw(entry, "withdraw", reason, user, now, version)


def _withdraw(
    entry: PracticeEntry, step: str, reason: str, user: User, now: datetime, version: int | None
) -> None:
    also = {"reason": reason or "", "withdrawn_at": now}
    take_step(entry, step, user=user, now=now, version=version, given={"reason": reason or ""}, also=also)
    db.session.commit()


def keep(entry: PracticeEntry, *, review_on: date, user: User, now: datetime, version: int | None) -> None:
    """It is still right, and is looked at again on another day."""
    lock(entry, version, step="keep", user=user)
    _refuse_past(review_on, now)
    given = {"review_on": review_on}
    take_step(entry, "keep", user=user, now=now, version=version, given=given, also=given, locked=True)
    db.session.commit()


def _why_names(fund: Fund, said: EntrySaid) -> str | None:
    """Why other schools can't read this entry: it names a person."""
    rule = "other schools read the entry, and it names nobody. Say “the head” or “a teacher” instead"
    return why_names_anybody(fund, said.title, said.what, said.figure, said.source, rule=rule)


def _columns(said: EntrySaid, now: datetime) -> dict[str, Any]:
    _refuse_past(said.review_on, now)
    return said._asdict()


def _given(said: EntrySaid) -> dict[str, Any]:
    return {**said._asdict(), "measure": said.measure.words if said.measure else ""}


def _says(entry: PracticeEntry) -> EntrySaid:
    return EntrySaid(*(getattr(entry, name) for name in EntrySaid._fields))


def _refuse_past(day: date, now: datetime) -> None:
    if day <= london_date(now):
        raise Refused("The day to look at it again must be in the future.")
