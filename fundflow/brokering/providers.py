"""The register of independent providers, as officers, auditors and administrators read it."""

from datetime import datetime

from sqlalchemy import ColumnElement, select

from fundflow.brokering.queries import BROKERS
from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.models.provider import Provider
from fundflow.permissions import in_funds
from fundflow.rules.providers import to_choose
from fundflow.web.paging import Page, page_of

PAGE = 50
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
    return list(db.session.scalars(to_choose(funds)))
