"""The headings of a paper, and which figures stand under each.

A fund names its own, a line each (`Fund.paper_headings`). Figures find their place by these words; those
whose heading a fund left out stand at the end under their own.
"""

from typing import NamedTuple

from fundflow.models.board import WANTED
from fundflow.models.fund import Fund

LONGEST, MOST = 120, 40


class Place(NamedTuple):
    """Whose figures stand under a heading.

    parts   whole parts, by their place in addresses
    tables  tables of other parts, by their codes, which then don't stand there
    """

    parts: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


HEADINGS: dict[str, Place] = {
    "Purpose": Place(),
    "Recommendations": Place(("recommendations",)),
    "Background": Place(),
    "What changed since the last report": Place(("changed",)),
    "Money": Place(("money",)),
    "Bids and decisions": Place(("bids", "decisions")),
    "Impact": Place(("impact", "pupils")),
    "Value for money": Place(("value",)),
    "Schools that never applied": Place(("schools",)),
    "Conflicts handled": Place(("conflicts",)),
    "Time to decision": Place((), ("time-to-decision",)),
    "Overdue": Place((), ("overdue",)),
    "Case studies": Place(("case-studies",)),
    "Risks": Place(),
    "Financial implications": Place(),
    "Legal implications": Place(),
    "Equalities implications": Place(),
    "Workforce implications": Place(),
}
_PLACES = {heading.lower(): place for heading, place in HEADINGS.items()}


def headings_of(fund: Fund) -> list[str]:
    """The fund's own headings, else the usual ones; a heading that no report may lack comes first where they
    leave it out."""
    found = lines_of(fund.paper_headings) or list(HEADINGS)
    there = {heading.lower() for heading in found}
    return [*(heading.capitalize() for heading in WANTED if heading not in there), *found]


def lines_of(text: str) -> list[str]:
    """The headings of a setting, a line each, none twice."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def place_of(heading: str) -> Place:
    return _PLACES.get(heading.lower(), Place())
