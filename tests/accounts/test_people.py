"""People for administrators: inviting, giving, ending, closing accounts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from fundflow.accounts import people
from fundflow.accounts.first_administrator import add_person
from fundflow.accounts.places import RolePlace, SchoolPlace
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.person import (
    BrowserSession,
    LinkPurpose,
    OneTimeLink,
    RoleGrant,
    RoleName,
    SeatPosition,
    Sector,
    Standing,
    User,
)
from fundflow.workflow.engine import Refused

TODAY = datetime.now(UTC).date()


def day(name, value):
    if value is None:
        return {}
    return {f"{name}-day": value.day, f"{name}-month": value.month, f"{name}-year": value.year}


def invitation(email="new.person@school.example", name="New Person", **rest):
    return {"email": email, "name": name, "job_title": "", **day("starts_on", TODAY), **rest}


def found(session, email="new.person@school.example"):
    return session.scalar(select(User).where(User.email == email))


# -- inviting -------------------------------------------------------------------------------------


def test_an_officer_is_invited_for_one_fund_until_a_day(as_admin, make, session):
    fund, end = make.fund(), TODAY + timedelta(days=200)
    answer = as_admin.post(
        "/people/invite/role", data=invitation(role="officer", fund=str(fund.id), **day("ends_on", end))
    )
    assert answer.status_code == 302
    (grant,) = found(session).roles
    assert (grant.role, grant.fund_id, grant.ends_on) == (RoleName.OFFICER, fund.id, end)
    letter = session.scalar(select(Letter))
    assert (letter.email, letter.link_purpose) == ("new.person@school.example", LinkPurpose.INVITATION)


def test_a_head_is_invited_by_the_schools_urn(as_admin, make, session):
    school = make.school("Hazelmere Primary School")
    as_admin.post("/people/invite/school", data=invitation(school=school.urn, standing="leader"))
    (member,) = found(session).memberships
    assert (member.school, member.standing, member.ends_on) == (school, Standing.LEADER, None)


def test_a_school_is_found_by_part_of_its_name_when_only_one_has_it(as_admin, make, session):
    school = make.school("St Bede’s Juniors")
    make.school("St Bede’s Closed", status_code=2)
    as_admin.post("/people/invite/school", data=invitation(school="bede", standing="team"))
    assert found(session).memberships[0].school is school


def test_where_several_schools_match_one_is_picked_from_a_list(as_admin, make, session):
    one, two = make.school("St Mary’s Infants"), make.school("St Mary’s Juniors")
    answer = as_admin.post("/people/invite/school", data=invitation(school="mary", standing="leader"))
    assert answer.status_code == 422
    assert "2 schools match “mary”" in answer.text
    assert one.urn in answer.text
    picked = invitation(school=[two.urn, "mary"], standing="leader")
    as_admin.post("/people/invite/school", data=picked)
    assert found(session).memberships[0].school is two


def test_a_school_nobody_knows_is_an_error_in_words(as_admin):
    answer = as_admin.post("/people/invite/school", data=invitation(school="999999", standing="leader"))
    assert answer.status_code == 422
    assert "We know no school like “999999”" in answer.text


def test_a_panel_member_is_invited_with_school_and_trust(as_admin, make, session):
    fund, school, trust = make.fund(), make.school("Oakfield Academy"), make.trust("Oak Trust")
    as_admin.post(
        "/people/invite/seat",
        data=invitation(
            fund=str(fund.id), position="chair", sector="secondary", school="Oakfield", trust="oak tr"
        ),
    )
    (seat,) = found(session).seats
    assert (seat.fund_id, seat.position, seat.sector) == (fund.id, SeatPosition.CHAIR, Sector.SECONDARY)
    assert (seat.school, seat.trust_id) == (school, trust.id)


def test_an_address_that_has_an_account_is_not_invited_again(as_admin, make, session):
    known = make.user()
    session.commit()
    answer = as_admin.post("/people/invite/role", data=invitation(known.email.upper(), role="clerk"))
    assert answer.status_code == 409
    assert "There is already an account" in answer.text
    assert session.scalar(select(Letter)) is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": ""}, "Enter their email address"),
        ({"name": " "}, "Enter their full name"),
        ({"name": "x" * 121}, "120 characters or fewer"),
        ({"role": ""}, "Select a role"),
        ({"role": "king"}, "Select one of the answers in the list"),
        ({"fund": "99999999999999999999"}, "Select one of the answers in the list"),
        ({"starts_on-day": "31", "starts_on-month": "2"}, "First day must be a real date"),
        (day("ends_on", date(2001, 1, 1)), "Last day must be the same as or after the first day"),
    ],
)
def test_a_bad_invitation_is_answered_in_words(as_admin, session, changes, sentence):
    answer = as_admin.post("/people/invite/role", data=invitation(role="clerk") | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert found(session) is None


# -- one person -----------------------------------------------------------------------------------


def test_somebody_is_given_a_role_more_and_the_page_shows_it(as_admin, make, session):
    officer = make.staff(RoleName.OFFICER, "Olu Officer")
    as_admin.post(f"/people/{officer.id}/add/role", data={"role": "clerk", **day("starts_on", TODAY)})
    session.refresh(officer)
    assert {grant.role for grant in officer.roles} == {RoleName.OFFICER, RoleName.CLERK}
    page = as_admin.get(f"/people/{officer.id}").text
    assert "Panel clerk (every fund)" in page
    assert "Became Panel clerk (every fund)" in page
    assert "Una Admin" in page


def test_the_same_role_is_not_given_twice_for_the_same_days(as_admin, make, session):
    officer = make.staff(RoleName.OFFICER)
    session.commit()
    answer = as_admin.post(
        f"/people/{officer.id}/add/role", data={"role": "officer", **day("starts_on", TODAY)}
    )
    assert answer.status_code == 409
    assert "already" in answer.text


def test_a_role_ends_today_unless_another_day_is_said(as_admin, make, session):
    officer = make.staff(RoleName.OFFICER)
    place = f"/people/{officer.id}/role/{officer.roles[0].id}/end"
    assert f'value="{TODAY.day}"' in as_admin.get(place).text
    as_admin.post(place, data=day("last_day", TODAY - timedelta(days=1)))
    session.refresh(officer)
    assert officer.roles[0].ends_on == TODAY - timedelta(days=1)
    assert not officer.roles_on(TODAY)


def test_a_place_and_a_seat_end_too(as_admin, make, session):
    head, seat = make.member(make.school()), make.seat(make.fund())
    as_admin.post(f"/people/{head.id}/school/{head.memberships[0].id}/end", data=day("last_day", TODAY))
    as_admin.post(f"/people/{seat.user_id}/seat/{seat.id}/end", data=day("last_day", TODAY))
    assert (head.memberships[0].ends_on, seat.ends_on) == (TODAY, TODAY)


def test_nothing_ends_before_it_began_and_what_ended_stays_ended(as_admin, make, session):
    officer = make.staff(RoleName.OFFICER)
    session.commit()
    place = f"/people/{officer.id}/role/{officer.roles[0].id}/end"
    assert as_admin.post(place, data=day("last_day", date(2001, 1, 1))).status_code == 409
    officer.roles[0].ends_on = TODAY - timedelta(days=3)
    session.commit()
    answer = as_admin.post(place, data=day("last_day", TODAY))
    assert answer.status_code == 409
    assert "ended already" in answer.text


def test_somebody_elses_role_is_not_found_under_a_person(as_admin, make):
    one, other = make.staff(RoleName.OFFICER), make.staff(RoleName.CLERK)
    assert as_admin.get(f"/people/{one.id}/role/{other.roles[0].id}/end").status_code == 404


def test_a_deactivated_person_is_signed_out_and_comes_back_when_reactivated(app, make, as_admin, session):
    head = make.user("Hea Deactivated")
    theirs = app.test_client()
    with theirs.session_transaction() as cookie:
        cookie["_user_id"] = head.get_id()
    assert theirs.get("/me").status_code == 200
    as_admin.post(f"/people/{head.id}/deactivate")
    assert (head.active, theirs.get("/me").status_code) == (False, 302)
    as_admin.post(f"/people/{head.id}/reactivate")
    assert (head.active, theirs.get("/me").status_code) == (True, 302)  # a new link is needed


def test_signing_out_everywhere_ends_sessions_and_unused_links(app, make, as_admin, session):
    head = make.user()
    session.add(
        OneTimeLink(
            purpose=LinkPurpose.SIGN_IN,
            user_id=head.id,
            token_hash="x" * 64,
            minted_at=datetime.now(UTC),
            expires_at=datetime.now(UTC) + timedelta(minutes=9),
        )
    )
    session.commit()
    as_admin.post(f"/people/{head.id}/sign-out")
    ended = session.scalar(select(BrowserSession.ended_at).where(BrowserSession.user_id == head.id))
    assert ended is not None
    session.expire_all()
    assert session.scalar(select(OneTimeLink.expires_at)) <= datetime.now(UTC)


def test_the_invitation_is_sent_again_but_not_to_a_closed_account(as_admin, make, session):
    head = make.member(make.school())
    for _ in range(2):
        as_admin.post(f"/people/{head.id}/invite")
    assert len(session.scalars(select(Letter)).all()) == 2
    head.active = False
    session.commit()
    assert as_admin.post(f"/people/{head.id}/invite").status_code == 409


def test_nobody_deactivates_themselves(as_admin, admin, make, session):
    make.staff(RoleName.ADMINISTRATOR)
    session.commit()
    answer = as_admin.post(f"/people/{admin.id}/deactivate")
    assert answer.status_code == 409
    assert "your own account" in answer.text
    assert admin.active


def test_the_last_administrator_stays(as_admin, admin, make, session):
    place = f"/people/{admin.id}/role/{admin.roles[0].id}/end"
    other = make.staff(RoleName.ADMINISTRATOR, active=False)
    session.commit()
    answer = as_admin.post(place, data=day("last_day", TODAY))
    assert answer.status_code == 409
    assert "last administrator" in answer.text
    other.active = True
    other.roles[0].ends_on = TODAY  # leaves on the same day
    session.commit()
    assert as_admin.post(place, data=day("last_day", TODAY)).status_code == 409
    other.roles[0].ends_on = None
    session.commit()
    assert as_admin.post(place, data=day("last_day", TODAY)).status_code == 302


def test_an_administrator_of_one_fund_gives_nothing_beyond_it(make, now, session):
    fund, other = make.fund(), make.fund()
    one = make.user()
    make.role(one, RoleName.ADMINISTRATOR, fund=fund)
    somebody = make.user()
    place = RolePlace(RoleName.CLERK, fund.id, TODAY)
    people.give(somebody, place, by=one, now=now)
    for fund_id in (None, other.id):
        with pytest.raises(Refused):
            people.give(somebody, RolePlace(RoleName.CLERK, fund_id, TODAY), by=one, now=now)
    with pytest.raises(Refused):
        people.deactivate(somebody, by=one, now=now)


@pytest.mark.parametrize(
    "verb", [people.deactivate, people.reactivate, people.sign_out_everywhere, people.invite_again]
)
def test_each_act_asks_again_whether_one_may(make, now, verb):
    with pytest.raises(Refused):
        verb(make.user(), by=make.staff(RoleName.OFFICER), now=now)


def test_giving_and_ending_ask_again_whether_one_may(make, now):
    clerk, school = make.staff(RoleName.CLERK), make.school()
    with pytest.raises(Refused):
        people.give(clerk, RolePlace(RoleName.FINANCE, None, TODAY), by=clerk, now=now)
    with pytest.raises(Refused):
        people.give(clerk, SchoolPlace(school, Standing.LEADER, TODAY), by=clerk, now=now)
    with pytest.raises(Refused):
        people.end(clerk.roles[0], last_day=TODAY, by=clerk, now=now)


# -- one's own page, and the command line -----------------------------------------------------------


def test_staff_choose_each_letter_or_the_daily_digest(make, sign_in, session):
    officer = make.staff(RoleName.OFFICER)
    client = sign_in(officer)
    client.post("/me", data={"name": "New Name", "job_title": "Lead", "letters": "each"})
    assert (officer.name, officer.job_title, officer.each_letter) == ("New Name", "Lead", True)
    client.post("/me", data={"name": "New Name", "job_title": "", "letters": "digest"})
    assert officer.each_letter is False
    assert client.post("/me", data={"name": "", "letters": "digest"}).status_code == 422


def test_people_of_schools_get_every_letter_and_are_not_asked(make, sign_in):
    head = make.member(make.school())
    client = sign_in(head)
    assert "How should we email you" not in client.get("/me").text
    client.post("/me", data={"name": "Head Name", "letters": "each"})
    assert (head.name, head.each_letter) == ("Head Name", False)


@pytest.mark.both_databases
def test_the_first_administrator_comes_from_the_command_line(app, client, session):
    answer = app.test_cli_runner().invoke(
        args=["people", "add", "First@Council.Example", "--role", "administrator", "--name", "Fi Rst"]
    )
    assert answer.exit_code == 0, answer.output
    link = answer.output.strip().splitlines()[-1]
    assert link.startswith("http://fund.example/sign-in/link/")
    assert client.post(link.removeprefix("http://fund.example")).status_code == 302
    assert client.get("/people").status_code == 200
    user = found(session, "first@council.example")
    assert (user.name, [grant.role for grant in user.roles]) == ("Fi Rst", [RoleName.ADMINISTRATOR])


def test_the_command_adds_a_role_to_somebody_known_only_once(make, now, session):
    officer = make.staff(RoleName.OFFICER)
    for _ in range(2):
        add_person(email=officer.email, role=RoleName.ADMINISTRATOR, name="", now=now)
    grants = session.scalars(select(RoleGrant).where(RoleGrant.user_id == officer.id)).all()
    assert {grant.role for grant in grants} == {RoleName.OFFICER, RoleName.ADMINISTRATOR}
    assert len(grants) == 2
    noted = session.scalars(select(HistoryEntry).where(HistoryEntry.process == "person")).all()
    assert [entry.actor_name for entry in noted] == ["The command line"]


def test_the_command_refuses_what_is_no_address_or_role(app):
    run = app.test_cli_runner().invoke
    assert run(args=["people", "add", "nonsense", "--role", "administrator"]).exit_code == 2
    assert run(args=["people", "add", "a@council.example", "--role", "king"]).exit_code == 2
