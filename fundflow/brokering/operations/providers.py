"""Independent providers: proposed, approved by a second officer, renewed, suspended, ended."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from fundflow.brokering import queries
from fundflow.extensions import db
from fundflow.models.brokering import Expertise
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.provider import DUE_DILIGENCE, Provider
from fundflow.steps import lock, note, require_step, take_step
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.provider import ProviderState
from fundflow.workflow.working_days import london_date

Days = Mapping[str, date | None]  # by the model's names
UNAPPROVED = {"approved_by_id": None, "approved_at": None}
FURTHEST = timedelta(days=5 * 366)  # from today, that due diligence was seen or is due again


def propose(
    fund: Fund,
    *,
    name: str,
    number: str,
    contact_name: str,
    contact_email: str,
    expertise: Sequence[Expertise],
    user: User,
    now: datetime,
) -> Provider:
    """A provider for the register; another officer approves it. A second click returns the first one's.

    Raises Refused where the fund has one of this name, and for the provider's own contact.
    """
    queries.require_broker(user, now, fund.id)
    if not fund.checks_support:
        raise Refused("This fund commissions no independent providers.")
    if contact_email.lower() == user.email.lower():
        raise Refused("You are this provider’s contact. A colleague can propose it.")
    known = db.session.scalar(select(Provider).where(Provider.fund_id == fund.id, Provider.name == name))
    if known and known.state is ProviderState.ENDED:
        raise Refused(f"{name} is in the register as ended. Open it there and propose it again.")
    if known and known.proposed_by_id == user.id and known.contact_email == contact_email:
        return known
    if known:
        raise Refused(f"{name} is in the register already.")
    provider = Provider(
        fund=fund,
        name=name,
        number=number,
        contact_name=contact_name,
        contact_email=contact_email,
        expertise=[one.value for one in expertise],
        state_since=now,
        proposed_at=now,
        proposed_by=user,
    )
    db.session.add(provider)
    db.session.flush()  # its entry points at it
    note(provider, "propose", "Proposed the provider", user=user, now=now)
    db.session.commit()
    return provider


def approve(provider: Provider, *, user: User, now: datetime, version: int | None) -> None:
    """Its contact is told, but not where due diligence alone was to approve again: nothing is new to them."""
    lock(provider, version, step="approve", user=user)
    told = ("contact",) if provider.approved_at else ()
    also = {"approved_at": now, "approved_by_id": user.id}
    take_step(provider, "approve", user=user, now=now, version=version, also=also, unwritten=told)
    db.session.commit()


def renew(provider: Provider, *, days: Days, user: User, now: datetime, version: int | None) -> None:
    """Record the days of the due diligence, which another officer approves.

    Raises Refused for days that can't be.
    """
    lock(provider, version, step="renew", user=user)
    require_step(provider, "renew", user, now)
    refuse_if(_why_not_days(days, london_date(now)))
    given, also = {"days": dict(days)}, {**days, "approved_by_id": None}
    take_step(provider, "renew", user=user, now=now, version=version, given=given, also=also)
    db.session.commit()


def suspend(provider: Provider, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    _with_reason(provider, "suspend", reason, user, now, version)


def reinstate(provider: Provider, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Another officer approves it then, and its contact is told."""
    _with_reason(provider, "reinstate", reason, user, now, version, **UNAPPROVED)


def end(provider: Provider, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    _with_reason(provider, "end", reason, user, now, version)


def propose_again(provider: Provider, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """One that had ended; another officer approves it."""
    _with_reason(provider, "propose_again", reason, user, now, version, **UNAPPROVED)


def _with_reason(
    provider: Provider,
    step: str,
    reason: str,
    user: User,
    now: datetime,
    version: int | None,
    **also: Any,
) -> None:
    given = {"reason": reason}
    take_step(provider, step, user=user, now=now, version=version, given=given, also={**given, **also})
    db.session.commit()


def _why_not_days(days: Days, today: date) -> str | None:
    """Why due diligence can't have these days."""
    if any(abs(day - today) > FURTHEST for day in days.values() if day):
        return "Each day must lie within five years of today."
    for name, words in DUE_DILIGENCE.items():
        seen, due = days.get(f"{name}_seen_on"), days.get(f"{name}_due_on")
        if (seen is None) != (due is None):
            return f"{words}: enter both the day it was seen and the day it is due again, or neither."
        if seen and seen > today:
            return f"{words}: it can’t have been seen in the future."
        if seen and due and due <= seen:
            return f"{words}: it must be due again after the day it was seen."
    return None
