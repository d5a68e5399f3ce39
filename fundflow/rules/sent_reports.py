"""What a report said as it was sent, kept while it is sent back: staff read no half-written answers."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm.attributes import set_committed_value

from fundflow.models.impact import ImpactReturn
from fundflow.models.impact_results import Actual
from fundflow.workflow.impact_return import PART_OF, ReturnState

SAME = (
    "id",
    "kind",
    "number",
    "state",
    "version",
    "due_on",
    "answer_by",
    "submitted_at",
    "question",
    "questions",
)
DATES = ("measured_on", "next_on", "target_on")
NUMBERS = ("value", "baseline", "target")
WORDS = ("note", "method", "next_step", "next_owner")


def keep_sent(report: ImpactReturn) -> None:
    """Keep what a report says as it is sent back, before its aims are let go of."""
    report.sent = {
        "answers": {name: getattr(report, name) for name in PART_OF},
        "results": {str(actual.outcome_id): _plain(actual) for actual in report.actuals},
    }


def as_sent(report: ImpactReturn) -> ImpactReturn:
    """The report as the school sent it last: a copy, for reading alone, while it is sent back; else itself.

    Evidence files are those of today: each says when it was added.
    """
    if report.state is not ReturnState.RETURNED or report.sent is None:
        return report
    copy = ImpactReturn(**{name: getattr(report, name) for name in SAME}, **report.sent["answers"])
    for name in ("bid", "files", "ratings"):  # no event: the copy never gets into the session
        set_committed_value(copy, name, getattr(report, name))
    outcomes = {outcome.id: outcome for outcome in report.bid.outcomes}
    results = []
    for key, said in report.sent["results"].items():
        if outcome := outcomes.get(int(key)):
            actual = Actual(outcome_id=outcome.id, **_read(said))
            set_committed_value(actual, "outcome", outcome)
            set_committed_value(actual, "report", copy)
            results.append(actual)
    set_committed_value(copy, "actuals", results)
    return copy


def _plain(actual: Actual) -> dict[str, Any]:
    """A result for JSON: numbers and days as text."""
    found = {name: getattr(actual, name) for name in (*DATES, *NUMBERS)}
    plain = {name: None if value is None else str(value) for name, value in found.items()}
    return {**plain, **{name: getattr(actual, name) for name in WORDS}}


def _read(said: dict[str, Any]) -> dict[str, Any]:
    days = {name: said[name] and date.fromisoformat(said[name]) for name in DATES}
    numbers = {name: said[name] and Decimal(said[name]) for name in NUMBERS}
    return {**{name: said[name] for name in WORDS}, **days, **numbers}
