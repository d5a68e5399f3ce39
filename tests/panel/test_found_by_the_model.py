"""What walking beside the model found (`test_model_walk`), each as the shortest case of it."""

import pytest

from fundflow.models.decision import LateInterest
from fundflow.models.interest import InterestKind
from fundflow.models.person import Sector
from fundflow.panel.operations import attendance, decisions, interests, items
from fundflow.rules.panel.sittings import sitting_of
from fundflow.workflow.engine import Refused
from fundflow.workflow.panel_rules import Choice
from tests.panel.conftest import Panel


def declare(panel: Panel, n: int, kind: InterestKind) -> None:
    text = "" if kind is InterestKind.NONE else "My brother."
    interests.declare(panel.item, panel.seats[n].id, kind, text, user=panel.clerk, now=panel.now)


def test_a_substitute_is_not_counted_beside_a_member_whose_interest_was_taken_back(panel: Panel) -> None:
    substitute = panel.make.seat(panel.fund, sector=Sector.PRIMARY)
    substitute.stands_in_for_id = panel.seats[2].id
    panel.seats.append(substitute)
    panel.make.session.commit()
    panel.here(0, 2, 3)
    declare(panel, 2, InterestKind.BARRED)
    panel.here(5)  # in the place of the primary member
    declare(panel, 2, InterestKind.NONE)  # who may come back
    sitting = sitting_of(panel.item, panel.now)
    assert sitting.counted == 3
    with pytest.raises(Refused, match="not recorded as present"):
        items.vote(panel.item, substitute.id, Choice.FUND, user=panel.clerk, now=panel.now)
    panel.make.session.rollback()
    attendance.record_presence(panel.item, panel.seats[2].id, present=False, user=panel.clerk, now=panel.now)
    items.vote(panel.item, substitute.id, Choice.FUND, user=panel.clerk, now=panel.now)
    assert sitting_of(panel.item, panel.now).tally == (1, 0, 0)


def test_the_casting_vote_of_a_chair_who_left_settles_nothing(panel: Panel) -> None:
    panel.votes("0+-+-")
    items.cast(panel.item, Choice.FUND, "The need is urgent.", user=panel.chair, now=panel.now)
    assert panel.why_no_majority("fund") is None
    attendance.record_presence(panel.item, panel.seats[0].id, present=False, user=panel.clerk, now=panel.now)
    with pytest.raises(
        Refused, match=r"^The vote is tied \(2 for, 2 against\)\. The chair has a casting vote"
    ):
        decisions.approve(panel.bid, 300_000, **panel.decided(user=panel.deputy))
    panel.make.session.rollback()
    items.cast(panel.item, Choice.FUND, "I agree.", user=panel.deputy, now=panel.now)
    decisions.approve(panel.bid, 300_000, **panel.decided(user=panel.deputy))


def test_nobody_is_told_of_an_interest_that_was_known_before_the_decision(panel: Panel) -> None:
    panel.votes("+++++")
    declare(panel, 4, InterestKind.BARRED)  # their vote is void, and the decision made without them
    decisions.approve(panel.bid, 300_000, **panel.decided())
    declare(panel, 4, InterestKind.BARRED)
    assert panel.make.session.query(LateInterest).count() == 0
