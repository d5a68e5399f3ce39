"""An assessment of need holds up a recommendation, then lets it through; and a committee's recommendation is
answered by the executive, overdue, reported and done."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, timedelta

import pytest

from fundflow.extensions import db
from fundflow.models.person import RoleName
from fundflow.models.review import Recommendation
from fundflow.workflow.application import BidState
from tests.factories import NOW, Make
from tests.journeys import acts
from tests.journeys.conftest import World
from tests.journeys.council import moment
from tests.journeys.visitor import Visitor, ticked

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

OFFICER, CLERK, ADMINISTRATOR = "olga@council.example", "grace@council.example", "ian@council.example"
BOARD, CHAIR, HEAD = "bo@council.example", "cleo@council.example", "elin@oak.example"
BID = "/bids/LSIF-0001"
LACKING = "Money for this priority needs an assessment of need first, and there is none yet."
COMPLAIN = "Write to the director of education."
REPORT = "Call 01632 960 199. You need not give your name."
ASSESSMENT = {
    "What is known of the need?": "One pupil in ten has a plan. Half of them miss a day a week.",
    "What was seen?": "In four of six lessons nothing was adapted.",
    "What was tried already?": "A day of training in May. Little changed.",
    "Who was asked?": "The SENCO, three teachers and two parents.",
}
ASKED = """\
Recommendation, 12 March: please answer it

Education select committee recommends:

Visit each school that has never applied.

You answer it. Say by 12 March 2027 whether it is accepted and what will be done:
"""
ACCEPTED = """\
Recommendation, 12 March: it is accepted

Education select committee recommends:

Visit each school that has never applied.

Olga Marsh has accepted it: Each is visited before the next round.

Whose response it is: The cabinet member for education

You don’t need to do anything.
"""
DONE = """\
Recommendation, 12 March: it is done

Education select committee recommends:

Visit each school that has never applied.

Olga Marsh has recorded that it is done: Nine schools were visited.

You don’t need to do anything.
"""


def a_council(world: World) -> None:
    """A bid in review that everybody has confirmed, a meeting that takes it, and the people."""
    with world.app.app_context():
        make = Make(db.session)  # type: ignore[arg-type]
        fund = make.fund(prefix="LSIF", asks_reply=True)
        make.panel(fund)[0].user.email = CHAIR
        officer = make.staff(RoleName.OFFICER, "Olga Marsh", email=OFFICER, each_letter=True)
        make.staff(RoleName.CLERK, "Grace Lin", email=CLERK, each_letter=True)
        make.staff(RoleName.ADMINISTRATOR, "Ian Potts", email=ADMINISTRATOR)
        make.staff(RoleName.BOARD, "Bo Ray", email=BOARD)
        oak = make.school("Oak Primary School")
        head = make.member(oak, name="Elin Morgan", email=HEAD)
        bid = make.bid(state=BidState.IN_REVIEW, fund=fund, lead=oak, leader=head, officer=officer)
        bid.priority = bid.round.priorities[0]
        assert bid.review is not None
        bid.review.recommendation, bid.review.recommended_pence = Recommendation.FUND, bid.requested_pence
        make.confirmed(bid)
        make.meeting(fund, starts_at=NOW + timedelta(days=20))
        db.session.commit()
        db.session.remove()


def letter(world: World, email: str) -> str:
    """The newest letter to this address: its subject, and its text between greeting and address."""
    world.work()
    message = world.post.to(email)[-1]
    text = str(message.get_content()).replace("\r\n", "\n").split("\nDo you have a question?")[0]
    return f"{message['Subject']}\n\n" + text.split("\n\n", 1)[1].split(world.url)[0]


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_money_waits_for_need_and_an_answer_is_tracked(
    new_world: Callable[..., World], javascript: bool
) -> None:
    world = new_world(NOW)
    world.javascript = javascript
    a_council(world)
    with ExitStack() as closing:

        def somebody(email: str, *, phone: bool = False) -> Visitor:
            return Visitor(
                world, closing.enter_context(world.visitor(email, phone=phone)), email or "anybody"
            )

        ian, olga = somebody(ADMINISTRATOR), somebody(OFFICER)
        switch_on(ian, olga)
        need_before_money(olga)
        what_panel_and_school_read(somebody(CLERK), somebody(CHAIR, phone=True), somebody(HEAD, phone=True))
        anybody = somebody("")
        anybody.open("/")
        anybody.follow("Complaints")
        anybody.reads("Complain about the fund " + COMPLAIN, "Report wrongdoing (whistle-blowing) " + REPORT)
        a_recommendation(world, somebody(CLERK), olga, somebody(BOARD, phone=True))


def switch_on(ian: Visitor, olga: Visitor) -> None:
    """Nothing is asked until the fund assesses need, and its priority asks for it."""
    olga.open(BID)
    olga.sees_no_button("Assess the need before money")
    ian.open("/funds/1/settings")
    ian.answer(
        {
            "How to complain about the fund": COMPLAIN,
            "How to report wrongdoing (whistle-blowing)": REPORT,
            "Need is assessed before money": True,
        }
    )
    ian.press("Save the settings")
    olga.open("/work")
    assert "Assess the need before money" not in olga.page.content()
    ian.open("/rounds/1")
    ian.follow("Change Early reading")
    ian.answer({"Assess the need before money": True})
    ian.press("Save it")
    ian.reads("Early reading Need is assessed before money")


def need_before_money(olga: Visitor) -> None:
    """The report waits with its reason, until the officer has assessed the need."""
    olga.open("/work")
    olga.reads("Assess the need before money")
    olga.open(BID)
    olga.reads(f"{LACKING} Assess it in your review, or recommend there not to fund the bid.")
    olga.sees_no_button("Send my report to the panel")
    olga.open(f"{BID}/review")
    olga.reads(LACKING, "You can still recommend not to fund the bid.")
    olga.follow("Assess the need")
    olga.is_told(
        "Record the assessment",
        "Enter what is known",
        "Enter what was seen",
        "Enter what was tried already",
        "Enter who was asked",
    )
    olga.answer({"When did you assess it?": date(2026, 11, 17), **ASSESSMENT})
    olga.press("Record the assessment")
    olga.reads("The assessment is recorded.", "17 November 2026, by Olga Marsh", "Your review is complete.")
    acts.recommend(olga, "LSIF-0001")


def what_panel_and_school_read(grace: Visitor, cleo: Visitor, elin: Visitor) -> None:
    """The school while it may reply to the report, the panel once the papers are out."""
    elin.open(BID)
    elin.reads("The officer’s report", *ASSESSMENT.values())
    elin.unfold("How to complain or report wrongdoing")
    elin.reads(REPORT)
    acts.issue_papers(grace, 1)
    acts.open_item(cleo, 1, "LSIF-0001")
    cleo.follow("Papers")
    cleo.reads(*ASSESSMENT.values(), "17 November 2026, by Olga Marsh")


def a_recommendation(world: World, grace: Visitor, olga: Visitor, bo: Visitor) -> None:
    """Recorded by the clerk, answered for the executive, read by the board, overdue, and done."""
    grace.open("/board")
    grace.press("Record a recommendation")
    grace.answer(
        {
            "Who recommends it?": "Education select committee",
            "What do they recommend or ask for?": "Visit each school that has never applied.",
            "Who answers it?": ticked("Olga Marsh, liaison officer"),
            "By when?": date(2027, 3, 12),
        }
    )
    grace.press("Record it")
    grace.reads("To be answered or done: 1. Overdue: 0.")
    assert letter(world, OFFICER) == ASKED

    olga.open("/work")
    olga.follow(re.compile("^Education select committee"))
    olga.press("Accept it")
    olga.answer(
        {
            "What will be done?": "Each is visited before the next round.",
            "Whose response is it? (optional)": "The cabinet member for education",
        }
    )
    olga.press("Accept it")
    olga.reads("18 November 2026, by The cabinet member for education")
    assert letter(world, CLERK) == ACCEPTED

    world.at(moment("2027-03-15 09:00"))
    bo.open("/board")
    bo.reads(
        "Overdue: 1.",
        "Accepted Overdue",
        "Answered on 18 November 2026 by The cabinet member for education.",
    )
    paper(olga)
    olga.reads(
        "Still to be answered or done: 1. Overdue: 1.",
        "The cabinet member for education: Each is visited before the next round.",
    )
    olga.open("/work")
    olga.follow(re.compile("^Education select committee"))
    olga.press("It is done")
    olga.answer({"What was done?": "Nine schools were visited."})
    olga.press("It is done")
    assert letter(world, CLERK) == DONE
    bo.open("/board")
    bo.reads("To be answered or done: 0. Overdue: 0.", "Nine schools were visited.")


def paper(olga: Visitor) -> None:
    """Begin this term's report."""
    olga.open("/board")
    olga.press("Begin a report")
    olga.answer({"Which period?": ticked("Other dates")})
    olga.answer(
        {"First day, for other dates": date(2027, 1, 1), "Last day, for other dates": date(2027, 3, 31)}
    )
    olga.press("Begin the report")
