"""A form that is sent, empty or wrong, must tell no more than the page it belongs to."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundflow.actors import actors_for
from fundflow.models.interest import InterestKind
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.models.review import Recommendation, ReviewRequest
from fundflow.panel.operations import interests
from fundflow.workflow.application import APPLICATION
from fundflow.workflow.application import BidState as S
from tests.factories import NOW, Make
from tests.panel.conftest import Panel

SignIn = Callable[[User | None], FlaskClient]
BY_CLOCK = ("lapse_offer", "reach_end_date")
SENDS = ("submit", "resubmit")  # their button stands on the page of check answers


def test_a_school_cannot_read_the_officers_recommendation_off_the_step_that_makes_it(
    make: Make, sign_in: SignIn
) -> None:
    lead = make.school()
    head = make.member(lead)
    bid = make.bid(state=S.AT_PANEL, lead=lead, leader=head)
    assert bid.review is not None
    bid.review.recommendation, bid.review.recommended_pence = Recommendation.FUND_LESS, 123_456
    bid.review.conditions = "The deputy must leave first"
    make.session.commit()
    answer = sign_in(head).post(f"/bids/{bid.reference}/steps/recommend")
    assert answer.status_code == 409
    assert "deputy must leave" not in answer.text
    assert "checked" not in answer.text


@pytest.mark.parametrize("step", [s for s in APPLICATION.step_names() if s not in BY_CLOCK])
def test_a_step_shows_its_form_to_nobody_but_those_who_may_take_it(
    make: Make, sign_in: SignIn, step: str
) -> None:
    lead, provider = make.school(), make.school()
    people = [
        make.member(lead),
        make.member(provider),
        make.staff(R.OFFICER),
        make.staff(R.FINANCE),
        make.staff(R.AUDITOR),
        make.staff(R.IMPACT_OFFICER),
        make.staff(R.ADMINISTRATOR),
    ]
    bid = make.bid(state=S.IN_MONITORING, lead=lead, provider=provider, leader=people[0])
    make.session.commit()
    rows = [row for row in APPLICATION.steps if row.name == step]
    for user in people:
        if any(set(row.by) & actors_for(user, bid, NOW) for row in rows):
            continue
        answer = sign_in(user).post(f"/bids/{bid.reference}/steps/{step.replace('_', '-')}")
        assert answer.status_code in (404, 409), (user.name, answer.status_code)
        assert not re.search(r"<(textarea|select)\b|<input(?![^>]*hidden)", answer.text), user.name


def test_a_member_who_has_not_voted_cannot_read_the_vote_off_the_decision(
    panel: Panel, sign_in: SignIn
) -> None:
    panel.votes("++-")
    member = panel.seats[4].user
    for step in ("approve", "decline", "defer"):
        answer = sign_in(member).post(panel.step_url(step))
        assert answer.status_code == 409
        assert "2 for" not in answer.text
        assert "Officer recommends" not in answer.text


def test_a_member_who_has_not_voted_is_not_told_that_the_vote_is_tied(panel: Panel, sign_in: SignIn) -> None:
    panel.votes("+-")
    panel.here(3)
    panel.here(4)
    page = sign_in(panel.seats[4].user).get(panel.url).text
    assert "You see how others voted once you have voted." in page
    assert "tied" not in page
    assert "1 for" not in page
    assert "tied" in sign_in(panel.chair).get(panel.url).text
    assert "tied" in sign_in(panel.clerk).get(panel.url).text


def test_whoever_may_vote_on_nothing_learns_nothing_of_the_vote(panel: Panel, sign_in: SignIn) -> None:
    panel.votes("+-+")
    barred = panel.seats[4]
    interests.declare(
        panel.item, barred.id, InterestKind.BARRED, "My sister teaches there", user=barred.user, now=panel.now
    )
    client = sign_in(barred.user)
    bid = panel.bid.reference
    for path in (
        panel.url,
        f"/bids/{bid}",
        f"/bids/{bid}/panel",
        f"/bids/{bid}/history",
        f"/bids/{bid}/letters",
        f"/bids/{bid}/decide",
    ):
        assert client.get(path).status_code == 403
    for path in (
        panel.step_url("approve"),
        panel.step_url("defer"),
        f"{panel.url}/casting-vote",
        f"{panel.url}/members/{barred.id}/vote",
        f"{panel.url}/members/{panel.seats[0].id}/vote",
    ):
        assert client.post(path, data={"choice": "fund"}).status_code == 403
    for path in (
        "/work",
        "/bids",
        "/register",
        "/register.csv",
        f"/meetings/{panel.item.meeting_id}",
        "/meetings",
        f"/schools/{panel.bid.lead_school.urn}",
        f"/bids?q={bid}",
    ):
        page = client.get(path).text.replace(f'value="{bid}"', "").replace(f"“{bid}”", "")  # what was asked
        assert bid not in page, path
        assert panel.bid.title not in page, path


def test_a_decision_about_a_bid_that_was_never_on_an_agenda_is_refused_not_broken(
    make: Make, panel_of: Callable[..., Any], sign_in: SignIn
) -> None:
    found = panel_of()
    make.role(found.chair, R.OFFICER)
    bid = make.bid(state=S.IN_REVIEW, fund=found.fund)
    make.session.commit()
    for step in ("approve", "decline", "defer", "undo-decision", "renew-offer", "terminate"):
        answer = sign_in(found.chair).post(f"/bids/{bid.reference}/steps/{step}")
        assert answer.status_code in (409, 422), step


def test_the_councils_officers_and_a_schools_grounds_are_not_told_to_other_schools(
    make: Make, sign_in: SignIn
) -> None:
    lead, provider = make.school(), make.school()
    head, partner = make.member(lead), make.member(provider)
    bid = make.bid(state=S.NOT_FUNDED, lead=lead, provider=provider, leader=head)
    make.staff(R.DEPUTY_OFFICER, "Dora Deputy")
    request = ReviewRequest(bid=bid, grounds="The chair dislikes us", asked_at=NOW, asked_by_id=head.id)
    make.session.add(request)
    make.session.commit()
    client = sign_in(partner)
    assert "Dora Deputy" not in client.post(f"/bids/{bid.reference}/assign").text
    answer = client.post(f"/bids/{bid.reference}/reviews/{request.id}/dismiss")
    assert "dislikes us" not in answer.text
