"""Nine members score six bids and decide them: with interests, a tie, a deferral, a refusal reviewed."""

import re
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tests.journeys import acts, panel_acts
from tests.journeys.conftest import World
from tests.journeys.council import day, moment
from tests.journeys.full_panel import (
    BEN,
    BIDS,
    CHAIR,
    CONDITIONS,
    DEFERRED,
    DEPUTY,
    HEADS,
    HELEN,
    INQUORATE,
    LAURA,
    MEMBERS,
    PETER,
    RANKED,
    REDUCED,
    REFS,
    REFUSED,
    RUTH,
    SUE,
    TIED,
    scores,
)
from tests.journeys.full_panel_afterwards import (
    BARS,
    an_interest_found_after_the_decision,
    reserved,
    states,
    the_conditions,
    the_letters_read_over,
    the_minutes,
    the_schools_answer,
    the_second_meeting,
)
from tests.journeys.full_panel_letters import LETTERS
from tests.journeys.invented import InventedCouncil
from tests.journeys.panel_stage import CLERK, OFFICER, Stage, hand_in, set_up
from tests.journeys.visitor import ticked

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

EQUALITY = {"How the panel had due regard to equality": panel_acts.EQUALITY}


def full_panel(stage: Stage) -> None:
    stage.members_score_from(5_000)
    for school, head in HEADS.items():
        stage.school(school, head)
    for member in MEMBERS:
        stage.member(member)
    for ready in BIDS:
        stage.bid(ready)


def test_a_full_panel_of_nine(new_world: Callable[..., World]) -> None:
    world = new_world(moment("2026-11-16 10:00"))
    with ExitStack() as closing:
        council = set_up(world, closing, full_panel, allocated=4_000_000, holds_decision_letters=True)
        first = papers(council)
        scores_before_the_meeting(council, first)
        talked_about_and_funded(council, first)
        declared_at_the_table_and_reduced(council, first)
        found_after_the_vote_and_tied(council, first)
        deferred_and_refused(council)
        second = inquorate_and_moved(council, first)
        an_interest_found_after_the_decision(council, first)
        the_minutes(council, first)
        the_letters_read_over(council)
        the_schools_answer(council)
        the_conditions(council)
        the_second_meeting(council, second)
        the_end(council)
        assert not world.trouble


def the_end(council: InventedCouncil) -> None:
    council.at("2026-12-23 09:00")  # with the morning's digests
    assert states(council) == {
        CONDITIONS: "in_delivery",
        REDUCED: "offered",
        TIED: "offered",
        DEFERRED: "offered",
        REFUSED: "in_review",
        INQUORATE: "offered",
    }
    assert council.letters() == LETTERS


def papers(council: InventedCouncil) -> int:
    meeting = acts.plan_meeting(council[CLERK], day("2026-12-08"))
    for ref in REFS:
        acts.recommend(council[OFFICER], ref)
    council.at("2026-12-01 10:00")
    acts.issue_papers(council[CLERK], meeting)
    return meeting


def scores_before_the_meeting(council: InventedCouncil, meeting: int) -> None:
    """Two members give theirs on their phones and see nobody’s before; the others likewise, but for
    Ben’s on the first bid, which the clerk enters, and Helen’s on the second."""
    council.at("2026-12-03 19:00")
    for name in (SUE, LAURA):
        member = council.visitors[name] = council.elsewhere(name, phone=True)
        panel_acts.no_interest_in_any(member, meeting)
    sue, laura = council[SUE], council[LAURA]
    panel_acts.give_scores(sue, meeting, CONDITIONS, scores(CONDITIONS)[SUE])
    sue.reads("Not handed in yet:")
    acts.open_item(laura, meeting, CONDITIONS)
    place = laura.path
    for page in (place, place + "/scores", f"/meetings/{meeting}/ranking"):
        laura.open(page)
        assert "Sue Tan on" not in laura.page.content()
        assert "of 100" not in laura.page.locator("main").inner_text()
    laura.open(place + "/scores")
    laura.reads("You see what others gave once you have handed in your own scores")
    for ref in REFS:
        panel_acts.give_scores(laura, meeting, ref, scores(ref)[LAURA])
        if ref != CONDITIONS:
            panel_acts.give_scores(sue, meeting, ref, scores(ref)[SUE])
    laura.open(place + "/scores")
    laura.reads("Sue Tan: 1 Sue Tan on delivery and partners")
    other = {CONDITIONS: (BEN,), REDUCED: (HELEN,)}
    hand_in(council, meeting, {ref: scores(ref, (SUE, LAURA, *other.get(ref, ()))) for ref in REFS})


def talked_about_and_funded(council: InventedCouncil, meeting: int) -> None:
    council.at("2026-12-08 16:00")
    clerk, chair = council[CLERK], council[CHAIR]
    panel_acts.start(clerk, meeting, CONDITIONS)
    clerk.reads(
        "9 present, 4 needed.",
        "1 member has yet to say whether they have an interest.",
        "Still to come: Ben Okoro.",
    )
    clerk.press("Nobody else has an interest")
    clerk.hand.click(clerk.page.get_by_text("Enter scores for a member", exact=True))
    clerk.follow(re.compile(f"^{BEN} ?: enter their scores$"))
    panel_acts.fill_in_scores(clerk, BEN, scores(CONDITIONS)[BEN])
    clerk.press("Hand in these scores")
    clerk.reads("75.42 of 100", "Delivery and partners Talk about this", "mean 2.78 · spread 2")
    acts.open_item(clerk, meeting, CONDITIONS)
    clerk.press("All present vote for")
    clerk.reads(
        "Votes that count: 9 for, 0 against.", "Scores lie far apart: talk about Delivery and partners"
    )

    chair.open(f"/bids/{CONDITIONS}/decide")
    chair.sees_no_button("Fund this bid")
    chair.reads("Scores lie far apart: talk about Delivery and partners and record it first.")
    clerk.follow("Scores side by side")
    panel_acts.talk_about(
        clerk,
        "Delivery and partners",
        "Sue had not seen that Elm Grove has released both coaches.",
        {SUE: "2 acceptable"},
    )
    clerk.reads(
        "75.83 of 100",
        "2, was 1",
        "Delivery and partners Talked about",
        "Sue had not seen that Elm Grove has released both coaches.",
    )
    assert panel_acts.ranked(clerk, meeting) == RANKED

    chair.open(f"/bids/{CONDITIONS}/decide")
    chair.press("Fund this bid")
    chair.answer({"Amount to offer": "12,000", "Reasons": "A clear need and a tried partner.", **EQUALITY})
    panel_acts.condition(
        chair, 1, "Send the baseline of the phonics check", "Head of Hazelmere", day("2027-01-15")
    )
    chair.press("Continue")
    chair.reads("You are about to reserve £")
    chair.press("Fund this bid")
    reserved(council, 12_000)


def declared_at_the_table_and_reduced(council: InventedCouncil, meeting: int) -> None:
    council.at("2026-12-08 16:12")
    clerk, chair = council[CLERK], council[CHAIR]
    acts.open_item(clerk, meeting, REDUCED)
    panel_acts.declare(clerk, HELEN, BARS, "My husband teaches at Northway Academy.")
    clerk.press("They have left: take this item now")
    clerk.reads(
        "8 present, 4 needed.",
        "There is a quorum for this item.",
        "Must leave: they declared an interest in it",
    )
    panel_acts.put(clerk, "10,000", "One year group, not two.")
    panel_acts.vote(clerk, SUE, "Against")
    clerk.press("The others present vote for")
    clerk.reads("Votes that count: 7 for, 1 against.", "68.13 of 100")
    panel_acts.decide_to_fund(chair, REDUCED, "10,000", "Year 7 first; value for money is only acceptable.")
    reserved(council, 22_000)


def found_after_the_vote_and_tied(council: InventedCouncil, meeting: int) -> None:
    """5 to 4, until one of the five has an interest: then 4 to 4, and the chair’s casting vote."""
    council.at("2026-12-08 16:20")
    clerk, chair = council[CLERK], council[CHAIR]
    clerk.follow(TIED)
    for name in (DEPUTY, RUTH, PETER, SUE):
        panel_acts.vote(clerk, name, "Against")
    clerk.press("The others present vote for")
    clerk.reads("Votes that count: 5 for, 4 against.", "62.22 of 100")
    council.at("2026-12-08 16:24")
    panel_acts.declare(clerk, BEN, BARS, "My daughter starts at Kingsmead Infant School in January.")
    clerk.reads(
        "Votes that count: 4 for, 4 against.",
        "61.25 of 100",
        "8 present, 4 needed.",
        "For does not count: an interest was found late: My daughter starts",
    )
    clerk.press("They have left: take this item now")
    chair.open(f"/bids/{TIED}/decide")
    chair.sees_no_button("Fund this bid")
    chair.reads("The vote is tied (4 for, 4 against). The chair has a casting vote.")
    acts.open_item(chair, meeting, TIED)
    chair.answer({"Casting vote": ticked("For"), "Reason": "Reception can’t wait another year."})
    chair.press("Record the casting vote")
    panel_acts.decide_to_fund(chair, TIED, "6,000", "Early language, for the youngest.")
    reserved(council, 28_000)


def deferred_and_refused(council: InventedCouncil) -> None:
    council.at("2026-12-08 16:32")
    clerk, chair = council[CLERK], council[CHAIR]
    chair.open(f"/bids/{DEFERRED}/decide")
    chair.press("Ask the school a question and defer")
    chair.answer({"What the panel asks the school": "How will you measure calmer starts?"})
    chair.press("Ask the school a question and defer")

    council.at("2026-12-08 16:38")
    clerk.follow(REFUSED)
    clerk.press("All present vote against")
    clerk.reads("Votes that count: 0 for, 9 against.", "41.39 of 100")
    clerk.reads("Fund 9–0", "Fund 7–1", "Fund 4–4, casting vote", "Deferred")  # the agenda beside it
    chair.open(f"/bids/{REFUSED}/decide")
    chair.sees_no_button("Fund this bid")
    chair.press("Do not fund this bid")
    chair.answer(
        {
            "Reasons": "It is not clear what would change for pupils.",
            **EQUALITY,
            "Measurable outcomes": "Say what will be measured, and from which baseline.",
            "Sustainability and sharing": "Say who runs the club when the money ends.",
        }
    )
    chair.press("Do not fund this bid")
    reserved(council, 28_000)


def inquorate_and_moved(council: InventedCouncil, meeting: int) -> int:
    """The only LA member is called away: the last item goes to the next meeting."""
    council.at("2026-12-08 16:46")
    clerk, chair = council[CLERK], council[CHAIR]
    clerk.follow(INQUORATE)
    clerk.press(f"Left the call ({PETER})")
    clerk.reads("No local authority member who may take part is present; one is needed.")
    chair.open(f"/bids/{INQUORATE}/decide")
    chair.sees_no_button("Fund this bid")
    chair.sees_no_button("Do not fund this bid")
    second = acts.plan_meeting(clerk, day("2026-12-22"))
    acts.open_item(clerk, meeting, INQUORATE)
    clerk.follow("Move to another meeting")
    clerk.answer({"Which meeting?": ticked("22 December 2026 at 16:00, On a video call")})
    clerk.press("Move the bid")
    council.at("2026-12-08 16:55")
    acts.close_meeting(clerk, meeting)
    assert states(council) == {
        CONDITIONS: "offered",
        REDUCED: "offered",
        TIED: "offered",
        DEFERRED: "deferred",
        REFUSED: "not_funded",
        INQUORATE: "at_panel",
    }
    return second
