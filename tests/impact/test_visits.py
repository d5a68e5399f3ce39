"""Visits: planned, moved, recorded with what was seen, missed; what is kept reaches no school."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from fundflow.extensions import db
from fundflow.impact import follow_ups, visits
from fundflow.models.follow_up import FollowUp
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, Standing, User
from fundflow.models.visit import Visit
from fundflow.steps import AlreadyTaken
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.visit import VisitState
from tests.factories import Make
from tests.impact.conftest import LATER, Ended, SignIn, an_ended_bid, letters_to, path

TODAY = LATER.date()
SEEN = {"note": "Calm and focused lessons", "teaching": 3, "teaching_note": "Clear modelling"}


def plan(ended: Ended, user: User | None = None, **changes: Any) -> Visit:
    said = {"planned_on": TODAY, "half_days": 1, "purpose": "See the reading lessons"}
    school = {"school_id": ended.bid.lead_school_id}
    return visits.plan(
        ended.bid,
        **{**said, **school, "version": ended.bid.version, **changes},
        user=user or ended.officer,
        now=LATER,
    )


def on(visit: Visit, user: User) -> dict[str, Any]:
    return {"user": user, "now": LATER, "version": visit.version}


def record(visit: Visit, user: User, *, shared: bool, **changes: Any) -> None:
    when = {"visited_on": TODAY, "half_days": 2}
    visits.record(visit, **{**when, **SEEN, **changes}, shared=shared, **on(visit, user))


@pytest.mark.both_databases
def test_a_visit_is_planned_moved_and_recorded_with_letters(ended: Ended) -> None:
    visit = plan(ended, planned_on=TODAY + timedelta(days=7))
    asked = letters_to(ended.head)[-1]
    assert asked.subject.endswith(f"visits {ended.bid.lead_school.name} on 9 June")
    assert "See the reading lessons" in asked.body
    visits.move(visit, planned_on=TODAY, reason="The hall is free", **on(visit, ended.officer))
    assert "The hall is free" in letters_to(ended.head)[-1].body
    record(visit, ended.officer, shared=True)
    assert (visit.state, visit.half_days, visit.teaching) == (VisitState.DONE, 2, 3)
    body = letters_to(ended.head)[-1].body
    assert "Calm and focused lessons" in body
    assert "Clear modelling" in body
    for column in ("note", "teaching_note"):
        setattr(visit, column, "Another")
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.flush()
        db.session.rollback()


def test_a_visit_is_planned_on_a_working_day(ended: Ended) -> None:
    visit = plan(ended)
    saturday = date(2027, 6, 5)
    said = r"5 June 2027 is a Saturday\. Choose a working day\."
    with pytest.raises(Refused, match=said):
        plan(ended, planned_on=saturday)
    db.session.rollback()
    with pytest.raises(Refused, match=said):
        visits.move(visit, planned_on=saturday, reason="The hall", **on(visit, ended.officer))


def test_a_visit_that_took_place_before_its_day_is_recorded_on_the_day_it_was(
    ended: Ended, sign_in: SignIn, today: None
) -> None:
    visit = plan(ended, planned_on=TODAY + timedelta(days=7))
    form = sign_in(ended.officer).get(path(ended, f"visits/{visit.id}/steps/done"))
    assert (form.status_code, 'value="9"' in form.text) == (200, False)
    yesterday = TODAY - timedelta(days=1)
    record(visit, ended.officer, shared=True, visited_on=yesterday)
    assert (visit.state, visit.visited_on) == (VisitState.DONE, yesterday)


def test_a_note_that_is_kept_reaches_no_letter(ended: Ended) -> None:
    visit = plan(ended)
    record(visit, ended.officer, shared=False)
    assert "We have recorded the visit." in letters_to(ended.head)[-1].body
    assert not [one for one in db.session.query(Letter) if "Calm and focused" in one.body]


@pytest.mark.usefixtures("today")
def test_a_note_that_is_kept_is_read_by_the_councils_staff_alone(ended: Ended, sign_in: SignIn) -> None:
    record(plan(ended), ended.officer, shared=False)
    for user, reads in ((ended.head, False), (ended.officer, True), (ended.impact_officer, True)):
        for page in ("follow-up", "history", "letters", "impact", "application", "days", "money", ""):
            text = sign_in(user).get(path(ended, page)).text
            assert ("Calm and focused" in text) is (reads and page == "follow-up"), (user.name, page)
            assert ("Clear modelling" in text) is (reads and page == "follow-up")


def test_a_visit_that_did_not_take_place_says_why(ended: Ended) -> None:
    visit = plan(ended)
    visits.miss(visit, reason="The school was closed", **on(visit, ended.officer))
    assert visit.state is VisitState.MISSED
    assert "The school was closed" in letters_to(ended.head)[-1].body
    with pytest.raises(Refused):
        record(visit, ended.officer, shared=True)


@pytest.mark.parametrize("role", [RoleName.OFFICER, RoleName.DEPUTY_OFFICER, RoleName.IMPACT_OFFICER])
def test_liaison_and_impact_officers_visit(ended: Ended, role: RoleName) -> None:
    assert plan(ended, ended.make.staff(role)).state is VisitState.PLANNED


def test_nobody_else_visits_and_nobody_who_is_barred(ended: Ended) -> None:
    inside = ended.make.member(ended.bid.providers[0])
    ended.make.role(inside, RoleName.OFFICER)
    finance = ended.make.staff(RoleName.FINANCE)
    db.session.commit()
    for user in (ended.head, finance, inside):
        with pytest.raises(Refused):
            plan(ended, user)
        db.session.rollback()


def test_a_visit_is_to_a_school_of_the_bid_and_not_in_the_past(ended: Ended) -> None:
    other = ended.make.school()
    db.session.commit()
    with pytest.raises(Refused, match="takes no part in this bid"):
        plan(ended, school_id=other.id)
    db.session.rollback()
    with pytest.raises(Refused, match="in the past"):
        plan(ended, planned_on=TODAY - timedelta(days=1))
    db.session.rollback()
    with pytest.raises(Refused, match="in the future"):
        record(plan(ended), ended.officer, shared=True, visited_on=TODAY + timedelta(days=1))


def test_a_visit_waits_for_the_support_and_a_second_click_plans_none(make: Make) -> None:
    early = an_ended_bid(make, BidState.OFFERED)
    with pytest.raises(Refused, match="has not begun"):
        plan(early)
    db.session.rollback()
    ended = an_ended_bid(make)
    seen = ended.bid.version
    plan(ended)
    with pytest.raises(AlreadyTaken):
        plan(ended, version=seen)


def test_a_partner_that_is_visited_is_told(make: Make) -> None:
    ended = an_ended_bid(make, supported=True)
    assert ended.supported_head is not None
    record(plan(ended, school_id=ended.supported_head.memberships[0].school_id), ended.officer, shared=True)
    assert "Calm and focused lessons" in letters_to(ended.supported_head)[-1].body
    assert letters_to(ended.head) == []


@pytest.mark.usefixtures("today")
def test_the_pages_carry_a_visit_and_its_action_to_done(ended: Ended, sign_in: SignIn) -> None:
    client = sign_in(ended.officer)
    missing = client.post(path(ended, "visits/new"), data={"version": ended.bid.version})
    assert missing.status_code == 422
    assert "Enter what it is for" in missing.text
    sent = {
        "school_id": str(ended.bid.lead_school_id),
        "planned_on-day": "2",
        "planned_on-month": "6",
        "planned_on-year": "2027",
        "half_days": "0.5",
        "purpose": "See the reading lessons",
        "version": ended.bid.version,
    }
    assert client.post(path(ended, "visits/new"), data=sent).status_code == 302
    assert "Record how the visit went" in client.get("/work").text
    visit = db.session.query(Visit).one()
    there = path(ended, f"visits/{visit.id}/steps/done")
    form = client.get(there).text
    assert 'value="0.5"' in form
    assert 'value="2027"' in form
    seen = {key: value for key, value in sent.items() if key.startswith("half")} | {
        "visited_on-day": "2",
        "visited_on-month": "6",
        "visited_on-year": "2027",
        "note": "Calm and focused lessons",
        "teaching": "3",
        "shared": "yes",
        "version": visit.version,
    }
    client.post(there, data=seen)
    assert visit.state is VisitState.DONE
    page = client.get(path(ended, "follow-up")).text
    assert "3: secure" in page
    assert "Record how the visit went" not in client.get("/work").text
    action = {
        "what": "Share the plans",
        "owner": "reading lead",
        "due_on-day": "1",
        "due_on-month": "7",
        "due_on-year": "2027",
        "version": ended.bid.version,
    }
    client.post(path(ended, f"visits/{visit.id}/action"), data=action)
    kept = db.session.query(FollowUp).one()
    assert kept.visit is visit
    assert "after the visit of 2 June 2027" in client.get(path(ended, "follow-up")).text
    follow_ups.finish(kept, note="The plans are shared", **on(kept, ended.officer))  # type: ignore[arg-type]
    assert "The plans are shared" in client.get(path(ended, "follow-up")).text


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("shared", [True, False])
def test_who_reads_the_note_on_another_school_of_the_bid(make: Make, sign_in: SignIn, shared: bool) -> None:
    ended = an_ended_bid(make, supported=True)
    assert ended.supported_head is not None
    school = ended.supported_head.memberships[0].school
    record(plan(ended, school_id=school.id), ended.officer, shared=shared)
    lead, here = ended.bid.lead_school, "follow-up"
    own = [ended.supported_head, make.member(school, Standing.TEAM)]
    staff = {role: make.staff(role) for role in (*STAFF, *SEE_KEPT)}
    db.session.commit()
    readers = {**dict.fromkeys(own, shared), ended.head: False, make.member(lead, Standing.TEAM): False}
    readers |= {user: shared or role in SEE_KEPT for role, user in staff.items()}
    db.session.commit()
    for user, reads in readers.items():
        answer = sign_in(user).get(path(ended, here))
        assert (answer.status_code, school.name in answer.text) == (200, True), user.name
        for words in ("Calm and focused", "Clear modelling", "3: secure"):
            assert (words in answer.text) is reads, (user.name, words)
        history = sign_in(user).get(path(ended, "history")).text
        assert "Calm and focused" not in history


STAFF = (RoleName.FINANCE,)
SEE_KEPT = (
    RoleName.OFFICER,
    RoleName.DEPUTY_OFFICER,
    RoleName.CLERK,
    RoleName.IMPACT_OFFICER,
    RoleName.AUDITOR,
    RoleName.ADMINISTRATOR,
)


@pytest.mark.usefixtures("today")
def test_a_visited_school_sees_its_own_visits_and_no_actions(make: Make, sign_in: SignIn) -> None:
    ended = an_ended_bid(make, supported=True)
    assert ended.supported_head is not None
    follow_ups.ask(
        ended.bid,
        what="Share the plans",
        owner="reading lead",
        due_on=TODAY,
        visit=None,
        user=ended.officer,
        now=LATER,
        version=ended.bid.version,
    )
    plan(ended, purpose="See the lead")
    provider, stranger = make.member(ended.bid.providers[0]), make.member(make.school())
    db.session.commit()
    for user in (ended.supported_head, provider, stranger):
        client = sign_in(user)
        assert client.get(path(ended, "follow-up")).status_code == 404
        assert "Follow-up" not in client.get(path(ended, "impact")).text
    plan(ended, school_id=ended.supported_head.memberships[0].school_id, purpose="See the lessons")
    client = sign_in(ended.supported_head)
    assert "Follow-up" in client.get(path(ended, "impact")).text
    page = client.get(path(ended, "follow-up")).text
    assert "See the lessons" in page
    for words in ("Share the plans", "See the lead", "Follow-up actions", "Plan a visit"):
        assert words not in page
    for user in (provider, stranger):
        assert sign_in(user).get(path(ended, "follow-up")).status_code == 404
