"""What the demonstration's council holds of its schools beside the DfE's files: inspections and targets."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select

from fundflow.demo.told import Told
from fundflow.extensions import db
from fundflow.funds.operations.measures import add_measure
from fundflow.models.measure import Better, Measure
from fundflow.models.person import RoleName
from fundflow.schools.operations import targets
from fundflow.schools.operations.inspections import record_inspection
from fundflow.workflow.inspection import REGIME
from fundflow.workflow.working_days import london_date, months_after

# School, kind, first day, grades in the order of the kind's areas; None where an area was not judged.
G, R, O, I = "Good", "Requires improvement", "Outstanding", "Inadequate"  # noqa: E741 (in a table)
S, E, N = "Strong standard", "Expected standard", "Needs attention"
# fmt: off
INSPECTIONS = (
    ("899001", "overall", date(2022, 5, 17), (R, R, G, G, R, G, None, "Yes")),
    ("899001", "report_card", date(2026, 2, 3), (E, N, N, E, S, E, N, None, "Met")),
    ("899002", "overall", date(2021, 11, 9), (O, O, O, G, O, None, None, "Yes")),
    ("899003", "judgements", date(2025, 3, 11), (R, G, G, R, None, R, "Yes")),
    ("899014", "overall", date(2023, 1, 24), (G, G, R, G, G, None, None, "Yes")),
    ("899014", "report_card", date(2026, 3, 10), (E, N, N, "Urgent improvement", E, N, None, None, "Met")),
    ("899015", "overall", date(2019, 10, 8), (G, G, G, G, G, G, None, "Yes")),
    ("899015", "ungraded", date(2024, 11, 19), ("Standards maintained",)),
    ("899018", "overall", date(2023, 6, 13), (I, I, R, G, I, R, None, "Yes")),
    ("899018", "judgements", date(2025, 6, 24), (R, G, G, R, R, None, "Yes")),
)
# fmt: on
LATER = timedelta(days=40)  # after the inspection its report is published


def told_inspections(told: Told) -> Iterator[datetime]:
    """The officer enters what Ofsted's reports say."""
    officer = told.people.staff(RoleName.OFFICER)
    yield (now := told.at(-150))
    today = london_date(now)
    for urn, kind, day, grades in INSPECTIONS:
        regime = REGIME[kind]
        if day + LATER > today:  # the demonstration begins before it
            continue
        record_inspection(
            told.people.school(urn),
            regime,
            inspected_on=day,
            published_on=day + LATER,
            grades={a.name: grade for a, grade in zip(regime.areas, grades, strict=True) if grade},
            user=officer,
            now=now,
        )


PHONICS, READING, ABSENCE = (
    "Pupils at the phonics standard",
    "Year 6 pupils at the expected standard in reading",
    "Pupils who are persistently absent",
)
MEASURES = (
    (PHONICS, Better.UP, "The phonics screening check, year 1"),
    (READING, Better.UP, "Key stage 2 tests"),
    (ABSENCE, Better.DOWN, "The school’s register of attendance: 10% or more missed"),
)


class TargetStory(NamedTuple):
    """A target: when it was set, what became of it; all days are days ago."""

    urn: str
    measure: str
    days: int
    baseline: int
    target: int
    why: str
    figures: tuple[tuple[int, int, str], ...] = ()  # days, value, source
    ended: tuple[int, str] | None = None  # days, why


TARGETS = (
    TargetStory(
        "899001",
        PHONICS,
        400,
        58,
        78,
        "Far below the borough. Every child should read by the end of year 2.",
        ((300, 62, "Mock check in February"), (150, 71, "Phonics check, summer")),
    ),
    TargetStory(
        "899018", READING, 300, 48, 66, "Results fell two years running.", ((60, 49, "Teachers’ assessment"),)
    ),
    TargetStory(
        "899014",
        ABSENCE,
        310,
        62,
        45,
        "Half of our pupils miss a day a week.",
        ((40, 44, "Autumn, half-term"),),
    ),
    TargetStory("899015", READING, 45, 71, 80, "The gap for disadvantaged pupils is watched together."),
    TargetStory(
        "899003",
        ABSENCE,
        350,
        19,
        12,
        "Absence did not come down after the pandemic.",
        ended=(90, "The trust that the school joins sets its own target from September."),
    ),
)


def told_targets(told: Told) -> tuple[Iterator[datetime], ...]:
    """The fund's measures, and a target in each state."""
    return (_measures(told), *(_target(told, story) for story in TARGETS))


def _measures(told: Told) -> Iterator[datetime]:
    admin = told.people.staff(RoleName.ADMINISTRATOR)
    yield (now := told.at(-620))  # before the first bid, so that reports have results by them
    for name, better, method in MEASURES:
        said: dict[str, Any] = {"name": name, "unit": "%", "better": better, "method": method}
        add_measure(told.fund, **said, version=told.fund.version, user=admin, now=now)


def _target(told: Told, story: TargetStory) -> Iterator[datetime]:
    """The officer sets it, and enters figures as they come."""
    officer = told.people.staff(RoleName.OFFICER)
    yield (now := told.at(-story.days))
    measure = db.session.scalars(select(Measure).where(Measure.name == story.measure)).one()
    record = targets.set_target(
        told.people.school(story.urn),
        measure,
        baseline=Decimal(story.baseline),
        baseline_on=london_date(now),
        target=Decimal(story.target),
        target_on=months_after(london_date(now), 24),
        owner=officer,
        reason=story.why,
        user=officer,
        now=now,
    )
    for days, value, source in story.figures:
        yield (now := told.at(-days))
        targets.add_figure(
            record,
            value=Decimal(value),
            measured_on=london_date(now),
            source=source,
            version=record.version,
            user=officer,
            now=now,
        )
    if story.ended:
        yield (now := told.at(-story.ended[0]))
        targets.end_target(record, reason=story.ended[1], user=officer, now=now)
