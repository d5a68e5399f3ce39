"""What brokering's pages read: requests for support, and who may. Lists page by key."""

from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import aliased, joinedload

from fundflow.actors import OFFICERS, roles_for
from fundflow.drafts import why_no_draft
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.brokering import Expertise, SupportRequest
from fundflow.models.days_off import Stored, Whose, days_for
from fundflow.models.fund import Fund
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.models.round import Round
from fundflow.models.school import School
from fundflow.permissions import may_see
from fundflow.rules.asker import Asker, Shape
from fundflow.rules.school_queries import OFFERED_STATUSES
from fundflow.web.paging import Page, newest_first, page_of_rows
from fundflow.workflow.engine import Refused
from fundflow.workflow.support_request import RequestState
from fundflow.workflow.working_days import add_working_days, london_date, working_days_between

PAGE = 25
OPEN = (RequestState.ASKED, RequestState.PROPOSED)
BROKERS = OFFICERS
READERS = BROKERS | {R.AUDITOR}


# -- who may --------------------------------------------------------------------------------------


def brokers(user: User, now: datetime, fund_id: int | None = None) -> bool:
    """Whether this person brokers: for a fund, or for any."""
    day = london_date(now)
    return bool(BROKERS & (roles_for(user, fund_id, day) if fund_id else user.roles_on(day)))


def require_broker(user: User, now: datetime, fund_id: int | None = None) -> None:
    if not brokers(user, now, fund_id):
        raise Refused("Only the liaison officer can do this.")


def reads_brokering(user: User, now: datetime) -> bool:
    """Whether this person reads requests of all schools, and the log of contacts."""
    return bool(READERS & user.roles_on(london_date(now)))


def is_own(user: User, now: datetime, *school_ids: Any) -> ColumnElement[bool]:
    """Whether one of these columns names a school of this person, or of a trust of theirs."""
    return _is_own(Asker.of(user, london_date(now)), *school_ids)


def _is_own(who: Asker, *school_ids: Any) -> ColumnElement[bool]:
    ways = []
    for column in school_ids:
        school = aliased(School)
        ours = or_(
            school.id.in_(who.own_schools),
            school.succeeded_by_id.in_(who.own_schools),
            school.trust_id.in_(who.own_trusts),
        )
        ways.append(exists().where(school.id == column, ours))
    return or_(*ways) if ways else false()


def may_see_request(user: User, now: datetime) -> ColumnElement[bool]:
    """A school's people see its own requests; officers those they may broker; auditors all."""
    return _may_see_request(Asker.of(user, london_date(now)))


def _may_see_request(who: Asker) -> ColumnElement[bool]:
    if not who.shape.active:
        return false()
    ways: list[ColumnElement[bool]] = [SupportRequest.school_id.in_(who.schools)]
    barred = _is_own(who, SupportRequest.school_id, SupportRequest.proposed_school_id)
    for role, fund in who.shape.grants:
        if role in READERS:
            here = true() if fund is None else SupportRequest.fund_id == fund
            ways.append(here if role is R.AUDITOR else and_(here, ~barred))
    return or_(*ways)


def request_by_id(number: int, user: User, now: datetime) -> SupportRequest | None:
    """A request this person may see, else None."""
    return db.session.scalar(
        select(SupportRequest)
        .where(SupportRequest.id == number, may_see_request(user, now))
        .options(
            joinedload(SupportRequest.school),
            joinedload(SupportRequest.proposed_school),
            joinedload(SupportRequest.fund),
            joinedload(SupportRequest.asked_by),
            joinedload(SupportRequest.draft),
        )
    )


# -- lists ----------------------------------------------------------------------------------------


class RequestRow(NamedTuple):
    """A request in a list."""

    id: int
    asked_at: datetime
    state: RequestState
    expertise: Expertise
    half_days: int | None
    school: str
    proposed: str | None
    reference: str | None  # of the bid it became
    officer_days: int
    days_off: list[Stored]  # of its fund

    @property
    def path(self) -> str:
        return f"/support/{self.id}"

    @property
    def due_on(self) -> Any:
        """By when an officer should have acted."""
        off = days_for(self.days_off, Whose.COUNCIL)
        return add_working_days(london_date(self.asked_at), self.officer_days, off)

    def age(self, now: datetime) -> int:
        """Working days since it was asked."""
        off = days_for(self.days_off, Whose.COUNCIL)
        return working_days_between(london_date(self.asked_at), london_date(now), off)


def _rows(*narrow: ColumnElement[bool]) -> Any:
    proposed = aliased(School)
    return (
        select(
            SupportRequest.id,
            SupportRequest.asked_at,
            SupportRequest.state,
            SupportRequest.expertise,
            SupportRequest.half_days,
            School.name,
            proposed.name,
            Bid.reference,
            Fund.officer_days,
            Fund.days_off,
        )
        .join(School, School.id == SupportRequest.school_id)
        .join(Fund, Fund.id == SupportRequest.fund_id)
        .outerjoin(proposed, proposed.id == SupportRequest.proposed_school_id)
        .outerjoin(Bid, Bid.id == SupportRequest.draft_id)
        .where(*narrow)
    )


def open_requests(user: User, now: datetime, after: int | None = None) -> Page[RequestRow]:
    """What waits for an officer, the oldest first."""
    query = _rows(may_see_request(user, now), SupportRequest.state.in_(OPEN))
    if after is not None:
        query = query.where(SupportRequest.id > after)
    return page_of_rows(query.order_by(SupportRequest.id), PAGE, RequestRow)


def settled_requests(user: User, now: datetime, after: int | None = None) -> Page[RequestRow]:
    """What became a bid or was closed, the newest first."""
    query = _rows(may_see_request(user, now), SupportRequest.state.not_in(OPEN))
    return page_of_rows(newest_first(query, SupportRequest.id, after), PAGE, RequestRow)


def requests_of_my_schools(user: User, now: datetime, after: int | None = None) -> Page[RequestRow]:
    """Everything this person's schools asked for, the newest first."""
    query = _rows(SupportRequest.school_id.in_(user.school_ids(london_date(now))))
    return page_of_rows(newest_first(query, SupportRequest.id, after), PAGE, RequestRow)


def requests_waiting(user: User, now: datetime, most: int) -> list[RequestRow]:
    """For My work: new requests for an officer, proposals for the school that asked."""
    who = Asker.of(user, london_date(now))
    query = _waiting(who.shape, brokers(user, now)).limit(most)
    return [RequestRow(*row) for row in db.session.execute(query, who.values)]


@lru_cache(maxsize=64)
def _waiting(shape: Shape, brokers: bool) -> Any:
    who = Asker(shape)
    own = SupportRequest.school_id.in_(who.schools)
    ways = [and_(SupportRequest.state == RequestState.PROPOSED, own)]
    if brokers:
        ways.append(and_(SupportRequest.state == RequestState.ASKED, ~own))
    return _rows(_may_see_request(who), or_(*ways)).order_by(SupportRequest.id)


def counts(user: User, now: datetime) -> dict[RequestState, int]:
    """How many requests this person sees in each state."""
    rows = db.session.execute(
        select(SupportRequest.state, func.count())
        .where(may_see_request(user, now))
        .group_by(SupportRequest.state)
    )
    return dict(rows.all())


# -- schools, funds and rounds to choose from -----------------------------------------------------


def schools_to_choose(user: User, now: datetime) -> list[School]:
    """Open schools (and organisations, where a fund takes them) of the areas of our funds, without
    this person's own and those of their trusts."""
    areas = select(Fund.la_code)
    lenient = select(Fund.la_code).where(Fund.allows_organisations.is_(True))
    return list(
        db.session.scalars(
            select(School)
            .where(School.la_code.in_(areas), School.status_code.in_(OFFERED_STATUSES))
            .where(or_(School.is_organisation.is_(False), School.la_code.in_(lenient)))
            .where(~is_own(user, now, School.id))
            .order_by(School.search_name, School.urn)
        )
    )


def schools_of(user: User, now: datetime) -> list[School]:
    """The open schools this person belongs to."""
    members = user.memberships_on(london_date(now))
    return list({m.school_id: m.school for m in members if m.school.is_open}.values())


def funds_of(school: School) -> list[Fund]:
    """The funds that serve this school."""
    query = select(Fund).where(Fund.la_code == school.la_code)
    if school.is_organisation:
        query = query.where(Fund.allows_organisations.is_(True))
    return list(db.session.scalars(query.order_by(Fund.id)))


def funds() -> list[Fund]:
    return list(db.session.scalars(select(Fund).order_by(Fund.id)))


def rounds_for(school: School, fund: Fund, now: datetime) -> list[Round]:
    """The fund's rounds in which this school may begin a bid now, the newest first."""
    rounds = db.session.scalars(select(Round).where(Round.fund_id == fund.id).order_by(Round.id.desc()))
    return [round_ for round_ in rounds if why_no_draft(school, round_, now) is None]


def rounds_to_commission(user: User, now: datetime) -> list[Round]:
    """The rounds that are open now, of the funds for which this officer brokers."""
    rounds = db.session.scalars(select(Round).options(joinedload(Round.fund)).order_by(Round.id.desc()))
    return [r for r in rounds if r.why_closed(now) is None and brokers(user, now, r.fund_id)]


# -- the bid and its request ----------------------------------------------------------------------


def request_behind(bid: Bid, user: User, now: datetime) -> SupportRequest | None:
    """The request this bid began as, if this person may see it."""
    if not bid.origin_note:
        return None  # a bid that began so says it (see operations/requests)
    return db.session.scalar(
        select(SupportRequest).where(SupportRequest.draft_id == bid.id, may_see_request(user, now))
    )


def seen_bid(reference: str, user: User, now: datetime) -> Bid | None:
    """A bid this person may see, by its reference."""
    if not reference.isprintable():
        return None
    return db.session.scalar(select(Bid).where(may_see(user, now), Bid.reference == reference.upper()[:20]))
