"""What was earned before an award was entered here, and that money came back, are put right by two people."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0123"
down_revision = "0122"

WAITS = sa.text("state = 'proposed'")
ONE_AT_A_TIME = {"sqlite_where": WAITS, "postgresql_where": WAITS}


RECOVERIES = [
    "requested",
    "asked_for",
    "invoiced",
    "set_against",
    "recovered",
    "let_go",
    "written_off",
    "cancelled",
]

# Written out: SQLite adds a column with its rule, and no rule by itself.
UNDONE_BY = (
    "ALTER TABLE recovery ADD COLUMN undone_by_id {} CONSTRAINT fk_recovery_undone_by_id REFERENCES person (id) "
    "CONSTRAINT ck_recovery_undone_by_two CHECK (undone_by_id IS NULL OR undone_by_id != undo_asked_by_id)"
)


def upgrade() -> None:
    op.create_table(
        "earned_correction",
        t.own_id(),
        t.key("bid_id", "bid.id"),
        t.key("line_id", "award_line.id", index=False),
        t.choice("state", "earnedcorrectionstate", "new proposed confirmed refused"),
        t.whole("version"),
        t.day("up_to"),
        t.big("was"),
        t.whole("half_days", null=True),
        t.big("pence", null=True),
        t.text("reason"),
        t.moment("asked_at"),
        t.key("asked_by_id", "person.id", index=False),
        t.moment("confirmed_at", null=True),
        t.key("confirmed_by_id", "person.id", index=False, null=True),
        t.check("one_of_both", "(half_days IS NULL) != (pence IS NULL)"),
        t.check("something", "half_days != 0 OR pence != 0"),
        t.check("not_below_zero", "was + coalesce(half_days, pence) >= 0"),
        t.check("asked_with_a_reason", "reason != ''"),
        t.check("two_people", "confirmed_by_id IS NULL OR confirmed_by_id != asked_by_id"),
        t.check(
            "confirmed_by_somebody",
            "(state = 'confirmed') = (confirmed_by_id IS NOT NULL AND confirmed_at IS NOT NULL)",
        ),
        t.index("uq_earned_correction_proposed", "line_id", unique=True, **ONE_AT_A_TIME),
    )
    t.never_goes("earned_correction")
    t.is_fixed("earned_correction", "bid_id line_id up_to was half_days pence reason asked_at asked_by_id")
    t.is_said(
        "earned_correction", "OLD.state IN ('confirmed', 'refused')", "state confirmed_at confirmed_by_id"
    )

    now = [*RECOVERIES, "undo_asked"]
    op.change_choices("recovery", "state", "ck_recovery_recoverystate", now=now, before=RECOVERIES)
    op.add_column("recovery", t.key("undo_asked_by_id", "person.id", index=False, null=True))
    op.execute(UNDONE_BY.format("INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"))


def downgrade() -> None:
    for name in ("undone_by_id", "undo_asked_by_id"):
        op.drop_column("recovery", name)
    now = [*RECOVERIES, "undo_asked"]
    op.change_choices("recovery", "state", "ck_recovery_recoverystate", now=RECOVERIES, before=now)
    op.drop_table("earned_correction")
