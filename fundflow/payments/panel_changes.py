"""More money for an award, through the panel: put on an agenda, taken back, and what the panel decides."""

from datetime import datetime

from fundflow import papers
from fundflow.agenda import add_item
from fundflow.extensions import db
from fundflow.models.change import ChangeRequest
from fundflow.models.decision import Decision
from fundflow.models.panel import AgendaItem, ItemOutcome
from fundflow.models.person import User
from fundflow.payments.change_parts import put_parts_in_force
from fundflow.payments.changes import put_in_force
from fundflow.reconciling import drop_joining, raise_more_money
from fundflow.rules.bank_details import why_not_kept
from fundflow.rules.panel.decided import decided
from fundflow.steps import lock, require_step, take_step
from fundflow.workflow.engine import Refused, refuse_if


def put_to_panel(
    change: ChangeRequest, advice: str, meeting_id: int, *, user: User, now: datetime, version: int | None
) -> None:
    """Put a change that asks for more money on a meeting's agenda, with what the officer says of it."""
    lock(change, version, step="put_to_panel", user=user)
    require_step(change, "put_to_panel", user, now)
    refuse_if(why_not_kept(advice))
    item = add_item(change, meeting_id)
    given = {"advice": advice, "meeting": meeting_id}
    also = {"advice": advice, "waits_since": now}
    take_step(change, "put_to_panel", user=user, now=now, version=version, given=given, also=also)
    papers.issue_if_out(item, user=user, now=now)
    db.session.commit()


def take_from_panel(
    change: ChangeRequest, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """Take it off the agenda again; it comes back to the officer."""
    lock(change, version, step="take_from_panel", user=user)
    require_step(change, "take_from_panel", user, now)
    if change.open_item:
        change.open_item.take_off(now)
    take_step(
        change,
        "take_from_panel",
        user=user,
        now=now,
        version=version,
        given={"reason": reason},
        also={"waits_since": now},
    )
    db.session.commit()


def award_more(
    change: ChangeRequest,
    *,
    reasons: str,
    equality_note: str,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """Record that the panel gives the money: the larger award is in force at once, and what falls due of it
    is claimed. Raises Refused where the fund can't bear it."""
    item = _lock_item(change, "award_more", version, user, now)
    decision = decided(
        item, ItemOutcome.APPROVED, reasons, user, now, equality_note=equality_note, pence=change.pence
    )
    made = put_in_force(change, now)
    _record(change, decision, "award_more", user=user, version=version, made_id=made.id)
    put_parts_in_force(change, now)
    change.bid.awarded_pence = change.pence
    raise_more_money(change.bid, now)
    db.session.commit()


def refuse_more(
    change: ChangeRequest,
    *,
    reasons: str,
    equality_note: str,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """Record that the panel gives no more; the award stays as it is."""
    item = _lock_item(change, "refuse_more", version, user, now)
    decision = decided(item, ItemOutcome.DECLINED, reasons, user, now, equality_note=equality_note)
    _record(change, decision, "refuse_more", user=user, version=version)
    drop_joining(change)
    db.session.commit()


def put_off(change: ChangeRequest, *, question: str, user: User, now: datetime, version: int | None) -> None:
    """Record that the panel has a question first; the change goes back to the officer."""
    item = _lock_item(change, "put_off", version, user, now)
    decision = decided(item, ItemOutcome.DEFERRED, question, user, now)
    db.session.add(decision)
    given = {"question": question}
    also = {"waits_since": now}
    entry = take_step(change, "put_off", user=user, now=now, version=version, given=given, also=also)
    decision.entry_id = entry.id
    item.was_deferred = True  # after the step: its guard counts the times so far
    item.outcome, item.outcome_at = ItemOutcome.DEFERRED, now
    db.session.commit()


def _lock_item(
    change: ChangeRequest, step: str, version: int | None, user: User, now: datetime
) -> AgendaItem:
    """Lock the change and return the agenda item that the step decides, with its votes read afresh."""
    lock(change, version, step=step, user=user)
    db.session.expire_all()  # votes loaded before the lock may have changed since
    require_step(change, step, user, now)
    item = change.open_item
    if item is None:
        raise Refused("The change is not on the agenda of a meeting that is open.")
    return item


def _record(
    change: ChangeRequest,
    decision: Decision,
    step: str,
    *,
    user: User,
    version: int | None,
    made_id: int | None = None,
) -> None:
    """Take the step that ends the change, keep its decision, and end the item: after the step, whose guards
    ask for an open one."""
    now, item = decision.decided_at, decision.item
    given = {"reasons": decision.reasons, "equality_note": decision.equality_note}
    also = {
        "decided_at": now,
        "decided_by_id": user.id,
        "answer": decision.reasons,
        "made_id": made_id,
    }
    entry = take_step(change, step, user=user, now=now, version=version, given=given, also=also)
    decision.entry_id = entry.id
    db.session.add(decision)
    item.outcome, item.outcome_at = decision.outcome, now
