"""What becomes of a condition of an award: reported, met, not met yet, no longer asked for."""

from datetime import datetime

from fundflow.extensions import db
from fundflow.models.condition import AwardCondition
from fundflow.models.person import User
from fundflow.steps import lock, require_step, take_step


def report_condition(
    condition: AwardCondition, note: str, *, user: User, now: datetime, version: int | None = None
) -> None:
    """The school says that it is met, and how."""
    _take(condition, "report", "note", note, user, now, version)


def discharge_condition(
    condition: AwardCondition, note: str, *, user: User, now: datetime, version: int | None = None
) -> None:
    """The officer records that it is met, and how they know."""
    _take(condition, "discharge", "note", note, user, now, version)


def condition_not_yet(
    condition: AwardCondition, reason: str, *, user: User, now: datetime, version: int | None = None
) -> None:
    """The officer says what is missing; its date stays."""
    _take(condition, "not_yet", "reason", reason, user, now, version)


def waive_condition(
    condition: AwardCondition, reason: str, *, user: User, now: datetime, version: int | None = None
) -> None:
    """The decision maker for the fund lets it go; payments no longer wait for it."""
    _take(condition, "waive", "reason", reason, user, now, version)


def _take(
    condition: AwardCondition,
    step: str,
    asked: str,
    words: str,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    lock(condition, version, step=step, user=user)
    require_step(condition, step, user, now)
    condition.note, condition.changed_at = words, now
    take_step(condition, step, user=user, now=now, version=version, given={asked: words})
    db.session.commit()
