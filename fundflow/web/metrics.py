"""Figures for Prometheus at `/metrics`: off unless FUNDFLOW_METRICS says who may read them.

Every process counts into files of its own in DATA/metrics, and whichever is asked adds them up: several web
servers and workers on one machine give one sum. How many letters wait, and when each part of the worker
last gave a sign of life, is asked of the database. No figure names a person, a bid or an address.
"""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import cache
from hmac import compare_digest
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

from flask import Blueprint, Flask, Response, abort, current_app, g, has_request_context, request
from sqlalchemy import event, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, object_session

from fundflow.extensions import db
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Heartbeat, Letter, LetterStatus
from fundflow.web.access import ANYONE, access, now
from fundflow.web.logs import route

blueprint = Blueprint("metrics", __name__)

METHODS = ("GET", "HEAD", "OPTIONS", "POST")
SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # upper limits of what is counted together
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-IP", "Via")
TAKEN = "metrics_steps"  # of a session: the steps that its transaction has written


class Counters(NamedTuple):
    requests: Any  # by method, route and status
    seconds: Any  # by route
    queries: Any  # by route
    steps: Any  # by process and step


def prepare(app: Flask) -> None:
    """Count what this process does, where the setting asks for it."""
    if app.config.get("METRICS", "off") == "off":
        return
    _counters(str(folder_of(app.config["DATA"])))

    @app.before_request
    def begin() -> None:
        g.metrics_began, g.metrics_queries = time.perf_counter(), 0

    @app.after_request
    def end(response: Response) -> Response:
        _count(response)
        return response

    with app.app_context():
        for engine in db.engines.values():
            event.listen(engine, "before_cursor_execute", _note_query)
    event.listen(HistoryEntry, "after_insert", _note_step)
    event.listen(Session, "after_commit", _count_steps)
    event.listen(Session, "after_rollback", _forget_steps)


def folder_of(data: Path) -> Path:
    """Where processes keep what they count."""
    folder = data / "metrics"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def forget_the_dead(data: Path) -> None:
    """As the web server starts: remove what processes of this machine counted that are gone."""
    for path in folder_of(data).glob(f"*_{socket.gethostname()}-*.db"):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(int(path.stem.rpartition("-")[2]), 0)
            continue
        path.unlink(missing_ok=True)


@blueprint.route("/metrics")
@access(ANYONE)
def metrics() -> Response:
    """What Prometheus reads. 404 for whom the setting does not let in."""
    if not _may_read():
        abort(404)
    from prometheus_client import CollectorRegistry
    from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder_of(current_app.config["DATA"])))  # type: ignore[no-untyped-call]
    registry.register(OfTheDatabase(now()))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class OfTheDatabase:
    """What the database says, in two queries; of one that can't be reached, that alone."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily as Gauge

        up = Gauge("fundflow_database_up", "Whether the database answers")
        try:
            letters = db.session.execute(LETTERS).all()
            beats = db.session.execute(select(Heartbeat.name, Heartbeat.at)).all()
        except SQLAlchemyError:
            db.session.rollback()
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        number = Gauge("fundflow_letters", "Letters that are not sent, by state", labels=["state"])
        oldest = Gauge("fundflow_letters_oldest_seconds", "Age of the oldest of them", labels=["state"])
        found = {status: (count, first) for status, count, first in letters}
        for status in WAITING:
            count, first = found.get(status, (0, self.moment))
            number.add_metric([status.value], count)
            oldest.add_metric([status.value], (self.moment - first).total_seconds())
        yield from (number, oldest)
        signs = Gauge(
            "fundflow_last_sign_seconds", "When worker, clock and mail server last gave a sign", labels=["of"]
        )
        for name, at in beats:
            signs.add_metric([name], at.timestamp())
        yield signs


WAITING = tuple(status for status in LetterStatus if status is not LetterStatus.SENT)
LETTERS = (
    select(Letter.status, func.count(), func.min(Letter.written_at))
    .where(Letter.status.in_(WAITING))
    .group_by(Letter.status)
)


def _may_read() -> bool:
    match current_app.config.get("METRICS", "off"):
        case "token":
            wanted = f"Bearer {current_app.config['METRICS_TOKEN']}"
            return compare_digest(request.headers.get("Authorization", "").encode(), wanted.encode())
        case "loopback":
            return _asks_from_this_machine()
    return False


def _asks_from_this_machine() -> bool:
    """Whether nobody passed the request on: behind a proxy of this machine, everybody would be local."""
    environ = request.environ
    peer = environ.get("werkzeug.proxy_fix.orig", environ).get("REMOTE_ADDR") or ""
    with suppress(ValueError):
        return ip_address(peer).is_loopback and not any(name in request.headers for name in FORWARDED)
    return False


@cache
def _counters(folder: str) -> Counters:
    """Once a process: the library looks at the environment as it is first imported."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    from prometheus_client import CollectorRegistry, Counter, Histogram, values

    # Containers that share a folder may have processes of the same number.
    values.ValueClass = values.MultiProcessValue(lambda: f"{socket.gethostname()}-{os.getpid()}")  # type: ignore[no-untyped-call]
    apart = CollectorRegistry()  # what is read is read from the files
    return Counters(
        Counter("fundflow_requests", "Requests answered", ["method", "route", "status"], registry=apart),
        Histogram(
            "fundflow_request_seconds",
            "Until the answer began",
            ["route"],
            buckets=SECONDS,
            registry=apart,
        ),
        Counter("fundflow_queries", "Statements sent to the database", ["route"], registry=apart),
        Counter("fundflow_steps", "Steps taken", ["process", "step"], registry=apart),
    )


def _known() -> Counters:
    return _counters(os.environ["PROMETHEUS_MULTIPROC_DIR"])


def _count(response: Response) -> None:
    if "metrics_began" not in g:
        return  # refused before anything was asked
    counters, pattern = _known(), route()
    method = request.method if request.method in METHODS else "other"
    counters.requests.labels(method, pattern, str(response.status_code)).inc()
    counters.seconds.labels(pattern).observe(time.perf_counter() - g.metrics_began)
    counters.queries.labels(pattern).inc(g.metrics_queries)


def _note_query(*_about: Any) -> None:
    if has_request_context() and "metrics_queries" in g:
        g.metrics_queries += 1


def _note_step(_mapper: Any, _connection: Any, entry: HistoryEntry) -> None:
    if (session := object_session(entry)) is not None:
        session.info.setdefault(TAKEN, []).append((entry.process, entry.step))


def _count_steps(session: Session) -> None:
    if session.in_nested_transaction():
        return
    for process, step in session.info.pop(TAKEN, ()):
        _known().steps.labels(process, step).inc()


def _forget_steps(session: Session) -> None:
    session.info.pop(TAKEN, None)
