"""An adviser's three visits of a school year: one missed and caught up, and feedback asked after each."""

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

OFFICER, ADVISER, HEAD = "olga@council.example", "ava@advice.example", "elin@oak.example"
ALLOCATED = """\
Your adviser: Ava Lind advises Oak Primary School

Ava Lind (ava@advice.example) advises Oak Primary School from 7 September 2026. Ava Lind will visit you \
3 times a school year, for half a day each time.

Why your school has an adviser
  Results in mathematics fell.

What you need to do
Nothing now. Ava Lind will agree the first day with you.
"""
PLANNED = """\
Adviser’s visit: Ava Lind visits Oak Primary School on 24 September

Ava Lind will visit Oak Primary School on 24 September 2026, for half a day.

What it is for
  See two lessons.

What you need to do
If the day does not suit you, reply to this email.
"""
DONE = """\
Adviser’s visit: how useful was the visit on 24 September?

Thank you for receiving Ava Lind on 24 September 2026.

What Ava Lind saw
  Pupils explain how they know.

What you agreed
  Plan a unit together: The maths lead, by 15 October 2026

What you need to do
Say how useful the visit was. It takes one minute. Please do it by 8 October 2026.
"""
MISSED = """\
Adviser’s visit: the visit to Oak Primary School on 20 January did not take place

The visit of Ava Lind to Oak Primary School on 20 January 2027 did not take place.

Why
  The roads were icy.

What you need to do
See that another visit is planned, or say that it is not made up for.
"""
CAUGHT_UP = """\
Adviser’s visit: another visit to Oak Primary School is on 3 February

The visit to Oak Primary School on 20 January 2027 did not take place. To make up for it, Ava Lind will come \
on 3 February 2027, for half a day.

What it is for
  See the unit that was planned.

What you need to do
If the day does not suit you, reply to this email.
"""
OF_THE_HEAD = [
    "Your adviser: Ava Lind advises Oak Primary School",
    "Adviser’s visit: Ava Lind visits Oak Primary School on 24 September",
    "Adviser’s visit: how useful was the visit on 24 September?",
    "Adviser’s visit: Ava Lind visits Oak Primary School on 20 January",
    "Adviser’s visit: the visit to Oak Primary School did not take place",
    "Adviser’s visit: another visit to Oak Primary School is on 3 February",
    "Adviser’s visit: how useful was the visit on 3 February?",
    "Adviser’s visit: Ava Lind visits Oak Primary School on 9 June",
    "Adviser’s visit: how useful was the visit on 9 June?",
]


def a_fund_with_advisers(world: World) -> None:
    with world.app.app_context():
        make = Make(db.session)  # type: ignore[arg-type]
        make.fund(has_advisers=True)
        make.member(make.school("Oak Primary School", urn="100101"), name="Elin Morgan", email=HEAD)
        make.user("Ava Lind", email=ADVISER)
        officer = make.staff(RoleName.OFFICER)
        officer.name, officer.email, officer.each_letter = "Olga Marsh", OFFICER, True
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
def test_three_visits_one_missed_and_caught_up(new_world: Callable[..., World], javascript: bool) -> None:
    world = new_world(moment("2026-09-07 09:00"))
    world.javascript = javascript
    a_fund_with_advisers(world)
    with ExitStack() as closing:

        def somebody(email: str, at: str = "") -> Visitor:
            if at:
                world.at(moment(at))
            return Visitor(world, closing.enter_context(world.visitor(email)), email)

        olga = somebody(OFFICER)
        olga.open("/work")
        olga.follow("Advisers")
        olga.follow("Add an adviser")
        olga.is_told(
            "Save",
            "Enter the adviser’s name",
            "Enter the adviser’s email address",
            "Select what they are",
            "Select what they advise on",
            "Enter the number of half days",
            "Select the off-payroll status",
        )
        olga.answer(
            {
                "Name": "Ava Lind",
                "Email address": ADVISER,
                "What are they?": ticked("Independent adviser"),
                "What can they advise on?": ticked("Mathematics"),
                "How many half days can they give in a school year?": "6",
                "Off-payroll status": ticked("Outside the rules"),
                "When was that decided?": date(2026, 9, 1),
            }
        )
        olga.press("Save")
        olga.reads("Outside the rules, decided on 1 September 2026", "0 of 6 are promised")
        olga.follow("Allocate to a school")
        olga.answer({"Which school?": Chosen("Oak Primary School (100101)")})
        olga.answer({"Why does it have an adviser?": "Results in mathematics fell."})
        olga.press("Allocate")
        assert letter(world, HEAD) == ALLOCATED

        # The first visit, done and rated.
        ava = somebody(ADVISER)
        plan(ava, "See two lessons.", date(2026, 9, 24), "Autumn 2026")
        assert letter(world, HEAD) == PLANNED
        ava.open("/work")
        ava.reads("Visit the school")
        ava.follow("Your visits as an adviser")
        ava.reads("Oak Primary School", "24 September 2026")
        ava = somebody(ADVISER, "2026-09-24 15:00")
        ava.open("/work")
        ava.reads("Record the visit")
        record(ava, "Pupils explain how they know.", with_action=True)
        assert letter(world, HEAD) == DONE
        rate(somebody(HEAD), "4: good")
        ava.page.reload()
        ava.reads("Done, feedback given", "Plan a unit together: The maths lead, by 15 October 2026")
        assert "4: good" not in ava.page.inner_text("main")
        olga = somebody(OFFICER)
        olga.open("/advisers/visits/1")
        olga.reads("4: good", "Did it help? Yes")

        # The second, missed and made up for.
        plan(somebody(ADVISER, "2027-01-11 09:00"), "See the unit.", date(2027, 1, 20), "Spring 2027")
        ava = somebody(ADVISER, "2027-01-20 12:00")
        ava.open("/advisers/visits/2")
        ava.press("It did not take place")
        ava.answer({"Why did it not take place?": "The roads were icy."})
        ava.press("It did not take place")
        assert letter(world, OFFICER) == MISSED
        olga = somebody(OFFICER)
        olga.open("/work")
        olga.reads("See that the missed visit is made up for")
        ava.press("Plan another visit")
        ava.answer({"On which day?": date(2027, 2, 3), "What is it for?": "See the unit that was planned."})
        ava.press("Plan another visit")
        ava.follow("the visit on 3 February 2027")
        assert letter(world, HEAD) == CAUGHT_UP
        assert f"{world.url}/advisers/visits/4" in str(world.post.to(HEAD)[-1].get_content())
        ava = somebody(ADVISER, "2027-02-03 15:00")
        ava.open("/advisers/visits/4")
        record(ava, "The unit works.")
        rate(somebody(HEAD), "5: excellent")

        # The third.
        plan(somebody(ADVISER, "2027-05-24 09:00"), "Look back.", date(2027, 6, 9), "Summer 2027")
        ava = somebody(ADVISER, "2027-06-09 15:00")
        ava.open("/advisers/visits/3")
        record(ava, "Results rose.")
        rate(somebody(HEAD), "4: good")

        assert subjects(world, HEAD) == OF_THE_HEAD
        olga = somebody(OFFICER)
        olga.open("/advisers")
        olga.reads(
            "1 school 3 of 6 half days",
            "Autumn 2026 0 1 0 0 Too few schools yet",
            "Spring 2027 0 1 1 1 Too few schools yet",
            "Summer 2027 0 1 0 0 Too few schools yet",
        )
        ava.open("/advisers/1")
        ava.reads("Averages show once three schools have answered")
    assert world.trouble == []


def plan(ava: Visitor, purpose: str, day: date, term: str) -> None:
    """The first visit that is to be planned, of this term."""
    ava.open("/advisers/visits?state=to_plan")
    ava.reads(term)
    row = ava.page.get_by_role("row").filter(has_text=term)
    ava.open(str(row.get_by_role("link").get_attribute("href")))
    ava.press("Plan the visit")
    ava.answer({"On which day?": day, "What is it for?": purpose})
    ava.press("Plan the visit")
    ava.reads("Planned for")


def record(ava: Visitor, note: str, *, with_action: bool = False) -> None:
    if not ava.path.startswith("/advisers/visits/"):
        ava.open("/advisers/visits/1")
    ava.press("Record the visit")
    ava.answer({"What did you see?": note})
    if with_action:
        ava.answer({"Action 1 (optional)": "Plan a unit together"})
        ava.is_told("Record the visit", "Enter who does action 1", "Enter when action 1 is due")
        ava.answer({"Who does action 1?": "The maths lead", "Action 1: by when?": date(2026, 10, 15)})
    ava.press("Record the visit")
    ava.reads("Done, feedback asked for")


def rate(head: Visitor, words: str) -> None:
    """The head goes from My work to the visit, and says how useful it was."""
    head.open("/work")
    head.reads("Say how useful the visit was")
    head.follow(re.compile("Oak Primary School"))
    head.press("Say how useful it was")
    head.answer({"How useful was the visit?": ticked(words), "Did it help?": ticked("Yes")})
    head.press("Say how useful it was")
    head.reads(words)
