"""Many people are invited at once: each line is shown with its problem, and nobody is invited twice."""

import io
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from fundflow.accounts import inviting
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, Standing, User
from fundflow.web.csv import decoded
from fundflow.workflow.engine import Refused

NOW = datetime.now(UTC)
HEADER = "Name,Email,Job title,School URN,Role,Standing\n"


@pytest.fixture
def admin(make):
    return make.staff(RoleName.ADMINISTRATOR, "Una Admin")


@pytest.fixture
def school(make):
    return make.school("Hazelmere Primary School")


@pytest.fixture
def as_admin(admin, session, sign_in):
    session.commit()
    return sign_in(admin)


def upload(client, text):
    data = text if isinstance(text, bytes) else text.encode()
    return client.post("/people/invite/many", data={"file": (io.BytesIO(data), "people.csv")})


def people(session):
    return session.scalar(select(func.count()).select_from(User))


def letters(session, kind):
    return session.scalars(select(Letter).where(Letter.key.startswith(kind))).all()


@pytest.mark.both_databases
def test_a_file_is_shown_first_and_invited_once_confirmed(as_admin, make, session, school):
    make.staff(RoleName.AUDITOR, "Aud Itor")
    session.commit()
    text = (
        HEADER
        + f"Ada Head,ADA@school.example,Head teacher,{school.urn},,head\n"
        + f"Bo Team,bo@school.example,,{school.urn},,Team\n"
        + "Cy Clerk,cy@council.example,,,Panel clerk,\n"
    )
    before = people(session)
    page = upload(as_admin, text)
    assert page.status_code == 200
    for words in (
        "To be invited: 3",
        "Head teacher, Hazelmere Primary School",
        "Panel clerk",
        "Nothing is sent yet",
    ):
        assert words in page.text
    assert people(session) == before
    assert session.scalar(select(Letter)) is None
    assert as_admin.post("/people/invite/many/confirm", data={"text": text}).status_code == 302
    invited = {user.email: user for user in session.scalars(select(User))}
    ada, bo = invited["ada@school.example"], invited["bo@school.example"]
    assert (ada.memberships[0].school, ada.memberships[0].standing, ada.job_title) == (
        school,
        Standing.LEADER,
        "Head teacher",
    )
    assert bo.memberships[0].standing is Standing.TEAM
    assert invited["cy@council.example"].roles[0].role is RoleName.CLERK
    assert len(letters(session, "invitation:")) == 3
    (told,) = letters(session, "invited:")
    assert told.name == "Aud Itor"
    assert "Ada Head (ada@school.example): Head teacher, Hazelmere Primary School" in told.body


@pytest.mark.both_databases
def test_a_second_upload_invites_nobody_twice(as_admin, session, school):
    text = HEADER + f"Ada Head,ada@school.example,,{school.urn},,head\n"
    as_admin.post("/people/invite/many/confirm", data={"text": text})
    count = people(session)
    page = upload(as_admin, text)
    assert "There is an account with this address already. Nothing is sent." in page.text
    assert "1 person has an account already" in page.text
    assert "To be put right" not in page.text
    again = as_admin.post("/people/invite/many/confirm", data={"text": text})
    assert again.status_code == 409
    assert "Nobody in this file is to be invited." in again.text
    assert people(session) == count
    assert len(letters(session, "invitation:")) == 1


LINES = (
    ("Ada Head,,,{urn},,head", "The email address is missing."),
    ("Ada Head,ada,,{urn},,head", "Enter an email address in the correct format, like name@example.com."),
    ("Ada Head,zoë@x.example,,{urn},,head", "has a letter that mail can’t be sent to"),
    (",ada@x.example,,{urn},,head", "The name is missing."),
    ("x" * 121 + ",ada@x.example,,{urn},,head", "up to 120 characters each"),
    ("Una Admin,ada@x.example,,{urn},,head", "Another account has, or had, this name"),
    ("Fundflow,ada@x.example,,{urn},,head", "is what the service itself is called"),
    ("Ada Head,first@x.example,,{urn},,head", "This address stands in line 2 already."),
    ("First Person,ada@x.example,,{urn},,head", "Another account has, or had, this name"),
    ("Ada Head,ada@x.example,,999999,,head", "We know no school with the URN “999999”."),
    ("Ada Head,ada@x.example,,Hazel,,head", "We know no school with the six-digit URN “Hazel”."),
    ("Ada Head,ada@x.example,,{closed},,head", "Shut School is closed."),
    ("Ada Head,ada@x.example,,{urn},,", "The standing must be “head” or “team”."),
    ("Ada Head,ada@x.example,,{urn},clerk,head", "one of the two"),
    ("Ada Head,ada@x.example,,,,", "one of the two"),
    ("Ada Head,ada@x.example,,,king,", "“king” is no role. The roles are: liaison officer"),
    ("Ada Head,ada@x.example,,,clerk,,No Fund", "There is no fund called “No Fund”."),
)


@pytest.mark.parametrize(("line", "problem"), LINES)
def test_each_line_says_in_words_why_nobody_is_invited_by_it(make, session, admin, school, line, problem):
    closed = make.school("Shut School", status_code=2)
    text = (
        HEADER.strip()
        + ",Fund\nFirst Person,first@x.example,,"
        + f"{school.urn},,head\n"
        + line.format(urn=school.urn, closed=closed.urn)
    )
    first, second = inviting.lines_of(text, by=admin, now=NOW)
    assert first.problem == ""
    assert (second.number, problem in second.problem) == (3, True), second.problem
    assert inviting.invite_many(text, by=admin, now=NOW) == 1


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", '"', "Name;Role\nA;clerk\n", HEADER + "A,a@b.example,,,clerk,\n" * 502]
)
def test_a_file_that_is_none_of_ours_is_refused_in_words(as_admin, text):
    answer = upload(as_admin, text)
    assert answer.status_code == 409
    assert "There is a problem" in answer.text


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"\xff\xfe" * 50, "Ń".encode("utf-16")])
def test_bytes_that_are_no_text_are_no_error(as_admin, data):
    assert upload(as_admin, data).status_code == 409


def test_what_spreadsheets_save_is_read(make, admin, school):
    header = "\ufeffFull name;E-mail;School;Standing\r\n"
    text = f"{header}Zoë O’Brien;o’brien@x.example;{school.urn};Head teacher\r\n"
    for data in (text.encode(), text.removeprefix("\ufeff").encode("cp1252")):
        (line,) = inviting.lines_of(decoded(data), by=admin, now=NOW)
        assert (line.name, line.email, line.problem) == ("Zoë O’Brien", "o'brien@x.example", "")


def test_nobody_else_invites_and_an_administrator_of_one_fund_for_it_alone(make, session, school):
    text = HEADER + "Cy Clerk,cy@council.example,,,Panel clerk,\n"
    with pytest.raises(Refused):
        inviting.invite_many(text, by=make.staff(RoleName.OFFICER), now=NOW)
    one = make.user()
    make.role(one, RoleName.ADMINISTRATOR, fund=make.fund())
    (line,) = inviting.lines_of(text, by=one, now=NOW)
    assert line.problem == "Only an administrator of every fund can do this."


# -- the list -------------------------------------------------------------------------------------


def test_people_are_found_by_their_school(as_admin, make, school):
    make.member(school, name="Ada Head"), make.member(make.school("Other School"), name="Bo Other")
    for wanted in (school.urn, "hazelmere"):
        page = as_admin.get("/people", query_string={"school": wanted}).text
        assert "Ada Head" in page
        assert "Bo Other" not in page


def test_who_never_signed_in_is_found(as_admin, make, session):
    came = make.user("Came Once")
    make.user("Never Came"), make.user("Gone Too", active=False)
    came.last_signed_in_at = NOW
    session.commit()
    page = as_admin.get("/people?signed_in=never").text
    assert "Never Came" in page
    assert "Came Once" not in page
    assert "Gone Too" not in page


def test_an_auditor_reads_people_and_changes_nothing(make, session, sign_in):
    auditor, head = make.staff(RoleName.AUDITOR), make.member(make.school(), name="Ada Head")
    session.commit()
    client = sign_in(auditor)
    for path in ("/people", f"/people/{head.id}"):
        page = client.get(path)
        assert page.status_code == 200
        for change in ("Invite", "/end", "/add/", "/change", "deactivate"):
            assert change not in page.text.split("<main")[1]
    assert client.post(f"/people/{head.id}/deactivate").status_code == 403
    assert client.post(f"/people/{head.id}/change", data={}).status_code == 403
