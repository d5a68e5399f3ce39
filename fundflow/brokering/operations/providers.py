"""Independent providers: proposed, approved by a second officer, renewed, suspended, ended."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select

from fundflow.brokering import queries
from fundflow.extensions import db
from fundflow.models.brokering import Expertise
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.provider import Provider
from fundflow.steps import lock, note, require_step, take_step
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

Days = Mapping[str, date | None]  # by the model's names


def propose(
    fund: Fund,
    *,
    name: str,
    number: str,
    contact_name: str,
    contact_email: str,
    expertise: Sequence[Expertise],
    days: Days,
    user: User,
    now: datetime,
) -> Provider:
    """A provider for the register; another officer approves it. A second click returns the first one's.

    Raises Refused where the fund has one of this name, or a day was seen in the future.
    """
    queries.require_broker(user, now, fund.id)
    if not fund.checks_support:
        raise Refused("This fund commissions no independent providers.")
    _refuse_future(days, now)
    known = db.session.scalar(select(Provider).where(Provider.fund_id == fund.id, Provider.name == name))
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
        **days,
    )
    db.session.add(provider)
    db.session.flush()  # its entry points at it
    note(provider, "propose", "Proposed the provider", user=user, now=now)
    db.session.commit()
    return provider


def approve(provider: Provider, *, user: User, now: datetime, version: int | None) -> None:
    also = {"approved_at": now, "approved_by_id": user.id}
    take_step(provider, "approve", user=user, now=now, version=version, also=also)
    db.session.commit()


def renew(provider: Provider, *, days: Days, user: User, now: datetime, version: int | None) -> None:
    """Record the days of the due diligence. Raises Refused for one that was seen in the future."""
    lock(provider, version, step="renew", user=user)
    require_step(provider, "renew", user, now)
    _refuse_future(days, now)
    take_step(provider, "renew", user=user, now=now, version=version, given={"days": dict(days)}, also=days)
    db.session.commit()


def suspend(provider: Provider, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    _with_reason(provider, "suspend", reason, user, now, version)


def reinstate(provider: Provider, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    _with_reason(provider, "reinstate", reason, user, now, version)


def end(provider: Provider, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    _with_reason(provider, "end", reason, user, now, version)


def _with_reason(
    provider: Provider, step: str, reason: str, user: User, now: datetime, version: int | None
) -> None:
    given = {"reason": reason}
    take_step(provider, step, user=user, now=now, version=version, given=given, also=given)
    db.session.commit()


def _refuse_future(days: Days, now: datetime) -> None:
    if any(day and day > london_date(now) for name, day in days.items() if name.endswith("seen_on")):
        raise Refused("Due diligence can’t have been seen in the future.")
