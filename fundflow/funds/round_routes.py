"""A fund's rounds and their priorities."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from fundflow.funds import operations, queries
from fundflow.funds.forms import PriorityForm, RoundForm
from fundflow.funds.routes import known, rooms
from fundflow.models.fund import Round
from fundflow.web.access import ADMINISTRATORS, access, me, now
from fundflow.web.forms import carried_out


@rooms.route("/funds/<int:number>/rounds/add", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def add_round(number: int) -> Any:
    fund = known(number)
    form = RoundForm.of(fund, None)
    if form.validate_on_submit() and carried_out(
        form,
        lambda: operations.add_round(fund, **form.answers(), version=form.version.data, user=me(), now=now()),
        fund,
    ):
        flash("The round is added. Add its priorities next.", "success")
        return redirect(url_for("funds.fund", number=number))
    return render_template("funds/round.html", fund=fund, form=form, round=None), form.status


@rooms.route("/funds/<int:number>/rounds/<int:round_number>", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def change_round(number: int, round_number: int) -> Any:
    fund = known(number)
    found = queries.part_of(Round, round_number, fund) or abort(404)
    form = RoundForm.of(fund, found)
    if form.validate_on_submit() and carried_out(
        form,
        lambda: operations.change_round(
            found, **form.answers(), version=form.version.data, user=me(), now=now()
        ),
        fund,
    ):
        flash("The round is changed.", "success")
        return redirect(url_for("funds.fund", number=number))
    return render_template("funds/round.html", fund=fund, form=form, round=found), form.status


@rooms.route("/funds/<int:number>/rounds/<int:round_number>/priorities/add",
             methods=["GET", "POST"])  # fmt: skip
@access(ADMINISTRATORS)
def add_priority(number: int, round_number: int) -> Any:
    fund = known(number)
    found = queries.part_of(Round, round_number, fund) or abort(404)
    form = PriorityForm.on(fund)
    if form.validate_on_submit() and carried_out(
        form,
        lambda: operations.add_priority(
            found, title=form.title.data, version=form.version.data, user=me(), now=now()
        ),
        fund,
    ):
        flash("The priority is added.", "success")
        return redirect(url_for("funds.fund", number=number))
    return render_template("funds/priority.html", fund=fund, form=form, round=found), form.status
