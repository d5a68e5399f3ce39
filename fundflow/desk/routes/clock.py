"""An administrator says that the server’s clock is right, after it jumped."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from fundflow import clock_jump
from fundflow.desk.blueprint import blueprint
from fundflow.web.access import ADMINISTRATORS, access, me, now
from fundflow.web.forms import ConfirmForm, carried_out


@blueprint.route("/work/clock", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def clock() -> Any:
    form = ConfirmForm()
    if form.validate_on_submit() and carried_out(
        form, lambda: clock_jump.confirm_clock(user=me(), now=now())
    ):
        flash("Offers, reminders and reports are looked at again, from now on.", "success")
        return redirect(url_for("desk.my_work"))
    page = render_template("desk/clock.html", form=form, last=clock_jump.jumped_since(now()), now=now())
    return page, form.status
