"""The register: an adviser is added or changed, trained and checked."""

from datetime import date, datetime
from typing import NamedTuple

from fundflow.advisers import queries
from fundflow.extensions import db
from fundflow.models.adviser import (
    DETERMINED,
    Adviser,
    AdviserKind,
    AdviserRecord,
    OffPayroll,
    RecordKind,
    RecordOutcome,
)
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.steps import lock, note
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date


class AdviserSaid(NamedTuple):
    """What the register says of an adviser; `half_days` a school year, `subjects` values of Expertise."""

    name: str
    email: str
    kind: AdviserKind
    school: School | None
    subjects: list[str]
    half_days: int
    availability: str
    off_payroll: OffPayroll
    off_payroll_on: date | None


def add(fund: Fund, said: AdviserSaid, *, user: User, now: datetime) -> Adviser:
    """Raises Refused."""
    adviser = Adviser(fund=fund, fund_id=fund.id)
    queries.require_keeper(adviser, user, now)
    _write(adviser, said, now)
    queries.require_keeper(adviser, user, now)  # it may be their own address
    db.session.add(adviser)
    db.session.flush()  # its entry points at it
    note(adviser, "add", "Added an adviser", user=user, now=now)
    db.session.commit()
    return adviser


def change(
    adviser: Adviser, said: AdviserSaid, *, left: bool, user: User, now: datetime, version: int | None
) -> None:
    """Raises Refused, also for one who leaves and still advises a school."""
    lock(adviser, version)
    queries.require_keeper(adviser, user, now)
    promised = queries.visits_promised(adviser)
    if left and promised:
        raise Refused(f"{adviser.name} still advises schools. End those allocations first.")
    if said.half_days < promised:
        raise Refused(
            f"{adviser.name} has {promised} visits a year to make. The half days can’t be fewer than that."
        )
    _write(adviser, said, now)
    queries.require_keeper(adviser, user, now)  # it may be their own address now
    adviser.left_at = (adviser.left_at or now) if left else None
    note(adviser, "change", "Changed an adviser", user=user, now=now)
    db.session.commit()


def _write(adviser: Adviser, said: AdviserSaid, now: datetime) -> None:
    if said.kind is AdviserKind.SERVING_HEAD and said.school is None:
        raise Refused("A serving head has a school. Select it.")
    determined = said.off_payroll in DETERMINED
    if determined and said.off_payroll_on is None:
        raise Refused("Enter the day on which it was decided that they are inside or outside the rules.")
    if said.off_payroll_on and said.off_payroll_on > london_date(now):
        raise Refused("The day of the decision can’t lie in the future.")
    adviser.name, adviser.email, adviser.kind = said.name, said.email.lower(), said.kind
    adviser.school, adviser.subjects = said.school, said.subjects
    adviser.half_days, adviser.availability = said.half_days, said.availability
    adviser.off_payroll = said.off_payroll
    adviser.off_payroll_on = said.off_payroll_on if determined else None
    adviser.account = queries.account_at(adviser.email)


def add_record(
    adviser: Adviser,
    *,
    kind: RecordKind,
    what: str,
    done_on: date | None,
    outcome: RecordOutcome | None,
    due_on: date | None,
    said: str,
    renews: AdviserRecord | None,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """A training or a quality check, done or due; it renews an earlier one where that is named.

    Raises Refused.
    """
    lock(adviser, version, step="record", user=user)
    queries.require_keeper(adviser, user, now)
    if why := _why_not_record(kind, done_on, outcome, due_on, now):
        raise Refused(why)
    record = AdviserRecord(
        adviser=adviser,
        kind=kind,
        what=what,
        done_on=done_on,
        outcome=outcome,
        due_on=due_on,
        note=said,
        renews_id=renews.id if renews else None,
        at=now,
        by_id=user.id,
    )
    db.session.add(record)
    note(
        adviser,
        "record",
        f"Recorded: {kind.words.lower()}",
        user=user,
        now=now,
        version=version,
        given={"what": what, "done_on": done_on, "due_on": due_on},
    )
    db.session.commit()


def _why_not_record(
    kind: RecordKind,
    done_on: date | None,
    outcome: RecordOutcome | None,
    due_on: date | None,
    now: datetime,
) -> str | None:
    if done_on is None and due_on is None:
        return "Enter when it was done, or when it is due."
    if (done_on is None) != (outcome is None):
        return "Enter both the day it was done and its outcome, or neither."
    if done_on and done_on > london_date(now):
        return "What is still to come can’t be done already. Enter it as due."
    if done_on and due_on and due_on <= done_on:
        return "The next one must be due after this one was done."
    if outcome and (outcome is RecordOutcome.DONE) != (kind is RecordKind.TRAINING):
        return "A training is done. A quality check is met or not yet met."
    return None
