"""What a quality check waits for."""

from fundflow.models.quality_check import QualityCheck
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.quality_checks import CHECKED_IN
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you


@guard
def nothing_to_check(check: QualityCheck, _ask: Ask) -> str | None:
    if not check.bid.fund.checks_support:
        return "This fund does not check the quality of support."
    return None if check.bid.state in CHECKED_IN else "The support has stopped, so there is nothing to check."


@guard
def barred_from_check(check: QualityCheck, ask: Ask) -> str | None:
    bar = bar_of(check.bid, ask.user, ask.now) if ask.user else None
    return f"You can’t check this support: {bar_to_you(bar)}. Ask a colleague." if bar else None
