"""Whether somebody may change accounts: an administrator of every fund may do all of it, one of a single
fund may give and end what belongs to that fund, and places at schools."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from fundflow.actors import roles_for
from fundflow.extensions import db
from fundflow.models.person import RoleGrant, RoleName, User
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

EVERY_FUND = 0  # no fund has this number: only a grant for every fund holds for it


def require_administrator(by: User, now: datetime) -> None:
    """Raise Refused unless an administrator of any fund asks."""
    if not by.active or RoleName.ADMINISTRATOR not in by.roles_on(london_date(now)):
        raise Refused("Only an administrator can do this.")


def require_administrator_of(by: User, fund_id: int | None, now: datetime) -> None:
    """Raise Refused unless this person administers the fund (None: every fund)."""
    held = roles_for(by, EVERY_FUND if fund_id is None else fund_id, london_date(now))
    if not by.active or RoleName.ADMINISTRATOR not in held:
        whose = "every fund" if fund_id is None else "that fund"
        raise Refused(f"Only an administrator of {whose} can do this.")


def lock_administrators() -> list[RoleGrant]:
    """Every administrator's grant, locked and fresh, so that two can't remove one another."""
    return list(
        db.session.scalars(
            select(RoleGrant)
            .join(User)
            .where(RoleGrant.role == RoleName.ADMINISTRATOR, User.active.is_(True))
            .order_by(RoleGrant.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def refuse_last_administrator(ending: RoleGrant, last_day: date, now: datetime) -> None:
    """Raise Refused unless somebody administers every fund today and after this role's last day."""
    today = london_date(now)
    if ending.fund_id is not None:
        return  # somebody who administers every fund is left
    for grant in lock_administrators():
        stays = grant.is_valid_on(today) and grant.is_valid_on(max(today, last_day) + timedelta(days=1))
        if grant.id != ending.id and grant.fund_id is None and stays:
            return
    raise Refused("This is the last administrator. Make somebody else an administrator first.")
