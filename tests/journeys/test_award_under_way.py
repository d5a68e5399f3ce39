"""A council begins in January with an award under way: it is entered, confirmed, worked on and paid."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime

import pytest

from fundflow.extensions import db
from tests.factories import Make
from tests.journeys.award_acts import Worked, ask_for_payment, certify, confirm_days, log_days, pay
from tests.journeys.award_stage import FATIMA, OFFICER, OWEN, STAFF, pence
from tests.journeys.conftest import World
from tests.journeys.council import Figures, address, moment
from tests.journeys.invented import InventedCouncil
from tests.journeys.visitor import Chosen, ticked

pytestmark = [pytest.mark.browser, pytest.mark.by_keyboard, pytest.mark.thorough]

REFERENCE = "BRK-0001"
WHO = "Assistant head, AH1, Oakfield Primary School (6 days in the award)"
HEAD, RELEASING = "Amara Nwosu", "Daniel Hart"
SIGNATURE = """

Do you have a question? Reply to this email (Borough of Brackenford).

School improvement fund
Borough of Brackenford"""
KEPT_HERE = """BRK-0001: your award of £3,000 is now kept here

We now keep your award here, as BRK-0001. It was awarded before. Nothing about it changes.

- Awarded: £3,000 (Minute Schools forum, item 8 of 9 July 2026)
- Support: 1 September 2026 to 26 March 2027
- Earned so far: £935.00
- Paid so far: £875.00
- Due now: £60.00

What you need to do
- Check these figures before you log anything or ask for money. If one is wrong, reply to this email. Finance will put it right.
- Log the days that are worked from now on. Add other costs with their receipts. What was done before is counted already.
- Ask for the £60.00 that is due, when you are ready.
- Send us a short report by 26 April 2027.

/bids/BRK-0001
"""  # noqa: E501 (as the letter has it)


def build(make: Make, now: datetime) -> None:
    fund = make.fund(
        prefix="BRK", name="School improvement fund", lean_advance_percent=0, allocated=1_000_000
    )
    make.round(fund)
    for name, role in STAFF.items():
        make.staff(role, name, email=address(name))
    lead = make.school("Hazelmere Primary School", urn="200001")
    provider = make.school("Oakfield Primary School", urn="200002")
    make.member(provider, name=RELEASING, email=address(RELEASING))
    make.payee(lead)


def test_an_award_under_way_is_entered_in_mid_year_and_paid(new_world: Callable[..., World]) -> None:
    world = new_world(moment("2027-01-11 10:00"))
    with ExitStack() as closing:
        with world.app.app_context():
            build(Make(db.session), world.moment)  # type: ignore[arg-type]
            db.session.commit()
            db.session.remove()
        council = InventedCouncil(world, closing)
        it_is_entered_on_one_page(council)
        another_person_confirms_it(council)
        the_school_goes_on_with_it(council)
        assert not world.trouble


def it_is_entered_on_one_page(council: InventedCouncil) -> None:
    owen = council[OWEN]
    owen.open("/money")
    owen.follow("Awards already running")
    owen.press("Enter an award")
    owen.answer(
        {
            "Which school leads it?": Chosen("Hazelmere Primary School (200001)"),
            "Title": "Reading support",
            "When did the support start?": date(2026, 9, 1),
            "When does it end?": date(2027, 3, 26),
            "Reference of the minute": "Schools forum, item 8",
            "Date of the minute": date(2026, 7, 9),
            "How much was awarded?": "3,000",
            "Up to which day do you enter what is earned?": date(2026, 12, 31),
            "Role of person 1": "Assistant head",
            "The school’s own code for person 1": "AH1",
            "Which school releases person 1?": Chosen("Oakfield Primary School (200002)"),
            "Days awarded for person 1": "6",
            "Day rate of person 1": "350",
            "Days person 1 has worked so far": "2.5",
            "Paid so far for person 1": "875",
        }
    )
    owen.press("Add another cost")
    owen.answer(
        {
            "What is other cost 1 for?": Chosen("Travel"),
            "What other cost 1 is": "Train tickets",
            "Amount awarded for other cost 1": "900",
            "Spent so far of other cost 1": "60",
        }
    )
    assert owen.holds("Role of person 1") == "Assistant head"
    owen.is_told(
        "Enter the award",
        "Nobody leads Hazelmere Primary School with an account here: enter its head’s name and address",
    )
    owen.answer({"Name of its head (optional)": HEAD, "Their email address (optional)": address(HEAD)})
    owen.press("Enter the award")
    owen.reads(
        "Entered. A finance officer is asked to confirm it.",
        "1 award, £3,000.00 awarded, £875.00 paid",
        "You entered this, so another person must confirm it: a finance officer.",
    )
    owen.fits()
    assert pence(council) == Figures(1_000_000, 0, 0, 0, 1_000_000, 0)


def another_person_confirms_it(council: InventedCouncil) -> None:
    fatima = council[FATIMA]
    fatima.open("/work")
    fatima.follow(re.compile("^Reading support"))
    fatima.reads("Assistant head (AH1): 6 days at £350.00", "Schools forum, item 8")
    fatima.press("Confirm these awards")
    fatima.reads("The ledger will hold 1 award: £3,000.00 awarded, of which £875.00 is paid.")
    fatima.press("Confirm these awards")
    fatima.reads("The awards are in the ledger. Their schools are being told.", "BRK-0001")
    assert pence(council) == Figures(1_000_000, 300_000, 87_500, 212_500, 700_000, 0)
    council.at("2027-01-12 10:00")
    subjects = council.world.post.subjects(address(HEAD))
    assert any("account" in subject for subject in subjects), subjects
    assert letter(council, HEAD, REFERENCE) == KEPT_HERE


def the_school_goes_on_with_it(council: InventedCouncil) -> None:
    daniel, amara, officer, owen = (council[name] for name in (RELEASING, HEAD, OFFICER, OWEN))
    daniel.open(f"/bids/{REFERENCE}/days")
    daniel.reads("What was earned up to 31 December 2026 was counted as the award was entered here.")
    daniel.answer(
        {
            "Who was released?": Chosen(WHO),
            "Which day was it?": date(2026, 12, 31),
            "How long?": ticked("A whole day"),
            "Where did they spend it?": Chosen("Hazelmere Primary School"),
            "What did they do?": "Coached two teachers",
        }
    )
    daniel.is_told(
        "Add this day",
        "What was earned up to 31 December 2026 was counted as the award was entered here.",
        status=409,
    )
    log_days(daniel, REFERENCE, Worked(WHO, date(2027, 1, 11)), at="Hazelmere Primary School")
    daniel.reads("Assistant head, AH1 2.5 confirmed (3.5 logged) of 6")
    confirm_days(amara, REFERENCE, "11 January 2027")
    amara.open(f"/bids/{REFERENCE}/claims/new")
    amara.reads("£1,285.00", "£875.00", "£410.00")
    ask_for_payment(amara, REFERENCE)
    certify(officer, REFERENCE, "Claim 2: days and costs")
    pay(owen, REFERENCE, "Claim 2: days and costs", "BACS 7")
    assert pence(council) == Figures(1_000_000, 300_000, 128_500, 171_500, 700_000, 0)
    owen.open(f"/money/ledger?bid={REFERENCE}")
    owen.reads("Opening balance", "£3,000.00", "£875.00", "£410.00")


def letter(council: InventedCouncil, name: str, reference: str) -> str:
    """This head’s newest letter about a bid: its subject, and its text without greeting and signature."""
    found = [message for message in council.world.post.to(address(name)) if reference in message["Subject"]]
    text = str(found[-1].get_content()).replace("\r\n", "\n").replace(council.world.url, "").strip()
    _greeting, _about, text = text.removesuffix(SIGNATURE).split("\n\n", 2)
    return f"{found[-1]['Subject']}\n\n{text}\n"
