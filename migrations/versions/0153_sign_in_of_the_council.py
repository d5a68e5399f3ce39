"""Single sign-on, a fresh proof before money and appointments, and browsers that are known."""

from alembic import op

from fundflow.migrating import schema as t

revision = "0153"
down_revision = "0152"


def upgrade() -> None:
    op.add_column("fund", t.data("code_roles", server_default="[]"))
    op.add_column("fund", t.data("single_sign_on_roles", server_default="[]"))
    op.create_table(
        "connected_account",
        t.own_id(),
        t.key("user_id", "person.id", index=False),
        t.line("issuer", 300),
        t.line("subject", 255),
        t.moment("connected_at"),
        t.unique("issuer", "subject"),
        t.unique("user_id"),
    )
    op.create_table(
        "fresh_proof",
        t.own_id(),
        t.key("session_id", "browser_session.id", index=False),
        t.choice("act", "prooffor", "money appointments"),
        t.choice("proof", "proof", "code single_sign_on"),
        t.moment("asked_at"),
        t.line("code_hash", 64, null=True),
        t.moment("expires_at", null=True),
        t.whole("attempts"),
        t.moment("proved_at", null=True),
        t.check("attempts_counted", "attempts >= 0"),
        t.check("code_runs_out", "(code_hash IS NULL) = (expires_at IS NULL)"),
    )
    op.create_index("ix_fresh_proof_session", "fresh_proof", ["session_id", "act"])
    op.create_table(
        "known_browser",
        t.own_id(),
        t.key("user_id", "person.id", index=False),
        t.line("mark_hash", 64),
        t.moment("seen_at"),
        t.unique("user_id", "mark_hash"),
    )


def downgrade() -> None:
    for table in ("known_browser", "fresh_proof", "connected_account"):
        op.drop_table(table)
    for name in ("single_sign_on_roles", "code_roles"):
        op.drop_column("fund", name)
