"""Around the call: substitutes, votes by email, another date, members on a phone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundflow.models.bid import Bid
from fundflow.models.fund import Decider
from fundflow.models.interest import InterestKind
from fundflow.models.letter import Letter
from fundflow.models.panel import Meeting
from fundflow.models.person import RoleName, Seat, Sector
from fundflow.panel.operations import agenda, attendance, decisions, email_votes, interests, items, meetings
from fundflow.rules.panel.sittings import sitting_of, standings_of
from fundflow.steps import Stale
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import Choice
from fundflow.workflow.working_days import LONDON, london_date
from tests.panel.conftest import Panel
from tests.panel.on_the_call import SignIn, another, call, joins, no_interest, propose

# -- substitutes --------------------------------------------------------------------------------


@pytest.fixture
def substitute(panel: Panel) -> Seat:
    """Stands in for the primary head, whose seat is the third."""
    seat = panel.make.seat(panel.fund, sector=Sector.PRIMARY, name="Sam Substitute")
    seat.stands_in_for_id = panel.seats[2].id
    panel.make.session.commit()
    return seat


def test_a_substitute_counts_only_while_their_member_is_away(panel: Panel, substitute: Seat) -> None:
    joins(panel, 0, 2, 3)
    member = panel.seats[2].user.name
    with pytest.raises(Refused, match=f"{member} is there for this item; Sam Substitute stands in only"):
        call(panel, substitute, present=True)
    with pytest.raises(Refused, match="stands in only while they are away"):
        attendance.record_presence(panel.item, substitute.id, present=True, user=panel.clerk, now=panel.now)
    call(panel, panel.seats[2], present=False)
    call(panel, substitute, present=True)
    sitting = sitting_of(panel.item, panel.now)
    assert (sitting.counted, sitting.needed) == (3, 3)  # 40 % of five members, at least three
    assert panel.seats[2] not in [standing.seat for standing in sitting.may_still_vote]
    with pytest.raises(Refused, match=f"Sam Substitute stands in for {member} on this item"):
        joins(panel, 2)


def test_a_substitute_votes_and_declares_like_a_member(
    panel: Panel, substitute: Seat, sign_in: SignIn
) -> None:
    joins(panel, 0, 3)
    call(panel, substitute, present=True)
    client = sign_in(substitute.user)
    page = client.get(panel.url).text
    assert f"You stand in for {panel.seats[2].user.name}" in page
    client.post(f"{panel.url}/members/{substitute.id}/interest", data={"kind": "none"})
    client.post(f"{panel.url}/members/{substitute.id}/vote", data={"choice": "do_not_fund"})
    assert sitting_of(panel.item, panel.now).tally == (0, 1, 0)


def test_a_substitute_stands_under_their_member(
    panel: Panel, substitute: Seat, as_clerk: FlaskClient
) -> None:
    page = as_clerk.get(panel.url).text
    rows = [page.index(f'id="seat-{seat.id}"') for seat in (panel.seats[2], substitute, panel.seats[3])]
    assert rows == sorted(rows)
    assert f"Stands in for {panel.seats[2].user.name}" in page


def test_a_substitute_on_the_call_sits_only_on_what_their_member_is_barred_from(
    panel: Panel, substitute: Seat
) -> None:
    second = another(panel)
    panel.seats[2].school = second.bid.lead_school
    panel.make.session.commit()
    joins(panel, 0, 2, 3)
    call(panel, substitute, present=True)
    sits = [
        next(s.present for s in standings_of(item, panel.now) if s.seat.id == substitute.id)
        for item in (panel.item, second)
    ]
    assert sits == [False, True]


# -- votes by email -----------------------------------------------------------------------------


def ask(panel: Panel, reason: str = "", hours: int = 48, now: datetime | None = None) -> None:
    email_votes.ask_to_vote_by_email(
        panel.item, panel.now + timedelta(hours=hours), reason, user=panel.clerk, now=now or panel.now
    )


def letters(panel: Panel) -> dict[str, str]:
    found = panel.make.session.query(Letter).filter(Letter.key.like("email-vote:%"))
    return {letter.email: letter.body for letter in found}


def test_the_panel_decides_between_meetings_where_the_clerk_says_why(panel: Panel) -> None:
    panel.item.meeting.state = MeetingState.PAPERS_ISSUED
    with pytest.raises(Refused, match="Say why the panel decides this before it meets"):
        ask(panel)
    propose(panel, 250_000, "Two terms are enough.")
    ask(panel, "The provider can only start in January.")
    assert panel.item.email_vote_from == panel.now
    body = letters(panel)[panel.chair.email]
    assert "The provider can only start in January." in body
    assert "To fund it with £2,500, instead of the £3,000 it asks for." in body
    assert "Two terms are enough." in body
    for n in (0, 2, 3):
        seat = panel.seats[n]
        interests.declare(panel.item, seat.id, InterestKind.NONE, user=seat.user, now=panel.now)
        items.vote(panel.item, seat.id, Choice.FUND, user=seat.user, now=panel.now)
    assert panel.sitting.inquorate is None
    assert panel.why_no_majority("fund", panel.now + timedelta(hours=49)) is None


def test_a_vote_at_the_table_is_not_one_by_email_and_one_on_the_phone_is_recorded_by_the_clerk(
    panel: Panel, as_clerk: FlaskClient
) -> None:
    joins(panel, 0, 3)
    no_interest(panel, panel.item)
    ask(panel)
    items.vote(panel.item, panel.seats[0].id, Choice.FUND, user=panel.clerk, now=panel.now)
    seat = panel.seats[4]
    interests.declare(panel.item, seat.id, InterestKind.NONE, user=panel.clerk, now=panel.now)
    items.vote(panel.item, seat.id, Choice.DO_NOT_FUND, user=panel.clerk, now=panel.now)
    assert {v.seat_id: v.by_email for v in panel.item.votes} == {panel.seats[0].id: False, seat.id: True}
    page = as_clerk.get(panel.url).text
    assert "By email, recorded by Cleo Clerk" in page
    assert (
        f"Not voted yet: {panel.seats[1].user.name}, {panel.seats[2].user.name} and "
        f"{panel.seats[3].user.name}" in page
    )


def test_after_a_vote_by_email_that_failed_the_clerk_asks_again(panel: Panel) -> None:
    joins(panel, 0)
    ask(panel, hours=2)
    later = panel.now + timedelta(hours=3)
    ask(panel, hours=72, now=later)
    assert panel.item.votes_by_email(later)
    assert panel.item.email_vote_from == panel.now
    assert len(panel.make.session.query(Letter).filter(Letter.key.like("email-vote:%")).all()) == 10


def test_who_is_not_yet_wanted_is_not_asked(panel: Panel) -> None:
    barred, standing_in = panel.seats[1], panel.make.seat(panel.fund, name="Sam Substitute")
    standing_in.stands_in_for_id = barred.id
    idle = panel.make.seat(panel.fund, name="Ida Idle")
    idle.stands_in_for_id = panel.seats[4].id
    barred.school = panel.bid.lead_school
    panel.make.session.commit()
    ask(panel)
    wanted = {panel.seats[n].user.email for n in (0, 2, 3, 4)} | {standing_in.user.email}
    assert set(letters(panel)) == wanted


def test_an_item_under_a_vote_by_email_keeps_no_meeting_open_and_is_decided_after_it(panel: Panel) -> None:
    meeting = panel.item.meeting
    panel.votes("+")
    with pytest.raises(Refused, match="1 item is not decided or moved yet"):
        meetings.close_session(meeting, user=panel.clerk, now=panel.now)
    ask(panel)
    meetings.close_session(meeting, user=panel.clerk, now=panel.now)
    assert panel.bid.meeting_on is None
    for n in (1, 2, 3, 4):
        seat = panel.seats[n]
        interests.declare(panel.item, seat.id, InterestKind.NONE, user=seat.user, now=panel.now)
        items.vote(panel.item, seat.id, Choice.FUND, user=seat.user, now=panel.now)
    decisions.approve(panel.bid, 300_000, **panel.decided())
    assert panel.bid.state is BidState.OFFERED


def test_what_the_panel_carried_waits_for_the_officer_after_the_meeting(panel: Panel) -> None:
    panel.fund.decider, panel.fund.delegation = Decider.AUTHORISED_OFFICER, "Delegation 4.2"
    second = another(panel)
    panel.votes("+++-")
    with pytest.raises(Refused, match="1 item is not decided or moved yet"):  # the second
        meetings.close_session(panel.item.meeting, user=panel.clerk, now=panel.now)
    other = panel.make.meeting(panel.fund, starts_at=panel.now + timedelta(days=30))
    agenda.move_to(second, other.id, user=panel.clerk, now=panel.now)
    meetings.close_session(panel.item.meeting, user=panel.clerk, now=panel.now)
    officer = panel.make.staff(RoleName.AUTHORISED_OFFICER)
    decisions.approve(panel.bid, 300_000, **panel.decided(user=officer))
    assert panel.bid.state is BidState.OFFERED


# -- another date -------------------------------------------------------------------------------


def change(
    meeting: Meeting, panel: Panel, *, now: datetime | None = None, version: int | None = None, **to: Any
) -> None:
    was = meetings.When(meeting.starts_at, meeting.minutes_long, meeting.place)
    meetings.change_meeting(
        meeting, was._replace(**to), user=panel.clerk, now=now or panel.now, version=version
    )


@pytest.fixture
def planned(panel: Panel) -> Meeting:
    """A meeting in twenty days with the bid on its agenda."""
    starts = (panel.now + timedelta(days=20)).replace(hour=16, minute=0, second=0, microsecond=0)
    meeting = panel.make.meeting(panel.fund, starts_at=starts)
    agenda.move_to(panel.item, meeting.id, user=panel.clerk, now=panel.now)
    panel.written = panel.make.session.query(Letter).count()
    panel.make.session.commit()
    return meeting


def told(panel: Panel) -> list[str]:
    """Who was written to since the meeting was planned."""
    letters = panel.make.session.query(Letter).order_by(Letter.id).offset(panel.written)
    return sorted(letter.recipient for letter in letters)


def test_a_meeting_on_another_day_is_told_to_members_and_schools(panel: Panel, planned: Meeting) -> None:
    day = planned.starts_at + timedelta(days=7)
    change(planned, panel, starts_at=day)
    assert (planned.starts_at, planned.sequence) == (day, 1)
    assert panel.bid.due_on == london_date(day)
    assert told(panel) == ["panel"] * 5 + ["school"]
    school = panel.make.session.query(Letter).filter_by(recipient="school").order_by(Letter.id.desc()).first()
    assert school is not None
    assert f"It now goes to the panel on {london_date(day):%-d %B %Y}" in school.body
    change(planned, panel, starts_at=day)  # a double click
    assert planned.sequence == 1


def test_another_time_is_told_to_members_alone_and_another_place_to_nobody(
    panel: Panel, planned: Meeting
) -> None:
    change(planned, panel, place="Town hall", minutes_long=120)
    assert (told(panel), planned.sequence) == ([], 1)
    change(planned, panel, starts_at=planned.starts_at + timedelta(hours=1))
    assert (told(panel), planned.sequence) == (["panel"] * 5, 2)


def test_a_meeting_changes_only_until_it_starts_and_to_a_day_ahead(panel: Panel, planned: Meeting) -> None:
    with pytest.raises(Refused, match="must be in the future"):
        change(planned, panel, starts_at=panel.now - timedelta(days=1))
    with pytest.raises(Stale):
        change(planned, panel, place="Elsewhere", version=planned.version + 1)
    planned.state = MeetingState.IN_SESSION
    with pytest.raises(Refused, match="has started or is over"):
        change(planned, panel, place="Elsewhere")


def test_the_clerk_changes_a_meeting_on_its_page(
    panel: Panel, planned: Meeting, as_clerk: FlaskClient
) -> None:
    url = f"/meetings/{planned.id}/change"
    assert f'value="{planned.starts_at.astimezone(LONDON):%H:%M}"' in as_clerk.get(url).text
    day = london_date(planned.starts_at) + timedelta(days=1)
    data = {
        "version": planned.version,
        "day-day": day.day,
        "day-month": day.month,
        "day-year": day.year,
        "time": "9.30",
        "minutes_long": "60",
        "place": "Room 2",
    }
    assert as_clerk.post(url, data={**data, "minutes_long": "5"}).status_code == 422
    assert as_clerk.post(url, data=data).status_code == 302
    assert f"{planned.starts_at.astimezone(LONDON):%H:%M}" == "09:30"
    assert (planned.minutes_long, planned.place) == (60, "Room 2")


# -- members, on a phone ------------------------------------------------------------------------


def test_a_member_says_of_several_bids_at_once_that_they_have_no_interest(
    panel: Panel, sign_in: SignIn
) -> None:
    second, third = another(panel), another(panel, "Attendance")
    seat = panel.seats[2]
    client = sign_in(seat.user)
    url = f"/meetings/{panel.item.meeting_id}"
    page = client.get(url).text
    assert "Declare your interests first" in page
    assert "3 bids are left." in page
    assert f"I have an interest in {second.bid.reference}" in page
    data = {"items": [str(panel.item.id), str(second.id)]}
    for _ in range(2):  # a double click
        assert client.post(f"{url}/no-interests", data=data).status_code == 302
    assert "1 bid is left." in client.get(url).text
    assert client.post(f"{url}/no-interests", data={}).status_code == 422
    assert client.post(f"{url}/no-interests", data={"items": ["99999"]}).status_code == 422
    client.post(f"{url}/no-interests", data={"items": [str(third.id)]})
    assert "You have said of every bid whether you have an interest." in client.get(url).text


def test_saying_no_interest_in_several_takes_back_nothing_said_before(panel: Panel) -> None:
    second = another(panel)
    seat = panel.seats[2]
    interests.declare(
        panel.item, seat.id, InterestKind.DISCLOSED, "I know them.", user=seat.user, now=panel.now
    )
    said = agenda.declare_no_interests(
        panel.item.meeting, {panel.item.id, second.id}, user=seat.user, now=panel.now
    )
    assert said == 1
    assert {d.kind for d in panel.bid.declarations} == {InterestKind.DISCLOSED}


def test_a_bid_one_is_barred_from_is_not_among_those_to_declare(panel: Panel, sign_in: SignIn) -> None:
    second = another(panel)
    panel.seats[2].school = second.bid.lead_school
    panel.make.session.commit()
    client = sign_in(panel.seats[2].user)
    page = client.get(f"/meetings/{second.meeting_id}").text
    assert "1 bid is left." in page
    assert second.bid.reference not in page
    sent = client.post(f"/meetings/{second.meeting_id}/no-interests", data={"items": [str(second.id)]})
    assert sent.status_code == 422
    assert second.bid.declarations == []


def test_a_members_own_page_asks_for_what_is_left_to_do(panel: Panel, sign_in: SignIn) -> None:
    seat = panel.seats[3]
    client = sign_in(seat.user)
    assert "Say first whether you have an interest in this bid." in client.get(panel.url).text
    interests.declare(panel.item, seat.id, InterestKind.NONE, user=seat.user, now=panel.now)
    assert "You are not recorded as present for this item." in client.get(panel.url).text
    joins(panel, 0, 2, 3)
    page = client.get(panel.url).text
    assert "Should the fund pay £3,000.00 for this bid?" in page
    done = client.post(f"{panel.url}/members/{seat.id}/vote", data={"choice": "fund"})
    assert done.headers["Location"].endswith("#my-part")
    assert "Your vote: <strong>for</strong>" in client.get(panel.url).text


def test_a_member_is_offered_none_of_the_clerks_buttons(panel: Panel, sign_in: SignIn) -> None:
    joins(panel, 0, 2, 3)
    page = sign_in(panel.seats[2].user).get(panel.url).text
    for words in ("Left the call", "Joined<", "All present vote for", "Put another amount"):
        assert words not in page
    for path in ("take", "votes", "proposal"):
        assert sign_in(panel.seats[2].user).post(f"{panel.url}/{path}").status_code == 403


def test_the_page_of_fifteen_members_asks_no_more_queries_than_that_of_five(
    panel: Panel, as_clerk: FlaskClient, count_queries: list[str]
) -> None:
    fund = panel.make.fund()
    for n in range(15):
        panel.make.seat(fund, name=f"Member {n}")
    large = panel.make.bid(fund=fund, state=BidState.AT_PANEL, now=panel.now).items[-1]
    panel.make.session.commit()
    urls = [panel.url, f"/meetings/{large.meeting_id}/items/{large.id}"]

    def cost(url: str) -> int:
        panel.make.session.expunge_all()
        before = len(count_queries)
        assert as_clerk.get(url).status_code == 200
        return len(count_queries) - before

    few, many = (cost(url) for url in urls)
    assert few == many < 60


def test_a_bid_under_a_vote_by_email_after_its_meeting_has_no_date(panel: Panel, sign_in: SignIn) -> None:
    panel.item.meeting.state = MeetingState.CLOSED
    panel.item.email_vote_until = panel.now + timedelta(days=2)
    panel.make.session.commit()
    page = sign_in(panel.leader).get(f"/bids/{panel.bid.reference}").text
    assert "Going to the panel" in page
    assert "Going to the panel on" not in page
    listed = sign_in(panel.bid.officer).get("/bids").text
    assert "On agenda" in listed
    assert "On agenda," not in listed


def test_a_bids_leader_is_not_the_clerk(panel: Panel, sign_in: SignIn) -> None:
    bid: Bid = panel.bid
    assert sign_in(panel.leader).post(f"{panel.url}/votes", data={"choice": "fund"}).status_code == 403
    assert bid.items[-1].votes == []
