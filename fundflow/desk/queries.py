"""What the desk's pages read. Lists select columns and page by key."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased, selectinload

from fundflow.applications.queries import review_until, why_no_review
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.history import HistoryEntry
from fundflow.models.money import pounds
from fundflow.models.panel import AgendaItem, Meeting, Offer
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.permissions import actors_for, may_edit, may_see
from fundflow.workflow.actors import Actor
from fundflow.workflow.application import BidState
from fundflow.workflow.confirmation import ConfirmationState
from fundflow.workflow.working_days import london_date

PAGE = 25
ENDED = (BidState.CLOSED, BidState.WITHDRAWN, BidState.NOT_FUNDED, BidState.INELIGIBLE,
         BidState.NOT_TAKEN_UP, BidState.TERMINATED)  # fmt: skip
UNDER_WAY = (BidState.IN_DELIVERY, BidState.SUSPENDED, BidState.IN_MONITORING)

FRONT_PAGE: Any = (
    selectinload(Bid.partners), selectinload(Bid.confirmations), selectinload(Bid.approvals),
    selectinload(Bid.outcomes), selectinload(Bid.backfill_lines), selectinload(Bid.cost_lines),
    selectinload(Bid.match_funding), selectinload(Bid.pupil_groups),
    selectinload(Bid.items).joinedload(AgendaItem.meeting), selectinload(Bid.offers),
    selectinload(Bid.feedback),
)  # fmt: skip

# Whose history is shown outside the review: to every school of the bid, to who sees its money.
SHARED = ("application", "confirmation", "approval")
AWARD = ("claim", "impact_return")


class BidRow(NamedTuple):
    """A bid in a list; has what `workflow.words.state_words` asks."""

    id: int
    reference: str
    title: str
    state: BidState
    requested_pence: int
    due_on: date | None
    ineligible_rule: str
    school: str
    provider: str | None
    officer_name: str | None
    meeting_at: datetime | None
    deferrals: int
    offer_pence: int | None
    submitted_at: datetime | None

    @property
    def meeting_on(self) -> date | None:
        shown = self.state is BidState.AT_PANEL and self.meeting_at
        return london_date(self.meeting_at) if shown and self.meeting_at else None

    @property
    def offer_words(self) -> str:
        return pounds(self.offer_pence, always_pence=False) if self.offer_pence else ""


def bid_rows() -> Select[Any]:
    """Bids as `BidRow` columns, to be narrowed."""
    lead = aliased(School)
    provider = (
        select(func.min(School.name)).join(Partner, Partner.school_id == School.id)
        .where(Partner.bid_id == Bid.id, Partner.part == Part.PROVIDER)
        .correlate(Bid).scalar_subquery()
    )  # fmt: skip
    meeting = (
        select(func.max(Meeting.starts_at)).join(AgendaItem, AgendaItem.meeting_id == Meeting.id)
        .where(AgendaItem.bid_id == Bid.id, AgendaItem.outcome.is_(None))
        .correlate(Bid).scalar_subquery()
    )  # fmt: skip
    deferrals = (
        select(func.count()).where(AgendaItem.bid_id == Bid.id, AgendaItem.was_deferred.is_(True))
        .correlate(Bid).scalar_subquery()
    )  # fmt: skip
    offer = (
        select(Offer.pence).where(Offer.bid_id == Bid.id).order_by(Offer.id.desc()).limit(1)
        .correlate(Bid).scalar_subquery()
    )  # fmt: skip
    return (
        select(
            Bid.id, Bid.reference, Bid.title, Bid.state, Bid.requested_pence, Bid.due_on,
            Bid.ineligible_rule, lead.name, provider, User.name, meeting, deferrals, offer,
            Bid.submitted_at,
        )
        .join(lead, lead.id == Bid.lead_school_id)
        .outerjoin(User, User.id == Bid.officer_id)
    )  # fmt: skip


class Wanted(NamedTuple):
    """What the list of bids is narrowed to, as it stands in the address."""

    text: str = ""
    state: BidState | None = None
    after: int | None = None

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "Wanted":
        states = {state.value: state for state in BidState}
        after = args.get("after", "")
        return cls(
            text=args.get("q", "").replace("\0", "").strip()[:100],
            state=states.get(args.get("state", "")),
            after=int(after) if after.isdecimal() and len(after) < 12 else None,
        )


class Page(NamedTuple):
    rows: list[BidRow]
    total: int
    next_after: int | None


def bids_page(user: User, now: datetime, wanted: Wanted) -> Page:
    """One page of the bids this person may see, newest first, and how many there are in all."""
    narrow = [may_see(user, now)]
    if wanted.state:
        narrow.append(Bid.state == wanted.state)
    if wanted.text:
        text = wanted.text.casefold()
        lead_named = select(School.id).where(
            School.id == Bid.lead_school_id, School.search_name.contains(text, autoescape=True))  # fmt: skip
        narrow.append(or_(
            Bid.title.icontains(wanted.text, autoescape=True),
            Bid.reference.icontains(wanted.text, autoescape=True), lead_named.exists(),
        ))  # fmt: skip
    total = db.session.scalar(select(func.count()).select_from(Bid).where(*narrow)) or 0
    query = bid_rows().where(*narrow).order_by(Bid.id.desc()).limit(PAGE + 1)
    if wanted.after is not None:
        query = query.where(Bid.id < wanted.after)
    rows = _rows(query)
    more = len(rows) > PAGE
    return Page(rows[:PAGE], total, rows[PAGE - 1].id if more else None)


def waiting_for_others(user: User, now: datetime) -> list[BidRow]:
    """This person's own live bids (a school's, or those an officer handles), oldest first."""
    mine = [school.id for school in schools_of(user, now)]
    return _rows(
        bid_rows()
        .where(or_(Bid.lead_school_id.in_(mine), Bid.officer_id == user.id))
        .where(may_see(user, now), Bid.state.not_in((*ENDED, BidState.DRAFT)))
        .order_by(Bid.due_on.is_(None), Bid.due_on, Bid.id)
        .limit(PAGE)
    )


def schools_of(user: User, now: datetime) -> list[School]:
    return [member.school for member in user.memberships_on(london_date(now))]


def history_of(bid: Bid, *, inside: bool, money: bool) -> list[HistoryEntry]:
    """A bid's entries, newest first.

    inside  of the review: internal entries too
    money   whether the reader sees the award: a partner reads neither claims nor reports in it
    """
    query = select(HistoryEntry).where(HistoryEntry.bid_id == bid.id)
    if not inside:
        shown = SHARED + AWARD if money else SHARED
        query = query.where(HistoryEntry.internal.is_(False), HistoryEntry.process.in_(shown))
    return list(db.session.scalars(query.order_by(HistoryEntry.id.desc())))


class Thing(NamedTuple):
    """Something to do on a bid that is no step of the bid itself: `endpoint` and its values."""

    text: str
    why: str
    endpoint: str
    values: dict[str, Any]


def other_things_to_do(bid: Bid, user: User, now: datetime) -> list[Thing]:
    """What else this person may do on the bid now, beside its open steps."""
    ref = {"reference": bid.reference}
    actors = actors_for(user, bid, now)
    things = []
    if may_edit(user, bid, now):
        things.append(Thing("Go on with the form", "Everything you enter is saved.",
                            "applications.task_list", ref))  # fmt: skip
    things += _answers_asked_of(bid, user, now)
    if Actor.OFFICER in actors and bid.state is BidState.IN_REVIEW:
        things.append(Thing("Fill in the checklist", "It saves as you go.", "review.review", ref))
    if Actor.SCHOOL_LEADER in actors:
        things += _review_to_ask(bid, now)
    if bid.state in (BidState.IN_DELIVERY, BidState.IN_MONITORING) and Actor.SCHOOL_TEAM in actors:
        things.append(Thing("Claims and payments", "Claim for days that were worked.",
                            "payments.bid_money", ref))  # fmt: skip
    if bid.state in UNDER_WAY and Actor.OFFICER in actors and not bid.termination_asked_at:
        things.append(Thing("Ask to stop the funding", "Whoever decides for the fund must agree.",
                            "review.ask_termination", ref))  # fmt: skip
    if Actor.SCHOOL_TEAM in actors and bid.is_in_monitoring and bid.report and bid.report.is_editable:
        things.append(Thing("Tell us what changed", "The report is one page.", "impact.report", ref))
    return things


def _answers_asked_of(bid: Bid, user: User, now: datetime) -> list[Thing]:
    """Confirmations and feedback this person may give for a school that takes part."""
    day = london_date(now)
    leading = user.school_ids(day, leading=True)
    things = [
        Thing(f"Answer for {c.school.name}", "The bid can’t go to the panel before you answer.",
              "applications.confirmation_confirm", {"reference": bid.reference, "number": c.id})
        for c in bid.confirmations
        if c.state is ConfirmationState.ASKED and c.school_id in leading
    ]  # fmt: skip
    if any(f.school_id in user.school_ids(day) and not f.given_at for f in bid.feedback):
        things.append(Thing("Rate the support", "It takes two minutes.", "impact.feedback",
                            {"reference": bid.reference}))  # fmt: skip
    return things


def _review_to_ask(bid: Bid, now: datetime) -> list[Thing]:
    if why_no_review(bid, now):
        return []
    return [Thing("Ask for a review", f"You can ask until {review_until(bid):%-d %B %Y}. A manager "
                  "who took no part will look at it.", "applications.ask_for_review",
                  {"reference": bid.reference})]  # fmt: skip


def _rows(query: Select[Any]) -> list[BidRow]:
    return [BidRow(*row) for row in db.session.execute(query)]
