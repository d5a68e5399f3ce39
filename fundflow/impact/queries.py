"""What the Impact tab shows, and to whom."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

from fundflow.actors import actors_for
from fundflow.extensions import db
from fundflow.impact_readers import sees_report
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Outcome
from fundflow.models.feedback import Feedback
from fundflow.models.impact import ImpactReturn
from fundflow.models.impact_results import Actual
from fundflow.models.person import User
from fundflow.permissions import sees_review
from fundflow.rules.feedback import Averages, averages_of
from fundflow.rules.impact import Measured, values_of
from fundflow.rules.sent_reports import as_sent
from fundflow.web.charts import Dumbbell, dumbbell
from fundflow.workflow.actors import Actor
from fundflow.workflow.impact_return import ReturnKind
from fundflow.workflow.working_days import london_date


@dataclass(frozen=True)
class Result:
    """An outcome with its results in the reports that this reader may see, the latest last."""

    outcome: Outcome
    actuals: list[Actual]

    @property
    def actual(self) -> Actual | None:
        """The latest."""
        return self.actuals[-1] if self.actuals else None

    @property
    def movement(self) -> str:
        """“83%” in the latest report; empty without a result."""
        moved = self.measured.movement
        return percent(moved) if moved is not None else ""

    @property
    def chart(self) -> Dumbbell:
        one, aim = self.outcome, self.measured
        return dumbbell(one.measure, one.unit, aim.baseline, aim.target, aim.actual)

    @property
    def measured(self) -> Measured:
        return values_of(self.outcome, self.actual)


def percent(value: Decimal) -> str:
    """“83%”, a half rounded up."""
    return f"{value.quantize(Decimal(1), ROUND_HALF_UP)}%".replace("-", "−")


def reports_of(bid: Bid, *also: Any) -> list[ImpactReturn]:
    """The bid's reports with their results, the latest version of each kind, in the order of their days.

    also  what else is loaded with them
    """
    found = list(
        db.session.scalars(
            select(ImpactReturn)
            .where(ImpactReturn.bid_id == bid.id)
            .order_by(ImpactReturn.id)
            .options(*map(selectinload, (ImpactReturn.actuals, *also)))
        )
    )
    set_committed_value(bid, "returns", found)
    for one in found:
        set_committed_value(one, "bid", bid)  # as it was loaded, with all that came with it
    return [report for kind in ReturnKind if (report := bid.return_of(kind))]


def readable(user: User, report: ImpactReturn, now: datetime) -> list[ImpactReturn]:
    """The versions of a report that this person may read, the latest last. Of one that was sent back others
    than its school read what it sent, not what it is writing."""
    versions = report.bid.versions_of(report.kind)
    found = [one for one in versions if sees_report(user, one, now)]
    if Actor.SCHOOL_TEAM in actors_for(user, report.bid, now):
        return found
    return [as_sent(one) for one in found]


def results(bid: Bid, shown: list[ImpactReturn]) -> list[Result]:
    """Every outcome, with its results in these reports."""
    return [
        Result(outcome, [actual for report in shown if (actual := report.actual_of(outcome))])
        for outcome in bid.outcomes
    ]


def results_and_dropped(bid: Bid, shown: list[ImpactReturn]) -> list[Result]:
    """The same, and what accepted reports said of outcomes that an agreed change dropped later."""
    dropped = {
        actual.outcome_id: actual.outcome
        for report in shown
        if report.is_accepted
        for actual in report.actuals
        if actual.outcome.dropped_on
    }
    found = results(bid, shown)
    for _id, outcome in sorted(dropped.items()):
        said = [actual for report in shown if report.is_accepted and (actual := report.actual_of(outcome))]
        found.append(Result(outcome, said))
    return found


def results_for(user: User, bid: Bid, now: datetime) -> list[Result]:
    """The outcomes with a result that this person may read; asks for nothing before a report is sent."""
    if not any(report.submitted_at for report in bid.returns):
        return []
    shown = [versions[-1] for report in reports_of(bid) if (versions := readable(user, report, now))]
    return [found for found in results_and_dropped(bid, shown) if found.actual]


def results_of(report: ImpactReturn) -> list[Result]:
    """What one version says of each outcome that it is rated by."""
    return [
        Result(outcome, [actual] if (actual := report.actual_of(outcome)) else [])
        for outcome in report.outcomes
    ]


def feedback_for(user: User, bid: Bid, now: datetime) -> list[Feedback]:
    """The ratings this person may read: staff all, a supported school its own."""
    rows = list(db.session.scalars(select(Feedback).where(Feedback.bid_id == bid.id).order_by(Feedback.id)))
    if sees_review(user, bid, now):
        return rows
    mine = user.school_ids(london_date(now))
    return [row for row in rows if row.school_id in mine]


def is_a_provider(user: User, bid: Bid, now: datetime) -> bool:
    """Whether this person belongs to a school that gave the support."""
    mine = user.school_ids(london_date(now))
    return any(school.id in mine for school in bid.providers)


def averages_for(user: User, bid: Bid, now: datetime) -> Averages | None:
    """What supported schools say of this person's school, where it gave support here; from three on."""
    mine = user.school_ids(london_date(now))
    own = [school for school in bid.providers if school.id in mine]
    return averages_of(own[0]) if own else None


def feedback_to_give(user: User, bid: Bid, now: datetime) -> Feedback | None:
    """The rating this person's school was asked for, one not yet given first."""
    mine = user.school_ids(london_date(now))
    asked = [row for row in bid.feedback if row.school_id in mine]
    return min(asked, key=lambda row: (row.is_given, row.id), default=None)
