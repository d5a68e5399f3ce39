"""What stands on My work for those for whom little waits: the board, the auditor and the administrator."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import String, cast, func, select, true, union_all

from fundflow.desk.changes_seen import Changes, changes
from fundflow.extensions import db
from fundflow.models.board import BoardPaper, Recommendation
from fundflow.models.fund import Fund
from fundflow.models.person import Membership, RoleGrant, RoleName, Seat, SeatPosition, Standing, User
from fundflow.models.round import Round
from fundflow.payments.queries import FundMoney, funds_money
from fundflow.reports.paper.queries import newest_issued, open_recommendations
from fundflow.web.access import roles
from fundflow.workflow.working_days import london_date

SOON = timedelta(days=30)
FEW = 5


class BoardHome(NamedTuple):
    paper: BoardPaper | None
    money: list[FundMoney]
    recommendations: Sequence[Recommendation]


class Ending(NamedTuple):
    """Something that ends soon: whose, or of which fund, and what it is."""

    name: str
    what: str
    path: str
    day: date


class AdministratorHome(NamedTuple):
    """What an administrator watches.

    invited  the first of those who have an account and never signed in: id, name, when it was made
    """

    invited: list[Any]
    invited_in_all: int
    ending: list[Ending]
    rounds: list[Ending]


class Homes(NamedTuple):
    """The homes of a person's roles; None of a role they don't hold."""

    board: BoardHome | None
    auditor: Changes | None
    administrator: AdministratorHome | None


def homes_of(user: User, now: datetime) -> Homes:
    """What stands on this person's My work beside what waits for them."""
    return Homes(
        _board(user, now) if roles(RoleName.BOARD).allows(user, now) else None,
        changes(user, now) if roles(RoleName.AUDITOR).allows(user, now) else None,
        _administrator(user, now) if roles(RoleName.ADMINISTRATOR).allows(user, now) else None,
    )


def _board(user: User, now: datetime) -> BoardHome:
    """Five queries."""
    return BoardHome(
        newest_issued(user, now),
        funds_money(user, now, (RoleName.BOARD,), as_told=True),
        open_recommendations(user, now),
    )


def _administrator(user: User, now: datetime) -> AdministratorHome:
    """Three queries, of tables that stay small."""
    never = User.active.is_(True), User.last_signed_in_at.is_(None)
    columns = User.id, User.name, User.created_at, func.count().over().label("in_all")
    invited = db.session.execute(
        select(*columns).where(*never).order_by(User.created_at, User.id).limit(FEW)
    ).all()
    day = london_date(now)
    return AdministratorHome(
        list(invited),
        invited[0].in_all if invited else 0,
        _roles_that_end(day),
        _rounds_that_close(user, now),
    )


def _roles_that_end(day: date) -> list[Ending]:
    """Roles, places at schools and seats that end soon, of everybody whose account is open."""
    held = (
        (RoleGrant, cast(RoleGrant.role, String), {role.value: role.words for role in RoleName}),
        (Membership, cast(Membership.standing, String), {one.value: one.words for one in Standing}),
        (Seat, cast(Seat.position, String), {one.value: one.words for one in SeatPosition}),
    )
    each = [
        select(User.id, User.name, what.label("what"), kind.ends_on.label("ends_on"))
        .join(kind, kind.user_id == User.id)
        .where(User.active.is_(True), kind.ends_on.between(day, day + SOON))
        for kind, what, _words in held
    ]
    words = {value: said for _kind, _what, its in held for value, said in its.items()}
    found = union_all(*each).subquery()
    rows = db.session.execute(select(found).order_by(found.c.ends_on, found.c.name).limit(2 * FEW))
    return [Ending(name, words[what], f"/people/{number}", ends_on) for number, name, what, ends_on in rows]


def _rounds_that_close(user: User, now: datetime) -> list[Ending]:
    day = london_date(now)
    funds = {g.fund_id for g in user.roles if g.role is RoleName.ADMINISTRATOR and g.is_valid_on(day)}
    rows = db.session.execute(
        select(Round.id, Round.name, Fund.name, Round.closes_at)
        .join(Fund, Fund.id == Round.fund_id)
        .where(Round.closes_at.between(now, now + SOON), true() if None in funds else Fund.id.in_(funds))
        .order_by(Round.closes_at)
        .limit(FEW)
    )
    return [
        Ending(name, fund, f"/rounds/{number}", london_date(closes))
        for number, name, fund, closes in rows
        if closes is not None
    ]
