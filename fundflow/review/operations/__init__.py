"""The officer's verbs. Each ends with the commit; each raises Refused, Stale or AlreadyTaken."""

from fundflow.review.operations.later import (
    ask_termination,
    dismiss_review,
    hand_over,
    reinstate,
    resume,
    suspend,
    uphold_review,
)  # fmt: skip
from fundflow.review.operations.reviewing import (
    ReviewAnswers,
    bring_back,
    recommend,
    return_for_changes,
    rule_ineligible,
    save_review,
    take_back,
    take_up,
)  # fmt: skip

__all__ = [
    "ReviewAnswers", "ask_termination", "bring_back", "dismiss_review", "hand_over", "recommend",
    "reinstate", "resume", "return_for_changes", "rule_ineligible", "save_review", "suspend",
    "take_back", "take_up", "uphold_review",
]  # fmt: skip
