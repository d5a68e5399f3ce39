"""The page on which the use of somebody's data is restricted, and that is lifted."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from fundflow.accounts.queries import restriction_of
from fundflow.extensions import db
from fundflow.models.person import User
from fundflow.personal import operations
from fundflow.personal.blueprint import blueprint
from fundflow.personal.forms import RestrictionForm
from fundflow.web.access import ADMINISTRATORS_OF_ALL, access, me, now
from fundflow.web.forms import carried_out


@blueprint.route("/data-protection/people/<id:number>/restriction", methods=["GET", "POST"])
@access(ADMINISTRATORS_OF_ALL)
def restriction(number: int) -> Any:
    """Restrict, or lift what is restricted."""
    person, form = db.session.get(User, number) or abort(404), RestrictionForm()
    found = restriction_of(person)
    act, heading = (
        (operations.lift, "Lift the restriction")
        if found
        else (operations.restrict, "Restrict the use of their data")
    )
    if form.validate_on_submit() and carried_out(
        form, lambda: act(person, reason=form.reason.data, user=me(), now=now())
    ):
        flash("Done. The other administrators are being told.", "success")
        return redirect(url_for("accounts.person", number=number))
    page = render_template(
        "personal/restriction.html", person=person, form=form, restriction=found, heading=heading
    )
    return page, form.status
