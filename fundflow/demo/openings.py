"""An award of the demonstration that was already running when the council began here."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fundflow.models.opening import OpeningLine
from fundflow.models.person import RoleName
from fundflow.openings import operations
from fundflow.rules.openings import Entered
from fundflow.workflow.working_days import london_date

if TYPE_CHECKING:
    from fundflow.demo.told import Told

LEAD, RELEASES = "899018", "899009"


def openings(told: "Told") -> Iterator[datetime]:
    """Entered by one finance officer, confirmed by the other."""
    owen, fatima = (told.people.staff(RoleName.FINANCE, n) for n in (0, 1))
    yield (now := told.at(-2))
    today, lead = london_date(now), told.people.school(LEAD)
    award = Entered(
        school=lead,
        title="Early number: coaching in Years 1 and 2",
        start_on=today - timedelta(days=90),
        end_on=today + timedelta(days=150),
        minute_reference="Schools forum, item 8",
        minuted_on=today - timedelta(days=120),
        pence=240_000,
        up_to=today - timedelta(days=7),
        lines=(
            OpeningLine(
                "Maths lead",
                told.people.school(RELEASES).id,
                staff_code="ML2",
                half_days=12,
                day_rate_pence=35_000,
                earned=5,
                paid=120_000,
            ),
            OpeningLine("Number rods", lead.id, cost="materials", cost_pence=30_000, earned=21_500),
        ),
    )
    opening = operations.enter(told.fund, award.title, [award], user=owen, now=now)
    yield (now := told.at(-1))
    operations.confirm(opening, user=fatima, now=now, version=opening.version)
