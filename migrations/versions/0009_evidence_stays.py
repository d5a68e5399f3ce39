"""Evidence stays: the database refuses to delete it, and to change what it says.

Rows of working papers (a draft's lines, a section of minutes) come and go; what somebody decided, said,
was sent or was given does not.
"""

from alembic import op

revision = "0009"
down_revision = "0008"

STAY = (
    "agenda_item",
    "allocation",
    "approval",
    "award_condition",
    "bid",
    "claim",
    "confirmation",
    "decision",
    "declaration",
    "fund",
    "late_evidence",
    "late_interest",
    "letter",
    "meeting",
    "membership",
    "named_person",
    "offer",
    "person",
    "registered_interest",
    "review_request",
    "role_grant",
    "round",
    "score_sheet",
    "seat",
    "staff_note",
    "viewing",
    "vote",
)
# Columns that say what it is; the others say what became of it.
FIXED = {
    "decision": (
        "bid_id item_id pence reasons votes_for votes_against abstentions score_hundredths by_email rules_id "
        "corrects_id decided_at decided_by_id"
    ),
    "letter": "key bid_id history_entry_id recipient outside written_at",
    "vote": "item_id seat_id",
}
# Columns that are fixed once it is in this state.
SAID = {
    "approval": ("OLD.state IN ('signed', 'refused') AND NEW.state = OLD.state", "signed_name answered_at"),
    "letter": ("OLD.status = 'sent'", "subject body email"),
}


def upgrade() -> None:
    for table in STAY:
        _refuse(table, "stays", "DELETE")
    for table, columns in FIXED.items():
        _refuse(table, "is_fixed", _update_of(columns), when=_differs(columns))
    for table, (once, columns) in SAID.items():
        _refuse(table, "is_said", _update_of(columns), when=f"({once}) AND ({_differs(columns)})")


def downgrade() -> None:
    for rule, tables in (("stays", STAY), ("is_fixed", tuple(FIXED)), ("is_said", tuple(SAID))):
        for table in tables:
            on = "" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"
            op.execute(f"DROP TRIGGER {table}_{rule}{on}")


def _update_of(columns: str) -> str:
    return f"UPDATE OF {', '.join(columns.split())}"


def _differs(columns: str) -> str:
    between = "IS NOT" if op.get_bind().dialect.name == "sqlite" else "IS DISTINCT FROM"
    return " OR ".join(f"OLD.{name} {between} NEW.{name}" for name in columns.split())


def _refuse(table: str, rule: str, change: str, when: str = "") -> None:
    begin = f"CREATE TRIGGER {table}_{rule} BEFORE {change} ON {table} FOR EACH ROW"
    only = f" WHEN ({when})" if when else ""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"{begin}{only} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
    else:
        op.execute(f"{begin}{only} EXECUTE FUNCTION refuse_change()")
