"""What every act on a fund shares: its lock, who may, and its log of changes."""

from datetime import datetime

from fundflow import ledger
from fundflow.actors import roles_for
from fundflow.models.fund import Fund
from fundflow.models.person import RoleName, User
from fundflow.steps import Stale
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date


def lock_fund(fund: Fund, version: int | None, user: User | None, now: datetime) -> None:
    """Lock the fund, ask whether this person may change it and compare the page's version."""
    ledger.lock_fund(fund.id)
    may_change(fund.id, user, now)
    if version is not None and version != fund.version:
        raise Stale
    fund.version += 1


def may_change(fund_id: int, user: User | None, now: datetime) -> None:
    """Raise Refused unless this person looks after the fund; the command line (None) does."""
    if user is None:
        return
    held = roles_for(user, fund_id, london_date(now))
    if not user.active or RoleName.ADMINISTRATOR not in held:
        raise Refused("Only an administrator of this fund can change it.")
