"""Who looked at the data of people, and the history by its steps, as auditors read it."""

from alembic import op

from fundflow.migrating import schema as t

revision = "0155"
down_revision = "0154"


def upgrade() -> None:
    op.create_table(
        "person_viewing",
        t.own_id(),
        t.key("person_id", "person.id"),
        t.key("user_id", "person.id"),
        t.line("what", 250),
        t.moment("at"),
    )
    t.never_changes("person_viewing")
    op.create_index("ix_history_entry_step", "history_entry", ["process", "step", "id"])


def downgrade() -> None:
    op.drop_index("ix_history_entry_step", "history_entry")
    op.drop_table("person_viewing")
