"""Pairs of duties that one person never does both of, whatever roles they hold: not by the button, not by
the address, not by two requests at one moment, and not in the database where it keeps them apart."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.day_log import WorkedDay
from fundflow.models.earned_correction import EarnedCorrection
from fundflow.models.ledger_entry import EntryKind
from fundflow.models.opening import Opening
from fundflow.models.payee import Payee, PayeeBatch
from fundflow.models.payment import Claim
from fundflow.models.payment_run import PaymentRun
from fundflow.models.person import RoleName, User
from fundflow.models.recovery import Ground, Recovery
from fundflow.models.reversal import Reversal
from fundflow.openings import operations as openings
from fundflow.payments import day_log
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.earned_correction import EarnedCorrectionState
from fundflow.workflow.opening import OpeningState
from fundflow.workflow.payee import PayeeState
from fundflow.workflow.payee_batch import BatchState
from fundflow.workflow.payment_run import RunState
from fundflow.workflow.recovery import RecoveryState
from fundflow.workflow.reversal import ReversalState
from tests.concurrency.conftest import _clock, hall, shared_app
from tests.concurrency.hall import Answer, Data, Hall, Post, a_claim, a_fund, claim_steps, right_now
from tests.concurrency.test_claiming import an_award
from tests.factories import Make
from tests.openings.conftest import file_of
from tests.payments.test_payees import HEADINGS, TYPED, line

__all__ = ["_clock", "hall", "shared_app"]


Find = Callable[[], Post | None]


class Pair(NamedTuple):
    """One person has done the first of two duties, or is about to.

    first   does it, where it is still to be done
    page    where the button of the second would be
    find    the second, by its address; None before there is anything to do it to
    reason  why it is refused to them
    both    whether one person has done both, asked of the database
    """

    first: Post | None
    page: Callable[[], str]
    find: Find
    reason: str
    both: Callable[[], bool]


def a_paid_award(make: Make) -> Bid:
    """£1,000 of an award of £3,000 is paid."""
    bid = an_award(make)
    claim = a_claim(bid, 100_000, checked_by=make.staff(RoleName.OFFICER))
    claim.state, claim.paid_at, claim.paid_by_id = ClaimState.PAID, right_now(), make.user().id
    make._entries(bid, right_now(), (EntryKind.PAID,), claim.pence)
    return bid


def finance(make: Make) -> User:
    """One who holds every role in which money is asked for, checked and paid."""
    user = make.staff(RoleName.FINANCE)
    make.role(user, RoleName.OFFICER)
    return user


# -- the pairs: a row each -------------------------------------------------------------------------


OWN_DAYS = "You logged the days that wait, so another person must confirm them."


def log_and_confirm_a_day(make: Make, is_done: bool) -> Pair:
    """They lead both schools, with an acting head who could confirm it."""
    bid = an_award(make)
    bid.start_on = right_now().date()
    provider = bid.partners[0].school
    user = make.member(bid.lead_school)
    make.belongs(user, provider)
    bid_id, reference, line_id = bid.id, bid.reference, day_log.days_of_award(bid)[0].id
    if is_done:
        given = {"by_school_id": provider.id, "confirms_id": bid.lead_school_id}
        make.worked_day(bid, logged_by_id=user.id, **given)
    who, day = user.get_id(), right_now().date()
    logged = {
        "version": bid.version,
        "line": line_id,
        "half_days": 2,
        "activity": "Coaching",
        "spent_at": bid.lead_school_id,
        "worked_on-day": day.day,
        "worked_on-month": day.month,
        "worked_on-year": day.year,
    }

    def find() -> Post | None:
        entry = newest(WorkedDay, WorkedDay.bid_id == bid_id)
        data = {"version": one(Bid, bid_id).version, "days": [entry.id] if entry else []}
        return Post(who, f"/bids/{reference}/days/confirm", data) if entry else None

    def both() -> bool:
        entry = newest(WorkedDay, WorkedDay.bid_id == bid_id)
        return entry is None or entry.confirmed_at is not None

    return Pair(
        None if is_done else Post(who, f"/bids/{reference}/days", logged),
        lambda: f"/bids/{reference}/days",
        find,
        OWN_DAYS,
        both,
    )


def log_a_day_at_a_school_and_confirm_it_as_an_officer(make: Make, _is_done: bool) -> Pair:
    """They left the school since, and work for the council now."""
    bid = an_award(make)
    user = make.staff(RoleName.OFFICER)
    entry = make.worked_day(bid, logged_by_id=user.id)
    bid_id, day_id, who, page = bid.id, entry.id, user.get_id(), f"/bids/{bid.reference}/days"

    def find() -> Post:
        data = {"version": one(Bid, bid_id).version, "days": [day_id], "reason": "Nobody else can."}
        return Post(who, f"{page}/confirm", data)

    def both() -> bool:
        return one(WorkedDay, day_id).confirmed_at is not None

    return Pair(None, lambda: page, find, OWN_DAYS, both)


def certify_and_pay_a_claim(make: Make, is_done: bool) -> Pair:
    user = finance(make)
    state, checker = (ClaimState.CERTIFIED, user) if is_done else (ClaimState.SUBMITTED, None)
    claim = a_claim(an_award(make), 35_000, state=state, checked_by=checker)
    claim_id, page, who = claim.id, f"/bids/{claim.bid.reference}/claims/{claim.id}", user.get_id()

    def find() -> Post:
        data = {"version": one(Claim, claim_id).version, "payment_reference": "BACS 1"}
        return Post(who, f"{page}/steps/pay", data)

    return Pair(
        None if is_done else Post(who, claim_steps(claim, "certify"), {"version": claim.version}),
        lambda: page,
        find,
        "You checked this claim, so another finance officer must pay it.",
        lambda: one(Claim, claim_id).state is not ClaimState.CERTIFIED,
    )


PROPOSED = "You proposed this, so another finance officer must confirm it."


def propose_and_confirm_a_payee(make: Make, is_done: bool) -> Pair:
    school, user = make.school(), finance(make)
    if is_done:
        make.payee(school, state=PayeeState.PROPOSED, proposed_by=user)
    school_id, urn, who = school.id, school.urn, user.get_id()
    typed = TYPED | {"paid": "school", "route": "supplier"}

    def find() -> Post | None:
        payee = newest(Payee, Payee.school_id == school_id)
        step = f"/money/payees/records/{payee.id}/steps/confirm" if payee else ""
        return Post(who, step, {"version": payee.version}) if payee else None

    def both() -> bool:
        payee = newest(Payee, Payee.school_id == school_id)
        return payee is None or payee.state is not PayeeState.PROPOSED

    first = None if is_done else Post(who, f"/money/payees/{urn}/propose", typed)
    return Pair(first, lambda: f"/money/payees/{urn}", find, PROPOSED, both)


def propose_and_confirm_a_batch_of_payees(make: Make, is_done: bool) -> Pair:
    school, user = make.school(), make.two_of_finance[0]
    make.role(user, RoleName.FINANCE)
    if is_done:
        make.payee_batch(school)
    school_id, who = school.id, user.get_id()
    data = {"name": f"{school.urn}.csv", "rows": f"{HEADINGS}\n{line(school)}"}

    def batch() -> Any:
        return newest(PayeeBatch, PayeeBatch.payees.any(Payee.school_id == school_id))

    def find() -> Post | None:
        found = batch()
        step = f"/money/payees/batches/{found.id}/steps/confirm" if found else ""
        return Post(who, step, {"version": found.version}) if found else None

    def both() -> bool:
        found = batch()
        return found is None or any(payee.state is not PayeeState.PROPOSED for payee in found.payees)

    def page() -> str:
        found = batch()
        return f"/money/payees/batches/{found.id}" if found else ""

    return Pair(
        None if is_done else Post(who, "/money/payees/upload/propose", data), page, find, PROPOSED, both
    )


def enter_and_confirm_an_award(make: Make, is_done: bool) -> Pair:
    school, fund, user = make.school(), a_fund(make), make.two_of_finance[0]
    make.member(school)
    make.round(fund)
    make.role(user, RoleName.FINANCE)
    if is_done:
        make.opening(fund, school, today=right_now().date())
    fund_id, who = fund.id, user.get_id()
    data = {"name": "awards.csv", "rows": file_of(school, right_now().date())}

    def opening() -> Any:
        return newest(Opening, Opening.fund_id == fund_id)

    def find() -> Post | None:
        found = opening()
        return Post(who, f"{found.path}/steps/confirm", {"version": found.version}) if found else None

    def both() -> bool:
        found = opening()
        return found is None or found.state is not OpeningState.PROPOSED

    def page() -> str:
        found = opening()
        return found.path if found else ""

    first = Post(who, f"/money/openings/upload/{fund_id}/enter", data)
    why = "You entered this, so another person must confirm it: a finance officer."
    return Pair(None if is_done else first, page, find, why, both)


def ask_for_and_confirm_a_correction(make: Make, is_done: bool) -> Pair:
    """Of what was earned before an award was entered, which two others confirmed."""
    fund, user = a_fund(make), make.staff(RoleName.FINANCE)
    make.round(fund)
    school = make.school()
    make.member(school)
    opening = make.opening(fund, school, today=right_now().date())
    confirmer = make.two_of_finance[1]
    make.role(confirmer, RoleName.FINANCE)
    make.session.commit()
    openings.confirm(opening, user=confirmer, now=right_now(), version=opening.version)
    bid = opening.awards[0].bid
    assert bid is not None
    (line,) = bid.award.lines
    if is_done:
        make.correction(line, was=2, asked_by=user)
    line_id, version, path, who = line.id, bid.version, opening.path, user.get_id()

    def correction() -> Any:
        return newest(EarnedCorrection, EarnedCorrection.line_id == line_id)

    def find() -> Post | None:
        found = correction()
        step = f"/money/openings/corrections/{found.id}/steps/confirm" if found else ""
        return Post(who, step, {"version": found.version}) if found else None

    def both() -> bool:
        found = correction()
        return found is None or found.state is not EarnedCorrectionState.PROPOSED

    data = {"version": version, "right": "2", "reason": "Misread"}
    first = Post(who, f"{path}/lines/{line_id}/correct", data)
    why = "You asked for this correction, so another finance officer must confirm it."
    return Pair(None if is_done else first, lambda: path, find, why, both)


ASKED = (RecoveryState.REQUESTED, RecoveryState.ASKED_FOR)


def open_and(
    step: str, make: Make, is_done: bool, given: Data | None = None, opened: RecoveryState = ASKED[0]
) -> Pair:
    """Open a recovery, and decide about it: also the chair of the panel who works in finance."""
    bid, user = a_paid_award(make), finance(make)
    make.panel(bid.fund)[0].user_id = user.id
    if is_done:
        approver = make.user().id if opened is not ASKED[0] else None
        recovery = Recovery(bid=bid, school=bid.lead_school, number=1, ground=Ground.MISUSED, pence=2_000)
        recovery.state, recovery.opened_at, recovery.opened_by_id = opened, right_now(), user.id
        recovery.approved_by_id = approver
        db.session.add(recovery)
        db.session.flush()
    bid_id, reference, who = bid.id, bid.reference, user.get_id()
    asked = {"version": bid.version, "school": bid.lead_school_id, "ground": "misused", "pence": "20"}

    def page() -> str:
        recovery = newest(Recovery, Recovery.bid_id == bid_id)
        return recovery.path if recovery else ""

    def find() -> Post | None:
        recovery = newest(Recovery, Recovery.bid_id == bid_id)
        if recovery is None:
            return None
        return Post(who, f"{recovery.path}/steps/{step}", {"version": recovery.version, **(given or {})})

    def both() -> bool:
        recovery = newest(Recovery, Recovery.bid_id == bid_id)
        return recovery is None or recovery.state not in ASKED

    first = Post(who, f"/bids/{reference}/recoveries/new", {**asked, "reason": "A laptop"})
    why = "You opened this recovery, so another person must decide about it."
    return Pair(None if is_done else first, page, find, why, both)


def open_and_approve_a_recovery(make: Make, is_done: bool) -> Pair:
    return open_and("approve", make, is_done)


def open_a_recovery_and_let_it_go(make: Make, is_done: bool) -> Pair:
    return open_and("let-go", make, is_done, {"reason": "Small"})


def open_a_recovery_and_write_it_off(make: Make, is_done: bool) -> Pair:
    """Another person approves it in between."""
    given = {"authority": "M 1", "reason": "Gone"}
    if is_done:
        return open_and("write-off", make, True, given, RecoveryState.ASKED_FOR)
    pair, other = open_and("write-off", make, True, given), make.staff(RoleName.FINANCE)
    post = pair.find()
    assert post is not None
    approve = Post(other.get_id(), post.path.replace("write-off", "approve"), {"version": 1})
    return pair._replace(first=approve)


def gather_and_approve_a_run(make: Make, is_done: bool) -> Pair:
    user, checker = finance(make), make.staff(RoleName.OFFICER)
    bid = an_award(make)
    bid.fund.pays_in_runs = True
    claim = a_claim(bid, 100_000, state=ClaimState.CERTIFIED, checked_by=checker)
    fund_id, who = bid.fund_id, user.get_id()
    if is_done:
        make.payment_run(bid, claim, gathered_by=user)

    def run() -> PaymentRun | None:
        found: PaymentRun | None = newest(PaymentRun, PaymentRun.fund_id == fund_id)
        return found

    def find() -> Post | None:
        found = run()
        return Post(who, f"{found.path}/steps/approve", {"version": found.version}) if found else None

    def both() -> bool:
        found = run()
        return found is None or found.state is not RunState.GATHERED

    def page() -> str:
        found = run()
        return found.path if found else ""

    first = Post(who, f"/money/runs/gather/{fund_id}", {"layout": "plain_csv"})
    why = "You gathered this run, so another finance officer must approve it."
    return Pair(None if is_done else first, page, find, why, both)


def ask_for_and_approve_a_reversal(make: Make, is_done: bool) -> Pair:
    bid, user = a_paid_award(make), finance(make)
    (claim,) = bid.claims
    bid_id, claim_id, page, who = bid.id, claim.id, f"/bids/{bid.reference}/claims/{claim.id}", user.get_id()
    if is_done:
        make.reversal(claim, requested_by=user)

    def reversal() -> Reversal | None:
        found: Reversal | None = newest(Reversal, Reversal.claim_id == claim_id)
        return found

    def find() -> Post | None:
        found = reversal()
        step = f"/bids/{one(Bid, bid_id).reference}/reversals/{found.id}/steps/approve" if found else ""
        return Post(who, step, {"version": found.version}) if found else None

    def both() -> bool:
        found = reversal()
        return found is None or found.state is not ReversalState.REQUESTED

    first = Post(who, f"{page}/reverse", {"version": claim.version, "reason": "It bounced"})
    why = "You asked for this reversal, so another finance officer must approve it."
    return Pair(None if is_done else first, lambda: page, find, why, both)


PAIRS = (
    log_and_confirm_a_day,
    certify_and_pay_a_claim,
    propose_and_confirm_a_payee,
    propose_and_confirm_a_batch_of_payees,
    enter_and_confirm_an_award,
    ask_for_and_confirm_a_correction,
    open_and_approve_a_recovery,
    open_a_recovery_and_let_it_go,
    open_a_recovery_and_write_it_off,
    gather_and_approve_a_run,
    ask_for_and_approve_a_reversal,
)
AT_TWO_TIMES = (log_a_day_at_a_school_and_confirm_it_as_an_officer,)
each_pair = pytest.mark.parametrize("pair", [*PAIRS, *AT_TWO_TIMES], ids=lambda pair: pair.__name__)
at_once = pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.__name__)
Row = Callable[[Make, bool], Pair]


@each_pair
def test_the_second_has_no_button_for_whoever_did_the_first(hall: Hall, pair: Row) -> None:
    case = hall.set_up(lambda make: pair(make, True))
    post, page = hall.look(case.find), hall.look(case.page)
    assert post is not None
    found = hall.browser(post.who).get(page)
    assert found.status_code == 200
    assert f'href="{post.path}"' not in found.text
    if case.reason != OWN_DAYS:  # whose page says beside each day who is to confirm it
        assert case.reason in found.text


@each_pair
def test_the_second_is_refused_by_its_address_with_the_reason(hall: Hall, pair: Row) -> None:
    case = hall.set_up(lambda make: pair(make, True))
    refused(hall, hall.look(case.find), case)


@at_once
@pytest.mark.parametrize("_round", [0, *(pytest.param(more, marks=pytest.mark.thorough) for more in (1, 2))])
def test_both_at_one_moment_are_refused_to_one_person(hall: Hall, pair: Row, _round: int) -> None:
    case = hall.set_up(lambda make: pair(make, False))

    def second() -> list[Answer]:
        found = [hall.look(case.find) for _ in range(4)]
        return [hall.post(post) for post in found if post is not None]

    assert case.first is not None
    first, answers = hall.at_once(case.first, second)
    assert first.status == 302
    assert {answer.status for answer in answers} <= {409}
    refused(hall, hall.look(case.find), case)


def refused(hall: Hall, post: Post | None, case: Pair) -> None:
    assert post is not None
    answer = hall.post(post)
    assert (answer.status, case.reason in answer.page) == (409, True)
    assert not hall.ask(case.both)


CONFIRMED = {"confirmed_at": right_now(), "state": PayeeState.CONFIRMED}


@pytest.mark.parametrize(
    ("pair", "model", "first", "second", "also"),
    [
        (certify_and_pay_a_claim, Claim, "certified_by_id", "paid_by_id", {}),
        (propose_and_confirm_a_payee, Payee, "proposed_by_id", "confirmed_by_id", CONFIRMED),
        (
            propose_and_confirm_a_batch_of_payees,
            PayeeBatch,
            "proposed_by_id",
            "confirmed_by_id",
            CONFIRMED | {"state": BatchState.CONFIRMED},
        ),
        (
            enter_and_confirm_an_award,
            Opening,
            "entered_by_id",
            "confirmed_by_id",
            {"state": OpeningState.CONFIRMED, "confirmed_at": right_now()},
        ),
        (
            ask_for_and_confirm_a_correction,
            EarnedCorrection,
            "asked_by_id",
            "confirmed_by_id",
            {"state": EarnedCorrectionState.CONFIRMED, "confirmed_at": right_now()},
        ),
        (open_and_approve_a_recovery, Recovery, "opened_by_id", "approved_by_id", {}),
        (gather_and_approve_a_run, PaymentRun, "gathered_by_id", "approved_by_id", {}),
        (
            ask_for_and_approve_a_reversal,
            Reversal,
            "requested_by_id",
            "approved_by_id",
            {"state": ReversalState.REVERSED, "approved_at": right_now()},
        ),
    ],
)
def test_the_database_keeps_two_people_apart(
    hall: Hall, pair: Row, model: Any, first: str, second: str, also: dict[str, Any]
) -> None:
    hall.set_up(lambda make: pair(make, True))

    def write() -> None:
        record = newest(model)
        values = {second: getattr(record, first), **also}
        with pytest.raises(IntegrityError, match="two_people"):
            db.session.execute(update(model).where(model.id == record.id).values(values))

    hall.ask(write)


def newest(model: Any, *where: Any) -> Any:
    return db.session.scalars(select(model).where(*where).order_by(model.id.desc()).limit(1)).first()


def one(model: Any, number: int) -> Any:
    return db.session.get_one(model, number)
