"""A challenge school: a concern below the floor, its tier raised with a reason, a review each term for three
years, its two-year target missed and then met. Its head finds nothing of it."""

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

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

OFFICER, ADMINISTRATOR, HEAD = "olga@council.example", "ian@council.example", "elin@oak.example"
PHONICS = "Pupils at the phonics standard"
SWITCH = "Officers keep concerns, caseloads and a review of every school each term"
OAK, PAGE = "Oak Primary School", "/schools/100101"
RAISED = """\
Oak Primary School: a concern is raised

Olga Marsh has raised a concern about Oak Primary School. The school is not told.

What you need to do
Review the concern by 8 December 2026.
"""
REMINDED = """\
1 school to review by 25 March

1 school that you look after has not been reviewed this term (Spring 2027).

What you need to do
Review it by 25 March 2027.
"""
ENDED = """\
Oak Primary School: a concern has ended

Olga Marsh has ended a concern about Oak Primary School. The reason is on its page.

You don’t need to do anything now.
"""
OF_THE_OFFICER = [
    "Oak Primary School: a concern is raised",
    "Oak Primary School: a concern is reviewed",
    "1 school to review by 25 March",
    "Oak Primary School: a concern has ended",
]
# The day of each review, and what was seen: nothing changes the tier.
CONFIRMED = (
    ("2027-03-12 09:00", "Spring 2027", "Teachers plan phonics together."),
    ("2027-06-10 09:00", "Summer 2027", "Mock checks are a little better."),
    ("2027-11-10 09:00", "Autumn 2027", "A reading lead is appointed."),
    ("2028-02-10 09:00", "Spring 2028", "Catch-up groups run each day."),
    ("2028-06-08 09:00", "Summer 2028", "Two classes are on the way."),
)


def a_fund_that_keeps_nothing_yet(world: World) -> None:
    with world.app.app_context():
        make = Make(db.session)  # type: ignore[arg-type]
        fund = make.fund()
        make.measure(fund, name=PHONICS, unit="%")
        oak = make.school(OAK, urn="100101")
        make.member(oak, name="Elin Morgan", email=HEAD)
        olga = make.staff(RoleName.OFFICER, "Olga Marsh", email=OFFICER, each_letter=True)
        make.patch("North", oak, officer=olga)
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
    text = str(message.get_content()).replace("\r\n", "\n")
    return f"{message['Subject']}\n\n" + text.split("\n\n", 1)[1].split(world.url)[0]


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_a_challenge_school_over_three_years(new_world: Callable[..., World], javascript: bool) -> None:
    world = new_world(moment("2026-09-08 09:00"))
    world.javascript = javascript
    a_fund_that_keeps_nothing_yet(world)
    with ExitStack() as closing:

        def somebody(email: str, at: str = "") -> Visitor:
            if at:
                world.at(moment(at))
            return Visitor(world, closing.enter_context(world.visitor(email)), email)

        ian = somebody(ADMINISTRATOR)
        ian.open("/funds/1/settings")
        ian.answer(
            {
                SWITCH: True,
                "What tier 4 brings": "A visit every fortnight.",
                "Floors of measures, one on each line": "Spelling: 60",
            }
        )
        ian.is_told("Save the settings", "This fund has no measure called “Spelling”.", status=409)
        ian.answer({"Floors of measures, one on each line": f"{PHONICS}: 60"})
        ian.press("Save the settings")

        # Into challenge, with a tier and a target for two years.
        olga = somebody(OFFICER)
        olga.open(PAGE)
        olga.follow("Record a caseload")
        olga.is_told("Record", "Select a caseload", "Enter the reason")
        olga.answer({"Which caseload?": ticked("Challenge"), "Why?": "Results fell two years running."})
        olga.press("Record")
        olga.reads("Challenge", "Results fell two years running.", "Olga Marsh")
        olga.follow("Record a tier")
        olga.answer({"Which tier?": ticked("3: targeted support"), "Why?": "Phonics is below the floor."})
        olga.press("Record")
        olga.follow("Set a two-year target")
        olga.answer(
            {
                "What is to change?": Chosen(f"{PHONICS} (%), better when it rises"),
                "Where is it now?": "48",
                "When was that measured?": date(2026, 7, 1),
                "Where should it be?": "66",
                "By when?": date(2028, 9, 1),
                "Who looks after it?": Chosen("Olga Marsh"),
                "Why?": "Every child should read.",
            }
        )
        olga.press("Record")

        # The list suggests a concern; it is raised.
        olga.open("/schools")
        olga.follow("Caseloads and concerns")
        olga.answer({"Which schools": Chosen("Meet a concern’s test and have none")})
        olga.press("Show")
        olga.reads(f"{PHONICS} (%): 48 on 1 July 2026, the floor is 60")
        olga.follow(OAK)
        olga.follow("Raise a concern")
        olga.answer(
            {"Why?": "Phonics lies twelve points below the floor.", "When is it reviewed?": date(2026, 12, 8)}
        )
        olga.press("Raise a concern")
        olga.reads("Below a measure’s floor Open review by 8 December 2026")
        assert letter(world, OFFICER) == RAISED

        # The first review of a term raises the tier.
        olga.open("/work")
        olga.follow(re.compile("1 school not reviewed this term"))
        olga.follow(OAK)
        olga.follow("Review this school")
        olga.reads("Tier now 3: targeted support", "48", "66", "No figure yet")
        olga.answer(
            {"What came of it?": ticked("Tier raised: more support"), "What was seen, and why?": "No plan."}
        )
        olga.is_told("Record", "Select a tier with more support than now (3: targeted support).", status=409)
        olga.answer({"Which tier from now on?": ticked("4: intensive support")})
        olga.press("Record")
        olga.reads(
            "Autumn 2026 term Reviewed",
            "4: intensive support No plan.",
            "What this tier brings: A visit every fortnight.",
        )
        olga.open("/work")
        assert "not reviewed this term" not in olga.page.inner_text("main")

        # The concern is reviewed when it is due.
        olga = somebody(OFFICER, "2026-12-02 09:00")
        olga.open("/work")
        olga.follow(re.compile("Oak Primary School"))
        olga.press("Review the concern")
        olga.answer(
            {"What did you find?": "The plan has an owner.", "When is it reviewed next?": date(2027, 11, 1)}
        )
        olga.press("Review the concern")
        olga.reads("Next review 1 November 2027", "The plan has an owner.")

        # Two weeks before the spring term ends the officer is reminded.
        world.at(moment("2027-03-10 09:00"))
        assert "1 school to review by 25 March" not in subjects(world, OFFICER)
        world.at(moment("2027-03-11 09:00"))
        assert letter(world, OFFICER) == REMINDED
        for at, term, note in CONFIRMED:
            olga = somebody(OFFICER, at)
            review(olga, "Tier confirmed", note)
            olga.reads(f"{term} term Reviewed", f"{term} Tier confirmed 4: intensive support {note}")

        # The target's day passes: it is missed. A later figure meets it.
        olga = somebody(OFFICER, "2028-10-04 09:00")
        figure(olga, "60", date(2028, 7, 3))
        olga.open(f"{PAGE}/term-review")
        olga.reads("Behind", "66.7% of the way")
        review(olga, "Tier confirmed", "The target is missed by six points.")
        olga = somebody(OFFICER, "2029-02-07 09:00")
        figure(olga, "67", date(2029, 1, 31))
        olga.open(f"{PAGE}/term-review")
        olga.reads("Met")
        review(olga, "Tier lowered: less support", "The target is met.", "2: light support")
        olga.reads("Spring 2029 Tier lowered: less support 2: light support The target is met.")
        olga.follow("Below a measure’s floor")
        olga.press("End the concern")
        olga.answer({"Why?": "Phonics lies above the floor."})
        olga.press("End the concern")
        assert letter(world, OFFICER) == ENDED

        # All of it stands in the list and the file of staff; the head finds nothing, and had no letter.
        olga.open("/schools/caseloads?show=challenge")
        olga.reads("Oak Primary School", "2: light support", "Tier lowered")
        elin = somebody(HEAD)
        elin.open(PAGE)
        said = elin.page.inner_text("main")
        assert not re.search("[Cc]oncern|[Cc]aseload|[Tt]ier|target|support", said)
        assert subjects(world, HEAD) == []
        told = [one for one in subjects(world, OFFICER) if "to review by" not in one]
        assert told == [one for one in OF_THE_OFFICER if "to review by" not in one]
    assert world.trouble == []


def review(olga: Visitor, outcome: str, note: str, tier: str = "") -> None:
    olga.open(f"{PAGE}/term-review")
    olga.answer({"What came of it?": ticked(outcome), "What was seen, and why?": note})
    if tier:
        olga.answer({"Which tier from now on?": ticked(tier)})
    olga.press("Record")


def figure(olga: Visitor, value: str, measured_on: date) -> None:
    olga.open(f"{PAGE}/targets/1")
    olga.follow(re.compile("figure"))
    olga.answer(
        {
            "Where does it stand?": value,
            "When was that measured?": measured_on,
            "Where does the figure come from?": "The phonics check",
        }
    )
    olga.press("Record")
