"""Which independent provider a bid names, and whether support can be commissioned from it."""

from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import object_session

from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.person import User
from fundflow.models.provider import Provider
from fundflow.workflow.provider import PROVIDER, ProviderState


def provider_of(bid: Bid) -> Provider | None:
    """The provider of the bid's fund that it names; None where it names none that is in the register."""
    return provider_named(bid.external_provider, bid.fund)


def provider_named(name: str, fund: Fund) -> Provider | None:
    """The provider of this name in a fund's register; None without one, or where the fund keeps none."""
    session = object_session(fund)
    if session is None or not name or not fund.checks_support:
        return None
    named = select(Provider).where(Provider.fund_id == fund.id, Provider.name == name)
    return session.scalars(named).one_or_none()


def to_choose(fund_ids: Any) -> Select[Provider]:
    """The providers in these funds' registers that officers may choose, by name; an approved one may still be
    refused for its dates."""
    known = Provider.state.in_((ProviderState.APPROVED, ProviderState.SUSPENDED))
    return select(Provider).where(Provider.fund_id.in_(fund_ids), known).order_by(Provider.name)


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
