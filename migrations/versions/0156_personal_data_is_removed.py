"""Lists of what was kept long enough, when its personal data was removed, and a way past the triggers for it.

On PostgreSQL the triggers' functions ask a setting of the transaction; on SQLite the service sets the
triggers aside within the transaction that removes.
"""

from alembic import op

from fundflow.migrating import schema as t

revision = "0156"
down_revision = "0155"

REMOVING = (
    "IF TG_OP <> 'TRUNCATE' AND current_setting('fundflow.removing', true) = 'on' THEN"
    " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; "
)


def upgrade() -> None:
    for table in ("bid", "person"):
        op.add_column(table, t.moment("removed_at", null=True))
    op.create_table(
        "data_removal",
        t.own_id(),
        t.choice("state", "removalstate", "new proposed done refused", index=True),
        t.whole("version"),
        t.moment("proposed_at"),
        t.key("proposed_by_id", "person.id"),
        t.moment("approved_at", null=True),
        t.key("approved_by_id", "person.id", null=True),
        t.data("done"),
        t.check("two_people", "approved_by_id IS NULL OR approved_by_id != proposed_by_id"),
        t.check("approved_by_somebody", "(state = 'done') = (approved_by_id IS NOT NULL)"),
    )
    op.create_table(
        "removal_bid",
        t.own_id(),
        t.key("removal_id", "data_removal.id"),
        t.key("bid_id", "bid.id"),
        t.line("kept", 40),
        t.day("ended_on"),
        t.day("until"),
    )
    op.create_table(
        "removal_person",
        t.own_id(),
        t.key("removal_id", "data_removal.id"),
        t.key("person_id", "person.id"),
        t.day("until"),
    )
    t.never_goes("data_removal")
    t.is_fixed("data_removal", "proposed_at proposed_by_id")
    t.never_changes("removal_bid")
    t.never_changes("removal_person")
    _functions(REMOVING)


def downgrade() -> None:
    _functions("")
    for table in ("removal_person", "removal_bid", "data_removal"):
        op.drop_table(table)
    for table in ("person", "bid"):
        op.drop_column(table, "removed_at")


def _functions(first: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for name, body in t.FUNCTIONS.items():
        op.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {first}{body} END $$"
        )
