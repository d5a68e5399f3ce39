"""The latest accepted results by the fund's measures: only what was measured in the same way adds up."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Outcome, PupilGroup, PupilGroupKind
from fundflow.models.fund import Fund
from fundflow.models.impact import ImpactReturn
from fundflow.models.impact_results import Actual
from fundflow.models.measure import Better, Measure
from fundflow.models.school import School
from fundflow.workflow.impact_return import ReturnKind, ReturnState
from fundflow.workflow.movement import movement


class Result(NamedTuple):
    """The latest accepted result of an outcome. Values are in the measure's unit.

    pupils      of its group, None where the bid does not say
    benefiting  pupils who benefit from the bid
    """

    measure_id: int
    fund: str
    measure: str
    unit: str
    better: Better
    is_gap: bool
    reference: str
    school: str
    group: PupilGroupKind
    kind: ReturnKind
    pupils: int | None
    benefiting: int | None
    baseline: Decimal
    target: Decimal
    actual: Decimal

    @property
    def movement(self) -> Decimal:
        """In percent of the way to the target."""
        return movement(self.baseline, self.target, self.actual)

    @property
    def group_size(self) -> int | None:
        """Pupils of the group it was measured on; None where the bid does not say."""
        return self.benefiting if self.group is PupilGroupKind.ALL else self.pupils


class Summed(NamedTuple):
    """The results of one measure, or of gaps measured by it; means count each outcome once."""

    rows: Sequence[Result]

    @property
    def first(self) -> Result:
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


def by_measure(*which: ColumnElement[bool], before: datetime | None = None) -> list[Summed]:
    """The accepted results of bids under some conditions, by measure and gaps by themselves; one query. Of an
    outcome the latest report counts, in the version that stands.

    before  only reports that were accepted before a moment
    """
    found = _found(which, before)
    return [Summed(list(rows)) for _key, rows in groupby(found, lambda row: (row.measure_id, row.is_gap))]


def _found(which: Sequence[ColumnElement[bool]], before: datetime | None) -> Iterable[Result]:
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
    )
    if before is not None:
        latest = latest.where(ImpactReturn.accepted_at < before)
    standing = latest.subquery()
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
            Bid.pupils_benefiting,
            func.coalesce(Actual.baseline, Outcome.baseline),
            func.coalesce(Actual.target, Outcome.target),
            Actual.value,
        )
        .select_from(Actual)
        .join(standing, standing.c.id == Actual.id)
        .join(ImpactReturn, ImpactReturn.id == Actual.report_id)
        .join(Outcome, Outcome.id == Actual.outcome_id)
        .join(Measure, Measure.id == Outcome.measure_id)
        .join(Bid, Bid.id == ImpactReturn.bid_id)
        .join(School, School.id == Bid.lead_school_id)
        .join(Fund, Fund.id == Bid.fund_id)
        .outerjoin(PupilGroup, (PupilGroup.bid_id == Bid.id) & (PupilGroup.group == Outcome.group))
        .where(standing.c.place == 1, Outcome.dropped_on.is_(None), *which)
        .order_by(Fund.name, Measure.name, Measure.id, Outcome.compared_with != "", Bid.id, Outcome.id)
    )
    return (Result(*tuple(row)) for row in db.session.execute(query))
