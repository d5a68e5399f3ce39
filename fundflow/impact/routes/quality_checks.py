"""Quality checks of a bid’s support, and the list of all of them; the Follow-up tab shows a bid’s."""

from flask import Response, abort, render_template, request

from fundflow.impact import check_list, quality_checks
from fundflow.impact.blueprint import blueprint
from fundflow.impact.desk import READERS as IMPACT_READERS
from fundflow.impact.routes.followed import BACK, follow_up_tab, followed_bid
from fundflow.models.fund import Module
from fundflow.models.person import RoleName as R
from fundflow.models.quality_check import CheckRating, QualityCheck
from fundflow.web.access import SIGNED_IN, Rule, access, me, now, roles
from fundflow.web.bid_steps import bid_caption
from fundflow.web.bids import visible_part
from fundflow.web.csv import csv_stream
from fundflow.web.step_pages import StepPages
from fundflow.workflow.quality_check import QUALITY_CHECK, CheckState
from fundflow.workflow.working_days import london_date

READERS = roles(
    R.OFFICER,
    R.DEPUTY_OFFICER,
    R.IMPACT_OFFICER,
    R.CLERK,
    R.AUDITOR,
    R.ADMINISTRATOR,
    module=Module.QUALITY_CHECKS,
)

BACK_TO = (  # the first page that leads here and that somebody may open
    (roles(R.OFFICER, R.DEPUTY_OFFICER), ("Brokering", "/brokering")),
    (roles(*IMPACT_READERS), ("Impact", "/impact")),
    (SIGNED_IN, ("My work", "/work")),
)


def _check(reference: str, number: int) -> QualityCheck:
    found: QualityCheck = visible_part(QualityCheck, number, followed_bid(reference))
    return found if found.bid.fund.checks_support else abort(404)


CHECK_STEPS = StepPages(
    QUALITY_CHECK,
    path="/bids/<reference>/quality-checks/<id:number>/steps",
    load=_check,
    parts=lambda check: {"reference": check.bid.reference, "number": check.id},
    back=lambda check: follow_up_tab(check.bid),
    back_text=BACK,
    caption=lambda check: bid_caption(check.bid),
    rule=Rule(signed_in=True, module=Module.QUALITY_CHECKS),
    prefix="quality_check_",
)
CHECK_STEPS.add(blueprint, "record_green", quality_checks.record_green)
CHECK_STEPS.add(blueprint, "record_amber", quality_checks.record_amber)
CHECK_STEPS.add(blueprint, "record_red", quality_checks.record_red)
CHECK_STEPS.add(blueprint, "carry_out", quality_checks.carry_out)
CHECK_STEPS.add(blueprint, "check_again", quality_checks.check_again)


@blueprint.route("/quality-checks")
@access(READERS)
def all_checks() -> str:
    """The checks of every bid that this person may read."""
    wanted = check_list.CheckFilters.from_args(request.args)
    return render_template(
        "impact/quality_checks.html",
        wanted=wanted,
        page=check_list.checks_page(wanted, me(), now()),
        kinds=check_list.counts_by_kind(me(), now()),
        states=[(state.value, QUALITY_CHECK.words[state]) for state in CheckState],
        ratings=list(CheckRating),
        every_kind=list(check_list.ProviderKind),
        back=next(place for rule, place in BACK_TO if rule.allows(me(), now())),
        today=london_date(now()),
    )


@blueprint.route("/quality-checks.csv")
@access(READERS)
def all_checks_csv() -> Response:
    wanted = check_list.CheckFilters.from_args(request.args)
    lines = check_list.check_lines(wanted, me(), now())
    return csv_stream("quality-checks.csv", check_list.HEADER, lines)
