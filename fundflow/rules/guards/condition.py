"""What a condition of an award waits for."""

from fundflow.models.condition import AwardCondition
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.panel.deciders import bar_from_deciding
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you


@guard
def decision_undone(condition: AwardCondition, _ask: Ask) -> str | None:
    return None if condition.binds else "Its decision was corrected or taken back, so it no longer binds."


@guard
def not_in_force(condition: AwardCondition, _ask: Ask) -> str | None:
    return condition.why_not_in_force()


@guard
def barred_from_condition(condition: AwardCondition, ask: Ask) -> str | None:
    bar = bar_of(condition.bid, ask.user, ask.now) if ask.user else None
    return f"You can’t handle this condition: {bar_to_you(bar)}." if bar else None


@guard
def barred_from_waiving(condition: AwardCondition, ask: Ask) -> str | None:
    bar = bar_from_deciding(condition.bid, ask.user, ask.now) if ask.user else None
    return f"You can’t decide this: {bar_to_you(bar)}." if bar else None
