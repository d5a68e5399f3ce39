"""What the decision maker records: fund, do not fund, defer; taking a decision back; renewing an offer.

A decision is a row of its own beside the step, with who sat and the rules it was made under, and is
kept when it is corrected (`correcting`) or taken back. Its letters to schools may be held for the
officer to read over (`letters_over`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fundflow.extensions import db
from fundflow.interests.late import settle_all
from fundflow.letters import of_decisions
from fundflow.models.bid import Bid
from fundflow.models.decision import Decision, Offer
from fundflow.models.panel import AgendaItem, ItemOutcome
from fundflow.models.person import User
from fundflow.panel.operations.deciding import (
    ConditionAsked,
    how_it_departs,
    keep_conditions,
    keep_feedback,
    lock_for,
    make_offer,
    record,
    why_departs,
    why_not_offer,
)
from fundflow.panel.queries import standing_decision
from fundflow.rules.panel.decided import decided
from fundflow.steps import lock, require_step, take_step
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.panel_rules import Choice
from fundflow.workflow.working_days import add_working_days, london_date


def approve(
    bid: Bid,
    pence: int,
    *,
    reasons: str,
    equality_note: str,
    user: User,
    now: datetime,
    conditions: Sequence[ConditionAsked] = (),
    feedback: Mapping[str, str] | None = None,
    departure: str = "",
    version: int | None = None,
) -> Offer:
    """Decide to fund the bid and make the school an offer of `pence`.

    conditions  what must be done, by whom and by when
    feedback    criterion → what the school is told about it
    departure   why the panel departs from its score, where it does
    Raises Refused above what was asked for or voted on, what an authorised officer may decide, or what
    the fund may still offer.
    """
    item = lock_for(bid, "approve", version, user, now)
    refuse_if(why_not_offer(item, pence))
    departure = _departure(item, Choice.FUND, departure, now, pence)
    decision = _decide(
        item,
        ItemOutcome.APPROVED,
        reasons,
        user,
        now,
        equality_note=equality_note,
        departure=departure,
        pence=pence,
    )
    keep_conditions(decision, conditions, now)
    keep_feedback(decision, feedback or {}, item.rules)
    offer = make_offer(decision, now)
    record(
        decision,
        "approve",
        user=user,
        now=now,
        version=version,
        given={"amount": pence, "reasons": reasons, "conditions": decision.conditions},
    )
    _end(item, ItemOutcome.APPROVED, now)
    db.session.commit()
    return offer


def decline(
    bid: Bid,
    *,
    reasons: str,
    equality_note: str,
    user: User,
    now: datetime,
    feedback: Mapping[str, str] | None = None,
    departure: str = "",
    version: int | None = None,
) -> None:
    """Decide not to fund the bid; the school may ask for a review."""
    item = lock_for(bid, "decline", version, user, now)
    decision = _decide(
        item,
        ItemOutcome.DECLINED,
        reasons,
        user,
        now,
        equality_note=equality_note,
        departure=_departure(item, Choice.DO_NOT_FUND, departure, now),
    )
    keep_feedback(decision, feedback or {}, item.rules)
    bid.due_on = None
    record(decision, "decline", user=user, now=now, version=version, given={"reasons": reasons})
    _end(item, ItemOutcome.DECLINED, now)
    db.session.commit()


def defer(bid: Bid, question: str, *, user: User, now: datetime, version: int | None = None) -> None:
    """Put a question to the school before deciding; at most twice."""
    item = lock_for(bid, "defer", version, user, now)
    decision = _decide(item, ItemOutcome.DEFERRED, question, user, now)
    bid.panel_question, bid.panel_answer = question, ""
    bid.due_on = add_working_days(london_date(now), bid.fund.answer_days, bid.fund.schools_off)
    entry = take_step(bid, "defer", user=user, now=now, version=version, given={"question": question})
    decision.entry_id = entry.id
    item.was_deferred = True  # after the step: its guard counts the deferrals so far
    _end(item, ItemOutcome.DEFERRED, now)
    db.session.commit()


def undo_decision(bid: Bid, reason: str, *, user: User, now: datetime, version: int | None = None) -> None:
    """Take a decision back, to decide otherwise: it is kept, its offer ends, its agenda item reopens.

    A school that was not written to yet hears nothing of it.
    """
    item = lock_for(bid, "undo_decision", version, user, now)
    decision = standing_decision(bid)
    untold = decision is not None and not of_decisions.was_told(decision)
    if decision is not None:
        take_back(decision, reason, user, now, why="the decision was taken back before they went")
    if bid.offers and bid.offer.ended_at is None:
        bid.offer.ended_at, bid.offer.ended_how = now, "undone"
    bid.due_on = bid.decision_held_until = None
    take_step(
        bid,
        "undo_decision",
        user=user,
        now=now,
        version=version,
        given={"reason": reason},
        internal=untold,
        unwritten=("school",) if untold else (),
    )
    item.outcome, item.outcome_at, item.was_deferred = None, None, False
    db.session.commit()


def take_back(decision: Decision, reason: str, user: User, now: datetime, *, why: str) -> None:
    """Mark a decision as one that no longer stands; `why` says so of letters that never went."""
    decision.undone_at, decision.undone_by_id, decision.undone_reason = now, user.id, reason
    if decision.holds_letters:
        of_decisions.drop(decision, why)
    settle_all(decision, reason, user, now)


def renew_offer(bid: Bid, reason: str, *, user: User, now: datetime, version: int | None = None) -> Offer:
    """Make the offer again that lapsed or was turned down, if the fund still bears it."""
    lock(bid, version, step="renew_offer", user=user)
    db.session.expire_all()
    require_step(bid, "renew_offer", user, now)
    if not bid.offers:
        raise Refused("There is no offer to renew.")
    last = bid.offer
    refuse_if(why_not_offer(last.decision.item, last.pence))
    offer = make_offer(last.decision, now)
    bid.due_on = offer.reply_by
    take_step(bid, "renew_offer", user=user, now=now, version=version, given={"reason": reason})
    db.session.commit()
    return offer


def _departure(
    item: AgendaItem, wanted: Choice, departure: str, now: datetime, pence: int | None = None
) -> str:
    departs = why_departs(item, wanted, now, pence)
    if departs and not departure.strip():
        raise Refused(f"{departs} Say why the panel {how_it_departs(departs)}.")
    return f"{departs} {departure.strip()}" if departs else ""


def _decide(
    item: AgendaItem,
    outcome: ItemOutcome,
    reasons: str,
    user: User,
    now: datetime,
    *,
    equality_note: str = "",
    departure: str = "",
    pence: int | None = None,
) -> Decision:
    """Keep the decision, with its departure from the score among the reasons."""
    said = "\n\n".join(part for part in (reasons, departure) if part)
    decision = decided(item, outcome, said, user, now, equality_note=equality_note, pence=pence)
    db.session.add(decision)
    return decision


def _end(item: AgendaItem, outcome: ItemOutcome, now: datetime) -> None:
    """End the item, after the step: the step's guards ask an open item."""
    item.outcome, item.outcome_at = outcome, now
