"""After the full panel's meeting: a late interest, minutes, letters, answers, a second meeting."""

import re

from tests.journeys import acts, panel_acts
from tests.journeys.council import Figures
from tests.journeys.full_panel import CHAIR, CONDITIONS, DEFERRED, INQUORATE, REFS, REFUSED, RUTH, scores
from tests.journeys.full_panel_letters import MINUTES
from tests.journeys.invented import InventedCouncil
from tests.journeys.panel_stage import CLERK, MANAGER, OFFICER, hand_in

BARS = "An interest that bars"


def states(council: InventedCouncil) -> dict[str, str]:
    return {ref: council.state(ref) for ref in REFS}


def reserved(council: InventedCouncil, pounds: int, *, committed: int = 0) -> None:
    """£40,000 are allocated, nothing is paid."""
    uncommitted = 40_000 - committed
    assert council.figures() == Figures(40_000, committed, 0, committed, uncommitted, pounds)


def an_interest_found_after_the_decision(council: InventedCouncil, meeting: int) -> None:
    """The clerk records it; the letters wait until the chair says that the decision stands."""
    council.at("2026-12-09 10:00")
    clerk, officer, chair = council[CLERK], council[OFFICER], council[CHAIR]
    acts.open_item(clerk, meeting, CONDITIONS)
    panel_acts.declare(clerk, RUTH, BARS, "My niece joins Hazelmere Primary School in January.")
    officer.open(f"/bids/{CONDITIONS}/decision-letter")
    officer.reads("An interest was found after this decision.")
    chair.open("/work")
    chair.reads("BRK-0001")
    chair.open(f"/bids/{CONDITIONS}/panel")
    chair.reads(
        "Without Ruth Ames 8 present, 4 needed; the vote would be 8 for, 0 against: it would still carry."
    )
    chair.follow("Say whether the decision still stands")
    chair.answer({"Why the decision still stands": "Eight others voted for it."})
    chair.press("It stands")


def the_minutes(council: InventedCouncil, meeting: int) -> None:
    council.at("2026-12-09 15:00")
    clerk = council[CLERK]
    clerk.open(f"/meetings/{meeting}/minutes")
    clerk.press("Draft the minutes")
    assert panel_acts.minutes(clerk) == MINUTES


def the_letters_read_over(council: InventedCouncil) -> None:
    """Two go when the officer has read them over; the others by themselves at the end of their days."""
    council.at("2026-12-10 10:00")
    officer = council[OFFICER]
    head = council["Nadia Khan"]
    head.open(f"/bids/{REFUSED}")
    head.reads("The panel has met: we will write to you by 15 December")
    officer.open(f"/bids/{REFUSED}/decision-letter")
    officer.unfold("Change the feedback, or add lines of your own")
    officer.answer(
        {
            "A line of your own at the head of the letter": "Thank you for the work you put into this bid.",
            "Feedback: Need and evidence": "Show the need with more than one year’s results.",
        }
    )
    officer.press("Save and preview")
    officer.reads(
        "Thank you for the work you put into this bid.",
        "Show the need with more than one year’s results.",
        "Say what will be measured, and from which baseline.",
    )
    for ref in (REFUSED, CONDITIONS):
        officer.open(f"/bids/{ref}/decision-letter")
        officer.press("Send the letters")
    council.world.work()
    told = council.world.post.to("nadia.khan")[-1].get_content()
    for words in ("Thank you for the work", f"/bids/{REFUSED}#feedback"):
        assert words in " ".join(told.split())
    head.open(f"/bids/{REFUSED}#feedback")
    head.reads("Show the need with more than one year’s results.", "Say who runs the club")


def the_schools_answer(council: InventedCouncil) -> None:
    council.at("2026-12-10 14:00")
    tom, nadia = council["Tom Best"], council["Nadia Khan"]
    tom.open(f"/bids/{DEFERRED}")
    tom.press("Answer the panel’s question")
    tom.answer({"Your answer": "By the number of incidents before ten, each half term."})
    tom.press("Answer the panel’s question")

    nadia.open(f"/bids/{REFUSED}")
    nadia.press("Ask for a review")
    nadia.answer({"Why should the decision be looked at again?": "Our outcomes stood in an annex."})
    nadia.press("Ask for a review")
    council.at("2026-12-11 11:00")
    manager = council[MANAGER]
    manager.open(f"/bids/{REFUSED}")
    manager.press("Hear a request for a review")
    manager.reads("Our outcomes stood in an annex.")
    manager.answer({"Why?": "The panel had not been sent the annex."})
    manager.press("Uphold the school’s request")
    assert council.state(REFUSED) == "in_review"

    officer = council[OFFICER]
    officer.open(f"/bids/{DEFERRED}")
    officer.press("Bring back to the panel")
    officer.press("Bring back to the panel")


def the_conditions(council: InventedCouncil) -> None:
    council.at("2026-12-11 15:00")
    head, officer = council["Amara Cole"], council[OFFICER]
    acts.accept_offer(head, CONDITIONS)
    reserved(council, 16_000, committed=12_000)
    head.open(f"/bids/{CONDITIONS}/conditions")
    text = "Send the baseline of the phonics check"
    head.reads(text, "Head of Hazelmere", "15 January 2027")
    head.press(re.compile(r"^Tell us it is done"))
    head.answer({"How is it met?": "Sent to the officer on 11 December."})
    head.press(re.compile(r"^Tell us it is done"))
    officer.open(f"/bids/{CONDITIONS}/conditions")
    officer.press(re.compile(r"^It is met"))
    officer.answer({"How do you know that it is met?": "The figures are in the file."})
    officer.press(re.compile(r"^It is met"))
    head.open(f"/bids/{CONDITIONS}/conditions")
    head.reads("Met")


def the_second_meeting(council: InventedCouncil, meeting: int) -> None:
    """£40,000 − 12,000 awarded − 16,000 reserved leave £12,000: 5,000 in full, 7,000 of the 8,000."""
    clerk, chair = council[CLERK], council[CHAIR]
    council.at("2026-12-15 10:00")
    acts.issue_papers(clerk, meeting)
    council.at("2026-12-21 12:00")
    hand_in(
        council, meeting, {INQUORATE: scores(INQUORATE), DEFERRED: dict.fromkeys(scores(DEFERRED), "3322222")}
    )
    council.at("2026-12-22 16:00")
    panel_acts.start(clerk, meeting, INQUORATE)
    clerk.press("All present vote for")
    panel_acts.decide_to_fund(
        chair, INQUORATE, "5,000", "Good science, at a fair price.", begun="The meeting was moved."
    )
    reserved(council, 21_000, committed=12_000)

    clerk.follow(DEFERRED)
    clerk.reads("60 of 100", "The fund can’t bear this.", "£7,000.00 may still be offered")
    panel_acts.put(clerk, "7,000", "What the fund still holds.")
    panel_acts.vote(clerk, RUTH, "Abstains")
    clerk.press("The others present vote for")
    clerk.reads("Votes that count: 8 for, 0 against, 1 abstains.")
    reasons = "The school says how it will measure it."
    panel_acts.decide_to_fund(chair, DEFERRED, "7,000", reasons, begun="It was deferred for a month.")
    reserved(council, 28_000, committed=12_000)
    acts.close_meeting(clerk, meeting)
