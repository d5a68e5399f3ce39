"""A bid's timeline: what was done, and the days that come next, as each reader may know them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from fundflow.desk.timeline import MILESTONES, Moment, timeline
from fundflow.history import record_event
from fundflow.models.bid import Bid
from fundflow.models.decision import Decision
from fundflow.models.panel import ItemOutcome
from fundflow.models.person import RoleName, User
from fundflow.workflow.application import APPLICATION
from fundflow.workflow.application import BidState as S
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.working_days import london_date
from tests.factories import NOW, TODAY, Make

SignIn = Callable[..., Any]


def said(bid: Bid, user: User, *, inside: bool = False) -> list[tuple[str, date]]:
    return [(moment.what, moment.day) for moment in timeline(bid, user, NOW, inside=inside)]


def happened(make: Make, bid: Bid, step: str, at: datetime, *, internal: bool = False) -> int:
    entry = record_event(bid, step, "A step", user=make.user(), now=at, internal=internal)
    make.session.flush()
    return entry.id


def days(n: int) -> datetime:
    return NOW + timedelta(days=n)


def test_a_draft_has_no_timeline(make: Make) -> None:
    bid = make.bid()
    assert said(bid, make.member(bid.lead_school)) == []


def test_what_was_done_stands_before_what_comes_each_by_its_day(make: Make) -> None:
    bid = make.bid(state=S.IN_DELIVERY)
    bid.start_on, bid.end_on = TODAY - timedelta(days=5), TODAY + timedelta(days=60)
    (report,) = bid.returns
    report.due_on = TODAY + timedelta(days=90)
    for step, at in (("submit", days(-40)), ("accept_offer", days(-9)), ("take_up", days(-30))):
        happened(make, bid, step, at)
    happened(make, bid, "correct", days(-20))
    head = make.member(bid.lead_school)
    assert said(bid, head) == [
        ("Submitted the bid", london_date(days(-40))),
        ("Started the review", london_date(days(-30))),
        ("Accepted the offer", london_date(days(-9))),
        ("Support began", bid.start_on),
        ("Support ends", bid.end_on),
        ("Final report due", report.due_on),
    ]
    found = timeline(bid, head, NOW, inside=False)
    assert [moment.is_done for moment in found] == [True] * 4 + [False] * 2
    assert [moment.what for moment in found if moment.is_next] == ["Support ends"]


def test_a_report_that_is_late_says_so_and_is_done_once_it_is_sent(make: Make) -> None:
    bid = make.bid(state=S.IN_MONITORING)
    bid.start_on = bid.end_on = None
    (report,) = bid.returns
    report.state, report.due_on = ReturnState.DUE, TODAY
    head = make.member(bid.lead_school)
    assert timeline(bid, head, NOW, inside=False) == [
        Moment("Final report due", TODAY, is_done=False, is_next=True, is_late=False)
    ]
    report.due_on = TODAY - timedelta(days=1)
    assert timeline(bid, head, NOW, inside=False) == [
        Moment("Final report due", report.due_on, is_done=False, is_next=True, is_late=True)
    ]
    report.state, report.submitted_at = ReturnState.SUBMITTED, NOW
    assert timeline(bid, head, NOW, inside=False) == [Moment("Final report sent", TODAY, is_done=True)]


@pytest.mark.parametrize("state", [S.NOT_FUNDED, S.WITHDRAWN, S.INELIGIBLE, S.TERMINATED, S.NOT_TAKEN_UP])
def test_nothing_comes_after_a_bid_has_ended(make: Make, state: S) -> None:
    bid = make.bid(state=state)
    bid.end_on = TODAY + timedelta(days=60)
    found = timeline(bid, make.staff(RoleName.OFFICER), NOW, inside=True)
    assert [moment for moment in found if not moment.is_done] == []


def test_a_bid_on_an_agenda_says_when_the_panel_meets(make: Make) -> None:
    bid = make.bid(state=S.AT_PANEL)
    meeting = bid.items[-1].meeting
    assert ("The panel meets", london_date(meeting.starts_at)) in said(bid, make.member(bid.lead_school))


def test_an_offer_says_by_when_to_reply_to_those_who_may_know_of_it(make: Make) -> None:
    bid = make.bid(state=S.OFFERED)
    reply = ("Reply to the offer by", bid.offer.reply_by)
    assert reply in said(bid, make.member(bid.lead_school))
    assert reply not in said(bid, make.member(bid.providers[0]))


def test_an_offer_is_replied_to_before_the_support_begins(make: Make) -> None:
    bid = make.bid(state=S.OFFERED)
    bid.start_on = bid.offer.reply_by - timedelta(days=3)
    found = timeline(bid, make.member(bid.lead_school), NOW, inside=False)
    assert [(one.what, one.is_next) for one in found if not one.is_done][:2] == [
        ("Reply to the offer by", True),
        ("Support begins", False),
    ]


def test_a_decision_whose_letter_is_held_is_kept_from_the_school(make: Make) -> None:
    bid, officer = make.bid(state=S.OFFERED), make.staff(RoleName.OFFICER)
    head = make.member(bid.lead_school)
    entry = happened(make, bid, "approve", days(-1))
    bid.decision_held_until = due = TODAY + timedelta(days=4)
    make.session.add(
        Decision(
            bid=bid,
            item=bid.items[-1],
            outcome=ItemOutcome.APPROVED,
            pence=bid.offer.pence,
            reasons="Good.",
            votes_for=3,
            votes_against=0,
            abstentions=0,
            decided_at=days(-1),
            decided_by_id=officer.id,
            letters_due_on=due,
            entry_id=entry,
        )
    )
    make.session.flush()
    assert said(bid, head) == []
    inside = [what for what, _day in said(bid, officer, inside=True)]
    assert "Decided to fund the bid" in inside
    assert ("Decision letter goes by", due) in said(bid, officer, inside=True)


def test_staff_alone_read_of_internal_steps(make: Make) -> None:
    bid = make.bid(state=S.IN_REVIEW)
    happened(make, bid, "take_up", NOW, internal=True)
    assert said(bid, make.member(bid.lead_school)) == []
    assert said(bid, make.staff(RoleName.OFFICER), inside=True) == [("Started the review", TODAY)]


@pytest.mark.one_database
def test_every_milestone_is_a_step_with_one_set_of_words() -> None:
    for name in MILESTONES:  # and its history has one set of words
        assert len({row.past for row in APPLICATION.rows(name)}) == 1, name


def test_the_front_page_lists_them_in_words(make: Make, sign_in: SignIn) -> None:
    bid = make.bid(state=S.IN_DELIVERY)
    bid.end_on = date(2099, 3, 1)
    happened(make, bid, "submit", NOW)
    make.session.commit()
    page = " ".join(sign_in(make.member(bid.lead_school)).get(f"/bids/{bid.reference}").text.split())
    assert "Done, and what comes next" in page
    assert "Done: </span>Submitted the bid<small>" in page
    assert "Support ends<small>1 March 2099</small>" in page
