"""A school asks for a review: within its time, once a decision, heard by somebody who took no part."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.applications import operations as school
from fundflow.applications.queries import review_until, why_no_review
from fundflow.models.decision import Decision
from fundflow.models.history import HistoryEntry
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.letter import Letter
from fundflow.models.panel import AgendaItem, AttendanceEvent, Choice, ItemOutcome, Presence, Vote
from fundflow.models.person import RoleName, User
from fundflow.models.review import Recommendation, Review
from fundflow.models.scores import Moderation, ScoreSheet
from fundflow.review.operations import later, reviewing
from fundflow.rules.interests.involvement import was_involved
from fundflow.steps import note
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from tests.factories import NOW, TODAY, Make
from tests.review.conftest import Case, SignIn

pytestmark = pytest.mark.usefixtures("clock")

LAST = date(2026, 12, 2)  # ten working days after Wednesday 18 November


@pytest.fixture
def manager(make: Make) -> User:
    return make.staff(RoleName.REVIEWING_MANAGER, "Mo Manager")


def ask(it: SimpleNamespace, at: datetime = NOW, user: User | None = None) -> None:
    school.ask_for_review(
        it.bid, grounds="Our partner was there.", user=user or it.head, now=at, version=it.bid.version
    )


def at(day: date) -> datetime:
    return datetime.combine(day, time(10), UTC)


def decided(make: Make, it: SimpleNamespace, **values: Any) -> Decision:
    decision = Decision(
        **{
            "bid_id": it.bid.id,
            "item_id": it.bid.items[-1].id,
            "outcome": ItemOutcome.DECLINED,
            "reasons": "Too broad.",
            "votes_for": 0,
            "votes_against": 3,
            "abstentions": 0,
            "decided_at": NOW,
            "decided_by_id": it.seats[0].user_id,
            **values,
        }
    )
    make.session.add(decision)
    make.session.flush()
    return decision


# -- when, by whom, on what -------------------------------------------------------------------------


@pytest.mark.parametrize("state", [S.NOT_FUNDED, S.INELIGIBLE])
def test_a_school_asks_on_the_tenth_working_day_and_not_on_the_eleventh(case: Case, state: S) -> None:
    it = case(state)
    assert review_until(it.bid) == LAST
    with pytest.raises(Refused, match="had to be asked for by 2 December 2026"):
        ask(it, at(LAST + timedelta(days=1)))
    ask(it, at(LAST))
    assert [request.grounds for request in it.bid.review_requests] == ["Our partner was there."]


def test_the_days_count_from_the_letter_where_it_was_held(case: Case, make: Make) -> None:
    it = case(S.NOT_FUNDED)
    decision = decided(make, it, letters_due_on=TODAY + timedelta(days=7))
    it.bid.decision_held_until = decision.letters_due_on
    assert "2026" in (why_no_review(it.bid, NOW) or "")  # it learns of the decision first
    with pytest.raises(Refused):
        ask(it)
    it.bid.decision_held_until, decision.letters_sent_at = None, NOW + timedelta(days=5)
    assert review_until(it.bid) == date(2026, 12, 7)
    ask(it, at(date(2026, 12, 7)))


def test_only_its_head_asks_and_says_on_what_grounds(case: Case, make: Make, sign_in: SignIn) -> None:
    it = case(S.NOT_FUNDED)
    page = f"/bids/{it.bid.reference}/ask-for-review"
    for person in (it.provider_head, make.staff(RoleName.OFFICER)):
        answer = sign_in(person).post(page, data={"version": it.bid.version, "grounds": "Unfair"})
        assert answer.status_code == 409
    client = sign_in(it.head)
    assert client.post(page, data={"version": it.bid.version}).status_code == 422
    assert it.bid.review_requests == []


def test_one_decision_is_asked_about_once(case: Case, make: Make, manager: User) -> None:
    it = case(S.NOT_FUNDED)
    ask(it)
    with pytest.raises(Refused, match="asked for a review of this decision already"):
        ask(it)
    later.dismiss_review(it.bid.review_requests[0], "It was fair.", user=manager, now=NOW)
    with pytest.raises(Refused, match="asked for a review of this decision already"):
        ask(it, NOW + timedelta(hours=1))


@pytest.mark.parametrize("state", [s for s in S if s not in (S.NOT_FUNDED, S.INELIGIBLE)])
def test_there_is_nothing_to_review_in_what_was_not_refused(case: Case, state: S) -> None:
    it = case(state)
    assert why_no_review(it.bid, NOW) is not None


# -- who hears it ------------------------------------------------------------------------------------


def seat_of(make: Make, it: SimpleNamespace, user: User) -> int:
    return make.seat(it.fund, user).id


def present(make: Make, it: SimpleNamespace, item: AgendaItem, user: User) -> None:
    item.presences.append(Presence(seat_id=seat_of(make, it, user), present=True, changed_at=NOW))


def voted(make: Make, it: SimpleNamespace, item: AgendaItem, user: User) -> None:
    item.votes.append(Vote(seat_id=it.seats[0].id, choice=Choice.FUND, at=NOW, recorded_by_id=user.id))


def scored(make: Make, it: SimpleNamespace, item: AgendaItem, user: User) -> None:
    item.sheets.append(
        ScoreSheet(seat_id=seat_of(make, it, user), begun_at=NOW, recorded_by_id=it.seats[0].user_id)
    )


def moderated(make: Make, it: SimpleNamespace, item: AgendaItem, user: User) -> None:
    item.moderations.append(Moderation(criterion="need", note="Agreed", changes={}, at=NOW, by_id=user.id))


def proposed(make: Make, it: SimpleNamespace, item: AgendaItem, user: User) -> None:
    item.proposed_pence, item.proposed_by_id, item.proposed_at = 1, user.id, NOW


def clerked(make: Make, it: SimpleNamespace, item: AgendaItem, user: User) -> None:
    note(item.meeting, "open_session", "Opened the meeting", user=user, now=NOW)


def recorded_who_came(make: Make, it: SimpleNamespace, item: AgendaItem, user: User) -> None:
    make.session.add(
        AttendanceEvent(
            meeting_id=item.meeting_id, seat_id=it.seats[0].id, present=True, at=NOW, recorded_by_id=user.id
        )
    )


def handled(make: Make, it: SimpleNamespace, item: AgendaItem, user: User) -> None:
    it.bid.officer = user


def wrote_in_the_review(make: Make, it: SimpleNamespace, item: AgendaItem, user: User) -> None:
    review = it.bid.review
    assert isinstance(review, Review)
    review.updated_by = user


def noted(make: Make, it: SimpleNamespace, item: AgendaItem, user: User) -> None:
    make.staff_note(it.bid, user)


def declared(make: Make, it: SimpleNamespace, item: AgendaItem, user: User) -> None:
    make.session.add(
        Declaration(
            bid=it.bid, user_id=user.id, kind=InterestKind.NONE, declared_at=NOW, recorded_by_id=user.id
        )
    )


def took_a_step(make: Make, it: SimpleNamespace, item: AgendaItem, user: User) -> None:
    make.history(it.bid, "recommend", user)


PARTS = [
    present,
    voted,
    scored,
    moderated,
    proposed,
    clerked,
    recorded_who_came,
    handled,
    wrote_in_the_review,
    noted,
    declared,
    took_a_step,
]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_whoever_had_a_part_hears_no_review_and_is_not_asked_to(
    case: Case, make: Make, manager: User, part: Callable[..., None]
) -> None:
    it = case(S.NOT_FUNDED)
    other = make.staff(RoleName.REVIEWING_MANAGER)
    part(make, it, it.bid.items[-1], manager)
    make.session.commit()
    ask(it)
    asked = make.session.scalars(select(Letter.email).where(Letter.recipient == "reviewing_manager"))
    assert list(asked) == [other.email]
    for hear in (
        lambda: later.uphold_review(it.bid, "Yes.", user=manager, now=NOW),
        lambda: later.dismiss_review(it.bid.review_requests[0], "No.", user=manager, now=NOW),
    ):
        with pytest.raises(Refused, match="You took part in this bid"):
            hear()
        make.session.rollback()
    later.uphold_review(it.bid, "The partner was there.", user=other, now=NOW)
    assert it.bid.state is S.IN_REVIEW


def test_who_did_the_same_for_another_bid_may_hear_it(case: Case, make: Make, manager: User) -> None:
    it, elsewhere = case(S.NOT_FUNDED), case(S.NOT_FUNDED)
    for part in PARTS:
        part(make, elsewhere, elsewhere.bid.items[-1], manager)
        make.session.flush()
    assert was_involved(elsewhere.bid, manager)
    assert not was_involved(it.bid, manager)


@pytest.mark.parametrize("where", ["lead", "provider"])
def test_a_manager_of_the_same_school_or_trust_hears_no_review(
    case: Case, make: Make, manager: User, sign_in: SignIn, where: str
) -> None:
    it = case(S.NOT_FUNDED)
    trust = make.trust()
    theirs = it.bid.lead_school if where == "lead" else it.provider
    theirs.trust, sister = trust, make.school(trust=trust)
    manager.memberships.append(make.member(sister).memberships[0])
    make.session.commit()
    ask(it)
    path = f"/bids/{it.bid.reference}/steps/uphold-review"
    assert sign_in(manager).get(path).status_code == 404
    with pytest.raises(Refused, match="You can’t hear this review"):
        later.uphold_review(it.bid, "Yes.", user=manager, now=NOW)
    assert make.session.query(Letter).filter_by(email=manager.email).count() == 0


def test_where_nobody_may_hear_it_an_administrator_is_told(case: Case, make: Make, manager: User) -> None:
    it = case(S.NOT_FUNDED)
    administrator = make.staff(RoleName.ADMINISTRATOR)
    make.history(it.bid, "recommend", manager)
    ask(it)
    (letter,) = make.session.scalars(select(Letter).where(Letter.key.startswith("review_asked:")))
    assert (letter.recipient, letter.email) == ("administrator", administrator.email)
    assert "Give the role of reviewing manager" in letter.body


# -- what becomes of it ------------------------------------------------------------------------------


def test_an_upheld_bid_goes_to_the_panel_again_with_votes_and_scores_afresh(
    case: Case, make: Make, manager: User, officer: User
) -> None:
    it = case(S.NOT_FUNDED)
    before = it.bid.items[-1]
    make.voted(before, Choice.DO_NOT_FUND, Choice.DO_NOT_FUND, Choice.FUND)
    decided(make, it)
    ask(it)
    later.uphold_review(it.bid, "The partner was there.", user=manager, now=NOW)
    meeting = make.meeting(it.fund)
    make.session.commit()
    reviewing.recommend(it.bid, Recommendation.FUND, 300_000, "", meeting.id, user=officer, now=NOW)
    item = it.bid.open_item
    assert it.bid.state is S.AT_PANEL
    assert item is not None
    assert item is not before
    assert (item.votes, item.scores, item.sheets, item.presences) == ([], [], [], [])
    assert len(before.votes) == 3  # kept
    assert before.outcome is ItemOutcome.DECLINED
    steps = list(
        make.session.scalars(
            select(HistoryEntry.step).where(HistoryEntry.bid_id == it.bid.id).order_by(HistoryEntry.id)
        )
    )
    assert steps == ["ask_for_review", "uphold_review", "recommend"]
