"""Signing in and out by emailed links, and one's own page."""

from typing import Any

from flask import (
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import logout_user

from fundflow.accounts import operations
from fundflow.accounts.attempts import browser_of, mark_browser, mark_of_browser, network_of
from fundflow.accounts.blueprint import blueprint
from fundflow.accounts.browsers import browser_words
from fundflow.accounts.forms import MeForm, SignInForm, StaffMeForm
from fundflow.accounts.new_browsers import note_browser
from fundflow.accounts.paths import safe_path
from fundflow.accounts.session import note_seen, sessions_of, start_session, this_session
from fundflow.accounts.single_sign_on import connected
from fundflow.models.fund import Module
from fundflow.models.holding_words import what_they_are
from fundflow.models.person import User
from fundflow.permissions import is_staff
from fundflow.rules.advising import advises
from fundflow.web import modules
from fundflow.web.access import ANYONE, SIGNED_IN, access, me, me_or_nobody, now
from fundflow.web.forms import ConfirmForm, carried_out
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

HOME = "/work"


@blueprint.after_app_request
def seen(response: Response) -> Response:
    note_seen()
    return response


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access(ANYONE)
def sign_in() -> Any:
    if request.method == "GET" and me_or_nobody():
        return redirect(safe_path(request.args.get("next")) or HOME)
    form = SignInForm()
    if not form.validate_on_submit():
        name = current_app.config["OIDC_NAME"] if current_app.config.get("OIDC_ISSUER") else None
        wanted = safe_path(request.args.get("next"))
        return render_template("accounts/sign_in.html", form=form, name=name, next=wanted), form.status
    try:
        operations.ask_for_link(
            email=form.email.data,
            network=network_of(request.remote_addr),
            now=now(),
            browser=browser_of(form.email.data),
        )
    except operations.TooMany:
        abort(429)
    session["next"] = safe_path(request.args.get("next"))  # for the link, opened in this browser
    return render_template("accounts/check_email.html", email=form.email.data)


@blueprint.route("/sign-in/link/<token>", methods=["GET", "POST"])
@access(ANYONE)
def link(token: str) -> Any:
    """Looking (a mail scanner does) leaves the link as it is; the button uses it up."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        usable = operations.is_usable(token, now())
        return _spent() if not usable else render_template("accounts/link.html", form=form)
    try:
        user = operations.claim_link(token, now=now())
    except Refused:
        return _spent()
    return arrive(user, session.get("next") or request.args.get("next"))


def arrive(user: User, wanted: str | None) -> Response:
    """Sign somebody in, in this browser, and on to the page that they wanted."""
    mark, is_first = mark_of_browser(), user.last_signed_in_at is None
    start_session(user)
    note_browser(
        user,
        mark,
        browser=browser_words(request.user_agent.string),
        network=network_of(request.remote_addr),
        now=now(),
        tells=not is_first,
    )
    return mark_browser(make_response(redirect(safe_path(wanted) or HOME)), user.email, mark)


def _spent() -> tuple[str, int]:
    return render_template("accounts/link_spent.html", text=operations.SPENT), 410


@blueprint.route("/sign-out", methods=["POST"])
@access(SIGNED_IN)
def sign_out() -> Any:
    if one := this_session():
        operations.sign_out(one, now=now())
    logout_user()
    session.clear()
    flash("You are signed out.", "success")
    return redirect(url_for("accounts.sign_in"))


@blueprint.route("/me", methods=["GET", "POST"])
@access(SIGNED_IN)
def my_page() -> Any:
    user, staff = me(), is_staff(me(), now())
    answers = {
        "name": user.name,
        "job_title": user.job_title,
        "letters": "each" if user.each_letter else "digest",
    }
    form = StaffMeForm(data=answers) if staff else MeForm(data=answers)
    if form.validate_on_submit() and carried_out(
        form,
        lambda: operations.change_me(
            user,
            name=form.name.data,
            job_title=form.job_title.data or "",
            each_letter=form.letters.data == "each" if staff else None,
            now=now(),
        ),
    ):
        flash("Your details are saved.", "success")
        return redirect(url_for("accounts.my_page"))
    held = what_they_are(user, london_date(now()))
    interests = staff or bool(user.seats_on(london_date(now())))
    single = staff and bool(current_app.config.get("OIDC_ISSUER"))
    return render_template(
        "accounts/me.html",
        form=form,
        held=held,
        keeps_interests=interests,
        advises=modules.is_on(Module.ADVISERS) and advises(user),
        sessions=sessions_of(user, now()),
        here=this_session(),
        ending=ConfirmForm(formdata=None),
        single_sign_on=single,
        account=connected(user) if single else None,
    ), form.status


@blueprint.route("/me/sessions/<id:number>/end", methods=["POST"])
@access(SIGNED_IN)
def end_session(number: int) -> Any:
    """Sign out in one other browser."""
    found = next((one for one in sessions_of(me(), now()) if one.id == number), None) or abort(404)
    operations.sign_out(found, now=now())
    flash(f"You are signed out there: {found.browser}.", "success")
    return redirect(url_for("accounts.my_page"))


@blueprint.route("/me/sessions/end-others", methods=["POST"])
@access(SIGNED_IN)
def end_other_sessions() -> Any:
    here = this_session() or abort(404)
    operations.sign_out_elsewhere(here, now=now())
    flash("You are signed out everywhere but here.", "success")
    return redirect(url_for("accounts.my_page"))
