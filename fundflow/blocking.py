"""Putting a block of payments and lifting it, as a part of another step or by itself."""

from datetime import datetime

from fundflow.models.bid import Bid
from fundflow.models.impact import ImpactReturn
from fundflow.models.payment_block import BlockKind, PaymentBlock
from fundflow.models.person import User
from fundflow.rules.payment_blocks import standing_blocks
from fundflow.steps import take_step
from fundflow.workflow.payment_block import BlockState


def new_block(
    bid: Bid, kind: BlockKind, reason: str, user: User, now: datetime, state: BlockState = BlockState.NEW
) -> PaymentBlock:
    return PaymentBlock(bid=bid, kind=kind, state=state, reason=reason, put_at=now, put_by=user)


def standing_block(bid: Bid, kind: BlockKind, reason: str, user: User, now: datetime) -> PaymentBlock:
    """A block that another step puts, whose letters tell of it."""
    return new_block(bid, kind, reason, user, now, BlockState.STANDING)


def lift_block(
    block: PaymentBlock,
    reason: str,
    user: User | None,
    now: datetime,
    *,
    version: int | None = None,
    told: tuple[str, ...] = (),
    by_itself: bool = False,
) -> None:
    """Lift a block. The caller has locked it and commits.

    told       recipients whom another step's letter tells
    by_itself  what it waited for has happened: nobody decides it
    """
    lifter = user or block.put_by  # the clock is nobody, and a lifted block names somebody
    also = {"lifted_at": now, "lifted_by": lifter, "lift_reason": reason}
    taker = None if by_itself else user
    given = {"reason": reason}
    take_step(block, "lift", user=taker, now=now, version=version, given=given, unwritten=told, also=also)


def release(report: ImpactReturn, reason: str, user: User | None, now: datetime) -> None:
    """Lift the block of payments that was put for a report; bids are held for it no more."""
    for block in standing_blocks(report.bid):
        if block.kind is BlockKind.REPORT and block.put_at == report.held_at:
            lift_block(block, reason, user, now, told=("school",), by_itself=True)
    report.held_at = None


def release_unasked(bid: Bid, user: User | None, now: datetime) -> None:
    """Release what is held for reports that can no longer come, as the bid's state has changed."""
    for report in bid.returns:
        if report.held_at and (why := report.why_never_accepted()):
            release(report, why, user, now)
