"""Correcting answers after submission, and what changed between two versions."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, url_for

from fundflow import papers
from fundflow.applications import correcting, differences, queries
from fundflow.applications.blueprint import blueprint
from fundflow.applications.forms import SendForm
from fundflow.models.bid import Bid
from fundflow.models.review import Submission
from fundflow.steps import require_actor, require_step
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bid_steps import BID_STEPS, bid_form_page
from fundflow.web.bids import visible_bid
from fundflow.web.forms import ConfirmForm, ReasonForm, carried_out
from fundflow.workflow.engine import refuse_if
from fundflow.workflow.working_days import london_date

BID = "/bids/<reference>"
VERSIONS = BID + "/application/versions/<number:number>"


@blueprint.route(BID + "/start-correction", methods=["GET", "POST"])
@access(SIGNED_IN)
def start_correction(reference: str) -> Any:
    """What a correction means, and the button that opens the form."""
    bid = visible_bid(reference)
    form = ConfirmForm.on(bid)
    if not form.is_submitted():
        refuse_if(correcting.why_no_correction(me(), bid, now()))
    if form.validate_on_submit() and carried_out(
        form, lambda: correcting.start_correction(bid, user=me(), now=now()), bid
    ):
        return redirect(url_for("applications.task_list", reference=reference))
    return bid_form_page(
        bid,
        form,
        heading="Correct an answer",
        button="Open the form",
        explain=(
            "You can change any answer. Until you send the correction, the council and the other schools "
            "see what you sent before.",
            "Nobody signs again for a typo. If you change the money, the schools, the dates or the "
            "outcomes, the head must agree. We also ask the others to confirm again.",
            "The bid can’t go to the panel until you send the correction or drop it.",
        ),
    )


@BID_STEPS.own(blueprint, "correct")
def correct(reference: str) -> Any:
    """Exactly what changes, whose word it needs, and the button that sends it."""
    bid = visible_bid(reference)
    form = SendForm.about(bid, london_date(now()))
    (require_actor if form.is_submitted() else require_step)(bid, "correct", me(), now())
    explained = form.is_submitted() and form.explains()
    if explained and carried_out(
        form,
        lambda: correcting.send_correction(
            bid,
            agreement=form.agreement.data,
            why_odd=form.reason,
            user=me(),
            now=now(),
            version=form.version.data,
        ),
        bid,
    ):
        flash(BID_STEPS.done(bid, "correct"), "success")
        return redirect(url_for("desk.bid", reference=reference))
    refuse_if(form.problem if correcting.why_nothing_open(bid) else None)
    html = render_template(
        "applications/correct.html",
        bid=bid,
        form=form,
        correction=correcting.correction_of(bid),
        is_head=queries.heads(me(), bid, now()),
        heads=queries.heads_of(bid.lead_school, now()),
    )
    return html, form.status


@blueprint.route(BID + "/drop-correction", methods=["GET", "POST"])
@access(SIGNED_IN)
def drop_correction(reference: str) -> Any:
    """The school changed its mind: the answers become again what was sent."""
    bid = visible_bid(reference)
    form = ConfirmForm.on(bid)
    if not form.is_submitted():
        refuse_if(correcting.why_no_correction(me(), bid, now()) or correcting.why_nothing_open(bid))
    if form.validate_on_submit() and carried_out(
        form, lambda: correcting.drop_correction(bid, user=me(), now=now(), version=form.version.data), bid
    ):
        flash("The correction is dropped. The answers are again what you sent.", "success")
        return redirect(url_for("desk.bid", reference=reference))
    return bid_form_page(
        bid,
        form,
        heading="Drop the correction",
        explain=(
            "What you changed since you started the correction is lost. Your answers go back to what "
            "your school sent.",
        ),
        warning=True,
    )


@blueprint.route(BID + "/put-back", methods=["GET", "POST"])
@access(SIGNED_IN)
def put_back(reference: str) -> Any:
    """An officer ends a correction that the school left open."""
    bid = visible_bid(reference)
    form = ReasonForm.on(bid)
    if not form.is_submitted():
        refuse_if(correcting.why_no_put_back(me(), bid, now()))
    if form.validate_on_submit() and carried_out(
        form,
        lambda: correcting.put_back(
            bid, reason=form.reason.data, user=me(), now=now(), version=form.version.data
        ),
        bid,
    ):
        flash("The submitted answers are back. The school is being told.", "success")
        return redirect(url_for("desk.bid", reference=reference))
    return bid_form_page(
        bid,
        form,
        heading="Put back the submitted answers",
        explain=(
            "What the school changed and has not sent is lost, so ask the school first. It is told, with "
            "your reason, and can start another correction.",
        ),
        warning=True,
    )


# -- versions --------------------------------------------------------------------------------------


@blueprint.route(VERSIONS + ".json")
@access(SIGNED_IN)
def version_file(reference: str, number: int) -> Response:
    """A frozen version as it is kept, so that its fingerprint can be checked."""
    bid = visible_bid(reference)
    frozen = _version(bid, number)
    name = f"{bid.reference}-version-{number}.json"
    return Response(
        frozen.answers.encode(),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.route(VERSIONS + "/compare/<number:other>")
@access(SIGNED_IN)
def compare(reference: str, number: int, other: int) -> str:
    """What changed from one frozen version to another."""
    bid = visible_bid(reference)
    return _compared(bid, _version(bid, number), _version(bid, other))


@blueprint.route(BID + "/application/changes")
@access(SIGNED_IN)
def changes(reference: str) -> str:
    """What the school changed when it last sent the bid."""
    bid = visible_bid(reference)
    last = papers.latest_submission(bid) or abort(404)
    before = queries.version(bid, last.number - 1)
    return _compared(bid, before or last, last)


def _compared(bid: Bid, old: Submission, new: Submission) -> str:
    return bid_page(
        "applications/compare.html",
        bid,
        old=old,
        new=new,
        differences=differences.between(old.answers, new.answers),
    )


def _version(bid: Bid, number: int) -> Submission:
    return queries.version(bid, number) or abort(404)
