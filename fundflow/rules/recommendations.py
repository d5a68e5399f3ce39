"""Who sees to a recommendation: its owner, and the fund's officers once the owner has left."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_

from fundflow.models.board import OWNERS, Recommendation
from fundflow.models.person import RoleGrant, RoleName, User
from fundflow.workflow.recommendation import WAITING


def owner_role(user: User, fund_id: int, day: date) -> RoleName | None:
    """The first role by which this person may own a recommendation of a fund; None where they hold none."""
    held = (grant for grant in user.roles if grant.fund_id in (None, fund_id) and grant.is_valid_on(day))
    return next((grant.role for grant in held if user.active and grant.role in OWNERS), None)


def owned_by(person: Any) -> ColumnElement[bool]:
    """Whether a recommendation waits for this person (an id, or a column of ids)."""
    return and_(Recommendation.state.in_(WAITING), Recommendation.owner_id == person)


def is_without_owner(day: date) -> ColumnElement[bool]:
    """`owner_role` of a recommendation's owner is None, as a condition on `Recommendation`."""
    return ~exists().where(
        User.id == Recommendation.owner_id,
        User.active.is_(True),
        RoleGrant.user_id == User.id,
        RoleGrant.role.in_(OWNERS),
        or_(RoleGrant.fund_id.is_(None), RoleGrant.fund_id == Recommendation.fund_id),
        RoleGrant.starts_on <= day,
        or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= day),
    )
