"""Settings for gunicorn: `gunicorn -c python:fundflow.gunicorn_conf 'fundflow:create_app()'`.

Its log lines carry the route's pattern, never the address: that of a one-time link is as good as its
holder. The application says both in the headers of its answer (`fundflow.web.logs`).
"""

from typing import Any

from gunicorn.glogging import Logger


class PatternsOnly(Logger):  # type: ignore[misc]  # an untyped library's class
    """Leaves out the address that gunicorn would name with an error."""

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        if msg.startswith("Error handling request"):
            msg, args = "Error handling a request", ()
        super().exception(msg, *args, **kwargs)


accesslog = "-"
access_log_format = "%(t)s INFO access [%({x-request-id}o)s %({x-route}o)s] %(m)s %(s)s %(M)s ms %(h)s"
logger_class = PatternsOnly
