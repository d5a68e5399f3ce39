"""Votes on an item: in the meeting, the casting vote, by email."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from fundflow.models.history import HistoryEntry
from fundflow.models.interest import InterestKind
from fundflow.models.letter import Letter
from fundflow.models.panel import Vote
from fundflow.models.person import User
from fundflow.panel.operations import attendance, decisions, email_votes, interests, items
from fundflow.rules.panel.sittings import sitting_of
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.panel_rules import Choice
from tests.panel.conftest import Panel

SignIn = Callable[[User | None], FlaskClient]


# -- votes --------------------------------------------------------------------------------------


def test_a_member_votes_on_their_own_phone_and_then_sees_how_the_others_did(
    panel: Panel, sign_in: SignIn
) -> None:
    panel.votes("-+")
    panel.here(3)
    client = sign_in(panel.seats[3].user)
    before = client.get(panel.url).text
    assert "You see how others voted once you have voted." in before
    assert "Votes that count" not in before
    done = client.post(f"{panel.url}/members/{panel.seats[3].id}/vote", data={"choice": "fund"})
    assert done.status_code == 302
    assert "Votes that count: 2 for, 1 against." in client.get(panel.url).text


def test_a_member_votes_only_for_themselves(panel: Panel, sign_in: SignIn) -> None:
    panel.here(2, 3)
    client = sign_in(panel.seats[2].user)
    refused = client.post(f"{panel.url}/members/{panel.seats[3].id}/vote", data={"choice": "fund"})
    assert refused.status_code == 409
    assert "Only the panel’s clerk can do this." in refused.text
    assert panel.item.votes == []


def test_a_member_who_is_not_there_or_said_nothing_about_interests_cannot_vote(
    panel: Panel,
) -> None:
    seat = panel.seats[2]

    def vote() -> None:
        items.vote(panel.item, seat.id, Choice.FUND, user=seat.user, now=panel.now)

    with pytest.raises(Refused, match="You must first say whether you have an interest"):
        vote()
    interests.declare(panel.item, seat.id, InterestKind.NONE, user=seat.user, now=panel.now)
    with pytest.raises(Refused, match="You are not recorded as present"):
        vote()
    panel.here(2)
    vote()
    assert sitting_of(panel.item, panel.now).tally == (1, 0, 0)


def test_a_barred_member_is_refused_in_the_operation_with_the_reason(panel: Panel) -> None:
    seat = panel.seats[2]
    panel.here(2)
    seat.school = panel.bid.lead_school
    with pytest.raises(Refused, match="You can’t vote on this bid: your school, Lead Primary"):
        items.vote(panel.item, seat.id, Choice.FUND, user=seat.user, now=panel.now)


def test_a_second_click_on_a_vote_changes_nothing_and_another_answer_replaces_it(
    panel: Panel, as_clerk: FlaskClient
) -> None:
    panel.here(0)
    url = f"{panel.url}/members/{panel.seats[0].id}/vote"
    for _ in range(2):
        assert as_clerk.post(url, data={"choice": "fund"}).status_code == 302
    version = panel.bid.version
    as_clerk.post(url, data={"choice": "fund"})
    assert panel.bid.version == version
    as_clerk.post(url, data={"choice": "do_not_fund"})
    assert panel.make.session.query(Vote).count() == 1
    assert sitting_of(panel.item, panel.now).tally == (0, 1, 0)
    assert as_clerk.post(url, data={"choice": "twice"}).status_code == 422


def test_votes_cannot_change_once_the_item_is_decided(panel: Panel) -> None:
    panel.votes("+++")
    decisions.defer(panel.bid, "How?", user=panel.chair, now=panel.now)
    with pytest.raises(Refused, match="no longer open, so votes can’t change"):
        items.vote(panel.item, panel.seats[0].id, Choice.FUND, user=panel.clerk, now=panel.now)


# -- ties ---------------------------------------------------------------------------------------


def test_a_tie_is_settled_by_whoever_chairs_with_a_reason(panel: Panel, as_clerk: FlaskClient) -> None:
    panel.votes("+-+-")
    assert "The vote is tied" in as_clerk.get(panel.url).text
    assert "The vote is tied" in (panel.why_no_majority("fund") or "")
    url = f"{panel.url}/casting-vote"
    assert as_clerk.post(url, data={"casting": "fund"}).status_code == 422
    as_clerk.post(url, data={"casting": "fund", "casting_reason": "The need is urgent."})
    assert panel.item.casting_by_id == panel.chair.id
    assert panel.why_no_majority("fund") is None
    assert panel.why_no_majority("do_not_fund") is not None


def test_there_is_no_casting_vote_without_a_tie_or_without_a_chair(panel: Panel) -> None:
    panel.votes("++-")
    with pytest.raises(Refused, match="not tied"):
        items.cast(panel.item, Choice.FUND, "So.", user=panel.clerk, now=panel.now)
    for n in (0, 1):
        attendance.record_presence(
            panel.item, panel.seats[n].id, present=False, user=panel.clerk, now=panel.now
        )
    with pytest.raises(Refused, match="nobody has a casting vote"):
        items.cast(panel.item, Choice.FUND, "So.", user=panel.clerk, now=panel.now)


def test_the_deputy_casts_where_the_chair_is_barred(panel: Panel) -> None:
    panel.seats[0].school = panel.bid.lead_school
    panel.votes(" +-")
    items.cast(panel.item, Choice.DO_NOT_FUND, "Too dear.", user=panel.deputy, now=panel.now)
    assert panel.item.casting_by_id == panel.deputy.id
    member = panel.seats[2]
    with pytest.raises(Refused, match="Only the panel’s clerk"):
        items.cast(panel.item, Choice.FUND, "So.", user=member.user, now=panel.now)


def test_a_casting_vote_goes_with_a_chair_whose_interest_is_found_late(panel: Panel) -> None:
    panel.votes("+-+-")
    items.cast(panel.item, Choice.FUND, "Urgent.", user=panel.clerk, now=panel.now)
    interests.declare(
        panel.item,
        panel.seats[0].id,
        InterestKind.BARRED,
        "My sister leads it.",
        user=panel.clerk,
        now=panel.now,
    )
    assert panel.item.casting_choice is None
    kept = panel.make.session.query(HistoryEntry).filter_by(step="void_casting_vote").one()
    assert kept.reason == "Urgent."


# -- votes by email -----------------------------------------------------------------------------


def _until(panel: Panel, hours: int = 48) -> None:
    email_votes.ask_to_vote_by_email(
        panel.item, panel.now + timedelta(hours=hours), user=panel.clerk, now=panel.now
    )


def _letters(panel: Panel) -> dict[str, Letter]:
    found = panel.make.session.query(Letter).filter(Letter.key.like("email-vote:%"))
    return {letter.email: letter for letter in found}


def test_an_inquorate_item_is_voted_on_by_email(panel: Panel, sign_in: SignIn) -> None:
    panel.seats[1].school = panel.bid.lead_school  # the deputy is barred
    panel.votes("+")
    assert panel.sitting.inquorate.words() == "1 present, 3 needed."
    _until(panel)
    asked = _letters(panel)
    assert set(asked) == {panel.seats[n].user.email for n in (2, 3, 4)}
    assert f"http://fund.example{panel.url}" in asked[panel.seats[3].user.email].body

    for n in (2, 3):  # at home, on their own page
        client = sign_in(panel.seats[n].user)
        client.post(f"{panel.url}/members/{panel.seats[n].id}/interest", data={"kind": "none"})
        client.post(f"{panel.url}/members/{panel.seats[n].id}/vote", data={"choice": "fund"})
    assert panel.sitting.inquorate is None  # who votes by email counts as present
    with pytest.raises(Refused, match=r"Members can vote by email until .*: 1 has not voted yet"):
        decisions.approve(panel.bid, 300_000, **panel.decided())
    assert {v.seat_id for v in panel.item.votes if v.by_email} == {panel.seats[n].id for n in (2, 3)}
    ended = panel.now + timedelta(hours=49)
    decisions.approve(panel.bid, 300_000, **panel.decided(now=ended))
    assert panel.bid.state is BidState.OFFERED


def test_after_its_moment_the_vote_by_email_is_over(panel: Panel) -> None:
    panel.votes("+")
    _until(panel, 2)
    seat = panel.seats[3]
    later = panel.now + timedelta(hours=3)
    interests.declare(panel.item, seat.id, InterestKind.NONE, user=seat.user, now=later)
    with pytest.raises(Refused, match="The vote by email ended on"):
        items.vote(panel.item, seat.id, Choice.FUND, user=seat.user, now=later)


def test_a_quorate_item_needs_no_vote_by_email(panel: Panel) -> None:
    panel.here(0, 2, 3)
    with pytest.raises(Refused, match="take the vote in the meeting"):
        _until(panel)


def test_the_moment_lies_in_the_future_and_asking_twice_writes_once(
    panel: Panel, as_clerk: FlaskClient
) -> None:
    with pytest.raises(Refused, match="must end after now"):
        _until(panel, -1)
    _until(panel)
    count = len(_letters(panel))
    _until(panel)
    assert len(_letters(panel)) == count == 5
    bad = as_clerk.post(
        f"{panel.url}/email-vote",
        data={"day-day": "31", "day-month": "2", "day-year": "2027", "time": "noonish"},
    )
    assert bad.status_code == 422
    assert "The date must be a real date" in bad.text
    assert "Enter the time like 16:00 or 4pm" in bad.text
    assert 'value="noonish"' in bad.text
