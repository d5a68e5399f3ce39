"""The reports of the demonstration's awards at half-time and a year later."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fundflow.demo.story import Story
from fundflow.extensions import db
from fundflow.impact import operations as impact
from fundflow.models.bid import Bid
from fundflow.models.impact import ImpactReturn
from fundflow.steps import take_step
from fundflow.workflow.impact_return import NOTICE, ReturnKind
from fundflow.workflow.working_days import add_working_days, london_date

if TYPE_CHECKING:
    from fundflow.demo.told import Told

NEXT = "We plan two more weeks of coaching with the partner school."


def result_of(report: ImpactReturn, value: Decimal, day: Any, note: str) -> dict[int, impact.Given]:
    """A result of the bid's first outcome, with a next step where it falls short."""
    (outcome, *_others), by = report.bid.outcomes, day + timedelta(days=90)
    reached = (value - outcome.baseline) / (outcome.target - outcome.baseline)
    more = {"next_step": NEXT, "next_owner": "The deputy head", "next_on": by} if reached < 1 else {}
    return {outcome.id: impact.Given(value, day, note, **more)}


def fall_due(told: "Told", bid: Bid, kind: ReturnKind) -> Iterator[datetime]:
    """The school is asked for a report, where the bid has one of this kind."""
    if report := bid.return_of(kind):
        yield (now := told.at((report.due_on - told.now.date()).days - 5))
        take_step(report, "fall_due", user=None, now=now)
        db.session.commit()


def half_way(told: "Told", story: Story, bid: Bid) -> Iterator[datetime]:
    """The interim report, where the story has one that waits to be checked."""
    if story.interim_sent:
        yield from fall_due(told, bid, ReturnKind.INTERIM)
        yield (now := told.at(-1))
        report = bid.return_of(ReturnKind.INTERIM)
        if report and _opens(report) <= london_date(now):  # after a summer half-time may lie ahead
            _send_interim(told, story, report, now)


def _opens(report: ImpactReturn) -> date:
    return add_working_days(report.due_on, -NOTICE, report.bid.fund.schools_off)


def _send_interim(told: "Told", story: Story, report: ImpactReturn, now: datetime) -> None:
    """The head sends the interim report: half of the way."""
    head, half = told.people.head(story.lead), Decimal(story.baseline + story.target) / 2
    results = result_of(report, half, now.date(), "Our own assessment at half-time")
    answers = {
        "helped": "Planning together on Tuesdays, and one timetable for both schools.",
        "hindered": "Three weeks of illness in November.",
    }
    impact.save_report(report, results=results, answers=answers, user=head, now=now, version=report.version)
    impact.submit_report(report, user=head, now=now, version=report.version)
