"""Ofsted's outcomes of inspections: a row an inspection, a column an area (docs/rules.md, "Schools")."""

from collections.abc import Callable
from datetime import date
from typing import Any

from fundflow.schools.importing.files import Table, plain
from fundflow.schools.importing.rows import Examination, ImportedRow
from fundflow.schools.importing.summary import Found, Progress
from fundflow.workflow.inspection import REGIME, REGIMES, Regime, area_names, regime_on

COLUMNS = {"urn": "URN", "inspected_on": "Inspection start date"}
MAY_LACK = {"published_on": "Publication date", "regime": "Kind of inspection"}
UNGRADED = REGIME["ungraded"]
SAY_UNGRADED = (
    "An ungraded inspection is not known by its day: enter "
    f"“{UNGRADED.words}” in a column “{MAY_LACK['regime']}”."
)
NOT_JUDGED = frozenset(("", "9", "-", "n/a", "not judged", "not applicable", "not inspected"))


def recognises(table: Table) -> bool:
    return plain(COLUMNS["inspected_on"]) in table.columns


def parse(table: Table, progress: Progress, today: date) -> Found:
    """Every row's values for `Inspection`, with the school's `urn` and its `grades` by area.

    The kind of inspection is the row's, where the file has such a column and it is filled in, else that of
    its day. A row without a day is of a school that was not inspected, and left out. Raises WrongFile where
    a column is missing.
    """
    areas = {name: name for name in area_names()}
    wanted = MAY_LACK | areas
    found = Examination(table, COLUMNS, _values(today), may_lack=wanted, once=False).run(progress)
    found.lacks = [name for name in found.lacks if name not in areas]
    return found


def _values(today: date) -> Callable[[ImportedRow], dict[str, Any] | None]:
    seen: set[tuple[str | None, str, date]] = set()

    def values(row: ImportedRow) -> dict[str, Any] | None:
        urn = row.matching("urn", r"[0-9]{6}", "six digits", needed=True)
        if not row.raw("inspected_on"):
            return None
        day = row.day("inspected_on")
        regime = _regime(row, day) if day else None
        if day is None or regime is None:
            return None
        if day > today:
            row.fault("inspected_on", "a day that has come")
        published = row.day("published_on") if row.has("published_on") else None
        if published and not day <= published <= today:
            row.fault("published_on", "from the inspection’s first day to today")
        grades = _grades(row, regime)
        if not grades and not row.faults:
            row.faults.append(f"No area of “{regime.words}” has a grade.")
        row.faults += [SAY_UNGRADED] if _looks_ungraded(row, regime) else []
        if (urn, regime.slug, day) in seen:
            row.faults.append(f"URN {urn} has such an inspection on that day in an earlier row.")
        seen.add((urn, regime.slug, day))
        return {
            "urn": urn,
            "regime": regime.slug,
            "inspected_on": day,
            "published_on": published,
            "grades": grades,
        }

    return values


def _regime(row: ImportedRow, day: date) -> Regime | None:
    """The kind of inspection; None where none fits, which is said."""
    said = row.raw("regime") if row.has("regime") else ""
    if not said:
        if regime := regime_on(day):
            return regime
        row.fault("inspected_on", f"from {REGIMES[-1].from_on.year} on")
        return None
    found = next((one for one in REGIMES if said.casefold() in (one.slug, one.words.casefold())), None)
    if found is None:
        row.fault("regime", f"one of: {'; '.join(one.words for one in REGIMES)}")
    elif not found.holds(day):
        row.fault("inspected_on", f"a day with inspections of the kind “{found.words}”")
    else:
        return found
    return None


def _looks_ungraded(row: ImportedRow, regime: Regime) -> bool:
    """Whether a row that is taken for graded says something that only an ungraded inspection comes to."""
    names = [] if regime is UNGRADED else [area.name for area in UNGRADED.areas if row.has(area.name)]
    return any(row.raw(name).casefold() not in NOT_JUDGED for name in names)


def _grades(row: ImportedRow, regime: Regime) -> dict[str, str]:
    """The grades of a row by area, in the regime's own words."""
    grades: dict[str, str] = {}
    for column in area_names():
        text = row.raw(column) if row.has(column) else ""
        if text.casefold() in NOT_JUDGED:
            continue
        area = regime.area(column)
        grade = area.grade(text) if area else None
        if area is None:
            row.fault(column, f"empty, as “{regime.words}” has no such area")
        elif grade is None:
            row.fault(column, f"one of: {', '.join(area.grades)}")
        else:
            grades[area.name] = grade
    return grades
