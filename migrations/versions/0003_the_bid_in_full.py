"""The full form, files, rounds' own questions, the officer's desk, brokering, and schools that change."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

APPEND_ONLY = ("submission", "tier_entry", "contact", "succession", "viewing")


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


def upgrade() -> None:
    op.create_table(
        "cluster",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster")),
        sa.UniqueConstraint("name", name=op.f("uq_cluster_name")),
    )
    op.create_table(
        "cover",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("away_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("covering_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("arranged_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("arranged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("away_id != covering_id", name=op.f("ck_cover_two_people")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_cover_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["arranged_by_id"], ["person.id"], name=op.f("fk_cover_arranged_by_id")),
        sa.ForeignKeyConstraint(["away_id"], ["person.id"], name=op.f("fk_cover_away_id")),
        sa.ForeignKeyConstraint(["covering_id"], ["person.id"], name=op.f("fk_cover_covering_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_cover_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover")),
    )
    op.create_index(op.f("ix_cover_arranged_by_id"), "cover", ["arranged_by_id"], unique=False)
    op.create_index(op.f("ix_cover_away_id"), "cover", ["away_id"], unique=False)
    op.create_index(op.f("ix_cover_covering_id"), "cover", ["covering_id"], unique=False)
    op.create_index(op.f("ix_cover_ended_by_id"), "cover", ["ended_by_id"], unique=False)
    op.create_table(
        "patch",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["person.id"], name=op.f("fk_patch_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patch")),
        sa.UniqueConstraint("name", name=op.f("uq_patch_name")),
    )
    op.create_index(op.f("ix_patch_officer_id"), "patch", ["officer_id"], unique=False)
    op.create_table(
        "staff_grade",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("cap_pence", sa.BigInteger(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.CheckConstraint("cap_pence > 0", name=op.f("ck_staff_grade_some_cap")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_staff_grade_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_grade")),
        sa.UniqueConstraint("fund_id", "title", name=op.f("uq_staff_grade_fund_id_title")),
    )
    op.create_index(op.f("ix_staff_grade_fund_id"), "staff_grade", ["fund_id"], unique=False)
    op.create_table(
        "round_question",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("hint", sa.String(length=500), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("full_only", sa.Boolean(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.CheckConstraint("most BETWEEN 50 AND 4000", name=op.f("ck_round_question_most_sensible")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_question_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_question")),
    )
    op.create_index(op.f("ix_round_question_round_id"), "round_question", ["round_id"], unique=False)
    op.create_table(
        "cluster_school",
        sa.Column("cluster_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_cluster_school_cluster_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_cluster_school_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster_school")),
        sa.UniqueConstraint("cluster_id", "school_id", name=op.f("uq_cluster_school_cluster_id_school_id")),
    )
    op.create_index(op.f("ix_cluster_school_school_id"), "cluster_school", ["school_id"], unique=False)
    op.create_table(
        "late_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_late_entry_by_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_late_entry_round_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_late_entry_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_entry")),
    )
    op.create_index(op.f("ix_late_entry_by_id"), "late_entry", ["by_id"], unique=False)
    op.create_index(op.f("ix_late_entry_round_id"), "late_entry", ["round_id"], unique=False)
    op.create_index(op.f("ix_late_entry_school_id"), "late_entry", ["school_id"], unique=False)
    op.create_table(
        "school_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("link_urn", sa.String(length=6), nullable=False),
        sa.Column("link_name", sa.String(length=200), nullable=False),
        sa.Column("link_type", sa.String(length=80), nullable=False),
        sa.Column("established_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_school_link_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_link")),
        sa.UniqueConstraint(
            "school_id", "link_urn", "link_type", name=op.f("uq_school_link_school_id_link_urn_link_type")
        ),
    )
    op.create_index(op.f("ix_school_link_link_urn"), "school_link", ["link_urn"], unique=False)
    op.create_index(op.f("ix_school_link_school_id"), "school_link", ["school_id"], unique=False)
    op.create_table(
        "succession",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("old_school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("new_school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("old_school_id != new_school_id", name=op.f("ck_succession_two_schools")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_succession_by_id")),
        sa.ForeignKeyConstraint(["new_school_id"], ["school.id"], name=op.f("fk_succession_new_school_id")),
        sa.ForeignKeyConstraint(["old_school_id"], ["school.id"], name=op.f("fk_succession_old_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_succession")),
    )
    op.create_index(op.f("ix_succession_by_id"), "succession", ["by_id"], unique=False)
    op.create_index(op.f("ix_succession_new_school_id"), "succession", ["new_school_id"], unique=False)
    op.create_index(op.f("ix_succession_old_school_id"), "succession", ["old_school_id"], unique=False)
    op.create_table(
        "support_offer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=140), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("phases", sa.JSON(), nullable=False),
        sa.Column("half_days", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("half_days >= 0", name=op.f("ck_support_offer_half_days_not_negative")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_support_offer_school_id")),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["person.id"], name=op.f("fk_support_offer_updated_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_offer")),
    )
    op.create_index(op.f("ix_support_offer_school_id"), "support_offer", ["school_id"], unique=False)
    op.create_index(op.f("ix_support_offer_updated_by_id"), "support_offer", ["updated_by_id"], unique=False)
    op.create_table(
        "tier_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("tier BETWEEN 1 AND 4", name=op.f("ck_tier_entry_tier_of_1_to_4")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_tier_entry_by_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_tier_entry_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_entry")),
    )
    op.create_index(op.f("ix_tier_entry_by_id"), "tier_entry", ["by_id"], unique=False)
    op.create_index(op.f("ix_tier_entry_school_id"), "tier_entry", ["school_id"], unique=False)
    op.create_table(
        "kept_typing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_kept_typing_bid_id")),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_kept_typing_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_typing")),
        sa.UniqueConstraint("user_id", "place", name=op.f("uq_kept_typing_user_id_place")),
    )
    op.create_index(op.f("ix_kept_typing_bid_id"), "kept_typing", ["bid_id"], unique=False)
    op.create_index(op.f("ix_kept_typing_kept_at"), "kept_typing", ["kept_at"], unique=False)
    op.create_index(op.f("ix_kept_typing_user_id"), "kept_typing", ["user_id"], unique=False)
    op.create_table(
        "late_evidence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_late_evidence_bid_id")),
        sa.ForeignKeyConstraint(
            ["received_from_id"], ["person.id"], name=op.f("fk_late_evidence_received_from_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_evidence")),
    )
    op.create_index(op.f("ix_late_evidence_bid_id"), "late_evidence", ["bid_id"], unique=False)
    op.create_index(
        op.f("ix_late_evidence_received_from_id"), "late_evidence", ["received_from_id"], unique=False
    )
    op.create_table(
        "offer_expertise",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "expertise",
            sa.Enum(
                "early_reading",
                "english",
                "maths",
                "curriculum",
                "early_years",
                "send",
                "disadvantage",
                "eal",
                "behaviour",
                "leadership",
                "governance",
                "assessment",
                "wellbeing",
                name="expertise",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["support_offer.id"], name=op.f("fk_offer_expertise_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_expertise")),
        sa.UniqueConstraint("offer_id", "expertise", name=op.f("uq_offer_expertise_offer_id_expertise")),
    )
    op.create_table(
        "risk",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("risk", sa.String(length=300), nullable=False),
        sa.Column("likelihood", sa.Integer(), nullable=False),
        sa.Column("impact", sa.Integer(), nullable=False),
        sa.Column("mitigation", sa.String(length=500), nullable=False),
        sa.CheckConstraint("impact BETWEEN 1 AND 5", name=op.f("ck_risk_impact_of_1_to_5")),
        sa.CheckConstraint("likelihood BETWEEN 1 AND 5", name=op.f("ck_risk_likelihood_of_1_to_5")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_risk_bid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk")),
    )
    op.create_index(op.f("ix_risk_bid_id"), "risk", ["bid_id"], unique=False)
    op.create_table(
        "round_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_round_answer_bid_id")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["round_question.id"], name=op.f("fk_round_answer_question_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_answer")),
        sa.UniqueConstraint("bid_id", "question_id", name=op.f("uq_round_answer_bid_id_question_id")),
    )
    op.create_index(op.f("ix_round_answer_bid_id"), "round_answer", ["bid_id"], unique=False)
    op.create_index(op.f("ix_round_answer_question_id"), "round_answer", ["question_id"], unique=False)
    op.create_table(
        "staff_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_staff_note_bid_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_staff_note_by_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["person.id"], name=op.f("fk_staff_note_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_note")),
    )
    op.create_index(op.f("ix_staff_note_bid_id"), "staff_note", ["bid_id"], unique=False)
    op.create_index(op.f("ix_staff_note_by_id"), "staff_note", ["by_id"], unique=False)
    op.create_index(op.f("ix_staff_note_sent_by_id"), "staff_note", ["sent_by_id"], unique=False)
    op.create_table(
        "support_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "proposed",
                "became_bid",
                "closed",
                name="requeststate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "expertise",
            sa.Enum(
                "early_reading",
                "english",
                "maths",
                "curriculum",
                "early_years",
                "send",
                "disadvantage",
                "eal",
                "behaviour",
                "leadership",
                "governance",
                "assessment",
                "wellbeing",
                name="expertise",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("half_days", sa.Integer(), nullable=True),
        sa.Column("wanted_from", sa.Date(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposed_school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("proposed_why", sa.Text(), nullable=False),
        sa.Column("draft_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state != 'became_bid' OR draft_id IS NOT NULL", name=op.f("ck_support_request_bid_named")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_support_request_asked_by_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["bid.id"], name=op.f("fk_support_request_draft_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_support_request_fund_id")),
        sa.ForeignKeyConstraint(
            ["proposed_school_id"], ["school.id"], name=op.f("fk_support_request_proposed_school_id")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_support_request_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_request")),
    )
    op.create_index(op.f("ix_support_request_asked_by_id"), "support_request", ["asked_by_id"], unique=False)
    op.create_index(op.f("ix_support_request_draft_id"), "support_request", ["draft_id"], unique=False)
    op.create_index(op.f("ix_support_request_fund_id"), "support_request", ["fund_id"], unique=False)
    op.create_index(
        op.f("ix_support_request_proposed_school_id"), "support_request", ["proposed_school_id"], unique=False
    )
    op.create_index(op.f("ix_support_request_school_id"), "support_request", ["school_id"], unique=False)
    op.create_table(
        "viewing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("what", sa.String(length=250), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_viewing_bid_id")),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_viewing_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_viewing")),
    )
    op.create_index(op.f("ix_viewing_bid_id"), "viewing", ["bid_id"], unique=False)
    op.create_index(op.f("ix_viewing_user_id"), "viewing", ["user_id"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "pdf",
                "docx",
                "xlsx",
                "csv",
                name="filekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("store_key", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("scanned", sa.Boolean(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_evidence_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_attachment_hash_whole")),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachment_not_empty")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_attachment_bid_id")),
        sa.ForeignKeyConstraint(
            ["late_evidence_id"], ["late_evidence.id"], name=op.f("fk_attachment_late_evidence_id")
        ),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["person.id"], name=op.f("fk_attachment_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("store_key", name=op.f("uq_attachment_store_key")),
    )
    op.create_index(op.f("ix_attachment_bid_id"), "attachment", ["bid_id"], unique=False)
    op.create_index(op.f("ix_attachment_late_evidence_id"), "attachment", ["late_evidence_id"], unique=False)
    op.create_index(op.f("ix_attachment_uploaded_by_id"), "attachment", ["uploaded_by_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column(
            "how",
            sa.Enum(
                "phone",
                "email",
                "visit",
                "meeting",
                "video",
                name="how",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("with_whom", sa.String(length=200), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("about_bid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("request_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["about_bid_id"], ["bid.id"], name=op.f("fk_contact_about_bid_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_contact_by_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["contact.id"], name=op.f("fk_contact_corrects_id")),
        sa.ForeignKeyConstraint(["other_school_id"], ["school.id"], name=op.f("fk_contact_other_school_id")),
        sa.ForeignKeyConstraint(["request_id"], ["support_request.id"], name=op.f("fk_contact_request_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_contact_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_about_bid_id"), "contact", ["about_bid_id"], unique=False)
    op.create_index(op.f("ix_contact_by_id"), "contact", ["by_id"], unique=False)
    op.create_index(op.f("ix_contact_corrects_id"), "contact", ["corrects_id"], unique=False)
    op.create_index(op.f("ix_contact_other_school_id"), "contact", ["other_school_id"], unique=False)
    op.create_index(op.f("ix_contact_request_id"), "contact", ["request_id"], unique=False)
    op.create_index(op.f("ix_contact_school_id"), "contact", ["school_id"], unique=False)
    op.create_table(
        "mention",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("note_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["note_id"], ["staff_note.id"], name=op.f("fk_mention_note_id")),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_mention_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
        sa.UniqueConstraint("note_id", "user_id", name=op.f("uq_mention_note_id_user_id")),
    )
    op.create_index(op.f("ix_mention_note_id"), "mention", ["note_id"], unique=False)
    op.create_index(op.f("ix_mention_user_id"), "mention", ["user_id"], unique=False)
    _add(
        "backfill_line",
        "grade_id",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        refers_to="staff_grade",
    )
    op.create_index(op.f("ix_backfill_line_grade_id"), "backfill_line", ["grade_id"], unique=False)
    _add(
        "bid",
        "origin",
        sa.String(length=40),
        default="'school'",
        name="origin",
        one_of=("school", "entered", "commissioned"),
    )
    _add("bid", "origin_note", sa.Text(), default="''")
    _add("bid", "correcting_since", sa.DateTime(timezone=True))
    _add("bid", "phases", sa.JSON(), default="'[]'")
    _add("bid", "external_provider", sa.String(length=200), default="''")
    _add("bid", "external_provider_reason", sa.String(length=500), default="''")
    _add("bid", "approach", sa.Text(), default="''")
    _add(
        "bid",
        "evidence_strength",
        sa.String(length=40),
        name="evidencestrength",
        one_of=("eef_1", "eef_2", "eef_3", "eef_4", "eef_5", "local", "none"),
    )
    _add("bid", "evidence_strength_source", sa.String(length=300), default="''")
    _add("bid", "value_for_money", sa.Text(), default="''")
    _add("bid", "sustainability", sa.Text(), default="''")
    _add("bid", "sharing", sa.Text(), default="''")
    _add("bid", "equality", sa.Text(), default="''")
    _add("bid", "sent_title", sa.String(length=140))
    _add("bid", "sent_pence", sa.BigInteger())
    _add("claim", "payee_urn", sa.String(length=6), default="''")
    _add("claim", "payee_name", sa.String(length=200), default="''")
    _add("confirmation", "for_lead", sa.Boolean(), default="false")
    _add("fund", "school_year_cap_pence", sa.BigInteger())
    _add("fund", "trust_signs_from_pence", sa.BigInteger(), default="500000")
    _add("fund", "allows_organisations", sa.Boolean(), default="false")
    _add("priority", "retired", sa.Boolean(), default="false")
    _add("round", "criteria", sa.Text(), default="''")
    _add("school", "patch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), refers_to="patch")
    _add("school", "is_organisation", sa.Boolean(), default="false")
    _add(
        "school", "succeeded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), refers_to="school"
    )
    _add("school", "easting", sa.Integer())
    _add("school", "northing", sa.Integer())
    op.create_index(op.f("ix_school_patch_id"), "school", ["patch_id"], unique=False)
    op.create_index(op.f("ix_school_succeeded_by_id"), "school", ["succeeded_by_id"], unique=False)
    _add(
        "submission",
        "kind",
        sa.String(length=40),
        default="'submitted'",
        name="submissionkind",
        one_of=("submitted", "sent_back", "corrected"),
    )
    for table in APPEND_ONLY:
        _append_only(table)


def downgrade() -> None:
    for table in APPEND_ONLY:
        _no_longer_append_only(table)
    op.drop_index("ix_school_succeeded_by_id", table_name="school")
    op.drop_index("ix_school_patch_id", table_name="school")
    op.drop_index("ix_backfill_line_grade_id", table_name="backfill_line")
    op.drop_column("submission", "kind")
    op.drop_column("school", "northing")
    op.drop_column("school", "easting")
    op.drop_column("school", "succeeded_by_id")
    op.drop_column("school", "is_organisation")
    op.drop_column("school", "patch_id")
    op.drop_column("round", "criteria")
    op.drop_column("priority", "retired")
    op.drop_column("fund", "allows_organisations")
    op.drop_column("fund", "trust_signs_from_pence")
    op.drop_column("fund", "school_year_cap_pence")
    op.drop_column("confirmation", "for_lead")
    op.drop_column("claim", "payee_name")
    op.drop_column("claim", "payee_urn")
    op.drop_column("bid", "sent_pence")
    op.drop_column("bid", "sent_title")
    op.drop_column("bid", "equality")
    op.drop_column("bid", "sharing")
    op.drop_column("bid", "sustainability")
    op.drop_column("bid", "value_for_money")
    op.drop_column("bid", "evidence_strength_source")
    op.drop_column("bid", "evidence_strength")
    op.drop_column("bid", "approach")
    op.drop_column("bid", "external_provider_reason")
    op.drop_column("bid", "external_provider")
    op.drop_column("bid", "phases")
    op.drop_column("bid", "correcting_since")
    op.drop_column("bid", "origin_note")
    op.drop_column("bid", "origin")
    op.drop_column("backfill_line", "grade_id")
    op.drop_table("mention")
    op.drop_table("contact")
    op.drop_table("attachment")
    op.drop_table("viewing")
    op.drop_table("support_request")
    op.drop_table("staff_note")
    op.drop_table("round_answer")
    op.drop_table("risk")
    op.drop_table("offer_expertise")
    op.drop_table("late_evidence")
    op.drop_table("kept_typing")
    op.drop_table("tier_entry")
    op.drop_table("support_offer")
    op.drop_table("succession")
    op.drop_table("school_link")
    op.drop_table("late_entry")
    op.drop_table("cluster_school")
    op.drop_table("round_question")
    op.drop_table("staff_grade")
    op.drop_table("patch")
    op.drop_table("cover")
    op.drop_table("cluster")
