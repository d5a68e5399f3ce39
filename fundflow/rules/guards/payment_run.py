"""What a payment run waits for."""

from fundflow.models.payment_run import PaymentRun
from fundflow.rules.payment_runs import why_none_approved, why_not_exported
from fundflow.workflow.engine import Ask, guard


@guard
def gathered_it(run: PaymentRun, ask: Ask) -> str | None:
    if ask.user and run.gathered_by_id == ask.user.id:
        return "You gathered this run, so another finance officer must approve it."
    return None


@guard
def nothing_in_run(run: PaymentRun, _ask: Ask) -> str | None:
    return None if run.waiting else "Nothing of this run can be paid. Cancel it."


@guard
def lines_unanswered(run: PaymentRun, _ask: Ask) -> str | None:
    return "Some payments of this run are not answered yet." if run.waiting else None


@guard
def not_payable_now(run: PaymentRun, ask: Ask) -> str | None:
    return why_not_exported(run, ask.now)


@guard
def approves_nothing(run: PaymentRun, ask: Ask) -> str | None:
    return why_none_approved(run, ask.user, ask.now) if ask.user else None
