"""Copies of what is held about people, and complaints about the use of personal data."""

from alembic import op

from fundflow.migrating import schema as t

revision = "0151"
down_revision = "0150"


def upgrade() -> None:
    op.create_table(
        "subject_export",
        t.own_id(),
        t.key("person_id", "person.id", null=True),
        t.line("email", 254),
        t.moment("made_at"),
        t.key("made_by_id", "person.id"),
        t.whole("size"),
        t.line("sha256", 64),
        t.check("not_of_oneself", "person_id IS NULL OR person_id != made_by_id"),
    )
    op.create_table(
        "data_complaint",
        t.own_id(),
        t.choice("state", "complaintstate", "new received acknowledged answered", index=True),
        t.whole("version"),
        t.line("name", 120),
        t.line("email", 254),
        t.text("text"),
        t.moment("received_at"),
        t.day("due_on"),
        t.text("answer"),
        t.check("answered_in_words", "(state = 'answered') = (answer <> '')"),
    )
    t.never_goes("subject_export")
    t.never_goes("data_complaint")


def downgrade() -> None:
    op.drop_table("data_complaint")
    op.drop_table("subject_export")
