"""Pages of complaints about personal data: the form anybody may open, and what administrators do."""

from functools import partial
from typing import Any

from flask import abort, redirect, render_template, request, session, url_for

from fundflow.accounts.attempts import network_of
from fundflow.accounts.operations import TooMany
from fundflow.extensions import db
from fundflow.models.data_protection import DataComplaint
from fundflow.personal import complaints, queries
from fundflow.personal.blueprint import blueprint
from fundflow.personal.forms import ComplaintForm
from fundflow.reports.fund_queries import said_by_funds
from fundflow.web.access import ANYONE, READERS_OF_PEOPLE, access, me_or_nobody, now
from fundflow.web.forms import carried_out
from fundflow.web.step_pages import StepPages
from fundflow.workflow.data_complaint import DATA_COMPLAINT

ONE = "/data-protection/complaints/<id:number>"


def _known(number: int) -> DataComplaint:
    return db.session.get(DataComplaint, number) or abort(404)


COMPLAINT_STEPS = StepPages(
    DATA_COMPLAINT,
    path=f"{ONE}/steps",
    load=_known,
    parts=lambda found: {"number": found.id},
    back=lambda found: url_for("personal.complaint", number=found.id),
    back_text="Back to the complaint",
    caption=lambda found: f"{found.reference}, {found.name}",
    rule=READERS_OF_PEOPLE,
    prefix="complaint_",
)
COMPLAINT_STEPS.add(blueprint, "acknowledge")
for name in ("answer", "answer_again"):
    COMPLAINT_STEPS.add(blueprint, name, partial(complaints.answer, step=name))


@blueprint.route("/privacy/complain", methods=["GET", "POST"])
@access(ANYONE)
def complain() -> Any:
    """The form, for people with and without an account."""
    form, me = ComplaintForm(), me_or_nobody()
    if me and not form.is_submitted():
        form.name.data, form.email.data = me.name, me.email
    try:
        if form.validate_on_submit() and carried_out(form, partial(_send, form)):
            return redirect(url_for("personal.complained"))
    except complaints.TooManyToday:
        officers = said_by_funds().data_protection_contacts
        return render_template("personal/complain_elsewhere.html", form=form, officers=officers), 429
    return render_template("personal/complain.html", form=form), form.status


def _send(form: ComplaintForm) -> None:
    try:
        made = complaints.complain(
            name=form.name.data,
            email=form.email.data,
            text=form.text.data,
            network=network_of(request.remote_addr),
            now=now(),
        )
    except TooMany:
        abort(429)
    session["complaint"] = made.reference


@blueprint.route("/privacy/complain/sent")
@access(ANYONE)
def complained() -> Any:
    """Says that it came; the browser that sent it reads its number."""
    return render_template("personal/complained.html", reference=session.get("complaint", ""))


@blueprint.route(ONE)
@access(READERS_OF_PEOPLE)
def complaint(number: int) -> str:
    found = _known(number)
    return render_template(
        "personal/complaint.html",
        complaint=found,
        steps=COMPLAINT_STEPS.links(found),
        entries=queries.history_of(found),
    )
