"""What a follow-up action waits for."""

from fundflow.models.follow_up import FollowUp
from fundflow.rules.follow_ups import why_nothing_to_follow_up
from fundflow.rules.interests.bars import bar_of
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you


@guard
def nothing_to_follow_up(action: FollowUp, _ask: Ask) -> str | None:
    return why_nothing_to_follow_up(action.bid)


@guard
def barred_from_follow_up(action: FollowUp, ask: Ask) -> str | None:
    bar = bar_of(action.bid, ask.user, ask.now) if ask.user else None
    return f"You can’t handle actions here: {bar_to_you(bar)}. Ask a colleague." if bar else None
