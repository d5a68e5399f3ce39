"""Whoever decides is there, and free of an interest that takes the vote."""

from collections.abc import Callable
from typing import Any

import pytest

from fundflow.models.fund import Decider
from fundflow.models.interest import InterestKind, InterestSort
from fundflow.models.person import RoleName, User
from fundflow.panel.operations import decisions, interests
from fundflow.workflow.engine import Refused
from tests.panel.conftest import Panel
from tests.panel.deciding import under

Deciding = Callable[[Panel, User], Any]


def approve(panel: Panel, user: User) -> None:
    decisions.approve(panel.bid, 300_000, **panel.decided(user=user))


def decline(panel: Panel, user: User) -> None:
    decisions.decline(panel.bid, **panel.decided(user=user))


def defer(panel: Panel, user: User) -> None:
    decisions.defer(panel.bid, "How many pupils?", user=user, now=panel.now)


def undo(panel: Panel, user: User) -> None:
    decisions.undo_decision(panel.bid, "A slip.", user=user, now=panel.now)


VOTES = {approve: " ++++", decline: " ----", defer: " ++++"}
AT_THE_TABLE = pytest.mark.parametrize("decide", VOTES, ids=lambda decide: decide.__name__)


def disclosed(panel: Panel, user: User) -> None:
    """The records show a tie of theirs that is open to all."""
    panel.make.interest(user, school=panel.bid.lead_school, sort=InterestSort.OTHER, bars=False)
    panel.make.session.commit()
    panel.make.session.expire_all()


@AT_THE_TABLE
def test_a_chair_who_is_away_records_no_decision_and_the_deputy_who_is_there_does(panel, decide):
    panel.votes(VOTES[decide])
    with pytest.raises(Refused, match="not recorded as present"):
        decide(panel, panel.chair)
    panel.make.session.rollback()
    decide(panel, panel.deputy)


@AT_THE_TABLE
def test_a_chair_with_a_disclosed_interest_decides_nothing_and_the_deputy_does(panel, decide):
    panel.votes(VOTES[decide])
    panel.here(0)
    disclosed(panel, panel.chair)
    with pytest.raises(Refused, match="nobody who has one has a vote"):
        decide(panel, panel.chair)
    panel.make.session.rollback()
    decide(panel, panel.deputy)


@AT_THE_TABLE
def test_where_the_rules_let_those_who_disclosed_vote_they_decide_too(panel, decide):
    panel.votes(VOTES[decide])
    panel.here(0)
    under(panel, disclosed_may_vote=True)
    disclosed(panel, panel.chair)
    decide(panel, panel.chair)


def test_an_interest_the_chair_declares_after_deciding_keeps_them_from_taking_it_back(panel):
    panel.votes("+++++")
    approve(panel, panel.chair)
    seat = panel.seats[0]
    interests.declare(
        panel.item, seat.id, InterestKind.DISCLOSED, "I know them.", user=panel.clerk, now=panel.now
    )
    with pytest.raises(Refused, match="nobody who has one has a vote"):
        undo(panel, panel.chair)


def test_an_authorised_officer_need_not_be_there_but_must_be_free(panel_of):
    panel = panel_of(decider=Decider.AUTHORISED_OFFICER, officer_limit_pence=900_000, delegation="Part 3")
    officer = panel.make.staff(RoleName.AUTHORISED_OFFICER, "Dana Director")
    panel.votes("+++++")
    disclosed(panel, officer)
    with pytest.raises(Refused, match="nobody who has one has a vote"):
        approve(panel, officer)
    panel.make.session.rollback()
    approve(panel, panel.make.staff(RoleName.AUTHORISED_OFFICER))
