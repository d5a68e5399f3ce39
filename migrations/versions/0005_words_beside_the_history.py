"""Personal words stand beside a history entry, where they can be erased; the entry keeps their hash.

What the entries that exist were given goes beside them too, but for numbers and what the service
finds again: the votes on a proposal, and the schools between which a bid passed.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

A_BATCH = 1_000  # rows
REMOVED = "Removed on request"
FACTS = {("propose", "votes"), ("propose", "casting"), ("pass_on", "from"), ("pass_on", "to")}

ENTRY = sa.table(
    "history_entry",
    sa.column("id", sa.BigInteger),
    sa.column("step", sa.String),
    sa.column("label", sa.String),
    sa.column("actor_name", sa.String),
    sa.column("reason", sa.Text),
    sa.column("given", sa.JSON),
    sa.column("facts", sa.JSON),
    sa.column("words_hash", sa.String),
)
WORDS = sa.table(
    "history_words",
    sa.column("entry_id", sa.BigInteger),
    sa.column("salt", sa.String),
    sa.column("label", sa.String),
    sa.column("actor_name", sa.String),
    sa.column("reason", sa.Text),
    sa.column("given", sa.JSON),
)
NEW = {
    "facts": (sa.JSON(), "{}"),
    "words_hash": (sa.String(64), ""),
}
OLD = {
    "label": (sa.String(200), ""),
    "actor_name": (sa.String(120), ""),
    "reason": (sa.Text(), ""),
    "given": (sa.JSON(), "{}"),
}


def upgrade() -> None:
    op.create_table(
        "history_words",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["history_entry.id"], name=op.f("fk_history_words_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_history_words")),
    )
    _allow_change()
    _add(NEW)
    for entries in _batches():
        words = [_words(entry) for entry in entries]
        op.get_bind().execute(sa.insert(WORDS), words)
        _update(
            [
                {
                    "number": entry.id,
                    "facts": _facts(entry),
                    "words_hash": _hash({k: v for k, v in word.items() if k != "entry_id"}),
                }
                for entry, word in zip(entries, words, strict=True)
            ],
            "facts",
            "words_hash",
        )
    _drop(OLD)
    _refuse_change()
    _refuse_other_words()


def downgrade() -> None:
    _allow_change()
    _add(OLD)
    for entries in _batches():
        numbers = [entry.id for entry in entries]
        found = op.get_bind().execute(sa.select(WORDS).where(WORDS.c.entry_id.in_(numbers)))
        words = {row.entry_id: row for row in found}
        _update([_before(entry, words.get(entry.id)) for entry in entries], *OLD)
    _drop(NEW)
    _refuse_change()
    op.drop_table("history_words")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_other_words()")


def _batches() -> Iterator[list[Any]]:
    """Every entry by its number, so many at a time."""
    last = 0
    query = sa.select(ENTRY).order_by(ENTRY.c.id).limit(A_BATCH)
    while rows := list(op.get_bind().execute(_columns_there(query).where(ENTRY.c.id > last))):
        yield rows
        last = rows[-1].id


def _columns_there(query: Any) -> Any:
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("history_entry")}
    return query.with_only_columns(*(column for column in ENTRY.c if column.name in there))


def _words(entry: Any) -> dict[str, Any]:
    facts = _facts(entry)
    return {
        "entry_id": entry.id,
        "salt": secrets.token_hex(16),
        "label": entry.label,
        "actor_name": entry.actor_name,
        "reason": entry.reason,
        "given": {key: value for key, value in (entry.given or {}).items() if key not in facts},
    }


def _facts(entry: Any) -> dict[str, Any]:
    return {
        key: value
        for key, value in (entry.given or {}).items()
        if (entry.step, key) in FACTS or not _has_text(value)
    }


def _has_text(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_text, value.values()))
    return any(map(_has_text, value)) if isinstance(value, list) else isinstance(value, str)


def _hash(words: dict[str, Any]) -> str:
    text = json.dumps(words, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _before(entry: Any, words: Any) -> dict[str, Any]:
    if words is None:
        erased = {"label": REMOVED, "actor_name": REMOVED, "reason": ""}
        return {"number": entry.id, **erased, "given": entry.facts}
    return {
        "number": entry.id,
        "label": words.label,
        "actor_name": words.actor_name,
        "reason": words.reason,
        "given": {**entry.facts, **words.given},
    }


def _update(rows: list[dict[str, Any]], *names: str) -> None:
    values = {name: sa.bindparam(name, type_=ENTRY.c[name].type) for name in names}
    op.get_bind().execute(sa.update(ENTRY).where(ENTRY.c.id == sa.bindparam("number")).values(values), rows)


def _add(columns: dict[str, tuple[Any, str]]) -> None:
    for name, (kind, default) in columns.items():
        op.add_column("history_entry", sa.Column(name, kind, nullable=False, server_default=default))


def _drop(columns: dict[str, tuple[Any, str]]) -> None:
    for name in columns:
        op.drop_column("history_entry", name)


def _allow_change() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER history_entry_no_update")
        op.execute("DROP TRIGGER history_entry_no_delete")
    else:
        op.execute("DROP TRIGGER history_entry_append_only ON history_entry")


def _refuse_change() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER history_entry_no_{change.lower()} BEFORE {change} ON history_entry "
                "BEGIN SELECT RAISE(ABORT, 'history_entry is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER history_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _refuse_other_words() -> None:
    """Words are erased or stay as they are."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER history_words_no_update BEFORE UPDATE ON history_words "
            "BEGIN SELECT RAISE(ABORT, 'history_words can only be erased'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_other_words() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% can only be erased', TG_TABLE_NAME; END $$"
    )
    op.execute(
        "CREATE TRIGGER history_words_no_update BEFORE UPDATE OR TRUNCATE ON history_words "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_words()"
    )
