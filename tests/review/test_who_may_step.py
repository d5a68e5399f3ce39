"""Every step of the officer's: who may take it, twice, late, or on a bid that is past it."""

from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from fundflow.models.history import HistoryEntry
from fundflow.models.panel import AgendaItem
from fundflow.models.person import RoleName, User
from fundflow.workflow.application import BidState as S
from tests.factories import Make
from tests.review.conftest import Case, SignIn
from tests.review.steps import letter_count, path, ready_for_panel, recommendation

pytestmark = pytest.mark.usefixtures("clock")


FROM = {
    "take-up": S.SUBMITTED,
    "return-for-changes": S.IN_REVIEW,
    "rule-ineligible": S.IN_REVIEW,
    "recommend": S.IN_REVIEW,
    "take-back": S.AT_PANEL,
    "bring-back": S.DEFERRED,
    "reinstate": S.INELIGIBLE,
    "suspend": S.IN_DELIVERY,
    "resume": S.SUSPENDED,
}


def full(it: SimpleNamespace, make: Make) -> dict[str, Any]:
    """Everything any of the steps asks for."""
    meeting = ready_for_panel(it, make)
    it.bid.panel_answer = "Yes."
    make.session.commit()
    return {
        **recommendation(it, meeting),
        "reason": "Because.",
        "ask_need": "Which?",
        "rule": "Other funding pays for the same days",
        "answer_by-day": "4",
        "answer_by-month": "12",
        "answer_by-year": "2026",
    }


@pytest.mark.both_databases
@pytest.mark.parametrize("step", FROM)
def test_a_deputy_may_take_every_officers_step(
    case: Case, sign_in: SignIn, deputy: User, make: Make, step: str
) -> None:
    it = case(FROM[step])
    data = full(it, make)
    client = sign_in(deputy)
    assert client.get(path(it, step)).status_code == 200
    assert client.post(path(it, step), data=data).status_code == 302


@pytest.mark.parametrize("step", FROM)
def test_nobody_else_may(case: Case, sign_in: SignIn, make: Make, step: str) -> None:
    it = case(FROM[step])
    data, before = full(it, make), it.bid.version
    people = [
        it.head,
        make.staff(RoleName.CLERK),
        make.staff(RoleName.AUDITOR),
        make.staff(RoleName.ADMINISTRATOR),
    ]
    for person in people:
        client = sign_in(person)
        for answer in (client.get(path(it, step)), client.post(path(it, step), data=data)):
            assert answer.status_code == 409
            assert "Only the liaison officer can do this." in answer.text
    stranger = sign_in(make.member(make.school()))
    assert stranger.get(path(it, step)).status_code == 404
    assert stranger.post(path(it, step), data=data).status_code == 404
    assert sign_in(None).post(path(it, step), data=data).status_code == 302  # to sign-in
    make.session.refresh(it.bid)
    assert (it.bid.state, it.bid.version) == (FROM[step], before)


@pytest.mark.parametrize("step", FROM)
def test_an_officer_of_a_school_that_takes_part_is_refused_with_the_reason(
    case: Case, sign_in: SignIn, make: Make, step: str
) -> None:
    it = case(FROM[step])
    make.role(it.head, RoleName.OFFICER)
    data = full(it, make)
    client = sign_in(it.head)
    for answer in (client.get(path(it, step)), client.post(path(it, step), data=data)):
        assert answer.status_code == 409
        assert (
            "You can’t review this bid: your school, Hazelmere Primary, takes part in it. "
            "Hand it to a deputy."
        ) in answer.text
    assert it.bid.state is FROM[step]


@pytest.mark.parametrize("step", FROM)
def test_a_double_click_is_answered_like_the_first(
    case: Case, sign_in: SignIn, officer: User, make: Make, step: str
) -> None:
    it = case(FROM[step])
    data, client = full(it, make), sign_in(officer)
    assert client.post(path(it, step), data=data).status_code == 302
    state, letters = it.bid.state, letter_count(make)
    items = make.session.scalar(select(func.count()).select_from(AgendaItem))
    assert client.post(path(it, step), data=data).status_code == 302
    assert (it.bid.state, letter_count(make)) == (state, letters)
    assert make.session.scalar(select(func.count()).select_from(AgendaItem)) == items
    taken = select(func.count()).where(HistoryEntry.bid_id == it.bid.id)
    assert make.session.scalar(taken) == 1


@pytest.mark.parametrize("step", FROM)
def test_a_page_loaded_before_somebody_elses_change_is_stale(
    case: Case, sign_in: SignIn, officer: User, make: Make, step: str
) -> None:
    it = case(FROM[step])
    data = full(it, make)
    it.bid.touch()
    make.session.commit()
    answer = sign_in(officer).post(path(it, step), data=data)
    assert answer.status_code == 409
    assert "Somebody changed this" in answer.text
    assert it.bid.state is FROM[step]
    assert letter_count(make) == 0


@pytest.mark.parametrize("step", FROM)
def test_a_step_that_is_over_is_refused_before_its_form_is_shown(
    case: Case, sign_in: SignIn, officer: User, step: str
) -> None:
    it = case(S.CLOSED)
    answer = sign_in(officer).get(path(it, step))
    assert answer.status_code == 409
    assert "This can no longer be done: the bid is now “Closed”." in answer.text
