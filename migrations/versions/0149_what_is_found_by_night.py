"""What the look at all data finds by night."""

from alembic import op

from fundflow.migrating import schema as t

revision = "0149"
down_revision = "0148"


def upgrade() -> None:
    op.create_table(
        "night_check",
        t.day("night", primary_key=True),
        t.moment("begun_at"),
        t.moment("ended_at", null=True),
        t.whole("count"),
        t.data("found"),
    )


def downgrade() -> None:
    op.drop_table("night_check")
