"""Where a school's two-year target stands: by the movement that rates outcomes (docs/rules.md, "Impact")."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select

from fundflow.models.target import SchoolTarget, TargetTerms
from fundflow.rules.impact import Measured
from fundflow.workflow.worded import Worded


class TargetStanding(Worded):
    BEHIND = "behind", "Behind"
    NO_FIGURE = "no_figure", "No figure yet"
    ON_TRACK = "on_track", "On track"
    MET = "met", "Met"
    ENDED = "ended", "Ended"

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return {"behind": "red", "on_track": "turquoise", "met": "green"}.get(self.value, "grey")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a target stands, and the sum behind it.

    moved   percent of the way to the target at the latest figure
    passed  percent of the time to the target's day that had passed at that figure
    wanted  percent of the way from which it is on track; all three None without a figure
    """

    standing: TargetStanding
    moved: Decimal | None = None
    passed: Decimal | None = None
    wanted: Decimal | None = None


def progress_of(measured: Measured, baseline_on: date, day: date, *, on_track_from: int) -> Progress:
    """Met once it has come the whole way; else on track while it has come `on_track_from` percent of what the
    time passed asks for, and its day has not passed; else behind. The time counts up to the latest figure."""
    moved = measured.movement
    if moved is None or measured.measured_on is None:
        return Progress(TargetStanding.NO_FIGURE)
    whole = (measured.target_on - baseline_on).days
    passed = min(Decimal((measured.measured_on - baseline_on).days * 100) / whole, Decimal(100))
    wanted = passed * on_track_from / 100
    if moved >= 100:
        standing = TargetStanding.MET
    elif moved >= wanted and day <= measured.target_on:
        standing = TargetStanding.ON_TRACK
    else:
        standing = TargetStanding.BEHIND
    return Progress(standing, moved, passed, wanted)


def progress_on(target: SchoolTarget, day: date) -> Progress:
    """`progress_of` a target with its fund's bound for green; one that ended says so."""
    terms, latest = target.now, target.latest
    measured = Measured(
        target.baseline,
        terms.target,
        terms.target_on,
        latest.value if latest else None,
        latest.measured_on if latest else None,
    )
    on_track_from = target.measure.fund.green_from_percent
    found = progress_of(measured, target.baseline_on, day, on_track_from=on_track_from)
    if target.ended_at is None:
        return found
    return Progress(TargetStanding.ENDED, found.moved, found.passed, found.wanted)


def looked_after_by(person: Any) -> ColumnElement[bool]:
    """Whether a target runs and this person (an id, or a column of ids) looks after it."""
    latest = select(func.max(TargetTerms.id)).where(TargetTerms.target_id == SchoolTarget.id)
    owns = exists().where(
        TargetTerms.id == latest.correlate(SchoolTarget).scalar_subquery(), TargetTerms.owner_id == person
    )
    return and_(SchoolTarget.ended_at.is_(None), owns)
