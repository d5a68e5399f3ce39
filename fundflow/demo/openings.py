"""Awards of the demonstration that were already running when the council began here: one confirmed and put
right since, one refused, one that waits."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fundflow.demo.filling import school_day, school_day_before
from fundflow.models.award import AwardLine
from fundflow.models.earned_correction import EarnedCorrection
from fundflow.models.opening import Opening, OpeningLine
from fundflow.models.person import RoleName, User
from fundflow.openings import correcting, operations
from fundflow.rules.openings import Entered
from fundflow.workflow.working_days import london_date

if TYPE_CHECKING:
    from fundflow.demo.told import Told

LEAD, RELEASES = "899018", "899009"


def openings(told: "Told") -> Iterator[datetime]:
    """Entered by one finance officer, confirmed by the other."""
    owen, fatima = (told.people.staff(RoleName.FINANCE, n) for n in (0, 1))
    yield (now := told.at(-2, 8))
    award = _award(told, now)
    wrong = operations.enter(told.fund, award.title, [award._replace(pence=204_000)], user=owen, now=now)
    reason = "The minute says £2,400, not £2,040."
    operations.refuse(
        wrong, reason=reason, user=fatima, now=now + timedelta(minutes=30), version=wrong.version
    )
    opening = operations.enter(told.fund, award.title, [award], user=owen, now=now + timedelta(hours=1))
    yield (now := told.at(-1))
    operations.confirm(opening, user=fatima, now=now, version=opening.version)
    yield (now := told.at(-1, 12))
    yield from _put_right(told, opening, owen, fatima, now)


def _put_right(told: "Told", opening: Opening, owen: User, fatima: User, now: datetime) -> Iterator[datetime]:
    """What was earned of the rods is corrected; of the days one correction is refused, another waits."""
    bid = opening.awards[0].bid
    assert bid is not None and bid.award is not None  # it was confirmed
    days, rods = bid.award.lines

    def ask(line: AwardLine, right: int, reason: str, at: datetime) -> EarnedCorrection:
        return correcting.propose(line, right=right, reason=reason, user=owen, now=at, version=bid.version)

    found = ask(rods, 20_500, "The invoice is for £205; £215 was the quote.", now)
    correcting.confirm(found, user=fatima, now=now + timedelta(minutes=30), version=found.version)
    found = ask(days, 7, "Seven days are in the diary.", now + timedelta(hours=1))
    reason = "The diary has seven half days. Ask for 3.5 days."
    later = now + timedelta(hours=2)
    correcting.refuse(found, reason=reason, user=fatima, now=later, version=found.version)
    yield (now := told.at(-1, 16))
    ask(days, 7 - 1, "Six half days are in the diary, with the head’s initials.", now)
    second = _award(told, now)._replace(
        title="Handwriting: a term of coaching", minute_reference="Schools forum, item 9"
    )
    operations.enter(told.fund, second.title, [second], user=owen, now=now + timedelta(minutes=20))


def _award(told: "Told", now: datetime) -> Entered:
    today, lead = london_date(now), told.people.school(LEAD)
    return Entered(
        school=lead,
        title="Early number: coaching in Years 1 and 2",
        start_on=school_day_before(today - timedelta(days=90), told.fund),
        end_on=school_day(today + timedelta(days=150), told.fund),
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
