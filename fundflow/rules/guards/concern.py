"""What a concern about a school waits for."""

from fundflow.models.caseload import Concern
from fundflow.rules.interests.bars import bar_from_brokering
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date


@guard
def barred_from_concern(concern: Concern, ask: Ask) -> str | None:
    """Nobody acts on a concern about their own school or trust."""
    bar = bar_from_brokering(concern, ask.user, london_date(ask.now)) if ask.user else None
    return f"You can’t do this for the concern: {bar_to_you(bar)}. A colleague can." if bar else None
