"""The panel's rules: each change is a new version beside the old ones."""

from datetime import datetime

from sqlalchemy import select

from fundflow import ledger
from fundflow.extensions import db
from fundflow.funds.operations.common import may_change
from fundflow.history import record_event
from fundflow.models.fund import Fund
from fundflow.models.panel_settings import PanelRules
from fundflow.models.person import User
from fundflow.steps import Stale
from fundflow.workflow.engine import Refused
from fundflow.workflow.panel_rules import Rules


def change_rules(
    fund: Fund, rules: Rules, reason: str, *, version: int, user: User, now: datetime
) -> PanelRules | None:
    """Add a version that says this; None where it would say what the one in force says.

    Items whose papers are out, and decisions, keep the version they have. A second click answers
    with the version it made. Raises Refused without a reason, and Stale.
    """
    ledger.lock_fund(fund.id)
    may_change(fund.id, user, now)
    if not reason.strip():
        raise Refused("Enter why the rules change, and the minute that says so.")
    in_force = db.session.scalars(
        select(PanelRules).where(PanelRules.fund_id == fund.id).order_by(PanelRules.number.desc()).limit(1)
    ).one()
    if in_force.rules == rules:
        db.session.commit()
        twice = in_force.set_by_id == user.id and in_force.reason == reason.strip()
        return in_force if twice and version != fund.version else None
    if version != fund.version:
        raise Stale
    fund.version += 1
    new = PanelRules.holding(
        rules,
        fund_id=fund.id,
        number=in_force.number + 1,
        set_at=now,
        set_by_id=user.id,
        reason=reason.strip(),
    )
    db.session.add(new)
    record_event(
        fund,
        "change_rules",
        f"The panel’s rules changed: version {new.number}",
        user=user,
        now=now,
        reason=reason,
    )
    db.session.commit()
    return new
