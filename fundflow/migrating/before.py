"""Databases from before the first release: no migration leads on from them."""

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate
from sqlalchemy.engine import make_url

from fundflow.config import SettingsWrong
from fundflow.extensions import db

FIRST = 100  # the baseline's number
UNKNOWN = (
    "This database is at revision {revision}, from which no migration of this release leads on: it was made "
    "by a newer release, or by a version from before the first. Name an empty database, or install the "
    "release that made this one."
)
MOVED = (
    "The demonstration that was here comes from before the first release and can’t be carried on. It was "
    "moved to {folder}, and an empty database is made in its place."
)


def make_way(app: Flask) -> str | None:
    """Move a demonstration from before the first release out of the way; answers what to say of it, if
    anything. Raises SettingsWrong for any other database from which no migration leads on."""
    revision = _unknown_revision(app)
    if revision is None:
        return None
    kept_in, url = Path(app.config["DATA"]), make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    file = Path(url.database or "")
    is_old = revision.isdigit() and int(revision) < FIRST
    if not (app.config["DEMO"] and is_old and url.get_backend_name() == "sqlite" and file.parent == kept_in):
        raise SettingsWrong([UNKNOWN.format(revision=revision)])
    from fundflow.demo.mark import refuse_other_data  # the switch is on

    refuse_other_data()  # a council's own data stays where it is
    folder = kept_in.with_name(f"{kept_in.name}-{revision}")
    try:
        if folder.exists():
            raise FileExistsError(folder)
        kept_in.rename(folder)
        kept_in.mkdir()
    except OSError as error:
        why = error.strerror or "there is one already"
        said = f"The old demonstration in {kept_in} can’t be moved to {folder}: {why}. Move or remove one."
        raise SettingsWrong([said]) from None
    return MOVED.format(folder=folder)


def known_revisions(app: Flask) -> list[str]:
    """The numbers of this release's migrations, the newest first."""
    migrate: Migrate = app.extensions["migrate"].migrate
    return [script.revision for script in ScriptDirectory.from_config(migrate.get_config()).walk_revisions()]


def _unknown_revision(app: Flask) -> str | None:
    """The revision of the database, where none of our migrations has it."""
    known = known_revisions(app)
    with db.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    db.engine.dispose()
    return None if revision is None or revision in known else revision
