"""The ranked list: a meeting's bids, or a fund's unfunded ones, and how far the money reaches.

Whoever may not see one of its bids, or its score, learns nothing from the others' places and sums:
such rows stand below the list, and the money's reach is not worked out for that person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.decision import Decision
from fundflow.models.fund import Fund
from fundflow.models.money import financial_year, pounds
from fundflow.models.panel import AgendaItem, ItemOutcome, Meeting
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.panel.queries import DECIDED, SEE_VOTES
from fundflow.panel.scores.queries import sees_scores
from fundflow.permissions import PANEL_PAPERS, roles_for, sees_papers
from fundflow.rules.panel.scores import criterion_scores
from fundflow.rules.panel.sittings import load_records
from fundflow.workflow.application import BidState
from fundflow.workflow.panel_rules import Band, Ranked, Scores, rank_key
from fundflow.workflow.working_days import LONDON, london_date

MOST = 200  # bids on one list
UNFUNDED = (BidState.NOT_FUNDED, BidState.DEFERRED, BidState.NOT_TAKEN_UP)


@dataclass(frozen=True, slots=True)
class RankedRow:
    """One bid of the list, for somebody who may see it and its score.

    asked, pence  what the school asked for, and what the list reckons with: what is put to the vote,
                  or what was offered
    decision      what was decided, in words; empty while nothing was
    wants         whether it still wants money
    running       pence of this bid and of those above it that still want money
    reached       whether the money reaches it; None where that is not asked or not told
    """

    item: AgendaItem
    place: int
    given: Scores
    total: Fraction | None
    band: Band | None
    low: str
    asked: int
    pence: int
    decision: str
    wants: bool
    running: int | None = None
    reached: bool | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """`unseen` are items whose members' scores this person does not see yet; `hidden` counts those of
    an agenda that they take no part in. `free` is None, and no row is reached, where either has any."""

    rows: list[RankedRow]
    unseen: list[AgendaItem]
    hidden: int
    free: int | None
    ends_after: int  # the number of rows above the line “the money reaches to here”

    @property
    def tells_reach(self) -> bool:
        return self.free is not None


def of_meeting(meeting: Meeting, user: User, now: datetime) -> Ranking | None:
    """A meeting's bids, highest first; None for members while its papers are not out."""
    staff = roles_for(user, meeting.fund_id, london_date(now)) & SEE_VOTES
    if meeting.state not in PANEL_PAPERS and not staff:
        return None
    there = or_(AgendaItem.outcome.is_(None), AgendaItem.outcome != ItemOutcome.REMOVED)
    found = _items(user, now, AgendaItem.meeting_id == meeting.id, there)
    hidden = sum(not seen for _item, seen in found)
    return replace(_ranked(found, meeting.fund_id, user, now, tells_reach=not hidden), hidden=hidden)


def of_fund(fund: Fund, user: User, now: datetime) -> Ranking:
    """This financial year's scored bids that were not funded, deferred, or lost their offer.

    That a bid stands here, or not, tells how it ended: whoever takes no part in any of the year's items
    is told neither of theirs nor how far the money reaches, however those ended.
    """
    latest = (
        select(func.max(AgendaItem.id)).where(AgendaItem.outcome.in_(DECIDED)).group_by(AgendaItem.bid_id)
    )
    april = datetime(financial_year(london_date(now)), 4, 1, tzinfo=LONDON).astimezone(UTC)
    found = _items(
        user,
        now,
        Bid.fund_id == fund.id,
        Bid.state.in_(UNFUNDED),
        AgendaItem.id.in_(latest),
        AgendaItem.outcome_at >= april,
    )
    tells = not _takes_no_part_in_some(fund, april, user, now)
    return _ranked(found, fund.id, user, now, unfunded=True, tells_reach=tells)


def _takes_no_part_in_some(fund: Fund, since: datetime, user: User, now: datetime) -> bool:
    """Whether the fund's panel had an item since then, or has one, that this person may not see."""
    found = (
        select(AgendaItem.id)
        .join(Bid, AgendaItem.bid_id == Bid.id)
        .join(Meeting, AgendaItem.meeting_id == Meeting.id)
        .where(Bid.fund_id == fund.id, Meeting.state.in_(PANEL_PAPERS), ~sees_papers(user, now))
        .where(or_(AgendaItem.outcome_at.is_(None), AgendaItem.outcome_at >= since))
        .limit(1)
    )
    return db.session.scalar(found) is not None


def _items(user: User, now: datetime, *which: ColumnElement[bool]) -> list[tuple[AgendaItem, bool]]:
    """(item, whether this person may see it), with all that ranking reads, in a fixed number of
    queries."""
    query = (
        select(AgendaItem, sees_papers(user, now))
        .join(Bid, AgendaItem.bid_id == Bid.id)
        .join(Meeting, AgendaItem.meeting_id == Meeting.id)
        .where(*which)
        .order_by(AgendaItem.id.desc())
        .limit(MOST)
        .options(
            joinedload(AgendaItem.meeting),
            joinedload(AgendaItem.kept_rules),
            joinedload(AgendaItem.bid).options(
                joinedload(Bid.fund).options(selectinload(Fund.panel_rules), selectinload(Fund.seats)),
                joinedload(Bid.lead_school).joinedload(School.trust),
                selectinload(Bid.partners).joinedload(Partner.school).joinedload(School.trust),
                selectinload(Bid.declarations),
                selectinload(Bid.named_people),
                selectinload(Bid.offers),
            ),
            selectinload(AgendaItem.presences),
            selectinload(AgendaItem.votes),
            selectinload(AgendaItem.scores),
            selectinload(AgendaItem.sheets),
        )
    )
    return [(item, bool(seen)) for item, seen in db.session.execute(query)]


# -- putting it in order ------------------------------------------------------------------------


def _ranked(
    found: Sequence[tuple[AgendaItem, bool]],
    fund_id: int,
    user: User,
    now: datetime,
    *,
    tells_reach: bool,
    unfunded: bool = False,
) -> Ranking:
    """unfunded  a list of scored bids, each of which could still be given money; else every item of
    an agenda, of which those do that are not decided"""
    items = [item for item, seen in found if seen]
    load_records([item for item in items if item.scores_individually], now)
    shown = [item for item in items if sees_scores(user, item, now)]
    decisions = _decisions([item.id for item in shown])
    rows = _in_order(
        row
        for item in shown
        if (row := _row(item, decisions.get(item.id), now, wants=unfunded or item.is_open))
        and (row.total is not None or not unfunded)
    )
    unseen = [item for item in items if item not in shown]
    if unseen or not tells_reach:
        return Ranking(rows, unseen, 0, None, 0)
    return _reaching(rows, fund_id, now)


def _row(item: AgendaItem, decision: Decision | None, now: datetime, *, wants: bool) -> RankedRow:
    at = item.outcome_at or now  # as the panel sat then
    given, rules = criterion_scores(item, at), item.rules
    pence = item.voted_pence
    if item.bid.state is BidState.NOT_TAKEN_UP and item.bid.offers:
        pence = item.bid.offers[-1].pence
    return RankedRow(
        item=item,
        place=0,
        given=given,
        total=rules.total(given),
        band=rules.band(given),
        low=rules.why_not_fundable(given) or "",
        asked=item.bid.requested_pence,
        pence=pence,
        decision=_decision_words(item, decision),
        wants=wants,
    )


def _decision_words(item: AgendaItem, decision: Decision | None) -> str:
    if item.bid.state is BidState.NOT_TAKEN_UP:
        return "Offer ended"
    if decision is not None and decision.pence:
        return f"Fund, {pounds(decision.pence)}"
    return item.outcome.words if item.outcome else ""


def _in_order(rows: Iterable[RankedRow]) -> list[RankedRow]:
    """As the rules rank them, each by those it was scored under."""
    listed = sorted(
        rows,
        key=lambda row: rank_key(
            Ranked(row.item.bid_id, row.given, row.pence, row.item.bid.pupils_benefiting or 0),
            row.item.rules,
        ),
    )
    return [replace(row, place=n) for n, row in enumerate(listed, start=1)]


# -- how far the money reaches ------------------------------------------------------------------


def _reaching(rows: list[RankedRow], fund_id: int, now: datetime) -> Ranking:
    """Going down the list: each bid that still wants money is reached if, after those above it,
    the lines that may pay its lead school hold enough."""
    wanting = [row for row in rows if row.wants]
    reach = ledger.reach(fund_id, [(row.item.bid.lead_school, row.pence) for row in wanting], now)
    told, running = {}, 0
    for row, parts in zip(wanting, reach, strict=True):
        running += row.pence
        told[row.place] = (running, parts is not None)
    done = [
        replace(row, running=told[row.place][0], reached=told[row.place][1]) if row.place in told else row
        for row in rows
    ]
    first_short = next((n for n, row in enumerate(done) if row.reached is False), len(done))
    return Ranking(done, [], 0, ledger.free_this_year(fund_id, now), first_short)


def _decisions(item_ids: list[int]) -> dict[int, Decision]:
    """The decision that stands on each item."""
    found = db.session.scalars(
        select(Decision)
        .where(Decision.item_id.in_(item_ids), Decision.undone_at.is_(None))
        .order_by(Decision.id)
    )
    return {decision.item_id: decision for decision in found}
