"""Personas to sign in as, and the mailbox. Registered only with the demo switch; switch and mark are
asked again at every request."""

from pathlib import Path
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request
from sqlalchemy import select

from fundflow.accounts.session import start_session
from fundflow.demo import mailbox
from fundflow.demo.mark import is_marked
from fundflow.demo.personas import personas
from fundflow.extensions import db
from fundflow.models.person import User
from fundflow.web.access import ANYONE, access, now
from fundflow.web.paging import row_id
from fundflow.workflow.working_days import london_date

blueprint = Blueprint("demo", __name__)


@blueprint.before_request
def only_in_the_demonstration() -> None:
    if current_app.config.get("DEMO") is not True or not is_marked():
        abort(404)


@blueprint.route("/demo")
@access(ANYONE)
def people() -> Any:
    return render_template("demo/people.html", groups=personas(london_date(now())))


@blueprint.route("/demo/sign-in", methods=["POST"])
@access(ANYONE)
def sign_in() -> Any:
    number = row_id(request.form.get("user")) or abort(404)
    user = db.session.scalar(select(User).where(User.id == number, User.active.is_(True)))
    start_session(user or abort(404))
    return redirect("/work")


@blueprint.route("/demo/mailbox")
@access(ANYONE)
def letters() -> Any:
    page = mailbox.letters(_folder(), request.args.get("after"))
    return render_template("demo/mailbox.html", page=page)


@blueprint.route("/demo/mailbox/<key>")
@access(ANYONE)
def letter(key: str) -> Any:
    message = mailbox.letter(_folder(), key) or abort(404)
    text = mailbox.with_links(mailbox.text_of(message), current_app.config["BASE_URL"])
    headers = [(name, str(message[name])) for name in mailbox.SHOWN_HEADERS if message[name]]
    return render_template(
        "demo/letter.html", headers=headers, text=text, subject=str(message["Subject"] or "(no subject)")
    )


def _folder() -> Path:
    return Path(current_app.config["DATA"]) / "mailbox"
