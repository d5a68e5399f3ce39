"""Reversing a payment: asked for by one finance officer, approved by another."""

from datetime import datetime

from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.ledger import open_paid
from fundflow.letters import write_for_step
from fundflow.models.history import HistoryEntry
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.money import pounds
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.payment_run import Outcome, RunLine
from fundflow.models.person import User
from fundflow.models.reversal import Reversal
from fundflow.models.school import School
from fundflow.payments.recoveries import lock_bids, undo_take_off
from fundflow.reconciling import reconcile
from fundflow.rules.award_sums import due_on, sum_of
from fundflow.rules.awards import lower, next_number
from fundflow.rules.openings import paid_before
from fundflow.rules.recoveries import taken_off, to_take_off
from fundflow.rules.reversals import reversals_of, why_not_reversible, why_payment_stays
from fundflow.steps import AlreadyTaken, lock, require_step, take_step, why_no_step
from fundflow.workflow.claim import CLAIM, ClaimState
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.reversal import REVERSAL, ReversalState

PAID_BEFORE = (
    "This was paid before the fund began here, so nothing is paid again. Another finance officer "
    "must approve. Then a second entry in the ledger takes it back, and the right amount is entered.",
    "The school is told then, with your reason.",
)


def why_no_reversal(claim: Claim, user: User, now: datetime) -> str | None:
    """None where this person may ask for a claim's payment to be reversed, else the sentence."""
    if why := why_not_reversible(claim):
        return why
    return why_no_step(Reversal(bid=claim.bid, claim=claim), "request", user, now)


def request(
    claim: Claim, *, reason: str, user: User, now: datetime, version: int | None, right: int | None = None
) -> Reversal:
    """Ask for a claim's payment to be reversed. Raises Refused, AlreadyTaken at the
    second click on a page, and Stale where the claim changed since.

    right  pence that were paid in truth, where it was paid before the fund began here
    """
    lock(claim, version, step="reverse", user=user)
    if claim.kind is ClaimKind.OPENING:
        refuse_if(_why_not_right(claim, right))
        reason = f"{pounds(right or 0)} was paid before, not {pounds(claim.pence)}. {reason}"
    for one in reversals_of(claim):
        if (one.state, one.requested_by_id, one.reason) == (ReversalState.REQUESTED, user.id, reason):
            raise AlreadyTaken
    refuse_if(why_payment_stays(claim))
    reversal = add(claim, _paid_line(claim), reason=reason, right=right, user=user, now=now)
    db.session.commit()
    return reversal


def _why_not_right(claim: Claim, right: int | None) -> str | None:
    """Why this can’t be what was paid before the fund began here, in place of what a claim says."""
    if right is None:
        return "Say what was paid before the fund began here."
    if right == claim.pence:
        return f"{pounds(right)} is what stands here already."
    payee = sum_of(claim.bid).of(claim.school)
    most = payee.sum.share - payee.sum.paid + claim.pence if payee else 0
    if right > most:
        return f"At most {pounds(most)} of the award can have been paid to {claim.school.name} before."
    return None


def add(
    claim: Claim,
    line: RunLine | None,
    *,
    reason: str,
    user: User,
    now: datetime,
    right: int | None = None,
) -> Reversal:
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
    take_step(reversal, "request", user=user, now=now, given={"reason": reason, "right": right})
    return reversal


def approve(reversal: Reversal, *, user: User, now: datetime, version: int | None) -> None:
    """Take the payment back in the ledger. What is still due of its claim can be paid again, to the school
    that is paid today; where nothing is, the claim ends."""
    claim = reversal.claim
    lock_bids(claim.bid, *(recovery.bid for recovery in taken_off(claim)))
    lock(reversal, version, step="approve", user=user)
    lock(claim, None)
    require_step(reversal, "approve", user, now)
    right = _right_of(reversal)
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
    undo_take_off(claim, user=user, now=now)
    row = CLAIM.find("take_back", ClaimState.PAID)
    told = take_step(
        claim, "take_back", user=None, now=now, given=given, also=unpaid, unwritten=row.emails, caused_by=user
    )
    if right is None:
        _bring_down(claim, now)
    else:
        _enter_right(reversal, right, told, user, now)
    reconcile(claim.bid, told, None, now)
    # Only now is it known what is paid again.
    write_for_step(claim, row, told, given)
    write_for_step(reversal, agreed, approved, {})
    db.session.commit()


def _right_of(reversal: Reversal) -> int | None:
    """Pence that were paid in truth, as was said in asking, where it was paid before the fund began here."""
    if reversal.claim.kind is not ClaimKind.OPENING:
        return None
    asked = db.session.scalars(
        select(HistoryEntry).where(
            HistoryEntry.process == REVERSAL.name,
            HistoryEntry.record_id == reversal.id,
            HistoryEntry.step == "request",
        )
    ).one()
    right = int(asked.given["right"])
    refuse_if(_why_not_right(reversal.claim, right))
    return right


def _enter_right(reversal: Reversal, right: int, told: HistoryEntry, user: User, now: datetime) -> None:
    """End a claim of what was paid before, which is never paid again, and enter the right amount in its
    place."""
    claim = reversal.claim
    take_step(claim, "end", user=None, now=now, unwritten=("officer",))
    if right:
        made = paid_before(
            claim.school,
            right,
            next_number(claim.bid),
            entered_by=reversal.requested_by_id,
            entered_at=reversal.requested_at,
            by=user,
            now=now,
        )
        claim.bid.claims.append(made)
        db.session.flush()  # its ledger entries point at it
        open_paid(made, told, user)


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
