"""What the services' pages read. Every query asks the record's own fund whether it offers services."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from fundflow.actors import OFFICERS
from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.models.provider import Provider
from fundflow.models.school import School
from fundflow.models.service import OrderYear, ProviderKind, Service, ServiceOrder
from fundflow.names import searchable
from fundflow.permissions import in_funds
from fundflow.rules.providers import to_choose
from fundflow.rules.school_queries import OFFERED_STATUSES
from fundflow.rules.services import Charge, charge_of, proposed_to
from fundflow.web.paging import Page, comes_after, newest_first, page_of, page_of_rows
from fundflow.workflow.order import HELD, OrderState
from fundflow.workflow.working_days import financial_year, london_date, year_ends

PAGE = 25
READERS = OFFICERS | {R.FINANCE, R.AUDITOR, R.ADMINISTRATOR}  # of a fund's catalogue and orders
MONEY = OFFICERS | {R.FINANCE, R.AUDITOR}  # of what is charged
IS_ON = Fund.sells_services.is_(True)


# -- who sees what ----------------------------------------------------------------------------------


def sees_service(user: User, now: datetime) -> ColumnElement[bool]:
    """As a condition on Service and Fund: catalogues of funds that serve one's school, and of one's own."""
    mine = user.school_ids(london_date(now))
    areas = select(School.la_code).where(School.id.in_(mine))
    return and_(IS_ON, or_(Fund.la_code.in_(areas), in_funds(user, READERS, now, Service.fund_id)))


def sees_order(user: User, now: datetime) -> ColumnElement[bool]:
    """As a condition on ServiceOrder, Service and Fund: one's school's orders; those that are sent to one's
    school or fund, once they are placed."""
    mine = user.school_ids(london_date(now))
    sent = or_(Service.provider_school_id.in_(mine), in_funds(user, READERS, now, ServiceOrder.fund_id))
    return and_(IS_ON, or_(ServiceOrder.school_id.in_(mine), and_(ServiceOrder.placed_at.is_not(None), sent)))


def reads_all(user: User, now: datetime) -> bool:
    """Whether this person reads the orders of all schools of a fund."""
    return bool(user.roles_on(london_date(now)) & READERS)


def my_schools(user: User, now: datetime) -> list[School]:
    """The open schools this person belongs to, by name."""
    members = user.memberships_on(london_date(now))
    found = {m.school_id: m.school for m in members if m.school.is_open}
    return sorted(found.values(), key=lambda school: school.search_name)


def kept_funds(user: User, now: datetime) -> list[Fund]:
    """The funds whose catalogue this person keeps."""
    query = select(Fund).where(IS_ON, in_funds(user, OFFICERS, now, Fund.id))
    return list(db.session.scalars(query.order_by(Fund.id)))


def provider_schools(funds: Sequence[Fund]) -> list[School]:
    """Open schools of these funds' areas, to choose who provides a service."""
    areas = [fund.la_code for fund in funds]
    query = select(School).where(School.la_code.in_(areas), School.status_code.in_(OFFERED_STATUSES))
    return list(db.session.scalars(query.order_by(School.search_name, School.urn)))


def registered_providers(funds: Sequence[Fund]) -> list[Provider]:
    """Independent providers of these funds, where they keep a register, to choose who provides a service."""
    return list(db.session.scalars(to_choose([fund.id for fund in funds if fund.checks_support])))


# -- the catalogue ----------------------------------------------------------------------------------


class Wanted(NamedTuple):
    """How the catalogue is narrowed."""

    text: str = ""
    kind: ProviderKind | None = None
    withdrawn: bool = False  # also what is no longer offered

    @property
    def narrows(self) -> bool:
        return bool(self.text or self.kind)


def catalogue(wanted: Wanted, user: User, now: datetime, after: int | None) -> Page[Service]:
    """The catalogue, by name. Withdrawn entries are shown to the council's people who ask."""
    query = _services().where(sees_service(user, now))
    for word in searchable(wanted.text).split():
        named = School.search_name.contains(word, autoescape=True)
        query = query.where(or_(Service.search_text.contains(word, autoescape=True), named))
    if wanted.kind:
        query = query.where(Service.provider_kind == wanted.kind)
    if not (wanted.withdrawn and reads_all(user, now)):
        query = query.where(Service.withdrawn_at.is_(None))
    by_name = (Service.search_text, Service.id)  # the folded text begins with the name
    if after is not None:
        query = query.where(comes_after(after, *by_name))
    return page_of(query.order_by(*by_name), PAGE)


def service_by_id(number: int, user: User, now: datetime) -> Service | None:
    """A service this person may see, else None."""
    return db.session.scalar(_services().where(Service.id == number, sees_service(user, now)))


def _services() -> Select[Service]:
    return (
        select(Service)
        .join(Fund, Fund.id == Service.fund_id)
        .outerjoin(School, School.id == Service.provider_school_id)
        .options(joinedload(Service.fund), joinedload(Service.provider_school))
    )


# -- orders -----------------------------------------------------------------------------------------


class OrdersWanted(NamedTuple):
    """How the list of orders is narrowed; `year` is the financial year in which a year of the term begins."""

    service: int | None = None
    state: OrderState | None = None
    year: int | None = None

    @property
    def narrows(self) -> bool:
        return any(self)


class OrderRow(NamedTuple):
    """An order in a list. `quantity` is that of its first year."""

    id: int
    state: OrderState
    name: str
    school: str
    urn: str
    provider_kind: ProviderKind
    provider_name: str
    provider_school: str | None
    council: str
    begins_on: date
    ends_on: date
    quantity: int
    unit: str
    unit_pence: int
    proposed: bool
    order_number: str

    @property
    def path(self) -> str:
        return f"/services/orders/{self.id}"

    @property
    def provider(self) -> str:
        return self.provider_school or self.provider_name or self.council


def order_by_id(number: int, user: User, now: datetime) -> ServiceOrder | None:
    """An order this person may see, else None."""
    return db.session.scalar(
        select(ServiceOrder)
        .join(Service, Service.id == ServiceOrder.service_id)
        .join(Fund, Fund.id == ServiceOrder.fund_id)
        .where(ServiceOrder.id == number, sees_order(user, now))
        .options(
            joinedload(ServiceOrder.service).joinedload(Service.provider_school),
            joinedload(ServiceOrder.school),
            joinedload(ServiceOrder.fund),
            joinedload(ServiceOrder.asked_by),
            selectinload(ServiceOrder.each_year),
        )
    )


def _order_rows(*narrow: ColumnElement[bool]) -> Any:
    provider = aliased(School)
    return (
        select(
            ServiceOrder.id,
            ServiceOrder.state,
            ServiceOrder.name,
            School.name,
            School.urn,
            Service.provider_kind,
            Service.provider_name,
            provider.name,
            Fund.council,
            ServiceOrder.begins_on,
            ServiceOrder.ends_on,
            OrderYear.quantity,
            ServiceOrder.unit,
            ServiceOrder.unit_pence,
            ServiceOrder.proposed_at.is_not(None),
            ServiceOrder.order_number,
        )
        .join(Service, Service.id == ServiceOrder.service_id)
        .join(Fund, Fund.id == ServiceOrder.fund_id)
        .join(School, School.id == ServiceOrder.school_id)
        .join(
            OrderYear,
            and_(OrderYear.order_id == ServiceOrder.id, OrderYear.begins_on == ServiceOrder.begins_on),
        )
        .outerjoin(provider, provider.id == Service.provider_school_id)
        .where(*narrow)
    )


def _orders(wanted: OrdersWanted, user: User, now: datetime) -> Any:
    query = _order_rows(sees_order(user, now))
    if wanted.service:
        query = query.where(ServiceOrder.service_id == wanted.service)
    if wanted.state:
        query = query.where(ServiceOrder.state == wanted.state)
    if wanted.year:
        year = aliased(OrderYear)
        first, last = year_ends(wanted.year)
        begins = exists().where(year.order_id == ServiceOrder.id, year.begins_on.between(first, last))
        query = query.where(begins.where(year.begins_on < ServiceOrder.ends_on).correlate(ServiceOrder))
    return query


def orders(wanted: OrdersWanted, user: User, now: datetime, after: int | None) -> Page[OrderRow]:
    """The orders this person sees, the newest first."""
    query = newest_first(_orders(wanted, user, now), ServiceOrder.id, after)
    return page_of_rows(query, PAGE, OrderRow)


def every_order(wanted: OrdersWanted, user: User, now: datetime) -> list[OrderRow]:
    """All of them, for a file."""
    query = _orders(wanted, user, now).order_by(ServiceOrder.id.desc())
    return [OrderRow(*row) for row in db.session.execute(query)]


def ordered_services(user: User, now: datetime) -> list[tuple[int, str]]:
    """The services of which this person sees orders: ids and names, to choose among."""
    query = (
        select(Service.id, Service.name)
        .join(ServiceOrder, ServiceOrder.service_id == Service.id)
        .join(Fund, Fund.id == Service.fund_id)
        .where(sees_order(user, now))
        .distinct()
    )
    return [(number, name) for number, name in db.session.execute(query.order_by(Service.name, Service.id))]


def held_by(school: School, user: User, now: datetime) -> list[OrderRow] | None:
    """What a school has now or has agreed, the first to end first; None where that is not for this person."""
    ours = school.id in user.school_ids(london_date(now))
    if not (ours or reads_all(user, now)):
        return None
    held = ServiceOrder.state.in_((OrderState.AGREED, OrderState.IN_TERM))
    query = _order_rows(sees_order(user, now), ServiceOrder.school_id == school.id, held)
    rows = db.session.execute(query.order_by(ServiceOrder.ends_on, ServiceOrder.id).limit(PAGE))
    return [OrderRow(*row) for row in rows]


# -- my work ----------------------------------------------------------------------------------------


class Line(NamedTuple):
    """An order that waits for somebody, or whose term ends soon."""

    order: ServiceOrder
    to_agree: bool
    to_answer: bool


def waiting(user: User, now: datetime, ends_by: date, most: int) -> list[Line]:
    """Orders to agree, changes to answer, and a school's orders that end by a day. One query."""
    mine, leads = user.school_ids(london_date(now)), user.school_ids(london_date(now), leading=True)
    by_school = Service.provider_kind == ProviderKind.SCHOOL
    provides = or_(
        Service.provider_school_id.in_(leads),
        and_(~by_school, in_funds(user, OFFICERS, now, ServiceOrder.fund_id)),
    )
    provides = and_(provides, ServiceOrder.school_id.not_in(mine))
    answers = or_(
        and_(ServiceOrder.proposed_by_school.is_(True), provides),
        and_(ServiceOrder.proposed_by_school.is_(False), ServiceOrder.school_id.in_(leads)),
    )
    in_term = ServiceOrder.state == OrderState.IN_TERM
    ends = (
        and_(in_term, ServiceOrder.school_id.in_(mine), ServiceOrder.ends_on <= ends_by) if mine else false()
    )
    query = (
        select(ServiceOrder)
        .join(Service, Service.id == ServiceOrder.service_id)
        .join(Fund, Fund.id == ServiceOrder.fund_id)
        .where(IS_ON, or_(and_(ServiceOrder.state == OrderState.PLACED, provides), answers, ends))
        .order_by(ServiceOrder.id)
        .limit(most)
        .options(joinedload(ServiceOrder.school), joinedload(ServiceOrder.service))
    )
    return [
        Line(order, order.state is OrderState.PLACED, proposed_to(order, user, now))
        for order in db.session.scalars(query)
    ]


# -- charges ----------------------------------------------------------------------------------------


def charges_in(year: int, user: User, now: datetime) -> list[Charge]:
    """What is charged in a financial year, by school: each year of a term once, in the financial year in
    which it begins. Orders that are agreed, in their term or ended; no year after an early end."""
    first, last = year_ends(year)
    query = (
        select(ServiceOrder, OrderYear)
        .join(OrderYear, OrderYear.order_id == ServiceOrder.id)
        .join(Service, Service.id == ServiceOrder.service_id)
        .join(Fund, Fund.id == ServiceOrder.fund_id)
        .join(School, School.id == ServiceOrder.school_id)
        .where(IS_ON, in_funds(user, MONEY, now, ServiceOrder.fund_id), ServiceOrder.state.in_(HELD))
        .where(OrderYear.begins_on.between(first, last), OrderYear.begins_on < ServiceOrder.ends_on)
        .order_by(School.search_name, School.urn, ServiceOrder.id, OrderYear.begins_on)
        .options(
            joinedload(ServiceOrder.school),
            joinedload(ServiceOrder.fund),
            joinedload(ServiceOrder.service).joinedload(Service.provider_school),
        )
    )
    return [charge_of(order, part) for order, part in db.session.execute(query)]


def years_charged(user: User, now: datetime) -> list[int]:
    """The financial years in which anything is charged, and this one; the earliest first."""
    query = (
        select(func.min(OrderYear.begins_on), func.max(OrderYear.begins_on))
        .join(ServiceOrder, ServiceOrder.id == OrderYear.order_id)
        .join(Fund, Fund.id == ServiceOrder.fund_id)
        .where(IS_ON, in_funds(user, MONEY, now, ServiceOrder.fund_id), ServiceOrder.state.in_(HELD))
    )
    first, last = db.session.execute(query).one()
    today = financial_year(london_date(now))
    known = [financial_year(day) for day in (first, last) if day]
    return list(range(min([today, *known]), max([today, *known]) + 1))
