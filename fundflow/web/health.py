"""Two pages for machines: is the process up, and can it do its work?"""

from datetime import timedelta
from functools import lru_cache
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import Blueprint, current_app
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from fundflow.extensions import db
from fundflow.models.letter import Heartbeat
from fundflow.web.access import ANYONE, access, now

rooms = Blueprint("health", __name__)

FRESH = timedelta(seconds=60)
OK = "ok"
WORKER = "worker"  # the name under which fundflow.worker beats


@rooms.route("/healthz")
@access(ANYONE)
def healthz() -> Any:
    """The process answers. Asks nothing else, so a slow database never restarts the web server."""
    return current_app.response_class("ok\n", mimetype="text/plain")


@rooms.route("/readyz")
@access(ANYONE)
def readyz() -> Any:
    """200 when database, migrations and worker are fine, else 503; JSON says which is not."""
    checks = {"database": _database(), "migrations": "not checked", "worker": "not checked"}
    if checks["database"] == OK:
        checks["migrations"] = _migrations()
        checks["worker"] = _worker() if checks["migrations"] == OK else "not checked"
    ready = all(answer == OK for answer in checks.values())
    return {"ready": ready, "checks": checks}, 200 if ready else 503


def _database() -> str:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        return "can’t be reached"
    return OK


def _migrations() -> str:
    found = set(MigrationContext.configure(db.session.connection()).get_current_heads())
    newest = _heads(str(current_app.extensions["migrate"].directory))
    return OK if newest and found == newest else "not at the newest: run fundflow db upgrade"


@lru_cache
def _heads(folder: str) -> frozenset[str]:
    """The newest migrations of this installation; they change with a new release only."""
    try:
        return frozenset(ScriptDirectory(folder).get_heads())
    except CommandError:
        return frozenset()


def _worker() -> str:
    last = db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == WORKER))
    if last is None:
        return "has never run: start fundflow worker"
    silent = now() - last
    return OK if silent < FRESH else f"silent for {int(silent.total_seconds())} seconds"
