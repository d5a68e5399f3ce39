"""Value for money after delivery: what a delivered bid cost, and what it cost it for
(docs/rules.md, "Value for money after delivery")."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, cast, exists, func, or_, select

from fundflow.extensions import db
from fundflow.models.award import Award, AwardLine
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import MatchFunding, Part, Partner, PupilGroup, PupilGroupKind
from fundflow.models.day_log import WorkedDay
from fundflow.models.impact import ImpactReturn
from fundflow.models.ledger_entry import BidBalance
from fundflow.models.money import days_in_sum, pounds
from fundflow.models.recovery import TO_COME, Recovery
from fundflow.models.round import Priority
from fundflow.rules.award_rows import BEFORE
from fundflow.rules.ledger_totals import Figure, balances_as
from fundflow.rules.results import Result
from fundflow.workflow.impact_return import ReturnKind, ReturnState
from fundflow.workflow.worded import Worded

FEW = 5  # bids; a figure on which fewer stand is shown with a caution
FEW_PUPILS = 5  # a cost per pupil would give the number of so few away


class Giver(Worded):
    """Who gives the support of a bid."""

    SCHOOL = "school", "Another school"
    OUTSIDE = "outside", "An external provider"
    BOTH = "both", "A school and an external provider"
    TOGETHER = "together", "Schools together"


class Ratio(Worded):
    """A figure of value for money. The first three are pence, the others shares."""

    PUPIL = "pupil", "Cost per pupil"
    DAY = "day", "Cost per day of support"
    SCHOOL = "school", "Cost per school"
    DAYS = "days", "Days delivered of those planned"
    MATCH = "match", "Match funding as a share of the cost"

    @property
    def is_cost(self) -> bool:
        return self in COSTS


COSTS = (Ratio.PUPIL, Ratio.DAY, Ratio.SCHOOL)
SHARES = (Ratio.DAYS, Ratio.MATCH)


class Delivered(NamedTuple):
    """A bid whose final report is accepted.

    cost       pence: what is committed to it, less what is still to come back; once all is paid, net paid
    half_days  confirmed in the log, and those of an award that was already running
    planned    half days of the award in force
    schools    the lead school and those that take part
    pupils     who benefit, as the bid planned; 0 where it does not say
    match      pence, as the bid planned
    few        whether it is for so few pupils, in all or of a group, that their number is hidden
    """

    id: int
    reference: str
    cost: int
    half_days: int
    planned: int
    schools: int
    pupils: int
    match: int
    few: bool
    priority: str
    giver: Giver

    def parts(self, ratio: Ratio) -> tuple[int, int]:
        """What is divided by what: pence, or half days."""
        match ratio:
            case Ratio.PUPIL:
                return self.cost, self.pupils
            case Ratio.DAY:
                return self.cost * 2, self.half_days
            case Ratio.SCHOOL:
                return self.cost, self.schools
            case Ratio.DAYS:
                return self.half_days, self.planned
        return self.match, self.cost

    def has(self, ratio: Ratio) -> bool:
        """Whether there is something to divide by."""
        return self.parts(ratio)[1] != 0

    def value(self, ratio: Ratio) -> Fraction | None:
        """Pence, or a share; None where there is nothing to divide by."""
        return Fraction(*self.parts(ratio)) if self.has(ratio) else None

    def counts_for(self, ratio: Ratio) -> bool:
        """Whether it stands in the fund's figures: none for so few pupils that it gives them away."""
        return self.has(ratio) and not (ratio is Ratio.PUPIL and self.few)


class Spread(NamedTuple):
    """How bids lie: pence or shares; `overall` is all they have divided by all they have."""

    bids: int
    median: Fraction
    least: Fraction
    most: Fraction
    overall: Fraction
    sum: str


def spread_of(found: Sequence[Delivered], ratio: Ratio, enough: int = 1) -> Spread | None:
    """How some bids lie; None where fewer than `enough` have the figure. A cost per pupil is that of `FEW`
    bids at least: with the amounts that are published it would else say how many pupils a bid is for."""
    parts = [one.parts(ratio) for one in found if one.counts_for(ratio)]
    if len(parts) < (max(enough, FEW) if ratio is Ratio.PUPIL else max(enough, 1)):
        return None
    parts.sort(key=lambda part: part[0] / part[1])  # fractions of many bids take long to compare
    below, above = Fraction(*parts[(len(parts) - 1) // 2]), Fraction(*parts[len(parts) // 2])
    top, bottom = (sum(column) for column in zip(*parts, strict=True))
    return Spread(
        len(parts),
        (below + above) / 2,
        Fraction(*parts[0]),
        Fraction(*parts[-1]),
        Fraction(top, bottom),
        sum_words(ratio, top, bottom),
    )


def sum_words(ratio: Ratio, top: int, bottom: int) -> str:
    """How a figure was worked out: “£2,860.00 ÷ 12 days”."""
    match ratio:
        case Ratio.DAY:
            return f"{pounds(top // 2)} ÷ {days_in_sum(bottom)}"
        case Ratio.DAYS:
            return f"{days_in_sum(top)} ÷ {days_in_sum(bottom)} planned"
        case Ratio.MATCH:
            return f"{pounds(top)} ÷ {pounds(bottom)}"
    return f"{pounds(top)} ÷ {bottom:,} {ratio.value}{'' if bottom == 1 else 's'}"


# -- what is asked of the database -----------------------------------------------------------------------


def is_delivered(before: datetime | None = None, since: datetime | None = None) -> ColumnElement[bool]:
    """Whether a bid's final report was accepted, in some time."""
    accepted = [ImpactReturn.bid_id == Bid.id, ImpactReturn.kind == ReturnKind.FINAL]
    accepted += [ImpactReturn.state == ReturnState.ACCEPTED, ImpactReturn.number == 1]
    if before is not None:
        accepted.append(ImpactReturn.accepted_at < before)
    if since is not None:
        accepted.append(ImpactReturn.accepted_at >= since)
    return exists().where(*accepted).correlate(Bid)


def delivered(*which: ColumnElement[bool]) -> list[Delivered]:
    """The bids under some conditions, by their ids; one query."""
    return [
        Delivered._make((*row[:2], *map(int, row[2:8]), bool(row[8]), row[9], _giver(row[10], row[11])))
        for row in db.session.execute(_all().where(*which))
    ]


@cache
def _all() -> Select[Any]:
    """The columns of `Delivered` of any bids; built once."""
    small = exists().where(PupilGroup.bid_id == Bid.id, PupilGroup.count <= FEW_PUPILS).correlate(Bid)
    query: Any = select(
        Bid.id,
        Bid.reference,
        _sum(balances_as(Figure.COMMITTED.signs), BidBalance.bid_id == Bid.id)
        - _sum(Recovery.pence, Recovery.bid_id == Bid.id, Recovery.state.in_(TO_COME)),
        _days_done(),
        _sum(AwardLine.half_days, AwardLine.award_id == _award_in_force()),
        1 + _partners(),
        func.coalesce(Bid.pupils_benefiting, 0),
        _sum(MatchFunding.pence, MatchFunding.bid_id == Bid.id),
        or_(Bid.pupils_benefiting <= FEW_PUPILS, small),
        func.coalesce(Priority.title, ""),
        Bid.external_provider != "",
        _partners(Partner.part == Part.PROVIDER) > 0,
    )
    found: Select[Any] = query.outerjoin(Priority, Priority.id == Bid.priority_id).order_by(Bid.id)
    return found


def _sum(column: Any, *which: Any) -> ColumnElement[int]:
    total = cast(func.coalesce(func.sum(column), 0), BigInteger)
    return select(total).where(*which).correlate(Bid).scalar_subquery()


def _days_done() -> ColumnElement[int]:
    """Half days confirmed in the log, and what was done before an award came here."""
    done = _sum(WorkedDay.half_days, WorkedDay.bid_id == Bid.id, WorkedDay.counts)
    for row, counts in BEFORE:
        done = done + _sum(row.half_days, row.bid_id == Bid.id, counts)
    return done


def _award_in_force() -> ColumnElement[int]:
    newest = select(Award.id).where(Award.bid_id == Bid.id).order_by(Award.number.desc()).limit(1)
    return newest.correlate(Bid).scalar_subquery()


def _partners(*which: ColumnElement[bool]) -> ColumnElement[int]:
    query = select(func.count()).select_from(Partner)
    return query.where(Partner.bid_id == Bid.id, Partner.takes_part, *which).correlate(Bid).scalar_subquery()


def _giver(outside: bool, school: bool) -> Giver:
    if outside:
        return Giver.BOTH if school else Giver.OUTSIDE
    return Giver.SCHOOL if school else Giver.TOGETHER


def groups_of(*which: ColumnElement[bool]) -> dict[int, set[PupilGroupKind]]:
    """The groups of pupils that bids under some conditions are for, by the bid's id; one query."""
    found: dict[int, set[PupilGroupKind]] = {}
    query = select(PupilGroup.bid_id, PupilGroup.group).join(Bid, Bid.id == PupilGroup.bid_id).where(*which)
    for bid_id, group in db.session.execute(query):
        found.setdefault(bid_id, set()).add(group)
    return found


def points_moved(result: Result) -> Fraction:
    """Points of its measure by which a result came nearer its target; below 0 where it went back."""
    moved = Fraction(result.actual) - Fraction(result.baseline)
    return moved if result.target > result.baseline else -moved


def cost_per_point(result: Result, cost: int) -> Fraction | None:
    """Pence of a bid for a point of one of its results; None where nothing was gained."""
    points = points_moved(result)
    return Fraction(cost) / points if points > 0 else None
