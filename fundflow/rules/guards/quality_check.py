"""What a quality check waits for."""

from fundflow.models.quality_check import QualityCheck
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.providers import provider_of
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


@guard
def own_providers_check(check: QualityCheck, ask: Ask) -> str | None:
    """The contact of an independent provider checks no support that it gives."""
    if "provider" not in ask.known:  # several steps wait for it
        ask.known["provider"] = provider_of(check.bid) if ask.user else None
    provider = ask.known["provider"]
    if provider is None or not provider.is_contact(ask.user):
        return None
    return f"You are the contact of {provider.name}, which gives this support. Ask a colleague."
