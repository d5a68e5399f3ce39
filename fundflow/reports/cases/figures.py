"""Case studies in reports: those published in the period, without the names of schools, since a paper keeps
what it shows though a school takes its consent back."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.case_study import CaseStudy
from fundflow.models.school import PHASES, School
from fundflow.reports.cut import Cut
from fundflow.reports.tables import Column, Kind, Part, Table
from fundflow.workflow.case_study import CaseState
from fundflow.workflow.working_days import london_date

HEADING = "Case studies"


def case_studies(cut: Cut, at: datetime) -> Part:
    """The case studies published in the period that still are; one query."""
    rows: Any = db.session.execute(
        select(CaseStudy.title, CaseStudy.expertise, School.phase_code, CaseStudy.published_at)
        .join(Bid, Bid.id == CaseStudy.bid_id)
        .join(School, School.id == Bid.lead_school_id)
        .where(CaseStudy.state == CaseState.PUBLISHED)
        .where(cut.of_bid(at), cut.during(CaseStudy.published_at, at))
        .order_by(CaseStudy.published_at, CaseStudy.id)
    ).all()
    if not rows:
        return Part(HEADING, (), ("No case study was published in this time.",))
    table = Table(
        code="case-studies",
        title="Case studies published",
        says=f"{'1 case study' if len(rows) == 1 else f'{len(rows)} case studies'} published in this time.",
        columns=(
            Column("Case study"),
            Column("Help with"),
            Column("Phase"),
            Column("Published", Kind.DATE),
        ),
        rows=tuple(
            (title, expertise.words, PHASES.get(phase, "Not known"), london_date(published))
            for title, expertise, phase, published in rows
        ),
    )
    return Part(HEADING, (table,))
