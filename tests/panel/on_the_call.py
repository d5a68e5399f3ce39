"""What tests of the call do: who joins, who leaves, what is proposed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient

from fundflow.models.panel import AgendaItem
from fundflow.models.person import Seat, User
from fundflow.panel.operations import attendance, interests, proposals
from fundflow.workflow.application import BidState
from tests.panel.conftest import Panel

SignIn = Callable[[User | None], FlaskClient]


def another(panel: Panel, title: str = "Maths mastery", **values: Any) -> AgendaItem:
    """A second item at the same meeting."""
    bid = panel.make.bid(fund=panel.fund, state=BidState.IN_REVIEW, title=title, now=panel.now, **values)
    item = panel.make.item(bid, panel.item.meeting)
    panel.make.confirmed(bid)
    bid.state = BidState.AT_PANEL
    panel.make.session.commit()
    return item


def joins(panel: Panel, *numbers: int) -> None:
    """They join the call, in one act of the clerk's."""
    seats = {panel.seats[n].id for n in numbers}
    attendance.record_attendance(panel.item.meeting, seats, (), user=panel.clerk, now=panel.now)


def call(panel: Panel, seat: Seat, *, present: bool, now: datetime | None = None) -> None:
    attendance.record_call(
        panel.item.meeting, seat.id, present=present, user=panel.clerk, now=now or panel.now
    )


def no_interest(panel: Panel, item: AgendaItem) -> None:
    interests.declare_none_for_the_rest(item, user=panel.clerk, now=panel.now)


def propose(panel: Panel, pence: int, reason: str = "It fits the budget.") -> bool:
    return proposals.propose(panel.item, pence, reason, user=panel.clerk, now=panel.now)
