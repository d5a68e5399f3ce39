"""The parts of a report in their order: the board's paper and the dashboard show the same."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from fundflow.reports.bids import bids
from fundflow.reports.cases.figures import case_studies
from fundflow.reports.conflicts import conflicts
from fundflow.reports.cut import Cut
from fundflow.reports.decisions import decisions
from fundflow.reports.impact import impact
from fundflow.reports.money import money
from fundflow.reports.pupils import pupils
from fundflow.reports.schools import schools, schools_by_name
from fundflow.reports.tables import Part
from fundflow.reports.value import value


class Figures(NamedTuple):
    """A part of a report: where it stands in addresses, its heading, and what makes it.

    for_staff  whether it names what the board does not read
    """

    slug: str
    heading: str
    of: Callable[[Cut, datetime], Part]
    for_staff: bool = False


FIGURES = (
    Figures("money", "Money", money),
    Figures("bids", "Bids", bids),
    Figures("decisions", "Decisions", decisions),
    Figures("impact", "Impact", impact),
    Figures("value", "Value for money", value),
    Figures("pupils", "Pupils", pupils),
    Figures("schools", "Schools that never applied", schools),
    Figures("schools-by-name", "Schools that never applied, by name", schools_by_name, for_staff=True),
    Figures("conflicts", "Conflicts of interest", conflicts),
    Figures("case-studies", "Case studies", case_studies),
)


def figures_for(*, staff: bool) -> tuple[Figures, ...]:
    """The parts that staff read, or everybody else who reads reports."""
    return tuple(one for one in FIGURES if staff or not one.for_staff)
