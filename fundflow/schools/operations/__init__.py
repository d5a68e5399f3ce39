"""The verbs of the schools' pages. Each ends with the commit; each raises Refused, Stale or AlreadyTaken."""

from datetime import datetime
from typing import Any

from fundflow.extensions import db
from fundflow.models.history import HistoryEntry
from fundflow.models.person import User


def keep(
    process: str,
    record_id: int,
    label: str,
    *,
    user: User,
    now: datetime,
    given: dict[str, Any] | None = None,
) -> None:
    """Note in the history what was done to something that is no bid."""
    db.session.add(
        HistoryEntry(
            process=process,
            record_id=record_id,
            step="change",
            label=label[:200],
            from_state="",
            to_state="",
            user_id=user.id,
            actor_name=user.name,
            at=now,
            given=given or {},
        )
    )
