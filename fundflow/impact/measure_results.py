"""Results added up over bids, by the fund's measures: only what was measured in the same way."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import case, func, select

from fundflow.extensions import db
from fundflow.impact.desk import READERS
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Outcome, PupilGroup
from fundflow.models.fund import Fund
from fundflow.models.impact import Actual, ImpactReturn
from fundflow.models.measure import Better, Measure
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.permissions import in_funds, may_see
from fundflow.workflow.impact_return import ReturnKind, ReturnState
from fundflow.workflow.movement import movement


class Found(NamedTuple):
    """The latest accepted result of an outcome; `pupils` of its group, None where the bid does not say.
    Values are in the measure's unit."""

    measure_id: int
    fund: str
    measure: str
    unit: str
    better: Better
    is_gap: bool
    reference: str
    school: str
    group: Any
    kind: ReturnKind
    pupils: int | None
    baseline: Decimal
    target: Decimal
    actual: Decimal

    @property
    def movement(self) -> Decimal:
        """In percent of the way to the target."""
        return movement(self.baseline, self.target, self.actual)


class Summed(NamedTuple):
    """The results of one measure, or of gaps measured by it; means count each outcome once."""

    rows: Sequence[Found]

    @property
    def first(self) -> Found:
        return self.rows[0]

    @property
    def bids(self) -> int:
        return len({row.reference for row in self.rows})

    @property
    def pupils(self) -> int:
        """Each group of a bid once, though several outcomes are of it."""
        return sum({(row.reference, row.group): row.pupils or 0 for row in self.rows}.values())

    def mean(self, name: str) -> Decimal:
        """Of `baseline`, `target`, `actual` or `movement`."""
        values = [getattr(row, name) for row in self.rows]
        return Decimal(sum(values, Decimal(0)) / len(values))


def by_measure(user: User, now: datetime, measure_id: int | None = None) -> list[Summed]:
    """The accepted results in the bids that this person sees, by measure; one query. Of an outcome the latest
    report counts, in the version that stands."""
    found = _found(user, now, measure_id)
    return [Summed(list(rows)) for _key, rows in groupby(found, lambda row: (row.measure_id, row.is_gap))]


def _found(user: User, now: datetime, measure_id: int | None) -> Iterable[Found]:
    order = case({kind.value: n for n, kind in enumerate(ReturnKind)}, value=ImpactReturn.kind)
    latest = (
        select(
            Actual.id,
            func.row_number()
            .over(partition_by=Actual.outcome_id, order_by=(order.desc(), ImpactReturn.number.desc()))
            .label("place"),
        )
        .join(ImpactReturn, ImpactReturn.id == Actual.report_id)
        .where(ImpactReturn.state == ReturnState.ACCEPTED)
        .subquery()
    )
    query = (
        select(
            Measure.id,
            Fund.name,
            Measure.name,
            Measure.unit,
            Measure.better,
            Outcome.compared_with != "",
            Bid.reference,
            School.name,
            Outcome.group,
            ImpactReturn.kind,
            PupilGroup.count,
            func.coalesce(Actual.baseline, Outcome.baseline),
            func.coalesce(Actual.target, Outcome.target),
            Actual.value,
        )
        .select_from(Actual)
        .join(latest, latest.c.id == Actual.id)
        .join(ImpactReturn, ImpactReturn.id == Actual.report_id)
        .join(Outcome, Outcome.id == Actual.outcome_id)
        .join(Measure, Measure.id == Outcome.measure_id)
        .join(Bid, Bid.id == ImpactReturn.bid_id)
        .join(School, School.id == Bid.lead_school_id)
        .join(Fund, Fund.id == Bid.fund_id)
        .outerjoin(PupilGroup, (PupilGroup.bid_id == Bid.id) & (PupilGroup.group == Outcome.group))
        .where(latest.c.place == 1, Outcome.dropped_on.is_(None))
        .where(in_funds(user, READERS, now, Bid.fund_id), may_see(user, now))
        .order_by(Fund.name, Measure.name, Measure.id, Outcome.compared_with != "", Bid.id, Outcome.id)
    )
    if measure_id is not None:
        query = query.where(Measure.id == measure_id)
    return (Found(*tuple(row)) for row in db.session.execute(query))
