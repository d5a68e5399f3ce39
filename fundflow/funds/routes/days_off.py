"""The pages of a fund's days off."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from fundflow.funds import queries
from fundflow.funds.blueprint import blueprint
from fundflow.funds.days_off_forms import (
    CopyDaysOffForm,
    DaysOffForm,
    HolidaysForm,
    RemoveDaysOffForm,
    range_words,
)
from fundflow.funds.operations import days_off as days_off_operations
from fundflow.funds.operations.days_off import new_from
from fundflow.funds.routes.funds import READERS, by, known, may_change
from fundflow.models.days_off import Whose
from fundflow.models.fund import Fund
from fundflow.web.access import ADMINISTRATORS, access
from fundflow.web.forms import Form, carried_out
from fundflow.web.uploads import takes_files

ENTERED = "The days are entered. They count from now on."


@blueprint.route("/funds/<id:number>/days-off")
@access(READERS)
def days_off(number: int) -> str:
    fund = known(number)
    return _days_off(fund, CopyDaysOffForm.on(fund))


def _days_off(fund: Fund, form: CopyDaysOffForm) -> str:
    return render_template(
        "funds/days_off.html",
        fund=fund,
        form=form,
        may_change=may_change(fund),
        range_words=range_words,
        groups=[(whose.words, [one for one in fund.times_off if one.whose is whose]) for whose in Whose],
        others=[(other, new_from(other, fund)) for other in queries.neighbours(fund)],
    )


@blueprint.route("/funds/<id:number>/days-off/copy/<id:other>", methods=["POST"])
@access(ADMINISTRATORS)
def copy_days_off(number: int, other: int) -> Any:
    """Take over what another fund of the council has entered."""
    fund = known(number)
    source = next((found for found in queries.neighbours(fund) if found.id == other), None) or abort(404)
    form = CopyDaysOffForm.on(fund)
    if form.validate_on_submit() and carried_out(
        form, lambda: days_off_operations.copy_days_off(fund, source, **by(form)), fund
    ):
        flash(f"The days off of {source.name} are copied. They count from now on.", "success")
        return redirect(url_for("funds.days_off", number=fund.id))
    return _days_off(fund, form), form.status


@blueprint.route("/funds/<id:number>/days-off/add", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def add_days_off(number: int) -> Any:
    fund = known(number)
    form = DaysOffForm.on(fund)
    return _page(
        fund,
        form,
        lambda: days_off_operations.add_days_off(fund, form.rows, **by(form)),
        "Add days off",
        "Add the days",
        ENTERED,
    )


@blueprint.route("/funds/<id:number>/days-off/import", methods=["GET", "POST"])
@access(ADMINISTRATORS)
@takes_files(1)
def import_holidays(number: int) -> Any:
    """Read a list and show what is in it; the second time, enter it."""
    fund = known(number)
    form = HolidaysForm.on(fund)
    if not (form.validate_on_submit() and "change" not in request.form):
        form.seen.data = ""  # what is changed is shown again before it counts
        return render_template("funds/holidays.html", fund=fund, form=form), _status(form)
    if form.seen.data and carried_out(
        form, lambda: days_off_operations.add_days_off(fund, form.rows, **by(form)), fund
    ):
        flash(ENTERED, "success")
        return redirect(url_for("funds.days_off", number=fund.id))
    form.seen.data = "y"
    page = render_template("funds/holidays_check.html", fund=fund, form=form, range_words=range_words)
    return page, form.status if form.problem else 200


def _status(form: HolidaysForm) -> int:
    return form.status if form.has_errors else 200


@blueprint.route("/funds/<id:number>/days-off/remove", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def remove_days_off(number: int) -> Any:
    fund = known(number)
    form = RemoveDaysOffForm.of(fund)
    return _page(
        fund,
        form,
        lambda: days_off_operations.remove_days_off(fund, form.rows, **by(form)),
        "Remove days off",
        "Remove the days",
        "The days are removed.",
    )


def _page(fund: Fund, form: Form, act: Callable[[], Any], heading: str, button: str, done: str) -> Any:
    if form.validate_on_submit() and carried_out(form, act, fund):
        flash(done, "success")
        return redirect(url_for("funds.days_off", number=fund.id))
    return (
        render_template("funds/days_off_form.html", fund=fund, form=form, heading=heading, button=button),
        form.status,
    )
