"""The pages of a fund's days off."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for

from fundflow.funds import operations
from fundflow.funds.days_off_forms import DaysOffForm, HolidaysForm, RemoveDaysOffForm, range_words
from fundflow.funds.routes import READERS, known, may_change, rooms
from fundflow.models.days_off import Whose
from fundflow.models.fund import Fund
from fundflow.web.access import ADMINISTRATORS, access, me, now
from fundflow.web.forms import Form, carried_out


@rooms.route("/funds/<id:number>/days-off")
@access(READERS)
def days_off(number: int) -> str:
    fund = known(number)
    return render_template(
        "funds/days_off.html",
        fund=fund,
        may_change=may_change(fund),
        range_words=range_words,
        groups=[(whose.words, [one for one in fund.times_off if one.whose is whose]) for whose in Whose],
    )


@rooms.route("/funds/<id:number>/days-off/add", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def add_days_off(number: int) -> Any:
    fund = known(number)
    return _add(fund, DaysOffForm.on(fund), "Add days off", "Add the days")


@rooms.route("/funds/<id:number>/days-off/import", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def import_holidays(number: int) -> Any:
    fund = known(number)
    return _add(fund, HolidaysForm.on(fund), "Paste school holidays", "Add the holidays")


@rooms.route("/funds/<id:number>/days-off/remove", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def remove_days_off(number: int) -> Any:
    fund = known(number)
    form = RemoveDaysOffForm.of(fund)
    return _page(
        fund,
        form,
        lambda: operations.remove_days_off(fund, form.rows, **_by(form)),
        "Remove days off",
        "Remove the days",
        "The days are removed.",
    )


def _add(fund: Fund, form: DaysOffForm | HolidaysForm, heading: str, button: str) -> Any:
    return _page(
        fund,
        form,
        lambda: operations.add_days_off(fund, form.rows, **_by(form)),
        heading,
        button,
        "The days are entered. They count from now on.",
    )


def _by(form: Form) -> dict[str, Any]:
    return {"version": form.version.data, "user": me(), "now": now()}


def _page(fund: Fund, form: Form, act: Callable[[], Any], heading: str, button: str, done: str) -> Any:
    if form.validate_on_submit() and carried_out(form, act, fund):
        flash(done, "success")
        return redirect(url_for("funds.days_off", number=fund.id))
    return (
        render_template("funds/days_off_form.html", fund=fund, form=form, heading=heading, button=button),
        form.status,
    )
