"""How a report is found, and the pages of its steps."""

from typing import Any

from flask import abort, url_for

from fundflow.impact import queries
from fundflow.models.impact import ImpactReturn
from fundflow.permissions import sees_review
from fundflow.web.access import me, now
from fundflow.web.bid_steps import bid_caption
from fundflow.web.bids import visible_bid
from fundflow.web.step_pages import StepPages
from fundflow.workflow.impact_return import IMPACT_RETURN, ReturnKind

PLACES = ", ".join(f"'{kind.place}'" for kind in ReturnKind)
PATH = f"/bids/<reference>/<any({PLACES}):place>"


def visible_report(reference: str, place: str, *also: Any) -> ImpactReturn:
    """A bid's report, with what is `also` loaded of it; 404 where there is none or this person may not see
    the bid."""
    reports = queries.reports_of(visible_bid(reference), *also)
    return next((one for one in reports if one.kind.place == place), None) or abort(404)


def report_to_check(reference: str, place: str, *also: Any) -> ImpactReturn:
    """A report, for those who read reviews; else 404."""
    report = visible_report(reference, place, *also)
    return report if sees_review(me(), report.bid, now()) else abort(404)


def report_to_correct(reference: str, place: str) -> ImpactReturn:
    """The version that is corrected: so a second click finds the one that the first was about."""
    report = report_to_check(reference, place)
    return report.bid.standing_return(report.kind) or report


def correction_asked_for(reference: str, place: str) -> ImpactReturn:
    """The newest version, though it was withdrawn, for the same reason."""
    report = report_to_check(reference, place)
    return max((one for one in report.bid.returns if one.kind is report.kind), key=lambda one: one.number)


def impact_tab(report: ImpactReturn) -> str:
    return url_for("impact.bid_impact", reference=report.bid.reference)


def home(report: ImpactReturn) -> str:
    """Where the pages of its steps lead back to: those who review it, to the page on which they do."""
    if not sees_review(me(), report.bid, now()):
        return impact_tab(report)
    return url_for("impact.report_review", reference=report.bid.reference, place=report.kind.place)


REPORT_STEPS = StepPages(
    IMPACT_RETURN,
    path=f"{PATH}/steps",
    load=visible_report,
    parts=lambda report: {"reference": report.bid.reference, "place": report.kind.place},
    back=home,
    back_text="Back to the report",
    caption=lambda report: bid_caption(report.bid),
    prefix="impact_return_",
)
