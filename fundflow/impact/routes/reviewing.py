"""One report on one page, for those who review it: what it says, what is known beside it, and its steps."""

from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for

from fundflow.impact import queries, visits
from fundflow.impact.blueprint import blueprint
from fundflow.impact.desk import next_to_check
from fundflow.impact.forms import AcceptForm, ReturnForm
from fundflow.impact.operations import ACCEPT
from fundflow.impact.routes.report_steps import PATH, REPORT_STEPS, report_to_check
from fundflow.models.bid import Bid
from fundflow.models.impact import TEACHING_WORDS, ImpactReturn, Rag
from fundflow.models.person import User
from fundflow.permissions import sees_money
from fundflow.rules.award_sums import sum_of
from fundflow.rules.impact import Judgement, Standing, judged, rag_for
from fundflow.rules.report_log import days_of, explained, report_and_log, why_receipts_wanted
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.step_pages import Link
from fundflow.workflow.impact_return import ReturnKind
from fundflow.workflow.working_days import london_date


class Proposed(NamedTuple):
    """An outcome and what its movement alone comes to: nothing too early, or without a result.

    standing  None while there is no report that this person may read
    """

    result: queries.Result
    standing: Standing | None = None
    rag: Rag | None = None


class Other(NamedTuple):
    """Another report of the bid, or another version of this one, and where it is read."""

    report: ImpactReturn
    url: str


@blueprint.route(f"{PATH}/review")
@access(SIGNED_IN)
def report_review(reference: str, place: str) -> str:
    latest = report_to_check(reference, place, ImpactReturn.files, ImpactReturn.ratings)
    bid, user, at = latest.bid, me(), now()
    read = queries.readable(user, latest, at)
    shown, money = (read[-1] if read else None), sees_money(user, bid, at)
    found = judged(shown, london_date(at)) if shown else None
    return bid_page(
        "impact/review.html",
        bid,
        report=latest,
        shown=shown,
        found=found,
        outcomes=_outcomes(bid, shown, found),
        money=money,
        percent=queries.percent,
        days=days_of(bid) if money else None,
        sums=sum_of(bid) if money else None,
        log=report_and_log(shown) if money and shown and shown.is_final else None,
        explained=explained(shown) if money and shown and shown.is_final else "",
        receipts=why_receipts_wanted(latest) if money and latest.is_to_check else None,
        feedback=queries.feedback_for(user, bid, at),
        visits=[(one, visits.reads_note(user, one, at)) for one in visits.visits_for(user, bid, at)],
        teaching_words=TEACHING_WORDS,
        others=_others(latest, shown, user, at),
        next=None if latest.is_to_check else next_to_check(latest, user, at),
        **_steps(latest, found),
    )


def _outcomes(bid: Bid, shown: ImpactReturn | None, found: Judgement | None) -> list[Proposed]:
    """The outcomes with what is `shown` of them: nothing of what the school has typed and not sent."""
    if shown is None or found is None:
        return [Proposed(one) for one in queries.results(bid, [])]
    return [_proposed(one, found, bid.fund) for one in queries.results_of(shown)]


def _proposed(result: queries.Result, found: Judgement, fund: Any) -> Proposed:
    standing = found.standings[result.outcome.id]
    rated = standing is Standing.RATED
    return Proposed(result, standing, rag_for(fund, result.measured.movement) if rated else None)


def _others(latest: ImpactReturn, shown: ImpactReturn | None, user: User, at: datetime) -> list[Other]:
    """What else this person may read of the bid's reports that the school sent."""
    bid, found = latest.bid, []
    for kind in ReturnKind:
        report = bid.return_of(kind)
        for one in queries.readable(user, report, at) if report else []:
            where: dict[str, Any] = {"reference": bid.reference, "place": kind.place}
            if report and one.id == report.id:
                url = url_for("impact.report_review", **where)
            else:
                url = url_for("impact.report_version", **where, number=one.number)
            if (shown is None or one.id != shown.id) and one.submitted_at:
                found.append(Other(one, url))
    return found


def _steps(report: ImpactReturn, found: Judgement | None) -> dict[str, Any]:
    """The steps of a report: to accept it and to ask for more as forms of this page, which their own pages
    take; the others as links."""
    links = {link.open.step.name: link for link in REPORT_STEPS.links(report)}
    accepts, asks = (_open(links, name) for name in (ACCEPT[report.kind], "return"))
    return {
        "accepts": accepts,
        "asks": asks,
        "accept_form": AcceptForm.about(report, found, now()) if accepts else None,
        "return_form": ReturnForm.of(report),
        "links": [link for link in links.values() if link not in (accepts, asks)],
    }


def _open(links: dict[str, Link], name: str) -> Link | None:
    """A step that this person may take now."""
    link = links.get(name)
    return link if link and link.open.reason is None else None
