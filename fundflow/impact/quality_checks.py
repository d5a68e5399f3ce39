"""Quality checks: begun, recorded, and the actions they ask for carried out."""

from datetime import date, datetime
from typing import Any

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.models.quality_check import CheckRating, QualityCheck
from fundflow.rules.quality_checks import checks_of, first_checks
from fundflow.steps import lock, require_step, take_step
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date


def begin_checks(bid: Bid, now: datetime) -> int:
    """Of a bid in delivery whose fund has begun to check support; 1 where it did. Commits."""
    lock(bid, None)
    found = [] if checks_of(bid) else first_checks(bid, london_date(now))
    db.session.add_all(found)
    db.session.commit()
    return int(bool(found))


def record_green(
    check: QualityCheck, *, found: str, note: str, user: User, now: datetime, version: int | None
) -> None:
    said = {"found": found}
    _take(check, "record_green", said, _checked(CheckRating.GREEN, note, user, now), user, now, version)


def record_amber(check: QualityCheck, **said: Any) -> None:
    _record_concern(check, "record_amber", CheckRating.AMBER, **said)


def record_red(check: QualityCheck, **said: Any) -> None:
    _record_concern(check, "record_red", CheckRating.RED, **said)


def _record_concern(
    check: QualityCheck,
    step: str,
    rating: CheckRating,
    *,
    found: str,
    action: str,
    owner: str,
    action_due_on: date,
    note: str,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """Raises Refused for an action that would be due in the past."""
    said = {"found": found, "action": action, "owner": owner, "action_due_on": action_due_on}
    if action_due_on < london_date(now):
        raise Refused("The action can’t be due in the past.")
    _take(check, step, said, _checked(rating, note, user, now), user, now, version)


def _checked(rating: CheckRating, note: str, user: User, now: datetime) -> dict[str, Any]:
    return {"rating": rating, "note": note or "", "checked_on": london_date(now), "checked_by_id": user.id}


def carry_out(check: QualityCheck, *, done_note: str, user: User, now: datetime, version: int | None) -> None:
    """The action is carried out, and how that is known."""
    said, when = {"done_note": done_note}, {"done_on": london_date(now)}
    _take(check, "carry_out", said, when, user, now, version)


def check_again(
    check: QualityCheck, *, again_found: str, user: User, now: datetime, version: int | None
) -> None:
    """Checked again after the action, and green."""
    said, when = {"again_found": again_found}, {"again_on": london_date(now)}
    _take(check, "check_again", said, when, user, now, version)


def _take(
    check: QualityCheck,
    step: str,
    said: dict[str, Any],
    kept: dict[str, Any],
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """`said` stands in the history, which schools read; `kept` in the check alone."""
    lock(check, version, step=step, user=user)
    require_step(check, step, user, now)
    take_step(check, step, user=user, now=now, version=version, given=said, also={**said, **kept})
    db.session.commit()
