"""Reminders of a round's closing. The round closes on Friday 27 November 2026 at 12:00."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from fundflow.clock import tick
from fundflow.models.bid import Origin
from fundflow.models.late_entry import LateEntry
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName
from fundflow.models.round import Round
from fundflow.rules.bid_sections import missing_sections
from fundflow.workflow.application import BidState
from fundflow.workflow.working_days import LONDON
from tests.factories import NOW

CLOSES = datetime(2026, 11, 27, 12, tzinfo=LONDON)
BEGUN = datetime(2026, 11, 2, 10, tzinfo=UTC)


@pytest.fixture
def fund(make):
    fund = make.fund()
    make.round(fund, name="Autumn round", closes_at=CLOSES)
    return fund


def letters(session):
    return list(session.scalars(select(Letter).order_by(Letter.id)))


def told(session, *days, hours=(8, 15)):
    """The days of November on which letters were written, though the clock ticks several times a day."""
    found = {}
    for number in days:
        known = len(letters(session))
        for hour in hours:
            tick(datetime.combine(date(2026, 11, 1) + timedelta(days=number - 1), time(hour), UTC))
        if new := letters(session)[known:]:
            found[number] = [letter.recipient for letter in new]
    return found


ALL = range(16, 34)  # to 3 December


def test_the_letter_states_the_moment_what_is_missing_and_where_to_go_on(make, fund, session):
    bid = make.bid(fund=fund, complete=False, now=BEGUN)
    assert told(session, *ALL) == {20: ["school"], 26: ["school"]}
    for letter in letters(session):
        assert letter.subject == f"{bid.reference}: submit your bid by 27 November 2026 at 12:00"
        assert "Autumn round closes on 27 November 2026 at 12:00. Your bid is still a draft." in letter.body
        for section in missing_sections(bid):
            assert section in letter.body
        assert f"http://fund.example/bids/{bid.reference}/form\n" in letter.body


def test_a_complete_draft_only_needs_its_head(make, fund, session):
    make.bid(fund=fund, now=BEGUN)
    told(session, 20)
    assert "The form is complete. The head needs to submit the bid" in letters(session)[0].body


def test_a_draft_that_was_begun_when_the_reminder_was_due_is_reminded_once(make, fund, session):
    make.bid(fund=fund, now=datetime(2026, 11, 20, 7, 30, tzinfo=UTC))
    make.bid(fund=fund, now=datetime(2026, 11, 24, 10, tzinfo=UTC))
    assert told(session, *ALL) == {26: ["school", "school"]}


def test_nobody_is_reminded_when_the_round_has_closed_that_day(make, fund, session):
    make.bid(fund=fund, now=BEGUN)
    assert told(session, 27, hours=(12, 15)) == {}


def test_a_clock_that_stood_still_reminds_in_the_last_hours(make, fund, session):
    make.bid(fund=fund, now=BEGUN)
    assert told(session, 27, hours=(8, 9, 10, 11)) == {27: ["school"]}


@pytest.mark.parametrize("state", [BidState.SUBMITTED, BidState.WITHDRAWN, BidState.RETURNED])
def test_only_drafts_are_reminded(make, fund, session, state):
    bid = make.bid(fund=fund, state=state, now=BEGUN)
    bid.due_on = None
    told(session, 20, 26)
    assert not [letter for letter in letters(session) if letter.key.startswith("round")]


def test_a_draft_an_officer_began_is_the_officers_to_submit(make, fund, session):
    officer = make.staff(RoleName.OFFICER)
    bid = make.bid(fund=fund, now=BEGUN, origin=Origin.ENTERED)
    assert told(session, *ALL) == {20: ["officer"], 26: ["officer"]}
    letter = letters(session)[0]
    assert letter.email == officer.email
    assert f"begun for {bid.lead_school.name} is still a draft" in letter.body


# -- let in late ----------------------------------------------------------------------------------


@pytest.fixture
def let_in(make, fund, session):
    """A school with a draft, let in on the 30th until Tuesday 8 December at 09:30."""

    def make_one(school=None, until=datetime(2026, 12, 8, 9, 30, tzinfo=LONDON), **given):
        entry = LateEntry(
            round_id=make.session.query(Round).one().id,
            school=school or make.school("Hazelmere"),
            until=until,
            reason="Ill",
            by=make.user(),
            **{"at": datetime(2026, 11, 30, 9, tzinfo=UTC), **given},
        )
        session.add(entry)
        session.flush()
        return entry

    return make_one


LATE = range(30, 42)  # 30 November to 11 December; 37 is Monday 7 December


def test_a_school_let_in_late_is_reminded_once_one_working_day_before_its_own_deadline(
    make, fund, session, let_in
):
    entry = let_in()
    bid = make.bid(fund=fund, lead=entry.school, now=BEGUN, complete=False)
    make.bid(fund=fund, now=BEGUN)  # another school's
    assert told(session, *LATE) == {37: ["school"]}
    (letter,) = letters(session)
    assert letter.subject == "Hazelmere: submit your bid by 8 December 2026 at 09:30"
    assert "Autumn round closed for other schools on 27 November 2026 at 12:00." in letter.body
    assert f"http://fund.example/bids/{bid.reference}/form\n" in letter.body
    assert letter.bid_id == bid.id


def test_one_let_in_before_the_closing_hears_of_its_own_deadline_alone(make, fund, session, let_in):
    entry = let_in(at=datetime(2026, 11, 17, 9, tzinfo=UTC))
    make.bid(fund=fund, lead=entry.school, now=BEGUN)
    assert told(session, *ALL, *LATE) == {37: ["school"]}


def test_one_that_has_not_begun_a_bid_is_reminded_to(make, fund, session, let_in):
    entry = let_in()
    head = make.member(entry.school)
    told(session, *LATE)
    (letter,) = letters(session)
    assert (letter.email, letter.bid_id) == (head.email, None)
    assert "Start the bid and submit it: http://fund.example/bids/new" in letter.body


def test_one_whose_bid_came_in_is_not_reminded(make, fund, session, let_in):
    entry = let_in()
    make.bid(fund=fund, lead=entry.school, state=BidState.SUBMITTED, now=datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert [who for who in told(session, 36, 37, 38).values() if who == ["school"]] == []


def test_a_longer_time_takes_the_place_of_the_shorter(make, fund, session, let_in):
    first = let_in()
    make.member(first.school)
    let_in(first.school, until=datetime(2026, 12, 10, 17, tzinfo=LONDON))
    assert told(session, *LATE) == {39: ["school"]}


def test_what_was_taken_back_or_given_yesterday_is_not_reminded_of(make, fund, session, let_in):
    for school, given in (("One", {"ended_at": NOW}), ("Two", {"at": datetime(2026, 12, 7, 8, tzinfo=UTC)})):
        make.member(let_in(make.school(school), **given).school)
    assert told(session, *LATE) == {}
