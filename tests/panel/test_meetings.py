"""Meetings: planning, papers, the agenda's order, attendance, moving items, the steps."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from fundflow.models.bid import Bid
from fundflow.models.days_off import DaysOff, Whose
from fundflow.models.letter import Letter
from fundflow.models.panel import ItemOutcome, Meeting
from fundflow.models.person import RoleName, User
from fundflow.panel.operations import agenda, attendance, decisions, meetings
from fundflow.rules.panel.sittings import standings_of
from fundflow.steps import Stale
from fundflow.web.times import parse_time
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.working_days import LONDON, add_working_days, london_date
from tests.factories import NOW
from tests.panel.conftest import Panel

SignIn = Callable[[User | None], FlaskClient]


def another_bid(panel: Panel, meeting: Meeting | None = None, title: str = "Maths mastery") -> Bid:
    bid = panel.make.bid(fund=panel.fund, state=BidState.IN_REVIEW, title=title, now=panel.now)
    panel.make.item(bid, meeting or panel.item.meeting)
    bid.state = BidState.AT_PANEL
    panel.make.session.commit()
    return bid


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("16:00", "16:00"),
        ("9.30", "09:30"),
        ("05:30", "05:30"),
        ("5.30 p.m.", "17:30"),
        ("\u200b4\u00a0pm", "16:00"),
        ("4pm", "16:00"),
        ("4:30 PM", "16:30"),
        ("12am", "00:00"),
        ("12pm", "12:00"),
        ("25:00", None),
        ("16:60", None),
        ("13pm", None),
        ("16", None),
        ("", None),
        ("noon", None),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str, words: str | None) -> None:
    found = parse_time(text)
    assert (f"{found:%H:%M}" if found else None) == words


# -- planning -----------------------------------------------------------------------------------


def _new(days: int) -> dict[str, str]:
    day = london_date(NOW) + timedelta(days=days)
    return {
        "day-day": str(day.day),
        "day-month": str(day.month),
        "day-year": str(day.year),
        "time": "4pm",
        "place": "On a call",
    }


def test_the_clerk_plans_a_meeting_on_a_clock_in_london(panel: Panel, as_clerk: FlaskClient) -> None:
    panel.clerk.roles[0].fund_id = panel.fund.id  # keeps this fund’s meetings only
    panel.make.session.commit()
    done = as_clerk.post("/meetings/new", data=_new(40))
    meeting = panel.make.session.query(Meeting).order_by(Meeting.id.desc()).first()
    assert meeting is not None
    assert done.headers["Location"] == f"/meetings/{meeting.id}"
    assert f"{meeting.starts_at.astimezone(LONDON):%H:%M}" == "16:00"
    assert meeting.fund_id == panel.fund.id
    count = panel.make.session.query(Meeting).count()
    as_clerk.post("/meetings/new", data=_new(40))  # a second click
    assert panel.make.session.query(Meeting).count() == count
    page = as_clerk.get(f"/meetings/{meeting.id}").text
    assert "Papers go out by" in page
    assert "No bid is on the agenda yet." in page


def test_a_meeting_too_soon_for_its_papers_is_planned_with_a_warning(
    panel: Panel, as_clerk: FlaskClient
) -> None:
    panel.clerk.roles[0].fund_id = panel.fund.id
    panel.make.session.commit()
    page = as_clerk.post("/meetings/new", data=_new(2), follow_redirects=True).text
    assert "Papers should be out 5 working days before" in page


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ((27, 3, 2027), "27 March 2027 is a Saturday. Change the meeting if you do not mean that day."),
        ((26, 3, 2027), "26 March 2027 is a bank holiday (Good Friday)."),
        ((24, 3, 2027), "24 March 2027 is a day the council is closed (Training)."),
        ((23, 3, 2027), None),
    ],
)
def test_a_meeting_on_a_day_off_is_planned_with_a_remark(
    panel: Panel, as_clerk: FlaskClient, day: tuple[int, int, int], sentence: str | None
) -> None:
    panel.clerk.roles[0].fund_id = panel.fund.id
    off = date(2027, 3, 24)
    panel.fund.days_off = [DaysOff(off, off, "Training", Whose.COUNCIL).to_store()]
    panel.make.session.commit()
    parts = dict(zip(("day-day", "day-month", "day-year"), map(str, day), strict=True))
    done = as_clerk.post("/meetings/new", data=_new(40) | parts)
    assert done.status_code == 302
    page = as_clerk.get(done.headers["Location"]).text
    assert sentence in page if sentence else "if you do not mean that day" not in page
    changed = panel.make.session.query(Meeting).order_by(Meeting.id.desc()).first()
    assert changed is not None
    data = _new(40) | parts | {"time": "3pm", "version": str(changed.version)}
    page = as_clerk.post(f"/meetings/{changed.id}/change", data=data, follow_redirects=True).text
    assert "The meeting is changed." in page
    assert sentence in page if sentence else "if you do not mean that day" not in page


def test_papers_are_due_five_working_days_before(panel: Panel) -> None:
    meeting = panel.make.meeting(panel.fund, starts_at=datetime(2026, 12, 30, 16, tzinfo=UTC))
    assert str(meeting.papers_due_on) == "2026-12-21"  # Christmas Day and Boxing Day lie between


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day-day": ""}, "The date must include a day"),
        ({"day-day": "31", "day-month": "2"}, "The date must be a real date"),
        ({"time": ""}, "Enter the time, like 16:00 or 4pm"),
        ({"time": "teatime"}, "Enter the time like 16:00 or 4pm"),
        ({"place": " "}, "Enter where the panel meets"),
        ({"place": "x" * 201}, "must be 200 characters or fewer"),
        ({"day-year": "99999"}, "The date must be a real date"),
        ({"fund": "77"}, "Select one of the answers in the list"),
    ],
)
def test_a_meeting_that_lacks_something_says_what(
    panel: Panel, as_clerk: FlaskClient, changes: dict[str, str], sentence: str
) -> None:
    panel.make.fund()  # a second fund, so that the fund is asked for
    data = {**_new(30), "fund": str(panel.fund.id), **changes}
    page = as_clerk.post("/meetings/new", data=data)
    assert page.status_code == 422
    assert sentence in page.text


def test_a_meeting_lies_in_the_future_and_only_clerks_plan_one(panel: Panel, sign_in: SignIn) -> None:
    with pytest.raises(Refused, match="must be in the future"):
        meetings.plan_meeting(panel.fund, panel.now, "Here", user=panel.clerk, now=panel.now)
    with pytest.raises(Refused, match="Only the panel’s clerk"):
        meetings.plan_meeting(
            panel.fund, panel.now + timedelta(days=9), "Here", user=panel.chair, now=panel.now
        )
    assert sign_in(panel.chair).get("/meetings/new").status_code == 403


# -- the list -----------------------------------------------------------------------------------


def test_meetings_are_listed_to_those_who_work_for_the_panel(panel: Panel, sign_in: SignIn) -> None:
    meeting = panel.item.meeting
    for role in (
        RoleName.OFFICER,
        RoleName.DEPUTY_OFFICER,
        RoleName.AUDITOR,
        RoleName.CLERK,
        RoleName.AUTHORISED_OFFICER,
    ):
        page = sign_in(panel.make.staff(role)).get("/meetings")
        assert f"/meetings/{meeting.id}" in page.text
    assert f"/meetings/{meeting.id}" in sign_in(panel.chair).get("/meetings").text
    assert sign_in(panel.leader).get("/meetings").status_code == 403
    elsewhere = panel.make.panel(panel.make.fund())[0].user
    assert f"/meetings/{meeting.id}" not in sign_in(elsewhere).get("/meetings").text


def test_past_meetings_come_newest_first_a_page_at_a_time(panel: Panel, as_clerk: FlaskClient) -> None:
    for n in range(30):
        panel.make.meeting(panel.fund, MeetingState.CLOSED, panel.now - timedelta(days=n + 1))
    panel.make.session.commit()
    first = as_clerk.get("/meetings").text
    assert first.count('scope="row"') == 26  # one under way, 25 past
    after = first.split("after=")[1].split('"')[0]
    second = as_clerk.get(f"/meetings?after={after}").text
    assert second.count('scope="row"') == 5
    assert as_clerk.get("/meetings?after=x").status_code == 200
    assert as_clerk.get(f"/meetings?after={2**40}").status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_agenda(
    panel: Panel, as_clerk: FlaskClient, count_queries: list[str]
) -> None:
    long = panel.make.meeting(panel.fund, MeetingState.IN_SESSION, panel.now)
    for n in range(8):
        last = another_bid(panel, long, f"Bid {n}")
    pairs = [
        (f"/meetings/{panel.item.meeting_id}", f"/meetings/{long.id}"),
        (panel.url, f"/meetings/{long.id}/items/{last.items[0].id}"),
    ]
    session = panel.make.session

    def cost(url: str) -> int:
        session.expunge_all()
        before = len(count_queries)
        assert as_clerk.get(url).status_code == 200
        return len(count_queries) - before

    for short_url, long_url in pairs:
        assert cost(short_url) == cost(long_url) < 60


# -- the agenda ---------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_the_clerk_moves_an_item_up(panel: Panel, as_clerk: FlaskClient) -> None:
    second, third = another_bid(panel), another_bid(panel, title="Attendance")
    meeting = panel.item.meeting
    url = f"/meetings/{meeting.id}/items/{third.items[0].id}/up"
    old = meeting.version
    assert as_clerk.post(url, data={"version": old}).status_code == 302
    panel.make.session.refresh(meeting)
    assert [i.bid for i in meeting.items] == [panel.bid, third, second]
    stale = as_clerk.post(url, data={"version": old})
    assert stale.status_code == 409
    assert "Somebody changed this" in stale.text
    with pytest.raises(Stale):
        agenda.move_up(third.items[0], version=old, user=panel.clerk, now=panel.now)
    first = panel.item
    with pytest.raises(Refused, match="the first one already"):
        agenda.move_up(first, version=None, user=panel.clerk, now=panel.now)


@pytest.mark.both_databases
def test_an_item_moves_to_another_meeting_and_the_school_is_told(panel: Panel, as_clerk: FlaskClient) -> None:
    other = panel.make.meeting(panel.fund, starts_at=panel.now + timedelta(days=30))
    panel.make.session.commit()
    old, url = panel.item, f"{panel.url}/move"
    assert "Move to another meeting" in as_clerk.get(url).text
    assert as_clerk.post(url, data={"meeting": "999"}).status_code == 422
    assert as_clerk.post(url, data={"meeting": str(other.id)}).status_code == 302
    assert old.outcome is ItemOutcome.REMOVED
    assert panel.item.meeting is other
    assert panel.item.is_open
    assert panel.bid.due_on == london_date(other.starts_at)
    told = panel.make.session.query(Letter).filter_by(bid_id=panel.bid.id).order_by(Letter.id).all()
    assert [letter.recipient for letter in told] == ["school", "officer"]
    assert "going to the panel on" in told[0].subject
    again = as_clerk.post(f"/meetings/{old.meeting_id}/items/{old.id}/move", data={"meeting": str(other.id)})
    assert again.status_code == 302  # a second click
    assert len(panel.bid.items) == 2
    with pytest.raises(Refused, match="no longer open"):
        agenda.move_to(old, old.meeting_id, user=panel.clerk, now=panel.now)


def test_an_item_moves_only_to_a_meeting_of_the_fund_that_takes_bids(panel: Panel) -> None:
    closed = panel.make.meeting(panel.fund, MeetingState.CLOSED)
    elsewhere = panel.make.meeting(panel.make.fund())
    for number in (closed.id, elsewhere.id, panel.item.meeting_id, 4_000_000):
        with pytest.raises(Refused, match="Select a meeting that takes bids"):
            agenda.move_to(panel.item, number, user=panel.clerk, now=panel.now)


# -- attendance ---------------------------------------------------------------------------------


def test_attendance_is_recorded_for_every_open_item(panel: Panel, as_clerk: FlaskClient) -> None:
    other = another_bid(panel)
    panel.seats[1].school = other.lead_school  # leaves for that item
    panel.make.session.commit()
    seats = [str(panel.seats[n].id) for n in (0, 1, 3)]
    url = f"/meetings/{panel.item.meeting_id}/attendance"
    assert as_clerk.post(url, data={"seats": seats, "was": ""}).status_code == 302
    here = [[s.present for s in standings_of(item, panel.now)] for item in (panel.item, other.items[0])]
    assert here == [[True, True, False, True, False], [True, False, False, True, False]]
    page = as_clerk.get(f"/meetings/{panel.item.meeting_id}").text
    assert f'name="was" value="{",".join(seats)}"' in page
    assert as_clerk.post(url, data={"seats": "nobody", "was": ""}).status_code == 422


def test_who_left_for_one_item_stays_away_when_attendance_is_saved_again(panel: Panel) -> None:
    meeting = panel.item.meeting
    a, b = panel.seats[0].id, panel.seats[3].id
    attendance.record_attendance(meeting, {a}, set(), user=panel.clerk, now=panel.now)
    attendance.record_presence(panel.item, a, present=False, user=panel.clerk, now=panel.now)
    attendance.record_attendance(meeting, {a, b}, {a}, user=panel.clerk, now=panel.now)
    present = {s.seat.id for s in standings_of(panel.item, panel.now) if s.present}
    assert present == {b}
    attendance.record_attendance(meeting, {a}, {a, b}, user=panel.clerk, now=panel.now)
    assert not any(s.present for s in standings_of(panel.item, panel.now))


def test_attendance_is_the_clerks_and_needs_a_meeting_in_session(panel: Panel) -> None:
    meeting = panel.item.meeting
    with pytest.raises(Refused, match="Only the panel’s clerk"):
        attendance.record_attendance(meeting, {1}, set(), user=panel.chair, now=panel.now)
    meeting.state = MeetingState.PAPERS_ISSUED
    with pytest.raises(Refused, match="Start the meeting first"):
        attendance.record_attendance(meeting, {1}, set(), user=panel.clerk, now=panel.now)


# -- the meeting's steps ------------------------------------------------------------------------


def _step(meeting: Meeting, name: str) -> str:
    return f"/meetings/{meeting.id}/steps/{name}"


def test_a_meeting_goes_from_papers_to_its_close(panel: Panel, as_clerk: FlaskClient) -> None:
    meeting = panel.make.meeting(panel.fund, starts_at=panel.now + timedelta(days=20))
    panel.make.session.commit()
    refused = as_clerk.get(_step(meeting, "issue-papers"))
    assert refused.status_code == 409
    assert "No bid is on the agenda yet." in refused.text
    agenda.move_to(panel.item, meeting.id, user=panel.clerk, now=panel.now)
    for step, state in (("issue-papers", "papers_issued"), ("open-session", "in_session")):
        assert as_clerk.get(_step(meeting, step)).status_code == 200
        assert as_clerk.post(_step(meeting, step), data={"version": meeting.version}).status_code == 302
        assert meeting.state.value == state
    papers = panel.make.session.query(Letter).filter(Letter.recipient == "panel").all()
    assert {letter.email for letter in papers} == {seat.user.email for seat in panel.seats}
    assert len(papers) == 5
    close = as_clerk.get(_step(meeting, "close-session"))
    assert "1 item is not decided or moved yet." in close.text
    panel.votes("++++")
    decisions.approve(panel.bid, 300_000, **panel.decided())
    as_clerk.post(_step(meeting, "close-session"), data={"version": meeting.version})
    assert meeting.state is MeetingState.CLOSED


def test_the_papers_letter_names_no_bid_its_reader_is_barred_from(panel: Panel) -> None:
    panel.seats[2].school = panel.bid.lead_school
    meeting = panel.item.meeting
    meeting.state = MeetingState.PLANNED
    meetings.issue_papers(meeting, user=panel.clerk, now=panel.now)
    letters = {
        letter.email: letter.body
        for letter in panel.make.session.query(Letter)
        if letter.recipient == "panel"
    }
    assert panel.bid.reference in letters[panel.chair.email]
    assert panel.bid.reference not in letters[panel.seats[2].user.email]


def test_a_double_click_on_a_step_issues_the_papers_once(panel: Panel, as_clerk: FlaskClient) -> None:
    panel.item.meeting.state = MeetingState.PLANNED
    panel.make.session.commit()
    data = {"version": panel.item.meeting.version}
    for _ in range(2):
        assert as_clerk.post(_step(panel.item.meeting, "issue-papers"), data=data).status_code == 302
    assert panel.make.session.query(Letter).filter_by(recipient="panel").count() == 5


@pytest.mark.both_databases
def test_a_meeting_is_cancelled_once_its_bids_are_moved(panel: Panel, as_clerk: FlaskClient) -> None:
    meeting = panel.item.meeting
    meeting.state = MeetingState.PAPERS_ISSUED
    panel.make.session.commit()
    assert "Move its bids to another meeting first." in as_clerk.get(_step(meeting, "cancel")).text
    other = panel.make.meeting(panel.fund)
    agenda.move_to(panel.item, other.id, user=panel.clerk, now=panel.now)
    data = {"version": meeting.version}
    assert as_clerk.post(_step(meeting, "cancel"), data=data).status_code == 422
    as_clerk.post(_step(meeting, "cancel"), data={**data, "reason": "Snow."})
    assert meeting.state is MeetingState.CANCELLED


def test_a_withdrawn_bid_leaves_the_agenda(panel: Panel, as_clerk: FlaskClient) -> None:
    from fundflow.review.operations import reviewing

    assert panel.bid.officer is not None
    reviewing.take_back(panel.bid, "New data.", user=panel.bid.officer, now=panel.now)
    assert panel.item.outcome is ItemOutcome.REMOVED
    page = as_clerk.get(f"/meetings/{panel.item.meeting_id}").text
    assert "Taken off the agenda" in page
    assert "This item has ended." in as_clerk.get(panel.url).text
    with pytest.raises(Refused, match="no longer open"):
        panel.comes(0)


def test_working_days_before_a_meeting_skip_weekends() -> None:
    assert str(add_working_days(datetime(2026, 12, 8, tzinfo=UTC).date(), -5)) == "2026-12-01"
