"""A bid as one line of a list."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, false, func, or_, select
from sqlalchemy.orm import aliased

from fundflow.desk.amounts import PAID
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.days_off import Stored, Whose, days_for
from fundflow.models.decision import Offer
from fundflow.models.fund import Fund
from fundflow.models.impact import ImpactReturn
from fundflow.models.money import pounds
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.permissions import is_outcome_kept, listed_amount, sees_award
from fundflow.rules.asker import Asker, Shape
from fundflow.workflow.application import ENDED, BidState
from fundflow.workflow.impact_return import ReturnKind, ReturnState
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.words import waits_for_school
from fundflow.workflow.working_days import london_date, working_days_between


class BidRow(NamedTuple):
    """A bid in a list; has what `workflow.words.state_words` asks."""

    id: int
    reference: str
    title: str
    state: BidState
    state_since: datetime
    pence: int  # awarded or asked for, as the reader may see it
    due_on: date | None
    ineligible_rule: str
    school: str
    provider: str | None
    officer_id: int | None
    officer_name: str | None
    meeting_at: datetime | None
    deferrals: int
    offer_pence: int | None
    is_awarded: bool
    reads_award: bool  # whether the reader may know what is offered and awarded
    submitted_at: datetime | None
    panel_answer: bool  # whether there is one
    decision_held_until: date | None
    kept_until: date | None  # the same, where the outcome is kept from the reader
    days_off: list[Stored]  # of its fund
    paid_pence: int | None  # less what came back, where the reader may know
    is_reported: bool  # its final report is accepted and none waits to be checked

    @property
    def meeting_on(self) -> date | None:
        shown = self.state is BidState.AT_PANEL and self.meeting_at
        return london_date(self.meeting_at) if shown and self.meeting_at else None

    @property
    def offer_words(self) -> str:
        return pounds(self.offer_pence, always_pence=False) if self.offer_pence else ""

    @property
    def amount_words(self) -> str:
        """What the amount is: “awarded, £1,500 paid”, “asked for”, “asked for, £2,000 offered”."""
        if self.is_awarded:
            return (
                f"awarded, {pounds(self.paid_pence, always_pence=False)} paid"
                if self.paid_pence
                else "awarded"
            )
        out = self.state is BidState.OFFERED and self.kept_until is None and self.reads_award
        return f"asked for, {self.offer_words} offered" if out and self.offer_words else "asked for"

    @property
    def is_with_school(self) -> bool:
        """Whether its day is the school's; else it is the council that is to act by then."""
        return waits_for_school(self, self.kept_until)

    def is_late(self, today: date) -> bool:
        ended = self.state in ENDED and self.kept_until is None
        return self.due_on is not None and self.due_on < today and not ended

    def age_on(self, today: date) -> int | None:
        """The council's working days in this state; None for a bid that has ended."""
        ended = self.state in ENDED and self.kept_until is None
        off = days_for(self.days_off, Whose.COUNCIL)
        return None if ended else working_days(london_date(self.state_since), today, off)


@lru_cache(maxsize=4096)
def working_days(since: date, today: date, off: frozenset[date]) -> int:
    """`working_days_between`, remembered: the rows of a list share their dates."""
    return working_days_between(since, today, off)


# The parts of a row that are no columns of the bid, made once.
_LEAD = aliased(School)
_PROVIDER = (
    select(func.min(School.name))
    .join(Partner, Partner.school_id == School.id)
    .where(Partner.bid_id == Bid.id, Partner.part == Part.PROVIDER, Partner.takes_part)
    .correlate(Bid)
    .scalar_subquery()
)
_MEETING = (
    select(func.max(Meeting.starts_at))
    .join(AgendaItem, AgendaItem.meeting_id == Meeting.id)
    .where(AgendaItem.bid_id == Bid.id, AgendaItem.outcome.is_(None), AgendaItem.change_id.is_(None))
    .where(Meeting.state != MeetingState.CLOSED)
    .correlate(Bid)
    .scalar_subquery()
)
_DEFERRALS = (
    select(func.count())
    .where(AgendaItem.bid_id == Bid.id, AgendaItem.was_deferred.is_(True), AgendaItem.change_id.is_(None))
    .correlate(Bid)
    .scalar_subquery()
)
_OFFER = (
    select(Offer.pence)
    .where(Offer.bid_id == Bid.id)
    .order_by(Offer.id.desc())
    .limit(1)
    .correlate(Bid)
    .scalar_subquery()
)


# 1 where a final report is accepted, 0 where one waits to be checked beside it. Not an EXISTS: for that
# PostgreSQL would read every report that was ever accepted.
_CHECKED = (
    select(func.min(case((ImpactReturn.state == ReturnState.ACCEPTED, 1), else_=0)))
    .where(
        ImpactReturn.bid_id == Bid.id,
        or_(
            and_(ImpactReturn.kind == ReturnKind.FINAL, ImpactReturn.state == ReturnState.ACCEPTED),
            and_(ImpactReturn.kind != ReturnKind.FOLLOW_UP, ImpactReturn.state == ReturnState.SUBMITTED),
        ),
    )
    .correlate(Bid)
    .scalar_subquery()
)
_REPORTED = case((Bid.state == BidState.IN_MONITORING, func.coalesce(_CHECKED, 0) == 1), else_=false())


@lru_cache(maxsize=64)
def bid_rows(shape: Shape) -> Select[Any]:
    """Bids as `BidRow` columns, to be narrowed, and run with the values of the reader."""
    pence, is_awarded = listed_amount(Asker(shape))
    return (
        select(
            Bid.id,
            Bid.reference,
            Bid.listed_title,
            Bid.state,
            Bid.state_since,
            pence,
            Bid.due_on,
            Bid.ineligible_rule,
            _LEAD.name,
            _PROVIDER,
            Bid.officer_id,
            User.name,
            _MEETING,
            _DEFERRALS,
            _OFFER,
            is_awarded,
            sees_award(Asker(shape)),
            Bid.submitted_at,
            Bid.panel_answer != "",
            Bid.decision_held_until,
            case((is_outcome_kept(Asker(shape)), Bid.decision_held_until)),
            Fund.days_off,
            case((sees_award(Asker(shape)), PAID)),
            _REPORTED,
        )
        .join(Fund, Fund.id == Bid.fund_id)
        .join(_LEAD, _LEAD.id == Bid.lead_school_id)
        .outerjoin(User, User.id == Bid.officer_id)
    )
