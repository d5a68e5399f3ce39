"""Appointments: nobody appoints themself, others are told, the past needs a reason, a panel has one chair."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from fundflow.accounts import people
from fundflow.accounts.first_administrator import add_person
from fundflow.accounts.places import RolePlace, SchoolPlace, SeatPlace
from fundflow.desk import cover, hand_over
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import RoleName, SeatPosition, Sector, Standing
from fundflow.workflow.engine import Refused

NOW = datetime.now(UTC)
TODAY = NOW.date()
A_DAY = timedelta(days=1)

# Everything there is to hold, by the name of its kind.
HELD = (
    *(("role", role) for role in RoleName),
    *(("seat", position) for position in SeatPosition),
    *(("school", standing) for standing in Standing),
)
EVERYTHING = pytest.mark.parametrize(
    ("kind", "what"), HELD, ids=[f"{kind}-{what.value}" for kind, what in HELD]
)


@pytest.fixture
def fund(make):
    return make.fund()


@pytest.fixture
def place(make, fund) -> Any:
    """The place of a kind, from a day on."""
    school = make.school("Hazelmere Primary School")

    def build(kind: str, what: Any, starts_on=TODAY, ends_on=None) -> Any:
        if kind == "role":
            return RolePlace(what, fund.id, starts_on, ends_on)
        if kind == "seat":
            return SeatPlace(fund.id, what, Sector.LA, starts_on, ends_on)
        return SchoolPlace(school, what, starts_on, ends_on)

    return build


@pytest.fixture
def watchers(make, session):
    """Who is to be told: another administrator and an auditor."""
    return make.staff(RoleName.ADMINISTRATOR, "Bea Admin"), make.staff(RoleName.AUDITOR, "Aud Itor")


def told(session, before=0) -> set[str]:
    """The names of those who were told of a change to an account, after the letter of this number."""
    letters = session.scalars(select(Letter).where(Letter.key.startswith("account:"), Letter.id > before))
    return {letter.name for letter in letters}


def held_by(person):
    return [*person.roles, *person.seats, *person.memberships]


@EVERYTHING
def test_nobody_gives_themself_anything(make, session, admin, place, kind, what):
    session.commit()
    before = len(held_by(admin))
    with pytest.raises(Refused, match="Nobody can give themselves"):
        people.give(admin, place(kind, what), by=admin, now=NOW)
    session.rollback()
    session.refresh(admin)
    assert len(held_by(admin)) == before


@EVERYTHING
def test_what_is_given_to_another_is_told_to_the_other_administrators_and_the_auditors(
    make, session, admin, place, watchers, kind, what
):
    somebody = make.user("Sam Somebody")
    people.give(somebody, place(kind, what), by=admin, now=NOW)
    assert len(held_by(somebody)) == 1
    assert told(session) == {"Bea Admin", "Aud Itor"}
    letter = session.scalar(select(Letter).where(Letter.name == "Aud Itor"))
    assert "Sam Somebody" in letter.subject
    assert "Una Admin" in letter.body
    assert f"/people/{somebody.id}" in letter.body


@EVERYTHING
def test_an_invitation_is_told_too(make, session, admin, place, watchers, kind, what):
    people.invite(
        email="new@school.example",
        name="New Person",
        job_title="",
        place=place(kind, what),
        by=admin,
        now=NOW,
    )
    assert told(session) == {"Bea Admin", "Aud Itor"}


@EVERYTHING
def test_nobody_holds_their_own_longer_and_others_are_told_of_anothers(
    make, session, admin, place, watchers, kind, what
):
    until = TODAY + 30 * A_DAY
    other = watchers[0]
    people.give(admin, place(kind, what, ends_on=until), by=other, now=NOW)
    holding = next(item for item in held_by(admin) if item.ends_on == until)
    session.commit()
    with pytest.raises(Refused, match="Nobody can give themselves"):
        people.end(holding, last_day=until + A_DAY, by=admin, now=NOW)
    session.rollback()
    people.end(holding, last_day=until - A_DAY, by=admin, now=NOW)  # to leave earlier is one's own
    before = session.scalar(select(func.max(Letter.id))) or 0
    people.end(holding, last_day=until + A_DAY, by=other, now=NOW)
    assert told(session, before) == {"Una Admin", "Aud Itor"}


@EVERYTHING
def test_a_first_day_in_the_past_needs_a_reason_which_is_kept(make, session, admin, place, kind, what):
    somebody = make.user()
    yesterday = place(kind, what, starts_on=TODAY - A_DAY)
    session.commit()
    with pytest.raises(Refused, match="why it begins in the past"):
        people.give(somebody, yesterday, by=admin, now=NOW)
    session.rollback()
    people.give(somebody, yesterday, by=admin, now=NOW, reason="The forum chose them in May.")
    entry = session.scalar(select(HistoryEntry).where(HistoryEntry.record_id == somebody.id))
    assert entry.reason == "The forum chose them in May."


def test_the_page_asks_for_the_reason_and_keeps_what_was_typed(make, session, admin, sign_in, fund):
    somebody, day = make.user(), TODAY - 3 * A_DAY
    session.commit()
    answers = {
        "role": "clerk",
        "fund": "",
        "starts_on-day": day.day,
        "starts_on-month": day.month,
        "starts_on-year": day.year,
    }
    client = sign_in(admin)
    answer = client.post(f"/people/{somebody.id}/add/role", data=answers)
    assert answer.status_code == 422
    assert "Enter why it begins in the past" in answer.text
    assert f'value="{day.day}"' in answer.text
    answers |= {"reason": "Late"}
    assert client.post(f"/people/{somebody.id}/add/role", data=answers).status_code == 302
    assert "Late" in client.get(f"/people/{somebody.id}").text


def test_one_cannot_appoint_oneself_through_the_page_either(session, admin, sign_in):
    session.commit()
    answers = {
        "role": "finance",
        "fund": "",
        "starts_on-day": TODAY.day,
        "starts_on-month": TODAY.month,
        "starts_on-year": TODAY.year,
    }
    answer = sign_in(admin).post(f"/people/{admin.id}/add/role", data=answers)
    assert answer.status_code == 409
    assert "Ask another administrator" in answer.text


@pytest.mark.parametrize("position", [SeatPosition.CHAIR, SeatPosition.DEPUTY])
def test_a_panel_has_one_chair_and_one_deputy_at_a_time(make, session, admin, fund, place, position):
    first = make.seat(fund, position=position, name="Ann First", ends_on=TODAY + 9 * A_DAY)
    session.commit()
    with pytest.raises(Refused, match="Ann First is"):
        people.give(make.user(), place("seat", position), by=admin, now=NOW)
    session.rollback()
    people.give(make.user(), place("seat", position, starts_on=TODAY + 10 * A_DAY), by=admin, now=NOW)
    with pytest.raises(Refused, match="one at a time"):
        people.end(first, last_day=TODAY + 10 * A_DAY, by=admin, now=NOW)
    session.rollback()
    elsewhere = SeatPlace(make.fund().id, position, Sector.LA, TODAY)
    people.give(make.user(), elsewhere, by=admin, now=NOW)


def test_of_two_chairs_that_were_seated_before_one_can_be_ended(make, session, admin, fund):
    make.seat(fund, position=SeatPosition.CHAIR)
    second = make.seat(fund, position=SeatPosition.CHAIR)
    people.end(second, last_day=TODAY, by=admin, now=NOW)
    assert second.ends_on == TODAY


def test_a_panel_has_many_members(make, session, admin, fund, place):
    make.seat(fund)
    people.give(make.user(), place("seat", SeatPosition.MEMBER), by=admin, now=NOW)


def test_an_account_that_is_opened_again_is_told(make, session, admin, watchers):
    somebody = make.staff(RoleName.FINANCE, active=False)
    people.reactivate(somebody, by=admin, now=NOW)
    assert told(session) == {"Bea Admin", "Aud Itor"}


@pytest.mark.parametrize("role", [RoleName.ADMINISTRATOR, RoleName.AUDITOR])
def test_whoever_is_told_of_appointments_is_not_silenced_unheard(make, session, admin, watchers, role):
    """Else one could first end those who would be told."""
    leaving = make.staff(role, "Lee Ving")
    session.commit()
    people.end(leaving.roles[0], last_day=TODAY - A_DAY, by=admin, now=NOW)
    assert told(session) == {"Bea Admin", "Aud Itor", "Lee Ving"}
    other = make.staff(role, "Otto Ther")
    before = session.scalar(select(func.max(Letter.id)))
    people.deactivate(other, by=admin, now=NOW)
    assert told(session, before) == {"Bea Admin", "Aud Itor", "Otto Ther"}
    own = session.scalar(select(Letter).where(Letter.name == "Otto Ther"))
    assert own.status is LetterStatus.QUEUED  # at once: whoever is deactivated gets no digest


def test_the_command_line_is_told_too(make, session, admin, watchers):
    add_person(email="eng@council.example", role=RoleName.FINANCE, name="Eng Ineer", now=NOW)
    assert told(session) == {"Una Admin", "Bea Admin", "Aud Itor"}
    assert "the command line" in session.scalar(select(Letter.body).where(Letter.name == "Aud Itor"))


def test_administrators_of_another_fund_are_not_told(make, session, admin, place, fund):
    elsewhere, here = make.user("Else Where"), make.user("He Re")
    make.role(elsewhere, RoleName.ADMINISTRATOR, fund=make.fund())
    make.role(here, RoleName.ADMINISTRATOR, fund=fund)
    people.give(make.user(), place("role", RoleName.CLERK), by=admin, now=NOW)
    assert told(session) == {"He Re"}


def test_cover_and_bids_an_administrator_takes_themself_are_told(make, session, admin, watchers):
    make.role(admin, RoleName.DEPUTY_OFFICER)
    priya = make.staff(RoleName.OFFICER, "Priya Raman")
    bid = make.bid(officer=priya)
    session.commit()
    cover.arrange(priya, admin, cover.Dates(TODAY, TODAY + A_DAY), user=admin, now=NOW)
    found = hand_over.everything_of(priya, admin, NOW)
    assert bid in found.bids
    hand_over.hand_over_everything(priya, admin, None, stamp=found.stamp, once="o", user=admin, now=NOW)
    told = {
        (step, name)
        for step, name in session.execute(
            select(HistoryEntry.step, Letter.name).join(Letter, Letter.history_entry_id == HistoryEntry.id)
        )
    }
    assert {(step, name) for step in ("cover", "hand_over") for name in ("Bea Admin", "Aud Itor")} <= told
