"""Blocks of an award's payments: put and lifted by officers and finance, and by pausing an award."""

from datetime import datetime

from fundflow.blocking import lift_block, new_block, standing_block
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.payment_block import BlockKind, PaymentBlock
from fundflow.models.person import User
from fundflow.rules.payment_blocks import standing_blocks
from fundflow.steps import lock, lock_to_make, require_step, take_step, why_no_step
from fundflow.workflow.engine import Refused
from fundflow.workflow.payment_block import PAYMENT_BLOCK


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
    found = new_block(bid, kind, reason, user, now)
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
    lift_block(block, reason, user, now, version=version)
    db.session.commit()


def suspend(bid: Bid, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Pause an award: a block that only resuming lifts."""
    take_step(bid, "suspend", user=user, now=now, version=version, given={"reason": reason})
    db.session.add(standing_block(bid, BlockKind.PAUSED, reason, user, now))
    db.session.commit()


def resume(bid: Bid, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Resume an award's payments; blocks of other kinds stand until they are lifted."""
    take_step(bid, "resume", user=user, now=now, version=version, given={"reason": reason})
    for block in standing_blocks(bid):
        if block.kind is BlockKind.PAUSED:
            lift_block(block, reason, user, now, told=("school", "officer", "finance"))
    db.session.commit()
