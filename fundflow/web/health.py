"""Pages for machines: is the process up, can it answer requests, and do letters go out?

A load balancer asks `/readyz`: a web server that answers stays in service while mail is down. A monitor
asks `/readyz/worker` too, and calls somebody.
"""

from functools import lru_cache
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import Blueprint, current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from fundflow.extensions import db
from fundflow.letters.troubles import Trouble, TroubleKind, troubles
from fundflow.web.access import ANYONE, access, now

blueprint = Blueprint("health", __name__)

OK, UNKNOWN = "ok", "not checked"
LETTERS = tuple(kind.value for kind in TroubleKind)


@blueprint.route("/healthz")
@access(ANYONE)
def healthz() -> Any:
    """The process answers. Asks nothing else, so a slow database never restarts the web server."""
    return current_app.response_class("ok\n", mimetype="text/plain")


@blueprint.route("/readyz")
@access(ANYONE)
def readyz() -> Any:
    """200 when database and migrations are fine, else 503; JSON says which is not."""
    return _answer(_web())


@blueprint.route("/readyz/worker")
@access(ANYONE)
def worker_readyz() -> Any:
    """200 when a worker lives and letters go out, else 503; JSON says what holds them up."""
    checks = _web()
    well = all(answer == OK for answer in checks.values())
    found = {trouble.kind.value: _said(trouble) for trouble in troubles(now())} if well else {}
    return _answer(checks | {name: found.get(name, OK if well else UNKNOWN) for name in LETTERS})


def is_at_newest_migration() -> bool:
    """Whether the database is as this release needs it; one query."""
    return _migrations() == OK


def _answer(checks: dict[str, str]) -> Any:
    ready = all(answer == OK for answer in checks.values())
    return {"ready": ready, "checks": checks}, 200 if ready else 503


def _web() -> dict[str, str]:
    database = _database()
    return {"database": database, "migrations": _migrations() if database == OK else UNKNOWN}


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


def _said(trouble: Trouble) -> str:
    """For machines and the people who read them; the mail server's own words may name accounts."""
    if trouble.since is None:
        return "has never run: start fundflow worker"
    seconds = int((now() - trouble.since).total_seconds())
    return {
        TroubleKind.WORKER: f"silent for {seconds} seconds",
        TroubleKind.QUEUE: f"a letter has waited for {seconds} seconds",
        TroubleKind.MAIL: f"the mail server has refused for {seconds} seconds",
    }[trouble.kind]
