"""What results say: movement of an outcome, the rating of a bid, and the flags beside it.

The sums are plain values (`Measured`); `judged` asks them of a report.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Outcome
from fundflow.models.fund import Fund
from fundflow.models.impact import ImpactReturn, Rag
from fundflow.models.impact_results import Actual
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.movement import movement
from fundflow.workflow.working_days import london_date


class Standing(Enum):
    """How an outcome stands on a day."""

    RATED = "rated"
    TOO_EARLY = "too early"  # its target date has not passed
    MISSING = "missing"  # it has passed, and there is no result


@dataclass(frozen=True, slots=True)
class Measured:
    """An outcome and its result, if there is one. Values are in the measure's unit; of a gap, they are
    the group's distance from its peers."""

    baseline: Decimal
    target: Decimal
    target_on: date
    actual: Decimal | None = None
    measured_on: date | None = None

    @property
    def movement(self) -> Decimal | None:
        """In percent of the way to the target; None without a result."""
        return None if self.actual is None else movement(self.baseline, self.target, self.actual)

    def standing(self, day: date) -> Standing:
        if day <= self.target_on:
            return Standing.TOO_EARLY
        return Standing.MISSING if self.actual is None else Standing.RATED

    @property
    def is_late(self) -> bool:
        """Whether it was measured after its target date."""
        return self.measured_on is not None and self.measured_on > self.target_on


def mean_movement(outcomes: Iterable[Measured], day: date) -> Decimal | None:
    """The mean movement, in percent, of the outcomes that can be rated on a day; None where none can."""
    moves = [
        one.movement for one in outcomes if one.standing(day) is Standing.RATED and one.movement is not None
    ]
    return sum(moves, Decimal(0)) / len(moves) if moves else None


def rag_of(mean: Decimal | None, *, green_from: int = 80, amber_from: int = 40) -> Rag | None:
    """The rating that a mean movement comes to; both bounds in percent."""
    if mean is None:
        return None
    return Rag.GREEN if mean >= green_from else Rag.AMBER if mean >= amber_from else Rag.RED


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a report's results come to on a day.

    rag    green, amber or red; `Rag.TOO_EARLY` where no target date has passed; None where those that
           have passed lack their results
    mean   the mean movement of the rated outcomes, in percent
    flags  sentences that stand beside the rating and change nothing about it
    """

    rag: Rag | None
    mean: Decimal | None
    standings: dict[int, Standing]  # by the outcome's id
    flags: tuple[str, ...]

    def count(self, standing: Standing) -> int:
        return sum(one is standing for one in self.standings.values())


def judged(report: ImpactReturn, day: date) -> Judgement:
    """The rating of a bid that this report's results come to on a day, with the fund's bounds."""
    bid: Bid = report.bid
    outcomes = {outcome.id: measured(report, outcome) for outcome in report.outcomes}
    mean = mean_movement(outcomes.values(), day)
    standings = {key: one.standing(day) for key, one in outcomes.items()}
    early = bool(standings) and set(standings.values()) == {Standing.TOO_EARLY}
    rag = Rag.TOO_EARLY if early else rag_for(bid.fund, mean)
    return Judgement(rag, mean, standings, tuple(_flags(report, outcomes.values(), day)))


def rag_for(fund: Fund, mean: Decimal | None) -> Rag | None:
    """`rag_of` with the bounds of a fund."""
    return rag_of(mean, green_from=fund.green_from_percent, amber_from=fund.amber_from_percent)


def measured(report: ImpactReturn | None, outcome: Outcome) -> Measured:
    """An outcome with its result in this report."""
    return values_of(outcome, report.actual_of(outcome) if report else None)


def values_of(outcome: Outcome, actual: Actual | None) -> Measured:
    return Measured(
        *(actual.aim if actual else outcome.aim),
        actual.value if actual else None,
        actual.measured_on if actual else None,
    )


def _flags(report: ImpactReturn, outcomes: Iterable[Measured], day: date) -> Iterable[str]:
    found = list(outcomes)
    late = sum(one.is_late for one in found)
    missing = sum(one.standing(day) is Standing.MISSING for one in found)
    early = sum(one.standing(day) is Standing.TOO_EARLY for one in found)
    if late:
        yield f"{_results(late)} measured after the target date."
    if missing:
        yield f"{_results(missing)} missing."
    if 0 < early < len(found):
        yield f"{_results(early)} left out: the target date has not passed."
    if report.submitted_at and london_date(report.submitted_at) > report.due_on:
        yield f"The report came late: it was due on {day_words(report.due_on)}."
    if any(claim.state is ClaimState.QUERIED for claim in report.bid.claims):
        yield "A question about a claim is open."


def _results(count: int) -> str:
    return "1 result is" if count == 1 else f"{count} results are"
