"""Corrected versions of an accepted report: asked for, and withdrawn where that was a mistake."""

from datetime import datetime

from fundflow.blocking import release
from fundflow.extensions import db
from fundflow.models.impact import ImpactReturn
from fundflow.models.impact_results import Actual
from fundflow.models.person import User
from fundflow.rules import returns
from fundflow.steps import lock, require_step, take_step
from fundflow.workflow.impact_return import PART_OF, ReturnState
from fundflow.workflow.working_days import add_working_days, london_date


def correct(report: ImpactReturn, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Ask the school for a corrected version of an accepted report: a copy, which it changes and sends. The
    accepted one stays, and stands until the new one is accepted."""
    lock(report, version, step="correct", user=user)
    require_step(report, "correct", user, now)
    bid = report.bid
    copied = {name: getattr(report, name) for name in PART_OF}
    new = ImpactReturn(
        kind=report.kind,
        number=1 + sum(one.kind is report.kind for one in bid.returns),
        state=ReturnState.RETURNED,
        due_on=report.due_on,
        answer_by=add_working_days(london_date(now), bid.fund.answer_days, bid.fund.schools_off),
        question=reason,
        actuals=[Actual(outcome_id=actual.outcome_id, **actual.said) for actual in report.actuals],
        **copied,
    )
    take_step(report, "correct", user=user, now=now, version=version, given={"reason": reason})
    bid.returns.append(new)
    returns.owe(new, new.answer_by)
    db.session.commit()


def withdraw(report: ImpactReturn, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """A corrected version that was asked for by mistake is not asked for any more, while the school has
    changed nothing in it. What was held for it goes on."""
    lock(report, version, step="withdraw_correction", user=user)
    require_step(report, "withdraw_correction", user, now)
    release(report, reason, user, now)
    returns.owe(report, None)
    given = {"reason": reason}
    take_step(report, "withdraw_correction", user=user, now=now, version=version, given=given)
    db.session.commit()
