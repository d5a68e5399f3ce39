"""Rules of services that schools buy (docs/rules.md, "Services that schools buy")."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import object_session

from fundflow.models.history import HistoryEntry
from fundflow.models.money import pounds
from fundflow.models.person import User
from fundflow.models.school import School, SchoolKind
from fundflow.models.service import OrderYear, Service, ServiceOrder
from fundflow.workflow.date_words import day_words
from fundflow.workflow.order import ORDER, ORDERED
from fundflow.workflow.vat import InvoiceLine, sums
from fundflow.workflow.working_days import financial_year, school_year, year_ends

# More than this a year is asked about: of pupils where the school's roll is not known, and of anything else.
MANY_PUPILS, MANY = 2_000, 50
PRICED = ("add", "change")  # steps of a service's history that set its price; “reword” does not


def next_first_day(school: School, day: date) -> date:
    """When a term that is ordered on a day begins: the next 1 April for a maintained school, the next
    1 September for every other."""
    if school.kind is SchoolKind.MAINTAINED:
        return year_ends(financial_year(day))[1] + timedelta(days=1)
    return school_year(day)[1] + timedelta(days=1)


def years_from(first: date, years: int) -> list[date]:
    """The first days of the years of a term."""
    return [first.replace(year=first.year + n) for n in range(years)]


def last_day(first: date, years: int) -> date:
    """The last day of a term."""
    return first.replace(year=first.year + years) - timedelta(days=1)


def why_not_order(service: Service, school: School, day: date) -> str | None:
    """Why this school can't order the service on a day; None where it can."""
    if not service.fund.sells_services:
        return f"{service.fund.name} no longer offers services."
    if service.withdrawn_at is not None:
        return "This service is withdrawn. It can’t be ordered."
    if not school.is_open:
        return f"{school.name} is not open, so it can’t order."
    if school.la_code != service.fund.la_code:
        return f"{service.fund.name} does not serve {school.name}."
    if school.id == service.provider_school_id:
        return f"{school.name} provides this service itself."
    if not service.is_for(school):
        kind = "maintained schools" if service.for_maintained else "academies and other schools"
        return f"This service is for {kind} only."
    return _why_outside_window(service, day)


def _why_outside_window(service: Service, day: date) -> str | None:
    if service.order_from and day < service.order_from:
        return f"Orders open on {day_words(service.order_from)}."
    if service.order_to and day > service.order_to:
        return f"Orders closed on {day_words(service.order_to)}."
    return None


def why_changed(order: ServiceOrder, day: date) -> str | None:
    """Why a draft no longer says what the catalogue says; None where it does."""
    service = order.service
    as_saved = (order.name, order.unit, order.unit_pence, order.vat_code)
    if as_saved != (service.name, service.unit, service.price_pence, service.vat_code):
        return "The service has changed since this order was saved. Change the order, and check it again."
    if order.years not in service.terms or order.begins_on != next_first_day(order.school, day):
        return "The term has changed since this order was saved. Change the order, and check it again."
    return None


def priced_by(service: Service) -> User:
    """Who last set the price, or checked it; an edit of the words alone says nothing of the price."""
    session = object_session(service)
    if session is None:
        return service.updated_by
    who = session.scalar(
        select(User)
        .join(HistoryEntry, HistoryEntry.user_id == User.id)
        .where(
            HistoryEntry.process == Service.__tablename__,
            HistoryEntry.record_id == service.id,
            HistoryEntry.step.in_(PRICED),
        )
        .order_by(HistoryEntry.id.desc())
        .limit(1)
    )
    return who or service.updated_by


def why_ordered(order: ServiceOrder) -> str | None:
    """Why this order would be a second one: the school has the service in some of the same years. None
    where it has not."""
    session = object_session(order)
    if session is None:
        return None
    other = session.scalar(
        select(ServiceOrder)
        .where(
            ServiceOrder.service_id == order.service_id,
            ServiceOrder.school_id == order.school_id,
            ServiceOrder.id != order.id,
            ServiceOrder.state.in_(ORDERED),
            ServiceOrder.begins_on <= order.ends_on,
            ServiceOrder.ends_on >= order.begins_on,
        )
        .order_by(ServiceOrder.id)
        .limit(1)
    )
    if other is None:
        return None
    years = f"{day_words(other.begins_on)} to {day_words(other.ends_on)}"
    words = ORDER.words[other.state].lower()
    return f"{order.school.name} ordered this service already: {other.reference}, {years}, now “{words}”."


def why_check(order: ServiceOrder) -> str | None:
    """What is unusual about the quantity, and what the term costs in full; None where it is usual. A school
    may be growing, so this asks and never refuses."""
    school, most = order.school, Decimal(MANY)
    if "pupil" in order.unit.lower():
        most = school.pupils or Decimal(MANY_PUPILS)
    largest = max(year.quantity for year in order.each_year)
    if largest <= most:
        return None
    known = most == school.pupils
    usual = (
        f"{school.name} has {most:,.0f} pupils." if known else f"Few orders are for more than {most:,.0f}."
    )
    cost = pounds(Total.of(charges_of(order)).gross)
    words = order.quantity_words(largest)
    return f"You order {words}. {usual} The whole term costs {cost} with VAT. Check that this is right."


def early_ends(order: ServiceOrder, day: date) -> list[date]:
    """The days on which an order may end early: the last before each year of its term that has not begun.
    The last before the first year cancels the order."""
    return [year.begins_on - timedelta(days=1) for year in order.charged_years if year.begins_on > day]


def proposed_to(order: ServiceOrder, user: User | None, now: datetime) -> bool:
    """Whether a proposed change waits for this person's side."""
    return order.proposed_at is not None and order.proposed_by_school is not order.is_of(user, now)


class Charge(NamedTuple):
    """What one year of an order's term costs; pence."""

    order: ServiceOrder
    year: OrderYear
    net: int
    vat: int
    rate: int  # of VAT, in basis points

    @property
    def gross(self) -> int:
        return self.net + self.vat

    @property
    def last_day(self) -> date:
        return last_day(self.year.begins_on, 1)

    @property
    def invoiced_by(self) -> str:
        return "The council" if self.order.service.is_by_council else "The provider"


def charge_of(order: ServiceOrder, year: OrderYear) -> Charge:
    """The charge for one year of a term, with VAT at the rate on its first day."""
    net, rate = year.quantity * order.unit_pence, order.vat_code.rate_on(year.begins_on)
    vat = sums([InvoiceLine(order.name, "", net, rate)], recoverable=True).vat
    return Charge(order, year, net, vat, rate)


def charges_of(order: ServiceOrder) -> list[Charge]:
    """What an order costs, year by year."""
    return [charge_of(order, year) for year in order.charged_years]


class Total(NamedTuple):
    """Sums of charges, in pence."""

    net: int
    vat: int
    gross: int

    @classmethod
    def of(cls, charges: Iterable[Charge]) -> "Total":
        rows = list(charges)
        return cls(sum(c.net for c in rows), sum(c.vat for c in rows), sum(c.gross for c in rows))
