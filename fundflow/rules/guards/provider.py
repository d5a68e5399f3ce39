"""What the approval of an independent provider waits for."""

from fundflow.models.provider import Provider
from fundflow.rules.providers import acted_last
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.working_days import london_date


@guard
def proposed_provider(provider: Provider, ask: Ask) -> str | None:
    """Two people: who proposed it, or put it up for approval last, does not approve it."""
    own = ask.user and (provider.proposed_by_id == ask.user.id or acted_last(provider, ask.user))
    return "You proposed it, or acted on it last. Another officer approves it." if own else None


@guard
def own_provider(provider: Provider, ask: Ask) -> str | None:
    own = ask.user and provider.is_contact(ask.user)
    return "You are this provider’s contact. A colleague decides about it." if own else None


@guard
def due_diligence(provider: Provider, ask: Ask) -> str | None:
    return provider.why_not_in_force(london_date(ask.now))
