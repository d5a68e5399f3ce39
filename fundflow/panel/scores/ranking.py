"""The ranked list: a meeting's bids, or a fund's unfunded ones, and how far the money reaches.

Anyone who may not see one of its bids, or its score, learns nothing from the others' places and sums:
such rows stand below the list, and the money's reach is not worked out for that person.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from fundflow import ledger
from fundflow.actors import roles_for
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.money import financial_year, pounds
from fundflow.models.panel import AgendaItem, ItemOutcome, Meeting
from fundflow.models.person import User
from fundflow.panel.queries import DECIDED, SEE_VOTES
from fundflow.panel.scores.listed import Found, ListedItem, Which, items_of, scores_of
from fundflow.permissions import PANEL_PAPERS, sees_papers
from fundflow.web.paging import Page
from fundflow.workflow.application import BidState
from fundflow.workflow.panel_rules import Band, Ranked, Score, rank_key
from fundflow.workflow.working_days import LONDON, london_date

PAGE = 100  # bids on one page of a list
UNFUNDED = (BidState.NOT_FUNDED, BidState.DEFERRED, BidState.NOT_TAKEN_UP)


class RankedRow(NamedTuple):
    """One bid of the list, for somebody who may see it and its score.

    decision      what was decided, in words; empty while nothing was
    wants         whether it still wants money
    running       pence of this bid and of those above it that still want money
    reached       whether the money reaches it; None where that is not asked or not told
    """

    item: ListedItem
    place: int
    score: Score
    decision: str
    wants: bool
    running: int | None = None
    reached: bool | None = None

    @property
    def total(self) -> Fraction | None:
        return self.score.total

    @property
    def band(self) -> Band | None:
        return self.score.band


class Ranking(NamedTuple):
    """`unseen` are items whose members' scores this person does not see yet; `hidden` counts those of
    an agenda that they take no part in. `free` is None, and no row is reached, where either has any."""

    rows: list[RankedRow]
    unseen: list[ListedItem]
    hidden: int
    free: int | None
    ends_after: int  # the number of rows above the line “the money reaches to here”

    @property
    def tells_reach(self) -> bool:
        return self.free is not None

    def page(self, after: int) -> Page[RankedRow]:
        """The bids below this place; 0 for the first page."""
        end = after + PAGE
        return Page(self.rows[after:end], end if len(self.rows) > end else None)


def of_meeting(meeting: Meeting, user: User, now: datetime) -> Ranking | None:
    """A meeting's bids, highest first; None for members while its papers are not out."""
    staff = roles_for(user, meeting.fund_id, london_date(now)) & SEE_VOTES
    if meeting.state not in PANEL_PAPERS and not staff:
        return None
    there = or_(AgendaItem.outcome.is_(None), AgendaItem.outcome != ItemOutcome.REMOVED)
    which = (AgendaItem.meeting_id == meeting.id, AgendaItem.change_id.is_(None), there)
    found = items_of(meeting.fund, which, user, now)
    ranking = _ranked(found, which, meeting.fund_id, user, now, tells_reach=not found.hidden)
    return ranking._replace(hidden=found.hidden)


def of_fund(fund: Fund, user: User, now: datetime) -> Ranking:
    """This financial year's scored bids that were not funded, deferred, or lost their offer.

    That a bid stands here, or not, tells how it ended: anyone who takes no part in any of the year's items
    is told neither of theirs nor how far the money reaches, however those ended.
    """
    april = datetime(financial_year(london_date(now)), 4, 1, tzinfo=LONDON).astimezone(UTC)
    later = aliased(AgendaItem)
    decided_again = exists().where(
        later.bid_id == AgendaItem.bid_id, later.id > AgendaItem.id, later.outcome.in_(DECIDED)
    )
    which = (
        AgendaItem.id.in_(_since(april)),
        AgendaItem.outcome.in_(DECIDED),
        AgendaItem.change_id.is_(None),
        ~decided_again,
        Bid.fund_id == fund.id,
        Bid.state.in_(UNFUNDED),
    )
    tells = not _takes_no_part_in_some(fund, april, user, now)
    found = items_of(fund, which, user, now)
    return _ranked(found, which, fund.id, user, now, unfunded=True, tells_reach=tells)


def _since(moment: datetime, *, or_undecided: bool = False) -> Select[int]:
    """Ids of the items that ended since then. A query by itself: databases would rather begin with the
    fund's bids, which are many more after some years."""
    item = aliased(AgendaItem)
    late = item.outcome_at >= moment
    return select(item.id).where(or_(item.outcome_at.is_(None), late) if or_undecided else late)


def _takes_no_part_in_some(fund: Fund, since: datetime, user: User, now: datetime) -> bool:
    """Whether the fund's panel had an item since then, or has one, that this person may not see."""
    found = (  # counted: for one row alone PostgreSQL goes through all items in their order
        select(func.count(AgendaItem.id))
        .join(Bid, AgendaItem.bid_id == Bid.id)
        .join(Meeting, AgendaItem.meeting_id == Meeting.id)
        .where(Bid.fund_id == fund.id, Meeting.state.in_(PANEL_PAPERS), ~sees_papers(user, now))
        .where(AgendaItem.id.in_(_since(since, or_undecided=True)))
    )
    return bool(db.session.scalar(found))


# -- putting it in order ------------------------------------------------------------------------


def _ranked(
    found: Found,
    which: Which,
    fund_id: int,
    user: User,
    now: datetime,
    *,
    tells_reach: bool,
    unfunded: bool = False,
) -> Ranking:
    """unfunded  a list of scored bids, each of which could still be given money; else every item of
    an agenda, of which those do that are not decided"""
    given = scores_of(found.items, which, user, now)
    scored = [(item, item.rules.score(given[item.id])) for item in found.items if item.id in given]
    listed = [one for one in scored if one[1].total is not None or not unfunded]
    listed.sort(key=_key)  # as the rules rank them, each by those it was scored under
    rows = [
        RankedRow(item, place, score, _decision_words(item), unfunded or item.is_open)
        for place, (item, score) in enumerate(listed, start=1)
    ]
    unseen = [item for item in found.items if item.id not in given]
    if unseen or not tells_reach:
        return Ranking(rows, unseen, 0, None, 0)
    return _reaching(rows, fund_id, now)


def _key(one: tuple[ListedItem, Score]) -> tuple[int, ...]:
    item, score = one
    return rank_key(Ranked(item.bid_id, score.given, item.pence, item.pupils), score.total)


def _decision_words(item: ListedItem) -> str:
    if item.state is BidState.NOT_TAKEN_UP:
        return "Offer ended"
    if item.decided:
        return f"Fund, {pounds(item.decided)}"
    return item.outcome.words if item.outcome else ""


# -- how far the money reaches ------------------------------------------------------------------


def _reaching(rows: Sequence[RankedRow], fund_id: int, now: datetime) -> Ranking:
    """Going down the list: each bid that still wants money is reached if, after those above it,
    the lines that may pay its lead school hold enough."""
    wanting = [row for row in rows if row.wants]
    free, reach = ledger.reach(fund_id, [(row.item.kind, row.item.pence) for row in wanting], now)
    told, running = {}, 0
    for row, parts in zip(wanting, reach, strict=True):
        running += row.item.pence
        told[row.place] = row._replace(running=running, reached=parts is not None)
    done = [told.get(row.place, row) for row in rows]
    first_short = next((n for n, row in enumerate(done) if row.reached is False), len(done))
    return Ranking(done, [], 0, free, first_short)
