"""The register of independent providers, as officers, auditors and administrators read it."""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from fundflow.brokering.queries import BROKERS
from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.models.provider import DUE_DILIGENCE, Provider
from fundflow.permissions import in_funds
from fundflow.web.paging import Page, page_of
from fundflow.workflow.provider import ProviderState
from fundflow.workflow.working_days import london_date

PAGE = 50
AHEAD = timedelta(days=30)  # before a part of the due diligence is due again, officers are told
READERS = BROKERS | {R.AUDITOR, R.ADMINISTRATOR}


def may_read(user: User, now: datetime) -> ColumnElement[bool]:
    funds = select(Fund.id).where(Fund.checks_support, in_funds(user, READERS, now, Fund.id))
    return Provider.fund_id.in_(funds)


def provider_by_id(number: int, user: User, now: datetime) -> Provider | None:
    """A provider this person may read, else None."""
    return db.session.scalar(select(Provider).where(Provider.id == number, may_read(user, now)))


def providers_page(user: User, now: datetime, after: int | None) -> Page[Provider]:
    """The latest proposed first."""
    query = select(Provider).where(may_read(user, now)).order_by(Provider.id.desc())
    return page_of(query.where(Provider.id < after) if after else query, PAGE)


def funds_of(user: User, now: datetime) -> list[Fund]:
    """The funds for which this person keeps the register."""
    ours = in_funds(user, BROKERS, now, Fund.id)
    return list(db.session.scalars(select(Fund).where(Fund.checks_support, ours).order_by(Fund.name)))


def to_commission(user: User, now: datetime) -> list[Provider]:
    """Those in the register that officers may choose; an approved one may still be refused for its dates."""
    ours = in_funds(user, BROKERS, now, Fund.id)
    funds = select(Fund.id).where(Fund.checks_support, ours)
    known = Provider.state.in_((ProviderState.APPROVED, ProviderState.SUSPENDED))
    return list(
        db.session.scalars(select(Provider).where(Provider.fund_id.in_(funds), known).order_by(Provider.name))
    )


def waiting(user: User, now: datetime, most: int) -> list[Provider]:
    """What waits for officers: providers to approve that others proposed, due diligence that ends soon."""
    ours = in_funds(user, BROKERS, now, Fund.id)
    funds = select(Fund.id).where(Fund.checks_support, ours)
    to_approve = and_(Provider.state == ProviderState.PROPOSED, Provider.proposed_by_id != user.id)
    ends = and_(Provider.state == ProviderState.APPROVED, _ends_by(london_date(now) + AHEAD))
    query = select(Provider).where(Provider.fund_id.in_(funds), or_(to_approve, ends)).order_by(Provider.id)
    return list(db.session.scalars(query.limit(most)))


def _ends_by(day: date) -> ColumnElement[bool]:
    return or_(*(getattr(Provider, f"{name}_due_on") <= day for name in DUE_DILIGENCE))
