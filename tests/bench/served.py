"""The application as the bench's gunicorn serves it: with a floor, and with what each answer cost.

Every answer says in `X-CPU` how many milliseconds of processor it took, and in `X-Service` of wall. With
BENCH_COUNTS set it says in `X-Queries` and `X-Rows` how often and how much the database was asked: on
SQLite steps of its machine, by hundreds; on PostgreSQL rows read. Counting costs time, so what is timed
is not counted.
"""

import os
import time
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from flask import Flask, current_app
from jinja2 import Template
from sqlalchemy import event, select, text

from fundflow import create_app
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.web.access import SIGNED_IN, access

FLOOR = """<!doctype html><title>{{ title }}</title>
<ul>{% for id, title in rows %}<li>{{ id }} {{ title }}</li>{% endfor %}</ul>"""
STEPS = 100  # of SQLite's machine between two looks


def serve() -> Any:
    """The WSGI application: `gunicorn 'tests.bench.served:serve()'`."""
    app = create_app()
    app.add_url_rule("/floor", "floor", access(SIGNED_IN)(floor))
    if os.environ.get("BENCH_COUNTS"):
        Asked(app)
    app.wsgi_app = Timed(app.wsgi_app)
    return app


def floor() -> str:
    """A session, one query of 25 rows and a bare page: the least an answer can cost."""
    rows = db.session.execute(select(Bid.id, Bid.title).order_by(Bid.id).limit(25)).all()
    return page().render(title="Floor", rows=rows)


@cache
def page() -> Template:
    return current_app.jinja_env.from_string(FLOOR)


class Timed:
    """Says in each answer how much processor it took, from the first line of ours to the last."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        began, before = time.perf_counter(), time.process_time()
        said: list[Any] = []
        parts = self.app(environ, lambda *args: said.append(args))
        body = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        cpu, service = (time.process_time() - before) * 1000, (time.perf_counter() - began) * 1000
        status, headers, *_ = said[-1]
        start(status, [*headers, ("X-CPU", f"{cpu:.2f}"), ("X-Service", f"{service:.2f}")])
        return [body]


class Asked:
    """What one request asked of the database; a worker serves one at a time."""

    def __init__(self, app: Flask) -> None:
        self.queries = self.steps = 0
        with app.app_context():
            self.engine = db.engine
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        event.listen(self.engine, "before_cursor_execute", self._asked)
        if self.is_sqlite:
            event.listen(
                self.engine,
                "connect",
                lambda connection, _: connection.set_progress_handler(self._stepped, STEPS),
            )
        app.before_request(self._begin)
        app.after_request(self._say)

    def _begin(self) -> None:
        self.queries = self.steps = 0

    def _asked(self, *_: Any) -> None:
        self.queries += 1

    def _stepped(self) -> int:
        self.steps += STEPS
        return 0

    def _say(self, response: Any) -> Any:
        response.headers["X-Queries"] = self.queries
        response.headers["X-Rows"] = self.steps if self.is_sqlite else rows_read()
        return response


def rows_read() -> int:
    """Rows that this transaction read, of tables and by indexes."""
    read = "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"
    return int(db.session.scalar(text(read)) or 0)
