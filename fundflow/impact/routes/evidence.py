"""Adding a file to a report, and taking it off."""

from typing import Any

from flask import abort, flash, redirect

from fundflow.actors import actors_for
from fundflow.impact import evidence
from fundflow.impact.blueprint import blueprint
from fundflow.impact.forms import EvidenceForm
from fundflow.impact.routes.report_steps import PATH, impact_tab, visible_report
from fundflow.models.impact import ImpactReturn
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.file_forms import taken_in
from fundflow.web.forms import ConfirmForm, carried_out
from fundflow.web.uploads import takes_files
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import refuse_if


def _own_report(reference: str, place: str) -> ImpactReturn:
    """A report of the school that leads the bid, for its people; else 404."""
    found = visible_report(reference, place)
    if Actor.SCHOOL_TEAM not in actors_for(me(), found.bid, now()):
        abort(404)
    return found


@blueprint.route(f"{PATH}/evidence/add", methods=["GET", "POST"])
@access(SIGNED_IN)
@takes_files(1)
def add_evidence(reference: str, place: str) -> Any:
    report = _own_report(reference, place)
    form = EvidenceForm.on(report)
    form.offer_kinds(report.bid.fund)
    if not form.is_submitted():
        refuse_if(evidence.why_no_files(report, me(), now()))
    home = impact_tab(report)

    def act() -> None:
        evidence.add_evidence(
            report, sent=form.file.data, description=form.description.data or "", user=me(), now=now()
        )

    if form.validate_on_submit() and taken_in(form, act):
        flash("The file is attached to the report.", "success")
        return redirect(home)
    return bid_page("impact/add_evidence.html", report.bid, report=report, form=form), form.status


@blueprint.route(f"{PATH}/evidence/<id:number>/remove", methods=["GET", "POST"])
@access(SIGNED_IN)
def remove_evidence(reference: str, place: str, number: int) -> Any:
    """Ask first, then remove."""
    report = _own_report(reference, place)
    form, home = ConfirmForm.on(report), impact_tab(report)
    file = next((one for one in report.evidence if one.id == number), None)

    def act() -> None:
        evidence.remove_evidence(report, number, user=me(), now=now())

    if form.validate_on_submit() and carried_out(form, act):
        flash("The file is removed.", "success")
        return redirect(home)
    if file is None:
        abort(404)
    return bid_page(
        "impact/remove_evidence.html", report.bid, report=report, form=form, file=file
    ), form.status
