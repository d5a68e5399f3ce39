"""The officer's verbs. Each ends with the commit; each raises Refused, Stale or AlreadyTaken."""

from fundflow.interests.named import confirm_interest, dismiss_interest
from fundflow.review.operations.interests import declare_interest
from fundflow.review.operations.later import (
    ask_termination,
    dismiss_review,
    hand_over,
    reinstate,
    uphold_review,
)
from fundflow.review.operations.notes import mark_read, send_note, write_note
from fundflow.review.operations.returning import ask_again, return_for_changes
from fundflow.review.operations.reviewing import (
    ReviewAnswers,
    bring_back,
    recommend,
    rule_ineligible,
    save_review,
    take_back,
    take_up,
)

__all__ = [
    "ReviewAnswers",
    "ask_again",
    "ask_termination",
    "bring_back",
    "confirm_interest",
    "declare_interest",
    "dismiss_interest",
    "dismiss_review",
    "hand_over",
    "mark_read",
    "recommend",
    "reinstate",
    "return_for_changes",
    "rule_ineligible",
    "save_review",
    "send_note",
    "take_back",
    "take_up",
    "uphold_review",
    "write_note",
]
