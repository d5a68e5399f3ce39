"""A fund that pays by order and invoice: an academy invoices with VAT on one line, a maintained school is
paid by journal."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

import pytest

from fundflow.extensions import db
from fundflow.models.fund import PaysBy
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import User
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from tests.factories import Make
from tests.journeys import award_acts
from tests.journeys.award_stage import FATIMA, OFFICER, OWEN, STAFF, letter, pence
from tests.journeys.conftest import World
from tests.journeys.council import Figures, address, day, moment
from tests.journeys.invented import InventedCouncil
from tests.till import ACADEMY, MAINTAINED

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

ACADEMY_HEAD, MAINTAINED_HEAD = "Amara Nwosu", "Ivy Stone"
PAID = """BRK-0001/C1: we have paid £3,420

We have paid your claim BRK-0001/C1: £3,420.00 to The trust of Ash Academy, for Ash Academy (URN 200001). Our payment reference is BACS 31.

It pays the invoice INV 7 of 20 January 2027, order PO 4711: £3,000.00 and VAT of £420.00, together £3,420.00.
"""  # noqa: E501 (as the letter has it)


def build(make: Make, now: datetime) -> None:
    fund = make.fund(
        prefix="BRK", name="School improvement fund", lean_advance_percent=100, pays_by=PaysBy.PURCHASE
    )
    people: dict[str, User] = {
        name: make.staff(role, name, email=address(name)) for name, role in STAFF.items()
    }
    office = make.grade(fund, title="Office manager", standard_rated=True)
    schools = (("Ash Academy", ACADEMY, ACADEMY_HEAD), ("Birch Primary School", MAINTAINED, MAINTAINED_HEAD))
    for number, (name, kind, head) in enumerate(schools, 1):
        lead = make.school(name, urn=f"20000{number}", type_code=kind)
        leader = make.member(lead, name=head, email=address(head))
        bid = make.bid(
            state=BidState.IN_DELIVERY, fund=fund, lead=lead, leader=leader, officer=people[OFFICER], now=now
        )
        bid.reference = f"BRK-000{number}"
        bid.backfill_lines[0].grade = office  # 6 days of £350.00: £2,100.00
        claim = Claim(
            bid=bid,
            school=lead,
            number=1,
            kind=ClaimKind.ADVANCE,
            state=ClaimState.SUBMITTED,
            pence=300_000,
            created_at=now,
            submitted_at=now,
        )
        db.session.add(claim)


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_an_academy_is_paid_with_vat_and_a_maintained_school_by_journal(
    new_world: Callable[..., World], javascript: bool
) -> None:
    world = new_world(moment("2027-01-20 10:00"))
    world.javascript = javascript
    with ExitStack() as closing:
        with world.app.app_context():
            build(Make(db.session), world.moment)  # type: ignore[arg-type]
            db.session.commit()
            db.session.remove()
        council = InventedCouncil(world, closing)
        owen, head, officer = council[OWEN], council[ACADEMY_HEAD], council[OFFICER]

        owen.open("/bids/BRK-0001/money")
        owen.follow("Change the order number")
        owen.is_told("Keep the order number", "Enter the order number")
        owen.answer({"Order number": "PO 4711"})
        owen.press("Keep the order number")
        owen.reads("The order number is kept.", "PO 4711")

        award_acts.open_claim(officer, "BRK-0001", "Claim 1: advance")
        officer.reads("Waiting for the invoice of Ash Academy. It must name the order PO 4711.")
        officer.sees_no_button("I have checked this claim")

        award_acts.open_claim(head, "BRK-0001", "Claim 1: advance")
        head.follow("Enter the invoice")
        head.reads(
            "Reading lead, RL1 20% £2,100.00",
            "Teacher, T1 Exempt £840.00",
            "Travel Exempt £60.00",
            "Net £3,000.00",
            "VAT 20% of £2,100.00 £420.00",
            "Gross £3,420.00",
        )
        head.is_told("Enter the invoice", "Enter the invoice number", "Enter the date of the invoice")
        head.answer({"Invoice number": "INV 7", "Invoice date": day("2027-01-20")})
        head.press("Enter the invoice")
        head.reads("The invoice is entered.", "Counts against the award £3,000.00", "Gross £3,420.00")

        award_acts.certify(officer, "BRK-0001", "Claim 1: advance")
        award_acts.pay(owen, "BRK-0001", "Claim 1: advance", "BACS 31")
        council.at("2027-01-20 11:00")
        assert letter(council, ACADEMY_HEAD)[: len(PAID)] == PAID
        head.open("/bids/BRK-0001/money")
        head.reads("Net, VAT, gross £3,000.00, £420.00, £3,420.00")
        assert pence(council) == Figures(19_950_000, 600_000, 300_000, 300_000, 19_350_000, 0)

        award_acts.certify(officer, "BRK-0002", "Claim 1: advance")
        award_acts.open_claim(council[FATIMA], "BRK-0002", "Claim 1: advance")
        council[FATIMA].reads("Invoice None: paid by journal")
        award_acts.pay(council[FATIMA], "BRK-0002", "Claim 1: advance", "JNL 12")
        assert pence(council) == Figures(19_950_000, 600_000, 600_000, 0, 19_350_000, 0)
        assert not world.trouble
