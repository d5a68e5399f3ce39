"""What an award still pays, and what keeps a claim on it from being sent, checked or paid."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import object_session

from fundflow.models.bid import Bid
from fundflow.models.condition import OPEN_CONDITIONS, AwardCondition
from fundflow.models.decision import Decision
from fundflow.models.money import pounds
from fundflow.models.payment import Claim
from fundflow.models.unfinished import wrong_under
from fundflow.rules.awards import sum_of
from fundflow.workflow.application import BidState


def why_not_claimable(bid: Bid) -> str | None:
    """None while an award can be claimed on and paid, else the sentence that says why not."""
    if bid.state in (BidState.IN_DELIVERY, BidState.IN_MONITORING):
        return None
    if bid.state is BidState.SUSPENDED:
        return "Payments on this bid are paused."
    return "This award can no longer be claimed on."


def why_above_balance(claim: Claim) -> str | None:
    """The sentence where a claim is more than what is due on the award now."""
    due = sum_of(claim.bid, with_claim=claim).due
    if claim.pence <= due:
        return None
    return f"The claim is {pounds(claim.pence)}; {pounds(due)} of the award is due now."


def why_nothing_claimed(claim: Claim) -> str | None:
    """Why a claim has no amount: no days, or days that what was paid already covers."""
    if claim.pence:
        return None
    whole = sum_of(claim.bid, with_claim=claim).whole
    if whole.due or not claim.days:
        return "Add the days that were worked first."
    if whole.paid >= whole.earned:
        return (
            f"{pounds(whole.paid)} is paid already and covers the days worked so far, which come to "
            f"{pounds(whole.earned)}. You can claim once the days come to more."
        )
    return (
        f"{pounds(whole.paid)} is paid already. {pounds(whole.kept)} of the award is paid once the final "
        "report is accepted."
    )


def why_days_unconfirmed(claim: Claim) -> str | None:
    """Who has yet to confirm the days of a claim's log, as a sentence, or None."""
    if not claim.has_days or claim.days_confirmed_at:
        return None
    names = " or ".join(school.name for school in claim.bid.supported)
    return f"Waiting for the head of {names} to confirm the days."


def why_log_unfinished(claim: Claim) -> str | None:
    """What must be put right in a day of the log that was begun, or None."""
    wrong = wrong_under(claim.bid, claim.begun_day)
    return f"{wrong[0]}." if wrong else None


def why_condition_unmet(bid: Bid, day: date) -> str | None:
    """The first of an award's conditions that was due by a day and is neither met nor let go, as a
    sentence; None where payments need not wait. Asked of the database: another may just have met it."""
    session = object_session(bid)
    if session is None:
        return None
    found = session.scalar(
        select(AwardCondition)
        .join(Decision, Decision.id == AwardCondition.decision_id)
        .where(
            AwardCondition.bid_id == bid.id,
            AwardCondition.due_on <= day,
            AwardCondition.state.in_(OPEN_CONDITIONS),
            Decision.undone_at.is_(None),
        )
        .order_by(AwardCondition.due_on, AwardCondition.id)
        .limit(1)
    )
    return found.why_unpaid if found else None
