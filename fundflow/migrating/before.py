"""Databases from before the first release: no migration leads on from them."""

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate
from sqlalchemy.engine import make_url

from config import SettingsWrong
from fundflow.extensions import db

TOO_OLD = (
    "This database was made by a version of fundflow from before its first release (or by a newer one): it "
    "is at revision {revision}, from which no migration leads on. Name an empty database, or install the "
    "release that made this one."
)
MOVED = (
    "The demonstration that was here comes from before the first release and can’t be carried on. It was "
    "moved to {folder}. A new one is made now."
)


def make_way(app: Flask) -> str | None:
    """Move a demonstration no migration leads on from out of the way; answers what to say of it, if
    anything. Raises SettingsWrong for any other such database."""
    revision = _unknown_revision(app)
    if revision is None:
        return None
    kept_in, url = Path(app.config["DATA"]), make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    file = Path(url.database or "")
    if not app.config["DEMO"] or url.get_backend_name() != "sqlite" or file.parent != kept_in:
        raise SettingsWrong([TOO_OLD.format(revision=revision)])
    folder = kept_in.with_name(f"{kept_in.name}-{revision}")
    if folder.exists():
        raise SettingsWrong([f"Remove {folder} first: the old demonstration is to be moved there."])
    kept_in.rename(folder)
    kept_in.mkdir()
    return MOVED.format(folder=folder)


def _unknown_revision(app: Flask) -> str | None:
    """The revision of the database, where none of our migrations has it."""
    migrate: Migrate = app.extensions["migrate"].migrate
    known = {script.revision for script in ScriptDirectory.from_config(migrate.get_config()).walk_revisions()}
    with db.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    db.engine.dispose()
    return None if revision is None or revision in known else revision
