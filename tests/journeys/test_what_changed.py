"""After the support: a visit with an action, a red rating with its follow-up and its correction, feedback
that is given and feedback that is chased and not given."""

import re
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from tests.factories import Make
from tests.journeys import acts, award_acts
from tests.journeys import what_changed_letters as letters
from tests.journeys.award_stage import (
    HEAD,
    IMPACT,
    LEAD,
    OFFICER,
    REF,
    RELEASING,
    Worked,
    letter,
    set_up,
    worked,
)
from tests.journeys.conftest import World
from tests.journeys.council import address, day, moment
from tests.journeys.invented import InventedCouncil
from tests.journeys.test_award_lean import BID, REPORT
from tests.journeys.visitor import Chosen, ticked

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

WILLING, SILENT = "Rosa Lindqvist", "Kit Marlow"  # heads of the schools that received the support
SUPPORTED = {WILLING: "Rivermead Primary School", SILENT: "Thornhill Primary School"}


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_what_changed_is_visited_rated_followed_up_and_corrected(
    new_world: Callable[..., World], javascript: bool
) -> None:
    world = new_world(moment("2027-01-04 10:00"))
    world.javascript = javascript
    with ExitStack() as closing:
        council = set_up(world, closing, BID)
        two_schools_are_supported(council)
        head = council.visitors[HEAD] = council.elsewhere(HEAD, phone=True)
        head.open(f"/bids/{REF}")
        acts.accept_offer(head, REF)
        a_visit_and_its_action(council)
        red(council)
        followed_up(council)
        corrected(council)
        feedback(council)
        assert not world.trouble


def two_schools_are_supported(council: InventedCouncil) -> None:
    with council.world.app.app_context():
        make = Make(db.session)  # type: ignore[arg-type]
        bid = db.session.query(Bid).filter_by(reference=REF).one()
        for name, school in SUPPORTED.items():
            place = make.school(school)
            make.member(place, name=name, email=address(name))
            bid.partners.append(Partner(school=place, part=Part.SUPPORTED))
        db.session.commit()
        db.session.remove()


def a_visit_and_its_action(council: InventedCouncil) -> None:
    council.at("2027-01-06 10:00")
    officer = council[OFFICER]
    officer.open(f"/bids/{REF}")
    officer.follow("Follow-up")
    officer.press("Plan a visit")
    officer.is_told(
        "Plan a visit",
        "Select the school",
        "Enter the day",
        "Enter how many days it takes",
        "Enter what it is for",
    )
    officer.answer(
        {
            "Which school?": Chosen(LEAD),
            "On which day?": day("2027-01-20"),
            "How many days does it take?": "0.5",
            "What is it for?": "See the first lessons.",
        }
    )
    officer.press("Plan a visit")
    council.at("2027-01-07 10:00")
    assert letter(council, HEAD) == letters.VISIT_PLANNED
    council.at("2027-01-20 16:00")
    officer.open("/work")
    officer.reads("Record how the visit went")
    officer.open(f"/bids/{REF}/follow-up")
    officer.press(re.compile("^Record the visit"))
    officer.answer(
        {
            "What did you see?": "Calm lessons. The assistants need training.",
            "Quality of the teaching you saw (optional)": ticked("2: developing"),
            "Does the school read your note?": ticked("Yes, share it with the school"),
        }
    )
    officer.press("Record the visit")
    council.at("2027-01-21 10:00")
    assert letter(council, HEAD) == letters.VISIT_DONE
    officer.open(f"/bids/{REF}/follow-up")
    officer.follow("Add an action after this visit of 20 January 2027")
    officer.answer(
        {
            "What is to be done?": "Train the assistants",
            "Who does it?": "Deputy head",
            "By when?": day("2027-02-05"),
        }
    )
    officer.press("Add a follow-up action")
    council.at("2027-01-22 10:00")
    assert letter(council, HEAD) == letters.ACTION
    head = council[HEAD]
    head.open(f"/bids/{REF}/follow-up")
    head.press(re.compile("^Tell us how far"))
    head.answer({"What has been done?": "All three are trained."})
    head.press("Tell us how far it is")
    officer.open(f"/bids/{REF}/follow-up")
    officer.press(re.compile("^It is done"))
    officer.answer({"What was done, and how do you know?": "I saw the certificates."})
    officer.press("It is done")
    council.at("2027-01-25 10:00")
    assert letter(council, HEAD) == letters.ACTION_DONE


def red(council: InventedCouncil) -> None:
    council.at("2027-02-13 00:30")
    council.at("2027-02-15 16:00")
    council.visitors[RELEASING] = council.elsewhere(RELEASING)
    worked(council, [Worked("RL1", day(f"2027-01-{n}")) for n in (12, 14, 19, 21, 26)])
    head = council[HEAD]
    short = {
        "Result 1: Phonics standard (%)": "60",
        "What will you do next about result 1?": "Train the assistants",
        "Who will do it?": "The deputy head",
        "By when?": day("2027-04-30"),
    }
    award_acts.report(head, REF, {**REPORT, **short})
    award_acts.send_report(head, REF)
    council.at("2027-02-17 10:00")
    impact = council[IMPACT]
    impact.open(f"/bids/{REF}/impact")
    impact.press("Accept the report")
    impact.reads("The results come to Red", "(60 − 58) ÷ (76 − 58) = 11% of the way")
    impact.press("Accept the report")
    council.at("2027-02-18 10:00")
    assert letter(council, HEAD) == letters.RATED_RED


def followed_up(council: InventedCouncil) -> None:
    impact = council[IMPACT]
    impact.open("/work")
    impact.reads("Agree a follow-up action")
    impact.open(f"/bids/{REF}/follow-up")
    impact.press("Add a follow-up action")
    impact.answer(
        {
            "What is to be done?": "Teach phonics daily until Easter",
            "Who does it?": "Reading lead",
            "By when?": day("2027-03-25"),
        }
    )
    impact.press("Add a follow-up action")
    council.at("2027-02-19 10:00")
    assert letter(council, HEAD) == letters.FOLLOW_UP
    impact.open(f"/bids/{REF}/follow-up")
    impact.press(re.compile("^It is done"))
    impact.answer({"What was done, and how do you know?": "Two lessons seen, and the timetable."})
    impact.press("It is done")
    impact.reads("Done", "Two lessons seen, and the timetable.")


def corrected(council: InventedCouncil) -> None:
    council.at("2027-02-22 10:00")
    impact = council[IMPACT]
    impact.open(f"/bids/{REF}/impact")
    impact.press("Correct the rating")
    impact.answer(
        {"The right rating": ticked("Amber"), "Why is it corrected?": "Six pupils joined after the baseline."}
    )
    impact.press("Correct the rating")
    impact.reads("Amber", "Corrected since")
    council.at("2027-02-23 10:00")
    assert letter(council, HEAD) == letters.CORRECTED


def feedback(council: InventedCouncil) -> None:
    """Asked on 13 February, a Saturday: asked again after ten working days, and after ten more."""
    council.at("2027-03-01 10:00")
    assert letter(council, WILLING) == letters.CHASED
    willing = council.visitors[WILLING] = council.elsewhere(WILLING, phone=True)
    award_acts.rate(willing, REF)
    willing.reads("Thank you. Your rating is kept.")
    council[IMPACT].open(f"/bids/{REF}")
    council[IMPACT].reads("Feedback is outstanding from Thornhill Primary School")
    council.at("2027-03-15 10:00")
    council[IMPACT].open(f"/bids/{REF}/impact")
    council[IMPACT].reads(
        "Asked again on 12 March 2027. No answer yet.", "How the council handled it: 4 of 5"
    )
    council.at("2027-03-31 10:00")
    assert letter(council, SILENT) == letters.NOT_GIVEN
    council[IMPACT].open(f"/bids/{REF}/impact")
    council[IMPACT].reads("Asked three times. No answer was given.")
