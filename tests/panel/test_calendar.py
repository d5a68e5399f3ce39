"""Meetings in members' own calendars: dates and places, whoever holds the address, nothing of any bid."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar, Event
from itsdangerous import URLSafeSerializer
from werkzeug.test import TestResponse

from fundflow.extensions import db
from fundflow.models.panel import Meeting
from fundflow.models.person import RoleName, User
from fundflow.panel.meetings import calendar
from fundflow.panel.operations import meetings
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.working_days import LONDON
from tests.factories import NOW, Make
from tests.panel.conftest import Panel

SignIn = Callable[[User | None], FlaskClient]
HOSTILE = "Room 1, Hall; A\\B\r\nEND:VEVENT\nBEGIN:VEVENT\rSUMMARY:x\u2028\x00\x1b\u202e " + "é" * 60


def address_of(user: User) -> str:
    return f"/calendar/{calendar.token_of(user)}.ics"


def read(answer: TestResponse) -> Calendar:
    """The calendar in an answer, as a calendar program reads it."""
    assert answer.status_code == 200, answer.status
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.data)


def events(answer: TestResponse) -> list[Event]:
    return list(read(answer).events)


@pytest.fixture
def subscribe(client: FlaskClient) -> Callable[[User], TestResponse]:
    """What a calendar program is given, which has no cookies."""

    def fetch(user: User) -> TestResponse:
        address = address_of(user)
        db.session.commit()
        return client.application.test_client(use_cookies=False).get(address)

    return fetch


Subscribe = Callable[[User], TestResponse]

# -- one meeting --------------------------------------------------------------------------------


def test_a_meeting_is_downloaded_with_all_that_a_calendar_needs(
    panel: Panel, sign_in: SignIn, time_machine: Any
) -> None:
    meeting = panel.make.meeting(
        panel.fund, MeetingState.PAPERS_ISSUED, datetime(2027, 3, 3, 16, 0, tzinfo=UTC)
    )
    meeting.place, meeting.minutes_long, meeting.sequence = "Council House", 150, 3
    panel.fund.name = "Local School Improvement Fund"
    panel.make.history(meeting, "issue_papers", now=datetime(2026, 11, 2, 9, 30, tzinfo=UTC))
    panel.make.session.commit()
    time_machine.move_to(NOW, tick=False)
    answer = sign_in(panel.chair).get(f"/meetings/{meeting.id}/meeting.ics")
    (event,) = events(answer)
    assert {name: event[name].to_ical().decode() for name in event} == {
        "UID": f"meeting-{meeting.id}@fund.example",
        "SEQUENCE": "3",
        "DTSTAMP": "20261118T100000Z",
        "LAST-MODIFIED": "20261102T093000Z",
        "DTSTART": "20270303T160000Z",
        "DTEND": "20270303T183000Z",
        "SUMMARY": "Panel meeting: Local School Improvement Fund",
        "LOCATION": "Council House",
        "URL": f"http://fund.example/meetings/{meeting.id}",
        "STATUS": "CONFIRMED",
    }
    (alarm,) = event.alarms.times
    assert alarm.trigger == datetime(2027, 3, 2, 16, 0, tzinfo=UTC)
    assert answer.headers["Content-Disposition"] == f"attachment; filename=panel-meeting-{meeting.id}.ics"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("day", [date(2027, 3, 26), date(2027, 3, 29), date(2027, 10, 29), date(2027, 11, 1)])
def test_four_o_clock_stays_four_o_clock_when_the_clocks_change(
    panel: Panel, as_clerk: FlaskClient, day: date
) -> None:
    planned = datetime(day.year, day.month, day.day, 16, 0, tzinfo=LONDON)
    meeting = panel.make.meeting(panel.fund, starts_at=planned.astimezone(UTC))
    (event,) = events(as_clerk.get(f"/meetings/{meeting.id}/meeting.ics"))
    assert f"{event.start.astimezone(LONDON):%Y-%m-%d %H:%M}" == f"{day} 16:00"
    assert event.end - event.start == timedelta(minutes=90)


def test_a_cancelled_meeting_is_struck_out_and_rings_nobody(panel: Panel, as_clerk: FlaskClient) -> None:
    meeting = panel.make.meeting(panel.fund, starts_at=panel.now + timedelta(days=9))
    panel.make.session.commit()
    meetings.cancel(meeting, "No bids.", user=panel.clerk, now=panel.now)
    (event,) = events(as_clerk.get(f"/meetings/{meeting.id}/meeting.ics"))
    assert event["STATUS"] == "CANCELLED"
    assert abs(event.last_modified - panel.now) < timedelta(seconds=1)
    assert not event.alarms.times


def test_only_whoever_may_see_a_meeting_downloads_it(panel: Panel, make: Make, sign_in: SignIn) -> None:
    path = f"/meetings/{panel.item.meeting_id}/meeting.ics"
    elsewhere = make.seat(make.fund()).user
    assert sign_in(elsewhere).get(path).status_code == 404
    assert sign_in(panel.leader).get(path).status_code == 403
    assert sign_in(None).get(path).status_code == 302
    assert sign_in(panel.deputy).get(path).status_code == 200
    assert sign_in(panel.deputy).get("/meetings/4000000000/meeting.ics").status_code == 404


# -- the calendar to subscribe to ---------------------------------------------------------------


def test_a_member_subscribes_with_the_address_on_their_page(panel: Panel, sign_in: SignIn) -> None:
    page = sign_in(panel.chair).get("/calendar").text
    assert f"http://fund.example{address_of(panel.chair)}" in page
    assert f'href="webcal://fund.example{address_of(panel.chair)}"' in page
    assert address_of(panel.deputy) not in page


def test_the_calendar_holds_every_meeting_of_the_persons_funds(
    panel: Panel, make: Make, subscribe: Subscribe
) -> None:
    planned = make.meeting(panel.fund, starts_at=panel.now + timedelta(days=20))
    cancelled = make.meeting(panel.fund, MeetingState.CANCELLED, panel.now + timedelta(days=30))
    make.meeting(make.fund(), starts_at=panel.now + timedelta(days=20))
    make.session.commit()
    answer = subscribe(panel.chair)
    assert {event["UID"]: event["STATUS"] for event in events(answer)} == {
        f"meeting-{panel.item.meeting_id}@fund.example": "CONFIRMED",
        f"meeting-{planned.id}@fund.example": "CONFIRMED",
        f"meeting-{cancelled.id}@fund.example": "CANCELLED",
    }
    assert not any(event.subcomponents for event in events(answer))  # no alarms: those are one's own
    assert read(answer).calendar_name == "Panel meetings, Borough of Brackenford"
    assert "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT4H\r\n" in answer.text
    assert "\r\nX-PUBLISHED-TTL:PT4H\r\n" in answer.text


def test_the_clerk_of_every_fund_sees_the_meetings_of_all(
    panel: Panel, make: Make, subscribe: Subscribe
) -> None:
    make.meeting(make.fund(), starts_at=panel.now)
    assert len(events(subscribe(panel.clerk))) == 2


def test_a_moved_meeting_keeps_its_entry(panel: Panel, subscribe: Subscribe) -> None:
    (before,) = events(subscribe(panel.chair))
    meeting = db.session.get_one(Meeting, panel.item.meeting_id)
    meeting.starts_at, meeting.sequence = meeting.starts_at + timedelta(days=7), meeting.sequence + 1
    db.session.commit()
    (after,) = events(subscribe(panel.chair))
    assert after["UID"] == before["UID"]
    assert after.start - before.start == timedelta(days=7)
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)


def test_meetings_of_the_last_year_are_kept_and_two_hundred_at_most(
    panel: Panel, make: Make, subscribe: Subscribe
) -> None:
    old = make.meeting(panel.fund, MeetingState.CLOSED, panel.now - timedelta(days=366))
    kept = make.meeting(panel.fund, MeetingState.CLOSED, panel.now - timedelta(days=364))
    found = {event["UID"] for event in events(subscribe(panel.chair))}
    assert f"meeting-{kept.id}@fund.example" in found
    assert f"meeting-{old.id}@fund.example" not in found
    make.session.add_all(
        Meeting(fund_id=panel.fund.id, starts_at=panel.now + timedelta(days=n), place="Hall")
        for n in range(1, 205)
    )
    make.session.commit()
    shown = events(subscribe(panel.chair))
    assert len(shown) == 200
    assert max(event.start for event in shown).date() == (panel.now + timedelta(days=204)).date()


def test_the_calendar_asks_few_questions_however_many_the_meetings(
    panel: Panel, make: Make, client: FlaskClient, count_queries: list[str]
) -> None:
    address, fund_id = address_of(panel.chair), panel.fund.id

    def queries() -> int:
        db.session.commit()
        db.session.expunge_all()
        count_queries.clear()
        assert client.get(address).status_code == 200
        return len(count_queries)

    few = queries()
    make.session.add_all(
        Meeting(fund_id=fund_id, starts_at=panel.now + timedelta(days=n), place="Hall") for n in range(30)
    )
    assert queries() == few <= 7


# -- nothing of any bid -------------------------------------------------------------------------


def test_no_calendar_says_anything_of_any_bid(panel: Panel, subscribe: Subscribe, sign_in: SignIn) -> None:
    bid, meeting = panel.bid, panel.item.meeting
    panel.votes("+++")
    secrets = [
        bid.reference,
        bid.title,
        bid.lead_school.name,
        bid.partners[0].school.name,
        "3,000",
        panel.leader.name,
        "Reading",
        panel.chair.name,
    ]
    downloaded = sign_in(panel.chair).get(f"/meetings/{meeting.id}/meeting.ics").text
    for text in (downloaded, subscribe(panel.chair).text, subscribe(panel.clerk).text):
        assert not [secret for secret in secrets if secret in text]


def test_bids_votes_and_decisions_leave_the_calendar_as_it_was(
    panel: Panel, make: Make, subscribe: Subscribe, time_machine: Any
) -> None:
    time_machine.move_to(panel.now, tick=False)
    before = subscribe(panel.chair).data
    other = make.bid(fund=panel.fund, title="Another one")
    make.item(other, panel.item.meeting)
    panel.votes("+++")
    assert subscribe(panel.chair).data == before


# -- whose address ------------------------------------------------------------------------------


def test_a_new_address_ends_the_old_one(panel: Panel, sign_in: SignIn, subscribe: Subscribe) -> None:
    old, others = address_of(panel.chair), address_of(panel.deputy)
    done = sign_in(panel.chair).post("/calendar/new-address")
    assert done.headers["Location"] == "/calendar"
    client = sign_in(None)
    assert client.get(old).status_code == 404
    assert client.get(others).status_code == 200
    assert address_of(panel.chair) != old
    assert events(subscribe(panel.chair))


def test_a_new_address_is_made_with_the_button_alone(panel: Panel, app: Flask, sign_in: SignIn) -> None:
    client = sign_in(panel.chair)
    assert client.get("/calendar/new-address").status_code == 405
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert client.post("/calendar/new-address").status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert panel.chair.calendar_number == 0


def test_whoever_left_has_no_calendar(panel: Panel, subscribe: Subscribe) -> None:
    panel.chair.active = False
    panel.make.session.commit()
    assert subscribe(panel.chair).status_code == 404


def test_a_calendar_is_empty_once_the_seat_or_the_role_has_ended(panel: Panel, subscribe: Subscribe) -> None:
    yesterday = panel.now.date() - timedelta(days=2)
    panel.seats[0].ends_on, panel.clerk.roles[0].ends_on = yesterday, yesterday
    panel.make.session.commit()
    chair, clerk = panel.chair, panel.clerk
    assert events(subscribe(chair)) == []
    assert events(subscribe(clerk)) == []


def test_whoever_may_not_open_meetings_has_an_empty_calendar(
    panel: Panel, make: Make, subscribe: Subscribe
) -> None:
    people = [panel.leader, make.staff(RoleName.ADMINISTRATOR), make.staff(RoleName.FINANCE), make.user()]
    assert [events(subscribe(person)) for person in people] == [[], [], [], []]


def forgeries(app: Flask, user: User) -> list[str]:
    """Addresses somebody might try."""
    token, secret = calendar.token_of(user), app.config["SECRET_KEY"]
    body, _, signature = token.partition(".")
    other = URLSafeSerializer("another secret", salt="fundflow calendar")
    return [
        "unknown",
        body,
        body + ".",
        "." + signature,
        token[:-1],
        token + "x",
        token.swapcase(),
        str(other.dumps([user.id, 0])),
        str(URLSafeSerializer(secret).dumps([user.id, 0])),
        str(URLSafeSerializer(secret, salt="cookie-session").dumps([user.id, 0])),
        "..",
        "%00",
        "%FF",
        "é",
        "x" * 5000,
        str(10**30),
        token + "%00",
    ]


def test_wrong_addresses_are_all_answered_alike(panel: Panel, app: Flask, client: FlaskClient) -> None:
    old = calendar.token_of(panel.chair)
    panel.chair.calendar_number = 1
    panel.make.session.commit()
    tried = [old, *forgeries(app, panel.chair)]
    answers = [client.get(f"/calendar/{token}.ics") for token in tried]
    assert [a.status_code for a in answers] == [404] * len(tried)
    assert len({a.text for a in map(without_nonce, answers)}) == 1
    assert len({tuple(sorted(set(a.headers.keys()))) for a in answers}) == 1


def without_nonce(answer: TestResponse) -> Any:
    """An answer's page, but for what differs in every one."""
    nonce = answer.headers["Content-Security-Policy"].partition("'nonce-")[2].partition("'")[0]

    class Page:
        text = answer.text.replace(nonce, "")

    return Page


def test_an_address_works_without_signing_in_and_leaves_no_cookie(panel: Panel, subscribe: Subscribe) -> None:
    answer = subscribe(panel.chair)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"].startswith("private")
    assert "Content-Disposition" not in answer.headers


# -- what is written ----------------------------------------------------------------------------


def test_a_hostile_place_stays_a_place(panel: Panel, subscribe: Subscribe) -> None:
    meeting = panel.item.meeting
    if db.engine.dialect.name == "postgresql":
        meeting.place = HOSTILE.replace("\0", "")  # it stores none
    else:
        meeting.place = HOSTILE
    panel.fund.name = "Fund; one, two\nBEGIN:VALARM"
    panel.make.session.commit()
    answer = subscribe(panel.chair)
    (event,) = events(answer)
    assert event["LOCATION"] == r"Room 1, Hall; A\B END:VEVENT BEGIN:VEVENT SUMMARY:x " + "é" * 60
    assert event["SUMMARY"] == "Panel meeting: Fund; one, two BEGIN:VALARM"
    assert not event.subcomponents
    assert r"LOCATION:Room 1\, Hall\; A\\B END:VEVENT" in answer.text.replace("\r\n ", "")


def test_lines_end_as_the_standard_says_and_are_never_too_long(panel: Panel, subscribe: Subscribe) -> None:
    panel.item.meeting.place = "Großer Saal €€€ " * 12
    panel.make.session.commit()
    data = subscribe(panel.chair).data
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert any(line.startswith(b" ") for line in lines)  # folded
    assert all(line.decode() is not None for line in lines)  # and never within a letter
