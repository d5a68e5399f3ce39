"""A payment outside a run was recorded wrongly: one finance officer reverses it, another approves, and the
claim is paid again."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

import pytest

from fundflow.extensions import db
from fundflow.models.person import RoleName
from fundflow.workflow.application import BidState
from tests.factories import Make
from tests.journeys.award_stage import FATIMA, OWEN, STAFF, pence
from tests.journeys.conftest import World
from tests.journeys.council import Figures, address, moment
from tests.journeys.invented import InventedCouncil
from tests.journeys.test_payment_runs import letter
from tests.journeys.visitor import Visitor
from tests.payments.runs.conftest import claim_on

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

REF, HEAD = "BRK-0001", "Ash Head"
CLAIM = f"/bids/{REF}/claims/1"
LINK = "\n\n/bids/BRK-0001/claims/1\n"
WHY = "This was the payment to Birch Primary School. Ash was not paid."
PAID = """BRK-0001/C1: we have paid £3,000

We have paid your claim BRK-0001/C1: £3,000.00 to Ash Primary School (URN 200001). Our payment reference is {}.
"""  # noqa: E501 (as the letter has it)
TAKEN_BACK = (
    """BRK-0001/C1: the payment of £3,000 did not stand

We wrote that we had paid £3,000.00 for the claim BRK-0001/C1. Our reference was BACS 71. We have now taken that payment back in our records.

Why
  This was the payment to Birch Primary School. Ash was not paid.

What happens now
We will pay the claim again. We will write to you when we have. You don’t need to claim again.
If you did receive this payment, tell us now."""  # noqa: E501 (as the letter has it)
    + LINK
)
UNPAID = Figures(19_950_000, 300_000, 0, 300_000, 19_650_000, 0)
IS_PAID = Figures(19_950_000, 300_000, 300_000, 0, 19_650_000, 0)


def build(make: Make, now: datetime) -> None:
    fund = make.fund(prefix="BRK", name="School improvement fund", lean_advance_percent=100)
    people = {name: make.staff(role, name, email=address(name)) for name, role in STAFF.items()}
    officer = next(people[name] for name, role in STAFF.items() if role is RoleName.OFFICER)
    lead = make.school("Ash Primary School", urn="200001")
    head = make.member(lead, name=HEAD, email=address(HEAD))
    bid = make.bid(state=BidState.IN_DELIVERY, fund=fund, lead=lead, leader=head, officer=officer, now=now)
    bid.reference = REF
    claim = claim_on(make, bid, 300_000, officer)
    claim.created_at = claim.submitted_at = claim.certified_at = now


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_a_payment_recorded_wrongly_is_taken_back_and_made_again(
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
        it_is_marked_as_paid(council)
        owen_asks_for_it_to_be_reversed(council)
        fatima_approves(council)
        it_is_paid_rightly(council)
        assert not world.trouble


def pay(payer: Visitor, payment: str) -> None:
    payer.open(CLAIM)
    payer.press("Mark as paid")
    payer.answer({"Payment reference": payment})
    payer.press("Mark as paid")


def it_is_marked_as_paid(council: InventedCouncil) -> None:
    pay(council[OWEN], "BACS 71")
    assert pence(council) == IS_PAID
    council.at("2027-01-21 10:00")
    assert letter(council, HEAD).startswith(PAID.format("BACS 71"))


def owen_asks_for_it_to_be_reversed(council: InventedCouncil) -> None:
    owen = council[OWEN]
    owen.open(CLAIM)
    owen.follow("Reverse this payment")
    button = re.compile("^Reverse this payment")
    owen.is_told(button, "Enter the reason")
    owen.answer({"Why is this payment reversed?": WHY})
    owen.press(button)
    owen.reads("The reversal is opened. Another finance officer is asked to approve it.")
    owen.reads("You asked for this reversal, so another finance officer must approve it.")
    owen.sees_no_button("Approve the reversal")
    assert pence(council) == IS_PAID


def fatima_approves(council: InventedCouncil) -> None:
    fatima = council[FATIMA]
    fatima.open("/work")
    fatima.follow(re.compile("^A payment to be reversed"))
    fatima.reads("Reversal of £3,000.00 To approve", "with the reference BACS 71", WHY)
    fatima.press("Approve the reversal")
    fatima.press("Approve the reversal")
    fatima.reads("The payment is reversed. The school is being told.")
    assert pence(council) == UNPAID
    council.at("2027-01-22 10:00")
    assert letter(council, HEAD) == TAKEN_BACK


def it_is_paid_rightly(council: InventedCouncil) -> None:
    owen = council[OWEN]
    pay(owen, "BACS 72")
    assert pence(council) == IS_PAID
    council.at("2027-01-25 10:00")
    assert letter(council, HEAD).startswith(PAID.format("BACS 72"))
    owen.open(f"/money/ledger?bid={REF}")
    rows = owen.page.locator("tbody tr").all_inner_texts()
    kinds = [
        (k, r)
        for row in rows
        for k in ("Payment reversed", "Paid")
        if k in row
        for r in re.findall(r"BACS 7\d", row)[:1]
    ]
    assert sorted(kinds) == [("Paid", "BACS 71"), ("Paid", "BACS 72"), ("Payment reversed", "BACS 71")]
