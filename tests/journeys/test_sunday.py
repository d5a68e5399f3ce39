"""Sunday evening: a business manager fills in a bid for £3,000, the head sends it, and both correct it.

6 days × £350 + 2.5 days × £240 with 40% + £60 = £2,100 + £840 + £60 = £3,000.00; with 7 days it is £3,350.00.
"""

import re
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from fundflow.extensions import db
from fundflow.models.kept_typing import KeptTyping
from tests.journeys import acts
from tests.journeys.acts import Section
from tests.journeys.conftest import World
from tests.journeys.council import address, moment
from tests.journeys.invented import PRIORITY, InventedCouncil, found
from tests.journeys.slough_bids import SMALL
from tests.journeys.visitor import Chosen, Visitor, ticked

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

HEAD, TEAM, PROVIDER, OFFICER = "Amara Cole", "Sam Field", "Daniel Hart", "Priya Shah"
LEAD, GIVES = "Hazelmere Primary School", "Oakfield Primary School"

AS_IN_SLOUGH = {section.title: section for section in SMALL}
SCHOOLS = Section(
    "Schools taking part",
    {},
    (
        (
            "school",
            {
                "School": Chosen(f"{GIVES} (200002)"),
                "What does this school do?": ticked("Gives the support"),
                "Name of its head teacher": PROVIDER,
                "Email address of its head teacher": address(PROVIDER),
            },
        ),
    ),
)
CONTACT = Section("Contact", {"Job": "School business manager", "Telephone number": "01632 960 001"})
ABOUT = Section(
    "Title and priority",
    {"Title": "Reading recovery in Years 1 and 2", "Which priority does it serve?": ticked(PRIORITY)},
)
REST = tuple(
    AS_IN_SLOUGH[title] for title in ("Who will benefit", "Outcomes", "Dates and activities", "Other funding")
)
NEED = "What needs to improve"
NEED_ASKED = "What needs to improve, and how do you know?"
FIRST_WORDS = "Only 58% of Year 1 pupils reached the phonics standard;"
NEED_ANSWER = f"{FIRST_WORDS} 81% did in the bourough."
NEED_CORRECTED = f"{FIRST_WORDS} 81% did in the borough."
EVIDENCE = AS_IN_SLOUGH[NEED].rows[0]

LETTERS = [
    ("amara.cole", "BRK-0001: ready for you to submit"),
    ("amara.cole", "BRK-0001: we have your bid for £3,000"),
    ("sam.field", "BRK-0001: the bid you prepared for £3,000 is in"),
    ("daniel.hart", f"BRK-0001: can {GIVES} release these staff? Reply by 25 September"),
    ("priya.shah", f"Today: BRK-0001: new bid for £3,000 from {LEAD}"),
    ("amara.cole", "BRK-0001: we have your correction"),
    ("priya.shah", f"Today: BRK-0001: {GIVES} has confirmed + BRK-0001: {LEAD} has corrected its bid"),
    ("amara.cole", "BRK-0001: we have your correction"),
    ("daniel.hart", "BRK-0001: please confirm again by 29 September"),
    ("priya.shah", f"Today: BRK-0001: {LEAD} has corrected its bid"),
    ("priya.shah", f"Today: BRK-0001: {GIVES} has confirmed"),
]


@pytest.mark.parametrize("phone", [False, True], ids=["on a desk", "on a phone without JavaScript"])
def test_a_bid_is_written_sent_and_corrected(new_world: Callable[..., World], phone: bool) -> None:
    world = new_world(moment("2026-09-13 19:30"))
    world.javascript = not phone
    with ExitStack() as closing:
        council = found(world, closing, phone=phone)
        ref = written(council)
        sent_by_the_head_alone(council, ref)
        a_typo_needs_no_signature(council, ref)
        another_day_is_signed_again(council, ref)
        what_changed_can_be_read(council, ref)
        assert council.letters() == LETTERS
        assert not world.trouble


def written(council: InventedCouncil) -> str:
    """Sunday, 19:30: the business manager fills in the form; with JavaScript, leaving in the middle."""
    team = council[TEAM]
    ref = acts.start_bid(team)
    acts.fill_in(team, ref, (SCHOOLS, CONTACT, ABOUT))
    if council.world.javascript:
        team, typed = left_in_the_middle(council, ref), {}
    else:
        typed = {NEED_ASKED: NEED_ANSWER}
    acts.answer(team, NEED, typed)
    team.press(acts.SAVE)
    acts.answer_row(team, EVIDENCE[1])
    team.press(acts.SAVE)
    acts.fill_in(team, ref, REST)
    costs(team, ref)
    return ref


def left_in_the_middle(council: InventedCouncil, ref: str) -> Visitor:
    """The page is closed without saving; on another device, signed in anew, the words are there."""
    desk = council[TEAM]
    desk.reads(NEED_ASKED)
    box = desk.page.get_by_label(NEED_ASKED)
    box.press_sequentially(FIRST_WORDS)
    desk.page.get_by_text("We kept what you typed at").wait_for()
    box.press_sequentially(NEED_ANSWER.removeprefix(FIRST_WORDS))
    desk.page.close()
    council.wait_until(
        lambda: [kept.fields["need"] for kept in db.session.query(KeptTyping)] == [[NEED_ANSWER]]
    )

    home = council.visitors[TEAM] = council.elsewhere(TEAM, phone=True)
    home.open(f"/bids/{ref}/form")
    home.follow(NEED)
    home.reads("You typed this on 13 September 2026", "did not save it")
    assert home.page.get_by_label(NEED_ASKED).input_value() == NEED_ANSWER
    assert not council.bid(ref).need
    return home


def costs(team: Visitor, ref: str) -> None:
    """The sum of each line appears as it is typed; without JavaScript, at a button."""
    team.open(f"/bids/{ref}/form")
    team.follow("Costs")
    a_line(
        team,
        "Reading lead",
        "RL1",
        ("6", "350", "0"),
        "Cost: 6 days × £350.00 + 0% = £2,100.00",
    )
    team.press("Add another line of backfill")
    a_line(
        team,
        "Teacher",
        "T1",
        ("2.5", "240", "40"),
        "Cost: 2.5 days × £240.00 + 40% = £840.00",
    )
    team.press("Add a cost")
    team.answer(
        {
            "What kind of cost is it?": ticked("Travel"),
            "What is it for?": "Between the schools",
            "Amount": "60",
        }
    )
    team.press(acts.SAVE)
    team.reads("Amount requested £3,000.00")


def a_line(team: Visitor, role: str, code: str, parts: tuple[str, str, str], words: str) -> None:
    assert team.holds("Which school releases the member of staff?") == "2"  # the only one that gives support
    team.answer({"Role": role, "The school’s own code for this person": code})
    team.press("Continue")
    team.answer(
        dict(zip(("Days", "Day rate", "Employer’s pension and National Insurance (%)"), parts, strict=True))
    )
    if not team.world.javascript:
        team.press("Work out the cost")
    team.page.get_by_text(words, exact=True).wait_for()
    team.press("Save and continue")


def sent_by_the_head_alone(council: InventedCouncil, ref: str) -> None:
    """The team has no button, and a forged form changes nothing; the provider has not confirmed yet."""
    team, head = council[TEAM], council[HEAD]
    team.open(f"/bids/{ref}/form")
    team.press("Check your answers and send to the head")
    team.reads("£2,100.00", "£840.00", "£60.00", "£3,000.00", f"The head teacher must submit the bid: {HEAD}")
    team.sees_no_button("Agree and submit bid")
    before = council.happened(ref)
    status, said = forged(team, f"/bids/{ref}/steps/submit", council.bid(ref).version)
    assert status == 409
    assert said == "Only the head of the school that leads the bid can do this."
    assert council.happened(ref) == before
    assert council.state(ref) == "draft"
    team.press("Send to the head")

    acts.submit(head, ref, LEAD)
    assert council.state(ref) == "submitted"
    head.reads(f"We ask {GIVES} to confirm that it can release its staff, by 25 September 2026")
    head.open(f"/bids/{ref}")
    head.reads(f"{GIVES} Asked")


def forged(visitor: Visitor, path: str, version: int) -> tuple[int, str]:
    """A form of one’s own making, sent with the page’s own token."""
    token = str(visitor.page.locator("input[name=csrf_token]").first.get_attribute("value"))
    answer = visitor.page.request.post(
        path, form={"csrf_token": token, "version": str(version), "agreement": "y"}
    )
    told = re.search(r"error-summary__list.*?<li>(.*?)</li>", answer.text(), re.S)
    return answer.status, told.group(1).strip() if told else ""


def a_typo_needs_no_signature(council: InventedCouncil, ref: str) -> None:
    """On Monday the provider confirms; the business manager then corrects a word, and it stays so."""
    council.at("2026-09-14 09:00")
    acts.confirm(council[PROVIDER], ref)
    team = council[TEAM]
    acts.start_correction(team, ref)
    acts.fill_in(team, ref, (Section(NEED, {NEED_ASKED: NEED_CORRECTED}),))
    acts.see_correction(team, ref)
    team.reads("These changes need no new signature", NEED_ANSWER, NEED_CORRECTED)
    team.press("Send the correction")
    team.reads(f"{GIVES} Confirmed")
    team.open(f"/bids/{ref}/history")
    team.reads(f"{NEED}. {NEED_ASKED}: “{NEED_ANSWER}” → “{NEED_CORRECTED}”")


def another_day_is_signed_again(council: InventedCouncil, ref: str) -> None:
    """6 days become 7: the page says whom it asks again; the head agrees, the provider confirms anew."""
    council.at("2026-09-15 10:00")
    team, head, provider = council[TEAM], council[HEAD], council[PROVIDER]
    acts.start_correction(team, ref)
    team.follow("Costs")
    team.hand.click(team.page.get_by_role("link", name="Change Reading lead"))
    team.answer({"Days": "7"})
    team.press("Save and continue")
    team.press("Save and continue")
    acts.see_correction(team, ref)
    whom = f"We will ask {GIVES} to confirm again, and the head of {LEAD} must agree."
    team.reads("This changes the costs and the amount", whom, f"Only the head teacher, {HEAD}, can send this")
    team.sees_no_button("Agree and send the correction")

    head.open(f"/bids/{ref}")
    head.press("Go on with the correction")
    acts.see_correction(head, ref)
    head.reads(whom)
    head.reads("The activities take 8.5 days, the backfill pays for 9.5 days.")
    acts.explain(head)
    head.answer({f"I agree, as head teacher of {LEAD}": True})
    head.press("Agree and send the correction")
    head.reads(f"{GIVES} Asked")

    council.at("2026-09-16 08:00")
    acts.confirm(provider, ref)
    assert [c.state.value for c in council.bid(ref).confirmations] == ["confirmed"]


def what_changed_can_be_read(council: InventedCouncil, ref: str) -> None:
    """The officer compares the versions: one row, its days and its cost, and the money."""
    council.at("2026-09-17 10:00")
    officer = council[OFFICER]
    officer.open(f"/bids/{ref}/application")
    officer.follow("What changed since version 2")
    officer.reads("What changed from version 2 to version 3")
    cards = officer.page.locator(".govuk-summary-card__title")
    assert cards.all_inner_texts() == [f"Changed: {GIVES} (200002), Reading lead"]
    assert changes(officer) == [
        "Days Was: 6 days Is now: 7 days",
        "Cost Was: £2,100.00 Is now: £2,450.00",
        "Backfill Was: £2,940.00 Is now: £3,290.00",
        "Amount requested Was: £3,000.00 Is now: £3,350.00",
    ]


def changes(visitor: Visitor) -> list[str]:
    """Each change on the page as a screen reader reads it."""
    rows = visitor.page.locator("dl:has(del, ins) .govuk-summary-list__row").all_inner_texts()
    return [" ".join(row.split()) for row in rows]
