"""My work: a table of what can wait for somebody, a row a kind of waiting.

Each source is one query, asked only where the person holds what it is for; so the page's queries
do not grow with the bids.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.confirmation import Confirmation
from fundflow.models.fund import Decider, Fund
from fundflow.models.impact import Feedback, ImpactReturn
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.money import pounds
from fundflow.models.panel import AgendaItem, Declaration, Meeting
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import RoleName as R
from fundflow.models.person import SeatPosition, Standing, User
from fundflow.models.review import ReviewRequest
from fundflow.models.school import School
from fundflow.permissions import barred_from, may_see
from fundflow.web.access import Rule, roles
from fundflow.workflow.application import BidState as S
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.confirmation import ConfirmationState
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.working_days import london_date

MOST = 50  # of each kind; the rest is in the list of bids

Condition = Callable[[User, datetime], ColumnElement[bool]]


class Waiting(NamedTuple):
    """One line of My work; `due_on` may be past."""

    reference: str
    title: str
    detail: str
    what: str
    due_on: date | None
    path: str


class Source(NamedTuple):
    """Bids that wait for somebody of this rule: what to do, where, and which bids.

    dated  whether the bid's own date is the date by which to do this
    """

    rule: Rule
    what: str
    path: str  # under the bid's own
    when: Condition
    dated: bool = True


OFFICERS = roles(R.OFFICER, R.DEPUTY_OFFICER)
SCHOOL = Rule(school=True)


def _some(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the bid has such a row."""
    return exists().where(*conditions).correlate(Bid)


def _schools(user: User, now: datetime, *, leading: bool = False) -> list[int]:
    return [m.school_id for m in user.memberships_on(london_date(now))
            if not leading or m.standing is Standing.LEADER]  # fmt: skip


def _ours(*states: S) -> Condition:
    return lambda user, now: and_(
        Bid.lead_school_id.in_(_schools(user, now)), Bid.state.in_(states)
    )


def _ours_to_lead(*states: S) -> Condition:
    return lambda user, now: and_(
        Bid.lead_school_id.in_(_schools(user, now, leading=True)), Bid.state.in_(states)
    )


def _confirmation_asked(user: User, now: datetime) -> ColumnElement[bool]:
    return _some(
        Confirmation.bid_id == Bid.id, Confirmation.state == ConfirmationState.ASKED,
        Confirmation.school_id.in_(_schools(user, now, leading=True)),
        Bid.state.in_((S.SUBMITTED, S.IN_REVIEW, S.RETURNED)),
    )  # fmt: skip


def _feedback_asked(user: User, now: datetime) -> ColumnElement[bool]:
    return _some(
        Feedback.bid_id == Bid.id, Feedback.given_at.is_(None),
        Feedback.school_id.in_(_schools(user, now)), Bid.state == S.IN_MONITORING,
    )  # fmt: skip


def _report_to_write(user: User, now: datetime) -> ColumnElement[bool]:
    written = _some(
        ImpactReturn.bid_id == Bid.id,
        ImpactReturn.state.in_((ReturnState.SUBMITTED, ReturnState.ACCEPTED)),
    )
    return and_(_ours(S.IN_MONITORING)(user, now), ~written)


def _question_of_the_panel(user: User, now: datetime) -> ColumnElement[bool]:
    return and_(_ours(S.DEFERRED)(user, now), Bid.panel_answer == "")


def _claim_queried(user: User, now: datetime) -> ColumnElement[bool]:
    return and_(Bid.lead_school_id.in_(_schools(user, now)), _claim_in(ClaimState.QUERIED))


def _days_to_confirm(user: User, now: datetime) -> ColumnElement[bool]:
    """A claim for days at a school this person leads, which the claiming school is not."""
    claimed = _some(
        Claim.bid_id == Bid.id, Claim.state == ClaimState.SUBMITTED,
        Claim.kind == ClaimKind.BACKFILL, Claim.days_confirmed_at.is_(None),
    )
    ours = _some(Partner.bid_id == Bid.id, Partner.part == Part.SUPPORTED,
                 Partner.school_id.in_(_schools(user, now, leading=True)))  # fmt: skip
    return and_(claimed, ours)


def _claim_in(state: ClaimState) -> ColumnElement[bool]:
    return _some(Claim.bid_id == Bid.id, Claim.state == state)


def _certified_by_another(user: User, _now: datetime) -> ColumnElement[bool]:
    return _some(Claim.bid_id == Bid.id, Claim.state == ClaimState.CERTIFIED,
                          or_(Claim.certified_by_id.is_(None), Claim.certified_by_id != user.id))  # fmt: skip


def _with(*states: S) -> Condition:
    """Bids in these states that this officer handles, or nobody does yet."""
    return lambda user, _now: and_(
        Bid.state.in_(states), or_(Bid.officer_id == user.id, Bid.officer_id.is_(None))
    )


def _answered_the_panel(user: User, now: datetime) -> ColumnElement[bool]:
    return and_(_with(S.DEFERRED)(user, now), Bid.panel_answer != "")


def _decision_due(user: User, now: datetime) -> ColumnElement[bool]:
    """Bids in a meeting that is in session, for whoever decides for their fund."""
    day = london_date(now)
    chairs = [seat.fund_id for seat in user.seats_on(day)
              if seat.position in (SeatPosition.CHAIR, SeatPosition.DEPUTY)]  # fmt: skip
    decides = and_(Fund.decider == Decider.PANEL, Fund.id.in_(chairs))
    if R.AUTHORISED_OFFICER in user.roles_on(day):
        decides = or_(decides, Fund.decider == Decider.AUTHORISED_OFFICER)
    in_session = _some(
        AgendaItem.bid_id == Bid.id, AgendaItem.outcome.is_(None),
        AgendaItem.meeting_id == Meeting.id, Meeting.state == MeetingState.IN_SESSION,
    )  # fmt: skip
    fund = _some(Fund.id == Bid.fund_id, decides)
    return and_(Bid.state == S.AT_PANEL, fund, in_session)


def _termination_asked(user: User, now: datetime) -> ColumnElement[bool]:
    day = london_date(now)
    chairs = [s.fund_id for s in user.seats_on(day) if s.position is SeatPosition.CHAIR]
    mine = or_(Bid.fund_id.in_(chairs), literal(R.AUTHORISED_OFFICER in user.roles_on(day)))
    return and_(mine, Bid.termination_asked_at.is_not(None),
                Bid.state.in_((S.IN_DELIVERY, S.SUSPENDED, S.IN_MONITORING)))  # fmt: skip


def _report_in(state: ReturnState) -> Condition:
    return lambda _user, _now: _some(
        ImpactReturn.bid_id == Bid.id, ImpactReturn.state == state, Bid.state == S.IN_MONITORING
    )


def _review_asked(_user: User, _now: datetime) -> ColumnElement[bool]:
    return _some(ReviewRequest.bid_id == Bid.id, ReviewRequest.heard_at.is_(None))


DECIDERS = roles(R.AUTHORISED_OFFICER, panel=True)
CHECKERS = roles(R.OFFICER, R.DEPUTY_OFFICER, R.FINANCE)

SOURCES = (
    Source(SCHOOL, "Finish and submit the bid", "/form", _ours(S.DRAFT)),
    Source(SCHOOL, "Answer the officer’s questions", "/form", _ours(S.RETURNED)),
    Source(SCHOOL, "Answer the panel’s question", "", _question_of_the_panel),
    Source(SCHOOL, "Reply to the offer", "", _ours_to_lead(S.OFFERED)),
    Source(SCHOOL, "Say whether you take part", "", _confirmation_asked),
    Source(SCHOOL, "Answer about a claim", "/money", _claim_queried, dated=False),
    Source(SCHOOL, "Confirm the days that were worked", "/impact", _days_to_confirm, dated=False),
    Source(SCHOOL, "Tell us what changed", "/impact", _report_to_write),
    Source(SCHOOL, "Rate the support", "/feedback", _feedback_asked),
    Source(OFFICERS, "Start the review", "", _with(S.SUBMITTED)),
    Source(OFFICERS, "Finish the review", "/review", _with(S.IN_REVIEW)),
    Source(OFFICERS, "Bring back to the panel", "", _answered_the_panel),
    Source(CHECKERS, "Check a claim", "/money", lambda _u, _n: _claim_in(ClaimState.SUBMITTED),
           dated=False),
    Source(roles(R.FINANCE), "Pay a claim", "/money", _certified_by_another, dated=False),
    Source(DECIDERS, "Record the decision", "", _decision_due),
    Source(DECIDERS, "Decide whether to stop the funding", "", _termination_asked),
    Source(roles(R.IMPACT_OFFICER), "Check the report", "/impact", _report_in(ReturnState.SUBMITTED)),
    Source(roles(R.IMPACT_OFFICER), "Close the bid", "", _report_in(ReturnState.ACCEPTED)),
    Source(roles(R.REVIEWING_MANAGER), "Hear a request for a review", "", _review_asked),
)  # fmt: skip


def waiting_for(user: User, now: datetime) -> list[Waiting]:
    """Everything that waits for this person, the earliest deadline first."""
    found = [line for source in SOURCES if source.rule.allows(user, now)
             for line in _bids(source, user, now)]  # fmt: skip
    found += _meetings(user, now) + _papers(user, now) + _failed_letters(user, now)
    return sorted(found, key=lambda w: (w.due_on is None, w.due_on or date.max, w.reference))


def _bids(source: Source, user: User, now: datetime) -> list[Waiting]:
    query = (
        select(Bid.reference, Bid.title, School.name, Bid.requested_pence, Bid.due_on)
        .join(School, School.id == Bid.lead_school_id)
        .where(may_see(user, now), source.when(user, now))
        .order_by(Bid.due_on.is_(None), Bid.due_on, Bid.id).limit(MOST)
    )  # fmt: skip
    return [
        Waiting(reference, title or "Bid without a title yet",
                f"{school} · {pounds(pence, always_pence=False)}", source.what,
                due if source.dated else None,
                f"/bids/{reference}{source.path}")
        for reference, title, school, pence, due in db.session.execute(query)
    ]  # fmt: skip


def _meetings(user: User, now: datetime) -> list[Waiting]:
    """For the clerk: meetings to prepare, to hold and to close."""
    if not roles(R.CLERK).allows(user, now):
        return []
    todo = {MeetingState.PLANNED: "Issue the papers", MeetingState.PAPERS_ISSUED: "Hold the meeting",
            MeetingState.IN_SESSION: "Run and close the meeting"}  # fmt: skip
    items = select(func.count()).where(AgendaItem.meeting_id == Meeting.id).scalar_subquery()
    query = select(Meeting.id, Meeting.starts_at, Meeting.state, Meeting.place, items)
    query = query.where(Meeting.state.in_(todo)).order_by(Meeting.starts_at).limit(MOST)
    return [
        Waiting("Meeting", f"Panel meeting on {london_date(starts):%-d %B %Y}",
                f"{place} · {count} on the agenda", todo[state], london_date(starts),
                f"/meetings/{number}")
        for number, starts, state, place, count in db.session.execute(query)
    ]  # fmt: skip


def _papers(user: User, now: datetime) -> list[Waiting]:
    """For panel members: meetings whose papers are out and on which they owe a declaration."""
    seats = user.seats_on(london_date(now))
    if not seats:
        return []
    declared = _some(Declaration.bid_id == Bid.id, Declaration.user_id == user.id)
    query = (
        select(Meeting.id, Meeting.starts_at, func.count(Bid.id))
        .join(AgendaItem, AgendaItem.meeting_id == Meeting.id).join(Bid, Bid.id == AgendaItem.bid_id)
        .where(Meeting.fund_id.in_([seat.fund_id for seat in seats]), AgendaItem.outcome.is_(None),
               Meeting.state.in_((MeetingState.PAPERS_ISSUED, MeetingState.IN_SESSION)),
               ~declared, ~barred_from(user, london_date(now)))
        .group_by(Meeting.id, Meeting.starts_at).order_by(Meeting.starts_at).limit(MOST)
    )  # fmt: skip
    return [
        Waiting("Panel", f"Panel meeting on {london_date(starts):%-d %B %Y}",
                f"{count} bid{'' if count == 1 else 's'} to read",
                "Read the papers and declare interests", london_date(starts), f"/meetings/{number}")
        for number, starts, count in db.session.execute(query)
    ]  # fmt: skip


def _failed_letters(user: User, now: datetime) -> list[Waiting]:
    if not roles(R.ADMINISTRATOR).allows(user, now):
        return []
    count = db.session.scalar(
        select(func.count()).select_from(Letter).where(Letter.status == LetterStatus.FAILED)
    )
    if not count:
        return []
    title = f"{count} letter{'' if count == 1 else 's'} could not be delivered"
    return [Waiting("Letters", title, "Check the address and send again", "Look at failed letters",
                    None, "/letters?status=failed")]  # fmt: skip


