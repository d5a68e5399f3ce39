"""Blocks of an award's payments: put and lifted by officers and finance, and by pausing an award."""

from datetime import datetime

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.payment_block import BlockKind, PaymentBlock
from fundflow.models.person import User
from fundflow.rules.payment_blocks import standing_blocks
from fundflow.steps import lock, lock_to_make, require_step, take_step, why_no_step
from fundflow.workflow.engine import Refused
from fundflow.workflow.payment_block import PAYMENT_BLOCK, BlockState


def why_not_block(bid: Bid, user: User, now: datetime) -> str | None:
    """None where this person may block the bid's payments now, else the sentence."""
    return why_no_step(PaymentBlock(bid=bid, kind=BlockKind.OTHER), "put", user, now)


def block(
    bid: Bid, *, kind: BlockKind, reason: str, user: User, now: datetime, version: int | None
) -> PaymentBlock:
    """Keep a bid's claims from being checked and paid. Raises AlreadyTaken at the second click on a page."""
    lock_to_make(bid, PAYMENT_BLOCK.name, user, version)
    if kind is BlockKind.PAUSED:
        raise Refused("Pause payments on the bid’s page instead.")
    found = _block(bid, kind, reason, user, now)
    db.session.add(found)
    db.session.flush()  # the step locks its row
    given = {"kind": kind, "reason": reason, "made_from": version}
    take_step(found, "put", user=user, now=now, given=given)
    db.session.commit()
    return found


def lift(block: PaymentBlock, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Let payments go on, as far as this block held them."""
    lock(block, version, step="lift", user=user)
    require_step(block, "lift", user, now)
    _lift(block, reason, user, now, version)
    db.session.commit()


def suspend(bid: Bid, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Pause an award: a block that only resuming lifts."""
    take_step(bid, "suspend", user=user, now=now, version=version, given={"reason": reason})
    db.session.add(_block(bid, BlockKind.PAUSED, reason, user, now, state=BlockState.STANDING))
    db.session.commit()


def resume(bid: Bid, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Resume an award's payments; blocks of other kinds stand until they are lifted."""
    take_step(bid, "resume", user=user, now=now, version=version, given={"reason": reason})
    for block in standing_blocks(bid):
        if block.kind is BlockKind.PAUSED:
            _lift(block, reason, user, now, told=("school", "officer", "finance"))
    db.session.commit()


def _block(
    bid: Bid,
    kind: BlockKind,
    reason: str,
    user: User,
    now: datetime,
    state: BlockState = BlockState.NEW,
) -> PaymentBlock:
    return PaymentBlock(bid=bid, kind=kind, state=state, reason=reason, put_at=now, put_by=user)


def _lift(
    block: PaymentBlock,
    reason: str,
    user: User,
    now: datetime,
    version: int | None = None,
    told: tuple[str, ...] = (),
) -> None:
    also = {"lifted_at": now, "lifted_by": user, "lift_reason": reason}
    given = {"reason": reason}
    take_step(block, "lift", user=user, now=now, version=version, given=given, unwritten=told, also=also)
