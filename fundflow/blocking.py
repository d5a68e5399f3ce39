"""Putting a block of payments and lifting it, as a part of another step or by itself."""

from datetime import datetime

from fundflow.models.bid import Bid
from fundflow.models.payment_block import BlockKind, PaymentBlock
from fundflow.models.person import User
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
    user: User,
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
    also = {"lifted_at": now, "lifted_by": user, "lift_reason": reason}
    taker = None if by_itself else user
    given = {"reason": reason}
    take_step(block, "lift", user=taker, now=now, version=version, given=given, unwritten=told, also=also)
