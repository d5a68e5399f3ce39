"""The fund's money, and the Money tab of a bid."""

from flask import abort, render_template

from fundflow import ledger
from fundflow.models.person import RoleName
from fundflow.payments import blocks, changes, claim_queries, operations, queries, recoveries, statements
from fundflow.payments.blueprint import blueprint
from fundflow.payments.queries import READERS
from fundflow.payments.routes.blocks import BLOCK_STEPS
from fundflow.payments.statements import Asked
from fundflow.permissions import outcome_kept, sees_money, sees_payment
from fundflow.rules.award_sums import is_settled, sum_of
from fundflow.rules.change_requests import changes_of
from fundflow.rules.payees import schools_without_payee
from fundflow.rules.payment_blocks import why_report_overdue
from fundflow.rules.recoveries import recoveries_of
from fundflow.web.access import SIGNED_IN, access, me, now, roles
from fundflow.web.bid_page import bid_page
from fundflow.web.bid_steps import BID_STEPS
from fundflow.web.bids import visible_bid
from fundflow.workflow.award import instalments
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.recovery import RECOVERY
from fundflow.workflow.working_days import financial_year, london_date


@blueprint.route("/money")
@access(roles(*READERS, RoleName.BOARD))
def money() -> str:
    user, at = me(), now()
    return render_template(
        "payments/money.html",
        funds=queries.funds_money(user, at, (*READERS, RoleName.BOARD)),
        to_check=queries.claims_waiting(user, at, ClaimState.SUBMITTED),
        to_pay=queries.claims_waiting(user, at, ClaimState.CERTIFIED),
        to_come=queries.recoveries_to_come(user, at),
        recovery_words=RECOVERY.words,
        reads_ledger=roles(*READERS).allows(user, at),
        year=financial_year(london_date(at)) if roles(*queries.WHOLE_LEDGER).allows(user, at) else None,
    )


@blueprint.route("/bids/<reference>/money")
@access(SIGNED_IN)
def bid_money(reference: str) -> str:
    bid = visible_bid(reference)
    user, at = me(), now()
    if not sees_money(user, bid, at):
        abort(404)
    kept, found = outcome_kept(user, bid, at), sum_of(bid)
    put = queries.blocks_of(bid)
    return bid_page(
        "payments/bid_money.html",
        bid,
        totals=ledger.NOTHING if kept else ledger.bid_totals(bid.id),
        sum=found,
        schedule=bid.award and instalments(bid.award.tranches, bid.award.pence),
        claims=claim_queries.cards(bid, user, at),
        lines=list(statements.of_bid(bid, user, at, Asked()).lines()),
        recoveries=[one for one in recoveries_of(bid) if sees_payment(user, one, at)],
        may_recover=recoveries.why_no_recovery(bid, found, user, at) is None,
        may_claim=bool(found.due or not is_settled(bid)) and operations.why_no_claim(bid, user, at) is None,
        held=schools_without_payee(bid, london_date(at)),
        report_overdue=why_report_overdue(bid, london_date(at)),
        blocks=put,
        block_steps={block.id: BLOCK_STEPS.links(block) for block in put if block.lifted_at is None},
        changes=changes_of(bid),
        may_change=changes.why_no_change(bid, "ask", user, at) is None,
        may_block=blocks.why_not_block(bid, user, at) is None,
    )


BID_STEPS.add(blueprint, "terminate", operations.terminate)
BID_STEPS.add(blueprint, "record_half_time", operations.record_half_time)
