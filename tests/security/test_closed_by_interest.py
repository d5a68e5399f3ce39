"""Whoever may not open a bid’s pages because of an interest, and knows of the bid, reads why; whoever
knows nothing of it finds nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from fundflow.interests import keep
from fundflow.models.bid import Bid
from fundflow.models.interest import InterestKind
from fundflow.models.person import RoleName as R
from fundflow.models.person import Standing, User
from fundflow.rules.interests.bars import bar_of
from fundflow.workflow.application import BidState as S
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.meeting import MeetingState
from tests.factories import NOW, Make

pytestmark = pytest.mark.usefixtures("clock")

SignIn = Callable[..., Any]
TITLE = "You take no part in this bid"
# Pages under a bid that its readers find by its reference alone.
SECRETS = ("/review", "/panel", "/notes")


@pytest.fixture
def bid(make: Make) -> Bid:
    made: Bid = make.bid(state=S.AT_PANEL, title="Phonics for all")
    return made


def declared(make: Make, bid: Bid) -> User:
    user: User = make.seat(bid.fund).user
    keep(bid, user, InterestKind.BARRED, "My sister teaches there.", user=user, now=NOW)
    return user


def officer_who_handed_on(make: Make, bid: Bid) -> User:
    user = make.staff(R.OFFICER)
    make.history(bid, user=user)
    make.belongs(user, bid.providers[0])
    return user


def officer_of_the_school(make: Make, bid: Bid) -> User:
    user = make.staff(R.OFFICER)
    make.belongs(user, bid.lead_school, Standing.TEAM)
    return user


KNOWS = {f.__name__: f for f in (declared, officer_who_handed_on, officer_of_the_school)}


def pages(app: Flask, bid: Bid) -> list[str]:
    """Every page below a bid that needs no more than its reference, but those that its own schools have."""
    return [
        rule.rule.replace("<reference>", bid.reference)
        for rule in app.url_map.iter_rules()
        if rule.arguments == {"reference"} and "GET" in (rule.methods or ()) and "<reference>" in rule.rule
    ]


@pytest.mark.parametrize("who", KNOWS)
def test_who_knows_of_a_bid_reads_why_it_is_closed(make: Make, sign_in: SignIn, bid: Bid, who: str) -> None:
    user = KNOWS[who](make, bid)
    make.session.commit()
    client = sign_in(user)
    for page in SECRETS:
        answer = client.get(f"/bids/{bid.reference}{page}")
        assert (answer.status_code, TITLE in answer.text) == (403, True), page
        assert bid.reference in answer.text
        bar = bar_of(bid, user, NOW)
        assert bar is not None
        assert bar_to_you(bar) in answer.text


def test_a_member_with_an_interest_reads_it_on_the_items_page_too(
    make: Make, sign_in: SignIn, bid: Bid
) -> None:
    user = declared(make, bid)
    item = bid.items[-1]
    item.meeting.state = MeetingState.IN_SESSION
    make.session.commit()
    answer = sign_in(user).get(f"/meetings/{item.meeting_id}/items/{item.id}")
    assert (answer.status_code, TITLE in answer.text) == (403, True)
    assert bid.title not in answer.text


def test_no_page_tells_more_than_the_reference(make: Make, sign_in: SignIn, app: Flask, bid: Bid) -> None:
    client = sign_in(declared(make, bid))
    make.session.commit()
    found = pages(app, bid)
    assert len(found) > 30
    for path in found:
        answer = client.get(path)
        assert answer.status_code in (403, 404), path
        assert bid.title not in answer.text, path
        assert bid.lead_school.name not in answer.text, path


def test_who_knows_nothing_of_a_bid_finds_nothing(make: Make, sign_in: SignIn, bid: Bid) -> None:
    outsider, officer, tied = make.member(make.school()), make.staff(R.OFFICER), make.staff(R.OFFICER)
    bid.lead_school.trust = make.trust()
    make.belongs(tied, make.school(trust=bid.lead_school.trust))  # and never told of the bid
    draft = make.bid(state=S.DRAFT)
    make.session.commit()
    for user, other in ((outsider, bid), (officer, draft), (tied, bid)):
        client = sign_in(user)
        for page in ("", *SECRETS):
            assert client.get(f"/bids/{other.reference}{page}").status_code == 404
