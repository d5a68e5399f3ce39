"""The fund's money, and the Money tab of a bid."""

from flask import abort, render_template, request

from fundflow import ledger
from fundflow.models.person import RoleName
from fundflow.payments import (
    about_to,
    blocks,
    changes,
    claim_queries,
    invoices,
    operations,
    queries,
    recoveries,
    statements,
)
from fundflow.payments.blueprint import blueprint
from fundflow.payments.queries import READERS
from fundflow.payments.routes.blocks import BLOCK_STEPS
from fundflow.payments.statements import Asked
from fundflow.payments.waiting.figures import desk_of
from fundflow.payments.waiting.headings import Of, headings_for
from fundflow.payments.waiting.lists import page_of_heading
from fundflow.permissions import outcome_kept, sees_as_staff, sees_money, sees_payment
from fundflow.rules.award_sums import is_settled, sum_of
from fundflow.rules.change_requests import changes_of
from fundflow.rules.claims import why_condition_unmet
from fundflow.rules.invoices import order_of
from fundflow.rules.payees import schools_without_payee
from fundflow.rules.payment_blocks import why_report_overdue
from fundflow.rules.quality_checks import red_not_carried_out
from fundflow.rules.recoveries import recoveries_of
from fundflow.web.access import SIGNED_IN, access, me, now, roles
from fundflow.web.bid_page import bid_page
from fundflow.web.bid_steps import BID_STEPS
from fundflow.web.bids import visible_bid
from fundflow.web.paging import row_id
from fundflow.workflow.award import instalments
from fundflow.workflow.claim import CLAIM
from fundflow.workflow.payment_run import PAYMENT_RUN
from fundflow.workflow.recovery import RECOVERY
from fundflow.workflow.working_days import financial_year, london_date


@blueprint.route("/money")
@access(roles(*READERS, RoleName.BOARD))
def money() -> str:
    user, at = me(), now()
    reads_ledger = roles(*READERS).allows(user, at)
    return render_template(
        "payments/money.html",
        funds=queries.funds_money(user, at, (*READERS, RoleName.BOARD), as_told=not reads_ledger),
        desk=desk_of(queries.funds_of(user, at, READERS), user, at),
        reads_ledger=reads_ledger,
        year=financial_year(london_date(at)) if roles(*queries.WHOLE_LEDGER).allows(user, at) else None,
    )


@blueprint.route("/money/waiting/<id:fund>/<kind>")
@access(roles(*READERS))
def money_waiting(fund: int, kind: str) -> str:
    """The list behind a heading of the desk."""
    user, at = me(), now()
    found = next((one for one in queries.funds_of(user, at, READERS) if one.id == fund), None) or abort(404)
    heading = next((one for one in headings_for(found, user, at) if one.kind == kind), None) or abort(404)
    return render_template(
        "payments/waiting.html",
        fund=found,
        heading=heading,
        page=page_of_heading(heading, found, user, at, row_id(request.args.get("after"))),
        words={Of.RUNS: PAYMENT_RUN.words, Of.RECOVERIES: RECOVERY.words}.get(heading.of, CLAIM.words),
    )


@blueprint.route("/bids/<reference>/money")
@access(SIGNED_IN)
def bid_money(reference: str) -> str:
    bid = visible_bid(reference)
    user, at = me(), now()
    if not sees_money(user, bid, at):
        abort(404)
    kept, found = outcome_kept(user, bid, at), sum_of(bid, requested=sees_as_staff(user, bid, at))
    put = queries.blocks_of(bid)
    return bid_page(
        "payments/bid_money.html",
        bid,
        totals=ledger.NOTHING if kept else ledger.bid_totals(bid.id),
        sum=found,
        queried=claim_queries.queried_on(bid),
        schedule=bid.award and instalments(bid.award.tranches, bid.award.pence),
        claims=claim_queries.cards(bid, user, at),
        lines=list(statements.of_bid(bid, user, at, Asked()).lines()),
        recoveries=[one for one in recoveries_of(bid) if sees_payment(user, one, at)],
        may_recover=recoveries.why_no_recovery(bid, found, user, at) is None,
        may_claim=bool(found.due or not is_settled(bid)) and operations.why_no_claim(bid, user, at) is None,
        held=schools_without_payee(bid, london_date(at)),
        condition_unmet=why_condition_unmet(bid, london_date(at)) if bid.award else None,
        report_overdue=why_report_overdue(bid, london_date(at)),
        checks_red=red_not_carried_out(bid),
        blocks=put,
        block_steps={block.id: BLOCK_STEPS.links(block) for block in put if block.lifted_at is None},
        changes=changes_of(bid),
        may_change=changes.why_no_change(bid, "ask", user, at) is None,
        order_of=order_of,
        may_order=bid.fund.is_purchase and invoices.why_no_order(bid, user, at) is None,
        may_block=blocks.why_not_block(bid, user, at) is None,
    )


BID_STEPS.add(blueprint, "terminate", operations.terminate, about_to=about_to.stop)
BID_STEPS.add(blueprint, "record_half_time", operations.record_half_time)
