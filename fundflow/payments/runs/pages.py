"""How payment runs and reversals are found, and the pages of their steps."""

from flask import abort, url_for

from fundflow.models.fund import Fund
from fundflow.models.payment_run import PaymentLayout, PaymentRun
from fundflow.models.person import RoleName as R
from fundflow.models.reversal import Reversal
from fundflow.payments.runs import queries
from fundflow.payments.runs.choosing import layout_by_id
from fundflow.permissions import sees_as_staff
from fundflow.web.access import me, now, roles
from fundflow.web.bids import visible_bid, visible_part
from fundflow.web.step_pages import StepPages
from fundflow.workflow.payment_run import PAYMENT_RUN
from fundflow.workflow.reversal import REVERSAL

READERS = roles(*queries.READERS)
FINANCE = roles(R.FINANCE)


def known_run(number: int) -> PaymentRun:
    """A run that this person reads; else 404."""
    return queries.run_by_id(number, me(), now()) or abort(404)


def known_fund(number: int) -> Fund:
    """A fund whose money this person handles; else 404."""
    return next((fund for fund in queries.funds_of(me(), now()) if fund.id == number), None) or abort(404)


def known_layout(number: int) -> PaymentLayout:
    """A layout of such a fund; else 404."""
    row = layout_by_id(number) or abort(404)
    known_fund(row.fund_id)
    return row


def known_reversal(reference: str, number: int) -> Reversal:
    """A reversal, for those who see the bid's money for the council; else 404."""
    found: Reversal = visible_part(Reversal, number, visible_bid(reference))
    return found if sees_as_staff(me(), found.bid, now()) else abort(404)


RUN_STEPS = StepPages(
    PAYMENT_RUN,
    path="/money/runs/<id:number>/steps",
    load=known_run,
    parts=lambda run: {"number": run.id},
    back=lambda run: url_for("payments.payment_run", number=run.id),
    back_text="Back to the run",
    caption=lambda run: run.reference,
    rule=FINANCE,
    prefix="payment_run_",
)
REVERSAL_STEPS = StepPages(
    REVERSAL,
    path="/bids/<reference>/reversals/<id:number>/steps",
    load=known_reversal,
    parts=lambda reversal: {"reference": reversal.bid.reference, "number": reversal.id},
    back=lambda reversal: url_for(
        "payments.claim", reference=reversal.bid.reference, number=reversal.claim_id
    ),
    back_text="Back to the claim",
    caption=lambda reversal: f"{reversal.claim.reference} · {reversal.claim.school.name}",
    rule=FINANCE,
    prefix="reversal_",
)
