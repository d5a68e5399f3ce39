"""Hand-overs, asking for funding to be stopped, and a school's request for a review."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow.models.fund import Decider
from fundflow.models.history import HistoryEntry
from fundflow.models.person import RoleName, Standing, User
from fundflow.models.review import ReviewRequest
from fundflow.workflow.application import BidState as S
from tests.factories import NOW, Make
from tests.review.conftest import Case, SignIn, Told, barred


def path(it: SimpleNamespace, end: str) -> str:
    return f"/bids/{it.bid.reference}/{end}"


def entry(make: Make, it: SimpleNamespace) -> HistoryEntry:
    return make.session.scalars(
        select(HistoryEntry).where(HistoryEntry.bid_id == it.bid.id).order_by(HistoryEntry.id.desc())
    ).first()


# -- another officer ------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_bid_is_handed_to_a_deputy_who_is_told(
    case: Case, sign_in: SignIn, officer: User, deputy: User, make: Make, told: Told
) -> None:
    it = case()
    client = sign_in(officer)
    assert "Dev Deputy" in client.get(path(it, "assign")).text
    data = {"version": it.bid.version, "officer": deputy.id}
    assert client.post(path(it, "assign"), data=data).status_code == 302
    assert it.bid.officer is deputy
    assert it.bid.state is S.IN_REVIEW
    assert told(it.bid) == {("officer", deputy.email)}
    kept = entry(make, it)
    assert (kept.step, kept.internal, kept.from_state, kept.to_state) == (
        "assign",
        True,
        "in_review",
        "in_review",
    )
    assert kept.label == "Handed the bid to Dev Deputy"


def test_an_administrator_and_a_barred_officer_may_hand_a_bid_over(
    case: Case, sign_in: SignIn, deputy: User, make: Make
) -> None:
    it = case()
    make.role(it.head, RoleName.OFFICER)  # barred: it is her own school's bid
    data = {"version": it.bid.version, "officer": deputy.id}
    assert sign_in(it.head).post(path(it, "assign"), data=data).status_code == 302
    other = make.staff(RoleName.OFFICER)
    data = {"version": it.bid.version, "officer": other.id}
    administrator = make.staff(RoleName.ADMINISTRATOR)
    assert sign_in(administrator).post(path(it, "assign"), data=data).status_code == 302
    assert it.bid.officer is other


def test_a_barred_officer_is_not_offered_a_bid_and_does_not_get_it(
    case: Case, sign_in: SignIn, officer: User, deputy: User, make: Make
) -> None:
    it = case()
    barred(make, it, deputy)
    client = sign_in(officer)
    assert "Dev Deputy" not in client.get(path(it, "assign")).text
    data = {"version": it.bid.version, "officer": deputy.id}
    assert client.post(path(it, "assign"), data=data).status_code == 422
    from fundflow.review.operations import later
    from fundflow.workflow.engine import Refused

    with pytest.raises(Refused, match="Dev Deputy can’t review this bid"):
        later.hand_over(it.bid, deputy.id, user=officer, now=NOW)


@pytest.mark.parametrize("role", [RoleName.CLERK, RoleName.AUDITOR, RoleName.FINANCE])
def test_nobody_else_hands_a_bid_over(
    case: Case, sign_in: SignIn, officer: User, deputy: User, make: Make, role: RoleName
) -> None:
    it = case(S.IN_DELIVERY)
    client = sign_in(make.staff(role))
    data = {"version": it.bid.version, "officer": deputy.id}
    for answer in (client.get(path(it, "assign")), client.post(path(it, "assign"), data=data)):
        assert answer.status_code == 409
        assert "Only a liaison officer or an administrator" in answer.text
    assert it.bid.officer is officer


def test_a_bid_goes_to_an_officer_of_the_fund_and_no_one_else(
    case: Case, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = case()
    elsewhere = make.user()
    make.role(elsewhere, RoleName.OFFICER, fund=make.fund())
    for number in (elsewhere.id, make.staff(RoleName.FINANCE).id, officer.id, 10**9, "x", ""):
        data = {"version": it.bid.version, "officer": number}
        assert sign_in(officer).post(path(it, "assign"), data=data).status_code == 422
    assert it.bid.officer is officer


# -- asking for the funding to be stopped ---------------------------------------------------------


def ask(it: SimpleNamespace, client: FlaskClient, **changes: Any) -> Any:
    data = {"version": it.bid.version, "reason": "The support has not begun.", **changes}
    return client.post(path(it, "ask-termination"), data=data)


def test_the_chair_is_asked_to_stop_the_funding_and_the_school_is_not_told(
    case: Case, sign_in: SignIn, officer: User, make: Make, told: Told, letter: Any
) -> None:
    it = case(S.IN_DELIVERY)
    client = sign_in(officer)
    assert "Ask for the funding to be stopped" in client.get(path(it, "ask-termination")).text
    assert ask(it, client).status_code == 302
    bid = it.bid
    assert (bid.state, bid.termination_asked_by_id) == (S.IN_DELIVERY, officer.id)
    assert bid.termination_reason == "The support has not begun."
    assert told(bid) == {("decision_maker", it.seats[0].user.email)}
    assert "The support has not begun." in letter(bid, "decision_maker").body
    kept = entry(make, it)
    assert (kept.step, kept.internal, kept.reason) == ("ask_termination", True, "The support has not begun.")
    answer = ask(it, client)
    assert answer.status_code == 409
    assert "asked to stop this funding already" in answer.text


def test_the_deputy_chair_is_asked_where_the_chair_is_barred(
    case: Case, sign_in: SignIn, officer: User, make: Make, told: Told
) -> None:
    it = case(S.SUSPENDED)
    barred(make, it, it.seats[0].user)
    ask(it, sign_in(officer))
    assert told(it.bid) == {("decision_maker", it.seats[1].user.email)}


def test_an_authorised_officer_is_asked_where_one_decides(
    case: Case, sign_in: SignIn, officer: User, make: Make, told: Told
) -> None:
    it = case(S.IN_MONITORING)
    it.fund.decider = Decider.AUTHORISED_OFFICER
    director = make.staff(RoleName.AUTHORISED_OFFICER)
    ask(it, sign_in(officer))
    assert told(it.bid) == {("decision_maker", director.email)}


@pytest.mark.parametrize("state", [S.IN_REVIEW, S.OFFERED, S.CLOSED])
def test_only_funding_that_is_under_way_can_be_stopped(
    case: Case, sign_in: SignIn, officer: User, state: S
) -> None:
    it = case(state)
    assert ask(it, sign_in(officer)).status_code == 409
    assert it.bid.termination_asked_at is None


def test_only_an_officer_who_is_not_barred_asks(case: Case, sign_in: SignIn, make: Make) -> None:
    it = case(S.IN_DELIVERY)
    colleague = make.member(it.bid.lead_school, standing=Standing.TEAM)
    answer = ask(it, sign_in(colleague))
    assert answer.status_code == 409
    assert "Only the liaison officer or the head" in answer.text
    make.role(colleague, RoleName.OFFICER)
    answer = ask(it, sign_in(colleague))
    assert answer.status_code == 409
    assert "your school, Hazelmere Primary, takes part in it" in answer.text
    assert it.bid.termination_asked_at is None


def test_a_school_that_can_not_go_on_asks_and_may_be_refused(
    case: Case, sign_in: SignIn, officer: User, make: Make, told: Told, letter: Any
) -> None:
    it = case(S.IN_DELIVERY)
    head = sign_in(it.head)
    assert "We can’t go on" in head.get(f"/bids/{it.bid.reference}").text
    assert ask(it, head, reason="Both coaches have left.").status_code == 302
    bid, chair = it.bid, it.seats[0].user
    assert told(bid) == {("decision_maker", chair.email), ("officer", officer.email)}
    assert "which has not been told" not in letter(bid, "decision_maker").body
    assert entry(make, it).internal is False
    page = sign_in(chair).get(path(it, "steps/keep-going")).text
    assert "Both coaches have left." in page
    data = {"version": bid.version, "reason": "Another school can coach."}
    assert sign_in(chair).post(path(it, "steps/keep-going"), data=data).status_code == 302
    assert (bid.state, bid.termination_asked_at, bid.termination_reason) == (S.IN_DELIVERY, None, "")
    assert "Another school can coach." in letter(bid, "school").body
    assert sign_in(chair).get(path(it, "steps/terminate")).status_code == 409
    assert ask(it, sign_in(it.head)).status_code == 302  # it may ask again


# -- a request for a review -----------------------------------------------------------------------


@pytest.fixture
def manager(make: Make) -> User:
    return make.staff(RoleName.REVIEWING_MANAGER, "Mo Manager")


@pytest.fixture
def asked(case: Case, make: Make) -> SimpleNamespace:
    it = case(S.INELIGIBLE, ineligible_rule="A rule")
    it.bid.review_requests.append(
        ReviewRequest(grounds="We do have a partner.", asked_at=NOW, asked_by_id=it.head.id)
    )
    make.session.commit()
    it.request = it.bid.review_requests[0]
    return it


def dismissal(it: SimpleNamespace) -> str:
    return path(it, f"reviews/{it.request.id}/dismiss")


@pytest.mark.both_databases
def test_a_reviewing_manager_upholds_and_the_bid_is_reviewed_again(
    asked: SimpleNamespace, sign_in: SignIn, manager: User, officer: User, told: Told
) -> None:
    client = sign_in(manager)
    shown = client.get(path(asked, "steps/uphold-review")).text
    assert "We do have a partner." in shown
    assert dismissal(asked) in shown
    data = {"version": asked.bid.version, "reason": "They do."}
    assert client.post(path(asked, "steps/uphold-review"), data=data).status_code == 302
    request = asked.request
    assert (asked.bid.state, asked.bid.ineligible_rule) == (S.IN_REVIEW, "")
    assert (request.upheld, request.heard_by_id, request.reason) == (True, manager.id, "They do.")
    assert request.heard_at is not None
    assert told(asked.bid) == {("school", asked.head.email), ("officer", officer.email)}
    assert client.post(path(asked, "steps/uphold-review"), data=data).status_code == 302  # twice
    assert len(told(asked.bid)) == 2


@pytest.mark.both_databases
def test_a_reviewing_manager_may_not_uphold_and_the_school_is_told_why(
    asked: SimpleNamespace, sign_in: SignIn, manager: User, make: Make, told: Told, letter: Any
) -> None:
    client = sign_in(manager)
    assert "We do have a partner." in client.get(dismissal(asked)).text
    data = {"version": asked.bid.version, "reason": "The partner said no."}
    assert client.post(dismissal(asked), data=data).status_code == 302
    assert asked.bid.state is S.INELIGIBLE
    assert (asked.request.upheld, asked.request.heard_by_id) == (False, manager.id)
    assert told(asked.bid) == {("school", asked.head.email)}
    assert "The partner said no." in letter(asked.bid, "school").body
    kept = entry(make, asked)
    assert (kept.step, kept.internal) == ("dismiss_review", False)
    shown = client.get(path(asked, "review")).text
    assert "Not upheld" in shown
    assert "Mo Manager" in shown
    data["version"] = asked.bid.version
    assert client.post(dismissal(asked), data=data).status_code == 409  # heard already


def test_whoever_took_part_hears_no_review(
    asked: SimpleNamespace, sign_in: SignIn, manager: User, make: Make
) -> None:
    make.history(asked.bid, "rule_ineligible", manager)
    make.session.commit()
    client = sign_in(manager)
    data = {"version": asked.bid.version, "reason": "Well."}
    for where in (path(asked, "steps/uphold-review"), dismissal(asked)):
        for answer in (client.get(where), client.post(where, data=data)):
            assert answer.status_code == 409
            assert "You took part in this bid" in answer.text
    assert asked.request.heard_at is None
    assert asked.bid.state is S.INELIGIBLE


def test_nobody_else_hears_a_review(
    asked: SimpleNamespace, sign_in: SignIn, officer: User, make: Make
) -> None:
    data = {"version": asked.bid.version, "reason": "Well."}
    for person in (officer, asked.head, make.staff(RoleName.ADMINISTRATOR)):
        client = sign_in(person)
        assert client.post(path(asked, "steps/uphold-review"), data=data).status_code == 409
        assert client.post(dismissal(asked), data=data).status_code == 409
    assert asked.request.heard_at is None


def test_a_request_of_another_bid_is_not_found(
    asked: SimpleNamespace, case: Case, sign_in: SignIn, manager: User
) -> None:
    other = case(S.NOT_FUNDED)
    client = sign_in(manager)
    assert client.get(path(other, f"reviews/{asked.request.id}/dismiss")).status_code == 404
    assert client.get(path(asked, "reviews/999999/dismiss")).status_code == 404


def test_without_a_request_there_is_nothing_to_uphold(
    asked: SimpleNamespace, sign_in: SignIn, manager: User, make: Make
) -> None:
    client = sign_in(manager)
    client.post(dismissal(asked), data={"version": asked.bid.version, "reason": "No."})
    client = sign_in(make.staff(RoleName.REVIEWING_MANAGER))  # another, who has not heard it
    data = {"version": asked.bid.version, "reason": "Well."}
    answer = client.post(path(asked, "steps/uphold-review"), data=data)
    assert answer.status_code == 409
    assert "has asked for no review" in answer.text
