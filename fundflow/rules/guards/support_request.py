"""What a request for support waits for."""

from fundflow.models.brokering import SupportRequest
from fundflow.rules.interests.bars import bar_from_brokering
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date


@guard
def broker_barred(request: SupportRequest, ask: Ask) -> str | None:
    """An officer may not broker for their own school or trust."""
    bar = bar_from_brokering(request, ask.user, london_date(ask.now))
    return f"You can’t broker this: {bar_to_you(bar)}. A colleague can." if bar else None


@guard
def outsider_barred(request: SupportRequest, ask: Ask) -> str | None:
    """As `broker_barred`, but the school that asks may go on with its own request."""
    return None if request.is_asked_by(ask.user, ask.now) else broker_barred(request, ask)
