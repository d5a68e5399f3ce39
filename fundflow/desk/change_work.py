"""Which changes of awards wait for somebody: conditions on Bid, for the table of My work."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_

from fundflow.desk.conditions import decides, in_hand_or_nobodys
from fundflow.desk.some import some
from fundflow.models.area import SCHOOL_TODAY
from fundflow.models.bid import Bid
from fundflow.models.change import ChangeAnswer, ChangeRequest
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.person import Membership, SeatPosition, Standing, User
from fundflow.models.school import School
from fundflow.rules.asker import Asker
from fundflow.rules.interests.bars import is_hidden
from fundflow.workflow.application import UNDER_WAY
from fundflow.workflow.change_request import ChangeState as S
from fundflow.workflow.meeting import MeetingState


def _change_in(state: S, *more: Any) -> ColumnElement[bool]:
    """Awards under way with a change in this state."""
    return and_(some(ChangeRequest.bid_id, ChangeRequest.state == state, *more), Bid.state.in_(UNDER_WAY))


def to_confirm(who: Asker) -> ColumnElement[bool]:
    """Changes that were entered for a school which this person leads."""
    return and_(_change_in(S.TO_CONFIRM), Bid.lead_school_id.in_(who.leading))


def to_agree(who: Asker) -> ColumnElement[bool]:
    """Changes to which another school must agree, which this person leads."""
    mine = or_(School.id.in_(who.leading), School.succeeded_by_id.in_(who.leading))
    unanswered = (ChangeAnswer.change_id == ChangeRequest.id, ChangeAnswer.agreed_at.is_(None))
    asked = exists().where(*unanswered, School.id == ChangeAnswer.school_id, mine)
    return _change_in(S.WITH_SCHOOLS, asked.correlate(ChangeRequest))


def for_the_officer(who: Asker) -> ColumnElement[bool]:
    """Changes for this officer to decide; what they entered is a colleague's."""
    mine = ChangeRequest.asked_by_id == who.id
    own = (~mine, ChangeRequest.more.is_(False))
    theirs = and_(_change_in(S.WITH_OFFICER, *own), in_hand_or_nobodys(who))
    entered = and_(_change_in(S.WITH_OFFICER, *own, ChangeRequest.by_council), ~in_hand_or_nobodys(who))
    return and_(or_(theirs, entered), ~is_hidden(who))


def for_an_agenda(who: Asker) -> ColumnElement[bool]:
    """Changes that ask for more money, for this officer to put to the panel."""
    asked = _change_in(S.WITH_OFFICER, ChangeRequest.more)
    return and_(asked, in_hand_or_nobodys(who), ~is_hidden(who))


def without_account(who: Asker) -> ColumnElement[bool]:
    """Changes that wait for schools of which no head has an account: the officer records their answers."""
    head = exists().where(
        School.id == ChangeAnswer.school_id,
        Membership.school_id == SCHOOL_TODAY,
        Membership.standing == Standing.LEADER,
        Membership.starts_on <= who.day,
        or_(Membership.ends_on.is_(None), Membership.ends_on >= who.day),
        User.id == Membership.user_id,
        User.active,
    )
    asked = exists().where(
        ChangeAnswer.change_id == ChangeRequest.id,
        ChangeAnswer.agreed_at.is_(None),
        ~head.correlate(ChangeAnswer),
    )
    waiting = _change_in(S.WITH_SCHOOLS, asked.correlate(ChangeRequest))
    return and_(waiting, in_hand_or_nobodys(who), ~is_hidden(who))


def before_the_panel(who: Asker) -> ColumnElement[bool]:
    """Changes on which the panel can vote now, for the decision maker of their fund: in a meeting in
    session, by email between meetings, in one that is over."""
    on = (
        AgendaItem.change_id == ChangeRequest.id,
        AgendaItem.outcome.is_(None),
        AgendaItem.meeting_id == Meeting.id,
        or_(
            Meeting.state.in_((MeetingState.IN_SESSION, MeetingState.CLOSED)),
            AgendaItem.email_vote_until.is_not(None),
        ),
    )
    deciding = decides(who, SeatPosition.CHAIR, SeatPosition.DEPUTY)
    return and_(
        _change_in(S.AT_PANEL, exists().where(*on).correlate(ChangeRequest)), deciding, ~is_hidden(who)
    )


def for_the_decider(who: Asker) -> ColumnElement[bool]:
    """Changes for the decision maker of their fund."""
    deciding = decides(who, SeatPosition.CHAIR, SeatPosition.DEPUTY)
    return and_(_change_in(S.WITH_DECIDER), deciding, ~is_hidden(who))
