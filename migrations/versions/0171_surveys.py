"""Surveys of schools: questions, who is asked, and each school's answers."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0171"
down_revision = "0170"


def upgrade() -> None:
    op.add_column("fund", t.tick("asks_schools", server_default=sa.false()))
    op.create_table(
        "survey",
        t.own_id(),
        t.key("fund_id", "fund.id"),
        t.choice("state", "surveystate", "draft open closed shared discarded"),
        t.moment("state_since"),
        t.whole("version"),
        t.line("title", 140),
        t.text("about"),
        t.day("due_on"),
        t.data("phases"),
        t.data("kinds"),
        t.line("document_name", 140),
        t.line("document_url", 300),
        t.moment("made_at"),
        t.key("made_by_id", "person.id", index=False),
        t.moment("opened_at", null=True),
        t.moment("chased_at", null=True),
        t.moment("closed_at", null=True),
        t.moment("shared_at", null=True),
        t.text("findings"),
        t.check("opened", "(state IN ('draft', 'discarded')) = (opened_at IS NULL)"),
        t.check("closed", "(state IN ('closed', 'shared')) = (closed_at IS NOT NULL)"),
        t.check(
            "shared_with_findings",
            "(state = 'shared') = (shared_at IS NOT NULL) AND (state = 'shared') = (findings != '')",
        ),
        t.check("document_named", "(document_name = '') = (document_url = '')"),
    )
    t.never_goes("survey")
    t.is_fixed("survey", "fund_id made_at made_by_id")
    op.create_table(
        "survey_question",
        t.own_id(),
        t.key("survey_id", "survey.id"),
        t.whole("position"),
        t.choice("kind", "questionkind", "choice several scale text likely"),
        t.line("text", 300),
        t.line("hint", 500),
        t.data("options"),
        t.data("services"),
        t.tick("required"),
    )
    op.create_table(
        "survey_school",
        t.own_id(),
        t.key("survey_id", "survey.id", index=False),
        t.key("school_id", "school.id"),
        t.whole("phase_code", null=True),
        t.whole("version"),
        t.moment("chased_at", null=True),
        t.whole("chasers"),
        t.unique("survey_id", "school_id"),
    )
    t.never_goes("survey_school")
    t.is_fixed("survey_school", "survey_id school_id")
    op.create_table(
        "survey_response",
        t.own_id(),
        t.key("survey_id", "survey.id"),
        t.key("school_id", "school.id"),
        t.moment("answered_at"),
        t.key("answered_by_id", "person.id"),
        t.data("answers"),
        t.moment("replaced_at", null=True),
        t.check("replaced_later", "replaced_at >= answered_at"),
    )
    counted = sa.text("replaced_at IS NULL")
    op.create_index(
        "ix_survey_response_counted",
        "survey_response",
        ["survey_id", "school_id"],
        unique=True,
        sqlite_where=counted,
        postgresql_where=counted,
    )
    t.never_goes("survey_response")
    t.is_fixed("survey_response", "survey_id school_id answered_at answered_by_id")


def downgrade() -> None:
    for table in ("survey_response", "survey_school", "survey_question", "survey"):
        op.drop_table(table)
    op.drop_column("fund", "asks_schools")
