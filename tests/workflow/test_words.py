"""What each state is called, word for word as in docs/rules.md, "Words"."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from fundflow.workflow.application import BidState
from fundflow.workflow.words import state_words

TABLE = {
    "draft": ("Not submitted yet", "Draft"),
    "submitted": ("Submitted", "New"),
    "in_review": ("Being checked", "With Olive Officer"),
    "returned": ("We need more from you by 9 February", "Waiting for school"),
    "ineligible": ("Does not meet the fund’s rules", "Ineligible: No other school takes part"),
    "at_panel": ("Going to the panel on 3 March", "On agenda, 3 March"),
    "deferred": ("The panel has a question", "Deferred (1 of 2)"),
    "not_funded": ("Not funded", "Not funded"),
    "offered": ("Offer: reply by 9 February", "Offer out, £3,000 reserved"),
    "not_taken_up": ("Offer ended", "Lapsed / turned down"),
    "in_delivery": ("Funded: support under way", "In delivery"),
    "suspended": ("Payments paused", "Suspended"),
    "terminated": ("Funding stopped", "Stopped early"),
    "in_monitoring": ("Tell us what changed by 9 February", "Report due / to check"),
    "closed": ("Complete", "Closed"),
    "withdrawn": ("Withdrawn", "Withdrawn"),
}


def a_bid(state: BidState, **changes: Any) -> Any:
    return SimpleNamespace(
        **{
            "state": state,
            "due_on": date(2027, 2, 9),
            "officer_name": "Olive Officer",
            "ineligible_rule": "No other school takes part",
            "meeting_on": date(2027, 3, 3),
            "deferrals": 1,
            "offer_words": "£3,000",
            **changes,
        }
    )


@pytest.mark.parametrize("state", list(BidState))
def test_schools_and_staff_read_the_words_of_the_brief(state: BidState) -> None:
    bid = a_bid(state)
    said = (state_words(bid, for_staff=False).text, state_words(bid, for_staff=True).text)
    assert said == TABLE[state.value]


def test_words_are_whole_without_dates_and_names() -> None:
    bare = {
        "due_on": None,
        "officer_name": "",
        "ineligible_rule": "",
        "meeting_on": None,
        "deferrals": 0,
        "offer_words": "",
    }
    for state in BidState:
        for for_staff in (True, False):
            text = state_words(a_bid(state, **bare), for_staff=for_staff).text
            assert text == text.strip(" ,:")
            assert "None" not in text


def test_a_school_that_has_sent_its_report_is_not_asked_for_it() -> None:
    words = state_words(a_bid(BidState.IN_MONITORING, due_on=None), for_staff=False)
    assert words == ("Your report is with us", "yellow")


def test_a_school_that_answered_the_panel_owes_nothing() -> None:
    bid = a_bid(BidState.DEFERRED, panel_answer="By training leads.")
    said = state_words(bid, for_staff=False)
    assert said == ("We have your answer: the panel looks again", "yellow")
    assert state_words(bid, for_staff=True).text == "Deferred (1 of 2)"
