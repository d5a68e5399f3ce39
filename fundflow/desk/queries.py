"""What My work and a bid's front page read. Lists select columns."""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, or_, select, union_all
from sqlalchemy.orm import joinedload

from fundflow.actors import OFFICERS
from fundflow.applications.queries import leads
from fundflow.desk.conditions import in_hand_of
from fundflow.desk.rows import BidRow, bid_rows
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import BackfillLine
from fundflow.models.decision import is_untold
from fundflow.models.desk import StaffNote
from fundflow.models.feedback import Feedback
from fundflow.models.history import HistoryEntry
from fundflow.models.lists import Lists
from fundflow.models.panel import AgendaItem
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.permissions import is_outcome_kept, is_visible, sees_review
from fundflow.review.queries import messages_of
from fundflow.rules.asker import Asker, Shape
from fundflow.web.paging import Page, page_of_rows
from fundflow.workflow.application import BidState
from fundflow.workflow.working_days import london_date

MOST = 25  # of the bids under way, on My work

FRONT_PAGE = Lists(
    Bid.partners,
    Bid.confirmations,
    Bid.approvals,
    Bid.outcomes,
    Bid.backfill_lines,
    Bid.cost_lines,
    Bid.match_funding,
    Bid.items,
    Bid.offers,
    Bid.feedback,
    Bid.declarations,
    Bid.award_conditions,
    Bid.returns,
    also=[AgendaItem.meeting, AgendaItem.kept_rules],
    without=[BackfillLine.school, BackfillLine.grade, Feedback.school],
)

# Whose history is shown outside the review: to every school of the bid, to who sees its money.
SHARED = ("application", "confirmation", "approval")
AWARD = ("claim", "impact_return", "condition")


def waiting_for_others(user: User, now: datetime, besides: Collection[str]) -> Page[BidRow]:
    """This person's own live bids (a school's, or those an officer handles or covers), the earliest
    deadline first, but those that are named by their references."""
    who = Asker.of(user, london_date(now))
    if not who.shape.at_school and not who.shape.roles & OFFICERS:
        return Page([])
    values = {**who.values, "besides": list(besides)}
    return page_of_rows(_others(who.shape), MOST, BidRow, values=values)


@lru_cache(maxsize=64)
def _others(shape: Shape) -> Any:
    """Which bids stand on the page is decided before their columns are read."""
    who = Asker(shape)
    ways = [in_hand_of(who), *([Bid.lead_school_id.in_(who.schools)] if shape.at_school else [])]
    # Each way along its own index: with OR, a database goes through everybody's.
    live = [select(Bid.id).where(way, Bid.is_live(), Bid.state != BidState.DRAFT) for way in ways]
    seems_live = select(Bid.id).where(or_(*ways), is_outcome_kept(who))
    by_deadline = (Bid.due_on.is_(None), Bid.due_on, Bid.id)
    first = (
        select(Bid.id)
        .where(Bid.id.in_(union_all(*live, seems_live)))
        .where(Bid.reference.not_in(bindparam("besides", expanding=True)), is_visible(who))
        .order_by(*by_deadline)
        .limit(MOST + 1)
    )
    return bid_rows(shape).where(Bid.id.in_(first)).order_by(*by_deadline)


def schools_of(user: User, now: datetime) -> list[School]:
    return [member.school for member in user.memberships_on(london_date(now))]


def history_of(bid: Bid, *, inside: bool, money: bool, untold: bool = True) -> list[HistoryEntry]:
    """A bid's entries, newest first.

    inside  of the review: internal entries too
    money   whether the reader sees the award: a partner reads neither claims nor reports in it
    untold  decisions too about which the school has had no letter
    """
    query = select(HistoryEntry).where(HistoryEntry.bid_id == bid.id)
    if inside:
        query = query.options(joinedload(HistoryEntry.user))  # whose account is behind the name
    else:
        shown = SHARED + AWARD if money else SHARED
        query = query.where(HistoryEntry.internal.is_(False), HistoryEntry.process.in_(shown))
    if not untold:
        query = query.where(~is_untold(HistoryEntry.id))
    return list(db.session.scalars(query.order_by(HistoryEntry.id.desc())))


def messages_for(bid: Bid, user: User, now: datetime) -> list[StaffNote]:
    """What the council sent to the lead school, for its people alone."""
    ours = bid.lead_school_id in user.school_ids(london_date(now))
    return messages_of(bid) if ours else []


# States in which the officer may still change the report, and those in which it may never have been sent.
UNREPORTED = (
    BidState.DRAFT,
    BidState.SUBMITTED,
    BidState.IN_REVIEW,
    BidState.RETURNED,
    BidState.INELIGIBLE,
    BidState.WITHDRAWN,
)


def reads_report(bid: Bid, user: User, now: datetime) -> bool:
    """Whether a bid's front page shows the officer's report and the school's reply to it, once it went to the
    panel, where the fund asks for a reply: to those who see the review, and to the lead school while it may
    reply or where it did. Reports from before the fund asked were not written for schools."""
    if not bid.fund.asks_reply or bid.state in UNREPORTED or bid.review is None:
        return False
    if sees_review(user, bid, now):
        return True
    return bool(bid.review.reply or bid.review.reply_until) and leads(user, bid, now)
