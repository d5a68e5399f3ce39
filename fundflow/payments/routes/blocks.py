"""Blocking an award's payments and lifting a block; pausing and resuming an award."""

from typing import Any

from flask import flash, redirect, url_for

from fundflow.models.bid import Bid
from fundflow.models.payment_block import BlockKind, PaymentBlock
from fundflow.payments import blocks
from fundflow.payments.blueprint import blueprint
from fundflow.payments.claims import money_of_bid
from fundflow.payments.forms import BlockForm
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_steps import BID_STEPS, bid_caption, bid_form_page
from fundflow.web.bids import visible_part
from fundflow.web.forms import carried_out
from fundflow.web.step_pages import StepPages
from fundflow.workflow.engine import Refused
from fundflow.workflow.payment_block import PAYMENT_BLOCK, BlockState


def visible_block(reference: str, number: int) -> PaymentBlock:
    """A block of a bid whose money this person sees; else 404."""
    found: PaymentBlock = visible_part(PaymentBlock, number, money_of_bid(reference))
    return found


def _money_page(bid: Bid) -> str:
    return url_for("payments.bid_money", reference=bid.reference)


BLOCK_STEPS = StepPages(
    PAYMENT_BLOCK,
    path="/bids/<reference>/blocks/<id:number>/steps",
    load=visible_block,
    parts=lambda block: {"reference": block.bid.reference, "number": block.id},
    back=lambda block: _money_page(block.bid),
    back_text="Back to the bid’s money",
    caption=lambda block: bid_caption(block.bid),
    prefix="block_",
)


@blueprint.route("/bids/<reference>/blocks/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new_block(reference: str) -> Any:
    """Keep the bid's claims from being checked and paid."""
    bid = money_of_bid(reference)
    form = BlockForm.on(bid)
    if not form.is_submitted() and (why := blocks.why_not_block(bid, me(), now())):
        raise Refused(why)
    row = PAYMENT_BLOCK.find("put", BlockState.NEW)

    def act() -> None:
        blocks.block(
            bid,
            kind=BlockKind(form.kind.data),
            reason=form.reason.data,
            user=me(),
            now=now(),
            version=form.version.data,
        )

    if form.validate_on_submit() and carried_out(form, act, bid):
        flash(row.done, "success")
        return redirect(_money_page(bid))
    return bid_form_page(
        bid,
        form,
        heading=row.button,
        explain=row.explain,
        warning=True,
        back=_money_page(bid),
        back_text="Back to the bid’s money",
    )


BLOCK_STEPS.add(blueprint, "lift", blocks.lift)
BID_STEPS.add(blueprint, "suspend", blocks.suspend)
BID_STEPS.add(blueprint, "resume", blocks.resume)
