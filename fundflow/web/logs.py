"""What a line of the log says: time, level, logger, request id, the route's pattern, the message; as text, or
as JSON (FUNDFLOW_LOGS).

Never an address as it was asked for: one-time links and calendars' addresses are as good as their holder.
The pattern and the id go out in the headers `X-Route` and `X-Request-Id` too, for the access logs of
gunicorn and of the proxy in front (which keeps the first to itself: deploy/nginx.conf).
"""

import json
import logging
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from flask.logging import wsgi_errors_stream

FORMAT = "%(asctime)s %(levelname)s %(name)s [%(request_id)s %(route)s] %(message)s"
NONE = "-"
# Of a request that gunicorn answered: its names of what the line says, none of them an address asked for.
ACCESS = {
    "request": "{x-request-id}o",
    "route": "{x-route}o",
    "method": "m",
    "status": "s",
    "milliseconds": "M",
    "client": "h",
}
# “Key (email)=(ann@school.example) already exists.” up to what follows it in a traceback.
ENDS = r"\Z|\n(?=\[SQL:|CONTEXT:|\nThe above exception)"
DETAIL = re.compile(rf"^(DETAIL:).*?(?:{ENDS})", re.MULTILINE | re.DOTALL)


def prepare(app: Flask) -> None:
    """Send log lines to stderr, our own from INFO on; in tests pytest collects them."""
    if not app.testing:
        _to_stderr(as_json=app.config.get("LOGS") == "json")

    @app.after_request
    def name(response: Response) -> Response:
        response.headers["X-Request-Id"] = request_id()
        response.headers["X-Route"] = route()
        return response


def request_id() -> str:
    """The number of this request, for its log lines and its error page."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    return str(g.request_id)


def route() -> str:
    """The pattern of the address asked for, like `/sign-in/link/<token>`."""
    return request.url_rule.rule if request.url_rule else NONE


class AboutTheRequest(logging.Filter):
    """Adds to a line of which request it is; outside requests it says `-`."""

    def filter(self, record: logging.LogRecord) -> bool:
        asked = has_request_context()
        record.request_id, record.route = (request_id(), route()) if asked else (NONE, NONE)
        return True


class LogLine(logging.Formatter):
    """Times in UTC, as ISO 8601; without what PostgreSQL adds about rows, which are people’s."""

    def format(self, record: logging.LogRecord) -> str:
        return _without_rows(super().format(record))

    def formatTime(self, record: logging.LogRecord, _format: str | None = None) -> str:
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds")


class JsonLine(LogLine):
    """The same as one line of JSON; of gunicorn’s line of a request, its parts."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "request": getattr(record, "request_id", NONE),
            "route": getattr(record, "route", NONE),
        }
        if record.name == "gunicorn.access" and isinstance(record.args, Mapping):
            return json.dumps(said | {name: record.args[atom] for name, atom in ACCESS.items()})
        said["message"] = _without_rows(record.getMessage())
        if record.exc_info:
            said["exception"] = _without_rows(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)


def _without_rows(text: str) -> str:
    return DETAIL.sub(r"\1 (left out)\n", text)


def handler(*, as_json: bool = False) -> logging.Handler:
    made: logging.Handler = logging.StreamHandler[Any](wsgi_errors_stream)
    made.addFilter(AboutTheRequest())
    made.setFormatter(JsonLine() if as_json else LogLine(FORMAT))
    return made


def _to_stderr(*, as_json: bool) -> None:
    root = logging.getLogger()
    if not any(isinstance(f, AboutTheRequest) for known in root.handlers for f in known.filters):
        root.addHandler(handler(as_json=as_json))
    logging.getLogger("fundflow").setLevel(logging.INFO)
