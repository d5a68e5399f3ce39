"""A specialist unit in the directory of good practice, found by need; a school that took no part, contacted
twice."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date

import pytest

from fundflow.extensions import db
from fundflow.models.person import RoleName
from tests.factories import Make
from tests.journeys.conftest import World
from tests.journeys.council import moment
from tests.journeys.visitor import Chosen, Visitor, ticked
from tests.till import ACADEMY

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

OFFICER, ADMINISTRATOR = "olga@council.example", "ian@council.example"
HEAD, OTHER_HEAD, QUIET_HEAD = "wyn@willow.example", "elin@oak.example", "ben@ash.example"
CONSENT = "We have read the entry, and agree that other schools read it"
ASKED = """\
Good practice: may other schools read about Willow School?

We would like to tell other schools what Willow School does well. The entry is called “Unit for deaf pupils”.

What it says
  Ten places, and lessons in sign language.

No other school reads it before the head agrees. You can take it back at any time.

What you need to do
Read the entry. Then agree, or say no. If you don’t answer, no other school reads it.
"""
AGREED = """\
Good practice: Willow School agrees to its entry

Wyn Price agrees to the entry “Unit for deaf pupils”. Other schools can find it now.

You don’t need to do anything now. It is to be looked at again on 1 September 2027.
"""
KEPT = """\
Good practice: the entry of Willow School stays

Olga Marsh has looked at your entry “Unit for deaf pupils” again. It stays in the directory. We look at it \
again on 1 September 2028.

You don’t need to do anything now. If it is no longer right, take your agreement back on this page.
"""
TAKEN_BACK = """\
Good practice: Willow School took its agreement back

Wyn Price took the agreement to the entry “Unit for deaf pupils” back. No other school reads it any more.

What they say
  The unit moves to another school.

You don’t need to do anything. Talk to the school before you change the entry and ask again.
"""
LINES = [
    "School,URN,Kind,Trust,Last contact,How,With whom,What came of it,Next contact",
    "Ash Academy,100102,Academy,North Trust,2026-12-02,Through another office,The admissions office,"
    "The head comes to the next briefing.,",
]


def a_fund(world: World) -> None:
    """It does not share good practice yet. Oak has asked for support, and Willow offers some."""
    with world.app.app_context():
        make = Make(db.session)  # type: ignore[arg-type]
        fund = make.fund()
        oak, willow = (
            make.school("Oak Primary School", urn="100101"),
            make.school("Willow School", urn="100103"),
        )
        ash = make.school("Ash Academy", urn="100102", type_code=ACADEMY, trust=make.trust("North Trust"))
        elin = make.member(oak, name="Elin Morgan", email=OTHER_HEAD)
        wyn = make.member(willow, name="Wyn Price", email=HEAD)
        make.member(ash, name="Ben Okoro", email=QUIET_HEAD)
        make.staff(RoleName.OFFICER, "Olga Marsh", email=OFFICER, each_letter=True)
        make.staff(RoleName.ADMINISTRATOR, "Ian Potts", email=ADMINISTRATOR)
        make.offer(willow, title="Maths mastery", by=wyn)
        make.support_request(oak, fund, by=elin)
        db.session.commit()
        db.session.remove()


def letter(world: World, email: str) -> str:
    """The newest letter to this address: its subject, and its text between greeting and address."""
    world.work()
    message = world.post.to(email)[-1]
    text = str(message.get_content()).replace("\r\n", "\n").split("\nDo you have a question?")[0]
    return f"{message['Subject']}\n\n" + text.split("\n\n", 1)[1].split(world.url)[0]


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_a_unit_is_found_by_need_and_a_quiet_school_is_contacted(
    new_world: Callable[..., World], javascript: bool
) -> None:
    world = new_world(moment("2026-11-18 09:00"))
    world.javascript = javascript
    a_fund(world)
    with ExitStack() as closing:

        def somebody(email: str, at: str = "", *, phone: bool = False) -> Visitor:
            if at:
                world.at(moment(at))
            return Visitor(world, closing.enter_context(world.visitor(email, phone=phone)), email)

        switch(somebody(ADMINISTRATOR), on=True)

        # The officer proposes the unit of a school, and its head agrees.
        olga = somebody(OFFICER)
        olga.open("/work")
        olga.follow("Brokering")
        olga.follow("Good practice")
        olga.follow("Entries that officers made")
        olga.reads("There is no entry yet.")
        olga.press("Propose an entry")
        olga.is_told(
            "Ask the school",
            "Select what it is",
            "Select the need it helps with",
            "Enter what it is",
            "Enter what the school does well",
            "Enter when you look at it again",
            "Select the school",
        )
        olga.answer(
            {
                "What is it?": ticked("Specialist unit"),
                "Which need does it help with?": Chosen("Special educational needs and disabilities"),
                "What is it, in a few words?": "Unit for deaf pupils",
                "What does the school do well?": "Ten places, and lessons in sign language.",
                "When should you look at it again?": date(2027, 9, 1),
                "Which school?": Chosen("Willow School (100103)"),
            }
        )
        olga.press("Ask the school")
        olga.reads("Waiting for the school")
        assert letter(world, HEAD) == ASKED
        elin = somebody(OTHER_HEAD, phone=True)
        elin.open("/good-practice?need=send")
        elin.reads("Nothing matches.")
        wyn = somebody(HEAD, phone=True)
        wyn.open("/work")
        wyn.reads("Read the entry and say whether your school agrees")
        wyn.open("/good-practice/1")
        wyn.press("Yes, we agree")
        wyn.is_told("Yes, we agree", "Tick the box to show that you agree")
        wyn.answer({CONSENT: True, "How should other schools get in touch? (optional)": "Call the office."})
        wyn.press("Yes, we agree")
        wyn.reads("In the directory")
        assert letter(world, OFFICER) == AGREED

        # Another head finds it by need, and asks for support as ever.
        elin.open("/good-practice")
        elin.reads("Unit for deaf pupils", "Maths mastery")
        elin.answer({"Need": Chosen("Special educational needs and disabilities")})
        elin.press("Show")
        elin.reads("Unit for deaf pupils Willow School Ten places, and lessons in sign language.")
        assert "Maths mastery" not in elin.page.inner_text("main")
        elin.follow("Unit for deaf pupils")
        elin.reads("Call the office.")
        assert "Waiting" not in elin.page.inner_text("main")
        elin.follow("Ask for support")
        assert elin.page.get_by_label("What do you need help with?").input_value() == "send"

        # A school that took no part is contacted twice.
        olga.open("/brokering")
        olga.follow("Schools that take no part")
        olga.reads("since 1 September 2025", "Ash Academy 100102 Academy North Trust None None planned")
        assert "Oak Primary School" not in olga.page.inner_text("main")
        assert "Willow School" not in olga.page.inner_text("main")
        olga.follow("Ash Academy")
        olga.press("Log a contact")
        olga.is_told(
            "Save",
            "Select how you were in contact",
            "Enter who you were in contact with",
            "Enter what came of it",
        )
        olga.answer(
            {
                "How?": ticked("By letter"),
                "Who with?": "The head",
                "What came of it?": "No answer yet.",
                "When do you contact the school next? (optional)": date(2026, 12, 2),
            }
        )
        olga.press("Save")
        olga.reads("18 November 2026, by letter: The head No answer yet. Next contact: 2 December 2026")
        olga = somebody(OFFICER, "2026-12-02 09:00")
        olga.open("/work")
        olga.reads("Contact the school again")
        olga.follow(re.compile("^Ash Academy"))
        olga.press("Log a contact")
        olga.answer(
            {
                "How?": ticked("Through another office"),
                "Who with?": "The admissions office",
                "What came of it?": "The head comes to the next briefing.",
            }
        )
        olga.press("Save")
        olga.reads("through another office: The admissions office", "by letter: The head")
        olga.open("/work")
        assert "Contact the school again" not in olga.page.inner_text("main")
        olga.open("/engagement")
        olga.fits_a_phone()
        file = olga.page.request.get(f"{world.url}/engagement/schools.csv").text()
        assert file.lstrip("\ufeff").splitlines() == LINES
        ben = somebody(QUIET_HEAD)
        for path in ("/work", "/schools/100102"):
            ben.open(path)
            assert "briefing" not in ben.page.inner_text("body")

        # The day comes to look at the entry again; later its head takes the agreement back.
        olga = somebody(OFFICER, "2027-09-01 09:00")
        olga.open("/work")
        olga.reads("Look at the entry again")
        olga.follow(re.compile("^Willow School"))
        olga.press("It is still right")
        olga.answer({"When should it be looked at again?": date(2028, 9, 1)})
        olga.press("It is still right")
        assert letter(world, HEAD) == KEPT
        wyn.open("/good-practice/1")
        wyn.press("Take our agreement back")
        wyn.answer({"Why? (optional)": "The unit moves to another school."})
        wyn.press("Take our agreement back")
        wyn.reads("Withdrawn", "The unit moves to another school.")
        assert letter(world, OFFICER) == TAKEN_BACK
        elin.open("/good-practice?need=send")
        elin.reads("Nothing matches.")

        # Off again, nothing shows.
        switch(somebody(ADMINISTRATOR), on=False)
        olga.open("/brokering")
        assert "take no part" not in olga.page.inner_text("main")
    assert world.trouble == []


def switch(ian: Visitor, *, on: bool) -> None:
    """The administrator switches this part on or off."""
    ian.open("/funds/1/settings")
    label = "Schools find good practice, and officers log contacts with schools that take no part"
    box = ian.page.get_by_label(label)
    (ian.hand.tick if on else ian.hand.untick)(box)
    ian.press("Save the settings")
    ian.reads("The settings are saved.")
