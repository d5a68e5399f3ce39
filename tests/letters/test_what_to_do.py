"""A letter asks for what is to be done, and names the day that the school’s letter names."""

import re

import pytest
from sqlalchemy import select

from fundflow.applications.offers import accept_offer
from fundflow.letters.writing import write_for_step
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName
from fundflow.workflow.application import BidState as S
from tests.factories import NOW, Make
from tests.letters.test_texts import given_for

DATE = re.compile(r"\b\d{1,2} [A-Z][a-z]+ 20\d\d\b")


pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("clock")]


@pytest.mark.parametrize("advance", [100, 0])
def test_the_officer_of_an_acceptance_is_asked_to_check_the_claim_that_it_raised(
    make: Make, advance: int
) -> None:
    officer = make.staff(RoleName.OFFICER)
    make.staff(RoleName.FINANCE)
    bid = make.bid(state=S.OFFERED, officer=officer)
    bid.fund.lean_advance_percent = advance
    make.session.commit()
    accept_offer(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    letters = {letter.recipient: letter.body for letter in make.session.scalars(select(Letter))}
    waits = "Check the claim for the advance."
    assert (waits in letters["officer"]) is bool(advance)
    assert ("You don’t need to do anything now." in letters["officer"]) is not advance
    assert ("once the liaison officer has checked it" in letters["finance"]) is bool(advance)


HELD = (("approve", S.AT_PANEL), ("correct_decision", S.OFFERED))


@pytest.mark.parametrize(("name", "state"), HELD)
def test_finance_is_told_no_day_that_the_schools_letter_does_not_name(
    make: Make, name: str, state: S
) -> None:
    """The school’s letter is held, and its days to reply count from the day it goes."""
    make.staff(RoleName.FINANCE)
    bid = make.bid(state=S.OFFERED)
    bid.decision_held_until = NOW.date()
    step = bid.workflow.find(name, state)
    entry = make.history(bid, name, before="offered")
    written = write_for_step(bid, step, entry, given_for(step))
    finance = next(letter for letter in written if letter.recipient == "finance")
    assert "15 working days to reply, from the day its letter goes" in finance.body
    assert set(DATE.findall(finance.body)) <= {"18 November 2026"}  # until when the letter is held
    assert " by " not in finance.subject
    assert "until" not in finance.subject
