"""What awards already running wait for, before they stand here."""

from fundflow.models.opening import Opening
from fundflow.rules.payees import bar_from_paying
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date


@guard
def entered_opening(opening: Opening, ask: Ask) -> str | None:
    if ask.user and opening.entered_by_id == ask.user.id:
        return "You entered this, so another person must confirm it: a finance officer."
    return None


@guard
def opening_barred(opening: Opening, ask: Ask) -> str | None:
    bar = bar_from_paying(opening.schools, ask.user, london_date(ask.now)) if ask.user else None
    return f"You can’t enter awards of these schools: {bar_to_you(bar)}." if bar else None
