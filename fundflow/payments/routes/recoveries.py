"""Money that is to come back: the page of a recovery, its steps, and opening one."""

from typing import Any

from flask import abort, flash, redirect, url_for

from fundflow.history import history_of
from fundflow.models.bid import Bid
from fundflow.models.money import pounds
from fundflow.models.recovery import Recovery
from fundflow.payments import recoveries
from fundflow.payments.blueprint import blueprint
from fundflow.payments.claims import money_of_bid
from fundflow.payments.forms import RecoveryForm, SetAgainstForm
from fundflow.permissions import sees_payment
from fundflow.rules.award_sums import sum_of
from fundflow.rules.recoveries import payments_to_set_against
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bids import visible_bid, visible_part
from fundflow.web.forms import carried_out
from fundflow.web.step_pages import StepPages
from fundflow.workflow.engine import Refused
from fundflow.workflow.recovery import RECOVERY

PATH = "/bids/<reference>/recoveries/<id:number>"


def _recovery(reference: str, number: int) -> Recovery:
    """A recovery that this person sees; else 404."""
    found: Recovery = visible_part(Recovery, number, visible_bid(reference))
    return found if sees_payment(me(), found, now()) else abort(404)


def _parts(recovery: Recovery) -> dict[str, Any]:
    return {"reference": recovery.bid.reference, "number": recovery.id}


RECOVERY_STEPS = StepPages(
    RECOVERY,
    path=f"{PATH}/steps",
    load=_recovery,
    parts=_parts,
    back=lambda recovery: url_for("payments.recovery", **_parts(recovery)),
    back_text="Back to the recovery",
    caption=lambda recovery: f"{recovery.reference} · {recovery.school.name} · {pounds(recovery.pence)}",
    prefix="recovery_",
)


@blueprint.route(PATH)
@access(SIGNED_IN)
def recovery(reference: str, number: int) -> Any:
    found = _recovery(reference, number)
    return bid_page(
        "payments/recovery.html",
        found.bid,
        recovery=found,
        steps=RECOVERY_STEPS.links(found),
        history=history_of(found),
    )


@blueprint.route("/bids/<reference>/recoveries/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new_recovery(reference: str) -> Any:
    """Say that money is to come back; another person approves it."""
    bid = money_of_bid(reference)
    found = sum_of(bid, hoped=True)
    form = RecoveryForm.on(bid)
    form.offer(found)
    if not form.is_submitted() and (why := recoveries.why_no_recovery(bid, found, me(), now())):
        raise Refused(why)
    opened: list[Recovery] = []
    if form.validate_on_submit() and carried_out(form, lambda: opened.append(_open(bid, form)), bid):
        flash("The recovery is opened. Another finance officer approves it next.", "success")
        return redirect(opened[0].path if opened else url_for("payments.bid_money", reference=bid.reference))
    return bid_page("payments/new_recovery.html", bid, form=form, sum=found), form.status


def _open(bid: Bid, form: RecoveryForm) -> Recovery:
    return recoveries.open_recovery(
        bid,
        school_id=int(form.school.data),
        ground=form.ground.data,
        pence=form.pence.data or 0,
        reason=form.reason.data,
        version=form.version.data,
        user=me(),
        now=now(),
    )


@RECOVERY_STEPS.own(blueprint, "set_against")
def set_against(reference: str, number: int) -> Any:
    """Choose the payment that is made less."""
    found = _recovery(reference, number)
    form = SetAgainstForm.on(found)
    form.offer(payments_to_set_against(found, me(), now()))
    return RECOVERY_STEPS.page(
        found,
        "set_against",
        form,
        lambda: recoveries.set_against(
            found, int(form.claim.data), version=form.version.data, user=me(), now=now()
        ),
    )


UNDOING = ("ask_undo", "undo_receive", "keep_receipt")
for name in ("approve", "invoice", "put_back", "receive", "let_go", "write_off", "cancel", *UNDOING):
    RECOVERY_STEPS.add(blueprint, name, getattr(recoveries, name))
