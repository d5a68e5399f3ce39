"""A closing that falls while somebody is typing."""

from datetime import timedelta

import pytest

from fundflow.models.person import RoleName, Standing
from fundflow.rules.rounds import closing_words
from fundflow.workflow.application import BidState
from tests.applications.helpers import send
from tests.funds.conftest import london

CLOSES = london(2026, 12, 1, 12)
SECOND = timedelta(seconds=1)


@pytest.fixture
def closing(make, fund):
    make.staff(RoleName.OFFICER, "Priya Raman")
    return make.round(fund, name="Winter round", opens_at=london(2026, 10, 1, 9), closes_at=CLOSES)


@pytest.fixture
def bid(make, closing):
    return make.bid(fund=closing.fund)


@pytest.fixture
def head(bid, sign_in, make, time_machine):
    """Who typed, signed in the day before."""
    from fundflow.models.person import User

    time_machine.move_to(CLOSES - timedelta(days=1), tick=False)
    return sign_in(make.session.get(User, bid.created_by_id))


def submit(client, bid):
    page = client.get(f"/bids/{bid.reference}/form/check").text
    version = page.partition('name="version" value="')[2].partition('"')[0] or bid.version
    return client.post(f"/bids/{bid.reference}/steps/submit", data={"agreement": "y", "version": version})


def test_a_bid_is_submitted_in_the_last_second(head, bid, time_machine):
    time_machine.move_to(CLOSES - SECOND, tick=False)
    assert submit(head, bid).status_code == 302
    assert bid.state is BidState.SUBMITTED


def test_at_the_second_of_the_closing_it_is_refused_with_when_and_whom_to_ask(head, bid, time_machine):
    time_machine.move_to(CLOSES - SECOND, tick=False)
    head.get(f"/bids/{bid.reference}/form/check")
    version = bid.version
    time_machine.move_to(CLOSES, tick=False)
    answer = head.post(f"/bids/{bid.reference}/steps/submit", data={"agreement": "y", "version": version})
    assert answer.status_code == 409
    assert "Winter round closed on 1 December 2026 at 12:00." in answer.text
    assert "Ask the liaison officer, Priya Raman, whether your bid can still come in." in answer.text
    assert (bid.state, bid.submitted_at) == (BidState.DRAFT, None)


def test_what_was_typed_when_the_round_closed_is_saved_all_the_same(head, bid, time_machine):
    about = f"/bids/{bid.reference}/form/about"
    time_machine.move_to(CLOSES - SECOND, tick=False)
    page = head.get(about).text
    stamp = page.partition('name="stamp" value="')[2].partition('"')[0]
    time_machine.move_to(CLOSES, tick=False)
    answer = send(head, about, stamp=stamp, title="Typed over the closing", priority_id=str(bid.priority_id))
    assert answer.status_code == 302
    assert bid.title == "Typed over the closing"
    time_machine.move_to(CLOSES + timedelta(days=30), tick=False)
    answer = send(head, about, title="Later still", priority_id=str(bid.priority_id))
    assert (answer.status_code, bid.title) == (302, "Later still")
    for path in ("", "/form", "/form/about", "/form/check", "/application"):
        assert head.get(f"/bids/{bid.reference}{path}").status_code == 200


def test_the_task_list_and_the_bids_page_state_the_closing(head, bid, time_machine):
    for moment, words in (
        (CLOSES - SECOND, "The round closes on 1 December 2026 at 12:00."),
        (CLOSES, "The round closed on 1 December 2026 at 12:00. What you entered is kept"),
    ):
        time_machine.move_to(moment, tick=False)
        for path in ("", "/form"):
            assert words in head.get(f"/bids/{bid.reference}{path}").text


def test_a_rolling_round_says_that_it_has_no_closing(make, sign_in, fund):
    head = make.member(make.school())
    bid = make.bid(fund=fund, lead=head.memberships[0].school, leader=head)
    page = sign_in(head).get(f"/bids/{bid.reference}/form").text
    assert "The round has no closing date." in page


def test_once_a_bid_is_in_nobody_is_told_of_the_closing(make, closing, now):
    bid = make.bid(fund=closing.fund, state=BidState.IN_REVIEW)
    assert closing_words(bid, now) == ""


def test_a_bid_that_was_returned_after_the_closing_is_still_sent_back(make, closing, now):
    bid = make.bid(fund=closing.fund, state=BidState.RETURNED)
    rows = [step for step in bid.workflow.steps if step.name == "resubmit"]
    guards = {guard for row in rows for guard in row.waits_while}
    assert "round_not_open" not in guards


def test_two_funds_with_two_rounds_each_are_told_apart_where_a_bid_starts(make, sign_in, time_machine):
    time_machine.move_to(CLOSES - timedelta(days=10), tick=False)
    for name in ("School Improvement Fund", "Reading Fund"):
        fund = make.fund(name=name)
        make.round(
            fund,
            name="Winter round",
            opens_at=london(2026, 10, 1, 9),
            closes_at=CLOSES,
            criteria=f"For {name}.\nA second line.",
            guidance=f"Guidance of {name}",
        )
        make.round(fund, name="Rolling round", criteria="x" * 150 + " " + "y" * 150)
    school = make.school()
    page = sign_in(make.member(school, Standing.TEAM)).get("/bids/new").text
    for fund in ("School Improvement Fund", "Reading Fund"):
        for name in ("Winter round", "Rolling round"):
            assert f"{fund}: {name}" in page
        assert f"The round closes on 1 December 2026 at 12:00. For {fund}." in page
        of_round = page.partition(f"{fund}: Winter round")[2].partition("govuk-radios__label")[0]
        assert f"Guidance of {fund}" in of_round
    assert "The round has no closing date. " + "x" * 150 + "…" in page
    assert "A second line" not in page
