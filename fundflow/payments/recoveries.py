"""Asking for money back that a school was paid and did not earn, and what becomes of it."""

from datetime import datetime, timedelta
from typing import Any

from fundflow.actors import actors_for
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.money import pounds
from fundflow.models.payment import Claim
from fundflow.models.person import User
from fundflow.models.recovery import Ground, Recovery
from fundflow.reconciling import reconcile
from fundflow.rules.award_sums import AwardSum, sum_of
from fundflow.rules.awards import next_number
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.recoveries import most_to_ask_back, payments_to_set_against, taken_off, to_take_off
from fundflow.steps import lock, lock_and_refresh, note, take_step
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.recovery import DAYS_TO_PAY, RecoveryState
from fundflow.workflow.working_days import london_date

OPENERS = {Actor.OFFICER, Actor.FINANCE}


def open_recovery(
    bid: Bid,
    *,
    school_id: int,
    ground: Ground,
    pence: int,
    reason: str,
    user: User,
    now: datetime,
    version: int | None,
) -> Recovery:
    """Say that money is to come back; another person approves it. Raises Refused above what was paid."""
    about = {"school": school_id, "ground": ground, "pence": pence}
    lock(bid, version, step="open_recovery", user=user, about=about)
    found = sum_of(bid, hoped=True)
    refuse_if(why_no_recovery(bid, found, user, now))
    payee = next((payee for payee in found.payees if payee.school.id == school_id), None)
    if payee is None:
        raise Refused("This school is not paid on the award.")
    most = most_to_ask_back(payee, ground)
    if pence > most:
        raise Refused(f"At most {pounds(most)} of what {payee.school.name} was paid can be asked back.")
    recovery = Recovery(
        bid=bid,
        school=payee.school,
        number=next_number(bid, Recovery),
        ground=ground,
        pence=pence,
        reason=reason,
        opened_at=now,
        opened_by_id=user.id,
    )
    db.session.add(recovery)
    words = f"Opened a recovery of {pounds(pence)} from {payee.school.name}"
    note(
        bid,
        "open_recovery",
        words,
        user=user,
        now=now,
        reason=reason,
        version=version,
        facts=about,
        internal=True,
    )
    db.session.commit()
    return recovery


def why_no_recovery(bid: Bid, found: AwardSum, user: User, now: datetime) -> str | None:
    """None where this person may open a recovery on the bid, of which this is the sum, else the sentence."""
    if not OPENERS & actors_for(user, bid, now):
        return "Only the liaison officer or finance can ask for money back."
    bar = bar_of(bid, user, now)
    if bar:
        return f"You can’t ask for money back: {bar_to_you(bar)}. Ask a colleague."
    if not any(payee.sum.paid - payee.standing > 0 for payee in found.payees):
        return "Nothing that was paid on this award can be asked back."
    return None


def approve(recovery: Recovery, *, user: User, now: datetime, version: int | None) -> None:
    also = {
        "approved_at": now,
        "approved_by_id": user.id,
        "due_on": london_date(now) + timedelta(days=DAYS_TO_PAY),
    }
    take_step(recovery, "approve", user=user, now=now, version=version, also=also)
    db.session.commit()


def invoice(
    recovery: Recovery, *, invoice_number: str, user: User, now: datetime, version: int | None
) -> None:
    given = {"invoice_number": invoice_number}
    take_step(recovery, "invoice", user=user, now=now, version=version, given=given, also=given)
    db.session.commit()


def set_against(recovery: Recovery, claim_id: int, *, user: User, now: datetime, version: int | None) -> None:
    """Take it off the payment of a checked claim, once that is made."""
    payments = payments_to_set_against(recovery, user, now)
    claim = next((claim for claim, _ in payments if claim.id == claim_id), None)
    if claim is None:
        raise Refused("This payment can no longer be chosen. Look at the list again.")
    lock_bids(recovery.bid, claim.bid)
    if not any(claim.id == other.id for other, _ in payments_to_set_against(recovery, user, now)):
        raise Refused("This payment can no longer be chosen. Look at the list again.")
    take_step(
        recovery,
        "set_against",
        user=user,
        now=now,
        version=version,
        given={"claim": claim.reference},
        also={"claim_id": claim.id},
    )
    claim.version += 1
    db.session.commit()


def put_back(recovery: Recovery, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    claim = recovery.claim
    lock_bids(recovery.bid, *([claim.bid] if claim else []))
    given = {"reason": reason}
    take_step(recovery, "put_back", user=user, now=now, version=version, given=given, also={"claim_id": None})
    if claim is not None:
        claim.version += 1
    db.session.commit()


def receive(
    recovery: Recovery, *, payment_reference: str, user: User, now: datetime, version: int | None
) -> None:
    given = {"payment_reference": payment_reference}
    _end(recovery, "receive", user, now, version, **given)


def ask_undo(recovery: Recovery, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Say that it has not come back after all; another finance officer agrees."""
    also = {"undo_asked_by_id": user.id, "undone_by_id": None}
    given = {"reason": reason}
    take_step(recovery, "ask_undo", user=user, now=now, version=version, given=given, also=also)
    db.session.commit()


def undo_receive(recovery: Recovery, *, user: User, now: datetime, version: int | None) -> None:
    """Take it back in the ledger and ask for the money again."""
    also = {
        "undone_by_id": user.id,
        "payment_reference": "",
        "ended_at": None,
        "due_on": london_date(now) + timedelta(days=DAYS_TO_PAY),
    }
    told = take_step(recovery, "undo_receive", user=user, now=now, version=version, also=also)
    reconcile(recovery.bid, told, None, now)
    db.session.commit()


def keep_receipt(recovery: Recovery, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """It came back, as was recorded."""
    take_step(recovery, "keep_receipt", user=user, now=now, version=version, given={"reason": reason})
    db.session.commit()


def let_go(recovery: Recovery, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    _end(recovery, "let_go", user, now, version, reason=reason)


def cancel(recovery: Recovery, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    _end(recovery, "cancel", user, now, version, reason=reason)


def write_off(
    recovery: Recovery, *, authority: str, reason: str, user: User, now: datetime, version: int | None
) -> None:
    _end(recovery, "write_off", user, now, version, reason=reason, authority=authority)


def lock_bids(*bids: Bid) -> None:
    """Lock several bids in the order of their ids, so that two people never wait for each other."""
    lock_and_refresh(*sorted(set(bids), key=lambda bid: bid.id))


def take_off(claim: Claim, *, user: User | None, now: datetime) -> None:
    """Enter what is taken off a payment that this person made; the caller has locked the bids and commits."""
    for recovery in to_take_off(claim):
        also = {"payment_reference": claim.payment_reference, "ended_at": now}
        told = take_step(recovery, "take_off", user=None, now=now, also=also, caused_by=user)
        reconcile(recovery.bid, told, None, now)


def undo_take_off(claim: Claim, *, user: User, now: datetime) -> None:
    """What was taken off a payment that is reversed is to be taken off the claim's next one; the caller has
    locked the bids and commits."""
    for recovery in taken_off(claim):
        if recovery.state is RecoveryState.RECOVERED:
            also: dict[str, Any] = {"payment_reference": "", "ended_at": None}
            take_step(recovery, "undo_take_off", user=None, now=now, also=also, caused_by=user)


def _end(recovery: Recovery, step: str, user: User, now: datetime, version: int | None, **given: str) -> None:
    """End it, and settle again what an award from which nothing more is earned then owes."""
    also: dict[str, Any] = {name: text for name, text in given.items() if name != "reason"}
    also["ended_at"] = now
    told = take_step(recovery, step, user=user, now=now, version=version, given=given, also=also)
    reconcile(recovery.bid, told, None, now)
    db.session.commit()
