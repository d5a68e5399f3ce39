"""“What you can do now” on a bid: all that My work says of it, and one green button, the expected one."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import true

from fundflow.desk import work
from fundflow.desk.sources import DECIDERS, SCHOOL, SOURCES, Source
from fundflow.desk.work import waiting_for
from fundflow.models.bid import Bid
from fundflow.models.decision import LateInterest
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.person import RoleName, SeatPosition, User
from fundflow.models.review import ReviewRequest
from fundflow.web.access import SIGNED_IN
from fundflow.workflow.actors import Actor
from fundflow.workflow.application import APPLICATION
from fundflow.workflow.application import BidState as S
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.processes import PROCESSES
from tests.factories import NOW, Make

pytestmark = pytest.mark.usefixtures("clock")

SignIn = Callable[..., Any]
LINE = re.compile(r'<div class="ff-steps__step">(.*?)</div>', re.DOTALL)
STEPS = {row.name: row for row in APPLICATION.steps}


def lines(page: str) -> list[tuple[str, str]]:
    """(what the button or its waiting text says, its colour) of each line."""
    return [(_said(line), _colour(line)) for line in LINE.findall(page)]


def _said(line: str) -> str:
    found = re.search(r"<(a|span) [^>]*>(.*?)</\1>", line, re.DOTALL)
    assert found
    return unescape(re.sub(r"<[^>]+>", "", found[2])).strip()


def _colour(line: str) -> str:
    if "ff-steps__waits" in line:
        return "waits"
    return "grey" if "govuk-button--secondary" in line else "green"


def _all_roles(make: Make) -> User:
    user = make.staff(RoleName.OFFICER)
    for role in set(RoleName) - {RoleName.OFFICER, RoleName.AUDITOR}:
        make.role(user, role)
    return user


def without_interest(make: Make, bid: Bid, user: User) -> None:
    """They have declared that they have no interest in the bid."""
    said = Declaration(bid=bid, user_id=user.id, kind=InterestKind.NONE, declared_at=NOW)
    said.recorded_by_id = user.id
    make.session.add(said)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.what)
def test_what_my_work_says_of_a_bid_stands_first_on_its_page(
    make: Make, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, source: Source
) -> None:
    states = [row.sources[0] for row in STEPS.values() if row.name in source.does]
    asked = "applications.confirmation_confirm" in source.does
    bid = make.bid(state=states[0] if states else S.SUBMITTED if asked else S.IN_DELIVERY)
    reader = bid.created_by if source.rule is SCHOOL or bid.state is S.DRAFT else _all_roles(make)
    if asked:
        make.belongs(reader, bid.providers[0])
    if source.rule is DECIDERS:
        make.seat(bid.fund, reader, SeatPosition.CHAIR)
        without_interest(make, bid, reader)
    make.session.commit()
    monkeypatch.setattr(work, "SOURCES", (source._replace(rule=SIGNED_IN, when=lambda _who: true()),))
    shown = lines(sign_in(reader).get(f"/bids/{bid.reference}").text)
    said = {source.what, *(STEPS[name].button for name in source.does if name in STEPS)}
    first, colour = shown[0]
    assert first in said
    by_step = next((row for row in STEPS.values() if row.button == first), None)
    if colour != "waits":
        assert colour == ("grey" if by_step and (by_step.warning or by_step.sidestep) else "green")
    assert [c for _, c in shown[1:] if c == "green"] == [] or colour != "green"


def test_what_does_it_is_a_step_or_a_page(app: Flask) -> None:
    # Of several reports of a bid each is named: “impact.report:interim-report”.
    names = {name.partition(":")[0] for source in SOURCES for name in source.does}
    assert names - set(STEPS) - set(app.view_functions) == set()
    for source in SOURCES:
        assert source.path or source.does, source.what


@pytest.mark.parametrize("state", S)
def test_one_button_is_green_and_never_a_way_out(make: Make, sign_in: SignIn, state: S) -> None:
    bid = make.bid(state=state)
    people = [bid.created_by, make.member(bid.providers[0]), *(make.staff(role) for role in RoleName)]
    make.session.commit()
    for user in people:
        page = sign_in(user).get(f"/bids/{bid.reference}").text
        green = [text for text, colour in lines(page) if colour == "green"]
        assert len(green) <= 1
        assert not set(green) & {"Ask to stop the funding", "Reinstate the bid", "Take back from the panel"}
        assert not set(green) & {row.button for row in APPLICATION.steps if row.warning or row.sidestep}


def test_every_process_has_a_way_on_that_is_green() -> None:
    """A table of which every step were a way out would have no green button at all."""
    for workflow in PROCESSES.values():
        people = [row for row in workflow.steps if set(row.by) - {Actor.CLOCK}]
        assert any(not (row.warning or row.sidestep) for row in people), workflow.name


def test_a_member_who_owes_a_declaration_reads_so_on_the_bid(make: Make, sign_in: SignIn) -> None:
    bid = make.bid(state=S.AT_PANEL)
    member = make.seat(bid.fund).user
    bid.items[0].meeting.state = MeetingState.PAPERS_ISSUED
    make.session.commit()
    page = f"/bids/{bid.reference}"
    assert lines(sign_in(member).get(page).text) == [("Read the papers and declare interests", "green")]
    without_interest(make, bid, member)
    make.session.commit()
    assert "Nothing on this bid waits for you." in sign_in(member).get(page).text


def test_a_chair_reads_when_the_panel_meets_before_it_does(make: Make, sign_in: SignIn) -> None:
    bid = make.bid(state=S.AT_PANEL)
    chair = make.seat(bid.fund, position=SeatPosition.CHAIR).user
    bid.items[0].meeting.state = MeetingState.PAPERS_ISSUED
    bid.items[0].meeting.starts_at = NOW + timedelta(days=17)
    make.session.commit()
    text = sign_in(chair).get(f"/bids/{bid.reference}").text
    assert "The panel meets on 5 December 2026." in text
    assert "not recorded as present" not in text


def test_what_can_be_done_stands_before_what_must_wait(make: Make, sign_in: SignIn) -> None:
    bid = make.bid(state=S.AT_PANEL)  # its meeting is in session
    chair = make.seat(bid.fund, position=SeatPosition.CHAIR).user
    make.session.commit()
    shown = lines(sign_in(chair).get(f"/bids/{bid.reference}").text)
    assert shown[0] == ("Read the papers and declare interests", "green")
    assert ("Fund this bid", "waits") in shown


def test_who_hears_a_review_has_one_way_to_both_answers(make: Make, sign_in: SignIn) -> None:
    manager, bid = make.staff(RoleName.REVIEWING_MANAGER), make.bid(state=S.NOT_FUNDED)
    bid.review_requests = [ReviewRequest(grounds="Read it again.", asked_at=NOW, asked_by_id=make.user().id)]
    make.session.commit()
    client = sign_in(manager)
    page = client.get(f"/bids/{bid.reference}").text
    assert lines(page) == [("Hear a request for a review", "green")]
    hearing = client.get(f"/bids/{bid.reference}/steps/uphold-review").text
    assert "Read it again." in hearing
    assert "Do not uphold this request" in hearing


def test_who_took_part_reads_that_somebody_else_must_hear_the_review(make: Make, sign_in: SignIn) -> None:
    manager, bid = make.staff(RoleName.REVIEWING_MANAGER), make.bid(state=S.NOT_FUNDED, officer=None)
    bid.review_requests = [ReviewRequest(grounds="Read it again.", asked_at=NOW, asked_by_id=make.user().id)]
    make.history(bid, user=manager)
    make.session.commit()
    page = sign_in(manager).get(f"/bids/{bid.reference}").text
    assert [how for _what, how in lines(page)] == ["waits"]
    assert "You took part in this bid, so somebody else must hear the review." in page


def test_an_offer_whose_decision_is_checked_is_shown_as_waiting(make: Make, sign_in: SignIn) -> None:
    bid = make.bid(state=S.OFFERED)
    head = bid.created_by
    make.session.commit()
    assert lines(sign_in(head).get(f"/bids/{bid.reference}").text)[0] == ("Accept the offer", "green")
    questioned(make, bid)
    make.session.commit()
    assert waiting_for(head, NOW).lines == []
    shown = lines(sign_in(head).get(f"/bids/{bid.reference}").text)
    assert sorted(shown) == [("Accept the offer", "waits"), ("Turn down the offer", "grey")]


def questioned(make: Make, bid: Bid) -> None:
    """A member's interest is found after the decision."""
    assert bid.offer
    member = make.seat(bid.fund).user
    late = LateInterest(
        decision=bid.offer.decision,
        user=member,
        text="My brother works there.",
        effect="",
        found_at=NOW,
        recorded_by_id=member.id,
    )
    make.session.add(late)
