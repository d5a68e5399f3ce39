"""Five people on a call decide two bids; one is finished by email, and its decision corrected."""

import re
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from fundflow.models.fund import Decider
from fundflow.models.person import SeatPosition, Sector
from tests.journeys import acts, panel_acts
from tests.journeys.conftest import World
from tests.journeys.council import Figures, day, moment
from tests.journeys.invented import InventedCouncil
from tests.journeys.panel_stage import AUTHORISED, CLERK, OFFICER, Member, Ready, Stage, set_up

pytestmark = [pytest.mark.browser, pytest.mark.by_keyboard, pytest.mark.slow, pytest.mark.thorough]

CHAIR, PRIMARY, SPECIAL, LA, GOVERNOR = "Marcus Webb", "Laura Finch", "Anita Joshi", "Peter Rowe", "Sue Tan"
TRUST = "Northway Learning Trust"
SMALL, LARGE = "BRK-0001", "BRK-0002"
GOOD = {
    "Need and evidence": "4 excellent",
    "Measurable outcomes": "3 good",
    "Local priority": "3 good",
    "Delivery and partners": "3 good",
    "Value for money": "3 good",
    "Sustainability and sharing": "2 acceptable",
    "Closing gaps": "2 acceptable",
}


MINUTES = """The meeting
Panel of the School improvement fund
Date: 8 December 2026
Place: On a video call
Started: 16:00
Closed: 16:31
Clerk: Grace Lin
Present
Marcus Webb (chair, secondary schools)
Laura Finch (primary schools)
Anita Joshi (deputy chair, special schools)
Peter Rowe (local authority)
Sue Tan (governors)
Joined and left:
Sue Tan left at 16:31.
Item 1: BRK-0001 Reading recovery in Years 1 and 2
Hazelmere Primary School asked for £3,000, with Elm Grove Primary School.
The liaison officer recommended: fund, £3,000.
Interests declared: none.
Quorum: 5 present, 3 needed.
Score: 76.25 of 100, agreed by the panel.
Vote: 5 for, 0 against.
Decision: fund, £3,000.
Reasons: A clear need and a tried partner.
Due regard to equality: It helps disadvantaged pupils most.
Diana Holt decided this as authorised officer on 11 December 2026 at 14:00, on the panel’s recommendation. \
Delegation: Scheme of delegation 4.2.
Item 2: BRK-0002 Fractions across the trust
Northway Academy asked for £18,000, with Oakfield Primary School.
The liaison officer recommended: fund, £18,000.
Interests:
Marcus Webb left at 16:20 and took no part: their trust, Northway Learning Trust, runs Northway Academy, \
which takes part in it.
Laura Finch left at 16:20 and took no part: their school, Oakfield Primary School, takes part in it.
Anita Joshi chaired this item.
Quorum: 2 present, 3 needed: inquorate. Members voted by email until 11 December 2026 at 12:00; 3 took part, \
3 needed.
Proposed: £12,500 of the £18,000 asked for. Reason: Half a year first; the trust pays its own travel.
Score: 76.25 of 100, agreed by the panel.
Vote: 2 for, 1 against.
Decision: fund, £12,500 of the £18,000 asked for.
Reasons: A pilot for half a year.
Due regard to equality: It helps disadvantaged pupils most.
Diana Holt decided this as authorised officer on 14 December 2026 at 09:30, on the panel’s recommendation. \
Delegation: Scheme of delegation 4.2.
Corrected on 14 December 2026 at 09:30 by Diana Holt: the decision first recorded, on 11 December 2026 at \
14:00, was “fund, £12,000 of the £18,000 asked for”, 2 for, 1 against. Reason: I typed £12,000; the panel \
voted on £12,500."""

LETTERS = [
    ("amara.cole", "BRK-0001: your bid is going to the panel on 8 December"),
    ("ravi.menon", "BRK-0002: your bid is going to the panel on 8 December"),
    ("marcus.webb", "Panel meeting on 8 December: the papers are ready"),
    ("laura.finch", "Panel meeting on 8 December: the papers are ready"),
    ("anita.joshi", "Panel meeting on 8 December: the papers are ready"),
    ("peter.rowe", "Panel meeting on 8 December: the papers are ready"),
    ("sue.tan", "Panel meeting on 8 December: the papers are ready"),
    ("grace.lin", "Today: Panel meeting on 8 December: started"),
    ("anita.joshi", "BRK-0002: please vote by 11 December 2026 at 12:00"),
    ("peter.rowe", "BRK-0002: please vote by 11 December 2026 at 12:00"),
    ("sue.tan", "BRK-0002: please vote by 11 December 2026 at 12:00"),
    ("priya.shah", "Today: Panel meeting on 8 December: closed"),
    ("grace.lin", "Today: Panel meeting on 8 December: closed, the minutes are ready"),
    (
        "priya.shah",
        "Today: BRK-0001: check the decision letter by 18 December + BRK-0002: check the "
        "decision letter by 18 December",
    ),
    (
        "owen.clarke",
        "Today: BRK-0001: £3,000 reserved for Hazelmere Primary School "
        "+ BRK-0002: £12,000 reserved for Northway Academy",
    ),
    (
        "priya.shah",
        "Today: BRK-0002: the decision was corrected + BRK-0002: check the decision letter by 18 December",
    ),
    ("owen.clarke", "Today: BRK-0002: the offer was corrected to £12,500"),
    ("amara.cole", "BRK-0001: we can offer you £3,000. Reply by 8 January"),
    ("ravi.menon", "BRK-0002: we can offer you £12,500. Reply by 8 January"),
    ("laura.finch", "BRK-0002: the bid for your school’s support has been offered £12,500"),
]


def call_of_five(stage: Stage) -> None:
    stage.school("Hazelmere Primary School", "Amara Cole")
    stage.school("Elm Grove Primary School", "Daniel Hart")
    stage.school("Northway Academy", "Ravi Menon", trust=TRUST)
    stage.school("Oakfield Primary School", PRIMARY)
    for member in (
        Member(CHAIR, Sector.SECONDARY, SeatPosition.CHAIR, trust=TRUST),
        Member(PRIMARY, Sector.PRIMARY, school="Oakfield Primary School"),
        Member(SPECIAL, Sector.SPECIAL, SeatPosition.DEPUTY),
        Member(LA, Sector.LA),
        Member(GOVERNOR, Sector.GOVERNOR),
    ):
        stage.member(member)
    stage.bid(
        Ready(
            "Reading recovery in Years 1 and 2", "Hazelmere Primary School", "Elm Grove Primary School", 3_000
        )
    )
    stage.bid(Ready("Fractions across the trust", "Northway Academy", "Oakfield Primary School", 18_000))


def test_a_panel_of_five_on_a_call(new_world: Callable[..., World]) -> None:
    world = new_world(moment("2026-11-16 10:00"))
    with ExitStack() as closing:
        council = set_up(
            world,
            closing,
            call_of_five,
            decider=Decider.AUTHORISED_OFFICER,
            delegation="Scheme of delegation 4.2",
            holds_decision_letters=True,
        )
        meeting = papers(council)
        the_call(council, meeting)
        the_vote_by_email(council, meeting)
        the_decisions(council)
        the_minutes(council, meeting)
        council.at("2026-12-16 09:00")  # with the morning's digests
        assert council.letters() == LETTERS
        assert not world.trouble


def papers(council: InventedCouncil) -> int:
    """Both bids go on the agenda; the papers reach everybody, and the second bid's not the barred."""
    meeting = acts.plan_meeting(council[CLERK], day("2026-12-08"))
    for ref in (SMALL, LARGE):
        acts.recommend(council[OFFICER], ref)
    council.at("2026-12-01 10:00")
    acts.issue_papers(council[CLERK], meeting)
    return meeting


def the_call(council: InventedCouncil, meeting: int) -> None:
    council.at("2026-12-02 19:00")
    who_reads_what(council, meeting)

    council.at("2026-12-08 16:00")
    clerk = council[CLERK]
    panel_acts.start(clerk, meeting, SMALL)
    clerk.reads("5 present, 3 needed.", "There is a quorum for this item.")
    clerk.press("Nobody else has an interest")
    panel_acts.score(clerk, GOOD)
    clerk.reads("76.25 of 100")
    clerk.press("All present vote for")
    clerk.reads("Votes that count: 5 for, 0 against.")

    council.at("2026-12-08 16:20")
    clerk.follow(LARGE)
    clerk.reads(
        f"{CHAIR} (their trust, {TRUST}, runs Northway Academy, which takes part in it)",
        f"{PRIMARY} (their school, Oakfield Primary School, takes part in it)",
    )
    clerk.press("They have left: take this item now")
    clerk.press("Nobody else has an interest")
    clerk.reads("3 present, 3 needed.", f"{SPECIAL} Deputy chair, special schools Chairs this item")
    panel_acts.score(clerk, GOOD)
    panel_acts.put(clerk, "12,500", "Half a year first; the trust pays its own travel.")
    clerk.reads("The panel votes on £12,500.00, instead of the £18,000.00 asked for")
    council.at("2026-12-08 16:31")
    clerk.press(f"Left the call ({GOVERNOR})")
    clerk.reads("2 present, 3 needed.", "No decision on this item until one more member joins.")
    council[AUTHORISED].open(f"/bids/{LARGE}/decide")
    council[AUTHORISED].sees_no_button("Fund this bid")
    council[AUTHORISED].reads("2 present, 3 needed.")


def who_reads_what(council: InventedCouncil, meeting: int) -> None:
    """On their phones: who is barred finds nothing of the second bid."""
    for name in (CHAIR, PRIMARY, SPECIAL, LA, GOVERNOR):
        member = council.visitors[name] = council.elsewhere(name, phone=True)
        member.open(f"/meetings/{meeting}")
        member.fits()
        member.reads("Reading recovery in Years 1 and 2")
        if name in (CHAIR, PRIMARY):
            member.reads("An item you take no part in")
            assert "Fractions" not in member.page.content()
        else:
            member.reads("Fractions across the trust")


def the_vote_by_email(council: InventedCouncil, meeting: int) -> None:
    """The meeting ends; three members finish the second bid from where they are."""
    clerk = council[CLERK]
    panel_acts.by_email(clerk, day("2026-12-11"), "12:00")
    acts.close_meeting(clerk, meeting)
    council.at("2026-12-09 20:00")
    for name, choice in ((SPECIAL, "For"), (LA, "For"), (GOVERNOR, "Against")):
        member = council[name]
        member.open("/work")
        member.hand.click(member.page.get_by_role("link", name=re.compile("^Fractions.*Vote by email$")))
        member.reads("Should the fund pay £12,500.00 for this bid?")
        member.press(f"{choice} (my vote)")
        member.reads(f"Your vote: {choice.lower()}")


def the_decisions(council: InventedCouncil) -> None:
    """An authorised officer decides, mistypes one amount, and corrects it."""
    council.at("2026-12-11 14:00")
    officer = council[AUTHORISED]
    panel_acts.decide_to_fund(officer, SMALL, "3,000", "A clear need and a tried partner.")
    assert council.figures() == Figures(199_500, 0, 0, 0, 199_500, 3_000)
    panel_acts.decide_to_fund(officer, LARGE, "12,000", "A pilot for half a year.")
    assert council.figures() == Figures(199_500, 0, 0, 0, 199_500, 15_000)

    head = council["Ravi Menon"]
    head.open(f"/bids/{LARGE}")
    head.reads("The panel has met: we will write to you by 18 December")
    assert "12,000" not in head.page.content()
    head.sees_no_button("Accept the offer")

    council.at("2026-12-14 09:30")
    officer.open(f"/bids/{LARGE}")
    officer.press("Correct the decision")
    officer.answer(
        {
            "Why the decision is corrected": "I typed £12,000; the panel voted on £12,500.",
            "Amount to offer": "12,500",
        }
    )
    officer.press("Continue")
    officer.reads("You are about to reserve £12,500.00", "It takes the place of the offer of £12,000.00")
    officer.press("Correct the decision")
    assert council.figures() == Figures(199_500, 0, 0, 0, 199_500, 15_500)

    council.at("2026-12-15 10:00")
    for ref in (SMALL, LARGE):
        council[OFFICER].open(f"/bids/{ref}/decision-letter")
        council[OFFICER].press("Send the letters")
    council.world.work()


def the_minutes(council: InventedCouncil, meeting: int) -> None:
    clerk = council[CLERK]
    clerk.open(f"/meetings/{meeting}/minutes")
    clerk.press("Draft the minutes")
    assert panel_acts.minutes(clerk) == MINUTES
