"""£12,500 for a bid of £18,000: a revised plan, sent back once, agreed, and the offer accepted."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tests.journeys import acts
from tests.journeys import award_letters as letters
from tests.journeys.award_stage import HEAD, OFFICER, REF, Offered, Staff, letter, pence, set_up
from tests.journeys.conftest import World
from tests.journeys.council import Figures, day, moment
from tests.journeys.invented import InventedCouncil

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

# 20 days × £420 + 15 days × £350 with 40% + 7.5 days × £240 + travel £450
# = £8,400 + £7,350 + £1,800 + £450 = £18,000.00
BID = Offered(
    title="Closing the gap in Year 6 mathematics",
    start=day("2027-01-25"),
    end=day("2027-07-16"),
    staff=(
        Staff("Deputy head", "DH1", 40, 420),
        Staff("Subject lead", "SL2", 30, 350, on_cost=40),
        Staff("Teacher", "T3", 15, 240, of_lead=True),
    ),
    travel=45_000,
    asked=1_800_000,
    offered=1_250_000,
)
SCHEDULE = (  # when, share, amount
    "When the offer is accepted 50% £6,250.00",
    "At half-time, once the council has checked how it goes 30% £3,750.00",
    "When the final report is accepted 20% £2,500.00",
)
DEPUTY_HEAD = "Days for Deputy head (DH1, Oakfield Primary School)"
SUBJECT_LEAD = "Days for Subject lead (SL2, Oakfield Primary School)"
TEACHER = "Days for Teacher (T3, Hazelmere Primary School)"


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_a_smaller_offer_is_accepted_with_a_revised_plan(
    new_world: Callable[..., World], javascript: bool
) -> None:
    world = new_world(moment("2027-01-04 10:00"))
    world.javascript = javascript
    with ExitStack() as closing:
        council = set_up(world, closing, BID)
        council.visitors[HEAD] = council.elsewhere(HEAD, phone=True)
        assert pence(council) == Figures(19_950_000, 0, 0, 0, 19_950_000, 1_250_000)
        a_plan_above_the_offer(council)
        sent_back(council)
        agreed_and_accepted(council)
        assert council.letters() == letters.LETTERS_OF_REDUCED
        assert not world.trouble


def a_plan_above_the_offer(council: InventedCouncil) -> None:
    head = council[HEAD]
    head.open(f"/bids/{REF}")
    head.reads("Send a revised plan of days and costs within £12,500.00 first")
    head.sees_no_button("Accept the offer")
    head.press("Send a revised plan for the offer")
    head.answer({DEPUTY_HEAD: "20", SUBJECT_LEAD: "10", TEACHER: "0", "Travel": "220"})
    head.press("Save the plan")
    head.reads("The plan comes to £13,520.00. Bring it down to the offer, £12,500.00.")
    head.sees_no_button("Send the revised plan")


def sent_back(council: InventedCouncil) -> None:
    """£6,300 + £5,880 + £320 = £12,500, but without the lead school’s own teacher."""
    head, officer = council[HEAD], council[OFFICER]
    head.answer({DEPUTY_HEAD: "15", SUBJECT_LEAD: "12", "Travel": "320"})
    head.press("Save the plan")
    head.reads("The plan comes to £12,500.00")
    head.press("Send the revised plan")
    head.press("Send the revised plan")
    council.at("2027-01-05 10:00")
    officer.open("/work")
    officer.open(f"/bids/{REF}/plan")
    officer.reads("is offered £12,500.00", "Teacher, T3, Hazelmere Primary School 7.5 days 0 days")
    council.at("2027-01-07 10:00")
    officer.press("Ask for another plan")
    officer.answer({"What should change?": "Keep days for your own teacher: who learns from it otherwise?"})
    officer.press("Ask for another plan")
    council.at("2027-01-08 10:00")
    assert letter(council, HEAD) == letters.PLAN_RETURNED


def agreed_and_accepted(council: InventedCouncil) -> None:
    """15 × £420 + 10 × £350 with 40% + 4.5 × £240 + £220 = £6,300 + £4,900 + £1,080 + £220 = £12,500."""
    head, officer = council[HEAD], council[OFFICER]
    head.open(f"/bids/{REF}/plan")
    head.reads("Keep days for your own teacher")
    head.answer({SUBJECT_LEAD: "10", TEACHER: "4.5", "Travel": "220"})
    head.press("Save the plan")
    head.press("Send the revised plan")
    head.press("Send the revised plan")
    council.at("2027-01-11 10:00")
    officer.open(f"/bids/{REF}/plan")
    officer.reads("20 days 15 days", "15 days 10 days", "7.5 days 4.5 days", "£450.00 £220.00")
    officer.press("Agree the plan")
    officer.press("Agree the plan")
    council.at("2027-01-12 10:00")
    assert letter(council, HEAD) == letters.PLAN_AGREED
    head.open(f"/bids/{REF}/steps/accept-offer")
    head.reads("£12,500.00 (you asked for £18,000.00)", *SCHEDULE)
    acts.accept_offer(head, REF)
    assert pence(council) == Figures(19_950_000, 1_250_000, 0, 1_250_000, 18_700_000, 0)
    council.at("2027-01-13 10:00")
    assert letter(council, HEAD) == letters.REDUCED_ACCEPTED
    head.open(f"/bids/{REF}/money")
    head.reads(*SCHEDULE)
