"""Records that every guard lets go on, and what the rules answer about them."""

from enum import Enum
from types import SimpleNamespace
from typing import Any

from fundflow.models.bid import Origin
from fundflow.workflow.award import tranches
from fundflow.workflow.interests import Bar, BarKind, Body
from tests.workflow.fakes import FAR_AHEAD, LONG_PAST, NOW


def nothing(*_args: Any, **_named: Any) -> list[str]:
    return []


def yes(*_args: Any) -> bool:
    return True


def no(*_args: Any) -> bool:
    return False


def review(left: int = 0, *notes_wanted: str) -> SimpleNamespace:
    wanted = [SimpleNamespace(words=words) for words in notes_wanted]
    return SimpleNamespace(
        items_left=lambda: left,
        notes_wanted=lambda: wanted,
        reply_until=FAR_AHEAD,
        recommendation=None,
        why_unassessed=says(None),
    )


# What the rules answer about a bid that is ready, by their names.
RULES: dict[str, Any] = {
    "missing_sections": [],
    "why_round_closed": None,
    "why_bids_held": None,
    "wrong_under": [],
    "bar_of": None,
    "bar_from_deciding": None,
    "names_to_settle": [],
    "was_involved": False,
    "sitting_of": SimpleNamespace(inquorate=None, yet_to_declare=[]),
    "why_no_majority": None,
    "why_decider_not_there": None,
    "unmoderated": [],
    "keeps_scores_from": False,
    "why_letter_held": None,
    "why_not_taken_back": None,
    "why_decision_questioned": None,
    "items_to_settle": [],
    "why_not_claimable": None,
    "why_above_balance": None,
    "why_none_approved": None,
    "why_days_unsettled": None,
    "why_log_unexplained": None,
    "why_nothing_claimed": None,
    "why_plan_wanted": None,
    "is_with_officer": False,
    "why_above_offer": None,
    "why_days_unconfirmed": None,
    "why_condition_unmet": None,
    "why_blocked": None,
    "why_nothing_to_block": None,
    "why_nothing_to_follow_up": None,
    "why_nothing_to_tell": None,
    "why_study_there": None,
    "why_head_missing": None,
    "next_day": LONG_PAST,
    "next_ask": LONG_PAST,
    "bar_from_brokering": None,
    "why_not_order": None,
    "why_changed": None,
    "why_ordered": None,
    "priced_by": SimpleNamespace(name="Ann"),
    "why_nobody_asked": None,
    "why_nothing_to_buy": None,
    "is_complete": False,
    "was_reminded_on": False,
    "why_no_payee": None,
    "provider_of": None,
    "acted_last": False,
    "bar_from_paying": None,
    "why_outdated": None,
    "why_not_reconciled": None,
    "why_set_against": None,
    "why_above_small_sum": None,
    "why_in_run": None,
    "why_paid_in_runs": None,
    "why_no_invoice": None,
    "why_bid_closed": None,
    "why_not_exported": None,
    "why_payment_stays": None,
    "why_earned_stays": None,
    "why_earned_changed": None,
    "why_still_owed": None,
    "why_not_owed_again": None,
    "why_award_fixed": None,
    "why_change_open": None,
    "why_impossible": None,
    "why_claim_certified": None,
    "why_cut_comes_back": None,
    "why_decider_decides": None,
    "why_heads_have_accounts": None,
    "payments_to_set_against": [object()],
}


def ready_bid(state: Enum | None = None, **values: Any) -> SimpleNamespace:
    """A bid that every guard lets go on, except the one about the date of an offer's reply."""
    return SimpleNamespace(
        **{
            "state": state,
            "began_by_school": False,
            "origin": Origin.OPENING,
            "correcting_since": None,
            "award": SimpleNamespace(tranches=tranches(50, 30)),
            "half_time_at": None,
            "return_of": lambda _kind: None,
            "start_on": None,
            "unanswered_queries": nothing,
            "review": review(),
            "due_on": LONG_PAST,
            "waiting_for": nothing,
            "open_item": SimpleNamespace(),
            "latest_item": SimpleNamespace(),
            "deferrals": 0,
            "panel_answer": "Yes.",
            "offer": SimpleNamespace(reply_by=FAR_AHEAD),
            "fund": SimpleNamespace(
                schools_off=frozenset(), council_off=frozenset(), asks_reply=True, assesses_need=True
            ),
            "termination_asked_at": NOW,
            "end_on": LONG_PAST,
            "has_accepted_report": yes,
            "has_sent_report": no,
            "report_to_check": None,
            "feedback_asked": yes,
            "feedback": [],
            "has_open_claim": no,
            "submitted_at": NOW,
            "review_request": object(),
            "is_in_monitoring": True,
            **values,
        }
    )


OWN_SCHOOL = Bar(BarKind.SCHOOL, Body(1, "Oak"))


def sitting(**answers: Any) -> dict[str, Any]:
    return {"sitting_of": SimpleNamespace(**answers)}


def yet_to_declare(*names: str) -> list[Any]:
    return [SimpleNamespace(seat=SimpleNamespace(user=SimpleNamespace(name=name))) for name in names]


def says(value: Any) -> Any:
    return lambda *_args: value
