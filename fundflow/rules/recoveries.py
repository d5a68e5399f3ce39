"""What keeps a recovery from being asked for, let go or taken off a payment, and a bid from closing
(docs/rules.md, "What comes back")."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import object_session

from fundflow.models.bid import Bid
from fundflow.models.money import pounds
from fundflow.models.payment import Claim
from fundflow.models.person import User
from fundflow.models.recovery import Ground, Recovery
from fundflow.rules.award_sums import AwardSum, PayeeDue, sum_of
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.payment_runs import is_in_run
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.recovery import RecoveryState


def recoveries_of(bid: Bid) -> Sequence[Recovery]:
    """A bid's recoveries, the oldest first."""
    session = object_session(bid)
    query = select(Recovery).where(Recovery.bid_id == bid.id).order_by(Recovery.number)
    return session.scalars(query).all() if session else []


def why_not_reconciled(bid: Bid) -> str | None:
    """Why an award can't be closed, payee by payee; None where what was paid is what was earned, or a
    recovery stands for the rest."""
    return why_not_in_balance(sum_of(bid))


def why_not_in_balance(found: AwardSum) -> str | None:
    """The same of a sum that was reckoned already."""
    for payee in found.payees:
        if payee.due:
            return (
                f"{payee.school.name} has earned {pounds(payee.due)} that is not paid yet. "
                "Its school asks for the payment."
            )
        if payee.missing:
            return f"Ask back {pounds(payee.missing)} that {payee.school.name} was paid and did not earn."
    if found.waits and found.to_come:
        return f"{pounds(found.waits)} was earned and waits until another school has paid back what it owes."
    return None


def most_to_ask_back(payee: PayeeDue, ground: Ground) -> int:
    """Pence that may be asked back of a payee: what it did not earn, or all that it was paid, less what
    stands already."""
    if ground is Ground.NOT_EARNED:
        return payee.missing
    return max(payee.sum.paid - payee.standing, 0)


def why_above_small_sum(recovery: Recovery) -> str | None:
    """Why finance can't let it go by itself: with what was let go before on the bid it is too much."""
    most = recovery.bid.fund.let_go_pence
    session = object_session(recovery)
    before = session and session.scalar(
        select(func.sum(Recovery.pence)).where(
            Recovery.bid_id == recovery.bid_id, Recovery.state == RecoveryState.LET_GO
        )
    )
    if recovery.pence + (before or 0) <= most:
        return None
    return f"Finance can let go up to {pounds(most, always_pence=False)} of an award. More is written off."


def why_still_owed(recovery: Recovery) -> str | None:
    """Why it can't be cancelled: without it nothing would stand for money that was paid and not earned, or,
    once the school is asked for it, not spent as agreed."""
    misused = recovery.ground is Ground.MISUSED
    if misused and recovery.state is RecoveryState.REQUESTED:
        return None
    payee = sum_of(recovery.bid, hoped=True).of(recovery.school)
    if payee is None:
        return None
    owed = (payee.sum.paid if misused else payee.sum.back) - payee.standing + recovery.pence
    if owed <= 0:
        return None
    words = "not spent as agreed" if misused else "not earned"
    last = "let it go" if recovery.state is RecoveryState.REQUESTED else "have it written off"
    return f"{pounds(min(owed, recovery.pence))} was paid and {words}. Ask for it, or {last}."


def why_not_owed_again(recovery: Recovery) -> str | None:
    """Why that it came back can't be undone: the school would be asked for money that it does not owe, as
    where the award was raised since."""
    payee = sum_of(recovery.bid, hoped=True).of(recovery.school)
    if payee is None or recovery.ground is Ground.MISUSED:
        return None
    owed = payee.sum.paid + recovery.pence - payee.most - payee.standing
    if owed >= recovery.pence:
        return None
    return (
        f"{pounds(recovery.pence - max(owed, 0))} of it is not owed any more: more was awarded or earned "
        "since it came back. Put that right first, for example by less money for the award."
    )


def payments_to_set_against(recovery: Recovery, user: User, now: datetime) -> list[tuple[Claim, int]]:
    """Checked claims that pay the same school from the same fund and that this person may handle, each with
    what is left of it once other recoveries are taken off; those that are large enough, the oldest first."""
    session = object_session(recovery)
    if session is None:
        return []
    taken = pence_to_take_off()
    rows = session.execute(
        select(Claim, Claim.pence - taken)
        .join(Bid, Bid.id == Claim.bid_id)
        .where(
            Claim.school_id == recovery.school_id,
            Claim.state == ClaimState.CERTIFIED,
            Bid.fund_id == recovery.bid.fund_id,
            Claim.pence - taken >= recovery.pence,
            ~is_in_run(),
        )
        .order_by(Claim.certified_at, Claim.id)
    )
    return [(claim, left) for claim, left in rows if bar_of(claim.bid, user, now) is None]


def pence_to_take_off() -> ScalarSelect[int]:
    """What a claim's payment is still to be made less, in a query of claims."""
    return (
        select(func.coalesce(func.sum(Recovery.pence), 0))
        .where(Recovery.claim_id == Claim.id, Recovery.state == RecoveryState.SET_AGAINST)
        .correlate(Claim)
        .scalar_subquery()
    )


def taken_off(claim: Claim) -> Sequence[Recovery]:
    """The recoveries that are to be taken off a claim's payment, or were."""
    session = object_session(claim)
    query = select(Recovery).where(Recovery.claim_id == claim.id).order_by(Recovery.id)
    return session.scalars(query).all() if session else []


def to_take_off(claim: Claim) -> list[Recovery]:
    """Those that its payment is still to be made less."""
    return [recovery for recovery in taken_off(claim) if recovery.state is RecoveryState.SET_AGAINST]


def why_set_against(claim: Claim) -> str | None:
    """Why a claim can't be refused: what comes back is to be taken off it."""
    pence = sum(recovery.pence for recovery in to_take_off(claim))
    return (
        f"{pounds(pence)} that comes back is to be taken off this claim. Undo that first." if pence else None
    )
