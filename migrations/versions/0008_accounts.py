"""Sessions are rows; history keeps what its people were; an address can be changed by two links."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
BEFORE = ["sign_in", "invitation", "answer"]
ADDRESSES = ["old_address", "new_address"]
LINKS = (
    ("one_time_link", "purpose", "ck_one_time_link_linkpurpose"),
    ("letter", "link_purpose", "ck_letter_linkpurpose"),
)


def upgrade() -> None:
    op.create_table(
        "browser_session",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("browser", sa.String(60), nullable=False),
        sa.Column("network", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_browser_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_browser_session")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_browser_session_key_hash")),
    )
    op.create_index(op.f("ix_browser_session_user_id"), "browser_session", ["user_id"])
    op.create_index(op.f("ix_browser_session_seen_at"), "browser_session", ["seen_at"])
    op.create_table(
        "address_change",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("old_confirmed_at", MOMENT),
        sa.Column("new_confirmed_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_address_change_email_in_lower_case")),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_address_change_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_change")),
    )
    op.create_index(op.f("ix_address_change_user_id"), "address_change", ["user_id"])
    op.add_column("history_words", sa.Column("actor_role", sa.String(200), nullable=False, server_default=""))
    op.add_column("person", sa.Column("former_emails", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("person", sa.Column("last_signed_in_at", MOMENT))
    op.execute(
        "UPDATE person SET last_signed_in_at = (SELECT max(used_at) FROM one_time_link "
        "WHERE one_time_link.user_id = person.id AND purpose IN ('sign_in', 'invitation'))"
    )
    op.drop_column("person", "session_key")
    for table, column, rule in LINKS:
        op.change_choices(table, column, rule, now=BEFORE + ADDRESSES, before=BEFORE)


def downgrade() -> None:
    """Everybody is signed out, and address changes that are under way are forgotten."""
    op.execute("DELETE FROM one_time_link WHERE purpose IN ('old_address', 'new_address')")
    op.execute("UPDATE letter SET link_purpose = NULL WHERE link_purpose IN ('old_address', 'new_address')")
    for table, column, rule in LINKS:
        op.change_choices(table, column, rule, now=BEFORE, before=BEFORE + ADDRESSES)
    op.add_column("person", sa.Column("session_key", sa.String(32), nullable=False, server_default=""))
    if op.get_bind().dialect.name == "sqlite":
        op.execute("UPDATE person SET session_key = lower(hex(randomblob(16)))")
    else:
        op.execute("UPDATE person SET session_key = md5(random()::text)")
    op.drop_column("person", "last_signed_in_at")
    op.drop_column("person", "former_emails")
    op.drop_column("history_words", "actor_role")
    op.drop_table("address_change")
    op.drop_table("browser_session")
