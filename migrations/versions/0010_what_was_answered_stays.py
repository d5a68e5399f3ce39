"""What was voted on a decided item, and what a school answered, is never changed."""

from alembic import op

revision = "0010"
down_revision = "0009"

VOTED = ("choice", "at", "recorded_by_id", "by_email")
ANSWERED = ("answered_at", "answered_by_id", "signed_name", "link_email", "reason")
IS_DECIDED = "EXISTS (SELECT 1 FROM agenda_item WHERE id = OLD.item_id AND outcome IS NOT NULL)"
IS_ANSWERED = "OLD.state IN ('confirmed', 'declined') AND NEW.state = OLD.state"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _guard("vote", VOTED, IS_DECIDED, "BEGIN SELECT RAISE(ABORT, 'vote is append-only'); END")
        refuse = "BEGIN SELECT RAISE(ABORT, 'confirmation is append-only'); END"
    else:
        op.execute(
            "CREATE FUNCTION refuse_vote_on_decided_item() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN IF {IS_DECIDED} THEN RAISE EXCEPTION 'vote is append-only'; END IF; RETURN NEW; END $$"
        )
        _guard("vote", VOTED, "TRUE", "EXECUTE FUNCTION refuse_vote_on_decided_item()")
        refuse = "EXECUTE FUNCTION refuse_change()"
    _guard("confirmation", ANSWERED, IS_ANSWERED, refuse)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name != "sqlite"
    for table in ("vote", "confirmation"):
        op.execute(f"DROP TRIGGER {table}_is_said" + (f" ON {table}" if postgresql else ""))
    if postgresql:
        op.execute("DROP FUNCTION refuse_vote_on_decided_item()")


def _guard(table: str, columns: tuple[str, ...], once: str, then: str) -> None:
    between = "IS NOT" if op.get_bind().dialect.name == "sqlite" else "IS DISTINCT FROM"
    differs = " OR ".join(f"OLD.{name} {between} NEW.{name}" for name in columns)
    op.execute(
        f"CREATE TRIGGER {table}_is_said BEFORE UPDATE OF {', '.join(columns)} ON {table} FOR EACH ROW "
        f"WHEN ({once} AND ({differs})) {then}"
    )
