"""A wrong decision is corrected in one act: a new one stands in its place, and the wrong one is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fundflow.extensions import db
from fundflow.letters.of_decisions import was_told
from fundflow.models.bid import Bid
from fundflow.models.decision import CriterionFeedback, Decision
from fundflow.models.panel import AgendaItem
from fundflow.models.person import User
from fundflow.panel.operations.deciding import (
    ConditionAsked,
    keep_conditions,
    keep_feedback,
    lock_for,
    make_offer,
    record,
    why_not_offer,
)
from fundflow.panel.operations.decisions import take_back
from fundflow.panel.queries import standing_decision
from fundflow.rules.panel.deciders import delegation_of
from fundflow.rules.panel.recomputed_sitting import recomputed
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.panel_rules import Choice

# What a correction carries over from the decision that it corrects: the panel does not sit again.
CARRIED = (
    "bid",
    "item",
    "outcome",
    "equality_note",
    "votes_for",
    "votes_against",
    "abstentions",
    "score_hundredths",
    "by_email",
    "rules_id",
    "sitting",
    "opening",
    "closing",
)


def correct_offer(
    bid: Bid,
    pence: int,
    *,
    reasons: str,
    reason: str,
    user: User,
    now: datetime,
    conditions: Sequence[ConditionAsked] = (),
    departure: str = "",
    version: int | None = None,
) -> Decision:
    """Correct the amount, conditions or reasons of an offer that is out.

    reason  why it is corrected; the school is told
    The old offer ends, a new one is made, and the ledger follows in the same transaction. Raises
    Refused, with nothing changed, above what was asked for, voted on, or may be offered.
    """
    item, wrong = _hold(bid, user, now, version)
    refuse_if(why_not_offer(item, pence))
    right = _instead_of(wrong, _with_departure(wrong, reasons, departure, pence), user, now, pence=pence)
    keep_conditions(right, conditions, now)
    right.feedback = [
        CriterionFeedback(criterion=row.criterion, title=row.title, text=row.text) for row in wrong.feedback
    ]
    bid.offer.ended_at, bid.offer.ended_how = now, "corrected"
    make_offer(right, now)
    return _replace(
        wrong,
        right,
        reason,
        user,
        now,
        version,
        {"amount": pence, "reasons": reasons, "conditions": right.conditions},
    )


def correct_refusal(
    bid: Bid,
    *,
    reasons: str,
    reason: str,
    user: User,
    now: datetime,
    feedback: Mapping[str, str] | None = None,
    version: int | None = None,
) -> Decision:
    """Correct the reasons for, or the feedback on, a bid that was not funded."""
    item, wrong = _hold(bid, user, now, version)
    right = _instead_of(wrong, reasons, user, now)
    keep_feedback(right, feedback or {}, item.rules)
    return _replace(wrong, right, reason, user, now, version, {"reasons": reasons})


def why_correction_departs(wrong: Decision, pence: int | None) -> str | None:
    """How an offer of `pence` departs from the score the decision was made on; None where it does not."""
    known = recomputed(wrong)
    if known is None or pence is None:
        return None
    return known.rules.departs(Choice.FUND, known.scores, for_less=pence < wrong.bid.requested_pence)


def _hold(bid: Bid, user: User, now: datetime, version: int | None) -> tuple[AgendaItem, Decision]:
    lock_for(bid, "correct_decision", version, user, now)
    wrong = standing_decision(bid)
    if wrong is None:
        raise Refused("There is no decision to correct.")
    return wrong.item, wrong


def _with_departure(wrong: Decision, reasons: str, departure: str, pence: int) -> str:
    departs = why_correction_departs(wrong, pence)
    if departs and not departure.strip():
        raise Refused(f"{departs} Say why the panel departs from it.")
    return f"{reasons}\n\n{departs} {departure.strip()}" if departs else reasons


def _instead_of(
    wrong: Decision, reasons: str, user: User, now: datetime, *, pence: int | None = None
) -> Decision:
    carried = {name: getattr(wrong, name) for name in CARRIED}
    right = Decision(
        **carried,
        pence=pence,
        reasons=reasons,
        delegation=delegation_of(wrong.bid),
        corrects=wrong,
        decided_at=now,
        decided_by_id=user.id,
    )
    db.session.add(right)
    return right


def _replace(
    wrong: Decision,
    right: Decision,
    reason: str,
    user: User,
    now: datetime,
    version: int | None,
    given: Mapping[str, object],
) -> Decision:
    """Let the one stand instead of the other; a letter still held is replaced by the day it was due."""
    untold, due = not was_told(wrong), wrong.letters_due_on if wrong.holds_letters else None
    take_back(wrong, reason, user, now, why="the decision was corrected before they went")
    right.bid.decision_held_until = None
    record(
        right,
        "correct_decision",
        user=user,
        now=now,
        version=version,
        held_until=due,
        internal=untold,
        given={**given, "reason": reason},
    )
    db.session.commit()
    return right
