"""Which independent provider a bid names, and whether support can be commissioned from it."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import object_session

from fundflow.models.bid import Bid
from fundflow.models.provider import Provider
from fundflow.workflow.provider import ProviderState


def provider_of(bid: Bid) -> Provider | None:
    """The provider of the bid's fund that it names; None where it names none that is in the register."""
    session = object_session(bid)
    if session is None or not bid.external_provider or not bid.fund.checks_support:
        return None
    named = select(Provider).where(Provider.fund_id == bid.fund_id, Provider.name == bid.external_provider)
    return session.scalars(named).one_or_none()


def why_not_commissioned(provider: Provider, day: date) -> str | None:
    """None where support can be commissioned from it on a day, else the sentence."""
    if not provider.fund.checks_support:
        return "This fund commissions no independent providers."
    if provider.state is not ProviderState.APPROVED:
        said = provider.state_words.lower()
        return f"{provider.name} can’t be commissioned: its entry in the register is “{said}”."
    return provider.why_not_in_force(day)
