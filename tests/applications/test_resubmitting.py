"""Bidding again from a bid that came to nothing: what is copied, who may, what others are told."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow.applications import resubmitting
from fundflow.applications.freezing import answers
from fundflow.models.bid import Bid
from fundflow.models.decision import CriterionFeedback, Decision
from fundflow.models.history import HistoryEntry
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.panel import ItemOutcome
from fundflow.models.person import RoleName, Sector, Standing, User
from fundflow.models.round import Round
from fundflow.papers import latest_submission
from fundflow.rules.bid_sections import missing_sections
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from tests.factories import NOW, TODAY, Make

pytestmark = pytest.mark.usefixtures("clock")

SignIn = Callable[[User | None], FlaskClient]
TRIED = (S.NOT_FUNDED, S.INELIGIBLE, S.NOT_TAKEN_UP, S.WITHDRAWN)


@dataclass
class Tried:
    bid: Bid
    head: User
    team: User
    officer: User

    @property
    def page(self) -> str:
        return f"/bids/{self.bid.reference}/bid-again"

    def again(self, user: User | None = None) -> Bid:
        (round_,) = resubmitting.rounds_for(self.bid, NOW)
        return resubmitting.bid_again(self.bid, round_, user=user or self.head, now=NOW)


@pytest.fixture
def tried(make: Make) -> Callable[..., Tried]:
    def build(state: S = S.NOT_FUNDED) -> Tried:
        lead, officer = make.school("Larkfield"), make.staff(RoleName.OFFICER)
        head = make.member(lead)
        made = S.NOT_FUNDED if state is S.WITHDRAWN else state
        bid = make.bid(state=made, lead=lead, leader=head, officer=officer)
        bid.state = state
        make.session.flush()
        return Tried(bid, head, make.member(lead, Standing.TEAM), officer)

    return build


@pytest.mark.parametrize("state", TRIED)
def test_a_new_draft_has_the_answers_that_were_last_sent(tried: Callable[..., Tried], state: S) -> None:
    it = tried(state)
    sent = latest_submission(it.bid)
    assert sent is not None
    draft = it.again(it.team)
    assert (draft.state, draft.resubmits_id, draft.created_by_id) == (S.DRAFT, it.bid.id, it.team.id)
    assert answers(draft)["sections"] == json.loads(sent.answers)["sections"]
    assert draft.requested_pence == 300_000
    assert missing_sections(draft) == []
    assert draft.reference != it.bid.reference
    assert it.bid.state is state


def test_signatures_confirmations_and_what_the_council_wrote_are_not_copied(
    tried: Callable[..., Tried],
) -> None:
    draft = tried().again()
    assert (draft.submitted_at, draft.agreed_by_id, draft.officer_id) == (None, None, None)
    assert draft.confirmations == draft.approvals == draft.declarations == draft.items == []
    assert (draft.review, draft.files) == (None, [])


def test_what_was_changed_and_never_sent_is_not_copied(tried: Callable[..., Tried]) -> None:
    it = tried()
    it.bid.need = "Never sent"
    assert it.again().need == "Only 58% of Year 1 pupils reached the phonics standard."


def test_two_clicks_begin_one_draft_and_a_colleague_goes_on_with_it(
    tried: Callable[..., Tried], session: Session, sign_in: SignIn
) -> None:
    it = tried()
    client = sign_in(it.head)
    assert "Bid again from this one" in client.get(f"/bids/{it.bid.reference}").text
    data = {"round_id": str(it.bid.round_id)}
    sent = [client.post(it.page, data=data) for _ in range(2)]
    draft = session.scalars(select(Bid).where(Bid.resubmits_id == it.bid.id)).one()
    assert [answer.location for answer in sent] == [f"/bids/{draft.reference}/form"] * 2
    assert it.again(it.team) is draft
    assert sign_in(it.team).get(it.page).location == f"/bids/{draft.reference}/form"
    assert session.query(HistoryEntry).filter_by(bid_id=draft.id, step="bid_again").count() == 1


def test_a_bid_has_one_attempt_after_it_unless_that_was_given_up_as_a_draft(
    tried: Callable[..., Tried],
) -> None:
    it = tried()
    draft = it.again()
    draft.state = S.WITHDRAWN  # never submitted
    second = it.again()
    assert second is not draft
    second.state, second.submitted_at = S.SUBMITTED, NOW
    with pytest.raises(Refused, match=f"{second.reference} is the new attempt"):
        it.again()
    second.state = S.NOT_FUNDED
    with pytest.raises(Refused, match="is the new attempt"):
        it.again()  # the next one begins from the second


@pytest.mark.parametrize("state", [s for s in S if s not in TRIED])
def test_what_has_not_come_to_nothing_is_not_tried_again(
    tried: Callable[..., Tried], sign_in: SignIn, state: S
) -> None:
    it = tried(state)
    client = sign_in(it.head)
    assert client.get(it.page).status_code == 409
    assert client.post(it.page, data={"round_id": str(it.bid.round_id)}).status_code == 409
    assert "bid-again" not in client.get(f"/bids/{it.bid.reference}").text


def test_a_bid_that_was_never_sent_is_not_tried_again(make: Make) -> None:
    lead = make.school()
    head = make.member(lead)
    bid = make.bid(state=S.WITHDRAWN, lead=lead, leader=head)
    assert "was submitted" in (resubmitting.why_not_again(bid, head, NOW) or "")


def test_nobody_else_finds_the_page(
    tried: Callable[..., Tried], make: Make, session: Session, sign_in: SignIn
) -> None:
    it = tried()
    others = [
        it.officer,
        make.member(it.bid.providers[0]),
        make.member(make.school()),
        make.staff(RoleName.AUDITOR),
        make.staff(RoleName.ADMINISTRATOR),
    ]
    for person in others:
        client = sign_in(person)
        assert client.get(it.page).status_code == 404
        assert client.post(it.page, data={"round_id": str(it.bid.round_id)}).status_code == 404
        with pytest.raises(Refused, match="Only people of the school"):
            it.again(person)
        session.rollback()
    assert session.query(Bid).filter_by(resubmits_id=it.bid.id).count() == 0


def test_before_the_letter_has_gone_nothing_gives_the_refusal_away(
    tried: Callable[..., Tried], sign_in: SignIn
) -> None:
    it = tried()
    it.bid.decision_held_until = TODAY + timedelta(days=5)
    client = sign_in(it.head)
    assert client.get(it.page).status_code == 409
    assert "bid-again" not in client.get(f"/bids/{it.bid.reference}").text
    with pytest.raises(Refused):
        it.again()


def test_the_school_chooses_among_the_funds_open_rounds(
    tried: Callable[..., Tried], make: Make, session: Session, sign_in: SignIn
) -> None:
    it = tried()
    spring = make.round(it.bid.fund, name="Spring")
    closed = make.round(it.bid.fund, name="Autumn", closes_at=NOW - timedelta(days=1))
    elsewhere = make.round(make.fund(), name="Another fund’s")
    client = sign_in(it.head)
    shown = client.get(it.page).text
    assert "Spring" in shown
    assert "Rolling round" in shown
    assert "Autumn" not in shown
    assert "Another fund’s" not in shown
    for wrong in (closed, elsewhere):
        assert client.post(it.page, data={"round_id": str(wrong.id)}).status_code == 422
        with pytest.raises(Refused):
            resubmitting.bid_again(it.bid, wrong, user=it.head, now=NOW)
        session.rollback()
    assert client.post(it.page, data={"round_id": str(spring.id)}).status_code == 302
    draft = session.scalars(select(Bid).where(Bid.resubmits_id == it.bid.id)).one()
    assert draft.round_id == spring.id
    assert draft.priority is not None  # the round's own, by its title
    assert draft.priority.round_id == spring.id


def test_without_an_open_round_the_page_says_so(
    tried: Callable[..., Tried], session: Session, sign_in: SignIn
) -> None:
    it = tried()
    session.get_one(Round, it.bid.round_id).closes_at = NOW - timedelta(days=1)
    shown = sign_in(it.head).get(it.page)
    assert shown.status_code == 200
    assert "is open to your school now" in shown.text


def test_a_school_that_closed_does_not_bid_again(
    tried: Callable[..., Tried], session: Session, sign_in: SignIn
) -> None:
    it = tried()
    it.bid.lead_school.status_code = 2
    assert "is not open, so it can’t bid" in sign_in(it.head).get(it.page).text
    with pytest.raises(Refused, match="is not open"):
        resubmitting.bid_again(it.bid, it.bid.round, user=it.head, now=NOW)


# -- what others are told --------------------------------------------------------------------------


def refused(it: Tried, session: Session) -> None:
    """The panel's decision on the bid before, with feedback."""
    decision = Decision(
        bid_id=it.bid.id,
        item_id=it.bid.items[-1].id,
        outcome=ItemOutcome.DECLINED,
        reasons="Too broad.",
        votes_for=0,
        votes_against=3,
        abstentions=0,
        decided_at=NOW,
        decided_by_id=it.officer.id,
    )
    decision.feedback = [
        CriterionFeedback(criterion="need", title="Need and evidence", text="Say which classes.")
    ]
    session.add(decision)
    session.flush()


def sent_again(it: Tried) -> Bid:
    draft = it.again()
    draft.state, draft.submitted_at = S.IN_REVIEW, NOW
    return draft


def test_school_and_officer_find_each_attempt_from_the_other(
    tried: Callable[..., Tried], sign_in: SignIn
) -> None:
    it = tried()
    after = sent_again(it)
    for person in (it.head, it.team, it.officer):
        client = sign_in(person)
        old, new = (client.get(f"/bids/{bid.reference}").text for bid in (it.bid, after))
        assert f"Tried again as {after.reference}." in old
        assert f"A new attempt of {it.bid.reference}, which was not funded on 18 November 2026." in new


def test_a_draft_is_told_of_to_its_school_alone(tried: Callable[..., Tried], sign_in: SignIn) -> None:
    it = tried()
    draft = it.again()
    assert draft.reference in sign_in(it.head).get(f"/bids/{it.bid.reference}").text
    for path in ("", "/history", "/review"):
        assert draft.reference not in sign_in(it.officer).get(f"/bids/{it.bid.reference}{path}").text


def test_a_partner_of_the_new_bid_is_told_nothing_of_the_old_one(
    tried: Callable[..., Tried], make: Make, session: Session, sign_in: SignIn
) -> None:
    it = tried()
    after = sent_again(it)
    after.partners[0].school = make.school("New partner")
    partner = make.member(after.partners[0].school)
    session.flush()
    for path in ("", "/history", "/application"):
        assert it.bid.reference not in sign_in(partner).get(f"/bids/{after.reference}{path}").text


def test_the_officer_reads_the_feedback_on_the_attempt_before_and_who_was_barred_does_not(
    tried: Callable[..., Tried], make: Make, session: Session, sign_in: SignIn
) -> None:
    it = tried()
    refused(it, session)
    after = sent_again(it)
    make.reviewed(after)
    shown = sign_in(it.officer).get(f"/bids/{after.reference}/review").text
    for words in ("The attempt before", "Too broad.", "Need and evidence", "Say which classes."):
        assert words in shown
    other = make.staff(RoleName.OFFICER)
    session.add(
        Declaration(
            bid=it.bid,
            user_id=other.id,
            kind=InterestKind.BARRED,
            text="A cousin",
            declared_at=NOW,
            recorded_by_id=other.id,
        )
    )
    shown = sign_in(other).get(f"/bids/{after.reference}/review").text
    assert "Too broad." not in shown
    assert it.bid.reference not in shown
    assert it.bid.reference not in sign_in(other).get(f"/bids/{after.reference}").text


def test_a_member_of_the_panel_reads_it_too(
    tried: Callable[..., Tried], make: Make, session: Session, sign_in: SignIn
) -> None:
    it = tried()
    refused(it, session)
    after = sent_again(it)
    make.reviewed(after)
    make.item(after)
    member = make.seat(it.bid.fund, sector=Sector.LA).user
    shown = sign_in(member).get(f"/bids/{after.reference}/review").text
    assert "Say which classes." in shown
