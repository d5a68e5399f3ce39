"""The catalogue is kept by the officers of each fund."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from fundflow.actors import is_officer_of
from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.models.service import ProviderKind, Service, ServiceOrder
from fundflow.rules.interests.own_schools import OwnBodies
from fundflow.steps import lock, note, take_step
from fundflow.workflow.engine import Refused
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.order import OrderState
from fundflow.workflow.vat import VatCode
from fundflow.workflow.working_days import london_date

PRICE = ("price_pence", "unit", "vat_code")  # what an order costs


class Provider(NamedTuple):
    """Who gives a service: `school` of a school's, name and address of an independent provider's."""

    kind: ProviderKind
    school: School | None = None
    name: str = ""
    email: str = ""


class Offered(NamedTuple):
    """What a service is and costs, by the columns of `Service`."""

    name: str
    included: str
    unit: str
    price_pence: int
    vat_code: VatCode
    terms: Sequence[int]
    for_maintained: bool
    for_academies: bool
    order_from: date | None = None
    order_to: date | None = None


def add_service(fund: Fund, provider: Provider, offered: Offered, *, user: User, now: datetime) -> Service:
    """A new entry, or the one of this name that the person added a moment ago. Raises Refused."""
    _require_keeper(user, fund, provider.school, now)
    known = db.session.scalar(
        select(Service).where(
            Service.fund_id == fund.id, Service.name == offered.name, Service.withdrawn_at.is_(None)
        )
    )
    if known is not None:
        if known.updated_by_id == user.id and _says(known) == offered:
            return known
        raise Refused(f"“{offered.name}” is in the catalogue already. Change that entry instead.")
    service = Service(
        fund=fund,
        provider_kind=provider.kind,
        provider_school=provider.school,
        provider_name=provider.name,
        provider_email=provider.email,
        **_columns(offered),
        updated_at=now,
        updated_by=user,
    )
    db.session.add(service)
    db.session.flush()
    note(service, "add", "Added to the catalogue", user=user, now=now)
    db.session.commit()
    return service


def change_service(
    service: Service,
    offered: Offered,
    *,
    email: str,
    price_checked: bool = False,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """Change what new orders say; orders that were placed keep what they say.

    email          of an independent provider
    price_checked  this person answers for the price as it stands
    """
    lock(service, version)
    _require_keeper(user, service.fund, service.provider_school, now)
    prices = price_checked or any(getattr(service, name) != getattr(offered, name) for name in PRICE)
    if prices:
        _require_no_order_of_theirs(service, user, now)
    before = f"{service.name}, {service.price_words(service.price_pence)}"
    for column, value in _columns(offered).items():
        setattr(service, column, value)
    if service.provider_kind is ProviderKind.INDEPENDENT:
        service.provider_email = email
    service.updated_at, service.updated_by = now, user
    note(
        service,
        "change" if prices else "reword",
        "Changed in the catalogue, and set or checked the price" if prices else "Changed in the catalogue",
        user=user,
        now=now,
        version=version,
        given={"before": before},
    )
    db.session.commit()


def withdraw_service(
    service: Service, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """Take it out of the catalogue, and cancel the orders that nobody has agreed to. Agreed ones stand."""
    lock(service, version)
    _require_keeper(user, service.fund, service.provider_school, now)
    if service.withdrawn_at is not None:
        raise Refused("This service is withdrawn already.")
    service.withdrawn_at = service.updated_at = now
    service.updated_by = user
    note(
        service,
        "withdraw",
        "Withdrew from the catalogue",
        user=user,
        now=now,
        reason=reason,
        version=version,
    )
    waiting = (OrderState.DRAFT, OrderState.PLACED)
    orders = select(ServiceOrder).where(
        ServiceOrder.service_id == service.id, ServiceOrder.state.in_(waiting)
    )
    for order in db.session.scalars(orders.order_by(ServiceOrder.id)).all():
        why = f"The service was withdrawn. {reason}"
        take_step(order, "cancel", user=user, now=now, given={"reason": why}, also={"closed_reason": why})
    db.session.commit()


def _require_no_order_of_theirs(service: Service, user: User, now: datetime) -> None:
    """Raises Refused where a school of theirs, or of their trust, has a draft or a placed order of it."""
    own, waiting = OwnBodies.of(user, london_date(now)), (OrderState.DRAFT, OrderState.PLACED)
    orders = select(ServiceOrder).where(
        ServiceOrder.service_id == service.id, ServiceOrder.state.in_(waiting)
    )
    for order in db.session.scalars(orders.order_by(ServiceOrder.id)):
        if bar := own.bar_from([order.school]):
            raise Refused(
                f"You can’t set or check this price: {bar_to_you(bar)} ({order.reference}). A colleague can."
            )


def _columns(offered: Offered) -> dict[str, object]:
    return {**offered._asdict(), "terms": sorted(set(offered.terms))}


def _says(service: Service) -> Offered:
    return Offered(*(getattr(service, name) for name in Offered._fields))


def _require_keeper(user: User, fund: Fund, provider: School | None, now: datetime) -> None:
    """Raises Refused, also for a provider that is their own school, or of their trust."""
    if not is_officer_of(user, fund.id, now):
        raise Refused("Only the liaison officer of this fund can keep its catalogue.")
    if not fund.sells_services:
        raise Refused(f"{fund.name} does not offer services. An administrator can switch them on.")
    bar = OwnBodies.of(user, london_date(now)).bar_from([provider]) if provider else None
    if bar:
        raise Refused(f"You can’t keep this service: {bar_to_you(bar)}. A colleague can.")
