"""Who is paid for the demonstration's schools: a file confirmed long ago, one to confirm, one that waits."""

from collections.abc import Iterator
from datetime import datetime

from fundflow.demo.told import Told
from fundflow.models.payee import Paid, Route
from fundflow.models.person import RoleName
from fundflow.models.school import School
from fundflow.payments.payees import operations
from fundflow.payments.payees.proposals import Proposal
from fundflow.rules.payees import suggested
from fundflow.workflow.working_days import london_date

OWN_BANK = "899015"  # a maintained school that has opened an account of its own


def payees(told: Told) -> tuple[Iterator[datetime], ...]:
    """Everything about payees, each in its time. Old Mill’s academy has none yet: its award waits."""
    return (_file(told), _organisation(told), _to_confirm(told))


def _file(told: Told) -> Iterator[datetime]:
    owen, fatima = (told.people.staff(RoleName.FINANCE, n) for n in (0, 1))
    yield (now := told.at(-690))
    schools = [school for school in told.people.schools.values() if school.is_open]
    rows = [(school, usual(school, now)) for school in schools]
    batch = operations.propose_batch("payees-of-our-schools.csv", rows, user=owen, now=now)
    yield (now := told.at(-688))
    operations.confirm_batch(batch, user=fatima, now=now, version=batch.version)


def _organisation(told: Told) -> Iterator[datetime]:
    """What is no school is set up as a supplier once it is added."""
    owen, fatima = (told.people.staff(RoleName.FINANCE, n) for n in (0, 1))
    yield (now := told.at(-198))
    school = told.people.school("O00001")
    payee = operations.propose(school, usual(school, now), user=fatima, now=now)
    yield (now := told.at(-197))
    operations.confirm(payee, user=owen, now=now, version=payee.version)


def _to_confirm(told: Told) -> Iterator[datetime]:
    yield (now := told.at(-2))
    school = told.people.school(OWN_BANK)
    own = usual(school, now)._replace(
        route=Route.BACS_OWN,
        cost_centre="",
        supplier_number="SUP-2150",
        evidence="The school has left the council’s banking; it is on the schedule of bank accounts.",
    )
    operations.propose(school, own, user=told.people.staff(RoleName.FINANCE, 1), now=now)


def usual(school: School, now: datetime) -> Proposal:
    """How a school of its kind is paid, with numbers of ours."""
    paid, route, name = suggested(school)
    number = "" if route is Route.JOURNAL else f"SUP-{school.urn[-3:]}"
    if paid is Paid.TRUST and school.trust is not None:
        number = f"SUP-{school.trust.code}"
    return Proposal(
        paid=paid,
        name=name,
        route=route,
        supplier_number=number,
        cost_centre=f"CC-{school.urn[-3:]}" if route is Route.JOURNAL else "",
        valid_from=london_date(now),
        evidence="The finance system’s list of schools and suppliers.",
        held_at="Schools finance, shared drive, Payees",
    )
