"""The fund's library of measures."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from fundflow.funds import queries
from fundflow.funds.blueprint import blueprint
from fundflow.funds.measure_form import MeasureForm
from fundflow.funds.operations import measures as operations
from fundflow.funds.operations import retiring
from fundflow.funds.routes.funds import READERS, by, known, may_change
from fundflow.models.measure import Measure
from fundflow.web.access import ADMINISTRATORS, access
from fundflow.web.forms import ConfirmForm, carried_out


@blueprint.route("/funds/<id:number>/measures")
@access(READERS)
def measures(number: int) -> str:
    fund = known(number)
    return render_template("funds/measures.html", fund=fund, may_change=may_change(fund))


@blueprint.route("/funds/<id:number>/measures/add", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def add_measure(number: int) -> Any:
    fund = known(number)
    form = MeasureForm.on(fund)
    if form.validate_on_submit() and carried_out(
        form, lambda: operations.add_measure(fund, **form.measure(), **by(form)), fund
    ):
        flash("The measure is added. Bids can pick it from now on.", "success")
        return redirect(url_for("funds.measures", number=fund.id))
    return render_template("funds/measure.html", fund=fund, form=form), form.status


@blueprint.route("/funds/<id:number>/measures/<id:measure_number>/retire", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def retire_measure(number: int, measure_number: int) -> Any:
    measure = queries.part_of(Measure, measure_number, known(number)) or abort(404)
    form = ConfirmForm.on(measure.fund)
    if form.validate_on_submit() and carried_out(
        form, lambda: retiring.retire(measure, **by(form)), measure.fund
    ):
        flash("The measure is retired.", "success")
        return redirect(url_for("funds.measures", number=number))
    page = render_template(
        "funds/retire.html",
        fund=measure.fund,
        form=form,
        what="measure",
        name=measure.words,
        round=None,
        back_to=url_for("funds.measures", number=number),
        explain="New outcomes can’t pick it any more. Outcomes that picked it keep it.",
    )
    return page, form.status
