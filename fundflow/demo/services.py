"""The demonstration's services: a catalogue of the three kinds, and an order in every state."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, select

from fundflow.demo.told import Told
from fundflow.extensions import db
from fundflow.models.person import RoleName
from fundflow.models.service import ProviderKind as P
from fundflow.models.service import Service, ServiceOrder
from fundflow.services.operations import catalogue
from fundflow.services.operations import orders as operations
from fundflow.services.operations.catalogue import Offered, Provider
from fundflow.services.operations.orders import Proposal, Wanted
from fundflow.steps import take_and_commit
from fundflow.workflow.vat import VatCode as V


class Row(NamedTuple):
    """A service: its name, what is included, the unit, pence a year, and who gives it."""

    name: str
    included: str
    unit: str
    pence: int
    kind: P = P.COUNCIL
    vat: V = V.STANDARD
    terms: tuple[int, ...] = (1, 2, 3)
    urn: str = ""
    provider: str = ""
    maintained: bool = True
    academies: bool = True


IMPROVEMENT, GOVERNORS, CLERKING, MATHS, OUTREACH, WELLBEING, DATA, AUDIT = (
    Row("School improvement partner", "Three half-day visits a year, each with a note.", "a year", 125_000),
    Row("Governor support", "Advice by telephone, training, and two briefings a term.", "a year", 62_000),
    Row("Clerking of governors", "Six meetings a year, with minutes in ten days.", "a year", 148_500),
    Row(
        "Mathematics coaching",
        "A coach works beside your teachers.",
        "half a day",
        18_550,
        P.SCHOOL,
        V.EXEMPT,
        urn="899002",
    ),
    Row(
        "Autism outreach",
        "An advisory teacher visits and writes a plan.",
        "half a day",
        21_000,
        P.SCHOOL,
        V.EXEMPT,
        urn="899007",
    ),
    Row(
        "Wellbeing counselling",
        "A counsellor is in school for one day a week.",
        "a year",
        690_000,
        P.INDEPENDENT,
        V.EXEMPT,
        provider="Brightwater Counselling",
    ),
    Row("Assessment data", "Reports of your results in July and January.", "a pupil", 245),
    Row(
        "Annual health and safety audit",
        "A visit and a report.",
        "a year",
        39_900,
        P.INDEPENDENT,
        terms=(1,),
        provider="Safer Sites Ltd",
        academies=False,
    ),
)
CATALOGUE = (IMPROVEMENT, GOVERNORS, CLERKING, MATHS, OUTREACH, WELLBEING, DATA, AUDIT)


def tell_services(told: Told) -> Iterator[datetime]:
    """The catalogue two years ago; then a school and its order, one a line."""
    yield (now := told.at(-690, 10))
    officer = told.people.staff(RoleName.OFFICER)
    for row in CATALOGUE:
        _add(told, row, now)
    for urn in ("899018", "899002"):  # a year from April, a year from September: one of them is over
        _agreed(told, CLERKING, urn, now, years=1)
    yield from _terms(told, -690, -520)
    yield (now := told.at(-520, 11))
    _agreed(told, IMPROVEMENT, "899001", now, years=3)
    ends = _agreed(told, GOVERNORS, "899015", now, years=3)
    yield (now := told.at(-515, 11))
    _agreed(told, IMPROVEMENT, "899002", now, years=3)
    yield from _terms(told, -515, -100)
    yield (now := told.at(-100, 10))
    _end_early(told, ends, now)
    yield from _terms(told, -100, -4)
    yield (now := told.at(-4, 11))
    _placed(told, WELLBEING, "899009", now, years=1)
    declined = _placed(told, MATHS, "899015", now, years=1, quantity=6)
    why = "Our coach is fully booked next year."
    operations.close(declined, "decline", reason=why, user=told.people.head("899002"), now=now, version=None)
    cancelled = _placed(told, AUDIT, "899001", now, years=1)
    head = told.people.head("899001")
    operations.close(
        cancelled, "cancel", reason="We have an audit already.", user=head, now=now, version=None
    )
    _agreed(told, DATA, "899008", now, years=2, quantity=1_180)
    _save(told, GOVERNORS, "899001", now, years=2)
    order = db.session.scalar(_orders(told, "899001").where(ServiceOrder.name == IMPROVEMENT.name))
    if order is not None and order.state.value == "in_term" and len(order.charged_years) > 1:
        later = [year for year in order.charged_years if year.begins_on > now.date()]
        if later:
            proposal = Proposal("We now have a second site.", quantity=2)
            operations.propose_change(order, proposal, user=officer, now=now, version=None)


def _orders(told: Told, urn: str) -> Select[ServiceOrder]:
    return select(ServiceOrder).where(ServiceOrder.school_id == told.people.school(urn).id)


def _add(told: Told, row: Row, now: datetime) -> None:
    school = told.people.school(row.urn) if row.urn else None
    email = f"orders@{row.provider.split()[0].lower()}.example" if row.provider else ""
    catalogue.add_service(
        told.fund,
        Provider(row.kind, school, row.provider, email),
        Offered(
            row.name, row.included, row.unit, row.pence, row.vat, row.terms, row.maintained, row.academies
        ),
        user=told.people.staff(RoleName.OFFICER),
        now=now,
    )


def _save(told: Told, row: Row, urn: str, now: datetime, *, years: int, quantity: int = 1) -> ServiceOrder:
    service = db.session.scalars(select(Service).where(Service.name == row.name)).one()
    school, head = told.people.school(urn), told.people.head(urn)
    return operations.save_draft(service, school, Wanted(quantity, years), user=head, now=now)


def _placed(told: Told, row: Row, urn: str, now: datetime, *, years: int, quantity: int = 1) -> ServiceOrder:
    order = _save(told, row, urn, now, years=years, quantity=quantity)
    operations.place(
        order,
        order_number=f"PO {1_000 + order.id}",
        authorised=True,
        user=told.people.head(urn),
        now=now,
        version=None,
    )
    return order


def _agreed(told: Told, row: Row, urn: str, now: datetime, *, years: int, quantity: int = 1) -> ServiceOrder:
    order = _placed(told, row, urn, now, years=years, quantity=quantity)
    take_and_commit(order, "agree", user=told.people.staff(RoleName.OFFICER), now=now)
    return order


def _end_early(told: Told, order: ServiceOrder, now: datetime) -> None:
    """By agreement, on the last day of the year that runs."""
    running: list[date] = [year.begins_on for year in order.charged_years if year.begins_on > now.date()]
    if order.state.value != "in_term" or not running:
        return
    ends = running[0].replace(day=1)
    proposal = Proposal("We have our own adviser now.", ends_on=date.fromordinal(ends.toordinal() - 1))
    head = told.people.head(order.school.urn)
    operations.propose_change(order, proposal, user=head, now=now, version=None)
    operations.accept_change(order, user=told.people.staff(RoleName.OFFICER), now=now, version=None)


def _terms(told: Told, first: int, last: int) -> Iterator[datetime]:
    """What the clock begins and ends on the first days of years between two days, counted from now."""
    for days in range(first + 1, last):
        day = told.now + timedelta(days=days)
        if (day.month, day.day) in ((4, 1), (9, 1)):
            yield (now := told.after(days, 7))
            _clock(now)


def _clock(now: datetime) -> None:
    today = now.date()
    for order in db.session.scalars(select(ServiceOrder).order_by(ServiceOrder.id)).all():
        if order.state.value == "agreed" and order.begins_on <= today:
            operations.begin(order, now)
        if order.state.value == "in_term" and order.ends_on < today:
            operations.end(order, now)
    db.session.commit()
