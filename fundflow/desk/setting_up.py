"""What a fund lacks before schools can bid, on an administrator's My work until it is there."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, or_, select

from fundflow.desk.panel_work import Waiting
from fundflow.extensions import db
from fundflow.models.fund import Allocation, Fund, Priority, Round
from fundflow.models.person import RoleGrant, RoleName, Seat, SeatPosition, User
from fundflow.web.access import ADMINISTRATORS
from fundflow.workflow.working_days import london_date


class Lack(NamedTuple):
    """path: with the fund's number for {}"""

    title: str
    what: str
    path: str
    when: Callable[[datetime], ColumnElement[bool]]


def _round_without_priority(now: datetime) -> ColumnElement[bool]:
    offered = exists().where(Priority.round_id == Round.id, Priority.retired.is_(False))
    is_open = or_(Round.closes_at.is_(None), Round.closes_at > now)
    return exists().where(Round.fund_id == Fund.id, is_open, ~offered)


def _nobody_reviews(now: datetime) -> ColumnElement[bool]:
    grants = exists().where(
        RoleGrant.role.in_((RoleName.OFFICER, RoleName.DEPUTY_OFFICER)),
        or_(RoleGrant.fund_id == Fund.id, RoleGrant.fund_id.is_(None)),
        or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= london_date(now)),
    )
    return ~grants


def _nobody_chairs(now: datetime) -> ColumnElement[bool]:
    lasts = or_(Seat.ends_on.is_(None), Seat.ends_on >= london_date(now))
    return ~exists().where(Seat.fund_id == Fund.id, Seat.position == SeatPosition.CHAIR, lasts)


def _no_open_data(_now: datetime) -> ColumnElement[bool]:
    """As `why_no_360giving` of the reports says on the fund's page."""
    return or_(Fund.org_identifier == "", Fund.grants_prefix == "")


# fmt: off
LACKS = (
    Lack("Pages and letters name nobody to ask", "Say whom schools may ask", "/funds/{}/settings",
         lambda _now: Fund.contact_email == ""),
    Lack("Awards can’t be published as 360Giving open data", "Enter the council’s identifiers",
         "/funds/{}/settings#org_identifier", _no_open_data),
    Lack("The fund holds no money yet", "Add an allocation line", "/funds/{}/lines/add",
         lambda _now: ~exists().where(Allocation.fund_id == Fund.id)),
    Lack("Schools can’t bid without a round", "Add a round", "/funds/{}/rounds/add",
         lambda _now: ~exists().where(Round.fund_id == Fund.id)),
    Lack("Schools can’t complete a bid without a priority", "Add a priority to the round", "/funds/{}",
         _round_without_priority),
    Lack("Nobody reviews bids", "Invite a liaison officer", "/people/invite/role", _nobody_reviews),
    Lack("The panel has no chair", "Invite the panel", "/people/invite/seat", _nobody_chairs),
)
# fmt: on


def to_set_up(user: User, now: datetime) -> list[Waiting]:
    """What each fund that this administrator looks after lacks. One query."""
    if not ADMINISTRATORS.allows(user, now):
        return []
    day = london_date(now)
    funds = {g.fund_id for g in user.roles if g.role is RoleName.ADMINISTRATOR and g.is_valid_on(day)}
    lacking = select(Fund.id, Fund.name, *(lack.when(now) for lack in LACKS)).order_by(Fund.id)
    return [
        Waiting("Fund", lack.title, name, lack.what, None, lack.path.format(number))
        for number, name, *lacks in db.session.execute(lacking)
        if None in funds or number in funds
        for lack, is_lacking in zip(LACKS, lacks, strict=True)
        if is_lacking
    ]
