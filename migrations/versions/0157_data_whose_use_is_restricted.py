"""People whose data is kept and not used, at their wish, until that is lifted."""

from alembic import op

from fundflow.migrating import schema as t

revision = "0157"
down_revision = "0156"


def upgrade() -> None:
    op.create_table(
        "data_restriction",
        t.own_id(),
        t.key("person_id", "person.id"),
        t.text("reason"),
        t.moment("put_at"),
        t.key("put_by_id", "person.id"),
        t.moment("lifted_at", null=True),
        t.key("lifted_by_id", "person.id", null=True),
        t.text("lift_reason"),
        t.check("put_for_a_reason", "reason <> ''"),
        t.check("lifted_for_a_reason", "(lifted_at IS NULL) = (lift_reason = '')"),
        t.check("lifted_by_somebody", "(lifted_at IS NULL) = (lifted_by_id IS NULL)"),
    )
    t.never_goes("data_restriction")
    t.is_fixed("data_restriction", "person_id reason put_at put_by_id")
    t.is_said("data_restriction", "OLD.lifted_at IS NOT NULL", "lifted_at lifted_by_id lift_reason")


def downgrade() -> None:
    op.drop_table("data_restriction")
