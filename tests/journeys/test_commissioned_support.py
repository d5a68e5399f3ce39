"""Commissioned support: a provider that two officers approve, refused while its due diligence is out of date;
three quality checks of a bid, of which one is red and carried to done; and all of it switched off."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date

import pytest

from fundflow.extensions import db
from fundflow.models.bid import Bid, Origin
from fundflow.models.person import RoleName, User
from tests.factories import Make
from tests.journeys import acts, award_acts
from tests.journeys.award_stage import (
    HEAD,
    IMPACT,
    LEAD,
    OFFICER,
    OWEN,
    REF,
    RELEASING,
    Offered,
    Staff,
    letter,
    pence,
    set_up,
)
from tests.journeys.conftest import World
from tests.journeys.council import Figures, address, day, moment
from tests.journeys.invented import InventedCouncil
from tests.journeys.visitor import Chosen, Visitor, ticked

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

SECOND, ADMINISTRATOR = "Tom Ashdown", "Ian Potts"
BRIGHT, CONTACT = "Bright Learning Ltd", "Bea Bright"
SWITCH = "Officers check the quality of support"
# 6 days × £350 + 2.5 days × £200 with 40% + travel £200 = £2,100 + £700 + £200 = £3,000.00
BID = Offered(
    title="Reading recovery in Years 1 and 2",
    start=day("2027-01-11"),
    end=day("2027-04-23"),
    staff=(Staff("Reading lead", "RL1", 12, 350), Staff("Teacher", "T1", 5, 200, on_cost=40)),
    travel=20_000,
    asked=300_000,
)
TRACES = ("quality check", "independent provider", "due diligence", "/providers", "quality-checks")
NO_ACCOUNT = "\nTo open this page you need an account. Reply to this email and we will set one up for you.\n"
IN_REGISTER = """\
Bright Learning Ltd: you are in our register of providers

Dear Bea Bright

Bright Learning Ltd is now in the council’s register of independent providers. Support can \
be commissioned from you.

You don’t need to do anything now. If you have a question, reply to this email.

How the council uses your details: /privacy

Do you have a question? Reply to this email (Borough of Brackenford).

School improvement fund
Borough of Brackenford
"""
GREEN = """\
BRK-0001: the check of your support is green

We have checked the quality of your support (plan). It is green.

What we found
  The plan says who does what, and when.

You don’t need to do anything now.
/bids/BRK-0001
"""
RED = """\
BRK-0001: the check of your support is red

We have checked the quality of your support (mid-way). It is red.

What we found
  Two of four sessions were missed.

What must be done, by 12 March 2027
  Send a second coach (The director of Bright Learning)

What you need to do
Read the check on the bid’s follow-up page. Talk to the provider about the action.
/bids/BRK-0001
"""
RED_TO_WHO_GIVES_IT = """\
BRK-0001: the check of the support you give is red

We have checked the quality of the support for Hazelmere Primary School (mid-way). It is red.

What we found
  Two of four sessions were missed.

What must be done, by 12 March 2027
  Send a second coach (The director of Bright Learning)

What you need to do
Agree with Hazelmere Primary School how the action is carried out.
/bids/BRK-0001
"""
RED_TO_IMPACT = """\
BRK-0001: a check of the support is red

Priya Raman has checked the quality of the support for Hazelmere Primary School (mid-way). It is red.

What was found
  Two of four sessions were missed.

What must be done, by 12 March 2027
  Send a second coach (The director of Bright Learning)

You don’t need to do anything now.
/bids/BRK-0001
"""
CARRIED_OUT = """\
BRK-0001: the action after the check is carried out

The action after the red check of the support for Hazelmere Primary School is carried out.

The action
  Send a second coach

What was done
  A second coach began on Monday. I met both.

You don’t need to do anything now.
/bids/BRK-0001
"""
GREEN_NOW = """\
BRK-0001: the support is green now

We have checked the quality of the support for Hazelmere Primary School again. It is green now.

What we found
  All four sessions took place.

You don’t need to do anything now.
/bids/BRK-0001
"""
ON_MONEY = (
    "A quality check of the support is red, and its action is not carried out: Send a second coach: "
    "The director of Bright Learning, by 12 March 2027."
)
ROWS = [
    "Bid School Stage State Rating Due Provider",
    "BRK-0001, End Hazelmere Primary School End Green Green 23 April 2027 Bright Learning Ltd",
    "BRK-0001, Mid-way Hazelmere Primary School Mid-way Green when checked again Red 3 March 2027 "
    "Bright Learning Ltd",
    "BRK-0001, Plan Hazelmere Primary School Plan Green Green 1 February 2027 Bright Learning Ltd",
]
FILE = """\
Bid,School,Stage,State,Rating,Due,Checked,What was found,Action,Who,Action due,Action carried out,\
Kind of provider,Provider
BRK-0001,Hazelmere Primary School,End,Green,Green,2027-04-23,2027-04-23,Every pupil reads daily.,,,,,\
Independent provider,Bright Learning Ltd
BRK-0001,Hazelmere Primary School,Mid-way,Green when checked again,Red,2027-03-03,2027-03-03,\
Two of four sessions were missed.,Send a second coach,The director of Bright Learning,2027-03-12,2027-03-15,\
Independent provider,Bright Learning Ltd
BRK-0001,Hazelmere Primary School,Plan,Green,Green,2027-02-01,2027-02-01,\
"The plan says who does what, and when.",,,,,Independent provider,Bright Learning Ltd
"""


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_commissioned_support_is_checked_three_times(
    new_world: Callable[..., World], javascript: bool
) -> None:
    world = new_world(moment("2027-01-04 10:00"))
    world.javascript = javascript
    with ExitStack() as closing:
        council = set_up(world, closing, BID)
        as_york_has_it(council)
        switched_on(council)
        a_provider_is_approved(council)
        head = council.visitors[HEAD] = council.elsewhere(HEAD, phone=True)
        acts.accept_offer(head, REF)
        refused_and_renewed(council)
        the_plan_is_green(council)
        mid_way_is_red(council)
        a_red_check_blocks_no_payment(council)
        carried_out(council)
        green_now(council)
        the_end_is_green(council)
        the_list_and_its_file(council)
        switched_off(council)
        assert not world.trouble


def as_york_has_it(council: InventedCouncil) -> None:
    """The offered bid was commissioned from an independent provider, and another school releases staff. Staff
    get each letter at once."""
    with council.world.app.app_context():
        make = Make(db.session)  # type: ignore[arg-type]
        make.staff(RoleName.OFFICER, SECOND, email=address(SECOND))
        make.staff(RoleName.ADMINISTRATOR, ADMINISTRATOR, email=address(ADMINISTRATOR))
        for user in db.session.query(User):
            user.each_letter = True
        bid = db.session.query(Bid).filter_by(reference=REF).one()
        bid.origin, bid.origin_note = Origin.COMMISSIONED, "Results in reading fell twice."
        bid.external_provider = BRIGHT
        db.session.commit()
        db.session.remove()


def told(council: InventedCouncil) -> list[tuple[str, str]]:
    """Who gets which letter at the worker's next turn."""
    before = len(council.letters())
    council.world.work()
    return council.letters()[before:]


def switched_on(council: InventedCouncil) -> None:
    council[OFFICER].open("/brokering")
    assert not council[OFFICER].page.get_by_role("link", name="Independent providers").count()
    administrator = council[ADMINISTRATOR]
    administrator.open("/funds/1/settings")
    administrator.answer({SWITCH: True})
    administrator.press("Save the settings")


def a_provider_is_approved(council: InventedCouncil) -> None:
    officer, second = council[OFFICER], council[SECOND]
    officer.open("/brokering")
    officer.follow("Independent providers")
    officer.reads("No provider is in the register yet.")
    officer.press("Propose a provider")
    officer.is_told(
        "Propose this provider",
        "Enter the name of the provider",
        "Enter the name of the contact",
        "Enter the contact’s email address",
        "Select what it can help with",
    )
    officer.answer(
        {
            "Name of the provider": BRIGHT,
            "Company or charity number (optional)": "CE123456",
            "Name of the contact": CONTACT,
            "Email address of the contact": address(CONTACT),
            "What can it help with?": ticked("Early reading and phonics"),
        }
    )
    officer.press("Propose this provider")
    officer.reads("Bright Learning Ltd To approve", "Insurance Not seen yet")
    officer.open("/work")
    officer.reads("Record the due diligence")
    officer.follow(re.compile(BRIGHT))
    officer.press("Record due diligence")
    officer.answer(
        {
            **seen("Insurance", "2027-01-04", "2027-01-15"),
            **seen("Safeguarding policy", "2027-01-04", "2028-01-03"),
            **seen("DBS checks", "2027-01-04", "2028-01-03"),
            **seen("References", "2027-01-04", "2028-01-03"),
            **seen("Right to work and off-payroll status", "2027-01-04", "2028-01-03"),
        }
    )
    officer.press("Record due diligence")
    officer.reads(
        "Bright Learning Ltd To approve",
        "You proposed it, or acted on it last. Another officer approves it.",
        "Contact Bea Bright, bea.bright@slough.example",
        "Proposed 4 January 2027 by Priya Raman",
        "Insurance Seen on 4 January 2027, due again on 15 January 2027",
    )
    officer.sees_no_button("Approve this provider")

    second.open("/work")
    second.reads("Approve the provider")
    second.follow(re.compile(BRIGHT))
    second.press("Approve this provider")
    second.reads("Approve only if you have seen the due diligence yourself.")
    second.press("Approve this provider")
    second.reads("Bright Learning Ltd Approved", "Approved 4 January 2027 by Tom Ashdown")
    assert told(council) == [
        ("priya.raman", "Bright Learning Ltd: due diligence recorded"),
        ("tom.ashdown", "Bright Learning Ltd: due diligence recorded"),
        ("bea.bright", "Bright Learning Ltd: you are in our register of providers"),
        ("priya.raman", "Bright Learning Ltd is approved as a provider"),
        ("tom.ashdown", "Bright Learning Ltd is approved as a provider"),
    ]
    message = council.world.post.to(address(CONTACT))[-1]
    text = str(message.get_content()).replace("\r\n", "\n").replace(council.world.url, "")
    assert f"{message['Subject']}\n\n{text}" == IN_REGISTER


def seen(part: str, on: str, due: str) -> dict[str, date]:
    """A part of the due diligence, as its form asks for it."""
    return {f"{part}: seen on (optional)": day(on), f"{part}: due again on (optional)": day(due)}


def refused_and_renewed(council: InventedCouncil) -> None:
    """The insurance ended on the Friday before."""
    council.at("2027-01-18 10:00")
    officer = council[OFFICER]
    commission(officer)
    officer.is_told(
        "Begin the bid",
        "The due diligence of Bright Learning Ltd is not in force: Insurance was due again on "
        "15 January 2027.",
        status=409,
    )
    officer.open("/work")
    officer.reads("Renew the due diligence")
    officer.follow(re.compile(BRIGHT))
    officer.press("Record due diligence")
    officer.answer(seen("Insurance", "2027-01-18", "2027-05-14"))
    officer.press("Record due diligence")
    officer.reads("To approve", "Insurance Seen on 18 January 2027, due again on 14 May 2027")
    officer.sees_no_button("Approve this provider")
    second = council[SECOND]
    second.open("/work")
    second.reads("Approve the provider")
    second.follow(re.compile(BRIGHT))
    second.press("Approve this provider")
    second.press("Approve this provider")
    second.reads("Bright Learning Ltd Approved", "Approved 18 January 2027 by Tom Ashdown")
    assert told(council) == [
        ("priya.raman", "Bright Learning Ltd: due diligence recorded"),
        ("tom.ashdown", "Bright Learning Ltd: due diligence recorded"),
        ("priya.raman", "Bright Learning Ltd is approved as a provider"),
        ("tom.ashdown", "Bright Learning Ltd is approved as a provider"),
    ]
    commission(officer)
    officer.press("Begin the bid")
    assert officer.path == "/bids/BRK-0002/form"


def commission(officer: Visitor) -> None:
    """Fill in the page that commissions support from the independent provider."""
    officer.open("/brokering")
    officer.follow("Commission support")
    officer.answer(
        {
            "Which school will be supported? It leads the bid.": Chosen(f"{LEAD} (200001)"),
            "Who will give the support?": Chosen(f"{BRIGHT} (independent provider)"),
            "What is the support about?": Chosen("Mathematics"),
            "Why do you commission it, when the school has not asked?": "Results in mathematics fell twice.",
        }
    )


def check(council: InventedCouncil, work: str) -> Visitor:
    """The officer goes from My work to the bid's Follow-up tab."""
    officer = council[OFFICER]
    officer.open("/work")
    officer.reads(work)
    officer.open(f"/bids/{REF}")
    officer.follow("Follow-up")
    return officer


def about(button: str, stage: str) -> re.Pattern[str]:
    """The button of this stage’s check."""
    return re.compile(f"^{button}.*{stage}$")


def the_plan_is_green(council: InventedCouncil) -> None:
    council.at("2027-02-01 10:00")
    officer = check(council, "Check the quality of the support")
    officer.reads(
        "Plan To do Due by 1 February 2027.",
        "Mid-way To do Due by 3 March 2027.",
        "End To do Due by 23 April 2027.",
    )
    officer.press(about("Record it as green", "Plan"))
    officer.is_told("Record it as green", "Enter what you found")
    officer.answer({"What did you find?": "The plan says who does what, and when."})
    officer.press("Record it as green")
    officer.reads("Plan Green Found on 1 February 2027: The plan says who does what, and when.")
    assert told(council) == [("amara.nwosu", "BRK-0001: the check of your support is green")]
    assert letter(council, HEAD) == GREEN


def mid_way_is_red(council: InventedCouncil) -> None:
    council.at("2027-03-03 10:00")
    officer = check(council, "Check the quality of the support")
    officer.press(about("Record it as red", "Mid-way"))
    officer.reads("The impact officer is told too. Payments go on unless somebody blocks them.")
    officer.is_told(
        "Record it as red",
        "Enter what you found",
        "Enter what must be done",
        "Enter who does it",
        "Enter by when",
    )
    officer.answer(
        {
            "What did you find?": "Two of four sessions were missed.",
            "What must be done?": "Send a second coach",
            "Who does it?": "The director of Bright Learning",
            "By when?": day("2027-03-12"),
            "A note for the council’s staff (optional)": "The coach has too many schools.",
        }
    )
    officer.press("Record it as red")
    officer.reads(
        "Mid-way Action to carry out Found red",
        "Action: Send a second coach: The director of Bright Learning, by 12 March 2027.",
        "Note, kept for the council’s staff: The coach has too many schools.",
    )
    assert told(council) == [
        ("amara.nwosu", "BRK-0001: the check of your support is red"),
        ("daniel.hart", "BRK-0001: the check of the support you give is red"),
        ("bea.bright", "BRK-0001: the check of the support you give is red"),
        ("helen.abbott", "BRK-0001: a check of the support is red"),
    ]
    assert letter(council, HEAD) == RED
    assert letter(council, RELEASING) == RED_TO_WHO_GIVES_IT
    assert letter(council, CONTACT) == RED_TO_WHO_GIVES_IT + NO_ACCOUNT
    assert letter(council, IMPACT) == RED_TO_IMPACT
    head = council[HEAD]  # who has a phone
    head.open(f"/bids/{REF}/follow-up")
    head.reads("Mid-way Action to carry out Found red", "Two of four sessions were missed.")
    assert "too many schools" not in head.page.inner_text("main")


def a_red_check_blocks_no_payment(council: InventedCouncil) -> None:
    council[OFFICER].open(f"/bids/{REF}/money")
    council[OFFICER].reads(f"{ON_MONEY} It blocks no payment. You can block payments.")
    award_acts.certify(council[OFFICER], REF, "Claim 1: advance")
    award_acts.pay(council[OWEN], REF, "Claim 1: advance", "JNL 5001")
    assert pence(council) == Figures(19_950_000, 300_000, 300_000, 0, 19_650_000, 0)
    council[OWEN].open(f"/bids/{REF}/money")
    council[OWEN].reads(ON_MONEY)


def carried_out(council: InventedCouncil) -> None:
    council.at("2027-03-15 10:00")
    officer = check(council, "Chase the action after a quality check")
    officer.reads("Mid-way Action to carry out Found red Late")
    officer.press(about("The action is carried out", "Mid-way"))
    officer.answer({"What was done, and how do you know?": "A second coach began on Monday. I met both."})
    officer.press("The action is carried out")
    assert told(council) == [
        ("amara.nwosu", "BRK-0001: the action after the check is carried out"),
        ("daniel.hart", "BRK-0001: the action after the check is carried out"),
        ("bea.bright", "BRK-0001: the action after the check is carried out"),
        ("helen.abbott", "BRK-0001: the action after the check is carried out"),
    ]
    assert [letter(council, who) for who in (HEAD, RELEASING, IMPACT)] == [CARRIED_OUT] * 3
    assert letter(council, CONTACT) == CARRIED_OUT + NO_ACCOUNT
    officer.open(f"/bids/{REF}/money")
    assert "quality check" not in officer.page.inner_text("main")


def green_now(council: InventedCouncil) -> None:
    council.at("2027-03-22 10:00")
    officer = council[OFFICER]
    officer.open(f"/bids/{REF}/follow-up")
    officer.press(about("Record it as green now", "Mid-way"))
    officer.reads("The first rating stays as it was recorded.")
    officer.answer({"What did you find?": "All four sessions took place."})
    officer.press("Record it as green now")
    officer.reads(
        "Mid-way Green when checked again Found red Found on 3 March 2027: Two of four sessions were missed.",
        "Carried out on 15 March 2027: A second coach began on Monday. I met both.",
        "Checked again on 22 March 2027: All four sessions took place.",
    )
    assert told(council) == [
        ("amara.nwosu", "BRK-0001: the support is green now"),
        ("daniel.hart", "BRK-0001: the support is green now"),
        ("bea.bright", "BRK-0001: the support is green now"),
    ]
    assert [letter(council, who) for who in (HEAD, RELEASING)] == [GREEN_NOW] * 2
    assert letter(council, CONTACT) == GREEN_NOW + NO_ACCOUNT


def the_end_is_green(council: InventedCouncil) -> None:
    council.at("2027-04-23 10:00")
    officer = check(council, "Check the quality of the support")
    officer.press(about("Record it as green", "End"))
    officer.answer({"What did you find?": "Every pupil reads daily."})
    officer.press("Record it as green")
    officer.reads("End Green Found on 23 April 2027: Every pupil reads daily.")
    assert told(council) == [("amara.nwosu", "BRK-0001: the check of your support is green")]


def the_list_and_its_file(council: InventedCouncil) -> None:
    impact = council[IMPACT]
    impact.open("/impact")
    impact.follow("Quality checks")
    impact.reads("Provider To do Green Amber Red Independent provider 0 2 0 1")
    assert listed(impact) == ROWS
    given = impact.page.request.get(f"{council.world.url}/quality-checks.csv")
    assert given.text().removeprefix("\ufeff").replace("\r\n", "\n") == FILE
    impact.fits_a_phone()
    impact.answer({"Rating": Chosen("Red")})
    impact.press("Show")
    assert listed(impact) == [ROWS[0], ROWS[2]]


def listed(visitor: Visitor) -> list[str]:
    """The list of checks, a line a row; the browser puts a blank before what is for screen readers."""
    rows = visitor.page.get_by_role("region", name="Quality checks").get_by_role("row")
    return [" ".join(row.split()).replace(" ,", ",") for row in rows.all_inner_texts()]


def switched_off(council: InventedCouncil) -> None:
    """Its due diligence ends within 30 days, so My work asked for it before."""
    officer, administrator = council[OFFICER], council[ADMINISTRATOR]
    officer.open("/work")
    officer.reads("Renew the due diligence")
    administrator.open("/funds/1/settings")
    administrator.page.get_by_label(SWITCH).focus()
    administrator.page.keyboard.press("Space")
    administrator.press("Save the settings")
    for who in (officer, council[HEAD], council[IMPACT]):
        nothing_shows(who, "/work", *tabs(who))
    nothing_shows(officer, "/brokering", "/brokering/commission")
    nothing_shows(council[IMPACT], "/impact")
    for path in ("/providers", "/providers/1", "/quality-checks", "/quality-checks.csv"):
        officer.page.goto(path)
        council.world.forgive("GET", 404, path)
    assert told(council) == []


def tabs(who: Visitor) -> list[str]:
    """The bid's pages; what happened stays in its history and among its letters."""
    who.open(f"/bids/{REF}")
    links = who.page.get_by_role("navigation", name="Pages of this bid").get_by_role("link")
    found = [str(link.get_attribute("href")) for link in links.all()]
    assert f"/bids/{REF}/follow-up" in found
    return [path for path in found if not path.endswith(("/history", "/letters"))]


def nothing_shows(who: Visitor, *paths: str) -> None:
    for path in paths:
        who.open(path)
        said = who.page.content().lower()
        assert not [trace for trace in TRACES if trace in said], f"{who.who} on {path}"
