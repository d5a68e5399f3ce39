"""Settings for gunicorn: `gunicorn -c python:fundflow.gunicorn_conf 'fundflow:create_app()'`.

Its log lines carry the route's pattern, never the address: that of a one-time link is as good as its
holder. The application says both in the headers of its answer (`fundflow.web.logs`).
"""

import gc
import os
import sys
from typing import Any

from gunicorn.glogging import Logger

from fundflow.config import Environment, SettingsWrong, settings
from fundflow.web.jinja import load_templates
from fundflow.web.logs import JsonLine
from fundflow.web.metrics import forget_the_dead
from fundflow.workflow.working_days import load_bank_holidays


class PatternsOnly(Logger):  # type: ignore[misc]  # an untyped library's class
    """Leaves out the address that gunicorn would name with an error; writes JSON where that is set."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        if Environment(os.environ).text("FUNDFLOW_LOGS") == "json":
            for handler in (*self.error_log.handlers, *self.access_log.handlers):
                handler.setFormatter(JsonLine())

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        if msg.startswith("Error handling request"):
            msg, args = "Error handling a request", ()
        super().exception(msg, *args, **kwargs)


def on_starting(_server: Any) -> None:
    """Say what is wrong with the settings once, a line each, before workers fail for it one by one."""
    try:
        found = settings()
    except SettingsWrong as wrong:
        sys.exit(str(wrong))
    if found["METRICS"] != "off":
        forget_the_dead(found["DATA"])


def post_worker_init(worker: Any) -> None:
    """Load what the first requests would wait for, then freeze what is there: it stays as long as the worker.

    Full collections went through everything the application is made of, a quarter of a second each time.
    What requests make is looked through often, for then there is little to look through: a page waits 5 ms
    at most for that, where it waited 40 for fifty thousand objects, and a worker holds less.
    """
    load_templates(worker.wsgi)
    load_bank_holidays()
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 10, 100)


accesslog = "-"
access_log_format = "%(t)s INFO access [%({x-request-id}o)s %({x-route}o)s] %(m)s %(s)s %(M)s ms %(h)s"
logger_class = PatternsOnly
