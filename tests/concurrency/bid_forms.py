"""Forms of a bid, from its start to its report: who sends them, and what they leave behind."""

from datetime import timedelta

from fundflow.extensions import db
from fundflow.letters.links import AnsweredRecord, mint_answer
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import CostLine
from fundflow.models.change import ChangeRequest
from fundflow.models.confirmation import Approval
from fundflow.models.day_log import WorkedDay
from fundflow.models.feedback import Feedback
from fundflow.models.impact import ImpactReturn
from fundflow.models.impact_results import Actual
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.panel import AgendaItem
from fundflow.models.payment import Claim
from fundflow.models.payment_block import PaymentBlock
from fundflow.models.person import RoleName
from fundflow.models.review import Review, ReviewRequest, Submission
from fundflow.workflow.application import BidState as S
from fundflow.workflow.claim import ClaimState as C
from tests.applications.helpers import answers_to
from tests.concurrency.forms import Case, Prepare, a_draft, led, steps
from tests.concurrency.hall import Post, a_claim, a_fund, claim_steps, right_now, steps_of
from tests.factories import Make


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


def log_a_day(make: Make) -> Case:
    bid, head = led(make, S.IN_DELIVERY)
    today = right_now().date()
    bid.start_on = today - timedelta(days=30)
    return Case(
        Post(
            head.get_id(),
            f"/bids/{bid.reference}/days",
            {
                "version": 1,
                "line": bid.awards[0].lines[0].id,
                "worked_on-day": today.day,
                "worked_on-month": today.month,
                "worked_on-year": today.year,
                "half_days": "2",
                "spent_at": bid.lead_school_id,
                "activity": "Coached",
            },
        ),
        ((WorkedDay, WorkedDay.bid_id == bid.id, 1),),
    )


def confirm_days(make: Make) -> Case:
    bid, head = led(make, S.IN_DELIVERY)
    entry = make.worked_day(bid, by_school_id=bid.providers[0].id, confirms_id=bid.lead_school_id)
    return Case(
        Post(head.get_id(), f"/bids/{bid.reference}/days/confirm", {"version": 1, "days": entry.id}),
        (steps(bid, "confirm_days"),),
    )


def strike_out_a_day(make: Make) -> Case:
    bid, head = led(make, S.IN_DELIVERY)
    page = f"/bids/{bid.reference}/days/{make.worked_day(bid).id}/strike-out"
    return Case(Post(head.get_id(), page, {"version": 1, "reason": "Ill"}), (steps(bid, "strike_out_day"),))


def strike_out_a_cost(make: Make) -> Case:
    bid, head = led(make, S.IN_DELIVERY)
    page = f"/bids/{bid.reference}/days/costs/{make.spent_cost(bid).id}/strike-out"
    return Case(Post(head.get_id(), page, {"version": 1, "reason": "No"}), (steps(bid, "strike_out_cost"),))


def ask_for_payment(make: Make) -> Case:
    bid, head = led(make, S.IN_DELIVERY)
    make.worked_day(bid, confirmed_at=right_now())
    return Case(
        Post(head.get_id(), f"/bids/{bid.reference}/claims/new", {"version": 1, "agreement": "y"}),
        ((Claim, Claim.bid_id == bid.id, 1), steps(bid, "submit")),
    )


def block_payments(make: Make) -> Case:
    bid, _ = led(make, S.IN_DELIVERY)
    form = {"version": 1, "kind": "report", "reason": "Send it first."}
    return Case(
        Post(make.staff(RoleName.OFFICER).get_id(), f"/bids/{bid.reference}/blocks/new", form),
        ((PaymentBlock, PaymentBlock.bid_id == bid.id, 1), steps(bid, "put")),
    )


def propose_less_money(make: Make) -> Case:
    bid, _ = led(make, S.IN_DELIVERY)
    form = {"version": 1, "pence": "1000", "why": "The fund was cut."}
    return Case(
        Post(make.staff(RoleName.OFFICER).get_id(), f"/bids/{bid.reference}/changes/less", form),
        ((ChangeRequest, ChangeRequest.bid_id == bid.id, 1), steps(bid, "reduce")),
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
    ratings["council"] = "4"
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
    for feedback in bid.feedback:
        feedback.given_at = right_now()
    report.lessons, report.summary = "Start sooner", "It improved"
    report.actuals = [Actual(outcome_id=o.id, value=76, measured_on=right_now().date()) for o in bid.outcomes]
    return Case(
        Post(
            head.get_id(),
            f"/bids/{bid.reference}/report/steps/submit",
            {"version": 1, "agreement": "y", "reason": "Lost"},
        ),
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
    accept,
    turn_down,
    log_a_day,
    confirm_days,
    strike_out_a_day,
    strike_out_a_cost,
    ask_for_payment,
    block_payments,
    propose_less_money,
    certify,
    pay,
    rate_the_support,
    send_the_report,
    ask_for_a_review,
    finish,
)
