"""What a migration makes, in short: columns, tables with their indexes, and what the database refuses.

A migration that landed is never edited, and neither is what it calls here.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

# -- columns: not null unless said otherwise; amounts are whole pence ------------------------------------

Column = sa.Column[Any]
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # which numbers rows by itself in no other type


def own_id(name: str = "id") -> Column:
    return sa.Column(name, BIG, primary_key=True)


def key(name: str, target: str, *, index: bool = True, **options: Any) -> Column:
    """A foreign key; `target` is `table.column`."""
    return _column(name, BIG, sa.ForeignKey(target), index=index, **options)


def row_id(name: str, **options: Any) -> Column:
    """The id of a row of a table that another column names."""
    return _column(name, BIG, **options)


def big(name: str, **options: Any) -> Column:
    return _column(name, sa.BigInteger(), **options)


def whole(name: str, **options: Any) -> Column:
    return _column(name, sa.Integer(), **options)


def decimal(name: str, digits: int, places: int, **options: Any) -> Column:
    return _column(name, sa.Numeric(digits, places), **options)


def line(name: str, most: int, **options: Any) -> Column:
    """Text of at most so many characters."""
    return _column(name, sa.String(most), **options)


def text(name: str, **options: Any) -> Column:
    return _column(name, sa.Text(), **options)


def choice(name: str, kind: str, values: str, **options: Any) -> Column:
    """One of these values, parted by spaces; the database checks it."""
    kept = sa.Enum(*values.split(), name=kind, native_enum=False, create_constraint=True, length=40)
    return _column(name, kept, **options)


def tick(name: str, **options: Any) -> Column:
    return _column(name, sa.Boolean(), **options)


def day(name: str, **options: Any) -> Column:
    return _column(name, sa.Date(), **options)


def moment(name: str, **options: Any) -> Column:
    return _column(name, sa.DateTime(timezone=True), **options)


def data(name: str, **options: Any) -> Column:
    """JSON."""
    return _column(name, sa.JSON(), **options)


def _column(name: str, *parts: Any, null: bool = False, **options: Any) -> Column:
    return sa.Column(name, *parts, nullable=null, **options)


# -- tables ---------------------------------------------------------------------------------------------


def check(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=name)


def unique(*columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns)


def index(name: str, *columns: str, **options: Any) -> sa.Index:
    return sa.Index(name, *columns, **options)


# -- what the database refuses ------------------------------------------------------------------------
#
# Each rule is a trigger; on PostgreSQL it calls a function, made once by `make_functions`.

REFUSE, ONLY_ERASE, UNDECIDED = "refuse_change", "refuse_other_words", "refuse_vote_on_decided_item"
IS_DECIDED = "EXISTS (SELECT 1 FROM agenda_item WHERE id = OLD.item_id AND outcome IS NOT NULL)"
FUNCTIONS = {
    REFUSE: "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;",
    ONLY_ERASE: "RAISE EXCEPTION '% can only be erased', TG_TABLE_NAME;",
    UNDECIDED: f"IF {IS_DECIDED} THEN RAISE EXCEPTION 'vote is append-only'; END IF; RETURN NEW;",
}


def make_functions() -> None:
    if not _is_sqlite():
        for name, body in FUNCTIONS.items():
            op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")


def drop_functions() -> None:
    if not _is_sqlite():
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")


def never_changes(table: str) -> None:
    """Rows are added, never changed or deleted."""
    if _is_sqlite():
        for change in ("UPDATE", "DELETE"):
            _refuse(table, f"no_{change.lower()}", change)
    else:
        _refuse(table, "append_only", "UPDATE OR DELETE OR TRUNCATE", each="STATEMENT")


def never_goes(table: str) -> None:
    """Rows are never deleted."""
    _refuse(table, "stays", "DELETE")


def is_fixed(table: str, columns: str) -> None:
    """These columns, parted by spaces, keep their first value."""
    _refuse(table, "is_fixed", _update_of(columns), when=_differs(columns))


def is_said(table: str, once: str, columns: str) -> None:
    """These columns keep their value once this condition on the row (`OLD`, `NEW`) holds."""
    _refuse(table, "is_said", _update_of(columns), when=f"({once}) AND ({_differs(columns)})")


def only_erased(table: str) -> None:
    """Rows are added and deleted, never changed."""
    change, each = ("UPDATE", "ROW") if _is_sqlite() else ("UPDATE OR TRUNCATE", "STATEMENT")
    _refuse(table, "no_update", change, each=each, says="can only be erased", function=ONLY_ERASE)


def vote_is_said(columns: str) -> None:
    """A vote keeps what it says once its item is decided."""
    once = IS_DECIDED if _is_sqlite() else "true"  # PostgreSQL looks elsewhere in a function alone
    when = f"({once}) AND ({_differs(columns)})"
    _refuse("vote", "is_said", _update_of(columns), when=when, function=UNDECIDED)


def _refuse(
    table: str,
    rule: str,
    change: str,
    *,
    when: str = "",
    each: str = "ROW",
    says: str = "is append-only",
    function: str = REFUSE,
) -> None:
    only = f" WHEN ({when})" if when else ""
    if _is_sqlite():
        act = f"BEGIN SELECT RAISE(ABORT, '{table} {says}'); END"
    else:
        act = f"EXECUTE FUNCTION {function}()"
    op.execute(f"CREATE TRIGGER {table}_{rule} BEFORE {change} ON {table} FOR EACH {each}{only} {act}")


def _update_of(columns: str) -> str:
    return f"UPDATE OF {', '.join(columns.split())}"


def _differs(columns: str) -> str:
    between = "IS NOT" if _is_sqlite() else "IS DISTINCT FROM"
    return " OR ".join(f"OLD.{name} {between} NEW.{name}" for name in columns.split())


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
