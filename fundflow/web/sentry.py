"""Errors reported to Sentry, where FUNDFLOW_SENTRY_DSN is set: what broke in the code, and nothing of people.

What goes out is built from a list of what may (`without_people`): types of errors, places in the code, the
log line's own words without what stood in them, the route's pattern and the request's number. Requests, their
addresses, cookies, headers and bodies, the values of variables and the texts of errors stay here.
"""

import logging
from importlib.metadata import version
from typing import Any

from flask import Flask, has_request_context

from fundflow.web.logs import request_id, route

KEPT = ("event_id", "timestamp", "level", "logger", "platform", "release", "sdk")
OF_A_FRAME = (
    "filename",
    "abs_path",
    "module",
    "function",
    "lineno",
    "in_app",
    "context_line",
    "pre_context",
    "post_context",
)


def prepare(app: Flask) -> None:
    """Report errors that are logged, from web servers and workers alike."""
    if not app.config.get("SENTRY_DSN"):
        return
    import sentry_sdk
    from sentry_sdk.integrations.logging import EventHandler

    sentry_sdk.init(
        dsn=app.config["SENTRY_DSN"],  # and send_default_pii stays off, as it is by itself
        release=f"fundflow@{version('fundflow')}",
        max_request_body_size="never",
        include_local_variables=False,
        max_breadcrumbs=0,
        default_integrations=False,
        auto_enabling_integrations=False,
        auto_session_tracking=False,
        send_client_reports=False,
        before_send=without_people,
    )
    root = logging.getLogger()
    if not any(isinstance(known, EventHandler) for known in root.handlers):
        root.addHandler(EventHandler(level=logging.ERROR))


def without_people(event: Any, hint: Any) -> Any:
    """The event with nothing but what is in the list above."""
    said = {key: event[key] for key in KEPT if key in event}
    record = hint.get("log_record")
    if record is not None:
        said["logentry"] = {"message": str(record.msg)}  # before names were put into it
    errors = event.get("exception", {}).get("values", [])
    said["exception"] = {"values": [_error(one) for one in errors]}
    asked = has_request_context()
    said["tags"] = {"route": route(), "request": request_id()} if asked else {}
    return said


def _error(one: Any) -> dict[str, Any]:
    frames = (one.get("stacktrace") or {}).get("frames", [])
    kept = [{key: frame[key] for key in OF_A_FRAME if key in frame} for frame in frames]
    return {"type": one.get("type"), "module": one.get("module"), "stacktrace": {"frames": kept}}
