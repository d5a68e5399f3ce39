"""What the removal of personal data waits for."""

from fundflow.models.data_removal import DataRemoval
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.working_days import london_date

ADMINISTRATORS_ONLY = "Only an administrator of every fund can do that."


@guard
def not_every_fund(removal: DataRemoval, ask: Ask) -> str | None:
    if ask.user and not removal.is_decided_by(ask.user, london_date(ask.now)):
        return ADMINISTRATORS_ONLY
    return None


@guard
def own_removal(removal: DataRemoval, ask: Ask) -> str | None:
    if ask.user and ask.user.id == removal.proposed_by_id:
        return "You proposed this list, so another administrator approves it."
    return None
