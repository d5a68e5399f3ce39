"""What an award still pays, and what keeps a claim on it from being sent, checked or paid."""

from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, object_session

from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid
from fundflow.models.condition import OPEN_CONDITIONS, AwardCondition
from fundflow.models.day_log import BEGUN_DAYS, WorkedDay
from fundflow.models.decision import Decision
from fundflow.models.money import pounds
from fundflow.models.payment import Claim
from fundflow.models.spent_cost import SpentCost
from fundflow.models.unfinished import wrong_under
from fundflow.rules.award_rows import added_up, done_before
from fundflow.rules.award_sums import AwardSum, due_on, sum_of
from fundflow.workflow.application import BidState
from fundflow.workflow.award import Milestone

CLAIMED_IN = (BidState.IN_DELIVERY, BidState.IN_MONITORING, BidState.TERMINATED)
LOGGING = (BidState.IN_DELIVERY, BidState.SUSPENDED, BidState.IN_MONITORING)
SETTLED_IN = (*LOGGING, BidState.TERMINATED)  # what was logged is confirmed, claimed and paid
NOTHING_LEFT = "Nothing of this claim is due any more. Refuse it."


def why_not_claimable(bid: Bid) -> str | None:
    """None while an award can be claimed on and paid, else the sentence that says why not."""
    if bid.state in CLAIMED_IN:
        return None
    if bid.state is BidState.SUSPENDED:
        return "Payments on this bid are paused."
    return "This award can no longer be claimed on."


def is_claimable() -> ColumnElement[bool]:
    """`why_not_claimable` as a condition on Bid."""
    return Bid.state.in_(CLAIMED_IN)


def why_log_closed(bid: Bid) -> str | None:
    """None while days and costs of an award can be logged, else the sentence that says why not."""
    if bid.state not in LOGGING:
        return "Days and costs can be logged from the acceptance of the offer until the funding ends."
    if bid.has_accepted_report():
        return "The final report is accepted, so the log of days and costs is closed."
    return None


def why_above_balance(claim: Claim) -> str | None:
    """The sentence where a claim is more than what is due on the award now."""
    due = due_on(claim)
    if claim.pence <= due:
        return None
    return f"The claim is {pounds(claim.pence)}; {pounds(due)} of the award is due now."


def why_nothing_due(found: AwardSum) -> str | None:
    """Why nothing can be asked for: nothing is earned, or what was paid already covers."""
    if found.due:
        return None
    if not found.left:
        return "All of the award has been claimed."
    whole = found.whole
    if found.left <= whole.kept:
        return (
            f"All but {pounds(found.left)} of the award has been claimed. "
            "The rest is paid once the final report is accepted."
        )
    if not whole.earned:
        return (
            "No days are confirmed yet, and no costs are in the log. Days count once they are confirmed, "
            "other costs once they are added with a receipt."
        )
    if found.underway and found.whole.due:
        return f"{pounds(found.underway)} is asked for already and is being checked or paid."
    if whole.paid >= whole.earned:
        return (
            f"{pounds(whole.paid)} is paid already and covers the days and costs so far, which come to "
            f"{pounds(whole.earned)}. You can ask for more once they come to more."
        )
    return (
        f"{pounds(whole.paid)} is paid already. {pounds(whole.kept)} of the award is paid once the final "
        "report is accepted."
    )


def why_nothing_claimed(claim: Claim) -> str | None:
    """Why a claim has no amount, or None where it has one."""
    if claim.pence:
        return None
    payee = sum_of(claim.bid, with_claim=claim).of(claim.school)
    if payee and payee.sum.kept and payee.sum.earned > payee.sum.paid:
        return (
            f"Nothing of this claim is due yet. We keep {pounds(payee.sum.kept)} of the award until the "
            "final report is accepted. What it asks for is paid then."
        )
    return NOTHING_LEFT


def why_days_unconfirmed(claim: Claim) -> str | None:
    """Who has yet to confirm days of a claim, as a sentence, or None."""
    waiting = list(dict.fromkeys(day.confirms_words for day in claim.days if day.is_unsettled))
    return f"Waiting for {' and '.join(waiting)} to confirm the days." if waiting else None


def why_days_unsettled(bid: Bid) -> str | None:
    """Which days of a bid's log are neither confirmed nor struck out, as a sentence, or None."""
    session = object_session(bid)
    query = (
        select(WorkedDay)
        .where(WorkedDay.bid_id == bid.id, WorkedDay.is_unsettled)
        .order_by(WorkedDay.id)
        .options(joinedload(WorkedDay.confirms))
    )
    days = session.scalars(query).all() if session else []
    if not days:
        return None
    waiting = " and ".join(dict.fromkeys(day.confirms_words for day in days))
    count = "1 day of the log waits" if len(days) == 1 else f"{len(days)} days of the log wait"
    return f"{count} for {waiting} to confirm or strike out."


def why_costs_lack_receipts(bid: Bid) -> str | None:
    """How much of an award's other costs no receipt shows yet, as a sentence, or None."""
    lines = [line for line in bid.award.lines if not line.is_days] if bid.award else []
    session = object_session(bid)
    if not lines or session is None:
        return None
    query = (
        select(AwardLine.key, func.sum(SpentCost.pence))
        .join(SpentCost.line)
        .where(SpentCost.bid_id == bid.id, SpentCost.counts)
        .group_by(AwardLine.key)
    )
    spent = added_up(session.execute(query.union_all(*done_before(lambda row: row.bid_id == bid.id))))
    lacking = sum(max(line.pence - spent[line.key], 0) for line in lines)
    if not lacking:
        return None
    return (
        f"{pounds(lacking)} of the award is for other costs that have no receipt in the log yet. "
        "They count only with a receipt that is added before the final report is accepted."
    )


def is_all_in_advance(bid: Bid) -> bool:
    """Whether all of the award is paid as the offer is accepted, and its support goes on: such days are
    settled once it has ended."""
    schedule = bid.award.tranches if bid.award else ()
    return bid.state is BidState.IN_DELIVERY and [tranche.when for tranche in schedule] == [
        Milestone.ACCEPTED
    ]


def why_log_unfinished(bid: Bid) -> str | None:
    """What must be put right in a day of the log that was begun, or None."""
    wrong = wrong_under(bid, BEGUN_DAYS)
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
