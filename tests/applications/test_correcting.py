"""Correcting answers after submission: a typo without, what others agreed to with their word again."""

from typing import Any

import pytest
from sqlalchemy import select

from fundflow.applications import freezing
from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName
from fundflow.models.review import Submission, SubmissionKind
from fundflow.workflow.application import BidState as S
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.confirmation import ConfirmationState as C
from fundflow.workflow.engine import Refused
from tests.applications.helpers import (
    answers_to,
    at,
    errors,
    form,
    hidden,
    letters,
    more_days,
    save,
    send,
    start,
)
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture(params=[S.SUBMITTED, S.IN_REVIEW], ids=lambda state: state.value)
def bid(request: Any, make: Any, people: Any) -> Bid:
    """A bid that its provider has confirmed."""
    made: Bid = make.bid(
        state=request.param,
        lead=people["lead"],
        provider=people["oak"],
        leader=people["head"],
        officer=people["officer"],
    )
    make.confirmed(made)
    return made


def kinds(session: Any, bid: Bid) -> list[SubmissionKind]:
    query = select(Submission.kind).where(Submission.bid_id == bid.id).order_by(Submission.number)
    return list(session.scalars(query))


# -- a typo ------------------------------------------------------------------------------------------


def test_the_team_corrects_a_typo_and_nobody_signs_again(
    bid: Bid, people: Any, sign_in: Any, session: Any
) -> None:
    state = bid.state
    client = sign_in(people["team"])
    assert "Correct an answer" in client.get(at(bid)).text
    start(client, bid)
    save(client, bid, "/need", need="Only 59% of Year 1 pupils reached the phonics standard.")
    page = client.get(at(bid, "/steps/correct")).text
    assert "These changes need no new signature" in page
    assert "Only 58% of Year 1 pupils" in page
    assert "Only 59% of Year 1 pupils" in page
    version = hidden(page, "version")
    for _ in range(2):
        assert client.post(at(bid, "/steps/correct"), data={"version": version}).status_code == 302
    session.expire_all()
    assert (bid.state, bid.correcting_since, bid.agreed_by_id) == (state, None, people["head"].id)
    assert bid.confirmations[0].state is C.CONFIRMED
    assert kinds(session, bid) == [SubmissionKind.SUBMITTED, SubmissionKind.CORRECTED]
    assert [who for who, _ in letters(session, bid)] == ["school", "officer"]
    entries = session.scalars(select(HistoryEntry).where(HistoryEntry.step == "correct")).all()
    assert [entry.given["changes"] for entry in entries] == [
        [
            "What needs to improve. What needs to improve, and how do you know?: "
            "“Only 58% of Year 1 pupils reached the phonics standard.” → "
            "“Only 59% of Year 1 pupils reached the phonics standard.”"
        ]
    ]
    assert "Only 58%" in client.get(at(bid, "/history")).text


def test_others_read_what_was_sent_until_the_correction_is(
    bid: Bid, people: Any, sign_in: Any, session: Any
) -> None:
    start(sign_in(people["team"]), bid)
    client = sign_in(people["team"])
    save(client, bid, "/need", need="Half a thought")
    more_days(client, bid)
    assert "Half a thought" in client.get(at(bid, "/application")).text
    for who in ("officer", "provider"):
        for page in ("/application", ""):
            seen = sign_in(people[who]).get(at(bid, page)).text
            assert "Half a thought" not in seen
            assert "£3,000.00" in seen
            assert "£3,350.00" not in seen
    confirmation = at(bid, f"/confirmations/{bid.confirmations[0].id}")
    assert "£3,350.00" not in sign_in(people["provider"]).get(confirmation).text


def test_the_officers_report_waits_for_an_open_correction(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid = make.bid(state=S.IN_REVIEW, lead=people["lead"], provider=people["oak"], officer=people["officer"])
    make.confirmed(bid)
    start(sign_in(people["team"]), bid)
    answer = sign_in(people["officer"]).get(at(bid, "/steps/recommend"))
    assert answer.status_code == 409
    assert "The school has been correcting its answers since 18 November 2026." in answer.text


# -- what others agreed to ---------------------------------------------------------------------------


def test_six_days_to_seven_is_agreed_by_the_head_and_put_to_the_provider_again(
    bid: Bid, people: Any, sign_in: Any, session: Any
) -> None:
    start(sign_in(people["team"]), bid)
    client = sign_in(people["team"])
    more_days(client, bid)
    page = client.get(at(bid, "/steps/correct")).text
    assert "This changes the costs and the amount" in page
    assert "We will ask Oakfield Academy to confirm again" in page
    assert "6 days" in page
    assert "7 days" in page
    assert "Only the head teacher, Hilary Head," in page
    assert "Agree and send" not in page
    forged = client.post(
        at(bid, "/steps/correct"),
        data={"version": str(bid.version), "agreement": "y", "why_odd": "As planned."},
    )
    assert forged.status_code == 409
    assert "This changes the costs and the amount, so the head must agree and send it." in forged.text

    client = sign_in(people["head"])
    unticked = send(client, at(bid, "/steps/correct"), why_odd="As planned.")
    assert unticked.status_code == 409
    assert errors(unticked) == ["Tick the box to show that you agree."]
    session.expire_all()
    assert bid.confirmations[0].state is C.CONFIRMED
    assert kinds(session, bid) == [SubmissionKind.SUBMITTED]
    assert send(client, at(bid, "/steps/correct"), agreement="y", why_odd="As planned.").status_code == 302
    session.expire_all()
    assert bid.confirmations[0].state is C.ASKED
    assert bid.requested_pence == 335_000
    assert [who for who, _ in letters(session, bid)] == ["school", "officer", "partner"]
    letter = session.scalars(select(Letter).where(Letter.recipient == "school")).one()
    assert "We are asking Oakfield Academy to confirm the changed bid." in letter.body


def test_a_school_that_declined_is_replaced_by_another(
    make: Any, bid: Bid, people: Any, sign_in: Any, session: Any
) -> None:
    elm = make.school("Elm School")
    make.member(elm)
    asked = bid.confirmations[0]
    asked.state, asked.reason = C.DECLINED, "No staff."
    for line in bid.backfill_lines:
        line.school = people["lead"]
    start(sign_in(people["head"]), bid)
    client = sign_in(people["head"])
    send(
        client,
        form(bid, f"/schools/schools/{bid.partners[0].id}"),
        part="provider",
        school_urn=elm.urn,
        contact_name="Ella",
        contact_email="ella@elm.example",
    )
    # The school still takes part in what was sent, so nobody may stop asking it yet.
    early = client.post(
        at(bid, f"/confirmations/{asked.id}/cancel"), data={"reason": "x", "version": str(asked.version)}
    )
    assert early.status_code == 409
    assert send(client, at(bid, "/steps/correct"), agreement="y", why_odd="As planned.").status_code == 302
    session.expire_all()
    assert {c.school.name: c.state for c in bid.confirmations} == {
        "Oakfield Academy": C.CANCELLED,
        "Elm School": C.ASKED,
    }
    assert bid.waiting_for() == ["Elm School to confirm it can release its staff"]


def test_another_approver_is_asked_by_the_head_alone_and_no_school_is(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid = make.bid(state=S.DRAFT, lead=people["lead"], provider=people["oak"], leader=people["head"])
    bid.backfill_lines[0].half_days, bid.requested_pence = 36, 720_000
    bid.approver_name, bid.approver_email = "Chris Chair", "chair@gov.example"
    client = sign_in(people["head"])
    page = client.get(form(bid, "/check")).text
    client.post(
        at(bid, "/steps/submit"),
        data={"version": hidden(page, "version"), "agreement": "y", "why_odd": "As planned."},
    )
    session.expire_all()
    assert bid.state is S.SUBMITTED
    make.confirmed(bid)
    session.commit()
    start(client, bid)
    save(
        client,
        bid,
        "/approver",
        approver_name="Chris Chair",
        approver_email="new@gov.example",
        approver_role="Chair of governors",
    )
    refused = sign_in(people["team"]).post(at(bid, "/steps/correct"), data={"version": str(bid.version)})
    assert "This changes who approves the bid, so the head must agree" in refused.text
    client = sign_in(people["head"])
    assert "We will ask Chris Chair to confirm again" in client.get(at(bid, "/steps/correct")).text
    assert send(client, at(bid, "/steps/correct"), agreement="y", why_odd="As planned.").status_code == 302
    session.expire_all()
    assert [(a.email, a.state) for a in bid.approvals] == [
        ("chair@gov.example", ApprovalState.CANCELLED),
        ("new@gov.example", ApprovalState.ASKED),
    ]
    assert bid.confirmations[0].state is C.CONFIRMED


# -- starting, dropping, putting back ---------------------------------------------------------------


def test_nothing_changed_is_no_correction(bid: Bid, people: Any, sign_in: Any, session: Any) -> None:
    client = sign_in(people["team"])
    start(client, bid)
    assert "Nothing differs from what your school sent last" in client.get(at(bid, "/steps/correct")).text
    answer = client.post(at(bid, "/steps/correct"), data={"version": str(bid.version)})
    assert answer.status_code == 409
    assert "Nothing differs from what your school sent last" in answer.text
    session.expire_all()
    assert kinds(session, bid) == [SubmissionKind.SUBMITTED]


def test_starting_twice_is_one_correction(bid: Bid, people: Any, sign_in: Any, session: Any) -> None:
    client = sign_in(people["team"])
    start(client, bid)
    start(client, bid)
    start(sign_in(people["head"]), bid)
    steps = session.scalars(select(HistoryEntry.step).where(HistoryEntry.bid_id == bid.id)).all()
    assert steps == ["start_correction"]


def test_a_dropped_correction_leaves_what_was_sent(bid: Bid, people: Any, sign_in: Any, session: Any) -> None:
    before = freezing.frozen(bid)
    client = sign_in(people["team"])
    start(client, bid)
    save(client, bid, "/need", need="Half a thought")
    more_days(client, bid)
    send(client, form(bid, "/costs/other-costs/add"), kind="venue", description="Hall", pence="20")
    page = client.get(at(bid, "/drop-correction")).text
    for _ in range(2):
        answer = client.post(at(bid, "/drop-correction"), data={"version": hidden(page, "version")})
        assert answer.status_code == 302
    session.expire_all()
    assert freezing.frozen(bid) == before
    assert (bid.requested_pence, bid.correcting_since) == (300_000, None)
    assert letters(session, bid) == []


def test_an_officer_puts_back_what_was_sent_with_a_reason_that_the_school_reads(
    bid: Bid, people: Any, sign_in: Any, session: Any
) -> None:
    before = freezing.frozen(bid)
    start(sign_in(people["team"]), bid)
    more_days(sign_in(people["team"]), bid)
    client = sign_in(people["officer"])
    assert "Put back the submitted answers" in client.get(at(bid)).text
    assert send(client, at(bid, "/put-back")).status_code == 422
    assert send(client, at(bid, "/put-back"), reason="The panel meets on Friday.").status_code == 302
    session.expire_all()
    assert freezing.frozen(bid) == before
    letter = session.scalars(select(Letter).where(Letter.bid_id == bid.id)).one()
    assert (letter.recipient, letter.email) == ("school", people["head"].email)
    assert "The panel meets on Friday." in letter.body
    assert "The panel meets on Friday." in client.get(at(bid, "/history")).text
    assert send(client, at(bid, "/put-back"), reason="Again.").status_code == 409


def test_an_officer_of_the_same_trust_puts_nothing_back(make: Any, bid: Bid, people: Any) -> None:
    from fundflow.applications.correcting import put_back

    bid.correcting_since = NOW
    trust = make.trust()
    bid.lead_school.trust = trust
    barred = make.member(make.school(trust_id=trust.id))
    make.role(barred, RoleName.OFFICER)
    with pytest.raises(Refused, match=r"^You can’t do this: .* Ask a colleague\.$"):
        put_back(bid, reason="Why not", user=barred, now=NOW, version=None)


@pytest.mark.parametrize("who", ["officer", "provider"])
def test_nobody_else_corrects_and_a_stranger_finds_nothing(
    bid: Bid, people: Any, sign_in: Any, session: Any, who: str
) -> None:
    bid.correcting_since = NOW
    for rest in ("/start-correction", "/drop-correction", "/steps/correct"):
        client = sign_in(people[who])
        assert client.get(at(bid, rest)).status_code == 409
        assert client.post(at(bid, rest), data={"version": str(bid.version)}).status_code == 409
        assert sign_in(people["stranger"]).get(at(bid, rest)).status_code == 404
        assert sign_in(people["stranger"]).post(at(bid, rest)).status_code == 404
    assert sign_in(people["team"]).get(at(bid, "/put-back")).status_code == 409
    session.expire_all()
    assert bid.correcting_since == NOW


@pytest.mark.parametrize("state", [S.DRAFT, S.RETURNED, S.AT_PANEL, S.OFFERED, S.IN_DELIVERY, S.CLOSED])
def test_answers_are_corrected_only_after_submission_and_before_the_panel(
    make: Any, people: Any, sign_in: Any, session: Any, state: S
) -> None:
    bid = make.bid(state=state, lead=people["lead"], provider=people["oak"])
    client = sign_in(people["head"])
    for rest in ("/start-correction", "/drop-correction", "/steps/correct"):
        assert client.get(at(bid, rest)).status_code == 409
        assert client.post(at(bid, rest), data={"version": str(bid.version)}).status_code == 409
    session.expire_all()
    assert bid.correcting_since is None


def test_without_a_correction_the_form_stays_closed(
    bid: Bid, people: Any, sign_in: Any, session: Any
) -> None:
    client = sign_in(people["team"])
    assert client.get(form(bid)).location.endswith("/application")
    answer = client.post(
        form(bid, "/need"), data={**answers_to("/need"), "need": "Typed for an hour", "stamp": "x"}
    )
    assert answer.status_code == 409
    assert "To change an answer now, start a correction first." in answer.text
    assert "Typed for an hour" in answer.text


def test_what_a_colleague_changed_meanwhile_is_not_sent_unseen(bid: Bid, people: Any, sign_in: Any) -> None:
    client = sign_in(people["team"])
    start(client, bid)
    save(client, bid, "/need", need="Better.")
    old = hidden(client.get(at(bid, "/steps/correct")).text, "version")
    save(client, bid, "/need", need="Better still.")
    answer = client.post(at(bid, "/steps/correct"), data={"version": old})
    assert answer.status_code == 409
    assert "Somebody changed this" in answer.text


def test_a_bid_that_is_withdrawn_ends_as_it_was_sent(
    bid: Bid, people: Any, sign_in: Any, session: Any
) -> None:
    client = sign_in(people["head"])
    start(client, bid)
    more_days(client, bid)
    answer = client.post(
        at(bid, "/steps/withdraw"), data={"version": str(bid.version), "reason": "We can’t."}
    )
    assert answer.status_code == 302
    session.expire_all()
    assert (bid.state, bid.correcting_since, bid.requested_pence) == (S.WITHDRAWN, None, 300_000)


@pytest.mark.parametrize("step", ["return-for-changes", "rule-ineligible"])
def test_the_officer_asks_and_rules_on_nothing_that_is_being_corrected(
    bid: Bid, people: Any, sign_in: Any, step: str
) -> None:
    start(sign_in(people["team"]), bid)
    officer = sign_in(people["officer"])
    refused = officer.get(at(bid, f"/steps/{step}"))
    assert refused.status_code == 409
    assert "The school has been correcting its answers since" in refused.text
    data = {"version": str(bid.version), "reason": "It is a month."}
    assert officer.post(at(bid, "/put-back"), data=data).status_code == 302
    assert officer.get(at(bid, f"/steps/{step}")).status_code == 200
