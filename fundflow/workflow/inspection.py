"""How Ofsted inspects schools: what each kind of inspection judges, and the grades it gives.

Ofsted changed its inspections in September 2024 and in November 2025. Grades of one kind are never compared
with another's (docs/rules.md, "Schools"): nothing here orders grades. A new kind is a new row of `REGIMES`,
and no migration; rows that inspections were recorded under stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

FOUR_GRADES = ("Outstanding", "Good", "Requires improvement", "Inadequate")
FIVE_POINTS = ("Exceptional", "Strong standard", "Expected standard", "Needs attention", "Urgent improvement")
NOT_COMPARABLE = (
    "Ofsted changed how it inspects in September 2024 and in November 2025. Grades of different kinds of "
    "inspection can’t be compared. So we show no change between them."
)


@dataclass(frozen=True, slots=True)
class Area:
    """What is judged. `also` are names that Ofsted's files give it; by `numbered` they may write 1 for
    the first grade."""

    name: str
    grades: tuple[str, ...]
    also: tuple[str, ...] = ()
    numbered: bool = False

    def grade(self, text: str) -> str | None:
        """The grade that a file's cell says; None where it is none of this area's."""
        if self.numbered and text in ("1", "2", "3", "4"):
            return self.grades[int(text) - 1]
        return next((one for one in self.grades if one.casefold() == text.casefold()), None)


@dataclass(frozen=True, slots=True)
class Regime:
    """A kind of inspection, with its first and last day.

    dated  whether an inspection of one of these days is of this kind, where nothing else says it
    """

    slug: str
    words: str
    from_on: date
    until: date | None
    areas: tuple[Area, ...]
    dated: bool = True

    def area(self, name: str) -> Area | None:
        wanted = name.casefold()
        return next((a for a in self.areas if wanted in map(str.casefold, (a.name, *a.also))), None)

    def holds(self, day: date) -> bool:
        """Whether there were such inspections on this day."""
        return self.from_on <= day and (self.until is None or day <= self.until)


def _four(name: str, *also: str) -> Area:
    return Area(name, FOUR_GRADES, also, numbered=True)


def _five(name: str, *also: str) -> Area:
    return Area(name, FIVE_POINTS, also)


JUDGEMENTS_OF_2019 = (
    _four("Quality of education"),
    _four("Behaviour and attitudes"),
    _four("Personal development"),
    _four("Leadership and management", "Effectiveness of leadership and management"),
    _four("Early years provision", "Early years provision (where applicable)"),
    _four("Sixth form provision", "Sixth form provision (where applicable)"),
    Area("Safeguarding is effective", ("Yes", "No"), ("Safeguarding is effective?",)),
)

# fmt: off
REGIMES = (
    Regime("report_card", "Report card, from November 2025", date(2025, 11, 10), None, (
        _five("Inclusion"),
        _five("Curriculum and teaching"),
        _five("Achievement"),
        _five("Attendance and behaviour"),
        _five("Personal development and well-being", "Personal development and wellbeing"),
        _five("Leadership and governance"),
        _five("Early years", "Early years provision"),
        _five("Post-16 provision", "Sixth form"),
        Area("Safeguarding standards", ("Met", "Not met")),
    )),
    Regime("judgements", "Four judgements, September 2024 to November 2025",
           date(2024, 9, 1), date(2025, 11, 9), JUDGEMENTS_OF_2019),
    Regime("overall", "Overall grade, September 2019 to August 2024",
           date(2019, 9, 1), date(2024, 8, 31), (_four("Overall effectiveness"), *JUDGEMENTS_OF_2019)),
    Regime("ungraded", "Ungraded inspection, up to November 2025", date(2015, 9, 1), date(2025, 11, 9), (
        Area("Outcome", (
            "Improved significantly",
            "Standards maintained",
            "Some aspects not as strong",
            "School remains Outstanding",
            "School remains Good",
        )),
    ), dated=False),
    Regime("overall_2015", "Overall grade, up to August 2019", date(2005, 9, 1), date(2019, 8, 31), (
        _four("Overall effectiveness"),
        _four("Quality of teaching, learning and assessment"),
        _four("Personal development, behaviour and welfare"),
        _four("Outcomes for pupils"),
        _four("Leadership and management", "Effectiveness of leadership and management"),
        _four("Early years provision", "Early years provision (where applicable)"),
        _four("16 to 19 study programmes"),
    )),
)
# fmt: on
REGIME: Mapping[str, Regime] = {regime.slug: regime for regime in REGIMES}


def regime_on(day: date) -> Regime | None:
    """The kind that an inspection which graded a school was of, by its day; None before there were any."""
    return next((regime for regime in REGIMES if regime.dated and regime.holds(day)), None)


def area_names() -> list[str]:
    """Every name of an area that a file may have as a column, each once."""
    return list(dict.fromkeys(n for regime in REGIMES for a in regime.areas for n in (a.name, *a.also)))
