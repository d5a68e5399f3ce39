"""Requests that bring files: larger ones for the few routes that take them, read off before the
first query, so that nobody's slow upload keeps a writer waiting."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request, session
from werkzeug.exceptions import RequestEntityTooLarge

from fundflow.database import read_only

View = TypeVar("View", bound=Callable[..., Any])

A_FILE = 10 * 1024 * 1024 + 512 * 1024  # bytes: 10 MB, and what stands around it
READ_OFF = 64 * 1024 * 1024  # bytes of a refused body that are read, so that the answer is seen
TITLE = "The file is too large"
TOO_LARGE = (
    "A file can be up to 10 MB. Go back, choose a smaller file and send "
    "it again. Nothing that was saved before is lost."
)


def takes_files(most: int, too_large: str = TOO_LARGE) -> Callable[[View], View]:
    """Declare that a route takes up to so many files; stands under the route's rule.

    too_large  what is said where more is sent
    """

    def declare(view: View) -> View:
        view.most_bytes = most * A_FILE  # type: ignore[attr-defined]
        view.too_large = too_large  # type: ignore[attr-defined]
        return view

    return declare


def prepare(app: Flask) -> None:
    """Must come before whatever else looks into a request's body, or asks the database."""
    app.before_request(_read_body)
    app.teardown_request(_close_files)


def _most_bytes() -> int | None:
    """The most that may be sent here; None where no files are taken."""
    view = current_app.view_functions.get(request.endpoint or "") if request.method == "POST" else None
    return getattr(view, "most_bytes", None)


def _read_body() -> Any:
    most = _most_bytes()
    if most is None:
        return None
    if "_user_id" in session:  # nobody else has a file to send
        request.max_content_length = most
    try:
        request.form  # noqa: B018 (reads the body)
    except RequestEntityTooLarge:
        return _refusal()
    return None


def _close_files(_error: BaseException | None) -> None:
    if _most_bytes() and "files" in vars(request):
        for _name, file in request.files.items(multi=True):
            file.close()


def _refusal() -> Any:
    from fundflow.web.errors import OUT_OF_DATE, page  # it needs the forms, which need the fields

    read_only()  # the page that says so waits for no writer
    _read_off(request.environ["wsgi.input"], min(request.content_length or 0, READ_OFF))
    sentence = getattr(current_app.view_functions[request.endpoint or ""], "too_large", TOO_LARGE)
    return page(TITLE, sentence, 413) if "_user_id" in session else page(*OUT_OF_DATE)


def _read_off(body: Any, left: int) -> None:
    """Read what still comes: a browser shows no answer to what it could not send."""
    while left > 0 and (chunk := body.read(min(left, 64 * 1024))):
        left -= len(chunk)
