"""The impact officer's desk: which reports wait, under which heading."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, exists, or_, select, union_all

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.columns import is_in
from fundflow.models.fund import Fund
from fundflow.models.impact import EDITABLE_RETURNS, ImpactReturn, Rag
from fundflow.models.person import RoleName, User
from fundflow.models.school import School
from fundflow.permissions import in_funds, may_see
from fundflow.rules.follow_ups import WANTED
from fundflow.rules.returns import is_late, is_open
from fundflow.workflow.application import BidState
from fundflow.workflow.impact_return import ReturnKind, ReturnState
from fundflow.workflow.working_days import london_date, working_days_between

MOST = 300  # reports on the page
READERS = (RoleName.IMPACT_OFFICER, RoleName.OFFICER, RoleName.DEPUTY_OFFICER, RoleName.AUDITOR)
S = ReturnState


class Waiting(NamedTuple):
    """A report on the desk; `late` is by how many working days.

    rag             its rating, once it is accepted
    is_to_close     whether the bid waits for nothing but its end
    wants_follow_up whether it is rated red or amber and no action is agreed
    """

    reference: str
    school: str
    kind: ReturnKind
    state: ReturnState
    wanted_on: date
    submitted_at: datetime | None
    is_held: bool
    is_let_pass: bool
    reason: str
    rag: Rag | None
    is_to_close: bool
    wants_follow_up: bool
    late: int = 0


class Heading(NamedTuple):
    title: str
    hint: str
    rows: list[Waiting]


def desk_of(user: User, now: datetime) -> list[Heading]:
    """What waits in the bids that this person sees, the earliest day first; one query, and one for funds."""
    today = london_date(now)
    found = list(_rows(user, now, today))
    late = [row for row in found if row.late > 0]
    return [
        Heading(
            "To check",
            "The school has sent it: accept it, or ask for more.",
            [row for row in found if row.state is S.SUBMITTED],
        ),
        Heading(
            "Late",
            "The school is reminded after 1, 10 and 20 working days, its approver from 10. From 20 you can "
            "hold payments and the next bid, or let the lateness pass.",
            late,
        ),
        Heading(
            "Sent back",
            "You asked the school for more.",
            [row for row in found if row.state is S.RETURNED and row not in late],
        ),
        Heading(
            "Due soon",
            "The school has been asked for it.",
            [row for row in found if row.state in (S.DUE, S.SCHEDULED) and row not in late],
        ),
        Heading(
            "To close",
            "The final report is accepted, and the bid is not closed yet.",
            [row for row in found if row.is_to_close],
        ),
        Heading(
            "Without a follow-up action",
            "Rated red or amber. Agree with the school what is done, by whom and by when.",
            [row for row in found if row.wants_follow_up],
        ),
    ]


def _rows(user: User, now: datetime, today: date) -> Iterable[Waiting]:
    wanted = and_(ImpactReturn.state.in_((S.DUE, S.RETURNED)), is_open())
    to_close = and_(
        ImpactReturn.state == S.ACCEPTED,
        ImpactReturn.kind == ReturnKind.FINAL,
        Bid.state == BidState.IN_MONITORING,
        ~_newer_version(),
    )
    # Those few first: else the accepted reports of all years would be read.
    monitored = select(Bid.id).where(Bid.state == BidState.IN_MONITORING).correlate(None)
    begun_with = union_all(
        select(ImpactReturn.id).where(is_in(ImpactReturn.state, EDITABLE_RETURNS)),
        select(ImpactReturn.id).where(ImpactReturn.state == S.SUBMITTED),
        select(ImpactReturn.id).where(ImpactReturn.bid_id.in_(monitored)),
        select(ImpactReturn.id).where(WANTED),
    )
    query = (
        select(
            Bid.reference,
            School.name,
            ImpactReturn.kind,
            ImpactReturn.state,
            ImpactReturn.wanted_on,
            ImpactReturn.submitted_at,
            ImpactReturn.held_at.is_not(None),
            ImpactReturn.waived_at.is_not(None),
            ImpactReturn.late_reason,
            ImpactReturn.rag,
            to_close,
            ImpactReturn.wants_follow_up,
            Bid.fund_id,
        )
        .join(Bid, Bid.id == ImpactReturn.bid_id)
        .join(School, School.id == Bid.lead_school_id)
        .where(ImpactReturn.id.in_(begun_with))
        .where(or_(ImpactReturn.state == S.SUBMITTED, wanted, is_late(today), to_close, WANTED))
        .where(in_funds(user, READERS, now, Bid.fund_id), may_see(user, now))
        .order_by(ImpactReturn.wanted_on, ImpactReturn.id)
        .limit(MOST)
    )
    rows = db.session.execute(query).all()
    funds = db.session.scalars(select(Fund).where(Fund.id.in_({row.fund_id for row in rows})))
    off = {fund.id: fund.schools_off for fund in funds}
    for row in rows:
        *values, fund_id = tuple(row)
        one = Waiting(*values)
        writing = one.state in (S.SCHEDULED, S.DUE, S.RETURNED)
        late = working_days_between(one.wanted_on, today, off[fund_id]) if writing else 0
        yield one._replace(late=late)


def _newer_version() -> Any:
    newer = ImpactReturn.__table__.alias("newer")
    return exists().where(
        newer.c.bid_id == ImpactReturn.bid_id,
        newer.c.kind == ImpactReturn.kind,
        newer.c.number > ImpactReturn.number,
        newer.c.state != S.WITHDRAWN,
    )
