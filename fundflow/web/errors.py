"""Error pages: what happened, in a sentence, and what to do. Never a bare 500 for bad input."""

from typing import Any

from flask import Flask, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from fundflow.extensions import db
from fundflow.steps import AlreadyTaken, Stale
from fundflow.web.forms import STALE
from fundflow.workflow.engine import Refused

PAGES = {
    400: ("There is a problem with that request", "It could not be read. Go back and try again."),
    403: ("You can’t do that", "Your account does not have access to this page."),
    404: ("Page not found", "If you typed the address, check it is correct. The page may not "
          "exist, or your account may not have access to it."),
    405: ("You can’t do that from here", "Go back and use the buttons on the page."),
    409: ("That could not be done", "Go back, reload the page and try again."),
    413: ("That was too large", "What you sent is larger than this service accepts."),
    429: ("Too many attempts", "Wait 15 minutes, then try again."),
}  # fmt: skip


def prepare(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Any:
        code = error.code or 500
        if code < 400:
            return error
        title, text = PAGES.get(code, PAGES[400] if code < 500 else (
            "Sorry, there is a problem with the service",
            "Nothing was lost that you had saved. Try again in a few minutes."))  # fmt: skip
        return page(title, text, code)

    @app.errorhandler(CSRFError)
    def csrf(_error: CSRFError) -> Any:
        return page(
            "Your page is out of date",
            "You were signed out, or the page was open too long. Go back, copy what you typed, "
            "reload the page and send it again. Nothing was changed.", 400)  # fmt: skip

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Any:
        db.session.rollback()
        return page("That could not be done", error.sentence, 409)

    @app.errorhandler(Stale)
    @app.errorhandler(StaleDataError)
    def stale(_error: Exception) -> Any:
        db.session.rollback()
        return page("Somebody changed this at the same time", STALE, 409)

    @app.errorhandler(AlreadyTaken)
    @app.errorhandler(IntegrityError)
    def twice(_error: Exception) -> Any:
        db.session.rollback()
        return page("This was recorded already", "Nothing was recorded twice.", 409)

    @app.errorhandler(DataError)
    @app.errorhandler(OverflowError)
    def absurd(_error: Exception) -> Any:
        db.session.rollback()
        return page(*PAGES[400], 400)

    @app.errorhandler(OperationalError)
    @app.errorhandler(Exception)
    def broken(error: Exception) -> Any:
        if app.config.get("TESTING"):
            raise error
        app.logger.exception("Unhandled")
        db.session.rollback()
        return page("Sorry, there is a problem with the service",
                    "Nothing was lost that you had saved. Try again in a few minutes.", 500)  # fmt: skip


def page(title: str, text: str, status: int) -> tuple[str, int]:
    return render_template("errors/error.html", title=title, text=text), status
