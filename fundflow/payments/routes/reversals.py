"""Reversing a payment: asking for it on the claim's page, and the pages of its steps."""

from typing import Any

from flask import flash, redirect, url_for

from fundflow.models.payment import Claim, ClaimKind
from fundflow.payments import reversals
from fundflow.payments.blueprint import blueprint
from fundflow.payments.claims import PATH, claim_caption, claim_parts, visible_claim
from fundflow.payments.runs.forms import OpeningReversalForm, ReversalForm
from fundflow.payments.runs.pages import FINANCE, REVERSAL_STEPS
from fundflow.rules.reversals import why_payment_stays
from fundflow.web.access import access, me, now
from fundflow.web.bid_steps import bid_form_page
from fundflow.web.forms import carried_out
from fundflow.workflow.engine import refuse_if
from fundflow.workflow.reversal import REVERSAL, ReversalState


@blueprint.route(f"{PATH}/reverse", methods=["GET", "POST"])
@access(FINANCE)
def reverse_payment(reference: str, number: int) -> Any:
    """Say why a payment is taken back; another finance officer approves it."""
    claim = visible_claim(reference, number)
    before = claim.kind is ClaimKind.OPENING
    form = OpeningReversalForm.on(claim) if before else ReversalForm.on(claim)
    if not form.is_submitted():
        refuse_if(reversals.why_no_reversal(claim, me(), now()) or why_payment_stays(claim))
    row = REVERSAL.find("request", ReversalState.NEW)

    def act() -> None:
        right = form.right.data if isinstance(form, OpeningReversalForm) else None
        reversals.request(
            claim, reason=form.reason.data, right=right, user=me(), now=now(), version=form.version.data
        )

    if form.validate_on_submit() and carried_out(form, act, claim):
        flash(row.done, "success")
        return redirect(_page(claim))
    return bid_form_page(
        claim.bid,
        form,
        heading=f"{row.button}: {claim_caption(claim)}",
        explain=reversals.PAID_BEFORE if before else row.explain,
        warning=True,
        back=_page(claim),
        back_text="Back to the claim",
    )


def _page(claim: Claim) -> str:
    return url_for("payments.claim", **claim_parts(claim))


REVERSAL_STEPS.add(blueprint, "approve", reversals.approve)
REVERSAL_STEPS.add(blueprint, "refuse", reversals.refuse)
