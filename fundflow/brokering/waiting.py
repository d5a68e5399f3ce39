"""What waits on My work in brokering's registers: independent providers, entries of good practice, and
contacts with schools that take no part. One query for all of them."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Date, String, and_, cast, func, literal, null, or_, select, union_all

from fundflow.brokering.engagement import is_latest, may_read_about
from fundflow.brokering.practice import IS_ON
from fundflow.brokering.queries import BROKERS, brokers, is_own
from fundflow.extensions import db
from fundflow.models.engagement import Engagement
from fundflow.models.fund import Fund, Module
from fundflow.models.person import User
from fundflow.models.practice import PracticeEntry
from fundflow.models.provider import DUE_DILIGENCE, Provider
from fundflow.models.school import School
from fundflow.permissions import in_funds
from fundflow.rules.providers import who_acted_last
from fundflow.web import modules
from fundflow.workflow.practice import PracticeState
from fundflow.workflow.provider import ProviderState
from fundflow.workflow.working_days import london_date

AHEAD = timedelta(days=30)  # before a part of the due diligence is due again, officers are told
APPROVE, RECORD, RENEW, AGREE, KEEP, CONTACT = "approve", "record", "renew", "agree", "keep", "contact"


class Line(NamedTuple):
    """Something that waits: what it is, its key in the address, its title and more, and its day."""

    what: str
    key: str
    title: str
    about: str
    due_on: date | None


def waiting(user: User, now: datetime, most: int) -> list[Line]:
    """What waits for this person, the earliest day first; of a provider the first day alone."""
    ways = list(_ways(user, now))
    if not ways:
        return []
    found = union_all(*ways).subquery()
    query = select(found).order_by(found.c.due_on, found.c.what, found.c.key).limit(most)
    lines: dict[tuple[str, str], Line] = {}
    for row in db.session.execute(query):
        lines.setdefault((row.what, row.key), Line(*row))
    return list(lines.values())


def _ways(user: User, now: datetime) -> Any:
    day, is_broker = london_date(now), brokers(user, now)
    if is_broker and modules.is_on(Module.QUALITY_CHECKS):
        yield from _of_providers(user, now, day)
    if modules.is_on(Module.SHARING):
        if leading := user.school_ids(day, leading=True):
            yield _to_agree(leading)
        if is_broker:
            yield _to_keep(user, now, day)
            yield _to_contact(user, now, day)


def _row(what: str, key: Any, title: Any, about: Any, due_on: Any) -> Any:
    return select(
        literal(what).label("what"),
        cast(key, String).label("key"),
        title.label("title"),
        about.label("about"),
        due_on.label("due_on"),
    )


def _of_providers(user: User, now: datetime, day: date) -> Any:
    """Those to approve that others proposed, one's own whose due diligence is still to record, and each part
    of a due diligence that ends soon."""
    ours = in_funds(user, BROKERS, now, Fund.id)

    def rows(what: str, due_on: Any) -> Any:
        query = _row(what, Provider.id, Provider.name, Fund.name, due_on)
        return query.join(Fund, Fund.id == Provider.fund_id).where(Fund.checks_support.is_(True), ours)

    due = [getattr(Provider, f"{name}_due_on") for name in DUE_DILIGENCE]
    lacks = or_(*(or_(due_on.is_(None), due_on < day) for due_on in due))
    last = who_acted_last(Provider.id).correlate(Provider).scalar_subquery()
    proposed = Provider.state == ProviderState.PROPOSED
    own = or_(Provider.proposed_by_id == user.id, func.coalesce(last, 0) == user.id)
    yield rows(APPROVE, cast(null(), Date)).where(proposed, ~own, ~lacks)
    yield rows(RECORD, cast(null(), Date)).where(proposed, own, lacks)
    for due_on in due:
        yield rows(RENEW, due_on).where(Provider.state == ProviderState.APPROVED, due_on <= day + AHEAD)


def _entries(what: str, due_on: Any) -> Any:
    query = _row(what, PracticeEntry.id, School.name, PracticeEntry.title, due_on)
    query = query.join(School, School.id == PracticeEntry.school_id)
    return query.join(Fund, Fund.id == PracticeEntry.fund_id).where(IS_ON)


def _to_agree(leading: set[int]) -> Any:
    """Entries that wait for the head of the school that they name."""
    ours = or_(School.id.in_(leading), School.succeeded_by_id.in_(leading))
    return _entries(AGREE, cast(null(), Date)).where(PracticeEntry.state == PracticeState.PROPOSED, ours)


def _to_keep(user: User, now: datetime, day: date) -> Any:
    """Entries in the directory that an officer is to look at again."""
    due = and_(PracticeEntry.state == PracticeState.AGREED, PracticeEntry.review_on <= day)
    ours = in_funds(user, BROKERS, now, PracticeEntry.fund_id)
    return _entries(KEEP, PracticeEntry.review_on).where(due, ours, ~is_own(user, now, School.id))


def _to_contact(user: User, now: datetime, day: date) -> Any:
    """Schools whose latest line of the engagement log says that a contact is due."""
    query = _row(CONTACT, School.urn, School.name, Fund.name, Engagement.next_on)
    query = query.join(School, School.id == Engagement.school_id).join(Fund, Fund.id == Engagement.fund_id)
    ours = in_funds(user, BROKERS, now, Engagement.fund_id)
    return query.where(IS_ON, ours, Engagement.next_on <= day, is_latest(), may_read_about(user, now))
