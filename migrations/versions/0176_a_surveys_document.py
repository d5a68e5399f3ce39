"""A document that is attached to a survey."""

from alembic import op

from fundflow.migrating import schema as t

revision = "0176"
down_revision = "0175"


def upgrade() -> None:
    op.create_table(
        "survey_document",
        t.own_id(),
        t.key("survey_id", "survey.id", index=False),
        t.line("name", 200),
        t.choice("kind", "filekind", "pdf docx xlsx csv odt ods jpg png"),
        t.whole("size"),
        t.line("sha256", 64),
        t.line("store_key", 100),
        t.tick("scanned"),
        t.moment("attached_at"),
        t.key("attached_by_id", "person.id", index=False),
        t.unique("survey_id"),
        t.unique("store_key"),
        t.check("not_empty", "size > 0"),
    )


def downgrade() -> None:
    op.drop_table("survey_document")
