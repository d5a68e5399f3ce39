"""Members say whether they have an interest; the clerk records it for those on a call.

An interest that is found late voids the member's vote and scores, which are kept (`interests.late`).
"""

from datetime import datetime

from fundflow import interests
from fundflow.extensions import db
from fundflow.interests import late
from fundflow.models.interest import InterestKind
from fundflow.models.panel import AgendaItem, ItemOutcome
from fundflow.models.person import User
from fundflow.panel.operations.common import (
    lock_item,
    require_clerk,
    require_open,
    standing_of,
)
from fundflow.rules.panel.sitting import ItemStanding
from fundflow.rules.panel.sittings import standings_of
from fundflow.workflow.engine import Refused
from fundflow.workflow.interests import bar_to_you


def declare(
    item: AgendaItem, seat_id: int, kind: InterestKind, text: str = "", *, user: User, now: datetime
) -> bool:
    """Record a member's interest; answers whether it voided a vote or scores.

    Members speak for themselves, the clerk for anybody. Raises Refused where the text is missing,
    or where a member who stepped back wants to come back by themselves.
    """
    lock_item(item)
    standing = standing_of(item, seat_id, now)
    _require_own_or_clerk(item, standing, user, now)
    if standing.seat.user_id == user.id and _takes_back(standing, kind):
        raise Refused(
            "You said that you have an interest in this bid. Ask the clerk to change that, with the reason."
        )
    if item.outcome is ItemOutcome.REMOVED:
        require_open(item)
    if kind is not InterestKind.NONE and not text.strip():
        raise Refused("Say what the interest is.")
    changed = interests.keep(item.bid, standing.seat.user, kind, text.strip(), user=user, now=now)
    voided = _takes_the_vote(item, kind) and late.void_votes_and_scores(
        item.bid, standing.seat.user, text.strip(), bars=kind is InterestKind.BARRED, user=user, now=now
    )
    if changed or voided:
        item.touch()
    db.session.commit()
    return voided


def may_declare(item: AgendaItem, seat_id: int, user: User, now: datetime) -> ItemStanding:
    """How the member stands whose interest this person may record; raises Refused otherwise."""
    standing = standing_of(item, seat_id, now)
    _require_own_or_clerk(item, standing, user, now)
    return standing


def declare_none_for_the_rest(item: AgendaItem, *, user: User, now: datetime) -> int:
    """Record “no interest” for every member present who has not said yet; answers how many."""
    lock_item(item)
    require_clerk(item, user, now)
    require_open(item)
    silent = [s for s in standings_of(item, now) if s.owes_declaration]
    for standing in silent:
        interests.keep(item.bid, standing.seat.user, InterestKind.NONE, "", user=user, now=now)
    if silent:
        item.touch()
    db.session.commit()
    return len(silent)


def _require_own_or_clerk(item: AgendaItem, standing: ItemStanding, user: User, now: datetime) -> None:
    if standing.seat.user_id != user.id:
        require_clerk(item, user, now)
    elif standing.barred:
        raise Refused(
            f"You take no part in this bid: {bar_to_you(standing.barred)}. Ask the clerk if that is wrong."
        )


def _takes_back(standing: ItemStanding, kind: InterestKind) -> bool:
    """Whether saying this would give back a vote that an interest has taken."""
    return standing.declared is InterestKind.DISCLOSED and kind is InterestKind.NONE


def _takes_the_vote(item: AgendaItem, kind: InterestKind) -> bool:
    """Whether somebody who says this may not vote, nor score."""
    return kind is InterestKind.BARRED or (
        kind is InterestKind.DISCLOSED and not item.rules.disclosed_may_vote
    )
