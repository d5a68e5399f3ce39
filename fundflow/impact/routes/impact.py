"""The Impact tab of a bid, and the steps that end the support and the bid."""

from datetime import datetime
from typing import Any, NamedTuple

from flask import abort

from fundflow.impact import evidence, operations, queries
from fundflow.impact.blueprint import blueprint
from fundflow.impact.routes.report_steps import PATH, REPORT_STEPS, visible_report
from fundflow.models.bid import Bid
from fundflow.models.impact import ImpactReturn
from fundflow.models.money import pounds
from fundflow.models.person import User
from fundflow.permissions import sees_money, sees_review
from fundflow.rules.award_sums import sum_of
from fundflow.rules.change_requests import changed_outcomes
from fundflow.rules.change_words import outcome_differences
from fundflow.rules.report_log import ReportAndLog, explained, report_and_log
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bid_steps import BID_STEPS
from fundflow.web.bids import visible_bid
from fundflow.web.step_pages import Link


class OnTab(NamedTuple):
    """A report as the tab shows it, and what this person may do with it.

    report   its latest version
    shown    the latest version whose answers this person may read
    standing the latest that is accepted: its rating counts while a correction of it is open
    earlier  those before the one shown
    """

    report: ImpactReturn
    shown: ImpactReturn | None
    standing: ImpactReturn | None
    earlier: list[ImpactReturn]
    may_write: bool
    may_attach: bool
    steps: list[Link]
    log: ReportAndLog | None
    explained: str


@blueprint.route("/bids/<reference>/impact")
@access(SIGNED_IN)
def bid_impact(reference: str) -> str:
    bid = visible_bid(reference)
    user, at = me(), now()
    reports = [
        _on_tab(report, user, at)
        for report in queries.reports_of(bid, ImpactReturn.files, ImpactReturn.ratings)
    ]
    return bid_page(
        "impact/impact.html",
        bid,
        reports=reports,
        results=queries.results_and_dropped(bid, [one.shown for one in reports if one.shown]),
        changed=changed_outcomes(bid),
        outcome_differences=outcome_differences,
        percent=queries.percent,
        feedback=queries.feedback_for(user, bid, at),
        asked=list(bid.feedback),
        averages=queries.averages_for(user, bid, at),
        is_provider=queries.is_a_provider(user, bid, at),
        inside=sees_review(user, bid, at),
        to_give=queries.feedback_to_give(user, bid, at),
        money=sees_money(user, bid, at),
    )


def _on_tab(report: ImpactReturn, user: User, at: datetime) -> OnTab:
    readable = queries.readable(user, report, at)
    shown = readable[-1] if readable and readable[-1].has_answers else None
    reckons = shown is not None and shown.is_final and sees_money(user, report.bid, at)
    return OnTab(
        report,
        shown,
        report.bid.standing_return(report.kind),
        readable[:-1],
        operations.why_not_editable(report, user, at) is None,
        evidence.why_no_files(report, user, at) is None,
        [] if report.is_ahead else REPORT_STEPS.links(report),
        report_and_log(shown) if shown and reckons else None,
        explained(shown) if shown and reckons else "",
    )


@blueprint.route(f"{PATH}/versions/<id:number>")
@access(SIGNED_IN)
def report_version(reference: str, place: str, number: int) -> str:
    """A version of a report that a later one corrected."""
    latest = visible_report(reference, place)
    readable = queries.readable(me(), latest, now())
    found = next((one for one in readable if one.number == number), None) or abort(404)
    bid = latest.bid
    return bid_page(
        "impact/version.html",
        bid,
        report=found,
        standing=bid.standing_return(found.kind),
        results=queries.results_of(found),
        percent=queries.percent,
        inside=sees_review(me(), bid, now()) or sees_money(me(), bid, now()),
    )


def finish_delivery(bid: Bid, **given: Any) -> None:
    operations.end_delivery(bid, "finish_delivery", **given)


def _statement(bid: Bid) -> tuple[str, ...]:
    """What became of the award."""
    found = sum_of(bid)
    after = f" after {pounds(found.recovered)} came back" if found.recovered else ""
    lines = [
        f"Awarded {pounds(found.awarded)}, earned {pounds(found.whole.earned)}, "
        f"paid {pounds(found.whole.paid)}{after}, released {pounds(found.released)}."
    ]
    if found.to_come:
        lines.append(f"{pounds(found.to_come)} is to come back; finance goes on asking for it.")
    if unearned := found.let_go - found.misuse_let_go:
        lines.append(f"{pounds(unearned)} was paid and not earned, and was let go.")
    if found.misuse_let_go:
        lines.append(f"{pounds(found.misuse_let_go)} was not spent as agreed, and was written off.")
    return tuple(lines)


def _what_is_left(bid: Bid) -> tuple[str, ...]:
    """Closing does not wait for conditions, which are tracked until they are met or let go."""
    money = _statement(bid) if sees_money(me(), bid, now()) else ()
    unmet = [condition for condition in bid.award_conditions if condition.is_open]
    if not unmet:
        return money
    return (
        *money,
        f"This condition is not met yet; it is still asked for after the bid is closed: {unmet[0].words}."
        if len(unmet) == 1
        else f"{len(unmet)} conditions are not met yet; they are still asked for after the bid is closed.",
    )


BID_STEPS.add(blueprint, "finish_delivery", finish_delivery)
BID_STEPS.add(blueprint, "close", operations.close, explain=_what_is_left)
BID_STEPS.add(blueprint, "reopen")
