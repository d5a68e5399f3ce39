"""The people who lead a school, or hold a role with the council, as addressees."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import contains_eager

from fundflow.extensions import db
from fundflow.letters.addressee import Addressee
from fundflow.models.columns import BigId
from fundflow.models.person import Membership, RoleGrant, RoleName, Standing, User
from fundflow.models.school import School
from fundflow.rules.interests.own_schools import BODIES, FEW_BODIES

# Built once, as the queries below: every step of a bid asks for them.
_LEADERS = (
    select(Membership)
    .join(User)
    .where(Membership.school_id == bindparam("school"), Membership.standing == Standing.LEADER)
    .where(User.active.is_(True))
    .order_by(Membership.id)
    .options(contains_eager(Membership.user))
)


def leaders_of(school: School, day: date) -> list[Addressee]:
    """The head (and acting heads) of a school."""
    members = db.session.scalars(_LEADERS, {"school": school.id})
    return [Addressee(m.user.name, m.user.email, m.user) for m in members if m.is_valid_on(day)]


def leaders_of_all(schools: Collection[int], day: date) -> list[Addressee]:
    """The heads (and acting heads) of these schools, by their ids, in one query."""
    members = db.session.scalars(
        select(Membership)
        .join(User)
        .where(Membership.school_id.in_(schools), Membership.standing == Standing.LEADER)
        .where(User.active.is_(True))
        .order_by(Membership.id)
        .options(contains_eager(Membership.user))
    )
    return [Addressee(m.user.name, m.user.email, m.user) for m in members if m.is_valid_on(day)]


def holders_of(
    fund_id: int | None,
    roles: Iterable[RoleName],
    day: date,
    *,
    bodies: bool = False,
    among: Collection[int] | None = None,
) -> list[Addressee]:
    """Everybody who holds one of these roles for a fund (None: for every fund).

    bodies  load with them what may bar them, which will be asked of each
    among   only these few people, by their ids
    """
    asked = _grants(tuple(roles), of_fund=True, bodies=bodies, among=among is not None)
    return _valid(asked, day, {"fund": fund_id} | ({} if among is None else {"among": list(among)}))


def holders_of_any_fund(roles: Iterable[RoleName], day: date) -> list[Addressee]:
    """Everybody who holds one of these roles, whichever fund it is for."""
    return _valid(_grants(tuple(roles)), day, {})


@lru_cache(maxsize=64)
def _grants(
    roles: tuple[RoleName, ...], *, of_fund: bool = False, bodies: bool = False, among: bool = False
) -> Select[RoleGrant]:
    query = select(RoleGrant).join(User).where(RoleGrant.role.in_(roles), User.active.is_(True))
    if of_fund:
        fund = bindparam("fund", type_=BigId)
        query = query.where((RoleGrant.fund_id == fund) | RoleGrant.fund_id.is_(None))
    if among:
        query = query.where(RoleGrant.user_id.in_(bindparam("among", expanding=True)))
    what_bars = FEW_BODIES if among else BODIES
    people = contains_eager(RoleGrant.user).options(*(what_bars if bodies else ()))
    return query.order_by(RoleGrant.id).options(people)


def _valid(grants: Select[RoleGrant], day: date, values: Mapping[str, Any]) -> list[Addressee]:
    found = db.session.scalars(grants, values).unique()
    return [Addressee(g.user.name, g.user.email, g.user) for g in found if g.is_valid_on(day)]
