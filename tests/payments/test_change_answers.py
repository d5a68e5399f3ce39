"""Who answers for a school that a change of an award concerns: the heads of today, of the school of today."""

from datetime import date

import pytest

from fundflow.desk.work import waiting_for
from fundflow.models.change import ChangeRequest
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.payments import changes
from fundflow.workflow.change_request import ChangeState
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.payments.conftest import LATER, Award
from tests.payments.test_changes import A_TERM_LATER, act, ask

pytestmark = pytest.mark.usefixtures("today")

RECORD = "Ask the schools about a change, or record what they said"


def became_academy(award: Award) -> School:
    """The school that releases staff converts, and its part in the bid passes on."""
    old, new = award.bid.providers[0], award.make.school("Beechwood Academy")
    for partner in award.bid.partners:
        if partner.school is old:
            partner.school = new
    old.succeeded_by_id = new.id
    award.make.session.commit()
    award.make.session.refresh(award.bid)
    return new


def record_answer(change: ChangeRequest, award: Award) -> None:
    act(changes.say_yes_for, change, award.officer, reason="By telephone.")


def waits(user: User) -> list[str]:
    return [line.what for line in waiting_for(user, LATER).lines if "change" in line.what]


@pytest.mark.both_databases
def test_the_head_of_an_academy_answers_for_the_school_it_was(award: Award, make: Make) -> None:
    change = ask(award, accounts=False, end_on=A_TERM_LATER)
    award.bid.officer = award.officer
    academy = became_academy(award)
    assert waits(award.officer) == [RECORD]
    head = make.member(academy)
    make.session.commit()
    assert (waits(head), waits(award.officer)) == (["Say whether your school agrees to a change"], [])
    with pytest.raises(Refused, match="The head of Beechwood Academy has an account and answers there"):
        record_answer(change, award)
    act(changes.withdraw, change, award.head, reason="Not needed.")
    told = make.session.query(Letter).join(HistoryEntry, Letter.history_entry_id == HistoryEntry.id)
    concerned = told.filter(HistoryEntry.step == "withdraw", Letter.recipient == "concerned")
    assert [letter.email for letter in concerned] == [head.email]


@pytest.mark.parametrize("gone", ["left", "account closed"])
def test_the_officer_records_the_answer_for_a_school_whose_head_is_gone(award: Award, gone: str) -> None:
    head, change = award.releasing_head, ask(award, end_on=A_TERM_LATER)
    award.bid.officer = award.officer
    award.make.session.commit()
    assert waits(award.officer) == []
    if gone == "left":
        head.memberships[0].ends_on = date(2027, 1, 19)
    else:
        head.active = False
    award.make.session.commit()
    assert waits(award.officer) == [RECORD]
    record_answer(change, award)
    assert change.state is ChangeState.WITH_OFFICER
