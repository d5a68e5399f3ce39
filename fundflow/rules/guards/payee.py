"""What a payee, or a batch of them, waits for."""

from fundflow.models.payee import Payee, PayeeBatch
from fundflow.rules.payees import bar_from_paying, why_outdated
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.payee_batch import BatchState
from fundflow.workflow.working_days import london_date


@guard
def proposed_payee(record: Payee | PayeeBatch, ask: Ask) -> str | None:
    if ask.user and record.proposed_by_id == ask.user.id:
        return "You proposed this, so another finance officer must confirm it."
    return None


@guard
def payee_barred(record: Payee | PayeeBatch, ask: Ask) -> str | None:
    bar = bar_from_paying(record.schools, ask.user, london_date(ask.now)) if ask.user else None
    return f"You can’t say who is paid here: {bar_to_you(bar)}." if bar else None


@guard
def one_of_batch(payee: Payee, _ask: Ask) -> str | None:
    if payee.batch is not None and payee.batch.state is BatchState.PROPOSED:
        return "It is one of a batch, which is confirmed or refused as one."
    return None


@guard
def payee_outdated(record: Payee | PayeeBatch, _ask: Ask) -> str | None:
    return next((why for payee in record.payees if (why := why_outdated(payee, payee.school))), None)


@guard
def held_payee(payee: Payee, _ask: Ask) -> str | None:
    return "Payments to this payee are held already." if payee.hold_since else None


@guard
def payee_not_held(payee: Payee, _ask: Ask) -> str | None:
    return None if payee.hold_since else "Payments to this payee are not held."
