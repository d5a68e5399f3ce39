"""What an entry of good practice waits for."""

from fundflow.models.practice import PracticeEntry
from fundflow.rules.case_studies import why_head_missing
from fundflow.rules.interests.bars import bar_from_brokering
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date


@guard
def barred_from_practice(entry: PracticeEntry, ask: Ask) -> str | None:
    """No officer decides about an entry of their own school or trust."""
    bar = bar_from_brokering(entry, ask.user, london_date(ask.now)) if ask.user else None
    return f"You can’t handle this entry: {bar_to_you(bar)}. A colleague can." if bar else None


@guard
def practice_head_missing(entry: PracticeEntry, ask: Ask) -> str | None:
    return why_head_missing(entry, london_date(ask.now))
