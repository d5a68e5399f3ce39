"""The impact officer's desk: which reports, feedback and bids wait, under which heading."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, case, or_, select, true, union_all

from fundflow.extensions import db
from fundflow.impact.closing import MOST as MOST_TO_CLOSE
from fundflow.impact.closing import ToClose, bids_to_close
from fundflow.impact.feedback_asked import Asked, feedback_asked
from fundflow.models.bid import Bid
from fundflow.models.days_off import Whose, days_for
from fundflow.models.fund import Fund
from fundflow.models.impact import EDITABLE_RETURNS, ImpactReturn, Rag
from fundflow.models.person import RoleName, User
from fundflow.models.school import School
from fundflow.permissions import in_funds, may_see
from fundflow.rules.follow_ups import WANTED
from fundflow.rules.returns import is_late, is_open
from fundflow.rules.school_queries import every_word, school_named
from fundflow.workflow.impact_return import HELD_FROM, ReturnKind, ReturnState
from fundflow.workflow.working_days import london_date, working_days_between

MOST = 1_000  # reports that are read
READERS = (RoleName.IMPACT_OFFICER, RoleName.OFFICER, RoleName.DEPUTY_OFFICER, RoleName.AUDITOR)
RUNGS = ((1, "1 to 9"), (10, "10 to 19"), (HELD_FROM, f"{HELD_FROM} or more"))  # working days late
S = ReturnState


class Wanted(NamedTuple):
    """What the desk is narrowed to; empty: everything.

    fund    its id
    school  words of the lead school's name, or its URN
    """

    fund: int | None = None
    kind: ReturnKind | None = None
    school: str = ""

    @property
    def of_bids(self) -> Any:
        """The condition on a bid joined with its lead school."""
        of_fund = [Bid.fund_id == self.fund] if self.fund else []
        named = [every_word(self.school, school_named)] if self.school else []
        return and_(true(), *of_fund, *named)


EVERYTHING = Wanted()


class Waiting(NamedTuple):
    """A report on the desk; `late` is by how many working days.

    rag             its rating, once it is accepted
    wants_follow_up whether it is rated red or amber and no action is agreed
    """

    reference: str
    school: str
    kind: ReturnKind
    number: int
    state: ReturnState
    wanted_on: date
    submitted_at: datetime | None
    is_held: bool
    is_let_pass: bool
    reason: str
    rag: Rag | None
    wants_follow_up: bool
    late: int = 0

    @property
    def rung(self) -> str:
        """“10 to 19” working days late."""
        return next(words for least, words in reversed(RUNGS) if self.late >= least)


class Heading(NamedTuple):
    """What waits for one thing; `place` is where it is listed whole, under the desk's address."""

    title: str
    place: str
    hint: str
    rows: Sequence[Waiting | Asked | ToClose]
    limit: str = ""  # said where more may wait than were looked at

    @property
    def rungs(self) -> list[tuple[str, int]]:
        """How many of late reports are how late."""
        found = Counter(row.rung for row in self.rows if isinstance(row, Waiting) and row.late > 0)
        return [(words, found[words]) for _least, words in RUNGS if found[words]]


def desk_of(user: User, now: datetime, wanted: Wanted = EVERYTHING) -> list[Heading]:
    """What waits in the bids that this person sees, the earliest day first; as many queries however much
    waits."""
    today = london_date(now)
    bids = and_(in_funds(user, READERS, now, Bid.fund_id), may_see(user, now), wanted.of_bids)
    found = list(_rows(bids, wanted, today))
    late = [row for row in found if row.late > 0]
    # Feedback and closing are of bids, which have a report of each kind.
    of_bids = wanted.kind in (None, ReturnKind.FINAL)
    closing = bids_to_close(bids, now) if of_bids else []
    feedback = feedback_asked(bids) if of_bids else []
    listed = f"The first {MOST:,} reports are listed." if len(found) >= MOST else ""
    looked_at = f"The first {MOST_TO_CLOSE} bids were looked at." if len(closing) >= MOST_TO_CLOSE else ""
    asked_limit = f"The first {MOST:,} are listed." if len(feedback) >= MOST else ""
    return [
        Heading(
            "To check",
            "to-check",
            "The school has sent it: accept it, or ask for more.",
            [row for row in found if row.state is S.SUBMITTED],
            listed,
        ),
        Heading(
            "Late",
            "late",
            "The school is reminded after 1, 10 and 20 working days, its approver from 10. From 20 you can "
            "hold payments and the next bid, or let the lateness pass.",
            late,
            listed,
        ),
        Heading(
            "Sent back",
            "sent-back",
            "You asked the school for more, or for a corrected version.",
            [row for row in found if row.state is S.RETURNED and row not in late],
            listed,
        ),
        Heading(
            "Due soon",
            "due-soon",
            "The school has been asked for it.",
            [row for row in found if row.state in (S.DUE, S.SCHEDULED) and row not in late],
            listed,
        ),
        Heading(
            "Feedback outstanding",
            "feedback",
            "The supported school is asked twice more, then the bid no longer waits for it.",
            feedback,
            asked_limit,
        ),
        Heading(
            "To close",
            "to-close",
            "The final report is accepted and nothing holds the bid.",
            [row for row in closing if not row.holds],
            looked_at,
        ),
        Heading(
            "Closing held",
            "held",
            "The final report is accepted, and the bid waits for something else.",
            [row for row in closing if row.holds],
            looked_at,
        ),
        Heading(
            "Without a follow-up action",
            "follow-up",
            "Rated red or amber. Agree with the school what is done, by whom and by when.",
            [row for row in found if row.wants_follow_up],
            listed,
        ),
    ]


def next_to_check(report: ImpactReturn, user: User, now: datetime) -> tuple[str, ReturnKind] | None:
    """The bid's reference and the kind of the report that stands after this one under “To check”, else of the
    first; None where no other waits. One query."""
    due, id_ = ImpactReturn.due_on, ImpactReturn.id
    after = or_(due > report.due_on, and_(due == report.due_on, id_ > report.id))
    row = db.session.execute(
        select(Bid.reference, ImpactReturn.kind)
        .join(Bid, Bid.id == ImpactReturn.bid_id)
        .where(ImpactReturn.state == S.SUBMITTED, id_ != report.id)
        .where(in_funds(user, READERS, now, Bid.fund_id), may_see(user, now))
        .order_by(case((after, 0), else_=1), due, id_)
        .limit(1)
    ).one_or_none()
    return (row.reference, row.kind) if row else None


def funds_of(user: User, now: datetime) -> list[tuple[int, str]]:
    """The funds whose reports this person reads, to choose from: ids and names."""
    query = select(Fund.id, Fund.name).where(in_funds(user, READERS, now, Fund.id)).order_by(Fund.name)
    return [(row.id, row.name) for row in db.session.execute(query)]


def _rows(bids: Any, wanted: Wanted, today: date) -> Iterable[Waiting]:
    asked_for = and_(ImpactReturn.state.in_((S.DUE, S.RETURNED)), is_open())
    # Those few first: else the accepted reports of all years would be read.
    begun_with = union_all(
        select(ImpactReturn.id).where(ImpactReturn.state.in_(EDITABLE_RETURNS)),
        select(ImpactReturn.id).where(ImpactReturn.state == S.SUBMITTED),
        select(ImpactReturn.id).where(WANTED),
    )
    query = (
        select(
            Bid.reference,
            School.name,
            ImpactReturn.kind,
            ImpactReturn.number,
            ImpactReturn.state,
            ImpactReturn.wanted_on,
            ImpactReturn.submitted_at,
            ImpactReturn.held_at.is_not(None),
            ImpactReturn.waived_at.is_not(None),
            ImpactReturn.late_reason,
            ImpactReturn.rag,
            ImpactReturn.wants_follow_up,
            Fund.days_off,
        )
        .join(Bid, Bid.id == ImpactReturn.bid_id)
        .join(School, School.id == Bid.lead_school_id)
        .join(Fund, Fund.id == Bid.fund_id)
        .where(ImpactReturn.id.in_(begun_with), bids)
        .where(or_(ImpactReturn.state == S.SUBMITTED, asked_for, is_late(today), WANTED))
        .order_by(ImpactReturn.wanted_on, ImpactReturn.id)
        .limit(MOST)
    )
    if wanted.kind:
        query = query.where(ImpactReturn.kind == wanted.kind)
    for row in db.session.execute(query):
        *values, off = tuple(row)
        one = Waiting(*values)
        writing = one.state in (S.SCHEDULED, S.DUE, S.RETURNED)
        days_off = days_for(off, Whose.SCHOOLS)
        yield one._replace(late=working_days_between(one.wanted_on, today, days_off) if writing else 0)
