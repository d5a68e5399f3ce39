"""When a school meets the test of a concern: a figure beyond a measure's floor, or an inspection's outcome.

Which floors and outcomes count is a setting of the fund. Grades of different kinds of inspection are never
compared: each grade counts, or not, by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.extensions import db
from fundflow.models.caseload import ConcernKind
from fundflow.models.fund import Fund
from fundflow.models.inspection import Inspection
from fundflow.models.measure import Better, Measure
from fundflow.models.target import SchoolTarget
from fundflow.rules.school_story import inspections_of
from fundflow.workflow.date_words import day_words
from fundflow.workflow.inspection import REGIMES
from fundflow.workflow.phrases import joined

# Grades that call for no concern.
FINE = ("Outstanding", "Good", "Exceptional", "Strong standard", "Expected standard", "Yes", "Met")
LARGEST = 1_000_000  # floor of a measure


class Met(NamedTuple):
    """A test that a school meets, in words: “Reading (%): 48 on 1 May 2026, the floor is 65”."""

    kind: ConcernKind
    words: str
    on: date  # of the figure or the inspection


def outcomes_offered() -> list[tuple[str, str]]:
    """The grades of each kind of inspection that may call for a concern, as the setting keeps them and in
    words."""
    return [(key, words) for key, words in outcome_words().items() if key.rpartition(":")[2] not in FINE]


def outcome_words() -> dict[str, str]:
    """Every grade of each kind of inspection in words, with its area where only one has it."""
    found = {}
    for regime in REGIMES:
        for grade in dict.fromkeys(grade for area in regime.areas for grade in area.grades):
            areas = [area.name for area in regime.areas if grade in area.grades]
            of = f"{areas[0]}: " if len(areas) == 1 and len(regime.areas) > 1 else ""
            found[f"{regime.slug}:{grade}"] = f"{regime.words}: {of}{grade}"
    return found


def floors_in(text: str) -> dict[str, Decimal]:
    """The floors of a setting, a line each: “Measure: 65”. Raises ValueError with the lines that say none,
    each quoted."""
    found, wrong = {}, []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, _, value = line.rpartition(":")
        floor = _floor_in(value)
        if name.strip() and floor is not None:
            found[name.strip().casefold()] = floor
        else:
            wrong.append(f"“{line}”")
    if wrong:
        raise ValueError(joined(wrong))
    return found


def _floor_in(text: str) -> Decimal | None:
    try:
        floor = Decimal(text.strip().rstrip("%"))
    except InvalidOperation:
        return None
    return floor if floor.is_finite() and -LARGEST <= floor <= LARGEST else None


def why_no_floors(fund: Fund, text: str) -> str | None:
    """The sentence where floors are of measures that the fund does not have, else None."""
    known = {measure.name.casefold() for measure in fund.measures}
    named = [line.rpartition(":")[0].strip() for line in text.splitlines() if line.strip()]
    unknown = [f"“{name}”" for name in named if name.casefold() not in known]
    measures = "measure" if len(unknown) == 1 else "measures"
    return f"This fund has no {measures} called {joined(unknown)}." if unknown else None


def met_by(fund: Fund, school_ids: Sequence[int]) -> dict[int, list[Met]]:
    """What tests of a fund these schools meet, by school; at most four queries."""
    targets: Sequence[SchoolTarget] = []
    if fund.concern_floors:
        targets = db.session.scalars(
            select(SchoolTarget)
            .join(Measure)
            .where(SchoolTarget.school_id.in_(school_ids), Measure.fund_id == fund.id)
            .options(joinedload(SchoolTarget.measure), selectinload(SchoolTarget.figures))
        ).all()
    return met_in(fund, targets, inspections_of(school_ids) if fund.concern_outcomes else [])


def met_in(
    fund: Fund, targets: Iterable[SchoolTarget], inspections: Iterable[Inspection]
) -> dict[int, list[Met]]:
    """What tests of a fund schools meet, by school; the inspections come newest first."""
    met = defaultdict[int, list[Met]](list)
    ours = [target for target in targets if target.measure.fund_id == fund.id]
    for school_id, one in [*_below_floors(fund, ours), *_outcomes(fund, inspections)]:
        met[school_id].append(one)
    return dict(met)


def still_to_raise(met: Iterable[Met], concerns: Iterable[tuple[ConcernKind, date | None]]) -> list[Met]:
    """The tests that no concern has dealt with: none of its kind is open, or has ended since the day of the
    figure or the inspection.

    concerns  of the school: the kind and the day of the end, None while it is open
    """
    ends = list(concerns)
    return [
        one
        for one in met
        if not any(kind is one.kind and (end is None or end >= one.on) for kind, end in ends)
    ]


def _below_floors(fund: Fund, targets: Iterable[SchoolTarget]) -> Iterable[tuple[int, Met]]:
    floors, seen = floors_in(fund.concern_floors), set()
    for target in sorted(targets, key=attrgetter("id"), reverse=True):  # the newest of a measure counts
        measure, floor = target.measure, floors.get(target.measure.name.casefold())
        if floor is None or (target.school_id, measure.id) in seen:
            continue
        seen.add((target.school_id, measure.id))
        latest = target.latest
        value, day = (latest.value, latest.measured_on) if latest else (target.baseline, target.baseline_on)
        if value < floor if measure.better is Better.UP else value > floor:
            words = f"{measure.words}: {_number(value)} on {day_words(day)}, the floor is {_number(floor)}"
            yield target.school_id, Met(ConcernKind.FLOOR, words, day)


def _outcomes(fund: Fund, inspections: Iterable[Inspection]) -> Iterable[tuple[int, Met]]:
    """By the newest inspection of each school, of whichever kind."""
    seen = set()
    for one in inspections:
        if one.school_id in seen:
            continue
        seen.add(one.school_id)
        areas = [(a, g) for a, g in one.said.items() if f"{one.regime}:{g}" in fund.concern_outcomes]
        if areas:
            said = ", ".join(f"{area} {grade}" for area, grade in areas)
            words = f"{said} (inspection of {day_words(one.inspected_on)})"
            yield one.school_id, Met(ConcernKind.INSPECTION, words, one.inspected_on)


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"
