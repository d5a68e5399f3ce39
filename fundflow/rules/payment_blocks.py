"""What holds an award's claims: a block that somebody put, an overdue report, a condition that was due."""

from datetime import date

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import object_session

from fundflow.models.bid import Bid
from fundflow.models.condition import OPEN_CONDITIONS, AwardCondition
from fundflow.models.decision import Decision
from fundflow.models.impact import ImpactReturn
from fundflow.models.payment_block import PaymentBlock
from fundflow.rules.claims import SETTLED_IN
from fundflow.rules.returns import counts_against, late_returns
from fundflow.workflow.date_words import day_words
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.payment_block import BlockState


def standing_blocks(bid: Bid) -> list[PaymentBlock]:
    """The blocks of a bid that nobody has lifted, oldest first. Asked of the database: another may just
    have put one."""
    session = object_session(bid)
    query = select(PaymentBlock).where(PaymentBlock.bid_id == bid.id, is_standing()).order_by(PaymentBlock.id)
    return list(session.scalars(query)) if session else []


def is_standing() -> ColumnElement[bool]:
    return PaymentBlock.state == BlockState.STANDING


def why_blocked(bid: Bid) -> str | None:
    """The oldest block of a bid's payments, as sentences; None where there is none."""
    blocks = standing_blocks(bid)
    return blocks[0].why_unpaid if blocks else None


def why_nothing_to_block(bid: Bid) -> str | None:
    """None while an award's payments can be blocked, else the sentence that says why not."""
    if bid.state in SETTLED_IN:
        return None
    return "Payments can be blocked from the acceptance of the offer until the bid is closed."


def why_report_overdue(bid: Bid, day: date) -> str | None:
    """Which report of a bid was due before a day and has not come, as a sentence; None where none."""
    late = next(iter(late_returns(bid, day)), None)
    if late is None:
        return None
    what = "The report on what changed" if late.is_final else f"The {late.kind.in_words}"
    if late.state is ReturnState.RETURNED:
        what = f"The {late.owed}"
    return f"{what} was due on {day_words(late.wanted_on)} and has not been sent."


def is_blocked() -> ColumnElement[bool]:
    """Whether a block stands, as a condition on Bid."""
    return exists().where(PaymentBlock.bid_id == Bid.id, is_standing()).correlate(Bid)


def report_is_overdue(day: date) -> ColumnElement[bool]:
    """`why_report_overdue` as a condition on Bid."""
    return exists().where(ImpactReturn.bid_id == Bid.id, counts_against(day)).correlate(Bid)


def condition_is_unmet(day: date) -> ColumnElement[bool]:
    """`claims.why_condition_unmet` as a condition on Bid."""
    unmet = exists().where(
        AwardCondition.bid_id == Bid.id,
        AwardCondition.due_on <= day,
        AwardCondition.state.in_(OPEN_CONDITIONS),
        Decision.id == AwardCondition.decision_id,
        Decision.undone_at.is_(None),
    )
    return unmet.correlate(Bid)
