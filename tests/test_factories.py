import pytest

from fundflow.workflow.application import BidState
from tests.factories import Make


@pytest.mark.parametrize("state", list(BidState))
def test_a_bid_can_be_made_in_every_state(make: Make, state: BidState) -> None:
    bid = make.bid(state=state)
    assert bid.state is state
    assert bid.missing_sections() == []


def test_the_worked_example_comes_to_three_thousand_pounds(make: Make) -> None:
    bid = make.bid()
    lines = sum(line.pence for line in bid.backfill_lines)
    assert lines + sum(cost.pence for cost in bid.cost_lines) == 300_000
