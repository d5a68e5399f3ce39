"""The pages of cover while away."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from fundflow.desk import cover
from fundflow.desk.blueprint import blueprint
from fundflow.desk.forms import CoverForm
from fundflow.desk.routes.desk import STAFF
from fundflow.extensions import db
from fundflow.models.desk import Cover
from fundflow.models.person import User
from fundflow.web.access import access, me, now
from fundflow.web.forms import ConfirmForm, carried_out
from fundflow.workflow.working_days import london_date


@blueprint.route("/desk/cover", methods=["GET", "POST"])
@access(STAFF)
def covers() -> Any:
    """Who covers for whom; arranging more."""
    user, today = me(), london_date(now())
    officers = cover.officers_on(today)
    form = CoverForm().among(officers, user, for_anybody=cover.is_administrator(user, today))
    if form.validate_on_submit() and carried_out(form, lambda: _arrange(form, officers)):
        flash("The cover is arranged. The person who covers is being told.", "success")
        return redirect(url_for("desk.covers"))
    return render_template(
        "desk/cover.html",
        form=form,
        covers=cover.covers_shown_to(user, now()),
        may_end=lambda one: cover.may_end(one, user, now()),
    ), form.status


def _arrange(form: CoverForm, officers: list[User]) -> None:
    people = {str(one.id): one for one in officers}
    away = people[form.away.data] if form.away is not None else me()
    cover.arrange(away, people[form.covering.data], form.dates, user=me(), now=now())


@blueprint.route("/desk/cover/<id:number>/end", methods=["GET", "POST"])
@access(STAFF)
def end_cover(number: int) -> Any:
    """End a cover before its last day."""
    found, form = _cover(number), ConfirmForm()
    if form.validate_on_submit() and carried_out(form, lambda: cover.end(found, user=me(), now=now())):
        flash("The cover has ended.", "success")
        return redirect(url_for("desk.covers"))
    return render_template("desk/end_cover.html", cover=found, form=form), form.status


def _cover(number: int) -> Cover:
    """A cover this person may end; else 404."""
    found = db.session.get(Cover, number)
    return found if found is not None and cover.may_end(found, me(), now()) else abort(404)
