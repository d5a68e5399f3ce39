"""Which independent provider a bid names, and whether support can be commissioned from it."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import object_session

from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.models.person import User
from fundflow.models.provider import Provider
from fundflow.workflow.provider import PROVIDER, ProviderState


def provider_of(bid: Bid) -> Provider | None:
    """The provider of the bid's fund that it names; None where it names none that is in the register."""
    session = object_session(bid)
    if session is None or not bid.external_provider or not bid.fund.checks_support:
        return None
    named = select(Provider).where(Provider.fund_id == bid.fund_id, Provider.name == bid.external_provider)
    return session.scalars(named).one_or_none()


def who_acted_last(provider_id: Any) -> Any:
    """A query for the id of who took the last step with a provider: of one to approve, who put it up."""
    query = select(HistoryEntry.user_id).where(HistoryEntry.process == PROVIDER.name)
    return query.where(HistoryEntry.record_id == provider_id).order_by(HistoryEntry.id.desc()).limit(1)


def acted_last(provider: Provider, user: User) -> bool:
    session = object_session(provider)
    return session is not None and session.scalar(who_acted_last(provider.id)) == user.id


def why_not_commissioned(provider: Provider, day: date) -> str | None:
    """None where support can be commissioned from it on a day, else the sentence."""
    if not provider.fund.checks_support:
        return "This fund commissions no independent providers."
    if provider.state is not ProviderState.APPROVED:
        said = provider.state_words.lower()
        return f"{provider.name} can’t be commissioned: its entry in the register is “{said}”."
    return provider.why_not_in_force(day)
