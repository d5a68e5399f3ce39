"""Visits to the schools of a bid, and their steps; the Follow-up tab shows them."""

from typing import Any

from flask import flash, redirect

from fundflow.impact import visits
from fundflow.impact.blueprint import blueprint
from fundflow.impact.forms import VisitedForm, VisitForm
from fundflow.impact.routes.followed import BACK, follow_up_tab, followed_bid
from fundflow.models.visit import Visit
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_steps import bid_caption, bid_form_page
from fundflow.web.bids import visible_part
from fundflow.web.forms import carried_out
from fundflow.web.step_pages import StepPages
from fundflow.workflow.engine import Refused
from fundflow.workflow.visit import VISIT, VisitState
from fundflow.workflow.working_days import london_date


def visit_of(reference: str, number: int) -> Visit:
    """A visit of a bid whose follow-up this person sees; else 404."""
    found: Visit = visible_part(Visit, number, followed_bid(reference))
    return found


VISIT_STEPS = StepPages(
    VISIT,
    path="/bids/<reference>/visits/<id:number>/steps",
    load=visit_of,
    parts=lambda visit: {"reference": visit.bid.reference, "number": visit.id},
    back=lambda visit: follow_up_tab(visit.bid),
    back_text=BACK,
    caption=lambda visit: bid_caption(visit.bid),
    prefix="visit_",
)


@blueprint.route("/bids/<reference>/visits/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new_visit(reference: str) -> Any:
    bid = followed_bid(reference)
    form = VisitForm.on(bid)
    form.offer(bid.schools)
    if not form.is_submitted() and (why := visits.why_not_plan(bid, me(), now())):
        raise Refused(why)
    row = VISIT.find("plan", VisitState.NEW)

    def act() -> None:
        visits.plan(bid, **form.visit(), user=me(), now=now(), version=form.version.data)

    if form.validate_on_submit() and carried_out(form, act, bid):
        flash(row.done, "success")
        return redirect(follow_up_tab(bid))
    return bid_form_page(
        bid, form, heading=row.button, explain=row.explain, back=follow_up_tab(bid), back_text=BACK
    )


@VISIT_STEPS.own(blueprint, "done")
def visit_done(reference: str, number: int) -> Any:
    visit = visit_of(reference, number)
    form = VisitedForm.on(visit)
    if not form.is_submitted():
        form.visited_on.process(None, min(visit.planned_on, london_date(now())))
        form.half_days.data = visit.half_days
    return VISIT_STEPS.page(
        visit,
        "done",
        form,
        lambda: visits.record(visit, **form.seen(), user=me(), now=now(), version=form.version.data),
    )


VISIT_STEPS.add(blueprint, "move", visits.move)
VISIT_STEPS.add(blueprint, "miss", visits.miss)
