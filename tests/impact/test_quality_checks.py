"""Quality checks of support: begun, recorded, red carried to done; nothing where switched off."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from fundflow.clock.reminder_letters import write_reminders
from fundflow.clock.timed_steps import take_timed_steps
from fundflow.extensions import db
from fundflow.impact import quality_checks
from fundflow.models.bid import Origin
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, User
from fundflow.models.quality_check import CheckRating, QualityCheck
from fundflow.rules.quality_checks import checks_of, first_checks, move_checks
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.quality_check import CheckState, Stage
from tests.factories import Make
from tests.impact.conftest import LATER, Ended, SignIn, an_ended_bid, letters_to, path

TODAY = LATER.date()
CONCERN: dict[str, Any] = {
    "found": "Two of four sessions were missed.",
    "action": "Send another coach",
    "owner": "the head of the provider",
    "action_due_on": TODAY + timedelta(days=14),
    "note": "The coach is leaving.",
}


@pytest.fixture
def checked(make: Make) -> Ended:
    """A bid in delivery whose fund checks support, with its three checks."""
    found = an_ended_bid(make, BidState.IN_DELIVERY)
    found.bid.fund.checks_support = True
    found.bid.origin, found.bid.officer = Origin.COMMISSIONED, found.officer
    found.bid.end_on = TODAY + timedelta(days=60)
    db.session.flush()
    assert take_timed_steps(LATER) >= 1
    return found


def first(ended: Ended) -> QualityCheck:
    return checks_of(ended.bid)[0]


def on(check: QualityCheck, user: User) -> dict[str, Any]:
    return {"user": user, "now": LATER, "version": check.version}


@pytest.mark.both_databases
def test_the_clock_begins_three_checks_once(checked: Ended) -> None:
    found = checks_of(checked.bid)
    assert [one.stage for one in found] == list(Stage)
    assert [one.state for one in found] == [CheckState.TO_DO] * 3
    assert found[0].due_on == date(2027, 6, 30)  # 20 working days after 2 June
    assert found[2].due_on == checked.bid.end_on
    take_timed_steps(LATER)
    assert len(checks_of(checked.bid)) == 3


def test_checks_begun_late_come_in_their_order(checked: Ended) -> None:
    bid = checked.bid
    bid.start_on, bid.end_on = TODAY - timedelta(days=60), TODAY + timedelta(days=5)
    plan, midway, end = (check.due_on for check in first_checks(bid, TODAY))
    assert TODAY < plan <= midway <= end
    db.session.rollback()


def test_the_contact_of_the_provider_checks_no_support_of_it(checked: Ended) -> None:
    officer, check = checked.officer, first(checked)
    provider = checked.make.provider(checked.bid.fund, proposed_by=officer, contact_email=officer.email)
    checked.bid.external_provider = provider.name
    db.session.commit()
    with pytest.raises(Refused, match="You are the contact of Bright Learning Ltd"):
        quality_checks.record_green(check, found="Good", note="", **on(check, officer))
    db.session.rollback()
    colleague = checked.make.staff(RoleName.OFFICER)
    db.session.commit()
    quality_checks.record_green(check, found="Good", note="", **on(check, colleague))
    assert check.state is CheckState.GREEN


@pytest.mark.usefixtures("today")
def test_the_list_leads_back_to_where_it_was_opened(checked: Ended, sign_in: SignIn) -> None:
    for user, place in (
        (checked.officer, "/brokering"),
        (checked.impact_officer, "/impact"),
        (checked.make.staff(RoleName.CLERK), "/work"),
    ):
        db.session.commit()
        page = sign_in(user).get("/quality-checks").text
        assert f'<a class="govuk-back-link" href="{place}">' in page


def test_small_support_that_a_school_asked_for_is_not_checked(checked: Ended) -> None:
    bid = checked.bid
    bid.origin, bid.awarded_pence = Origin.SCHOOL, bid.fund.full_from_pence - 1
    assert first_checks(bid, TODAY) == []
    bid.awarded_pence = bid.fund.full_from_pence
    assert len(first_checks(bid, TODAY)) == 3
    db.session.rollback()


def test_checks_to_do_move_with_the_support(checked: Ended) -> None:
    plan, midway, end = checks_of(checked.bid)
    move_checks(checked.bid, TODAY, TODAY + timedelta(days=100))
    assert (midway.due_on, end.due_on) == (TODAY + timedelta(days=50), TODAY + timedelta(days=100))
    assert plan.due_on == date(2027, 6, 30)


@pytest.mark.both_databases
def test_a_red_check_is_carried_to_done_and_green_again(checked: Ended) -> None:
    check, officer = first(checked), checked.officer
    provider = checked.make.member(checked.bid.providers[0])
    db.session.commit()
    quality_checks.record_red(check, **CONCERN, **on(check, officer))
    assert (check.state, check.rating) == (CheckState.TO_ACT, CheckRating.RED)
    for who in (checked.head, provider, checked.impact_officer):
        assert "Send another coach" in letters_to(who)[-1].body, who.name
    quality_checks.carry_out(check, done_note="A new coach began on Monday.", **on(check, officer))
    assert "A new coach began on Monday." in letters_to(provider)[-1].body
    quality_checks.check_again(check, again_found="Four good sessions.", **on(check, officer))
    assert (check.state, check.rating) == (CheckState.GREEN_AGAIN, CheckRating.RED)
    assert letters_to(checked.head)[-1].subject == f"{checked.bid.reference}: the support is green now"
    said = [one.body for one in db.session.query(Letter)] + [
        str(e.given) for e in db.session.query(HistoryEntry)
    ]
    assert not [text for text in said if "The coach is leaving" in text]
    check.found = "Another"
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.flush()
    db.session.rollback()


def test_an_amber_check_tells_no_impact_officer(checked: Ended) -> None:
    check = first(checked)
    quality_checks.record_amber(check, **CONCERN, **on(check, checked.officer))
    assert "It is amber." in letters_to(checked.head)[-1].body
    assert letters_to(checked.impact_officer) == []


def test_an_action_is_not_due_in_the_past(checked: Ended) -> None:
    check, late = first(checked), {**CONCERN, "action_due_on": TODAY - timedelta(days=1)}
    with pytest.raises(Refused, match="in the past"):
        quality_checks.record_red(check, **late, **on(check, checked.officer))


def test_nobody_else_checks_and_nobody_who_is_barred(checked: Ended) -> None:
    inside = checked.make.member(checked.bid.providers[0])
    checked.make.role(inside, RoleName.OFFICER)
    db.session.commit()
    for user in (checked.head, checked.impact_officer, inside):
        check = first(checked)
        with pytest.raises(Refused):
            quality_checks.record_green(check, found="Good", note="", **on(check, user))
        db.session.rollback()


@pytest.mark.usefixtures("today")
def test_the_pages_show_a_check_and_keep_the_note_from_the_school(checked: Ended, sign_in: SignIn) -> None:
    check = first(checked)
    there = path(checked, f"quality-checks/{check.id}/steps/record-red")
    missing = sign_in(checked.officer).post(there, data={"found": "Bad", "version": check.version})
    assert missing.status_code == 422
    assert "Enter what must be done" in missing.text
    quality_checks.record_red(check, **CONCERN, **on(check, checked.officer))
    page = sign_in(checked.officer).get(path(checked, "follow-up")).text
    assert "The coach is leaving." in page
    money = sign_in(checked.officer).get(path(checked, "money")).text
    assert (
        "its action is not carried out: Send another coach: the head of the provider, by 16 June 2027"
        in money
    )
    school = sign_in(checked.head).get(path(checked, "follow-up")).text
    assert "Send another coach" in school
    assert "The coach is leaving." not in school
    stranger = checked.make.member(checked.make.school())
    db.session.commit()
    assert sign_in(stranger).get(there).status_code == 404


@pytest.mark.usefixtures("today")
def test_my_work_asks_for_checks_and_late_actions(checked: Ended, sign_in: SignIn) -> None:
    check = first(checked)
    for one in checks_of(checked.bid):
        one.due_on = TODAY + timedelta(days=1)
    db.session.commit()
    assert "Check the quality of the support" not in sign_in(checked.officer).get("/work").text
    for one in checks_of(checked.bid):
        one.due_on = TODAY
    db.session.commit()
    assert "Check the quality of the support" in sign_in(checked.officer).get("/work").text
    quality_checks.record_red(check, **{**CONCERN, "action_due_on": TODAY}, **on(check, checked.officer))
    assert "Chase the action" not in sign_in(checked.officer).get("/work").text
    late = LATER + timedelta(days=2)
    with time_machine.travel(late, tick=False):
        assert "Chase the action after a quality check" in sign_in(checked.officer).get("/work").text
        checked.bid.fund.checks_support = False
        db.session.commit()
        page = sign_in(checked.officer).get("/work").text
        assert "quality" not in page


def told_of(about: str, *days: date) -> dict[date, list[str]]:
    """Who was reminded of checks on each of these days, where anybody was."""
    told = {}
    for day in days:
        write_reminders(datetime.combine(day, time(10), UTC))
        query = select(Letter).where(Letter.key.startswith(about)).order_by(Letter.id)
        letters = list(db.session.scalars(query))[sum(map(len, told.values())) :]
        told[day] = sorted(letter.recipient for letter in letters)
    return {day: who for day, who in told.items() if who}


@pytest.mark.both_databases
def test_a_late_check_is_chased_with_the_officer_then_with_the_impact_officer(checked: Ended) -> None:
    for later in checks_of(checked.bid)[1:]:
        later.due_on = date(2028, 1, 5)
    db.session.commit()
    days = [date(2027, 6, 30), date(2027, 7, 1), date(2027, 7, 2), date(2027, 7, 28)]  # due on the first
    assert told_of("quality_check:", *days) == {
        date(2027, 7, 1): ["officer"],
        date(2027, 7, 28): ["impact_officer", "officer"],
    }


def test_an_action_after_a_check_is_chased_until_it_is_carried_out(checked: Ended) -> None:
    checked.make.member(checked.bid.providers[0])
    check = first(checked)
    quality_checks.record_red(check, **CONCERN, **on(check, checked.officer))
    days = [date(2027, 6, 8), date(2027, 6, 9), date(2027, 6, 16), date(2027, 6, 17)]  # due on 16 June
    assert told_of("quality_action:", *days) == {
        date(2027, 6, 9): ["school", "support_from"],
        date(2027, 6, 17): ["officer"],
    }
    said = {"done_note": "Another coach came.", **on(check, checked.officer)}
    quality_checks.carry_out(check, **said)
    write_reminders(datetime(2027, 7, 15, 10, tzinfo=UTC))
    query = select(func.count()).where(Letter.key.startswith("quality_action:"))
    assert db.session.scalar(query) == 3


def test_where_checks_are_switched_off_nobody_is_chased(checked: Ended) -> None:
    checked.bid.fund.checks_support = False
    db.session.commit()
    assert told_of("quality_check:", date(2027, 7, 1)) == {}


@pytest.mark.usefixtures("today")
def test_the_list_filters_and_its_file_says_the_same(checked: Ended, sign_in: SignIn) -> None:
    check = first(checked)
    quality_checks.record_red(check, **CONCERN, **on(check, checked.officer))
    client = sign_in(checked.officer)
    for query, shown in (
        ("", True),
        ("?rating=red&state=to_act&kind=school", True),
        ("?rating=green", False),
        ("?kind=independent", False),
        ("?late=yes", False),
        ("?provider=no+such", False),
        (f"?provider={checked.bid.providers[0].name.split()[0]}", True),
    ):
        assert ("Action to carry out</strong>" in client.get(f"/quality-checks{query}").text) is shown, query
        assert ("Send another coach" in client.get(f"/quality-checks.csv{query}").text) is shown, query
    provider = checked.make.provider(checked.bid.fund, proposed_by=checked.officer)
    checked.bid.external_provider = provider.name
    db.session.commit()
    assert "Bright Learning Ltd" in client.get("/quality-checks?kind=independent&provider=bright").text


@pytest.mark.usefixtures("today")
def test_switched_off_nothing_shows(checked: Ended, sign_in: SignIn) -> None:
    check = first(checked)
    quality_checks.record_red(check, **CONCERN, **on(check, checked.officer))
    checked.bid.fund.checks_support = False
    db.session.commit()
    client = sign_in(checked.officer)
    for place in ("/quality-checks", "/quality-checks.csv", "/providers", "/providers/new"):
        assert client.get(place).status_code == 404, place
    assert client.get(path(checked, f"quality-checks/{check.id}/steps/carry-out")).status_code == 404
    for place in ("/brokering", "/work", path(checked, "follow-up"), path(checked, "money")):
        text = client.get(place).text.lower()
        assert "quality check" not in text, place
        assert "independent provider" not in text, place
    letters = db.session.query(Letter).count()
    take_timed_steps(LATER)
    assert db.session.query(Letter).count() == letters
    other = checked.make.fund(checks_support=True)
    db.session.commit()
    assert other.checks_support
    assert "Quality checks" not in client.get(path(checked, "follow-up")).text
    with pytest.raises(Refused, match="does not check"):
        quality_checks.carry_out(check, done_note="Done", **on(check, checked.officer))
