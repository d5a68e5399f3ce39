"""What the ranked lists read, column by column: the items with their bids, and each bid's scores."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.decision import Decision, Offer
from fundflow.models.fund import Fund
from fundflow.models.panel import AgendaItem, AgreedScore, ItemOutcome, Meeting
from fundflow.models.person import User
from fundflow.models.school import School, SchoolKind, kind_of
from fundflow.panel.scores.queries import sees_scores
from fundflow.permissions import sees_papers
from fundflow.rules.panel.scores import criterion_scores
from fundflow.rules.panel.sittings import load_records
from fundflow.workflow.application import BidState
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import Rules, Scores

Which = Sequence[ColumnElement[bool]]  # which agenda items: conditions on AgendaItem, Bid and Meeting


class ListedItem(NamedTuple):
    """An agenda item and its bid.

    asked, pence  what the school asked for, and what the list reckons with: what is put to the vote,
                  or what was offered
    decided       pence of the decision that stands, if it gives money
    """

    id: int
    meeting_id: int
    bid_id: int
    reference: str
    title: str
    school: str
    kind: SchoolKind
    state: BidState
    rules: Rules
    asked: int
    pence: int
    pupils: int
    decided: int | None
    outcome: ItemOutcome | None
    is_open: bool

    @property
    def scores_individually(self) -> bool:
        return self.rules.scores_individually(self.asked)


class Found(NamedTuple):
    """The items of a list that a person may see, newest first, and how many more there are."""

    items: list[ListedItem]
    hidden: int


def items_of(fund: Fund, which: Which, user: User, now: datetime) -> Found:
    versions, today = {one.id: one.rules for one in fund.panel_rules}, fund.rules
    items, hidden = [], 0
    for row in db.session.execute(_columns(user, now).where(*which)):
        if row.seen:
            items.append(_item(row, versions[row.rules_id] if row.rules_id else today))
        else:
            hidden += 1
    return Found(items, hidden)


def _columns(user: User, now: datetime) -> Any:
    offered = select(Offer.pence).where(Offer.bid_id == Bid.id).order_by(Offer.id.desc()).limit(1)
    stands = (Decision.item_id == AgendaItem.id, Decision.undone_at.is_(None))
    decided = select(Decision.pence).where(*stands).order_by(Decision.id.desc()).limit(1)
    return (
        select(
            *(AgendaItem.id, AgendaItem.meeting_id, AgendaItem.bid_id, AgendaItem.rules_id),
            *(AgendaItem.outcome, AgendaItem.proposed_pence, Meeting.state.label("meeting_state")),
            *(Bid.reference, Bid.title, Bid.state, Bid.requested_pence, Bid.pupils_benefiting),
            *(School.name, School.type_code, School.type_name, School.is_organisation),
            offered.scalar_subquery().label("offered"),
            decided.scalar_subquery().label("decided"),
            sees_papers(user, now).label("seen"),
        )
        .join(Bid, AgendaItem.bid_id == Bid.id)
        .join(Meeting, AgendaItem.meeting_id == Meeting.id)
        .join(School, Bid.lead_school_id == School.id)
        .order_by(AgendaItem.id.desc())
    )


def _item(row: Any, rules: Rules) -> ListedItem:
    pence = row.requested_pence if row.proposed_pence is None else row.proposed_pence
    if row.state is BidState.NOT_TAKEN_UP and row.offered is not None:
        pence = row.offered
    return ListedItem(
        id=row.id,
        meeting_id=row.meeting_id,
        bid_id=row.bid_id,
        reference=row.reference,
        title=row.title,
        school=row.name,
        kind=kind_of(row.type_code, row.type_name, is_organisation=row.is_organisation),
        state=row.state,
        rules=rules,
        asked=row.requested_pence,
        pence=pence,
        pupils=row.pupils_benefiting or 0,
        decided=row.decided,
        outcome=row.outcome,
        is_open=row.outcome is None and row.meeting_state is not MeetingState.CANCELLED,
    )


# -- their scores -------------------------------------------------------------------------------


def scores_of(items: Collection[ListedItem], which: Which, user: User, now: datetime) -> Mapping[int, Scores]:
    """By item's id its scores by criterion; none of an item whose scores this person may not see yet."""
    given: dict[int, Scores] = {}
    agreed: dict[int, dict[str, int]] = {item.id: {} for item in items if not item.scores_individually}
    if agreed:
        query = select(AgreedScore.item_id, AgreedScore.criterion, AgreedScore.score).join(AgendaItem)
        for item_id, criterion, score in db.session.execute(query.join(Bid).join(Meeting).where(*which)):
            if item_id in agreed:
                agreed[item_id][criterion] = score
    given.update(agreed)
    given.update(_members_scores([item.id for item in items if item.scores_individually], user, now))
    return given


def _members_scores(item_ids: Collection[int], user: User, now: datetime) -> Mapping[int, Scores]:
    """Of the largest bids alone: whose scores count is for the panel's rules to say, bid by bid."""
    if not item_ids:
        return {}
    items = db.session.scalars(_with_sittings().where(AgendaItem.id.in_(item_ids))).all()
    load_records(items, now)
    return {
        item.id: criterion_scores(item, item.outcome_at or now)  # as the panel sat then
        for item in items
        if sees_scores(user, item, now)
    }


def _with_sittings() -> Select[AgendaItem]:
    """Items with what the rules of a sitting read, in a fixed number of queries."""
    return select(AgendaItem).options(
        joinedload(AgendaItem.meeting),
        joinedload(AgendaItem.kept_rules),
        joinedload(AgendaItem.bid).options(
            joinedload(Bid.fund).options(selectinload(Fund.panel_rules), selectinload(Fund.seats)),
            joinedload(Bid.lead_school).joinedload(School.trust),
            selectinload(Bid.partners).joinedload(Partner.school).joinedload(School.trust),
            selectinload(Bid.declarations),
            selectinload(Bid.named_people),
        ),
        selectinload(AgendaItem.presences),
        selectinload(AgendaItem.votes),
        selectinload(AgendaItem.sheets),
    )
