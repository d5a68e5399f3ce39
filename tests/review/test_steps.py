"""Every step of the officer's: what it asks for, what it keeps, and whom it tells."""

from datetime import date
from typing import Any

import pytest

from fundflow.models.bid import Bid
from fundflow.models.panel import ItemOutcome
from fundflow.models.person import RoleName, User
from fundflow.models.review import Recommendation
from fundflow.permissions import may_edit
from fundflow.workflow.application import BidState as S
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.working_days import add_working_days, london_date
from tests.factories import NOW, Make
from tests.review.conftest import Case, SignIn, Told
from tests.review.steps import letter_count, path, ready_for_panel, recommendation

pytestmark = pytest.mark.usefixtures("clock")


def test_a_step_works_on_a_bid_the_request_itself_has_loaded(
    case: Case, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = case(S.SUBMITTED)
    number, where, version = it.bid.id, path(it, "take-up"), it.bid.version
    client = sign_in(officer)
    make.session.expunge_all()  # as in life: nothing is in the session when a request begins
    assert client.post(where, data={"version": version}).status_code == 302
    assert make.session.get_one(Bid, number).state is S.IN_REVIEW


def test_taking_a_bid_up_makes_it_the_officers(case: Case, sign_in: SignIn, deputy: User, told: Told) -> None:
    it = case(S.SUBMITTED)
    it.bid.officer = None
    client = sign_in(deputy)
    assert "Start the review" in client.get(path(it, "take-up")).text
    answer = client.post(path(it, "take-up"), data={"version": it.bid.version})
    assert answer.location == f"/bids/{it.bid.reference}"
    assert (it.bid.state, it.bid.officer) == (S.IN_REVIEW, deputy)
    assert it.bid.review.items_left() == 11
    assert it.bid.due_on == add_working_days(NOW.date(), 10)
    assert told(it.bid) == {("school", it.head.email)}


def test_a_return_asks_about_sections_and_opens_only_those(
    case: Case, sign_in: SignIn, officer: User, told: Told, letter: Any
) -> None:
    it = case()
    client = sign_in(officer)
    shown = client.get(path(it, "return-for-changes")).text
    assert "Approver’s signature" not in shown  # a short bid has no such section
    assert 'value="2"' in shown  # ten working days on: 2 December
    data = {
        "version": it.bid.version,
        "ask_need": "Which year groups?",
        "ask_costs": "Why £350?",
        "answer_by-day": "4",
        "answer_by-month": "12",
        "answer_by-year": "2026",
    }
    assert client.post(path(it, "return-for-changes"), data=data).status_code == 302
    assert it.bid.state is S.RETURNED
    assert it.bid.due_on == date(2026, 12, 4)
    assert {(q.batch, q.section, q.question) for q in it.bid.queries} == {
        (1, "need", "Which year groups?"),
        (1, "costs", "Why £350?"),
    }
    assert told(it.bid) == {("school", it.head.email)}
    sent = letter(it.bid, "school")
    assert "4 December" in sent.subject
    assert "Which year groups?" in sent.body

    allowed = {
        slug
        for slug in (
            "schools",
            "contact",
            "about",
            "need",
            "pupils",
            "outcomes",
            "plan",
            "costs",
            "other-funding",
        )
        if may_edit(it.head, it.bid, NOW, slug)
    }
    assert allowed == {"need", "costs"}


def test_a_second_return_is_about_its_own_questions_alone(
    case: Case, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = case()
    client = sign_in(officer)
    when = {"answer_by-day": "4", "answer_by-month": "12", "answer_by-year": "2026"}
    client.post(path(it, "return-for-changes"), data={"version": it.bid.version, "ask_need": "One?", **when})
    # The school withdraws without an answer, and is taken up again.
    from fundflow.steps import take_step

    take_step(it.bid, "withdraw", user=it.head, now=NOW, given={"reason": "Later"})
    client.post(path(it, "reinstate"), data={"version": it.bid.version, "reason": "Back"})
    client.post(path(it, "return-for-changes"), data={"version": it.bid.version, "ask_costs": "Two?", **when})
    assert [q.batch for q in it.bid.queries] == [1, 2]
    assert [q.question for q in it.bid.unanswered_queries()] == ["Two?"]
    assert it.bid.open_query_sections == {"costs"}


def test_a_new_bid_can_be_returned_before_it_is_taken_up(case: Case, sign_in: SignIn, officer: User) -> None:
    it = case(S.SUBMITTED)
    it.bid.officer = None
    data = {
        "version": it.bid.version,
        "ask_need": "Which?",
        "answer_by-day": "4",
        "answer_by-month": "12",
        "answer_by-year": "2026",
    }
    sign_in(officer).post(path(it, "return-for-changes"), data=data)
    assert (it.bid.state, it.bid.officer) == (S.RETURNED, officer)
    assert it.bid.review is not None  # for when it comes back


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Ask a question about at least one section"),
        ({"ask_need": "   "}, "Ask a question about at least one section"),
        ({"ask_approver": "Who?"}, "Ask a question about at least one section"),
        ({"ask_need": "x" * 1001}, "1,000 characters or fewer"),
        ({"ask_need": "Why?", "answer_by-day": "18", "answer_by-month": "11"}, "after today"),
        ({"ask_need": "Why?", "answer_by-day": "31", "answer_by-month": "11"}, "must be a real date"),
        ({"ask_need": "Why?", "answer_by-day": ""}, "must include a day"),
    ],
)
def test_a_return_without_a_question_or_a_date_is_refused(
    case: Case, sign_in: SignIn, officer: User, make: Make, sent: dict[str, str], sentence: str
) -> None:
    it = case()
    data = {
        "version": it.bid.version,
        "answer_by-day": "4",
        "answer_by-month": "12",
        "answer_by-year": "2026",
        **sent,
    }
    before = letter_count(make)
    answer = sign_in(officer).post(path(it, "return-for-changes"), data=data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Error:" in answer.text
    assert (it.bid.state, it.bid.queries, letter_count(make)) == (S.IN_REVIEW, [], before)


def test_a_bid_is_ruled_ineligible_under_a_rule_of_the_fund(
    case: Case, sign_in: SignIn, officer: User, told: Told, letter: Any
) -> None:
    it = case()
    it.bid.partners[0].part = type(it.bid.partners[0].part).SUPPORTED
    client = sign_in(officer)
    rule = "Other funding pays for the same days"
    assert rule in client.get(path(it, "rule-ineligible")).text
    data = {"version": it.bid.version, "rule": rule, "reason": "The trust pays already."}
    assert client.post(path(it, "rule-ineligible"), data=data).status_code == 302
    assert (it.bid.state, it.bid.ineligible_rule) == (S.INELIGIBLE, rule)
    assert told(it.bid) == {("school", it.head.email), ("partners", it.provider_head.email)}
    body = letter(it.bid, "school").body
    assert rule in body
    assert "The trust pays already." in body
    assert "review by 2 December 2026" in body  # ten working days


def test_a_rule_the_fund_does_not_have_is_refused(case: Case, sign_in: SignIn, officer: User) -> None:
    it = case()
    data = {"version": it.bid.version, "rule": "I don’t like it", "reason": "Really"}
    answer = sign_in(officer).post(path(it, "rule-ineligible"), data=data)
    assert answer.status_code == 422
    assert it.bid.state is S.IN_REVIEW


def test_a_recommendation_puts_the_bid_last_on_the_agenda(
    case: Case, sign_in: SignIn, officer: User, make: Make, told: Told, letter: Any
) -> None:
    it = case()
    meeting = ready_for_panel(it, make)
    make.item(make.bid(state=S.IN_REVIEW, fund=it.fund), meeting)
    client = sign_in(officer)
    assert "8 December 2026 at 10:00, On a call" in client.get(path(it, "recommend")).text
    data = recommendation(
        it, meeting, recommendation="with_conditions", amount="2,500", conditions="Dates agreed by January"
    )
    assert client.post(path(it, "recommend"), data=data).status_code == 302
    assert it.bid.state is S.AT_PANEL
    assert (it.bid.open_item.meeting_id, it.bid.open_item.position) == (meeting.id, 2)
    assert it.bid.due_on == london_date(meeting.starts_at)
    review = it.bid.review
    assert review.recommendation is Recommendation.WITH_CONDITIONS
    assert (review.recommended_pence, review.conditions) == (250_000, "Dates agreed by January")
    assert told(it.bid) == {("school", it.head.email)}
    assert "8 December" in letter(it.bid, "school").subject


def test_a_bid_may_go_to_the_panel_with_a_recommendation_not_to_fund_it(
    case: Case, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = case()
    meeting = ready_for_panel(it, make)
    data = recommendation(it, meeting, recommendation="do_not_fund", amount="")
    assert sign_in(officer).post(path(it, "recommend"), data=data).status_code == 302
    assert it.bid.review.recommended_pence is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"recommendation": ""}, "Select what you recommend"),
        ({"amount": ""}, "Enter the amount you recommend"),
        ({"amount": "3000.01"}, "£3,000.00 or less"),
        ({"recommendation": "fund_less"}, "Enter an amount below £3,000.00"),
        ({"recommendation": "with_conditions"}, "Enter the conditions"),
        ({"meeting": ""}, "Select a meeting"),
        ({"meeting": "999999"}, "Select one of the answers in the list"),
    ],
)
def test_a_recommendation_that_does_not_hold_together_is_refused(
    case: Case, sign_in: SignIn, officer: User, make: Make, changes: dict[str, str], sentence: str
) -> None:
    it = case()
    data = recommendation(it, ready_for_panel(it, make), **changes)
    answer = sign_in(officer).post(path(it, "recommend"), data=data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert (it.bid.state, it.bid.items) == (S.IN_REVIEW, [])


def test_without_a_meeting_the_officer_is_told_to_ask_the_clerk(
    case: Case, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = case()
    make.confirmed(it.bid)
    make.meeting(it.fund, MeetingState.CLOSED)
    make.meeting(make.fund())  # another fund's
    assert "Ask the clerk to plan a meeting first" in sign_in(officer).get(path(it, "recommend")).text


def test_a_meeting_of_another_fund_or_one_that_has_started_takes_no_bid(
    case: Case, officer: User, make: Make
) -> None:
    from fundflow.review.operations import reviewing
    from fundflow.workflow.engine import Refused

    it = case()
    make.confirmed(it.bid)
    wrong = (make.meeting(make.fund()), make.meeting(it.fund, MeetingState.IN_SESSION))
    make.session.commit()
    for meeting in wrong:
        with pytest.raises(Refused):
            reviewing.recommend(it.bid, Recommendation.FUND, 300_000, "", meeting.id, user=officer, now=NOW)
        make.session.rollback()


def test_a_report_waits_for_the_checklist_and_the_provider(
    case: Case, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = case()
    meeting = make.meeting(it.fund)
    answer = sign_in(officer).post(path(it, "recommend"), data=recommendation(it, meeting))
    assert answer.status_code == 409
    assert "Waiting for Oakfield Academy to confirm it can release its staff." in answer.text
    make.confirmed(it.bid)
    it.bid.review.checks[0].verdict = None
    make.session.commit()
    answer = sign_in(officer).post(path(it, "recommend"), data=recommendation(it, meeting))
    assert "1 of your checklist’s items is left." in answer.text
    assert it.bid.state is S.IN_REVIEW
    assert it.bid.items == []


def test_a_bid_is_taken_back_from_the_panel(case: Case, sign_in: SignIn, officer: User, told: Told) -> None:
    it = case(S.AT_PANEL)
    data = {"version": it.bid.version, "reason": "The provider has changed."}
    assert sign_in(officer).post(path(it, "take-back"), data=data).status_code == 302
    assert (it.bid.state, it.bid.open_item) == (S.IN_REVIEW, None)
    assert it.bid.items[0].outcome is ItemOutcome.REMOVED
    assert told(it.bid) == {("school", it.head.email), *(("panel", seat.user.email) for seat in it.seats)}


def test_a_deferred_bid_comes_back_once_its_question_is_answered(
    case: Case, sign_in: SignIn, officer: User, make: Make, told: Told
) -> None:
    it = case(S.DEFERRED)
    meeting = make.meeting(it.fund)
    client = sign_in(officer)
    data = {"version": it.bid.version, "meeting": meeting.id}
    answer = client.post(path(it, "bring-back"), data=data)
    assert answer.status_code == 409
    assert "The school has not answered the panel yet." in answer.text
    it.bid.panel_answer = "We train two of our own teachers."
    make.session.commit()
    assert "We train two of our own teachers." in client.get(path(it, "bring-back")).text
    assert client.post(path(it, "bring-back"), data=data).status_code == 302
    assert it.bid.state is S.AT_PANEL
    assert [item.outcome for item in it.bid.items] == [ItemOutcome.DEFERRED, None]
    assert it.bid.due_on == london_date(meeting.starts_at)
    assert told(it.bid) == {("school", it.head.email)}


@pytest.mark.parametrize("state", [S.WITHDRAWN, S.INELIGIBLE])
def test_a_bid_is_reinstated(case: Case, sign_in: SignIn, officer: User, told: Told, state: S) -> None:
    it = case(state)
    it.bid.submitted_at = NOW
    it.bid.ineligible_rule = "A rule" if state is S.INELIGIBLE else ""
    data = {"version": it.bid.version, "reason": "It was a mistake."}
    assert sign_in(officer).post(path(it, "reinstate"), data=data).status_code == 302
    assert (it.bid.state, it.bid.ineligible_rule) == (S.IN_REVIEW, "")
    assert it.bid.review is not None
    assert told(it.bid) == {("school", it.head.email)}


def test_payments_pause_and_go_on(case: Case, sign_in: SignIn, officer: User, make: Make, told: Told) -> None:
    finance = make.staff(RoleName.FINANCE)
    it = case(S.IN_DELIVERY)
    client = sign_in(officer)
    everybody = {("school", it.head.email), ("provider", it.provider_head.email), ("finance", finance.email)}
    for step, state in (("suspend", S.SUSPENDED), ("resume", S.IN_DELIVERY)):
        before = letter_count(make)
        data = {"version": it.bid.version, "reason": "The lead is ill."}
        assert client.post(path(it, step), data=data).status_code == 302
        assert it.bid.state is state
        assert letter_count(make) == before + 3
    assert told(it.bid) == everybody
