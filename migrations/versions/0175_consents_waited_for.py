"""Consents to case studies that a school has still to give are found without those that it gave."""

import sqlalchemy as sa
from alembic import op

revision = "0175"
down_revision = "0174"


def upgrade() -> None:
    waited_for = sa.text("agreed_at IS NULL")
    op.create_index(
        "ix_case_consent_waited_for",
        "case_consent",
        ["school_id"],
        sqlite_where=waited_for,
        postgresql_where=waited_for,
    )


def downgrade() -> None:
    op.drop_index("ix_case_consent_waited_for", table_name="case_consent")
