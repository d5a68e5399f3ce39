"""Reversing a payment: asked for by one finance officer, approved by another."""

from datetime import datetime

from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.letters import write_for_step
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.payment import Claim
from fundflow.models.payment_run import Outcome, RunLine
from fundflow.models.person import User
from fundflow.models.reversal import Reversal
from fundflow.models.school import School
from fundflow.payments.recoveries import lock_bids, undo_take_off
from fundflow.reconciling import reconcile
from fundflow.rules.award_sums import due_on
from fundflow.rules.awards import lower
from fundflow.rules.recoveries import taken_off, to_take_off
from fundflow.rules.reversals import reversals_of, why_not_reversible, why_payment_stays
from fundflow.steps import AlreadyTaken, lock, require_step, take_step, why_no_step
from fundflow.workflow.claim import CLAIM, ClaimState
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.reversal import REVERSAL, ReversalState


def why_no_reversal(claim: Claim, user: User, now: datetime) -> str | None:
    """None where this person may ask for a claim's payment to be reversed, else the sentence."""
    if why := why_not_reversible(claim):
        return why
    return why_no_step(Reversal(bid=claim.bid, claim=claim), "request", user, now)


def request(claim: Claim, *, reason: str, user: User, now: datetime, version: int | None) -> Reversal:
    """Ask for a claim's payment to be reversed. Raises Refused, AlreadyTaken at the
    second click on a page, and Stale where the claim changed since."""
    lock(claim, version, step="reverse", user=user)
    for one in reversals_of(claim):
        if (one.state, one.requested_by_id, one.reason) == (ReversalState.REQUESTED, user.id, reason):
            raise AlreadyTaken
    refuse_if(why_payment_stays(claim))
    reversal = add(claim, _paid_line(claim), reason=reason, user=user, now=now)
    db.session.commit()
    return reversal


def add(claim: Claim, line: RunLine | None, *, reason: str, user: User, now: datetime) -> Reversal:
    """`request` in the caller's transaction, which has locked the claim's bid. What a finance system says of
    a payment is taken down at once; its approval waits."""
    refuse_if(why_not_reversible(claim))
    if claim.paid_at is None:
        raise Refused("This claim is not paid, so there is no payment to reverse.")
    latest = select(func.max(LedgerEntry.history_entry_id)).where(
        LedgerEntry.claim_id == claim.id, LedgerEntry.kind == EntryKind.PAID
    )
    reversal = Reversal(
        bid_id=claim.bid_id,
        claim=claim,
        line=line,
        paid_entry_id=db.session.scalar(latest),
        pence=claim.pence,
        reason=reason,
        requested_at=now,
        requested_by_id=user.id,
        paid_at=claim.paid_at,
        paid_by_id=claim.paid_by_id,
        payment_reference=claim.payment_reference,
        payee_name=claim.payee_name or claim.school.name,
        payee_urn=claim.payee_urn or claim.school.urn,
        route=claim.route,
        supplier_number=claim.supplier_number,
    )
    db.session.add(reversal)
    db.session.flush()  # the step locks its row
    take_step(reversal, "request", user=user, now=now, given={"reason": reason})
    return reversal


def approve(reversal: Reversal, *, user: User, now: datetime, version: int | None) -> None:
    """Take the payment back in the ledger. What is still due of its claim can be paid again, to the school
    that is paid today; where nothing is, the claim ends."""
    claim = reversal.claim
    lock_bids(claim.bid, *(recovery.bid for recovery in taken_off(claim)))
    lock(reversal, version, step="approve", user=user)
    lock(claim, None)
    require_step(reversal, "approve", user, now)
    also = {"approved_at": now, "approved_by": user}
    agreed = REVERSAL.find("approve", ReversalState.REQUESTED)
    approved = take_step(
        reversal,
        "approve",
        user=user,
        now=now,
        version=version,
        also=also,
        unwritten=agreed.emails,
    )
    if reversal.line:
        reversal.line.outcome, reversal.line.why = Outcome.RETURNED, reversal.reason[:300]
    given = {
        "reason": reversal.reason,
        "payment_reference": reversal.payment_reference,
        "paid_to": reversal.payee_name,
        "paid": reversal.pence,
        "gross": reversal.gross_pence,
    }
    unpaid = {
        "school": db.session.get_one(School, claim.school.today_id),
        "paid_at": None,
        "paid_by_id": None,
        "payment_reference": "",
        "payee": None,
        "payee_urn": "",
        "payee_name": "",
        "route": None,
        "supplier_number": "",
    }
    undo_take_off(claim, now=now)
    row = CLAIM.find("take_back", ClaimState.PAID)
    told = take_step(claim, "take_back", user=None, now=now, given=given, also=unpaid, unwritten=row.emails)
    _bring_down(claim, now)
    reconcile(claim.bid, told, None, now)
    # Only now is it known what is paid again.
    write_for_step(claim, row, told, given)
    write_for_step(reversal, agreed, approved, {})
    db.session.commit()


def _bring_down(claim: Claim, now: datetime) -> None:
    """Bring a claim whose payment did not stand down to what is due of it now, or end it. What was to be
    taken off it and no longer fits is asked for again."""
    left = min(due_on(claim), claim.pence)
    if left:
        lower(claim, left)
    else:
        take_step(claim, "end", user=None, now=now, unwritten=("officer",))
    for recovery in to_take_off(claim):
        if recovery.pence <= left:
            left -= recovery.pence
            continue
        given = {"reason": "The payment did not stand, and too little of that claim is still due."}
        take_step(recovery, "put_back", user=None, now=now, given=given, also={"claim_id": None})


def refuse(reversal: Reversal, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """The payment stands."""
    take_step(reversal, "refuse", user=user, now=now, version=version, given={"reason": reason})
    db.session.commit()


def _paid_line(claim: Claim) -> RunLine | None:
    return db.session.scalar(
        select(RunLine)
        .where(RunLine.claim_id == claim.id, RunLine.outcome == Outcome.PAID)
        .order_by(RunLine.id.desc())
        .limit(1)
    )
