"""A round's priorities. One that a bid names keeps its words; it is retired, never removed."""

from datetime import datetime

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.funds.operations.common import lock_fund
from fundflow.history import record_event
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.models.round import Priority, Round
from fundflow.names import searchable
from fundflow.workflow.engine import Refused


def add_priority(
    round_: Round, *, title: str, version: int, user: User, now: datetime, asks_assessment: bool = False
) -> None:
    """A priority schools may bid for in a round; one that was retired comes back.

    Raises Refused where the round has it already, and Stale.
    """
    lock_fund(round_.fund, version, user, now)
    known = _titled(round_, title)
    if known and not known.retired:
        raise Refused(f"{round_.name} already has the priority “{known.title}”.")
    if known:
        known.retired, title = False, known.title
        known.asks_assessment = asks_assessment
    else:
        db.session.add(Priority(round=round_, title=title, asks_assessment=asks_assessment))
    record_event(
        round_.fund, "add_priority", f"{title} became a priority of {round_.name}", user=user, now=now
    )
    db.session.commit()


def rename_priority(
    priority: Priority,
    *,
    title: str,
    version: int,
    user: User,
    now: datetime,
    asks_assessment: bool | None = None,
) -> None:
    """Other words for a priority, and whether it asks for an assessment of need (None: as before).

    Raises Refused where its words would change once a bid names it, or are taken.
    """
    lock_fund(priority.round.fund, version, user, now)
    named = select(Bid.id).where(Bid.priority_id == priority.id).limit(1)
    if title != priority.title and db.session.scalar(named):
        raise Refused(
            f"A bid has chosen “{priority.title}”, so its words can’t change. Retire it and add another."
        )
    known = _titled(priority.round, title)
    if known is not None and known is not priority:
        raise Refused(f"{priority.round.name} already has the priority “{known.title}”.")
    if title != priority.title:
        record_event(
            priority.round.fund,
            "rename_priority",
            f"Priority renamed in {priority.round.name}: {title}",
            user=user,
            now=now,
            given={"title": [priority.title, title]},
        )
        priority.title = title
    if asks_assessment is not None and asks_assessment != priority.asks_assessment:
        priority.asks_assessment = asks_assessment
        says = "asks" if asks_assessment else "no longer asks"
        record_event(
            priority.round.fund,
            "change_priority",
            f"{priority.title} {says} for an assessment of need",
            user=user,
            now=now,
        )
    db.session.commit()


def _titled(round_: Round, title: str) -> Priority | None:
    return next((p for p in round_.priorities if searchable(p.title) == searchable(title)), None)
