"""What a fund needs before schools can bid: an administrator's checklist on My work until all is there."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from fundflow.extensions import db
from fundflow.models.fund import Allocation, Fund, StaffGrade
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import RoleGrant, RoleName, Seat, SeatPosition, User
from fundflow.models.round import Priority, Round
from fundflow.models.school import School
from fundflow.web.access import ADMINISTRATORS
from fundflow.workflow.working_days import london_date

OFFICERS = (RoleName.OFFICER, RoleName.DEPUTY_OFFICER)


class Step(NamedTuple):
    """path: with the number of the {fund}, and of its newest {round} (0 where there is none)"""

    title: str
    hint: str
    path: str
    is_done: Callable[[datetime], ColumnElement[bool]]
    optional: bool = False


class Shown(NamedTuple):
    """A step as the page shows it; path: empty once it is done."""

    title: str
    hint: str
    path: str
    status: str  # one of DONE, NEXT, TO_DO, OPTIONAL


class Checklist(NamedTuple):
    fund: str
    steps: list[Shown]

    @property
    def done(self) -> int:
        return sum(step.status == DONE for step in self.steps)


DONE, NEXT, TO_DO, OPTIONAL = "Done", "Next", "To do", "Optional"


def _has_priorities(now: datetime) -> ColumnElement[bool]:
    offered = exists().where(Priority.round_id == Round.id, Priority.retired.is_(False))
    is_open = or_(Round.closes_at.is_(None), Round.closes_at > now)
    its = Round.fund_id == Fund.id
    return exists().where(its) & ~exists().where(its, is_open, ~offered)


def _people(now: datetime, least: int, *roles: RoleName) -> ColumnElement[bool]:
    """Whether so many people hold one of these roles for the fund, now or from a day to come."""
    count = select(func.count(RoleGrant.user_id.distinct())).where(
        RoleGrant.role.in_(roles),
        or_(RoleGrant.fund_id == Fund.id, RoleGrant.fund_id.is_(None)),
        or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= london_date(now)),
    )
    return count.correlate(Fund).scalar_subquery() >= least


def _has_chair(now: datetime) -> ColumnElement[bool]:
    lasts = or_(Seat.ends_on.is_(None), Seat.ends_on >= london_date(now))
    return exists().where(Seat.fund_id == Fund.id, Seat.position == SeatPosition.CHAIR, lasts)


def _has_open_data(_now: datetime) -> ColumnElement[bool]:
    """As `why_no_360giving` of the reports says on the fund's page."""
    return and_(Fund.org_identifier != "", Fund.grants_prefix != "")


# fmt: off
STEPS = (
    Step("Load the schools of your area", "IT does it with “fundflow schools import”.", "/schools",
         lambda _now: exists().where(School.la_code == Fund.la_code)),
    Step("See that letters arrive", "Invite somebody, or ask IT to run “fundflow mail test ADDRESS”.",
         "/letters", lambda _now: exists().where(Letter.status == LetterStatus.SENT)),
    Step("Say who schools may ask", "Pages and letters name a person or team.", "/funds/{fund}/settings",
         lambda _now: Fund.contact_email != ""),
    Step("Add the fund’s money", "An allocation line says where it comes from and whom it may pay.",
         "/funds/{fund}/lines/add", lambda _now: exists().where(Allocation.fund_id == Fund.id)),
    Step("Set the grades and caps of day rates", "Without grades one cap holds for everybody.",
         "/funds/{fund}/grades", lambda _now: exists().where(StaffGrade.fund_id == Fund.id), optional=True),
    Step("Add a round", "It begins as a draft.", "/funds/{fund}/rounds/add",
         lambda _now: exists().where(Round.fund_id == Fund.id)),
    Step("Add the round’s priorities", "Every bid chooses one.",
         "/funds/{fund}/rounds/{round}/priorities/add", _has_priorities),
    Step("Invite a liaison officer", "Reviews bids and sends them to the panel.", "/people/invite/role",
         lambda now: _people(now, 1, *OFFICERS)),
    Step("Invite two finance officers", "One checks a claim, another pays it.", "/people/invite/role",
         lambda now: _people(now, 2, RoleName.FINANCE)),
    Step("Invite the panel", "It needs a chair.", "/people/invite/seat", _has_chair),
    Step("Publish the round", "Schools can bid from then on.", "/funds/{fund}/rounds/{round}/publish",
         lambda _now: exists().where(Round.fund_id == Fund.id, ~Round.is_draft)),
    Step("Enter the council’s identifiers", "Awards can then be published as 360Giving open data.",
         "/funds/{fund}/settings#org_identifier", _has_open_data),
)
# fmt: on


def to_set_up(user: User, now: datetime) -> list[Checklist]:
    """The funds that this administrator looks after and that are not ready, step by step. One query."""
    if not ADMINISTRATORS.allows(user, now):
        return []
    day = london_date(now)
    funds = {g.fund_id for g in user.roles if g.role is RoleName.ADMINISTRATOR and g.is_valid_on(day)}
    newest = select(func.max(Round.id)).where(Round.fund_id == Fund.id).scalar_subquery()
    asked = select(Fund.id, Fund.name, newest, *(step.is_done(now) for step in STEPS)).order_by(Fund.id)
    found = [
        _checklist(number, name, round_, done)
        for number, name, round_, *done in db.session.execute(asked)
        if None in funds or number in funds
    ]
    return [one for one in found if any(step.status in (NEXT, TO_DO) for step in one.steps)]


def _checklist(fund: int, name: str, round_: int | None, done: list[bool]) -> Checklist:
    """The first step that is not done and not optional is next; one of a round waits for a round."""
    shown: list[Shown] = []
    for step, is_done in zip(STEPS, done, strict=True):
        waits = "{round}" in step.path and round_ is None
        path = "" if is_done or waits else step.path.format(fund=fund, round=round_)
        is_next = not (waits or step.optional or any(one.status == NEXT for one in shown))
        status = DONE if is_done else OPTIONAL if step.optional else NEXT if is_next else TO_DO
        shown.append(Shown(step.title, step.hint, path, status))
    return Checklist(name, shown)
