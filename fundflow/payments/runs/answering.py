"""Loading an answer: all of its rows, or none."""

from collections import Counter
from datetime import datetime

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.payment import Claim
from fundflow.models.payment_run import Outcome, PaymentRun, RunLine
from fundflow.models.person import User
from fundflow.models.reversal import Reversal
from fundflow.payments import recoveries, reversals
from fundflow.payments.runs.answers import CHANGES, Change, Row, read_answer
from fundflow.payments.runs.operations import lock_bids_of
from fundflow.reconciling import reconcile
from fundflow.steps import lock, require_step, take_step
from fundflow.workflow.engine import Refused
from fundflow.workflow.payee import PayeeState
from fundflow.workflow.payment_run import RunState
from fundflow.workflow.phrases import joined
from fundflow.workflow.reversal import ReversalState


def rows_of(run: PaymentRun, text: str) -> list[Row]:
    """What a file says of the run as it stands. Raises WrongAnswerFile."""
    asked = db.session.scalars(
        select(Reversal.line_id).where(
            Reversal.line_id.in_([line.id for line in run.lines]), Reversal.state == ReversalState.REQUESTED
        )
    )
    return read_answer(run, text, {number for number in asked if number})


def load(run: PaymentRun, text: str, *, user: User, now: datetime, version: int | None) -> Counter[Change]:
    """Load an answer and say what it changed; the same file again changes nothing. Raises Refused where a row
    is wrong, WrongAnswerFile for what is no such file."""
    lock(run, version, step="answer", user=user)
    lock_bids_of(line.claim for line in run.lines if line.outcome in (Outcome.WAITING, Outcome.PAID))
    lock(run, None)
    require_step(run, "answer", user, now)
    rows = rows_of(run, text)
    if any(row.wrong for row in rows):
        raise Refused("Some rows are wrong, so nothing was loaded.")
    changed: Counter[Change] = Counter(row.change for row in rows if row.change in CHANGES)
    if not changed:
        db.session.rollback()
        return changed
    for row in rows:
        _carry_out(row, user, now)
    rejected, returned = (_named(rows, change) for change in (Change.REJECT, Change.REVERSE))
    given = {"file": changed_words(changed), "rejected": rejected, "returned": returned}
    settles = not run.waiting and run.state is not RunState.SETTLED
    told = (
        ("finance",) if settles and not rejected and not returned else ()
    )  # by the letter that it is settled
    answer = take_step(
        run,
        "answer",
        user=user,
        now=now,
        version=version,
        given=given,
        unwritten=told,
    )
    for bid in {row.line.claim.bid for row in rows if row.change is Change.REJECT and row.line}:
        reconcile(bid, answer, None, now)  # nothing that left keeps the money of a settled award any more
    if settles:
        take_step(run, "settle", user=None, now=now)
    db.session.commit()
    return changed


def changed_words(changed: Counter[Change]) -> str:
    """“2 paid and 1 rejected”."""
    words = zip(CHANGES, ("paid", "rejected", "came back"), strict=True)
    return joined([f"{changed[one]} {word}" for one, word in words if changed[one]])


def _named(rows: list[Row], change: Change) -> list[str]:
    """The payments that an answer changes so, each with the school and the reason."""
    return [
        f"{row.line.payment_id}, {row.line.claim.school.name}: {row.reason}"
        for row in rows
        if row.change is change and row.line
    ]


def _carry_out(row: Row, user: User, now: datetime) -> None:
    line = row.line
    if line is None:
        return
    match row.change:
        case Change.PAY:
            _pay(line, row.texts["reference"] or line.payment_id, now)
        case Change.REJECT:
            line.outcome, line.answered_at, line.why = Outcome.REJECTED, now, row.reason
            _hold_payee(line, f"was rejected: {row.reason}", now)
        case Change.REVERSE:
            _hold_payee(line, f"came back: {row.reason}", now)
            reversals.add(line.claim, line, reason=row.reason, user=user, now=now)


def _pay(line: RunLine, reference: str, now: datetime) -> None:
    """Record the payment as its run made it, by the person who approved the run."""
    claim, run = line.claim, line.run
    line.outcome, line.answered_at, line.payment_reference = Outcome.PAID, now, reference[:60]
    claim.paid_at, claim.paid_by_id = now, run.approved_by_id
    claim.payment_reference = line.payment_reference
    _as_approved(claim, line)
    given = {"payment_reference": claim.payment_reference, "paid_to": claim.payee_words, "run": run.reference}
    told = take_step(claim, "pay_in_run", user=None, now=now, given=given, caused_by=run.approved_by)
    recoveries.take_off(claim, user=run.approved_by, now=now)
    reconcile(claim.bid, told, None, now)


def _as_approved(claim: Claim, line: RunLine) -> None:
    """Whom the run paid, whatever the school's payee is today."""
    claim.payee, claim.route = line.payee, line.route
    claim.payee_urn, claim.payee_name = line.payee_urn, line.payee_name
    claim.supplier_number = line.supplier_number


def _hold_payee(line: RunLine, what: str, now: datetime) -> None:
    """Nothing more goes the same way before a finance officer has settled why this did not arrive."""
    payee = line.payee
    if payee is None or payee.state is not PayeeState.CONFIRMED or payee.hold_since is not None:
        return
    words = f"{line.payment_id} {what}"
    also = {"hold_since": now, "hold_reason": words}
    take_step(payee, "hold", user=None, now=now, given={"reason": words}, also=also)
