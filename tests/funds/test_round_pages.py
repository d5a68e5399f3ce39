"""The pages of a round: when it opens and closes, and its priorities."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from fundflow.models.round import Round


def dated(fund, **changes):
    return {
        "version": fund.version,
        "name": "Summer round",
        "kind": "dates",
        "guidance": "",
        "opens_on-day": "1",
        "opens_on-month": "3",
        "opens_on-year": "2027",
        "opens_time": "09:00",
        "closes_on-day": "30",
        "closes_on-month": "4",
        "closes_on-year": "2027",
        "closes_time": "17.30",
        **changes,
    }


def test_a_rounds_moments_are_on_a_clock_in_london(as_admin, fund, session):
    assert as_admin.post(f"/funds/{fund.id}/rounds/add", data=dated(fund)).status_code == 302
    round_ = session.scalar(select(Round).where(Round.name == "Summer round"))
    assert round_.opens_at == datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
    assert round_.closes_at == datetime(2027, 4, 30, 16, 30, tzinfo=UTC)  # summer time
    assert "30 April 2027 at 17:30" in as_admin.get(f"/funds/{fund.id}").text
    page = as_admin.get(f"/funds/{fund.id}/rounds/{round_.id}").text
    assert 'value="17:30"' in page


def test_a_rolling_round_has_no_dates_and_can_be_given_some(as_admin, fund, session):
    as_admin.post(f"/funds/{fund.id}/rounds/add", data=dated(fund, kind="rolling"))
    round_ = session.scalar(select(Round).where(Round.name == "Summer round"))
    assert (round_.opens_at, round_.closes_at) == (None, None)
    as_admin.post(f"/funds/{fund.id}/rounds/{round_.id}", data=dated(fund, name="Spring"))
    assert (round_.name, round_.opens_at.year) == ("Spring", 2027)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter the name of the round"),
        ({"kind": ""}, "Select when schools may bid"),
        ({"opens_time": "25:00"}, "Enter the time at which the round opens"),
        ({"closes_time": ""}, "Enter the time at which the round closes"),
        ({"closes_on-month": "2"}, "must be a real date"),
        ({"closes_on-day": "", "closes_on-month": "", "closes_on-year": ""}, "Enter the date on which"),
        ({"closes_on-year": "2026"}, "The round must close after it opens"),
    ],
)
def test_a_bad_round_is_answered_in_words(as_admin, fund, changes, sentence):
    answer = as_admin.post(f"/funds/{fund.id}/rounds/add", data=dated(fund) | changes)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_priority_is_added_once_to_a_round(as_admin, make, fund, session):
    round_ = make.round(fund)
    session.commit()
    place = f"/funds/{fund.id}/rounds/{round_.id}/priorities/add"
    as_admin.post(place, data={"version": fund.version, "title": "Attendance"})
    assert [p.title for p in round_.priorities] == ["Early reading", "Attendance"]
    answer = as_admin.post(place, data={"version": fund.version, "title": "attendance "})
    assert answer.status_code == 409
    assert "already has the priority" in answer.text
