import pytest

from fundflow.rules.bid_sections import SECTIONS, missing_sections
from fundflow.workflow.application import BidState
from tests.factories import Make


@pytest.mark.parametrize("state", list(BidState))
def test_a_bid_can_be_made_in_every_state(make: Make, state: BidState) -> None:
    bid = make.bid(state=state)
    assert bid.state is state
    assert missing_sections(bid) == []


def test_the_worked_example_comes_to_three_thousand_pounds(make: Make) -> None:
    bid = make.bid()
    lines = sum(line.pence for line in bid.backfill_lines)
    assert lines + sum(cost.pence for cost in bid.cost_lines) == 300_000


OF_THE_FUND = (
    "schools",
    "costs",
    "round-questions",
    "more-questions",
)  # sections where more can be missing than answers


def test_a_complete_bid_has_an_answer_to_every_question(make: Make) -> None:
    bid = make.bid()
    sections = [section for section in SECTIONS if section.slug not in OF_THE_FUND]
    missing = [why for section in sections for why in section.what_is_missing(bid)]
    assert not missing, "A line more in fundflow/demo/answers.py, or a row more in tests/factories/bids.py"
