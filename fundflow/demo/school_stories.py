"""What the demonstration's council holds of its schools beside the DfE's files: inspections."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from fundflow.demo.told import Told
from fundflow.models.person import RoleName
from fundflow.schools.operations.inspections import record_inspection
from fundflow.workflow.inspection import REGIME
from fundflow.workflow.working_days import london_date

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
