"""What the panel votes on: the amount asked for, unless the clerk records another proposal."""

from datetime import datetime
from typing import Any

from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.models.history import HistoryEntry
from fundflow.models.money import pounds
from fundflow.models.panel import AgendaItem
from fundflow.models.person import User
from fundflow.panel.operations.attendance import barred_leave
from fundflow.panel.operations.common import lock_item, require_clerk, require_open
from fundflow.workflow.engine import Refused

ANOTHER = "Another proposal was put"


def propose(item: AgendaItem, pence: int, reason: str, *, user: User, now: datetime) -> bool:
    """Put another amount (pence), or again the one asked for, to the vote; answers whether votes were
    voided by it.

    Earlier votes were on something else: they are kept and count no more, and a vote by email ends.
    Raises Refused above what was asked for, and without a reason.
    """
    lock_item(item)
    require_clerk(item, user, now)
    require_open(item)
    if item.change:
        raise Refused("The panel votes on the change as it was asked for.")
    if not item.is_before_panel:
        raise Refused("This item is no longer open, so what is voted on can’t change.")
    if not 0 < pence <= item.bid.requested_pence:
        raise Refused(
            f"Propose more than £0 and at most {pounds(item.bid.requested_pence)}, which the "
            "school asked for."
        )
    if pence == item.voted_pence:
        db.session.commit()  # a second click
        return False
    if not reason.strip():
        raise Refused("Say why another amount is proposed.")
    votes = [vote for vote in item.votes if vote.counts]
    _keep(item, pence, reason.strip(), user, now)
    for vote in votes:
        vote.voided_at, vote.voided_why = now, ANOTHER
    item.casting_choice, item.casting_by_id, item.casting_reason = None, None, ""
    item.email_vote_until = None
    _set(item, pence, reason.strip(), user, now)
    barred_leave(item, user=user, now=now)
    item.touch()
    db.session.commit()
    return bool(votes)


def _set(item: AgendaItem, pence: int, reason: str, user: User, now: datetime) -> None:
    asked = pence == item.bid.requested_pence
    item.proposed_pence, item.proposed_reason = (None, "") if asked else (pence, reason)
    item.proposed_at, item.proposed_by_id = now, user.id


def _keep(item: AgendaItem, pence: int, reason: str, user: User, now: datetime) -> HistoryEntry:
    """Keep in the history what was voted on until now, and how, for the minutes."""
    votes = {vote.seat_id: vote.choice for vote in item.votes if vote.counts}
    given: dict[str, Any] = {"item": item.id, "amount": pence, "before": item.voted_pence, "votes": votes}
    if item.casting_choice:
        given |= {"casting": item.casting_choice, "casting_reason": item.casting_reason}
    return record_event(
        item.bid,
        "propose",
        f"Put {pounds(pence)} to the vote",
        user=user,
        now=now,
        reason=reason,
        given=given,
        internal=True,
    )
