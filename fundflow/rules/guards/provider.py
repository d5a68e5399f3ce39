"""What the approval of an independent provider waits for."""

from fundflow.models.provider import Provider
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.working_days import london_date


@guard
def proposed_provider(provider: Provider, ask: Ask) -> str | None:
    """Two people: the one who proposed it does not approve it."""
    own = ask.user and provider.proposed_by_id == ask.user.id
    return "You proposed this provider. Another officer approves it." if own else None


@guard
def own_provider(provider: Provider, ask: Ask) -> str | None:
    own = ask.user and provider.contact_email.lower() == ask.user.email.lower()
    return "You are this provider’s contact. A colleague decides about it." if own else None


@guard
def due_diligence(provider: Provider, ask: Ask) -> str | None:
    return provider.why_not_in_force(london_date(ask.now))
