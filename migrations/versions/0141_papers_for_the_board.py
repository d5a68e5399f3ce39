"""Papers for the board, their headings, and the recommendations that they follow."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0141"
down_revision = "0139"


def upgrade() -> None:
    op.add_column("fund", t.text("paper_headings", server_default=""))
    op.create_table(
        "board_paper",
        t.own_id(),
        t.key("fund_id", "fund.id"),
        t.choice("state", "paperstate", "draft issued discarded"),
        t.whole("version"),
        t.whole("edition"),
        t.key("corrects_id", "board_paper.id", index=False, null=True),
        t.text("correction_reason"),
        t.day("starts_on"),
        t.day("ends_on"),
        t.data("figures"),
        t.moment("drawn_at"),
        t.line("contact", 300),
        t.line("wards", 300),
        t.text("priorities"),
        t.text("comments"),
        t.text("background"),
        t.line("exempt_paragraph", 300),
        t.text("public_interest"),
        t.moment("begun_at"),
        t.key("begun_by_id", "person.id", index=False),
        t.moment("issued_at", null=True),
        t.key("issued_by_id", "person.id", index=False, null=True),
        t.moment("published_at", null=True),
        t.unique("corrects_id"),
        t.check("period_in_order", "starts_on <= ends_on"),
        t.check("issued_at_a_moment", "(issued_at IS NULL) = (state <> 'issued')"),
        t.check("published_once_issued", "published_at IS NULL OR issued_at IS NOT NULL"),
    )
    op.create_table(
        "board_paper_section",
        t.own_id(),
        t.key("paper_id", "board_paper.id"),
        t.whole("position"),
        t.line("heading", 120),
        t.text("text"),
        t.tick("exempt"),
        t.unique("paper_id", "position"),
    )
    t.never_goes("board_paper")
    t.is_fixed("board_paper", "fund_id edition corrects_id starts_on ends_on begun_at begun_by_id")
    t.is_said(
        "board_paper",
        "OLD.issued_at IS NOT NULL",
        "drawn_at contact wards priorities comments background exempt_paragraph public_interest issued_at",
    )
    t.never_goes("board_paper_section")
    op.create_table(
        "recommendation",
        t.own_id(),
        t.key("fund_id", "fund.id"),
        t.choice("state", "recommendationstate", "new open accepted not_accepted done let_go"),
        t.whole("version"),
        t.line("body", 120),
        t.text("what"),
        t.key("owner_id", "person.id", index=False),
        t.line("owner_role", 60),
        t.day("due_on"),
        t.text("response"),
        t.moment("recorded_at"),
        t.moment("changed_at"),
    )
    waits = sa.text("state IN ('open', 'accepted')")
    op.create_index(
        "ix_recommendation_open", "recommendation", ["owner_id"], sqlite_where=waits, postgresql_where=waits
    )
    t.never_goes("recommendation")
    t.is_fixed("recommendation", "fund_id body what owner_id owner_role due_on recorded_at")


def downgrade() -> None:
    op.drop_table("recommendation")
    op.drop_table("board_paper_section")
    op.drop_table("board_paper")
    op.drop_column("fund", "paper_headings")
