"""A decision of the panel about more money that was recorded wrongly is taken back, to be made again."""

from datetime import datetime

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.interests.late import settle_all
from fundflow.models.change import ChangeRequest
from fundflow.models.decision import Decision
from fundflow.models.person import User
from fundflow.payments.change_parts import let_ask, take_parts_back
from fundflow.payments.changes import move_dates
from fundflow.reconciling import settle_less_money
from fundflow.rules.change_requests import version_as_before
from fundflow.steps import lock, require_step, take_step
from fundflow.workflow.change_request import ChangeState


def undo_more(change: ChangeRequest, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Take the decision back: it is kept, marked so, and its agenda item is open again. Money that was given
    goes back to the fund, and the award is as it was, in a version of its own."""
    lock(change, version, step="undo_more", user=user)
    require_step(change, "undo_more", user, now)
    given_more, item = change.state is ChangeState.AGREED, change.items[-1]
    since = change.decided_at or now
    decision = _standing(change)
    decision.undone_at, decision.undone_by_id, decision.undone_reason = now, user.id, reason
    settle_all(decision, reason, user, now)
    undecided = {"decided_at": None, "decided_by_id": None, "made_id": None, "answer": "", "waits_since": now}
    told = take_step(
        change, "undo_more", user=user, now=now, version=version, given={"reason": reason}, also=undecided
    )
    item.outcome, item.outcome_at = None, None
    if given_more:
        take_parts_back(change, since, now)
        _as_before(change, now)
        settle_less_money(change.bid, told, now)
    let_ask(change, now)
    db.session.commit()


def _as_before(change: ChangeRequest, now: datetime) -> None:
    bid, award = change.bid, version_as_before(change, now)
    bid.awards.append(award)
    bid.awarded_pence = award.pence
    move_dates(bid, change.old_start_on, change.old_end_on, was=change.end_on, now=now)


def _standing(change: ChangeRequest) -> Decision:
    which = Decision.change_id == change.id, Decision.undone_at.is_(None)
    return db.session.scalars(select(Decision).where(*which).order_by(Decision.id.desc()).limit(1)).one()
