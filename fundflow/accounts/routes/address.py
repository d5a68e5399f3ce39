"""Changing the address of an account: by its person with two links, or by an administrator."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_login import logout_user

from fundflow.accounts import addresses
from fundflow.accounts.blueprint import blueprint
from fundflow.accounts.forms import AddressForm, CorrectPersonForm
from fundflow.accounts.routes.asking import proved
from fundflow.accounts.routes.people import known
from fundflow.web.access import ADMINISTRATORS, ANYONE, SIGNED_IN, access, me, me_or_nobody, now
from fundflow.web.forms import ConfirmForm, carried_out
from fundflow.workflow.engine import Refused


@blueprint.route("/me/address", methods=["GET", "POST"])
@access(SIGNED_IN)
def my_address() -> Any:
    user, form = me(), AddressForm()
    if form.validate_on_submit() and carried_out(
        form, lambda: addresses.ask_to_change(user, form.email.data, now=now())
    ):
        flash(
            f"Use both links: one goes to {user.email}, one to {form.email.data}. An address that has an "
            "account already gets none.",
            "success",
        )
        return redirect(url_for("accounts.my_page"))
    return render_template("accounts/address.html", form=form), form.status


@blueprint.route("/address/<token>", methods=["GET", "POST"])
@access(ANYONE)
def confirm_address(token: str) -> Any:
    """Looking (a mail scanner does) leaves the link as it is; the button uses it up."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        change = addresses.change_behind(token, now())
        if change is None:
            return _spent()
        return render_template("accounts/address_confirm.html", form=form, change=change)
    try:
        is_changed = addresses.confirm(token, now=now())
    except Refused as refused:
        return _spent(refused.sentence)
    if is_changed and me_or_nobody():
        logout_user()
    return render_template("accounts/address_confirmed.html", is_changed=is_changed)


def _spent(sentence: str = addresses.SPENT) -> tuple[str, int]:
    return render_template("accounts/address_spent.html", text=sentence), 410


@blueprint.route("/people/<id:number>/change", methods=["GET", "POST"])
@access(ADMINISTRATORS)
@proved
def correct_person(number: int) -> Any:
    person = known(number)
    form = CorrectPersonForm(data={"name": person.name, "job_title": person.job_title, "email": person.email})
    if form.validate_on_submit() and carried_out(
        form,
        lambda: addresses.correct_person(
            person,
            name=form.name.data,
            job_title=form.job_title.data or "",
            email=form.email.data,
            reason=form.reason.data,
            by=me(),
            now=now(),
        ),
    ):
        flash("That is changed. The person and the other administrators are being told.", "success")
        return redirect(url_for("accounts.person", number=number))
    return render_template("accounts/correct.html", form=form, person=person), form.status
