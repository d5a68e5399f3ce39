"""Services that schools buy: two for three years, one of an academy from September, one declined, one that
ends early, and what finance is to invoice."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fundflow.extensions import db
from fundflow.models.person import RoleName
from tests.factories import Make
from tests.journeys.conftest import World
from tests.journeys.council import moment
from tests.journeys.visitor import Chosen, Visitor, ticked
from tests.till import ACADEMY

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

OFFICER, FINANCE, ADMINISTRATOR = "olga@council.example", "finn@council.example", "ian@council.example"
HEAD, ACADEMY_HEAD, PROVIDING_HEAD = "elin@oak.example", "ben@ash.example", "wyn@willow.example"
CLERKS = "orders@clerks.example"
ONE, TWO, THREE = "One year", "Two years", "Three years"
KINDS = ticked(
    "Maintained schools: terms from April to March",
    "Academies and other schools: terms from September to August",
)
OPEN = {"Orders open on (optional)": date(2027, 2, 8), "Orders close on (optional)": date(2027, 3, 12)}
CATALOGUE: tuple[dict[str, Any], ...] = (
    {
        "Name of the service": "Governor support",
        "What is included?": "Advice by telephone and two visits.",
        "Who provides it?": ticked("The council"),
        "What is the price for?": "a year",
        "Price of one a year, without VAT": "600",
        "VAT": ticked("Standard rate"),
        "For how long may it be ordered?": ticked(ONE, TWO, THREE),
    },
    {
        "Name of the service": "Outreach",
        "What is included?": "A specialist teacher visits for half a day.",
        "Who provides it?": ticked("A school"),
        "School that provides it (only for a school’s service)": Chosen("Willow School (100103)"),
        "What is the price for?": "half a day",
        "Price of one a year, without VAT": "185.50",
        "VAT": ticked("Exempt"),
        "For how long may it be ordered?": ticked(ONE, TWO, THREE),
    },
    {
        "Name of the service": "Clerking",
        "What is included?": "A clerk for six meetings.",
        "Who provides it?": ticked("An independent provider"),
        "Name of the independent provider (only for those)": "Clerks Ltd",
        "Email address of the independent provider (only for those)": CLERKS,
        "What is the price for?": "a year",
        "Price of one a year, without VAT": "333.33",
        "VAT": ticked("Standard rate"),
        "For how long may it be ordered?": ticked(ONE),
    },
)
AUTHORISED = "I am authorised to commit this school’s money to this order, for all years of its term"
PLACED = """\
SO-1, Governor support: the order is placed

Elin Morgan has placed an order for Oak Primary School.

What is ordered
  Oak Primary School: 2 a year, 1 April 2027 to 31 March 2030
  £600.00 a year, without VAT; £3,600.00 for the whole term

What happens next
We have asked Borough of Brackenford to agree. You can cancel the order until then.
"""
FOR_THE_OFFICER = """\
SO-1, Governor support: Oak Primary School has placed an order

Oak Primary School has placed an order with Borough of Brackenford.

What is ordered
  Oak Primary School: 2 a year, 1 April 2027 to 31 March 2030
  £600.00 a year, without VAT; £3,600.00 for the whole term

What you need to do
Agree to the order, or decline it with your reason.
"""
FOR_A_SCHOOL = """\
SO-2, Outreach: Oak Primary School has placed an order

Oak Primary School has placed an order with you.

What is ordered
  Oak Primary School: 4 × half a day, each year, 1 April 2027 to 31 March 2030
  £185.50 for half a day, each year, without VAT; £2,226.00 for the whole term

What you need to do
Agree to the order, or decline it with your reason.
"""
FOR_THE_CLERKS = """\
SO-3, Clerking: Oak Primary School has placed an order

Oak Primary School has placed an order with you.

What is ordered
  Oak Primary School: 1 a year, 1 April 2027 to 31 March 2028
  £333.33 a year, without VAT; £333.33 for the whole term

Their purchase order number is PO 42.

What you need to do
Reply to this email. Say whether you agree to the order. The council records your answer.
"""
DECLINED = """\
SO-3, Clerking: the order is declined

Clerks Ltd has declined your order.

Why
  No clerk is free in April.

You don’t need to do anything. Nothing is charged. You can order another service.
"""
AGREED = """\
SO-2, Outreach: the order is agreed

Willow School has agreed to your order.

What is ordered
  Oak Primary School: 4 × half a day, each year, 1 April 2027 to 31 March 2030
  £185.50 for half a day, each year, without VAT; £2,226.00 for the whole term

What happens next
The service begins on 1 April 2027. Willow School sends you an invoice for each year.
"""
AGREED_FROM_SEPTEMBER = """\
SO-4, Governor support: the order is agreed

Borough of Brackenford has agreed to your order.

What is ordered
  Ash Academy: 1 a year, 1 September 2027 to 31 August 2029
  £600.00 a year, without VAT; £1,200.00 for the whole term

What happens next
The service begins on 1 September 2027. The council sends you an invoice for each year.
"""
BEGUN = """\
SO-4, Governor support: the term has begun

Your term of this service has begun. It runs until 31 August 2029.

You don’t need to do anything.
"""
PROPOSED = """\
SO-2, Outreach: a change is proposed

Oak Primary School has proposed a change of the order of Oak Primary School.

The change
  The order ends on 31 March 2028.

Why
  We have trained our own staff.

What you need to do
Agree to the change, or refuse it with your reason.
"""
CHANGED = """\
SO-2, Outreach: the change is agreed

Both sides agree to this change of the order.

The change
  The order ends on 31 March 2028.

You don’t need to do anything.
"""
ENDED = """\
SO-2, Outreach: the term has ended

Your term of this service ended on 31 March 2028.

You don’t need to do anything. To have it again, place another order.
"""
OF_THE_HEAD = [
    "SO-1, Governor support: the order is placed",
    "SO-2, Outreach: the order is placed",
    "SO-3, Clerking: the order is placed",
    "SO-1, Governor support: the order is agreed",
    "SO-3, Clerking: the order is declined",
    "SO-2, Outreach: the order is agreed",
    "SO-1, Governor support: the term has begun",
    "SO-2, Outreach: the term has begun",
    "SO-2, Outreach: a change is proposed",
    "SO-2, Outreach: the change is agreed",
    "SO-2, Outreach: the term has ended",
    "SO-1, Governor support: a change is proposed",
]
HEADER = (
    "Order,School,URN,Service,Provider,Invoiced by,Purchase order number,From,To,Quantity,Unit,Unit price,"
    "Net,VAT code,VAT rate,VAT,Gross"
)
FIRST_YEAR = [
    HEADER,
    "SO-4,Ash Academy,100102,Governor support,Borough of Brackenford,The council,ASH 7,2027-09-01,2028-08-31,"
    "1,a year,600.00,600.00,standard,20%,120.00,720.00",
    "SO-1,Oak Primary School,100101,Governor support,Borough of Brackenford,The council,PO 41,2027-04-01,"
    "2028-03-31,2,a year,600.00,1200.00,standard,20%,240.00,1440.00",
    "SO-2,Oak Primary School,100101,Outreach,Willow School,The provider,,2027-04-01,2028-03-31,"
    "4,half a day,185.50,742.00,exempt,0%,0.00,742.00",
]
SECOND_YEAR = [
    HEADER,
    "SO-4,Ash Academy,100102,Governor support,Borough of Brackenford,The council,ASH 7,2028-09-01,2029-08-31,"
    "1,a year,600.00,600.00,standard,20%,120.00,720.00",
    "SO-1,Oak Primary School,100101,Governor support,Borough of Brackenford,The council,PO 41,2028-04-01,"
    "2029-03-31,2,a year,600.00,1200.00,standard,20%,240.00,1440.00",
]


def a_fund_with_services(world: World) -> None:
    with world.app.app_context():
        make = Make(db.session)  # type: ignore[arg-type]
        make.fund(sells_services=True)
        make.member(make.school("Oak Primary School", urn="100101"), name="Elin Morgan", email=HEAD)
        ash = make.school("Ash Academy", urn="100102", type_code=ACADEMY)
        make.member(ash, name="Ben Okoro", email=ACADEMY_HEAD)
        make.member(make.school("Willow School", urn="100103"), name="Wyn Price", email=PROVIDING_HEAD)
        make.staff(RoleName.OFFICER, "Olga Marsh", email=OFFICER, each_letter=True)
        make.staff(RoleName.FINANCE, "Finn Reid", email=FINANCE)
        make.staff(RoleName.ADMINISTRATOR, "Ian Potts", email=ADMINISTRATOR)
        db.session.commit()
        db.session.remove()


def subjects(world: World, email: str) -> list[str]:
    world.work()
    return [subject for subject in world.post.subjects(email) if "sign in" not in subject]


def letter(world: World, email: str) -> str:
    """The newest letter to this address: its subject, and its text between greeting and address."""
    world.work()
    message = world.post.to(email)[-1]
    text = str(message.get_content()).replace("\r\n", "\n").split("\nDo you have a question?")[0]
    return f"{message['Subject']}\n\n" + text.split("\n\n", 1)[1].split(world.url)[0]


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_services_from_the_catalogue_to_the_charges(
    new_world: Callable[..., World], javascript: bool
) -> None:
    world = new_world(moment("2027-02-01 09:00"))
    world.javascript = javascript
    a_fund_with_services(world)
    with ExitStack() as closing:

        def somebody(email: str, at: str = "", *, phone: bool = False) -> Visitor:
            if at:
                world.at(moment(at))
            return Visitor(world, closing.enter_context(world.visitor(email, phone=phone)), email)

        olga = somebody(OFFICER)
        fill_the_catalogue(olga)

        # A maintained school orders two services for three years, and one for a year.
        elin = somebody(HEAD, "2027-02-08 09:00")
        elin.open("/work")
        elin.follow("Services")
        elin.reads("Your term would begin on 1 April 2027")
        elin.follow("Governor support")
        elin.reads("3 years: 1 April 2027 to 31 March 2030, £1,800.00 in all, without VAT")
        elin.press("Order this service")
        elin.is_told("Save and check", "Select for how long")
        draft(elin, "Governor support", "2", THREE)
        elin.reads(
            "1 April 2027 to 31 March 2028 2 £1,200.00 £240.00 £1,440.00",
            "1 April 2029 to 31 March 2030 2 £1,200.00 £240.00 £1,440.00",
            "Together £3,600.00 £720.00 £4,320.00",
        )
        elin.is_told("Place the order", "Tick the box to show that you are authorised")
        place(elin, "PO 41")
        assert letter(world, HEAD) == PLACED
        assert letter(world, OFFICER) == FOR_THE_OFFICER
        draft(elin, "Outreach", "4", THREE)
        elin.reads("VAT Exempt", "Together £2,226.00 £0.00 £2,226.00")
        place(elin)
        assert letter(world, PROVIDING_HEAD) == FOR_A_SCHOOL
        draft(elin, "Clerking", "1", ONE)
        elin.reads("Together £333.33 £66.67 £400.00")
        place(elin, "PO 42")
        assert letter(world, CLERKS) == FOR_THE_CLERKS

        # The council and a school agree; an independent provider declines, which the officer records.
        world.at(moment("2027-02-09 09:00"))
        agree(olga, "Governor support")
        olga.open("/work")
        olga.follow(re.compile("^Clerking"))
        olga.press("Decline the order")
        olga.is_told("Decline the order", "Enter the reason")
        olga.answer({"Why?": "No clerk is free in April."})
        olga.press("Decline the order")
        olga.reads("Declined. No clerk is free in April.")
        assert letter(world, HEAD) == DECLINED
        wyn = somebody(PROVIDING_HEAD)
        agree(wyn, "Outreach")
        assert letter(world, HEAD) == AGREED

        # An academy orders on a phone, from September.
        ben = somebody(ACADEMY_HEAD, phone=True)
        ben.open("/services")
        ben.reads("Your term would begin on 1 September 2027")
        draft(ben, "Governor support", "1", TWO)
        ben.reads("1 September 2027 to 31 August 2028 1 £600.00 £120.00 £720.00")
        place(ben, "ASH 7")
        agree(olga, "Governor support")
        assert letter(world, ACADEMY_HEAD) == AGREED_FROM_SEPTEMBER

        # The clock begins the terms.
        world.at(moment("2027-04-01 09:00"))
        elin.open("/schools/100101")
        elin.reads("from Borough of Brackenford In its term 1 April 2027 to 31 March 2030")
        elin.follow(re.compile("order SO-2 of"))
        elin.reads("In its term", "The term began")
        ben.open("/schools/100102")
        ben.reads("Agreed 1 September 2027 to 31 August 2029")
        world.at(moment("2027-09-01 09:00"))
        assert letter(world, ACADEMY_HEAD) == BEGUN
        ben.page.reload()
        ben.reads("In its term 1 September 2027 to 31 August 2029")

        # Both sides agree to an end at the end of the first year.
        world.at(moment("2027-11-10 09:00"))
        elin.press("Propose a change")
        elin.is_told("Send the proposal", "Select what you propose", "Enter why you propose this")
        elin.answer({"What do you propose?": ticked("An earlier end")})
        elin.answer({"Why? The other side reads this.": "We have trained our own staff."})
        elin.is_told("Send the proposal", "Select the day on which it would end")
        elin.answer({"On which day would it end? (only for an earlier end)": ticked("31 March 2028")})
        elin.press("Send the proposal")
        assert letter(world, PROVIDING_HEAD) == PROPOSED
        wyn.open("/work")
        wyn.reads("Answer the change that is proposed")
        wyn.follow(re.compile("^Outreach"))
        wyn.press("Agree to the change")
        wyn.reads("You agree to this change: The order ends on 31 March 2028.")
        wyn.press("Agree to the change")
        wyn.reads("The order is changed as you both agreed.", "Together £742.00 £0.00 £742.00")
        assert letter(world, HEAD) == CHANGED
        world.at(moment("2028-02-15 09:00"))
        elin.open("/work")
        elin.reads("Ends on 31 March 2028: order again if you want to go on")
        world.at(moment("2028-04-03 09:00"))
        assert letter(world, HEAD) == ENDED

        finn = somebody(FINANCE)
        finn.open("/work")
        finn.follow("Services")
        finn.follow("Charges to invoice")
        assert downloaded(finn) == ("charges-2028-29.csv", SECOND_YEAR)
        finn.follow("2027/28")
        finn.reads(
            "£1,800.00 and VAT of £360.00, together £2,160.00",
            "£742.00 and VAT of £0.00, together £742.00",
            "Together £2,542.00 £360.00 £2,902.00",
        )
        finn.fits_a_phone()
        assert downloaded(finn) == ("charges-2027-28.csv", FIRST_YEAR)

        # Something waits for the school when the part is switched off.
        olga.open("/services/orders/1")
        olga.press("Propose a change")
        olga.answer({"What do you propose?": ticked("Another quantity from the next year")})
        olga.answer({"How many a year? (only for another quantity)": "3"})
        olga.answer({"Why? The other side reads this.": "The school has grown."})
        olga.press("Send the proposal")
        olga.reads("From 1 April 2029 the quantity is 3, not 2.")
        elin.open("/work")
        elin.reads("Answer the change that is proposed")
        assert subjects(world, HEAD) == OF_THE_HEAD
        switch_off(somebody(ADMINISTRATOR))
        for reader in (elin, olga, finn):
            shows_nothing(reader)
        world.at(moment("2030-04-02 09:00"))
        assert subjects(world, HEAD) == OF_THE_HEAD
    assert world.trouble == []


def fill_the_catalogue(olga: Visitor) -> None:
    """A service by the council, one by a school and one by an independent provider."""
    olga.open("/work")
    olga.follow("Services")
    olga.reads("There is no service in the catalogue yet.")
    olga.follow("Add a service")
    olga.is_told(
        "Save",
        "Select who provides it",
        "Enter the name of the service",
        "Enter what is included",
        "Enter what the price is for",
        "Enter the price",
        "Select how VAT stands on it",
        "Select at least one term",
        "Select who may order it",
    )
    for entry in CATALOGUE:
        olga.open("/services/add")
        olga.answer({**entry, "Who may order it?": KINDS, **OPEN})
        olga.press("Save")
        olga.reads("The service is in the catalogue.", "Orders open on 8 February 2027")


def draft(head: Visitor, name: str, quantity: str, term: str) -> None:
    """The head saves a draft, and goes on to check it."""
    head.open("/services")
    head.follow(name)
    head.press("Order this service")
    head.answer({"How many a year?": quantity, "For how long?": ticked(term)})
    head.press("Save and check")
    head.press("Place the order")
    head.reads("Check the order and place it")


def place(head: Visitor, number: str = "") -> None:
    head.answer({"Purchase order number (optional)": number, AUTHORISED: True})
    head.press("Place the order")
    head.reads("The order is placed. We have asked the provider to agree.", "Waiting for the provider")


def agree(provider: Visitor, name: str) -> None:
    """The provider goes from My work to the order."""
    provider.open("/work")
    provider.reads("Agree to the order, or decline it")
    provider.follow(re.compile(f"^{name}"))
    provider.press("Agree to the order")
    provider.press("Agree to the order")
    provider.reads("The order is agreed. We are telling the school.")


def downloaded(finn: Visitor) -> tuple[str, list[str]]:
    """The name of the file of charges, and its lines."""
    with finn.page.expect_download() as saved:
        finn.hand.click(finn.page.get_by_role("link", name="Download as CSV"))
    lines = Path(saved.value.path()).read_text(encoding="utf-8-sig").splitlines()
    return saved.value.suggested_filename, lines


def switch_off(ian: Visitor) -> None:
    ian.open("/funds/1/settings")
    ian.hand.untick(ian.page.get_by_label("Schools buy services here"))
    ian.press("Save the settings")
    ian.reads("The settings are saved. They apply from now on.")


def shows_nothing(reader: Visitor) -> None:
    """Neither in the navigation, nor in My work, nor on the school's page; the catalogue is not found."""
    for path in ("/work", "/schools/100101"):
        reader.open(path)
        text = reader.page.inner_text("body")
        for words in ("Services", "Governor support", "the change that is proposed"):
            assert words not in text, f"{reader.who} reads “{words}” on {path}"
    reader.page.goto("/services")
    reader.world.forgive("GET", 404, "/services")
    reader.reads("Page not found")
