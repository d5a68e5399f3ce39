"""£9,831.20 at 50/30/20, stopped half-way: what is unpaid is released, what was not earned comes back."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from fundflow.models.fund import Decider
from tests.journeys import acts, award_acts
from tests.journeys import award_letters as letters
from tests.journeys.award_stage import (
    DECIDER,
    FATIMA,
    HEAD,
    OFFICER,
    OWEN,
    REF,
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

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

# 20 days × £375 + 6 days × £240 with 40% + travel £315.20 = £7,500 + £2,016 + £315.20 = £9,831.20
BID = Offered(
    title="Mathematics across Years 5 and 6",
    start=day("2027-01-11"),
    end=day("2027-03-26"),
    staff=(Staff("Deputy head", "DH1", 40, 375), Staff("Teacher", "T1", 12, 240, on_cost=40)),
    travel=31_520,
    asked=983_120,
)


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_an_award_that_is_stopped_keeps_what_was_earned(
    new_world: Callable[..., World], javascript: bool
) -> None:
    world = new_world(moment("2027-01-04 10:00"))
    world.javascript = javascript
    with ExitStack() as closing:
        council = set_up(world, closing, BID, decider=Decider.AUTHORISED_OFFICER)
        half_is_paid(council)
        stopped(council)
        the_money_comes_back(council)
        assert council.letters() == letters.LETTERS_OF_STOPPED
        assert not world.trouble


def half_is_paid(council: InventedCouncil) -> None:
    council.visitors[HEAD] = council.elsewhere(HEAD, phone=True)
    acts.accept_offer(council[HEAD], REF)
    council[HEAD].open(f"/bids/{REF}/money")
    council[HEAD].reads("50%", "£4,915.60", "£2,949.36", "£1,966.24")
    council.at("2027-01-06 10:00")
    award_acts.certify(council[OFFICER], REF, "Claim 1: advance")
    award_acts.pay(council[OWEN], REF, "Claim 1: advance", "JNL 5001")
    assert pence(council) == Figures(19_950_000, 983_120, 491_560, 491_560, 18_966_880, 0)

    council.at("2027-02-03 16:00")
    worked(council, [Worked("DH1", day(f"2027-01-{n}")) for n in (12, 19, 21, 26)])  # 4 × £375


def stopped(council: InventedCouncil) -> None:
    officer, decider = council[OFFICER], council[DECIDER]
    officer.open(f"/bids/{REF}")
    officer.press("Ask to stop the funding")
    officer.answer({"Why should the funding stop?": "The deputy head has left; nobody can take over."})
    officer.press("Ask for the funding to be stopped")
    council.at("2027-02-05 10:00")
    decider.open(f"/bids/{REF}")
    decider.press("Stop the funding")
    decider.answer({"Why?": "Nobody can take over from the deputy head."})
    decider.press("Continue")
    decider.reads(
        "£9,831.20 is awarded. £1,500.00 of it is earned so far, and £4,915.60 is paid.",
        "£3,415.60 was paid and must come back. £4,915.60 goes back to the fund.",
    )
    decider.press("Stop the funding")
    assert council.state(REF) == "terminated"
    # Released £9,831.20 − £4,915.60; £3,415.60 is to come back, and is still committed until it does.
    assert pence(council) == Figures(19_950_000, 491_560, 491_560, 0, 19_458_440, 0)
    council.at("2027-02-08 10:00")
    assert letter(council, HEAD) == letters.STOPPED


def the_money_comes_back(council: InventedCouncil) -> None:
    finance = council[OWEN]
    finance.open("/money")
    finance.follow("To recover: to approve")
    finance.reads("BRK-0001/R1", "£3,415.60")
    award_acts.recovery_step(finance, REF, "Ask for the money back")
    council.at("2027-02-09 10:00")
    assert letter(council, HEAD) == letters.STOPPED_ASKED

    council.at("2027-03-12 10:00")
    assert letter(council, HEAD) == letters.STOPPED_LATE
    award_acts.recovery_step(finance, REF, "I have sent an invoice", {"Number of the invoice": "INV 1203"})
    council.at("2027-03-16 10:00")
    assert letter(council, HEAD) == letters.STOPPED_INVOICED
    award_acts.recovery_step(council[FATIMA], REF, "The money has come back", {"Payment reference": "REC 78"})
    assert pence(council) == Figures(19_950_000, 150_000, 150_000, 0, 19_800_000, 0)
    council.at("2027-03-17 10:00")
    assert letter(council, HEAD) == letters.STOPPED_BACK
    council[HEAD].open(f"/bids/{REF}/money")
    council[HEAD].reads(
        "Released £4,915.60 Recovered £3,415.60 Paid, less what was recovered £1,500.00",
        "The funding was stopped: only what is earned is paid.",
    )
    council[HEAD].sees_no_button("Ask for payment")
