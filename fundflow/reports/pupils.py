"""Pupils by group, over the whole fund alone and small counts hidden (docs/rules.md, "Small numbers")."""

from collections import Counter
from datetime import datetime

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.area import SCHOOL_TODAY
from fundflow.models.award import Award
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import PupilGroup, PupilGroupKind
from fundflow.models.fund import year_words
from fundflow.models.school import PHASE_COLUMNS, PHASE_GROUPS, School
from fundflow.reports.cut import Cut
from fundflow.reports.tables import Column, Kind, Part, Table
from fundflow.rules.feedback import ENOUGH
from fundflow.rules.small_numbers import published
from fundflow.workflow.working_days import financial_year, london_date

Place = tuple[PupilGroupKind, str]  # group and column
WHY_LATER = (
    "Pupils are counted for the whole fund, and once a financial year has ended: counts that are taken on "
    "two days, or for some schools alone, would together give away small ones."
)


def pupils(cut: Cut, at: datetime) -> Part:
    """The pupils of awards by group and phase of the lead school, a table for each financial year that has
    ended by then; one query.

    A year's table is always the same, whatever the cut is narrowed to and whenever it is made: so no two
    reports can be subtracted from each other.
    """
    found: dict[int, dict[Place, Counter[int]]] = {}
    made = (
        select(PupilGroup.group, School.phase_code, Award.made_at, PupilGroup.count, SCHOOL_TODAY)
        .join(Bid, Bid.id == PupilGroup.bid_id)
        .join(Award, Award.bid_id == Bid.id)
        .join(School, School.id == Bid.lead_school_id)
        .where(Bid.fund_id == cut.fund.id, Award.number == 1)
    )
    for group, phase, made_at, count, school in db.session.execute(made):
        year = found.setdefault(financial_year(london_date(made_at)), {})
        year.setdefault((group, PHASE_GROUPS.get(phase or 0, "Other")), Counter())[school] += count or 0
    years = [year for year in sorted(found) if cut.shows_year(year, at)]
    sentences = (WHY_LATER,) if years else (WHY_LATER, "No financial year of this period has ended yet.")
    return Part("Pupils", tuple(_table(year, found[year]) for year in years), sentences)


def _table(year: int, found: dict[Place, Counter[int]]) -> Table:
    """A year's table of the pupils of each group and phase, by school."""
    of = [
        (kind, [found.get((kind, column), Counter()) for column in PHASE_COLUMNS]) for kind in PupilGroupKind
    ]
    groups = [(kind, row) for kind, row in of if any(cell.total() for cell in row)]
    shown = published(
        [[cell.total() for cell in row] for _, row in groups],
        [[(+cell).keys() for cell in row] for _, row in groups],
    )
    return Table(
        code=f"pupils-{year}",
        title=f"Pupils by group, awards of {year_words(year)}",
        says="The groups of pupils for whom awards of this year were made, as their bids planned.",
        columns=(
            Column("Group"),
            *(Column(name, Kind.PUPILS) for name in PHASE_COLUMNS),
            Column("All", Kind.PUPILS),
        ),
        rows=tuple((kind.words, *row) for (kind, _), row in zip(groups, shown.rows, strict=True)),
        notes=(
            "A pupil may belong to several groups, and then stands in each.",
            f"A count is shown where it comes from {ENOUGH} schools or more.",
        ),
    )
