"""What a block of payments waits for."""

from fundflow.models.payment_block import BlockKind, PaymentBlock
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.payment_blocks import why_nothing_to_block
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you


@guard
def nothing_to_block(block: PaymentBlock, _ask: Ask) -> str | None:
    return why_nothing_to_block(block.bid)


@guard
def barred_from_block(block: PaymentBlock, ask: Ask) -> str | None:
    bar = bar_of(block.bid, ask.user, ask.now) if ask.user else None
    return f"You can’t block payments here or lift a block: {bar_to_you(bar)}." if bar else None


@guard
def lifted_by_resuming(block: PaymentBlock, _ask: Ask) -> str | None:
    """A pause ends with its bid's step, which tells the provider too."""
    if block.kind is BlockKind.PAUSED and block.bid.state is BidState.SUSPENDED:
        return "The award is paused. The liaison officer resumes payments on the bid’s page."
    return None
