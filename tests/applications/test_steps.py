"""Submitting, sending back, withdrawing, asking for a review: each step with what it leaves behind."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from fundflow.applications import freezing
from fundflow.models.bid import Bid
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, Standing
from fundflow.models.review import Query, ReviewRequest, Submission
from fundflow.workflow.application import BidState as S
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.confirmation import ConfirmationState
from tests.applications.helpers import bid_in, errors, form, hidden, letters, save, send, step
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("clock")


def agree(client: Any, bid: Bid, name: str = "submit") -> Any:
    version = hidden(client.get(form(bid, "/check")).text, "version")
    return client.post(step(bid, name), data={"version": version, "agreement": "y", "why_odd": "As planned."})


# -- starting ------------------------------------------------------------------------------------


def test_a_draft_is_started_once_however_often_the_button_is_pressed(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    fund = make.fund(prefix="LSIF")
    round_ = make.round(fund)
    client = sign_in(people["team"])
    page = client.get("/bids/new").text
    assert "Hazelmere Primary" in page
    for _ in range(2):
        answer = client.post(
            "/bids/new", data={"school_id": str(people["lead"].id), "round_id": str(round_.id)}
        )
        assert answer.location.endswith("/bids/LSIF-0001/form")
    assert session.scalars(select(Bid.reference)).all() == ["LSIF-0001"]
    assert "Not started" in client.get("/bids/LSIF-0001/form").text


def test_a_bid_starts_only_for_an_own_open_school_of_the_area(make: Any, people: Any, sign_in: Any) -> None:
    round_ = make.round(make.fund())
    client = sign_in(people["team"])
    for school in (people["oak"], make.school()):
        answer = client.post("/bids/new", data={"school_id": str(school.id), "round_id": str(round_.id)})
        assert answer.status_code == 422
        assert "Select one of the answers in the list" in errors(answer)
    closed = make.member(make.school(status_code=2), Standing.TEAM)
    assert "not open" in sign_in(closed).get("/bids/new").text
    assert sign_in(people["officer"]).get("/bids/new").status_code == 403


# -- submitting ----------------------------------------------------------------------------------


def test_submitting_freezes_the_bid_asks_the_partners_and_tells_everybody(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid = bid_in(make, people, S.DRAFT)
    client = sign_in(people["head"])
    answer = agree(client, bid)
    assert answer.location.endswith("/submitted")
    session.expire_all()
    assert bid.state is S.SUBMITTED
    assert bid.due_on.isoformat() == "2026-12-02"
    assert bid.agreed_by_id == people["head"].id
    assert [(c.school, c.state) for c in bid.confirmations] == [(people["oak"], ConfirmationState.ASKED)]
    assert bid.approvals == []
    frozen = session.scalars(select(Submission).where(Submission.bid_id == bid.id)).one()
    assert frozen.answers == freezing.frozen(bid)
    assert json.loads(frozen.answers)["money"]["requested"] == 300_000
    assert frozen.sha256 == freezing.sha256(frozen.answers)
    assert letters(session, bid) == [
        ("school", people["head"].email),
        ("provider", people["provider"].email),
        ("officer", people["officer"].email),
    ]
    page = client.get(f"/bids/{bid.reference}/submitted").text
    assert "Bid submitted" in page
    assert "Oakfield Academy" in page
    again = client.post(step(bid, "submit"), data={"version": "1", "agreement": "y"})
    assert again.location.endswith("/submitted")
    assert len(letters(session, bid)) == 3


def test_a_large_bid_also_asks_its_approver(make: Any, people: Any, sign_in: Any, session: Any) -> None:
    bid = bid_in(
        make,
        people,
        S.DRAFT,
        approver_name="Chris Chair",
        approver_email="chair@gov.example",
        approver_role="Chair of governors",
    )
    bid.backfill_lines[0].half_days = 36
    bid.requested_pence = 720_000
    assert agree(sign_in(people["head"]), bid).status_code == 302
    session.expire_all()
    assert [(a.name, a.state) for a in bid.approvals] == [("Chris Chair", ApprovalState.ASKED)]
    assert ("approver", "chair@gov.example") in letters(session, bid)


def test_the_team_cannot_submit_and_sends_to_the_head_instead(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid = bid_in(make, people, S.DRAFT)
    client = sign_in(people["team"])
    page = client.get(form(bid, "/check")).text
    assert "Send to the head" in page
    assert "Agree and submit bid" not in page
    forged = client.post(step(bid, "submit"), data={"version": str(bid.version), "agreement": "y"})
    assert forged.status_code == 409
    assert "Only the head of the school that leads the bid can do this." in forged.text
    for _ in range(2):
        assert client.post(form(bid, "/send-to-head")).status_code == 302
    session.expire_all()
    assert bid.state is S.DRAFT
    assert letters(session, bid) == [("head", people["head"].email)]


def test_an_incomplete_bid_says_what_is_missing_and_is_not_submitted(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid = bid_in(make, people, S.DRAFT)
    bid.title = ""
    client = sign_in(people["head"])
    page = client.get(form(bid, "/check")).text
    assert "Complete Title and priority first." in page
    assert "Enter a title" in page
    answer = client.post(step(bid, "submit"), data={"version": str(bid.version), "agreement": "y"})
    assert answer.status_code == 409
    session.expire_all()
    assert bid.state is S.DRAFT
    assert bid.confirmations == []


def test_submitting_without_agreeing_is_refused(make: Any, people: Any, sign_in: Any) -> None:
    bid = bid_in(make, people, S.DRAFT)
    answer = sign_in(people["head"]).post(step(bid, "submit"), data={"version": "1"})
    assert answer.status_code == 422
    assert "Tick the box to show that you agree" in errors(answer)


def test_what_a_colleague_changed_meanwhile_is_not_submitted_unseen(
    make: Any, people: Any, sign_in: Any
) -> None:
    bid = bid_in(make, people, S.DRAFT)
    client = sign_in(people["head"])
    old = hidden(client.get(form(bid, "/check")).text, "version")
    save(client, bid, "/need", need="Writing.")
    answer = client.post(step(bid, "submit"), data={"version": old, "agreement": "y"})
    assert answer.status_code == 409
    assert "Somebody changed this" in answer.text


# -- sending back ---------------------------------------------------------------------------------


def returned(make: Any, people: Any, sign_in: Any, session: Any, section: str) -> tuple[Bid, Any]:
    """A bid submitted through the pages, confirmed, and returned with an answered question."""
    bid = bid_in(make, people, S.DRAFT)
    client = sign_in(people["head"])
    agree(client, bid)
    make.confirmed(bid)
    bid.state = S.RETURNED
    session.add(Query(bid=bid, batch=1, section=section, question="Why?", asked_at=NOW, answer="Because."))
    session.commit()
    session.expire_all()
    return bid, client


def test_sending_back_with_the_same_money_needs_no_new_words(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid, client = returned(make, people, sign_in, session, "need")
    save(client, bid, "/need", need="Clearer.", **{f"reply_{bid.queries[0].id}": "Because."})
    assert agree(client, bid, "resubmit").location.endswith("/submitted")
    session.expire_all()
    assert bid.state is S.IN_REVIEW
    assert bid.confirmations[0].state is ConfirmationState.CONFIRMED
    numbers = session.scalars(select(Submission.number).where(Submission.bid_id == bid.id)).all()
    assert list(numbers) == [1, 2]
    old = client.get(f"/bids/{bid.reference}/application/versions/1").text
    assert "Only 58% of Year 1 pupils" in old
    assert "Clearer." in client.get(f"/bids/{bid.reference}/application").text
    assert client.get(f"/bids/{bid.reference}/application/versions/3").status_code == 404


def test_a_change_of_money_is_put_to_the_partner_again(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid, client = returned(make, people, sign_in, session, "costs")
    cost = {"kind": "venue", "description": "Hall", "pence": "20"}
    send(client, form(bid, "/costs/other-costs/add"), **cost)
    assert agree(client, bid, "resubmit").status_code == 302
    session.expire_all()
    asked = bid.confirmations[0]
    assert asked.state is ConfirmationState.ASKED
    assert asked.answered_at is None
    assert letters(session, bid)[-1] == ("partner", people["provider"].email)


def test_a_school_that_leaves_is_told_and_one_that_joins_is_asked(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    elm = make.school("Elm School")
    elms = make.member(elm, name="Ella Elm")
    bid, client = returned(make, people, sign_in, session, "schools")
    for line in bid.backfill_lines:
        line.school = people["lead"]
    session.commit()
    partner = bid.partners[0]
    send(
        client,
        form(bid, f"/schools/schools/{partner.id}"),
        part="provider",
        school_urn=elm.urn,
        contact_name="Ella",
        contact_email="ella@elm.example",
    )
    assert agree(client, bid, "resubmit").status_code == 302
    session.expire_all()
    states = {c.school.name: c.state for c in bid.confirmations}
    assert states == {"Oakfield Academy": ConfirmationState.CANCELLED, "Elm School": ConfirmationState.ASKED}
    assert letters(session, bid)[-2:] == [("partner", people["provider"].email), ("partner", elms.email)]


def test_a_bid_that_grows_large_needs_a_signature_and_one_that_shrinks_none(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid, client = returned(make, people, sign_in, session, "costs")
    bid.approver_name, bid.approver_email = "Chris Chair", "chair@gov.example"
    bid.approver_role = "Chair of governors"
    bid.backfill_lines[0].half_days = 36
    bid.requested_pence = 720_000
    session.commit()
    assert agree(client, bid, "resubmit").status_code == 302
    session.expire_all()
    assert [a.state for a in bid.approvals] == [ApprovalState.ASKED]
    letter = session.scalars(select(Letter).where(Letter.recipient == "approver")).one()
    assert "[one-time link]" in letter.body
    bid.state, bid.backfill_lines[0].half_days, bid.requested_pence = S.RETURNED, 12, 300_000
    session.commit()
    assert agree(client, bid, "resubmit").status_code == 302
    session.expire_all()
    assert [a.state for a in bid.approvals] == [ApprovalState.CANCELLED]


def test_others_read_what_was_sent_not_what_is_being_changed(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid, client = returned(make, people, sign_in, session, "need")
    save(client, bid, "/need", need="Half a thought", **{f"reply_{bid.queries[0].id}": "Because."})
    path = f"/bids/{bid.reference}/application"
    assert "Half a thought" in client.get(path).text
    seen = sign_in(people["officer"]).get(path).text
    assert "Half a thought" not in seen
    assert "£3,000.00" in seen


# -- the rest ------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [S.DRAFT, S.SUBMITTED, S.IN_REVIEW, S.RETURNED, S.AT_PANEL, S.DEFERRED])
def test_the_head_withdraws_a_bid_until_it_is_decided(
    make: Any, people: Any, sign_in: Any, session: Any, state: S
) -> None:
    bid = bid_in(make, people, state)
    assert send(sign_in(people["head"]), step(bid, "withdraw"), reason="New plans.").status_code == 302
    session.expire_all()
    assert bid.state is S.WITHDRAWN


def test_the_panels_question_is_shown_and_answered(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid = bid_in(make, people, S.DEFERRED)
    client = sign_in(people["head"])
    assert "How will you keep this going?" in client.get(step(bid, "answer-panel")).text
    assert send(client, step(bid, "answer-panel"), answer="By training leads.").status_code == 302
    session.expire_all()
    assert bid.panel_answer == "By training leads."
    assert bid.state is S.DEFERRED


def test_a_review_is_asked_for_in_time_and_once(make: Any, people: Any, sign_in: Any, session: Any) -> None:
    bid = bid_in(make, people, S.NOT_FUNDED)
    manager = make.staff(RoleName.REVIEWING_MANAGER)
    involved = make.staff(RoleName.REVIEWING_MANAGER)
    make.history(bid, "recommend", involved)
    client = sign_in(people["head"])
    path = f"/bids/{bid.reference}/ask-for-review"
    assert "You can ask until 2 December 2026." in client.get(path).text
    version = bid.version
    for _ in range(2):
        answer = client.post(path, data={"grounds": "The data were misread.", "version": str(version)})
        assert answer.status_code == 302
    session.expire_all()
    assert len(bid.review_requests) == 1
    assert letters(session, bid) == [("reviewing_manager", manager.email)]
    assert client.get(path).status_code == 409
    assert sign_in(people["team"]).get(path).status_code == 409


def test_after_ten_working_days_no_review_can_be_asked_for(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid = bid_in(make, people, S.INELIGIBLE)
    client = sign_in(people["head"])
    with time_machine.travel(NOW + timedelta(days=15), tick=False):
        path = f"/bids/{bid.reference}/ask-for-review"
        answer = client.post(path, data={"grounds": "Too late.", "version": str(bid.version)})
        assert answer.status_code == 409
        assert "A review had to be asked for by 2 December 2026." in answer.text
    assert session.scalars(select(ReviewRequest)).all() == []


def test_a_bid_that_is_withdrawn_from_the_panel_leaves_the_agenda(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid = bid_in(make, people, S.AT_PANEL)
    meeting = bid.latest_item.meeting
    assert send(sign_in(people["head"]), step(bid, "withdraw"), reason="Other money.").status_code == 302
    session.expire_all()
    assert bid.open_item is None
    assert meeting.undecided_items() == []  # so the clerk can close the meeting
