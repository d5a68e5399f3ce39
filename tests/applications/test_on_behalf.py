"""Bids an officer enters for a school, whose head must agree."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.applications import on_behalf
from fundflow.models.bid import Bid, Origin
from fundflow.models.bid_parts import Part
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName
from fundflow.models.review import Submission, SubmissionKind
from fundflow.workflow.application import BidState as S
from fundflow.workflow.confirmation import ConfirmationState as C
from fundflow.workflow.engine import Refused
from tests.applications.entered import draft, entered, for_lead, people, submit_for, word
from tests.applications.helpers import answers_to, at, errors, form, hidden, letters, save, send
from tests.factories import NOW

__all__ = ["draft", "entered", "people"]

pytestmark = pytest.mark.usefixtures("clock")


# -- entering ----------------------------------------------------------------------------------------


def entering(people: Any, round_: Any, **answers: str) -> dict[str, str]:
    return {
        "school_urn": people["lead"].urn,
        "round_id": str(round_.id),
        "came_from": "call",
        "note": "Hilary Head on 16 November",
        **answers,
    }


def test_an_officer_enters_a_bid_once_and_fills_the_same_form(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    round_ = make.round(make.fund(prefix="LSIF"))
    client = sign_in(people["officer"])
    assert "Hazelmere Primary" in client.get("/bids/enter").text
    for _ in range(2):
        answer = client.post("/bids/enter", data=entering(people, round_))
        assert answer.location.endswith("/bids/LSIF-0001/form")
    bid = session.scalars(select(Bid)).one()
    assert (bid.origin, bid.origin_note, bid.created_by_id, bid.lead_school) == (
        Origin.ENTERED,
        "From a telephone call: Hilary Head on 16 November",
        people["officer"].id,
        people["lead"],
    )
    assert "Not started" in client.get(form(bid)).text
    assert send(client, form(bid, "/need"), need="They said so.", later="y").status_code == 302
    assert "Entered for the school by Olive Officer" in client.get(at(bid)).text
    assert "They said so." in sign_in(people["team"]).get(form(bid, "/need")).text
    send(sign_in(people["team"]), form(bid, "/need"), need="We say so.", later="y")
    assert "We say so." in sign_in(people["other"]).get(form(bid, "/need")).text
    assert sign_in(people["provider"]).get(at(bid)).status_code == 404


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"school_urn": ""}, "Choose the school that leads the bid"),
        ({"school_urn": "999999"}, "Select one of the answers in the list"),
        ({"round_id": ""}, "Select a round"),
        ({"round_id": "99"}, "Select one of the answers in the list"),
        ({"came_from": ""}, "Select what you are entering it from"),
        ({"note": " "}, "Enter who told you, and when"),
    ],
)
def test_what_is_missing_is_asked_for(
    make: Any, people: Any, sign_in: Any, session: Any, answers: dict[str, str], sentence: str
) -> None:
    round_ = make.round(make.fund())
    answer = sign_in(people["officer"]).post("/bids/enter", data=entering(people, round_, **answers))
    assert answer.status_code == 422
    assert sentence in errors(answer)
    assert session.scalars(select(Bid)).all() == []


def test_only_officers_of_the_fund_enter_bids(make: Any, people: Any, sign_in: Any) -> None:
    round_ = make.round(make.fund())
    for who in ("head", "provider"):
        assert sign_in(people[who]).get("/bids/enter").status_code == 403
    elsewhere = make.user()
    make.role(elsewhere, RoleName.OFFICER, fund=make.fund())
    assert "No round is open" in sign_in(elsewhere).get("/bids/enter").text
    with pytest.raises(Refused, match="Only the liaison officer"):
        on_behalf.enter_bid(user=elsewhere, school=people["lead"], round_=round_, came_from="A call", now=NOW)


def test_an_officer_enters_nothing_for_their_own_school(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    round_ = make.round(make.fund())
    make.role(people["head"], RoleName.OFFICER)
    answer = sign_in(people["head"]).post("/bids/enter", data=entering(people, round_))
    assert answer.status_code == 409
    assert "You can’t enter this bid: your school, Hazelmere Primary, takes part in it." in answer.text
    assert session.scalars(select(Bid)).all() == []


def test_a_closed_round_takes_the_bid_of_a_school_let_in_late_alone(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    from fundflow.models.late_entry import LateEntry

    round_ = make.round(make.fund(), closes_at=NOW - timedelta(days=1), name="Autumn")
    client = sign_in(people["officer"])
    assert "No round is open" in client.get("/bids/enter").text
    session.add(
        LateEntry(
            round_id=round_.id,
            school_id=people["lead"].id,
            until=NOW + timedelta(days=2),
            reason="Flood",
            by_id=people["officer"].id,
            at=NOW,
        )
    )
    session.commit()
    other = client.post("/bids/enter", data=entering(people, round_, school_urn=people["oak"].urn))
    assert other.status_code == 409
    assert "Autumn closed on" in other.text
    assert client.post("/bids/enter", data=entering(people, round_)).status_code == 302
    assert "Autumn" in sign_in(people["team"]).get("/bids/new").text


# -- submitting for the school -----------------------------------------------------------------------


def test_submitting_for_a_school_asks_its_head_too_and_nobody_has_agreed_yet(
    entered: Bid, people: Any, sign_in: Any, session: Any
) -> None:
    assert (entered.state, entered.agreed_by_id) == (S.SUBMITTED, None)
    assert [(c.school, c.part, c.for_lead) for c in entered.confirmations] == [
        (people["oak"], Part.PROVIDER, False),
        (people["lead"], Part.PARTNER, True),
    ]
    assert {c.state for c in entered.confirmations} == {C.ASKED}
    frozen = session.scalars(select(Submission)).one()
    assert (frozen.kind, frozen.by_id) == (SubmissionKind.SUBMITTED, people["officer"].id)
    assert [r for r, _ in letters(session, entered)][:3] == ["lead_head", "provider", "officer"]
    letter = session.scalars(select(Letter).where(Letter.recipient == "lead_head")).one()
    assert f"http://fund.example{word(entered)}" in letter.body
    assert "From a telephone call: Hilary Head on 16 November" in letter.body
    page = sign_in(people["officer"]).get(at(entered, "/submitted")).text
    assert "We ask the head of Hazelmere Primary to read the bid and agree to it" in page


def test_a_second_click_submits_once(draft: Bid, people: Any, sign_in: Any, session: Any) -> None:
    client = sign_in(people["officer"])
    version = hidden(client.get(form(draft, "/check")).text, "version")
    for _ in range(2):
        answer = client.post(at(draft, "/steps/submit-on-behalf"), data={"version": version})
        assert answer.location.endswith("/submitted")
    assert len(session.scalars(select(Submission)).all()) == 1


def test_the_head_may_submit_such_a_draft_in_the_ordinary_way(
    draft: Bid, people: Any, sign_in: Any, session: Any
) -> None:
    client = sign_in(people["head"])
    page = client.get(form(draft, "/check")).text
    assert "Agree and submit bid" in page
    answer = client.post(
        at(draft, "/steps/submit"), data={"version": hidden(page, "version"), "agreement": "y"}
    )
    assert answer.status_code == 302
    session.expire_all()
    assert draft.agreed_by_id == people["head"].id
    assert [c.for_lead for c in draft.confirmations] == [False]


def test_the_officer_cannot_agree_for_the_head(draft: Bid, people: Any, sign_in: Any, session: Any) -> None:
    client = sign_in(people["officer"])
    page = client.get(form(draft, "/check")).text
    assert "Submit for the school" in page
    assert "I agree, as head" not in page
    forged = client.post(at(draft, "/steps/submit"), data={"version": str(draft.version), "agreement": "y"})
    assert forged.status_code == 409
    assert "Only the head of the school that leads the bid can do this." in forged.text
    session.expire_all()
    assert draft.state is S.DRAFT


@pytest.mark.parametrize("who", ["head", "team"])
def test_the_school_does_not_submit_for_itself_as_an_officer(
    draft: Bid, people: Any, sign_in: Any, session: Any, who: str
) -> None:
    answer = sign_in(people[who]).post(
        at(draft, "/steps/submit-on-behalf"), data={"version": str(draft.version)}
    )
    assert answer.status_code == 409
    assert "Only the liaison officer can do this." in answer.text
    session.expire_all()
    assert draft.state is S.DRAFT


def test_a_bid_that_the_school_began_is_never_submitted_for_it(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid = make.bid(lead=people["lead"], provider=people["oak"])
    path = at(bid, "/steps/submit-on-behalf")
    assert sign_in(people["officer"]).post(path, data={"version": "1"}).status_code == 404
    with pytest.raises(Refused, match="The school began this bid, so its head submits it"):
        on_behalf.submit_on_behalf(bid, user=people["officer"], now=NOW, version=None)


def test_an_incomplete_bid_is_not_submitted_for_a_school(
    draft: Bid, people: Any, sign_in: Any, session: Any
) -> None:
    draft.title = ""
    client = sign_in(people["officer"])
    assert (
        "You can’t submit yet. Complete Title and priority first." in client.get(form(draft, "/check")).text
    )
    answer = client.post(at(draft, "/steps/submit-on-behalf"), data={"version": str(draft.version)})
    assert answer.status_code == 409
    session.expire_all()
    assert draft.state is S.DRAFT
    assert draft.confirmations == []


def test_an_officer_writes_no_more_once_it_is_submitted(entered: Bid, people: Any, sign_in: Any) -> None:
    client = sign_in(people["officer"])
    assert client.get(form(entered)).location.endswith("/application")
    answer = client.post(
        form(entered, "/need"), data={**answers_to("/need"), "need": "Typed late", "stamp": "x"}
    )
    assert answer.status_code == 409
    assert "Only the school that leads the bid can change it now." in answer.text
    assert "Typed late" in answer.text


def test_a_stranger_finds_nothing(draft: Bid, people: Any, sign_in: Any) -> None:
    client = sign_in(people["stranger"])
    for path in (at(draft), form(draft), at(draft, "/steps/submit-on-behalf")):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code in (404, 405)


# -- the head's word ---------------------------------------------------------------------------------


def test_the_head_reads_the_whole_bid_and_agrees(
    entered: Bid, people: Any, sign_in: Any, session: Any
) -> None:
    client = sign_in(people["head"])
    page = client.get(word(entered)).text
    assert "Does Hazelmere Primary agree to this bid?" in page
    assert "Olive Officer of the council entered this bid for Hazelmere Primary" in page
    assert "Only 58% of Year 1 pupils" in page
    assert "no other funding pays for the same days" in page
    version = hidden(page, "version")
    unticked = client.post(word(entered, "/confirm"), data={"version": version})
    assert unticked.status_code == 422
    assert errors(unticked) == ["Tick the box to show that you agree"]
    for _ in range(2):
        answer = client.post(word(entered, "/confirm"), data={"version": version, "agreement": "y"})
        assert answer.status_code == 302
    session.expire_all()
    assert (for_lead(entered).state, entered.agreed_by_id) == (C.CONFIRMED, people["head"].id)
    entries = session.scalars(select(HistoryEntry).where(HistoryEntry.bid_id == entered.id))
    assert [entry.actor_name for entry in entries] == ["Olive Officer", "Hilary Head"]
    assert letters(session, entered)[-1][0] == "officer"


@pytest.mark.parametrize("who", ["team", "provider", "officer"])
def test_nobody_else_agrees_for_the_head(
    entered: Bid, people: Any, sign_in: Any, session: Any, who: str
) -> None:
    client = sign_in(people[who])
    assert "Yes, we agree to this bid" not in client.get(word(entered)).text
    answer = client.post(word(entered, "/confirm"), data={"version": "1", "agreement": "y"})
    assert answer.status_code == 409
    assert client.post(word(entered, "/decline"), data={"version": "1", "reason": "x"}).status_code == 409
    session.expire_all()
    assert (for_lead(entered).state, entered.agreed_by_id) == (C.ASKED, None)


def test_without_the_head_the_bid_never_reaches_the_panel(
    make: Any, entered: Bid, people: Any, sign_in: Any, session: Any
) -> None:
    for confirmation in entered.confirmations:
        if not confirmation.for_lead:
            confirmation.state, confirmation.answered_at = C.CONFIRMED, NOW
    entered.state, entered.officer = S.IN_REVIEW, people["other"]
    make.reviewed(entered)
    client = sign_in(people["other"])
    waiting = client.get(at(entered, "/steps/recommend"))
    assert waiting.status_code == 409
    assert "the head of Hazelmere Primary to confirm the bid that was entered for it" in waiting.text
    # Nobody may do away with the question.
    cancelled = client.post(
        word(entered, "/cancel"), data={"reason": "x", "version": str(for_lead(entered).version)}
    )
    assert cancelled.status_code == 409
    assert "so its answer is needed" in cancelled.text


def test_a_head_who_does_not_agree_says_why_and_may_agree_later(
    entered: Bid, people: Any, sign_in: Any, session: Any
) -> None:
    client = sign_in(people["head"])
    data = {
        "version": hidden(client.get(word(entered)).text, "version"),
        "reason": "We never asked for this.",
    }
    assert client.post(word(entered, "/decline"), data=data).status_code == 302
    session.expire_all()
    assert entered.waiting_for()[-1] == (
        "the head of Hazelmere Primary, who did not agree to the bid that was entered for it"
    )
    told = session.scalars(select(Letter).where(Letter.recipient == "officer").order_by(Letter.id)).all()[-1]
    assert "does not agree to the bid that was entered for it" in told.body
    assert "We never asked for this." in told.body
    page = client.get(word(entered)).text
    client.post(word(entered, "/confirm"), data={"version": hidden(page, "version"), "agreement": "y"})
    session.expire_all()
    assert (for_lead(entered).state, entered.agreed_by_id) == (C.CONFIRMED, people["head"].id)


def test_a_correction_that_the_head_agrees_to_is_the_heads_word(
    entered: Bid, people: Any, sign_in: Any, session: Any
) -> None:
    client = sign_in(people["head"])
    send(client, at(entered, "/start-correction"))
    send(client, form(entered, "/costs/other-costs/add"), kind="venue", description="Hall", pence="20")
    assert send(client, at(entered, "/steps/correct"), agreement="y").status_code == 302
    session.expire_all()
    assert (for_lead(entered).state, entered.agreed_by_id) == (C.CONFIRMED, people["head"].id)


def test_a_typo_that_the_team_corrects_is_not_the_heads_word(
    entered: Bid, people: Any, sign_in: Any, session: Any
) -> None:
    client = sign_in(people["team"])
    send(client, at(entered, "/start-correction"))
    save(client, entered, "/need", need="Only 58% of the Year 1 pupils.")
    assert send(client, at(entered, "/steps/correct")).status_code == 302
    session.expire_all()
    assert (for_lead(entered).state, entered.agreed_by_id) == (C.ASKED, None)
    assert "Only 58% of the Year 1 pupils." in sign_in(people["head"]).get(word(entered)).text


def test_a_school_without_a_head_is_told_at_its_contact_and_the_officer_sees_why_it_waits(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid = make.bid(
        lead=make.school("Headless School"),
        provider=people["oak"],
        leader=people["officer"],
        origin=Origin.ENTERED,
    )
    client = sign_in(people["officer"])
    assert "No head of Headless School has an account yet" in client.get(form(bid, "/check")).text
    assert submit_for(client, bid).status_code == 302
    assert ("lead_head", "office@lead.example") in letters(session, bid)


# -- discarding --------------------------------------------------------------------------------------


def test_an_officer_discards_a_draft_entered_by_mistake_and_its_school_is_told(
    draft: Bid, people: Any, sign_in: Any, session: Any, make: Any
) -> None:
    client = sign_in(people["officer"])
    assert at(draft, "/steps/discard") in client.get(at(draft)).text
    data = {"version": str(draft.version), "reason": "It was for another school."}
    assert client.post(at(draft, "/steps/discard"), data=data).status_code == 302
    session.expire_all()
    assert draft.state is S.WITHDRAWN
    (letter,) = session.scalars(select(Letter).where(Letter.bid_id == draft.id))
    assert letter.subject == f"{draft.reference}: we have discarded a draft for your school"
    assert "It was for another school." in letter.body
    own = make.bid(lead=people["lead"], provider=people["oak"], leader=people["head"])
    with pytest.raises(Refused, match="The school began this bid"):
        on_behalf.discard(own, reason="No.", user=people["officer"], now=NOW, version=None)
