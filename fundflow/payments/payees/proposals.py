"""What is proposed of one school, and what is wrong with it, whether typed or read from a file."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from fundflow.models.payee import Paid, Route
from fundflow.models.school import School
from fundflow.rules.bank_details import why_bank_details
from fundflow.rules.payees import proposal_for, why_closed

MOST = {"name": 200, "supplier_number": 40, "cost_centre": 40, "evidence": 2_000, "held_at": 200}
CODES = ("supplier_number", "cost_centre")


class Proposal(NamedTuple):
    """Who is to be paid, with the evidence and where it is held."""

    paid: Paid
    name: str
    route: Route
    supplier_number: str
    cost_centre: str
    valid_from: date
    evidence: str
    held_at: str


def wrong_texts(texts: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(field, what is wrong with its text): bank details."""
    for name in MOST:
        if why := why_bank_details(texts[name], is_code=name in CODES):
            yield name, why


def wrong_together(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """(field, what is wrong with it beside the others): what a route needs, and whom it can pay."""
    route, paid = proposal.route, proposal.paid
    if route is Route.JOURNAL and not proposal.cost_centre:
        yield "cost_centre", "Enter the cost centre that the journal goes to"
    if route is not Route.JOURNAL and proposal.cost_centre:
        yield "cost_centre", "Only a journal has a cost centre"
    if route is not Route.JOURNAL and not proposal.supplier_number:
        yield "supplier_number", "Enter the supplier number in the finance system"
    if route in (Route.JOURNAL, Route.BACS_OWN) and paid is not Paid.SCHOOL:
        yield "route", f"“{route.words}” pays the school itself"
    if route is Route.BACS_TRUST and paid is not Paid.TRUST:
        yield "route", f"“{route.words}” pays a trust"


def why_not_proposed(school: School) -> str | None:
    """None where somebody may be proposed for a school now, else the sentence."""
    if not school.is_open:
        return why_closed(school) if school.closed_on else f"{school.name} is not open."
    waits = proposal_for(school)
    if waits is None:
        return None
    return f"A payee of {school.name} waits to be confirmed already: that comes first."
