"""The mark of a demonstration: personas open only a database that its loader filled.

The switch alone opens nothing: set by mistake on a council's own database, it would let anybody in as
anybody.
"""

from datetime import datetime

from sqlalchemy import Connection, inspect, literal, select, table

from fundflow.config import SettingsWrong
from fundflow.extensions import db
from fundflow.models.installation import Demonstration

MARK = Demonstration.__tablename__
PASSING = {"alembic_version", "heartbeat", "night_check"}  # in these stands nothing that somebody entered


OTHER_DATA = (
    "FUNDFLOW_DEMO=1 lets anybody in as anybody, and this database was not made by “fundflow demo load”. "
    "For a council’s own data take FUNDFLOW_DEMO away; for a demonstration name an empty database, or "
    "remove the folder of the old one (var/, or FUNDFLOW_DATA)."
)


def refuse_other_data() -> None:
    """Raises SettingsWrong where the database holds anything and no mark. Leaves no connection open."""
    with db.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        marked = MARK in names and connection.scalar(select(Demonstration.id))
        other = not marked and _holds_anything(connection, names)
    db.engine.dispose()  # a server that forks must not share it
    if other:
        raise SettingsWrong([OTHER_DATA])


def is_marked() -> bool:
    """Whether a loader made this database."""
    return db.session.scalar(select(Demonstration.id)) is not None


def mark(now: datetime) -> None:
    """Mark an empty database; the caller commits. Raises SettingsWrong where it holds anything."""
    connection = db.session.connection()
    if _holds_anything(connection, inspect(connection).get_table_names()):
        raise SettingsWrong([OTHER_DATA])
    db.session.add(Demonstration(made_at=now))


def _holds_anything(connection: Connection, names: list[str]) -> bool:
    """Whether any of these tables has a row: those of the database, however old it is."""
    a_row = [select(literal(1)).select_from(table(name)).limit(1) for name in names if name not in PASSING]
    return any(connection.scalar(query) is not None for query in a_row)
