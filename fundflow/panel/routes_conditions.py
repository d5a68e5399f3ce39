"""The conditions of an award, and a page for each of their steps."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from fundflow.models.bid import Bid
from fundflow.models.condition import AwardCondition
from fundflow.panel import conditions, operations
from fundflow.panel.conditions_forms import DischargeForm, NotYetForm, ReportForm, WaiveForm
from fundflow.panel.routes import rooms
from fundflow.permissions import sees_conditions
from fundflow.steps import require_actor, require_step
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bids import visible_bid, visible_part
from fundflow.web.forms import Form, carried_out

PATH = "/bids/<reference>/conditions/<id:number>/steps"


@rooms.route("/bids/<reference>/conditions")
@access(SIGNED_IN)
def bid_conditions(reference: str) -> str:
    """What must be done, by whom and by when, and what was."""
    bid = _bid(reference)
    return bid_page("panel/conditions.html", bid, cards=conditions.cards(bid, me(), now()))


@rooms.route(PATH + "/report", methods=["GET", "POST"])
@access(SIGNED_IN)
def condition_report(reference: str, number: int) -> Any:
    condition = _condition(reference, number)
    form = ReportForm.on(condition)
    return _step(
        condition,
        "report",
        form,
        lambda: operations.report_condition(condition, form.note.data, **_who(form)),
        "The liaison officer is being asked to check it.",
    )


@rooms.route(PATH + "/discharge", methods=["GET", "POST"])
@access(SIGNED_IN)
def condition_discharge(reference: str, number: int) -> Any:
    condition = _condition(reference, number)
    form = DischargeForm.on(condition)
    return _step(
        condition,
        "discharge",
        form,
        lambda: operations.discharge_condition(condition, form.note.data, **_who(form)),
        "The condition is met. The school is being told.",
        "Payments no longer wait for it. The school is told that it is met.",
    )


@rooms.route(PATH + "/not-yet", methods=["GET", "POST"])
@access(SIGNED_IN)
def condition_not_yet(reference: str, number: int) -> Any:
    condition = _condition(reference, number)
    form = NotYetForm.on(condition)
    return _step(
        condition,
        "not_yet",
        form,
        lambda: operations.condition_not_yet(condition, form.reason.data, **_who(form)),
        "The school is being told what is missing.",
        "The condition is with the school again. Its date stays.",
    )


@rooms.route(PATH + "/waive", methods=["GET", "POST"])
@access(SIGNED_IN)
def condition_waive(reference: str, number: int) -> Any:
    condition = _condition(reference, number)
    form = WaiveForm.on(condition)
    return _step(
        condition,
        "waive",
        form,
        lambda: operations.waive_condition(condition, form.reason.data, **_who(form)),
        "The condition is no longer asked for. The school is being told.",
        "The award stands without it, and payments no longer wait for it.",
    )


def _bid(reference: str) -> Bid:
    """A bid whose conditions this person sees; else 404."""
    bid = visible_bid(reference)
    return bid if sees_conditions(me(), bid, now()) else abort(404)


def _condition(reference: str, number: int) -> AwardCondition:
    condition: AwardCondition = visible_part(AwardCondition, number, _bid(reference))
    return condition


def _who(form: Form) -> dict[str, Any]:
    return {"version": form.version.data, "user": me(), "now": now()}


def _step(
    condition: AwardCondition, name: str, form: Form, act: Callable[[], Any], done: str, *explain: str
) -> Any:
    """Ask for what the step needs, take it, go back to the conditions; refused (409) where closed."""
    (require_actor if form.is_submitted() else require_step)(condition, name, me(), now())
    if form.validate_on_submit() and carried_out(form, act, condition):
        flash(done, "success")
        return redirect(url_for("panel.bid_conditions", reference=condition.bid.reference))
    step = next(step for step in condition.workflow.steps if step.name == name)
    page = render_template(
        "panel/condition_step.html",
        bid=condition.bid,
        condition=condition,
        form=form,
        heading=step.button,
        button=step.button,
        warning=step.warning,
        explain=explain,
    )
    return page, form.status
