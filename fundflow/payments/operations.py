"""What people do to claims, and how an award is stopped."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select

from fundflow.actors import actors_for
from fundflow.blocking import release_unasked
from fundflow.extensions import db
from fundflow.models.area import same_schools
from fundflow.models.bid import Bid
from fundflow.models.day_log import WorkedDay
from fundflow.models.money import pounds
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import User
from fundflow.models.spent_cost import SpentCost
from fundflow.names import identifier
from fundflow.payments.day_log import lock_schools
from fundflow.payments.recoveries import lock_bids, take_off
from fundflow.reconciling import raise_what_is_left, reconcile
from fundflow.rules.award_sums import due_on, payee_today, sum_of
from fundflow.rules.awards import next_number, tranche_claims, unclaimed_costs, unclaimed_days
from fundflow.rules.claims import why_not_claimable, why_nothing_due
from fundflow.rules.payees import payee_on
from fundflow.rules.recoveries import to_take_off
from fundflow.steps import lock, lock_to_make, made_from_page, require_step, take_step
from fundflow.workflow.actors import Actor
from fundflow.workflow.claim import CLAIM, ClaimState
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import london_date


def ask_for_payment(
    bid: Bid,
    *,
    agreement: bool = True,
    invoice_reference: str = "",
    user: User,
    now: datetime,
    version: int | None,
) -> list[Claim]:
    """Claim what is due now, a claim for each school that is paid, with the confirmed days and the costs
    that no claim has asked for yet; they are sent at once. Raises AlreadyTaken at the second click on the
    same page.

    invoice_reference  the lead school's own, kept with its claim
    """
    lock_to_make(bid, CLAIM.name, user, version)
    found = sum_of(bid)
    refuse_if(why_no_claim(bid, user, now) or why_nothing_due(found))
    lock_schools([bid.lead_school_id])
    refuse_if(why_invoice_used(bid, invoice_reference))
    days, costs = unclaimed_days(bid), unclaimed_costs(bid)
    claims = []
    for number, payee in enumerate(found.payees_due, next_number(bid)):
        by_itself = bid.fund.is_purchase  # then each claim's invoice is entered on its own page
        own = invoice_reference if payee.school is bid.lead_school and not by_itself else ""
        claim = Claim(
            bid=bid,
            school=payee.school,
            number=number,
            kind=ClaimKind.BACKFILL,
            created_at=now,
            submitted_at=now,
            pence=payee.due,
            invoice_reference=own,
            invoice_school_id=bid.lead_school_id if own else None,
            days=[day for day in days if payee_today(day.line) == payee.school.id],
            costs=[cost for cost in costs if payee_today(cost.line) == payee.school.id],
        )
        db.session.add(claim)
        db.session.flush()  # the step locks its row
        given = {
            "agreement": agreement,
            "pence": claim.pence,
            "days": _words_of(claim.days),
            "costs": _words_of_costs(claim.costs),
            "invoice_reference": invoice_reference,
            "made_from": version,
        }
        take_step(claim, "submit", user=user, now=now, given=given)
        claims.append(claim)
    db.session.commit()
    return claims


def claims_made_from(bid: Bid, user: User, version: int | None) -> list[Claim]:
    """The claims that this person made from a page of the bid, by the version it carried."""
    made = made_from_page(bid, CLAIM.name, user, version)
    return [db.session.get_one(Claim, entry.record_id) for entry in made]


def why_no_claim(bid: Bid, user: User, now: datetime) -> str | None:
    """None when this person's school may claim on the award now, else the sentence."""
    if Actor.SCHOOL_TEAM not in actors_for(user, bid, now):
        return "Only people of the school that leads the bid can claim."
    return why_not_claimable(bid)


def why_invoice_used(bid: Bid, reference: str) -> str | None:
    """The sentence that says this invoice reference was used by the same school, or None."""
    wanted = identifier(reference)
    if not wanted:
        return None
    used = db.session.scalar(
        select(Claim.id)
        .where(
            Claim.invoice_school_id.in_(same_schools([bid.lead_school_id])),
            Claim.invoice_key == wanted,
            Claim.state != ClaimState.REFUSED,
        )
        .limit(1)
    )
    return f"Your school has used invoice reference {reference} before." if used else None


def dispute(
    claim: Claim,
    *,
    days: Collection[int],
    costs: Collection[int] = (),
    reason: str,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """Move disputed days and costs to a claim of their own, which waits for the school's answer; the rest
    goes on with its amount worked out again."""
    _prepare(claim, "dispute", user, now, version)
    disputed = [day for day in claim.days if day.id in days and day.struck_at is None]
    disputed_costs = [cost for cost in claim.costs if cost.id in costs and cost.counts]
    if not 0 < len(disputed) + len(disputed_costs) < claim.asks_for:
        raise Refused("Select a part of the claim. To ask about all of it, ask the school about this claim.")
    whole = claim.pence
    due = due_on(claim, [day.id for day in disputed], [cost.id for cost in disputed_costs])
    claim.pence = min(whole, due)
    parted = Claim(
        bid=claim.bid,
        school=claim.school,
        number=next_number(claim.bid),
        kind=claim.kind,
        state=ClaimState.QUERIED,
        pence=whole - claim.pence,
        created_at=now,
        submitted_at=claim.submitted_at,
        question=reason,
        split_from=claim,
    )
    db.session.add(parted)
    given = {"reason": reason, "days": _words_of(disputed), "costs": _words_of_costs(disputed_costs)}
    take_step(claim, "dispute", user=user, now=now, version=version, given=given)
    for day in disputed:
        day.claim = parted
    for cost in disputed_costs:
        cost.claim = parted
    db.session.commit()


def query(claim: Claim, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    _prepare(claim, "query", user, now, version)
    claim.question, claim.answer = reason, ""
    take_step(claim, "query", user=user, now=now, version=version, given={"reason": reason})
    db.session.commit()


def answer(claim: Claim, *, answer: str, user: User, now: datetime, version: int | None) -> None:
    """Send a queried claim back; its amount is worked out from the log as it is now."""
    _prepare(claim, "answer", user, now, version)
    due = due_on(claim)
    claim.pence, claim.answer = due if claim.split_from else min(claim.pence, due), answer
    take_step(
        claim,
        "answer",
        user=user,
        now=now,
        version=version,
        given={"answer": answer, "pence": claim.pence},
    )
    db.session.commit()


def certify(claim: Claim, *, user: User, now: datetime, version: int | None) -> None:
    _prepare(claim, "certify", user, now, version)
    claim.certified_at, claim.certified_by_id = now, user.id
    take_step(claim, "certify", user=user, now=now, version=version)
    db.session.commit()


def refuse(claim: Claim, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Refuse a claim; what a settled award still owes is claimed again."""
    told = take_step(claim, "refuse", user=user, now=now, version=version, given={"reason": reason})
    reconcile(claim.bid, told, user, now)
    db.session.commit()


def pay(claim: Claim, *, payment_reference: str, user: User, now: datetime, version: int | None) -> None:
    """Record the payment, to whom it is confirmed today and by their route. What is to be taken off it
    comes back with it: both are entered in full."""
    if others := {recovery.bid for recovery in to_take_off(claim)}:
        lock_bids(claim.bid, *others)
    lock(claim, version, step="pay", user=user)
    payee = payee_on(claim.school, london_date(now), locked=True)  # or it could end before the payment
    require_step(claim, "pay", user, now)
    claim.paid_at, claim.paid_by_id = now, user.id
    claim.payment_reference = payment_reference
    claim.keep_payee(payee)
    given = {"payment_reference": payment_reference, "paid_to": claim.payee_words}
    take_step(claim, "pay", user=user, now=now, version=version, given=given)
    take_off(claim, user=user, now=now)
    db.session.commit()


def record_half_time(bid: Bid, *, user: User, now: datetime, version: int | None) -> None:
    """Record that half of the support is done; the second share raises its claims."""
    take_step(bid, "record_half_time", user=user, now=now, version=version, also={"half_time_at": now})
    db.session.add_all(tranche_claims(bid, ClaimKind.HALF_TIME, now))
    db.session.commit()


def terminate(bid: Bid, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Stop the funding. What is earned is still paid, what can't be earned any more goes back to the fund
    with the step, what was paid and not earned is asked back."""
    lock(bid, version, step="terminate", user=user)
    bid.due_on = None
    take_step(bid, "terminate", user=user, now=now, version=version, given={"reason": reason})
    release_unasked(bid, user, now)
    raise_what_is_left(bid, None, now)  # decided and minuted: no person opens what comes back
    db.session.commit()


def _prepare(claim: Claim, step: str, user: User, now: datetime, version: int | None) -> None:
    """Hold the claim and ask the table first: what is recorded before a step that is refused
    would meet the database's own checks instead of the sentence."""
    lock(claim, version, step=step, user=user)
    require_step(claim, step, user, now)


def _words_of(days: Iterable[WorkedDay]) -> list[str]:
    """Days as they were asked for, kept with the history."""
    return [f"{d.day.isoformat()} {d.staff_code} {d.half_days}/2 {d.activity}" for d in days]


def _words_of_costs(costs: Iterable[SpentCost]) -> list[str]:
    return [f"{cost.spent_on.isoformat()} {pounds(cost.pence)} {cost.what}" for cost in costs]
