"""One form sent twice at the same moment: it has one effect, and both senders get a good answer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from fundflow.extensions import db
from fundflow.letters.links import AnsweredRecord, mint, mint_answer
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import CostLine
from fundflow.models.confirmation import Approval
from fundflow.models.decision import Decision, Offer
from fundflow.models.history import HistoryEntry
from fundflow.models.impact import Actual, Feedback, ImpactReturn
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.letter import Letter
from fundflow.models.panel import AgendaItem, ItemOutcome, Meeting, Vote
from fundflow.models.payment import Claim, ClaimDay
from fundflow.models.person import LinkPurpose, OneTimeLink, RoleName, User
from fundflow.models.review import Review, ReviewRequest, Submission
from fundflow.workflow.application import BidState as S
from fundflow.workflow.claim import ClaimState as C
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import Choice
from tests.applications.helpers import answers_to
from tests.concurrency.hall import (
    Hall,
    Post,
    a_claim,
    a_fund,
    a_panel,
    claim_steps,
    decision,
    right_now,
    steps_of,
    tomorrow,
    voted_on,
)
from tests.factories import Make

ROUNDS = 2
MANY = 3  # browsers


class Case(NamedTuple):
    """A form, what it must leave behind (model, condition) exactly so many times, and whether the
    page's hidden fields are fetched first."""

    post: Post
    effects: tuple[tuple[Any, Any, int], ...]
    fetch: bool = False


Prepare = Callable[[Make], Case]


def steps(bid: Bid, name: str, count: int = 1) -> tuple[Any, Any, int]:
    return HistoryEntry, (HistoryEntry.bid_id == bid.id) & (HistoryEntry.step == name), count


def a_draft(make: Make) -> tuple[Bid, User]:
    head = make.member(lead := make.school())
    return make.bid(fund=a_fund(make), lead=lead, leader=head, now=right_now()), head


def led(make: Make, state: S) -> tuple[Bid, User]:
    """A bid in this state, and its school's head."""
    lead = make.school()
    head = make.member(lead)
    return make.bid(state=state, fund=a_fund(make), lead=lead, leader=head, now=right_now()), head


def start(make: Make) -> Case:
    school = make.school()
    head = make.member(school)
    round_ = make.round(a_fund(make))
    return Case(
        Post(head.get_id(), "/bids/new", {"school_id": school.id, "round_id": round_.id}),
        ((Bid, Bid.lead_school_id == school.id, 1),),
    )


def submit(make: Make) -> Case:
    bid, head = a_draft(make)
    return Case(
        Post(head.get_id(), steps_of(bid, "submit"), {"version": bid.version, "agreement": "y"}),
        (steps(bid, "submit"), (Submission, Submission.bid_id == bid.id, 1)),
    )


def add_a_row(make: Make) -> Case:
    bid, head = a_draft(make)
    path = f"/bids/{bid.reference}/form/costs/other-costs/add"
    return Case(
        Post(head.get_id(), path, {"kind": "venue", "description": "Hall", "pence": "20"}),
        ((CostLine, CostLine.bid_id == bid.id, 2),),
        fetch=True,
    )


def save_a_section(make: Make) -> Case:
    bid, head = a_draft(make)
    path, need = f"/bids/{bid.reference}/form/need", "Half of Year 2."
    return Case(
        Post(head.get_id(), path, {**answers_to("/need"), "need": need}),
        ((Bid, (Bid.id == bid.id) & (Bid.version == bid.version + 1), 1),),
        fetch=True,
    )


def withdraw(make: Make) -> Case:
    bid, head = led(make, S.SUBMITTED)
    return Case(
        Post(head.get_id(), steps_of(bid, "withdraw"), {"version": 1, "reason": "x"}),
        (steps(bid, "withdraw"),),
    )


def take_up(make: Make) -> Case:
    bid, _ = led(make, S.SUBMITTED)
    officer = make.staff(RoleName.OFFICER)
    return Case(
        Post(officer.get_id(), steps_of(bid, "take-up"), {"version": bid.version}),
        (steps(bid, "take_up"), (Review, Review.bid_id == bid.id, 1)),
    )


def save_the_review(make: Make) -> Case:
    bid, _ = led(make, S.IN_REVIEW)
    assert bid.officer is not None
    assert bid.review is not None
    return Case(
        Post(
            bid.officer.get_id(),
            f"/bids/{bid.reference}/review",
            {"version": bid.review.version, "need_notes": "Clear."},
        ),
        ((Review, (Review.bid_id == bid.id) & (Review.version == bid.review.version + 1), 1),),
    )


def recommend(make: Make) -> Case:
    bid, _ = led(make, S.IN_REVIEW)
    make.confirmed(bid)
    assert bid.officer is not None
    meeting = make.meeting(bid.fund, starts_at=right_now() + timedelta(days=20))
    return Case(
        Post(
            bid.officer.get_id(),
            steps_of(bid, "recommend"),
            {"version": bid.version, "recommendation": "fund", "amount": "3000", "meeting": meeting.id},
        ),
        (steps(bid, "recommend"), (AgendaItem, AgendaItem.bid_id == bid.id, 1)),
    )


def confirm(make: Make) -> Case:
    bid, _ = led(make, S.SUBMITTED)
    asked = bid.confirmations[0]
    head = make.member(asked.school)
    path = f"/bids/{bid.reference}/confirmations/{asked.id}/confirm"
    return Case(Post(head.get_id(), path, {"version": asked.version}), (steps(bid, "confirm"),))


def sign(make: Make) -> Case:
    bid, _ = led(make, S.SUBMITTED)
    now = right_now()
    asked = Approval(
        bid=bid,
        name="Ama Boateng",
        email="ama@governors.example",
        role="chair",
        asked_at=now,
        due_on=now.date(),
    )
    db.session.add(asked)
    db.session.flush()
    token = mint_answer(AnsweredRecord.of(asked), asked.email, now)
    return Case(
        Post(
            None,
            f"/approve/{token}",
            {"version": asked.version, "decision": "sign", "signed_name": "Ama Boateng"},
        ),
        (steps(bid, "sign"),),
    )


def plan_a_meeting(make: Make) -> Case:
    fund = a_fund(make)
    clerk = make.user()
    make.role(clerk, RoleName.CLERK, fund=fund)
    day = right_now() + timedelta(days=30)
    return Case(
        Post(
            clerk.get_id(),
            "/meetings/new",
            {
                "day-day": day.day,
                "day-month": day.month,
                "day-year": day.year,
                "time": "16:00",
                "place": "On a call",
                "fund": fund.id,
            },
        ),
        ((Meeting, Meeting.fund_id == fund.id, 1),),
    )


def vote(make: Make) -> Case:
    fund = a_fund(make)
    panel = a_panel(make, fund)
    bid = voted_on(make, fund, choice=Choice.ABSTAIN)
    item = bid.items[0]
    mine = next(v for v in item.votes if v.seat.user.get_id() == panel.members[3])
    path = f"/meetings/{item.meeting_id}/items/{item.id}/members/{mine.seat.id}/vote"
    return Case(
        Post(panel.members[3], path, {"choice": "fund"}),
        (
            (Vote, (Vote.item_id == item.id) & (Vote.choice == Choice.FUND), 1),
            (Vote, Vote.item_id == item.id, 5),
            steps(bid, "change_vote"),
        ),
    )


def approve(make: Make) -> Case:
    fund = a_fund(make)
    panel = a_panel(make, fund)
    bid = voted_on(make, fund)
    return Case(
        Post(panel.chair, steps_of(bid, "approve"), decision(bid, "Clear.")),
        (steps(bid, "approve"), (Decision, Decision.bid_id == bid.id, 1), (Offer, Offer.bid_id == bid.id, 1)),
    )


def undo(make: Make) -> Case:
    bid, _ = led(make, S.OFFERED)
    panel = a_panel(make, bid.fund)
    return Case(
        Post(panel.chair, steps_of(bid, "undo-decision"), {"version": bid.version, "reason": "x"}),
        (steps(bid, "undo_decision"), (Decision, Decision.bid_id == bid.id, 1)),
    )


def accept(make: Make) -> Case:
    bid, head = led(make, S.OFFERED)
    return Case(
        Post(head.get_id(), steps_of(bid, "accept-offer"), {"version": 1, "agreement": "y"}),
        (
            steps(bid, "accept_offer"),
            (Claim, Claim.bid_id == bid.id, 1),
            (ImpactReturn, ImpactReturn.bid_id == bid.id, 1),
        ),
    )


def turn_down(make: Make) -> Case:
    bid, head = led(make, S.OFFERED)
    return Case(
        Post(head.get_id(), steps_of(bid, "turn-down-offer"), {"version": 1, "reason": "x"}),
        (steps(bid, "turn_down_offer"),),
    )


def start_a_claim(make: Make) -> Case:
    bid, head = led(make, S.IN_DELIVERY)
    return Case(
        Post(head.get_id(), f"/bids/{bid.reference}/claims/new", {"version": 1}),
        ((Claim, Claim.bid_id == bid.id, 1),),
    )


def log_a_day(make: Make) -> Case:
    bid, head = led(make, S.IN_DELIVERY)
    today = right_now().date()
    bid.start_on = today - timedelta(days=30)
    claim = a_claim(bid, 0, state=C.DRAFT)
    return Case(
        Post(
            head.get_id(),
            f"/bids/{bid.reference}/claims/{claim.id}",
            {
                "version": 1,
                "line": bid.backfill_lines[0].id,
                "worked_on-day": today.day,
                "worked_on-month": today.month,
                "worked_on-year": today.year,
                "half_days": "2",
                "activity": "Coached",
            },
        ),
        ((ClaimDay, ClaimDay.claim_id == claim.id, 1),),
    )


def send_a_claim(make: Make) -> Case:
    bid, head = led(make, S.IN_DELIVERY)
    claim = a_claim(bid, 35_000, state=C.DRAFT)
    return Case(
        Post(head.get_id(), claim_steps(claim, "submit"), {"version": 1, "agreement": "y"}),
        (steps(bid, "submit"),),
    )


def certify(make: Make) -> Case:
    bid, _ = led(make, S.IN_DELIVERY)
    claim, officer = a_claim(bid, 35_000), make.staff(RoleName.OFFICER)
    return Case(
        Post(officer.get_id(), claim_steps(claim, "certify"), {"version": 1}), (steps(bid, "certify"),)
    )


def pay(make: Make) -> Case:
    bid, _ = led(make, S.IN_DELIVERY)
    checker, payer = make.staff(RoleName.FINANCE), make.staff(RoleName.FINANCE)
    claim = a_claim(bid, 35_000, state=C.CERTIFIED, checked_by=checker)
    paid = (LedgerEntry.claim_id == claim.id) & (LedgerEntry.kind == EntryKind.PAID)
    return Case(
        Post(payer.get_id(), claim_steps(claim, "pay"), {"version": 1, "payment_reference": "BACS 1"}),
        (steps(bid, "pay"), (LedgerEntry, paid, 1)),
    )


def rate_the_support(make: Make) -> Case:
    bid, head = led(make, S.IN_MONITORING)
    ratings = {"quality": "5", "timeliness": "4", "fit": "4", "use_again": "yes", "text": "Kind"}
    return Case(
        Post(head.get_id(), f"/bids/{bid.reference}/feedback", ratings),
        (
            (Feedback, (Feedback.bid_id == bid.id) & (Feedback.text == "Kind"), 1),
            (Bid, (Bid.id == bid.id) & (Bid.version == bid.version + 1), 1),
        ),
        fetch=True,
    )


def send_the_report(make: Make) -> Case:
    bid, head = led(make, S.IN_MONITORING)
    report = bid.report
    assert report is not None
    report.half_days_delivered, report.spent_pence = 17, 300_000
    report.lessons, report.summary = "Start sooner", "It improved"
    report.actuals = [Actual(outcome_id=o.id, value=76, measured_on=right_now().date()) for o in bid.outcomes]
    return Case(
        Post(head.get_id(), f"/bids/{bid.reference}/report/steps/submit", {"version": 1, "agreement": "y"}),
        (steps(bid, "submit"),),
    )


def ask_for_a_review(make: Make) -> Case:
    bid, head = led(make, S.NOT_FUNDED)
    return Case(
        Post(head.get_id(), f"/bids/{bid.reference}/ask-for-review", {"version": 1, "grounds": "x"}),
        ((ReviewRequest, ReviewRequest.bid_id == bid.id, 1), steps(bid, "ask_for_review")),
    )


def finish(make: Make) -> Case:
    bid, _ = led(make, S.IN_DELIVERY)
    officer = make.staff(RoleName.OFFICER)
    return Case(
        Post(officer.get_id(), steps_of(bid, "finish-delivery"), {"version": 1}),
        (steps(bid, "finish_delivery"), (Feedback, Feedback.bid_id == bid.id, 1)),
    )


def invite(make: Make) -> Case:
    administrator = make.staff(RoleName.ADMINISTRATOR)
    email, day = f"new.{administrator.id}@council.example", right_now().date()
    return Case(
        Post(
            administrator.get_id(),
            "/people/invite/role",
            {
                "email": email,
                "name": f"Nia New {administrator.id}",
                "role": "finance",
                "fund": "",
                "starts_on-day": day.day,
                "starts_on-month": day.month,
                "starts_on-year": day.year,
            },
        ),
        ((User, User.email == email, 1), (Letter, Letter.email == email, 1)),
    )


def ask_to_sign_in(make: Make) -> Case:
    user = make.user()
    return Case(Post(None, "/sign-in", {"email": user.email}), ((Letter, Letter.user_id == user.id, 1),))


def sign_in(make: Make) -> Case:
    user = make.user()
    token = mint(LinkPurpose.SIGN_IN, user.id, right_now())
    used = (OneTimeLink.user_id == user.id) & OneTimeLink.used_at.is_not(None)
    return Case(Post(None, f"/sign-in/link/{token}", {}), ((OneTimeLink, used, 1),))


def cut(make: Make) -> Case:
    fund = a_fund(make)
    administrator = make.staff(RoleName.ADMINISTRATOR)
    line = fund.allocations[0]
    cuts = (LedgerEntry.fund_id == fund.id) & (LedgerEntry.kind == EntryKind.CUT)
    return Case(
        Post(
            administrator.get_id(),
            f"/funds/{fund.id}/lines/{line.id}/cut",
            {"version": fund.version, "pence": "1000", "minute": "M1", "sure": "yes"},
        ),
        ((LedgerEntry, cuts, 1),),
    )


def start_the_meeting(make: Make) -> Case:
    fund = a_fund(make)
    clerk = make.staff(RoleName.CLERK)
    meeting = make.meeting(fund, MeetingState.PAPERS_ISSUED, tomorrow())
    taken = (HistoryEntry.step == "open_session") & (HistoryEntry.record_id == meeting.id)
    return Case(
        Post(clerk.get_id(), f"/meetings/{meeting.id}/steps/open-session", {"version": 1}),
        ((HistoryEntry, taken, 1),),
    )


def move_an_item(make: Make) -> Case:
    bid, _ = led(make, S.AT_PANEL)
    clerk = make.staff(RoleName.CLERK)
    item, later = bid.items[0], make.meeting(bid.fund, starts_at=right_now() + timedelta(days=30))
    still_on = (AgendaItem.bid_id == bid.id) & AgendaItem.outcome.is_(None)
    left = (AgendaItem.bid_id == bid.id) & (AgendaItem.outcome == ItemOutcome.REMOVED)
    return Case(
        Post(clerk.get_id(), f"/meetings/{item.meeting_id}/items/{item.id}/move", {"meeting": later.id}),
        ((AgendaItem, still_on, 1), (AgendaItem, left, 1), steps(bid, "move_item")),
    )


FORMS: tuple[Prepare, ...] = (
    start,
    submit,
    add_a_row,
    save_a_section,
    withdraw,
    take_up,
    save_the_review,
    recommend,
    confirm,
    sign,
    plan_a_meeting,
    vote,
    approve,
    undo,
    accept,
    turn_down,
    start_a_claim,
    log_a_day,
    send_a_claim,
    certify,
    pay,
    rate_the_support,
    send_the_report,
    ask_for_a_review,
    finish,
    invite,
    ask_to_sign_in,
    sign_in,
    cut,
    start_the_meeting,
    move_an_item,
)

# Forms whose second sender sees another page than one that says “409”: the link is spent (410).
ALSO_FINE: dict[Prepare, set[int]] = {sign_in: {410}, ask_to_sign_in: {200}}


@pytest.mark.parametrize("prepare", FORMS, ids=lambda prepare: prepare.__name__)
def test_a_form_sent_several_times_at_once_has_one_effect(hall: Hall, prepare: Prepare) -> None:
    for case in hall.set_up(lambda make: [prepare(make) for _ in range(ROUNDS)]):
        post = case.post
        if case.fetch:
            post = replace(post, data={**hall.hidden(post.who, post.path), **post.data})
        answers = hall.at_once(*[post] * MANY)
        fine = ALSO_FINE.get(prepare, set())
        assert all(a.is_fine or a.status in fine for a in answers), [(a.status, a.page) for a in answers]
        assert any(a.status in {302, *(fine & {200})} for a in answers)
        for model, where, count in case.effects:
            assert hall.count(model, where) == count
