"""What clerks, members and decision makers do; each operation ends in the one commit."""

from fundflow.panel.operations.decisions import (
    approve,
    decline,
    defer,
    delegation_of,
    officer_decides,
    renew_offer,
    undo_decision,
    why_departs,
    why_not_offer,
)  # fmt: skip
from fundflow.panel.operations.interests import declare, declare_none_for_the_rest, may_declare
from fundflow.panel.operations.items import (
    ask_to_vote_by_email,
    cast,
    keeps_this_item,
    record_presence,
    save_scores,
    scores_stamp,
    vote,
    why_no_email_vote,
    why_no_vote,
)  # fmt: skip
from fundflow.panel.operations.meetings import (
    cancel,
    close_session,
    issue_papers,
    move_to,
    move_up,
    open_session,
    plan_meeting,
    record_attendance,
)  # fmt: skip

__all__ = [
    "approve", "ask_to_vote_by_email", "cancel", "cast", "close_session", "declare",
    "declare_none_for_the_rest", "decline", "defer", "delegation_of", "issue_papers",
    "keeps_this_item", "may_declare", "move_to", "move_up", "officer_decides", "open_session",
    "plan_meeting", "record_attendance", "record_presence",
    "renew_offer", "save_scores", "scores_stamp", "undo_decision", "vote",
    "why_departs", "why_no_email_vote", "why_no_vote", "why_not_offer",
]  # fmt: skip
