"""The fund's money, the ledger, and the Money tab of a bid."""

from collections.abc import Iterator
from typing import Any

from flask import Response, abort, render_template, request

from fundflow import ledger
from fundflow.models.fund import year_words
from fundflow.models.ledger_entry import EntryKind
from fundflow.models.person import RoleName
from fundflow.payments import blocks, changes, claim_queries, invoices, operations, queries, recoveries
from fundflow.payments.blueprint import blueprint
from fundflow.payments.queries import READERS, LedgerFilters
from fundflow.payments.routes.blocks import BLOCK_STEPS
from fundflow.permissions import is_told_all, outcome_kept, sees_money, sees_payment
from fundflow.rules.award_sums import is_settled, sum_of
from fundflow.rules.change_requests import changes_of
from fundflow.rules.invoices import order_of
from fundflow.rules.payees import schools_without_payee
from fundflow.rules.payment_blocks import why_report_overdue
from fundflow.rules.recoveries import recoveries_of
from fundflow.web.access import SIGNED_IN, access, me, now, roles
from fundflow.web.bid_page import bid_page
from fundflow.web.bid_steps import BID_STEPS
from fundflow.web.bids import visible_bid
from fundflow.web.csv import csv_stream, pounds_cell
from fundflow.web.paging import row_id
from fundflow.workflow.award import instalments
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.recovery import RECOVERY
from fundflow.workflow.working_days import financial_year, london_date

HEADING = (
    "Entry",
    "When",
    "What",
    "Pounds",
    "Financial year",
    "Allocation line",
    "Minute",
    "Bid",
    "School",
    "URN",
    "Claim",
    "Payment reference",
    "Paid to",
    "Route",
    "Supplier number",
    "By",
    "Reason",
)


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


@blueprint.route("/money/ledger")
@access(roles(*READERS))
def ledger_list() -> str:
    wanted = _filter()
    after = row_id(request.args.get("after"))
    return render_template(
        "payments/ledger.html",
        page=queries.ledger_page(me(), now(), wanted, after),
        wanted=wanted,
        kinds=list(EntryKind),
        first=after is None,
    )


@blueprint.route("/money/ledger.csv")
@access(roles(*READERS))
def ledger_csv() -> Response:
    return csv_stream("ledger.csv", HEADING, _cells(_filter()))


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
        rows=[] if kept else queries.bid_ledger(bid, untold=is_told_all(user, bid, at)),
        recoveries=[one for one in recoveries_of(bid) if sees_payment(user, one, at)],
        may_recover=recoveries.why_no_recovery(bid, found, user, at) is None,
        may_claim=bool(found.due or not is_settled(bid)) and operations.why_no_claim(bid, user, at) is None,
        held=schools_without_payee(bid, london_date(at)),
        report_overdue=why_report_overdue(bid, london_date(at)),
        blocks=put,
        block_steps={block.id: BLOCK_STEPS.links(block) for block in put if block.lifted_at is None},
        changes=changes_of(bid),
        may_change=changes.why_no_change(bid, "ask", user, at) is None,
        order_of=order_of,
        may_order=bid.fund.is_purchase and invoices.why_no_order(bid, user, at) is None,
        may_block=blocks.why_not_block(bid, user, at) is None,
    )


BID_STEPS.add(blueprint, "terminate", operations.terminate)
BID_STEPS.add(blueprint, "record_half_time", operations.record_half_time)


def _filter() -> LedgerFilters:
    """The filter in the address; 400 where it is none."""
    kind = request.args.get("kind", "")
    if kind and kind not in {known.value for known in EntryKind}:
        abort(400)
    return LedgerFilters(
        EntryKind(kind) if kind else None, request.args.get("bid", "").replace("\0", "").strip()[:20]
    )


def _cells(wanted: LedgerFilters) -> Iterator[tuple[Any, ...]]:
    return map(_cell_row, queries.ledger_rows(me(), now(), wanted))


def _cell_row(row: Any) -> tuple[Any, ...]:
    return (
        row.id,
        row.at,
        row.kind.words,
        pounds_cell(row.kind.signed(row.pence)),
        year_words(row.financial_year),
        row.source,
        row.minute_reference,
        row.reference,
        row.school,
        row.urn,
        row.claim_number,
        row.payment_reference,
        row.paid_to,
        row.route.words if row.route else None,
        row.supplier_number,
        row.by,
        row.reason,
    )
