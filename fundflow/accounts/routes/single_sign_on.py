"""Signing in with the council account: there, back, and what went wrong in words.

Coming back is a GET, which changes nothing here: its page has one button, which takes the code to the
sign-in service. What this browser began is kept in its signed cookie, and used once.
"""

import logging
import time
from typing import Any

from flask import (
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

from fundflow.accounts import openid, proving, single_sign_on
from fundflow.accounts.blueprint import blueprint
from fundflow.accounts.paths import safe_path
from fundflow.accounts.routes.sign_in import arrive
from fundflow.extensions import db
from fundflow.models.signing_in import ProofFor
from fundflow.proofs import ProofWanted, require_proof
from fundflow.web.access import ANYONE, access, me_or_nobody, now
from fundflow.web.forms import ConfirmForm

log = logging.getLogger(__name__)
KEPT = "single_sign_on"  # in the cookie: what was begun
MOST = 3  # at one time, in several tabs
SIGN_IN, CONNECT = "sign_in", ProofFor.CONNECT.value
PURPOSES = (SIGN_IN, *(act.value for act in ProofFor))

SILENT = "The council’s sign-in service does not answer. Try again in a few minutes, or use an emailed link."
STRAY = "This sign-in was not begun in this browser, took too long or was finished already. Begin again."
CANCELLED = "You did not finish signing in with your council account. Nothing was changed."
WRONG = "What the council’s sign-in service sent could not be trusted, so nobody was signed in."
UNKNOWN = (
    "No account here is connected to that council account. If you have an account, sign in by an emailed "
    "link first. Then connect your council account under Your details."
)
OTHER = "You signed in there with another account than the one you connected here. Nothing was changed."
SIGNED_OUT = "You were signed out here in the meantime. Sign in, then begin again."


@blueprint.route("/sign-in/council")
@access(ANYONE)
def council_sign_in() -> Any:
    """On to the sign-in service; a plain link leads here."""
    one = openid.service() or abort(404)
    purpose = request.args.get("for", SIGN_IN)
    if purpose not in PURPOSES:
        abort(400)
    user = me_or_nobody()
    if purpose != SIGN_IN and user is None:
        return redirect(url_for("accounts.sign_in"))
    if purpose == CONNECT:
        try:
            require_proof(user, ProofFor.CONNECT, now())
        except ProofWanted:  # then to their page, not here: browsers let no form lead on to another site
            return redirect(url_for("accounts.prove", act=CONNECT, next=url_for("accounts.my_page")))
    started = openid.start(int(time.time()), again=purpose not in (SIGN_IN, CONNECT))
    state = openid.new_state()
    try:
        address = openid.address_of(one, started, state=state, back=_back())
    except openid.Silent as silent:
        return _failed(SILENT, 503, silent)
    begun = {
        "state": state,
        "started": [started.nonce, started.verifier, started.at, started.again],
        "purpose": purpose,
        "next": safe_path(request.args.get("next")),
        "session": user.browser_session_id if user else None,
    }
    session[KEPT] = [*session.get(KEPT, []), begun][-MOST:]
    return redirect(address)


@blueprint.route("/sign-in/council/back", methods=["GET", "POST"])
@access(ANYONE)
def council_back() -> Any:
    one = openid.service() or abort(404)
    form, state = ConfirmForm(), request.args.get("state")
    kept: list[dict[str, Any]] = session.get(KEPT, [])
    begun = next((each for each in kept if each["state"] == state), None)
    if begun is None:
        return _failed(STRAY, 400)
    others = [each for each in kept if each is not begun]
    if "error" in request.args or not request.args.get("code"):
        session[KEPT] = others
        cancelled = request.args.get("error") == "access_denied"
        return _failed(CANCELLED if cancelled else WRONG, 403)
    if not form.validate_on_submit():
        page = make_response(render_template("accounts/council_back.html", form=form, name=_name()))
        page.headers["Cache-Control"] = "no-store"
        return page
    session[KEPT] = others
    db.session.rollback()  # no transaction is open while the service is asked
    try:
        subject = openid.subject_of(
            one, openid.Started(*begun["started"]), request.args, back=_back(), now=int(time.time())
        )
    except openid.Silent as silent:
        return _failed(SILENT, 503, silent)
    except openid.NotBelieved as wrong:
        return _failed(WRONG, 403, wrong)
    return _go_on(one.issuer, subject, begun)


def _go_on(issuer: str, subject: str, begun: dict[str, Any]) -> Any:
    """What the sign-in was begun for, now that we know which account it is."""
    purpose, wanted = begun["purpose"], begun["next"]
    if purpose == SIGN_IN:
        person = single_sign_on.person_of(issuer, subject)
        return arrive(person, wanted) if person else _failed(UNKNOWN, 403)
    user = me_or_nobody()
    if user is None or user.browser_session_id != begun["session"]:
        return _failed(SIGNED_OUT, 403)
    if purpose == CONNECT:
        single_sign_on.connect(user, issuer=issuer, subject=subject, now=now())
        flash("Your council account is connected. You can sign in with it from now on.", "success")
        return redirect(url_for("accounts.my_page"))
    mine = single_sign_on.connected(user)
    if mine is None or (mine.issuer, mine.subject) != (issuer, subject):
        return _failed(OTHER, 403)
    proving.note_signed_in_again(user, ProofFor(purpose), now=now())
    return redirect(wanted or "/work")


def _failed(sentence: str, status: int, why: Exception | None = None) -> Any:
    db.session.rollback()
    if why is not None:
        log.warning("Single sign-on: %s", why)
    return render_template("accounts/council_failed.html", sentence=sentence, name=_name()), status


def _back() -> str:
    """Where the service sends people back to; as it is registered there."""
    return f"{current_app.config['BASE_URL'].rstrip('/')}{url_for('accounts.council_back')}"


def _name() -> str:
    return str(current_app.config.get("OIDC_NAME") or "your council account")
