"""Confirm that it is you, before money and appointments."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for

from fundflow.accounts import proving, single_sign_on
from fundflow.accounts.blueprint import blueprint
from fundflow.accounts.forms import CodeForm
from fundflow.accounts.paths import safe_path
from fundflow.accounts.routes.sign_in import HOME
from fundflow.models.signing_in import Proof, ProofFor
from fundflow.proofs import is_proved, wanted_for
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.forms import ConfirmForm, carried_out

ACTS = "/confirm-it-is-you/<any('money', 'appointments', 'connect'):act>"


@blueprint.route(ACTS, methods=["GET", "POST"])
@access(SIGNED_IN)
def prove(act: str) -> Any:
    """The code, once it was asked for; a way to ask for one before that."""
    user, what, form = me(), ProofFor(act), CodeForm()
    wanted = wanted_for(user, what, now())
    home = safe_path(request.args.get("next")) or HOME
    if wanted is None or is_proved(user.browser_session_id, what, wanted, now()):
        return redirect(home)
    if form.validate_on_submit() and carried_out(
        form, lambda: proving.enter_code(user, what, form.code.data, now=now())
    ):
        flash("Thank you. You need not confirm this again for 15 minutes.", "success")
        return redirect(home)
    return render_template(
        "accounts/prove.html",
        form=form,
        act=what,
        next=home,
        by_code=wanted is Proof.CODE,
        is_asked=proving.is_code_asked(user, what, now()),
        asking=ConfirmForm(formdata=None),
        account=single_sign_on.connected(user) if current_app.config.get("OIDC_ISSUER") else None,
        name=current_app.config.get("OIDC_NAME"),
    ), form.status


@blueprint.route(f"{ACTS}/code", methods=["POST"])
@access(SIGNED_IN)
def ask_for_code(act: str) -> Any:
    if wanted_for(me(), ProofFor(act), now()) is Proof.CODE:
        proving.ask_for_code(me(), ProofFor(act), now=now())
        flash(f"A code is on its way to {me().email}.", "success")
    return redirect(url_for("accounts.prove", act=act, next=safe_path(request.args.get("next"))))
