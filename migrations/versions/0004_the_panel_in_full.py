"""The panel in full: versions of its rules, members' scores, papers, minutes, conditions, interests."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

APPEND_ONLY = ("panel_rules", "attendance_event", "moderation", "paper")


def _add(
    table: str,
    column: str,
    kind: Any,
    *,
    default: str | None = None,
    refers_to: str | None = None,
    name: str = "",
    one_of: tuple[str, ...] = (),
) -> None:
    """Add a column with its key or check: SQLite could give it neither later."""
    bind = op.get_bind()
    sql = f'ALTER TABLE "{table}" ADD COLUMN "{column}" {kind.compile(dialect=bind.dialect)}'
    if default is not None:
        sql += f" NOT NULL DEFAULT {default}"
    if refers_to:
        sql += f' CONSTRAINT fk_{table}_{column} REFERENCES "{refers_to}" (id)'
    if one_of:
        values = ", ".join(f"'{value}'" for value in one_of)
        sql += f' CONSTRAINT ck_{table}_{name} CHECK ("{column}" IN ({values}))'
    op.execute(sql)


def _append_only(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _no_longer_append_only(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{change}")
        return
    op.execute(f"DROP TRIGGER {table}_append_only ON {table}")


# The criteria every fund had until now.
CRITERIA = [
    ("need", "Need and evidence", 20, True),
    ("outcomes", "Measurable outcomes", 20, True),
    ("priority", "Local priority", 15, False),
    ("delivery", "Delivery and partners", 15, False),
    ("value", "Value for money", 15, True),
    ("sustainability", "Sustainability and sharing", 10, False),
    ("gaps", "Closing gaps", 5, False),
]


def _carry_over() -> None:
    """Each fund’s rules become its first version, which its items and decisions keep."""
    rows = [
        {"slug": slug, "title": title, "weight": weight, "guidance": "", "is_key": key}
        for slug, title, weight, key in CRITERIA
    ]
    op.get_bind().execute(
        sa.text(
            "INSERT INTO panel_rules (fund_id, number, reason, quorum_least, quorum_percent, "
            "disclosed_may_vote, cluster_discloses, individual_from_pence, fundable_from, reduce_from, "
            "key_least, moderate_from, criteria, places) SELECT id, 1, '', quorum_least, quorum_percent, "
            "disclosed_may_vote, false, 2500000, 60, 50, 2, 2, :criteria, '{}' FROM fund"
        ).bindparams(sa.bindparam("criteria", type_=sa.JSON())),
        {"criteria": rows},
    )
    of_bid = "(SELECT r.id FROM panel_rules r JOIN bid b ON b.fund_id = r.fund_id WHERE b.id = {}.bid_id)"
    for table, more in (("agenda_item", ""), ("decision", ", score_hundredths = score * 100")):
        op.execute(f"UPDATE {table} SET rules_id = {of_bid.format(table)}{more}")  # noqa: S608 (ours)


def _carry_back() -> None:
    latest = "(SELECT {} FROM panel_rules r WHERE r.fund_id = fund.id ORDER BY r.number DESC LIMIT 1)"
    for column in ("quorum_least", "quorum_percent", "disclosed_may_vote"):
        op.execute(f"UPDATE fund SET {column} = {latest.format(column)}")  # noqa: S608 (ours)
    op.execute("UPDATE decision SET score = (score_hundredths + 50) / 100")


def upgrade() -> None:
    op.create_table(
        "panel_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("quorum_least", sa.Integer(), nullable=False),
        sa.Column("quorum_percent", sa.Integer(), nullable=False),
        sa.Column("disclosed_may_vote", sa.Boolean(), nullable=False),
        sa.Column("cluster_discloses", sa.Boolean(), nullable=False),
        sa.Column("individual_from_pence", sa.BigInteger(), nullable=False),
        sa.Column("fundable_from", sa.Integer(), nullable=False),
        sa.Column("reduce_from", sa.Integer(), nullable=False),
        sa.Column("key_least", sa.Integer(), nullable=False),
        sa.Column("moderate_from", sa.Integer(), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_panel_rules_numbers_start_at_one")),
        sa.CheckConstraint(
            "quorum_percent BETWEEN 0 AND 100", name=op.f("ck_panel_rules_quorum_a_percentage")
        ),
        sa.CheckConstraint(
            "reduce_from <= fundable_from AND fundable_from <= 100 AND reduce_from >= 0",
            name=op.f("ck_panel_rules_thresholds_in_order"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_panel_rules_fund_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_panel_rules_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_rules")),
        sa.UniqueConstraint("fund_id", "number", name=op.f("uq_panel_rules_fund_id_number")),
    )
    op.create_index(op.f("ix_panel_rules_fund_id"), "panel_rules", ["fund_id"], unique=False)
    op.create_index(op.f("ix_panel_rules_set_by_id"), "panel_rules", ["set_by_id"], unique=False)
    op.create_table(
        "minutes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "circulated",
                "agreed",
                name="minutesstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["agreed_at_id"], ["meeting.id"], name=op.f("fk_minutes_agreed_at_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_minutes_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes")),
    )
    op.create_index(op.f("ix_minutes_agreed_at_id"), "minutes", ["agreed_at_id"], unique=False)
    op.create_index(op.f("ix_minutes_meeting_id"), "minutes", ["meeting_id"], unique=True)
    op.create_table(
        "registered_interest",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "sort",
            sa.Enum(
                "employment",
                "governance",
                "family",
                "business",
                "other",
                name="interestsort",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("bars", sa.Boolean(), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("trust_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("body", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "school_id IS NULL OR trust_id IS NULL", name=op.f("ck_registered_interest_in_one_body")
        ),
        sa.ForeignKeyConstraint(
            ["registered_by_id"], ["person.id"], name=op.f("fk_registered_interest_registered_by_id")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_registered_interest_school_id")),
        sa.ForeignKeyConstraint(["trust_id"], ["trust.id"], name=op.f("fk_registered_interest_trust_id")),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_registered_interest_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registered_interest")),
    )
    op.create_index(
        op.f("ix_registered_interest_registered_by_id"),
        "registered_interest",
        ["registered_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_registered_interest_school_id"), "registered_interest", ["school_id"], unique=False
    )
    op.create_index(
        op.f("ix_registered_interest_trust_id"), "registered_interest", ["trust_id"], unique=False
    )
    op.create_index(op.f("ix_registered_interest_user_id"), "registered_interest", ["user_id"], unique=False)
    op.create_table(
        "attendance_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("seat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_attendance_event_item_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_attendance_event_meeting_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_attendance_event_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_attendance_event_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_event")),
    )
    op.create_index(op.f("ix_attendance_event_item_id"), "attendance_event", ["item_id"], unique=False)
    op.create_index(op.f("ix_attendance_event_meeting_id"), "attendance_event", ["meeting_id"], unique=False)
    op.create_index(
        op.f("ix_attendance_event_recorded_by_id"), "attendance_event", ["recorded_by_id"], unique=False
    )
    op.create_index(op.f("ix_attendance_event_seat_id"), "attendance_event", ["seat_id"], unique=False)
    op.create_table(
        "minutes_section",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("minutes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("heading", sa.String(length=200), nullable=False),
        sa.Column("drafted", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("edited_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["edited_by_id"], ["person.id"], name=op.f("fk_minutes_section_edited_by_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_minutes_section_item_id")),
        sa.ForeignKeyConstraint(["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_section_minutes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_section")),
        sa.UniqueConstraint("minutes_id", "position", name=op.f("uq_minutes_section_minutes_id_position")),
    )
    op.create_index(
        op.f("ix_minutes_section_edited_by_id"), "minutes_section", ["edited_by_id"], unique=False
    )
    op.create_index(op.f("ix_minutes_section_item_id"), "minutes_section", ["item_id"], unique=False)
    op.create_index(op.f("ix_minutes_section_minutes_id"), "minutes_section", ["minutes_id"], unique=False)
    op.create_table(
        "moderation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("criterion", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_moderation_by_id")),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_moderation_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation")),
    )
    op.create_index(op.f("ix_moderation_by_id"), "moderation", ["by_id"], unique=False)
    op.create_index(op.f("ix_moderation_item_id"), "moderation", ["item_id"], unique=False)
    op.create_table(
        "paper",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["issued_by_id"], ["person.id"], name=op.f("fk_paper_issued_by_id")),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_paper_item_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_paper_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("item_id", "number", name=op.f("uq_paper_item_id_number")),
    )
    op.create_index(op.f("ix_paper_issued_by_id"), "paper", ["issued_by_id"], unique=False)
    op.create_index(op.f("ix_paper_item_id"), "paper", ["item_id"], unique=False)
    op.create_index(op.f("ix_paper_submission_id"), "paper", ["submission_id"], unique=False)
    op.create_table(
        "score_sheet",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_why", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_score_sheet_item_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_score_sheet_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_score_sheet_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_sheet")),
        sa.UniqueConstraint("item_id", "seat_id", name=op.f("uq_score_sheet_item_id_seat_id")),
    )
    op.create_index(op.f("ix_score_sheet_item_id"), "score_sheet", ["item_id"], unique=False)
    op.create_index(op.f("ix_score_sheet_recorded_by_id"), "score_sheet", ["recorded_by_id"], unique=False)
    op.create_index(op.f("ix_score_sheet_seat_id"), "score_sheet", ["seat_id"], unique=False)
    op.create_table(
        "award_condition",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "outstanding",
                "reported",
                "discharged",
                "waived",
                name="conditionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_award_condition_bid_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_award_condition_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_condition")),
    )
    op.create_index(op.f("ix_award_condition_bid_id"), "award_condition", ["bid_id"], unique=False)
    op.create_index(op.f("ix_award_condition_decision_id"), "award_condition", ["decision_id"], unique=False)
    op.create_table(
        "criterion_feedback",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("criterion", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_criterion_feedback_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion_feedback")),
        sa.UniqueConstraint(
            "decision_id", "criterion", name=op.f("uq_criterion_feedback_decision_id_criterion")
        ),
    )
    op.create_index(
        op.f("ix_criterion_feedback_decision_id"), "criterion_feedback", ["decision_id"], unique=False
    )
    op.create_table(
        "late_interest",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("settled_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by_id IS NULL)",
            name=op.f("ck_late_interest_settled_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_late_interest_decision_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_late_interest_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_late_interest_settled_by_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_late_interest_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_interest")),
    )
    op.create_index(op.f("ix_late_interest_decision_id"), "late_interest", ["decision_id"], unique=False)
    op.create_index(
        op.f("ix_late_interest_recorded_by_id"), "late_interest", ["recorded_by_id"], unique=False
    )
    op.create_index(op.f("ix_late_interest_settled_by_id"), "late_interest", ["settled_by_id"], unique=False)
    op.create_index(op.f("ix_late_interest_user_id"), "late_interest", ["user_id"], unique=False)
    op.create_table(
        "member_score",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sheet_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("criterion", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moderated", sa.Integer(), nullable=True),
        sa.CheckConstraint("moderated BETWEEN 0 AND 4", name=op.f("ck_member_score_moderated_on_the_scale")),
        sa.CheckConstraint("score BETWEEN 0 AND 4", name=op.f("ck_member_score_score_on_the_scale")),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheet.id"], name=op.f("fk_member_score_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_score")),
        sa.UniqueConstraint("sheet_id", "criterion", name=op.f("uq_member_score_sheet_id_criterion")),
    )
    op.create_index(op.f("ix_member_score_sheet_id"), "member_score", ["sheet_id"], unique=False)
    _add(
        "agenda_item",
        "rules_id",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        refers_to="panel_rules",
    )
    _add("agenda_item", "proposed_pence", sa.BigInteger())
    _add("agenda_item", "proposed_reason", sa.Text(), default="''")
    _add("agenda_item", "proposed_at", sa.DateTime(timezone=True))
    _add(
        "agenda_item",
        "proposed_by_id",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        refers_to="person",
    )
    _add("agenda_item", "email_vote_from", sa.DateTime(timezone=True))
    op.create_index(op.f("ix_agenda_item_proposed_by_id"), "agenda_item", ["proposed_by_id"], unique=False)
    op.create_index(op.f("ix_agenda_item_rules_id"), "agenda_item", ["rules_id"], unique=False)
    _add("bid", "resubmits_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), refers_to="bid")
    _add("bid", "decision_held_until", sa.Date())
    op.create_index(op.f("ix_bid_resubmits_id"), "bid", ["resubmits_id"], unique=False)
    _add("decision", "score_hundredths", sa.Integer())
    _add("decision", "by_email", sa.Boolean(), default="false")
    _add(
        "decision", "rules_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), refers_to="panel_rules"
    )
    _add("decision", "sitting", sa.JSON())
    _add(
        "decision", "corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), refers_to="decision"
    )
    _add(
        "decision",
        "entry_id",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        refers_to="history_entry",
    )
    _add("decision", "letters_due_on", sa.Date())
    _add("decision", "letters_sent_at", sa.DateTime(timezone=True))
    _add(
        "decision",
        "letters_sent_by_id",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        refers_to="person",
    )
    _add("decision", "opening", sa.Text(), default="''")
    _add("decision", "closing", sa.Text(), default="''")
    _add("decision", "published_reasons", sa.Text(), default="''")
    _add(
        "decision",
        "published_by_id",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        refers_to="person",
    )
    _add("decision", "published_at", sa.DateTime(timezone=True))
    op.create_index(op.f("ix_decision_corrects_id"), "decision", ["corrects_id"], unique=False)
    op.create_index(op.f("ix_decision_entry_id"), "decision", ["entry_id"], unique=False)
    op.create_index(op.f("ix_decision_letters_sent_by_id"), "decision", ["letters_sent_by_id"], unique=False)
    op.create_index(op.f("ix_decision_published_by_id"), "decision", ["published_by_id"], unique=False)
    op.create_index(op.f("ix_decision_rules_id"), "decision", ["rules_id"], unique=False)
    _add("fund", "holds_decision_letters", sa.Boolean(), default="true")
    _add("fund", "letter_days", sa.Integer(), default="5")
    _add("letter", "dropped_why", sa.String(length=200))
    _add("meeting", "minutes_long", sa.Integer(), default="90")
    _add("meeting", "sequence", sa.Integer(), default="0")
    _add("person", "calendar_number", sa.Integer(), default="0")
    _add("seat", "stands_in_for_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), refers_to="seat")
    op.create_index(op.f("ix_seat_stands_in_for_id"), "seat", ["stands_in_for_id"], unique=False)
    _add("vote", "voided_why", sa.String(length=300), default="''")
    _add("vote", "by_email", sa.Boolean(), default="false")
    _carry_over()
    op.drop_column("decision", "score")
    op.drop_column("fund", "quorum_least")
    op.drop_column("fund", "disclosed_may_vote")
    op.drop_column("fund", "quorum_percent")
    for table in APPEND_ONLY:
        _append_only(table)


def downgrade() -> None:
    for table in APPEND_ONLY:
        _no_longer_append_only(table)
    op.drop_index("ix_seat_stands_in_for_id", table_name="seat")
    op.drop_index("ix_decision_rules_id", table_name="decision")
    op.drop_index("ix_decision_published_by_id", table_name="decision")
    op.drop_index("ix_decision_letters_sent_by_id", table_name="decision")
    op.drop_index("ix_decision_entry_id", table_name="decision")
    op.drop_index("ix_decision_corrects_id", table_name="decision")
    op.drop_index("ix_bid_resubmits_id", table_name="bid")
    op.drop_index("ix_agenda_item_rules_id", table_name="agenda_item")
    op.drop_index("ix_agenda_item_proposed_by_id", table_name="agenda_item")
    op.execute("ALTER TABLE fund ADD COLUMN quorum_least INTEGER NOT NULL DEFAULT 3")
    op.execute("ALTER TABLE fund ADD COLUMN quorum_percent INTEGER NOT NULL DEFAULT 40")
    op.execute("ALTER TABLE fund ADD COLUMN disclosed_may_vote BOOLEAN NOT NULL DEFAULT false")
    op.execute("ALTER TABLE decision ADD COLUMN score INTEGER")
    _carry_back()
    op.drop_column("vote", "by_email")
    op.drop_column("vote", "voided_why")
    op.drop_column("seat", "stands_in_for_id")
    op.drop_column("person", "calendar_number")
    op.drop_column("meeting", "sequence")
    op.drop_column("meeting", "minutes_long")
    op.drop_column("letter", "dropped_why")
    op.drop_column("fund", "letter_days")
    op.drop_column("fund", "holds_decision_letters")
    op.drop_column("decision", "published_at")
    op.drop_column("decision", "published_by_id")
    op.drop_column("decision", "published_reasons")
    op.drop_column("decision", "closing")
    op.drop_column("decision", "opening")
    op.drop_column("decision", "letters_sent_by_id")
    op.drop_column("decision", "letters_sent_at")
    op.drop_column("decision", "letters_due_on")
    op.drop_column("decision", "entry_id")
    op.drop_column("decision", "corrects_id")
    op.drop_column("decision", "sitting")
    op.drop_column("decision", "rules_id")
    op.drop_column("decision", "by_email")
    op.drop_column("decision", "score_hundredths")
    op.drop_column("bid", "decision_held_until")
    op.drop_column("bid", "resubmits_id")
    op.drop_column("agenda_item", "email_vote_from")
    op.drop_column("agenda_item", "proposed_by_id")
    op.drop_column("agenda_item", "proposed_at")
    op.drop_column("agenda_item", "proposed_reason")
    op.drop_column("agenda_item", "proposed_pence")
    op.drop_column("agenda_item", "rules_id")
    op.drop_table("member_score")
    op.drop_table("late_interest")
    op.drop_table("criterion_feedback")
    op.drop_table("award_condition")
    op.drop_table("score_sheet")
    op.drop_table("paper")
    op.drop_table("moderation")
    op.drop_table("minutes_section")
    op.drop_table("attendance_event")
    op.drop_table("registered_interest")
    op.drop_table("minutes")
    op.drop_table("panel_rules")
