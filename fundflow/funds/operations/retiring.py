"""A grade or a measure of a fund, a priority or a question of a round that is no longer offered."""

from datetime import datetime

from fundflow.extensions import db
from fundflow.funds.operations.common import lock_fund
from fundflow.history import record_event
from fundflow.models.fund import Fund, StaffGrade
from fundflow.models.measure import Measure
from fundflow.models.person import User
from fundflow.models.round import Priority, RoundQuestion

Part = StaffGrade | Measure | Priority | RoundQuestion


def retire(part: Part, *, version: int, user: User, now: datetime) -> None:
    """No longer offer it; what names or answers it keeps it. May raise Stale."""
    fund, event, words = _for_the_log(part)
    lock_fund(fund, version, user, now)
    if not part.retired:
        part.retired = True
        record_event(fund, event, words, user=user, now=now)
    db.session.commit()


def _for_the_log(part: Part) -> tuple[Fund, str, str]:
    if isinstance(part, StaffGrade):
        return part.fund, "retire_grade", f"{part.title} is no longer a grade of the fund"
    if isinstance(part, Measure):
        return part.fund, "retire_measure", f"{part.words} is no longer a measure of the fund"
    of = part.round
    if isinstance(part, Priority):
        return of.fund, "retire_priority", f"{part.title} is no longer a priority of {of.name}"
    return of.fund, "retire_question", f"{of.name} no longer asks: {part.text}"
