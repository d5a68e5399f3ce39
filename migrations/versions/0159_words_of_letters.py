"""The words with which a fund's letters begin and end; empty: the usual ones."""

from alembic import op

from fundflow.migrating import schema as t

revision = "0159"
down_revision = "0157"


def upgrade() -> None:
    op.add_column("fund", t.text("letter_opening", server_default=""))
    op.add_column("fund", t.text("letter_closing", server_default=""))


def downgrade() -> None:
    op.drop_column("fund", "letter_closing")
    op.drop_column("fund", "letter_opening")
