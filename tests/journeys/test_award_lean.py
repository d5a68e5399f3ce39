"""£3,000, all of it paid when the offer is accepted: what was not earned comes back."""

import re
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tests.journeys import acts, award_acts
from tests.journeys import award_letters as letters
from tests.journeys.award_stage import (
    FATIMA,
    HEAD,
    IMPACT,
    LEAD,
    OFFICER,
    OWEN,
    REF,
    RELEASING,
    Offered,
    Staff,
    Worked,
    letter,
    pence,
    set_up,
    worked,
)
from tests.journeys.conftest import World
from tests.journeys.council import Figures, day, moment
from tests.journeys.invented import InventedCouncil
from tests.journeys.visitor import ticked

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

# 6 days × £350 + 2.5 days × £200 with 40% + travel £200 = £2,100 + £700 + £200 = £3,000.00
BID = Offered(
    title="Reading recovery in Years 1 and 2",
    start=day("2027-01-11"),
    end=day("2027-02-12"),
    staff=(Staff("Reading lead", "RL1", 12, 350), Staff("Teacher", "T1", 5, 200, on_cost=40)),
    travel=20_000,
    asked=300_000,
)
READING_LEAD = "Reading lead, RL1, Oakfield Primary School (6 days in the award)"
REPORT = {
    "Result 1: Phonics standard (%)": "75",
    "When was result 1 measured?": day("2027-02-12"),
    "Days of support delivered": "8",
    "What was spent of the award": "2860",
    "Quality of teaching before the support": ticked("2: developing"),
    "Quality of teaching now": ticked("3: secure"),
    "What did you learn? What would you do differently?": "Agree the days before the term begins.",
    "A summary that may be published": "Two schools worked on phonics; 75% now meet the standard.",
}


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_what_was_not_earned_of_an_advance_comes_back(
    new_world: Callable[..., World], javascript: bool
) -> None:
    world = new_world(moment("2027-01-04 10:00"))
    world.javascript = javascript
    with ExitStack() as closing:
        council = set_up(world, closing, BID)
        assert pence(council) == Figures(19_950_000, 0, 0, 0, 19_950_000, 300_000)
        the_advance(council)
        the_list_of_days(council)
        the_report(council)
        the_money_comes_back(council)
        closed(council)
        assert council.letters() == letters.LETTERS_OF_LEAN
        assert not world.trouble


def the_advance(council: InventedCouncil) -> None:
    head = council.visitors[HEAD] = council.elsewhere(HEAD, phone=True)
    head.open(f"/bids/{REF}")
    acts.accept_offer(head, REF)
    council.at("2027-01-06 10:00")
    award_acts.certify(council[OFFICER], REF, "Claim 1: advance")
    award_acts.pay(council[OWEN], REF, "Claim 1: advance", "JNL 5001")
    assert pence(council) == Figures(19_950_000, 300_000, 300_000, 0, 19_650_000, 0)
    council.at("2027-01-07 10:00")
    assert letter(council, HEAD) == letters.LEAN_PAID


def the_list_of_days(council: InventedCouncil) -> None:
    """With the report: days by the head who released staff, receipt and confirmation by the other."""
    council.at("2027-02-13 00:30")
    council.at("2027-02-15 16:00")
    releasing = council.visitors[RELEASING] = council.elsewhere(RELEASING, phone=True)
    worked(council, [Worked("RL1", day(f"2027-01-{n}")) for n in (12, 14, 19, 21, 26)])
    worked(council, [Worked("T1", day("2027-01-13")), Worked("T1", day("2027-01-20"))])
    award_acts.log_days(releasing, REF, award_acts.Worked(READING_LEAD, day("2027-02-09")), at=LEAD)
    releasing.reads("Waits for the head of Hazelmere Primary School")

    head = council[HEAD]
    award_acts.add_cost(head, REF, "Travel (£200.00)", "Train tickets", "200", day("2027-02-09"))
    award_acts.confirm_days(head, REF, "9 February 2027")
    head.open(f"/bids/{REF}/days")
    head.reads("6 confirmed of 6", "2 confirmed of 2.5", "£200.00 of £200.00")


def the_report(council: InventedCouncil) -> None:
    head = council[HEAD]
    award_acts.report(head, REF, REPORT)
    award_acts.rate(head, REF)
    award_acts.send_report(head, REF)
    council.at("2027-02-17 10:00")
    award_acts.accept_report(council[IMPACT], REF)
    council.at("2027-02-18 10:00")
    assert letter(council, HEAD) == letters.LEAN_REPORT


def the_money_comes_back(council: InventedCouncil) -> None:
    award_acts.recovery_step(council[OWEN], REF, "Ask for the money back")
    council.at("2027-02-19 10:00")
    assert letter(council, HEAD) == letters.LEAN_ASKED
    head = council[HEAD]
    head.open(f"/bids/{REF}/money")
    head.follow(re.compile("^Recovery 1"))
    head.reads("Recovery 1: £140.00 Asked for", "To be paid back by 20 March 2027")
    award_acts.recovery_step(council[FATIMA], REF, "The money has come back", {"Payment reference": "REC 77"})
    assert pence(council) == Figures(19_950_000, 286_000, 286_000, 0, 19_664_000, 0)
    council.at("2027-02-22 10:00")
    assert letter(council, HEAD) == letters.LEAN_BACK


def closed(council: InventedCouncil) -> None:
    council[IMPACT].open(f"/bids/{REF}")
    council[IMPACT].press("Close the bid")
    council[IMPACT].reads(
        "Awarded £3,000.00, earned £2,860.00, paid £2,860.00 after £140.00 came back, released £0.00."
    )
    council[IMPACT].press("Close the bid")
    council.at("2027-02-23 10:00")
    assert letter(council, HEAD) == letters.LEAN_CLOSED
    council[HEAD].open(f"/bids/{REF}/money")
    council[HEAD].reads("Recovered £140.00", "Earned so far £2,860.00", "Paid £2,860.00 Due now £0.00")
    council[HEAD].sees_no_button("Ask for payment")
    assert council.state(REF) == "closed"
