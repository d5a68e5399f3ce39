"""How a report is found, and the pages of its steps."""

from flask import abort, url_for
from sqlalchemy.orm.attributes import set_committed_value

from fundflow.impact import queries
from fundflow.models.impact import ImpactReturn
from fundflow.permissions import sees_review
from fundflow.web.access import me, now
from fundflow.web.bid_steps import bid_caption
from fundflow.web.bids import visible_bid
from fundflow.web.step_pages import StepPages
from fundflow.workflow.impact_return import IMPACT_RETURN


def visible_report(reference: str) -> ImpactReturn:
    """A bid's report; 404 where there is none or this person may not see the bid."""
    bid = visible_bid(reference)
    report = queries.report_of(bid) or abort(404)
    set_committed_value(report, "bid", bid)  # as it was loaded, with all that came with it
    return report


def report_to_check(reference: str) -> ImpactReturn:
    """A report, for those who read reviews; else 404."""
    report = visible_report(reference)
    return report if sees_review(me(), report.bid, now()) else abort(404)


def impact_tab(report: ImpactReturn) -> str:
    return url_for("impact.bid_impact", reference=report.bid.reference)


REPORT_STEPS = StepPages(
    IMPACT_RETURN,
    path="/bids/<reference>/report/steps",
    load=visible_report,
    parts=lambda report: {"reference": report.bid.reference},
    back=impact_tab,
    back_text="Back to impact",
    caption=lambda report: bid_caption(report.bid),
    prefix="impact_return_",
)
