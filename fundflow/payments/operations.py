"""What people do to claims, and how an award is stopped."""

from datetime import datetime

from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.money import pounds
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import User
from fundflow.payments.day_log import check_log, lock_schools, why_invoice_used
from fundflow.permissions import actors_for
from fundflow.rules.awards import sum_of, tranche_claim
from fundflow.rules.claims import why_not_claimable
from fundflow.rules.payees import payee_on
from fundflow.steps import lock, note, require_step, take_step
from fundflow.workflow.actors import Actor
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date


def start_claim(bid: Bid, *, user: User, now: datetime) -> Claim:
    """A new draft for days worked, or the draft there is; raises Refused where none may be."""
    lock(bid, None)
    why = why_no_claim(bid, user, now)
    if why:
        raise Refused(why)
    claim = draft_of(bid)
    if claim is None:
        most = db.session.scalar(select(func.max(Claim.number)).where(Claim.bid_id == bid.id))
        claim = Claim(bid=bid, number=(most or 0) + 1, kind=ClaimKind.BACKFILL, created_at=now)
        db.session.add(claim)
        bid.touch()
    db.session.commit()
    return claim


def why_no_claim(bid: Bid, user: User, now: datetime) -> str | None:
    """None when this person may start a claim for days worked, else the sentence."""
    if Actor.SCHOOL_TEAM not in actors_for(user, bid, now):
        return "Only people of the school that leads the bid can claim."
    if why := why_not_claimable(bid):
        return why
    if not bid.backfill_lines:
        return "This bid has no backfill to claim for."
    found = sum_of(bid)
    if not found.left:
        return "All of the award has been claimed."
    if found.left <= found.whole.kept:
        return (
            f"All but {pounds(found.left)} of the award has been claimed. "
            "The rest is paid once the final report is accepted."
        )
    return None


def draft_of(bid: Bid) -> Claim | None:
    """The claim for days worked that the school has not sent yet, if there is one."""
    return db.session.scalar(
        select(Claim)
        .where(Claim.bid_id == bid.id, Claim.state == ClaimState.DRAFT, Claim.kind == ClaimKind.BACKFILL)
        .order_by(Claim.id)
        .limit(1)
    )


def submit(claim: Claim, *, agreement: bool = True, user: User, now: datetime, version: int | None) -> None:
    """Send the claim; days worked at the claiming school itself need no second confirmation."""
    _prepare(claim, "submit", user, now, version)
    _check_whole_log(claim)
    claim.submitted_at = now
    claim.pence = sum_of(claim.bid, with_claim=claim).due
    _confirm_own_days(claim, user, now)
    take_step(
        claim,
        "submit",
        user=user,
        now=now,
        version=version,
        given={"agreement": agreement, "pence": claim.pence, "days": _log_words(claim)},
    )
    db.session.commit()


def query(claim: Claim, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    _prepare(claim, "query", user, now, version)
    claim.question, claim.answer = reason, ""
    take_step(claim, "query", user=user, now=now, version=version, given={"reason": reason})
    db.session.commit()


def answer(claim: Claim, *, answer: str, user: User, now: datetime, version: int | None) -> None:
    """Send a queried claim back, with the log as it is now."""
    _prepare(claim, "answer", user, now, version)
    _check_whole_log(claim)
    claim.pence, claim.answer = sum_of(claim.bid, with_claim=claim).due, answer
    _confirm_own_days(claim, user, now)
    take_step(
        claim,
        "answer",
        user=user,
        now=now,
        version=version,
        given={"answer": answer, "pence": claim.pence, "days": _log_words(claim)},
    )
    db.session.commit()


def confirm_days(claim: Claim, *, user: User, now: datetime, version: int | None) -> None:
    """A supported school's head says that the days were worked there."""
    lock(claim, version, step="confirm_days", user=user)
    if why := why_not_to_confirm(claim, user, now):
        raise Refused(why)
    claim.days_confirmed_at, claim.days_confirmed_by_id = now, user.id
    note(claim, "confirm_days", "Confirmed the days of a claim", user=user, now=now, version=version)
    db.session.commit()


def why_not_to_confirm(claim: Claim, user: User, now: datetime) -> str | None:
    """None when this person may confirm the claim's days now, else the sentence."""
    if not leads_a_supported_school(claim.bid, user, now):
        return "Only the head of a school that received the support can confirm the days."
    if not claim.has_days:
        return "This claim has no days to confirm."
    if claim.state is not ClaimState.SUBMITTED:
        return "There is nothing to confirm here now."
    return "The days are confirmed already." if claim.days_confirmed_at else None


def leads_a_supported_school(bid: Bid, user: User, now: datetime) -> bool:
    mine = user.school_ids(london_date(now), leading=True)
    return any(school.id in mine for school in bid.supported)


def certify(claim: Claim, *, user: User, now: datetime, version: int | None) -> None:
    _prepare(claim, "certify", user, now, version)
    claim.certified_at, claim.certified_by_id = now, user.id
    take_step(claim, "certify", user=user, now=now, version=version)
    db.session.commit()


def pay(claim: Claim, *, payment_reference: str, user: User, now: datetime, version: int | None) -> None:
    """Record the payment, to whom it is confirmed today and by their route."""
    lock(claim, version, step="pay", user=user)
    payee = payee_on(claim.school, london_date(now), locked=True)  # or it could end before the payment
    require_step(claim, "pay", user, now)
    claim.paid_at, claim.paid_by_id = now, user.id
    claim.payment_reference = payment_reference
    claim.keep_payee(payee)
    given = {"payment_reference": payment_reference, "paid_to": claim.payee_words}
    take_step(claim, "pay", user=user, now=now, version=version, given=given)
    db.session.commit()


def record_half_time(bid: Bid, *, user: User, now: datetime, version: int | None) -> None:
    """Record that half of the support is done; the second share raises its claim."""
    take_step(bid, "record_half_time", user=user, now=now, version=version, also={"half_time_at": now})
    if claim := tranche_claim(bid, ClaimKind.HALF_TIME, now):
        db.session.add(claim)
    db.session.commit()


def terminate(bid: Bid, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Stop the funding; what is unpaid goes back to the fund with the step."""
    lock(bid, version, step="terminate", user=user)
    bid.due_on = None
    take_step(bid, "terminate", user=user, now=now, version=version, given={"reason": reason})
    db.session.commit()


def _prepare(claim: Claim, step: str, user: User, now: datetime, version: int | None) -> None:
    """Hold the claim and ask the table first: what is recorded before a step that is refused
    would meet the database's own checks instead of the sentence."""
    lock(claim, version, step=step, user=user)
    require_step(claim, step, user, now)


def _check_whole_log(claim: Claim) -> None:
    lock_schools([claim.bid.lead_school_id, *(day.school_id for day in claim.days)])
    check_log(claim)
    if why := why_invoice_used(claim, claim.invoice_reference):
        raise Refused(why)


def _confirm_own_days(claim: Claim, user: User, now: datetime) -> None:
    if claim.days_confirmed_at is None and claim.bid.lead_school in claim.bid.supported:
        claim.days_confirmed_at, claim.days_confirmed_by_id = now, user.id


def _log_words(claim: Claim) -> list[str]:
    """The log as it was sent, kept with the history."""
    return [f"{d.day.isoformat()} {d.staff_code} {d.half_days}/2 {d.activity}" for d in claim.days]
