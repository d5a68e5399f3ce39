"""The council's colour and logo, a row a version."""

from alembic import op

from fundflow.migrating import schema as t

revision = "0164"
down_revision = "0162"

COLUMNS = (
    "number version colour kind store_key sha256 width height alt_text made_at made_by_id put_at put_by_id"
)


def upgrade() -> None:
    op.create_table(
        "brand",
        t.own_id(),
        t.whole("number", null=True),
        t.whole("version"),
        t.line("colour", 7),
        t.choice("kind", "filekind", "pdf docx xlsx csv odt ods jpg png", null=True),
        t.line("store_key", 100, null=True),
        t.line("sha256", 64, null=True, index=True),
        t.whole("width", null=True),
        t.whole("height", null=True),
        t.line("alt_text", 120),
        t.moment("made_at"),
        t.key("made_by_id", "person.id"),
        t.moment("put_at", null=True),
        t.key("put_by_id", "person.id", null=True),
        t.unique("number"),
        t.check(
            "put_by_somebody",
            "(number IS NULL) = (put_at IS NULL) AND (number IS NULL) = (put_by_id IS NULL)",
        ),
        t.check(
            "logo_is_whole", "(store_key IS NULL) = (sha256 IS NULL) AND (store_key IS NULL) = (kind IS NULL)"
        ),
        t.check("logo_has_words", "(store_key IS NULL) = (alt_text = '')"),
    )
    t.is_said("brand", "OLD.number IS NOT NULL", COLUMNS)


def downgrade() -> None:
    op.drop_table("brand")
