"""Records about which every guard is content, so that only the table decides."""

from datetime import UTC, date, datetime
from enum import Enum
from types import SimpleNamespace
from typing import Any

from fundflow.workflow.engine import Ask, Step, Workflow

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
LONG_PAST, FAR_AHEAD = date(2026, 1, 5), date(2027, 12, 31)
SOMEBODY = SimpleNamespace(id=7, name="Somebody")
ASK = Ask(NOW, SOMEBODY)


def never(*_args: Any) -> None:
    return None


def nothing(*_args: Any, **_named: Any) -> list[str]:
    return []


def yes(*_args: Any) -> bool:
    return True


def no(*_args: Any) -> bool:
    return False


def zero(*_args: Any) -> int:
    return 0


def ready_item() -> SimpleNamespace:
    return SimpleNamespace(
        sitting=lambda _now: SimpleNamespace(inquorate=None, yet_to_declare=[]),
        why_no_majority=never,
        unmoderated=nothing,
        why_decider_not_there=never,
    )


def ready_bid(state: Enum | None = None, **values: Any) -> SimpleNamespace:
    """A bid that every guard lets go on, except the one about the date of an offer's reply."""
    return SimpleNamespace(
        **{
            "state": state,
            "missing_sections": nothing,
            "why_round_closed": never,
            "began_by_school": False,
            "correcting_since": None,
            "bar_of": never,
            "names_to_settle": nothing,
            "bar_from_deciding": never,
            "unanswered_queries": nothing,
            "checklist_items_left": zero,
            "checklist_notes_wanted": nothing,
            "wrong_in_review": nothing,
            "due_on": LONG_PAST,
            "waiting_for": nothing,
            "open_item": ready_item(),
            "latest_item": ready_item(),
            "times_deferred": zero,
            "panel_question_answered": yes,
            "offer": SimpleNamespace(reply_by=FAR_AHEAD),
            "fund": SimpleNamespace(schools_off=frozenset(), council_off=frozenset()),
            "termination_asked_at": NOW,
            "end_on": LONG_PAST,
            "has_accepted_report": yes,
            "has_sent_report": no,
            "feedback_asked": yes,
            "has_open_claim": no,
            "submitted_at": NOW,
            "review_request": object(),
            "took_part": no,
            "is_in_monitoring": True,
            "why_letter_held": never,
            "why_decision_questioned": never,
            **values,
        }
    )


def ready(workflow: Workflow, state: Enum, step: str = "") -> SimpleNamespace:
    """A record of a process in this state, ready for this step."""
    bid = ready_bid(state)
    if step == "lapse_offer":
        bid.offer.reply_by = LONG_PAST
    if step == "go_on_delivering":
        bid.end_on = FAR_AHEAD
    if step == "correct":
        bid.correcting_since = NOW
    if workflow.name == "application":
        return bid
    if workflow.name == "meeting":
        return ready_meeting(state, step)
    return SimpleNamespace(
        state=state,
        bid=bid,
        pence=100,
        certified_by_id=None,
        why_not_payable=never,
        why_above_balance=never,
        why_log_unfinished=never,
        why_condition_unmet=never,
        why_not_in_force=never,
        why_days_unconfirmed=never,
        due_on=LONG_PAST,
        why_incomplete=never,
        bar_of=never,
        is_asked_by=no,
        is_of=no,
        is_before_decision=True,
        user=SimpleNamespace(id=8, name="Somebody else"),
        binds=True,
        meeting_is_over=True,
    )


def ready_meeting(state: Enum, step: str) -> SimpleNamespace:
    """A meeting with a bid on its agenda where papers are to go out, else with none left."""
    open_items = [ready_item()] if step == "issue_papers" else []
    return SimpleNamespace(
        state=state, undecided_items=lambda: open_items, items_to_settle=lambda _now: open_items
    )


def everything(step: Step) -> dict[str, object]:
    """What the step asks for."""
    return {wanted.name: "given" for wanted in step.asks_for}
