"""Error pages: what happened, in a sentence, and what to do. Never a bare 500 for bad input."""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from fundflow.database import (
    is_collision,
    is_down,
    may_be_of_another_schema,
    read_only,
    waited_in_vain,
)
from fundflow.extensions import db
from fundflow.proofs import ProofWanted
from fundflow.steps import AlreadyTaken, Stale
from fundflow.web import health
from fundflow.web.access import go_on_without_database, me_or_nobody, rule_of
from fundflow.web.forms import STALE
from fundflow.web.logs import request_id
from fundflow.web.sent_again import sent_again_page, signed_out_page
from fundflow.workflow.engine import Refused

PAGES = {
    400: ("There is a problem with that request", "It could not be read. Go back and try again."),
    403: ("You can’t do that", "Your account does not have access to this page."),
    404: (
        "Page not found",
        "If you typed the address, check it is correct. The page may not "
        "exist, or your account may not have access to it.",
    ),
    405: ("You can’t do that from here", "Go back and use the buttons on the page."),
    409: ("That could not be done", "Go back, reload the page and try again."),
    413: ("That was too large", "What you sent is larger than this service accepts."),
    429: ("Too many attempts", "Wait 15 minutes, then try again."),
}


# What an exception that no page caught means to its reader: title, text, status.
SAID: dict[type[Exception], tuple[str, str, int]] = {
    Stale: ("Somebody changed this at the same time", STALE, 409),
    StaleDataError: ("Somebody changed this at the same time", STALE, 409),
    AlreadyTaken: ("This was recorded already", "Nothing was recorded twice.", 409),
    IntegrityError: ("This was recorded already", "Nothing was recorded twice.", 409),
    DataError: (*PAGES[400], 400),
    OverflowError: (*PAGES[400], 400),
}
# Where a page that went wrong leads back to, by what its address names.
WHOLE = (
    ("reference", "desk.bid", "Back to the bid"),
    ("meeting_id", "panel.meeting", "Back to the meeting"),
)
OUT_OF_DATE = (
    "Your page is out of date",
    "You were signed out, or the page was open too long. Go back, copy what you typed, reload the "
    "page and send it again. Nothing was changed.",
    400,
)
UPDATING = (
    "The service is being updated",
    "It will be back in a few minutes. Nothing was lost that you had saved.",
)
BUSY = (
    "The service is busy",
    "Nothing was changed. Try again in a minute.",
)
DOWN = (
    "The service is not available at the moment",
    "Nothing was lost that you had saved. Try again in a few minutes.",
)
BROKEN = (
    "Sorry, there is a problem with the service",
    "Nothing was lost that you had saved. Try again in a few minutes.",
)
TRY_LATER = "Try again in a few minutes. Look first whether it was saved."
PROVE = "Confirm that it is you"
SEND_LATER = "Keep this page open. Send what you typed again in a few minutes."


def prepare(app: Flask) -> None:
    """Give every error a page; an unforeseen one is logged, and raised in tests."""
    app.register_error_handler(CSRFError, _out_of_date)
    for kind, (title, text, status) in SAID.items():
        app.register_error_handler(kind, _saying(title, text, status))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(ProofWanted, _prove_first)
    app.register_error_handler(OperationalError, _collided)
    app.register_error_handler(Exception, _broken)


def _saying(title: str, text: str, status: int) -> Callable[[Exception], Any]:
    def answer(error: Exception) -> Any:
        db.session.rollback()
        return _updating() if _is_updated(error) else page(title, text, status)

    return answer


def _out_of_date(_error: CSRFError) -> Any:
    """What was typed is on the page that says so, where a page of ours sent it."""
    db.session.rollback()
    rule = rule_of(current_app, request.endpoint or "")
    signed_out = me_or_nobody() is None and not (rule and rule.anyone)
    again = signed_out_page() if signed_out else sent_again_page(status=400)
    return again or page(*OUT_OF_DATE)


def _http(error: HTTPException) -> Any:
    code = error.code or 500
    if code < 400:
        return error
    title, text = PAGES.get(code, PAGES[400] if code < 500 else BROKEN)
    again = sent_again_page(status=code, title=title, why=text) if code == 429 else None
    return again or page(title, text, code)


def _refused(error: Refused) -> Any:
    db.session.rollback()
    return page("That could not be done", error.sentence, 409)


def _prove_first(error: ProofWanted) -> Any:
    """To the page where they show that it is them, and back; what was sent already is held on its page."""
    db.session.rollback()
    wanted = request.full_path.rstrip("?") if request.method == "GET" else request.path
    url = url_for("accounts.prove", act=error.act.value, next=wanted)
    again = sent_again_page(first=(url, PROVE), status=403, title=PROVE)
    return again or redirect(url)


def _collided(error: OperationalError) -> Any:
    if not is_collision(error):
        return _broken(error)
    if waited_in_vain(error):
        return _unavailable(*BUSY)
    db.session.rollback()
    read_only()  # the page itself must not wait again
    return page(
        "Somebody changed this at the same time",
        "Somebody else was changing the same things at that moment. Nothing was changed. "
        "Go back and send it again.",
        409,
    )


def _broken(error: Exception) -> Any:
    db.session.rollback()
    if _is_updated(error):
        return _updating()
    if current_app.testing:
        raise error
    current_app.logger.exception("Unhandled")
    if is_down(error):
        return _unavailable(*DOWN)
    if isinstance(error, DBAPIError):
        go_on_without_database()
    db.session.rollback()
    again = sent_again_page(status=500, title=BROKEN[0], why=TRY_LATER, number=request_id())
    return again or page(*BROKEN, 500)


def _is_updated(error: Exception) -> bool:
    """Whether it failed because the service is being updated; one query, where that may be so."""
    wrong = isinstance(error, DBAPIError) and may_be_of_another_schema(error)
    return wrong and not health.is_at_newest_migration()


def _updating() -> Any:
    """New code on an old database, or old code on a new one: for the minutes of an update."""
    current_app.logger.error(
        "The database is not at the migration this release needs: run fundflow db upgrade"
    )
    return _unavailable(*UPDATING)


def _unavailable(title: str, text: str) -> Any:
    """Nothing is wrong with the request: it may be sent again in a minute, and what was typed is there."""
    db.session.rollback()
    go_on_without_database()
    again = sent_again_page(status=503, title=title, why=SEND_LATER)
    return *(again or page(title, text, 503)), {"Retry-After": "60"}


def _back() -> tuple[str, str] | None:
    """(address, words) of the bid or meeting that an address names; None on its own page."""
    for key, endpoint, words in WHOLE:
        if key in (request.view_args or {}) and request.endpoint != endpoint:
            return url_for(endpoint, **{key: request.view_args[key]}), words  # type: ignore[index]
    return None


def page(title: str, text: str, status: int) -> Any:
    """An error's page; another one where the database can't even say who is signed in."""
    number = request_id() if status >= 500 else None
    back = None if status == 404 else _back()
    try:
        return render_template("errors/error.html", title=title, text=text, number=number, back=back), status
    except DBAPIError as error:
        return _broken(error)
