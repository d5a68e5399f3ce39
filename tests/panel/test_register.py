"""The standing register: one's own lines, others', and its file."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.interests import registering
from fundflow.interests.registering import Where
from fundflow.models.history import HistoryEntry
from fundflow.models.interest import InterestSort, RegisteredInterest
from fundflow.models.person import RoleName
from fundflow.workflow.engine import Refused
from tests.factories import NOW

TODAY = NOW.date()


def day(name: str, on: date | None) -> dict[str, str]:
    parts = (on.day, on.month, on.year) if on else ("", "", "")
    return {f"{name}-{part}": str(value) for part, value in zip(("day", "month", "year"), parts, strict=True)}


def answers(**changes: Any) -> dict[str, Any]:
    return {
        "sort": "family",
        "school": "",
        "trust": "",
        "body": "",
        "effect": "bars",
        "text": "My sister teaches there.",
        **day("from_on", date(2024, 9, 1)),
        **changes,
    }


@pytest.fixture
def enter(session, sign_in):
    def as_(user):
        session.commit()
        return sign_in(user)

    return as_


def lines(session: Any, user: Any) -> list[RegisteredInterest]:
    return list(
        session.scalars(
            select(RegisteredInterest)
            .where(RegisteredInterest.user_id == user.id)
            .order_by(RegisteredInterest.id)
        )
    )


# -- one's own lines ------------------------------------------------------------------------------


def test_somebody_adds_a_line_by_urn_and_it_shows(make, session, enter):
    user, school = make.seat(make.fund(), name="Ann Lee").user, make.school("Ash Primary")
    client = enter(user)
    answer = client.post("/interests/add", data=answers(school=school.urn))
    assert (answer.status_code, answer.location) == (302, "/interests")
    (line,) = lines(session, user)
    assert (line.school, line.bars, line.sort) == (school, True, InterestSort.FAMILY)
    assert (line.from_on, line.registered_by_id) == (date(2024, 9, 1), user.id)
    page = client.get("/interests").text
    for words in (
        "Ash Primary",
        "Close relative or partner there",
        "My sister teaches there.",
        ">Bars<",
        "Since 1 September 2024",
    ):
        assert words in page


def test_a_school_or_trust_is_found_by_part_of_its_name_and_chosen_among_several(make, session, enter):
    user, trust = make.staff(RoleName.FINANCE), make.trust("Oaks Trust")
    make.school("Ash Primary")
    make.school("Ash Secondary")
    client = enter(user)
    several = client.post("/interests/add", data=answers(school="ash"))
    assert several.status_code == 422
    assert "2 schools match “ash”" in several.text
    assert "Ash Secondary" in several.text
    assert "We know no trust like “Elms”" in client.post("/interests/add", data=answers(trust="Elms")).text
    assert client.post("/interests/add", data=answers(trust="oaks", effect="disclosed")).status_code == 302
    (line,) = lines(session, user)
    assert (line.trust, line.bars, line.effect) == (trust, False, "Disclosed")


def test_another_body_is_kept_to_be_read_and_bars_from_nothing(make, session, enter):
    user = make.staff(RoleName.CLERK)
    enter(user).post("/interests/add", data=answers(body="Trainers Ltd"))
    (line,) = lines(session, user)
    assert (line.where, line.bars, line.effect) == ("Trainers Ltd", False, "Recorded")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Enter a school, a trust or another body"),
        ({"body": "A", "trust": "{trust}"}, "Enter a school, a trust or another body"),
        ({"school": "nowhere"}, "We know no school like"),
        ({"body": "A", "text": " "}, "Say what it is"),
        ({"body": "A", "sort": "king"}, "Select one of the answers"),
        ({"body": "A", "effect": ""}, "Select what follows"),
        ({"body": "x" * 201}, "200 characters or fewer"),
        ({"body": "A", **day("from_on", None)}, "Enter since when"),
        ({"body": "A", **day("from_on", TODAY + timedelta(days=2))}, "that is not after today"),
        ({"body": "A", "from_on-day": "x"}, "must be a real date"),
    ],
)
def test_a_bad_line_is_answered_in_words(make, session, enter, changes, sentence):
    user, trust = make.seat(make.fund()).user, make.trust()
    sent = {key: value.format(trust=trust.code) for key, value in changes.items()}
    answer = enter(user).post("/interests/add", data=answers(**sent))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert lines(session, user) == []


def test_a_second_click_adds_no_second_line(make, session, enter):
    user, school = make.staff(RoleName.OFFICER), make.school()
    client = enter(user)
    for _ in range(2):
        assert client.post("/interests/add", data=answers(school=school.urn)).status_code == 302
    assert len(lines(session, user)) == 1
    client.post("/interests/add", data=answers(school=school.urn, effect="disclosed"))
    assert len(lines(session, user)) == 2


def test_a_line_ends_with_a_reason_and_stays_as_past(make, session, enter):
    user = make.staff(RoleName.OFFICER, "Priya Raman")
    line = make.interest(user, school=make.school("Ash Primary"), from_on=TODAY - timedelta(days=30))
    client = enter(user)
    path = f"/interests/{line.id}/end"
    bad = {
        TODAY + timedelta(days=1): "can’t be in the future",
        None: "Enter the last day",
        TODAY - timedelta(days=31): "the same as or after",
    }
    for last, sentence in bad.items():
        answer = client.post(path, data={"reason": "She left.", **day("last_day", last)})
        assert (answer.status_code, sentence in answer.text) == (422, True)
    assert client.post(path, data={"reason": "", **day("last_day", TODAY)}).status_code == 422
    yesterday = TODAY - timedelta(days=1)
    assert client.post(path, data={"reason": "She left.", **day("last_day", yesterday)}).status_code == 302
    assert line.ended_on == yesterday
    page = client.get("/interests").text
    assert ">Past<" in page
    assert path not in page
    assert client.post(path, data={"reason": "Again.", **day("last_day", TODAY)}).status_code == 409
    entry = session.scalars(select(HistoryEntry).where(HistoryEntry.step == "end_interest")).one()
    assert (entry.reason, entry.actor_name, entry.record_id) == ("She left.", "Priya Raman", user.id)


def test_people_of_schools_have_no_register(make, enter):
    client = enter(make.member(make.school()))
    for path in ("/interests", "/interests/add", "/panel", "/panel/register", "/panel/register.csv"):
        assert client.get(path).status_code == 403


# -- others' lines --------------------------------------------------------------------------------


def test_nobody_touches_anothers_line_but_the_clerk_of_their_panel(make, session, enter):
    fund = make.fund()
    member = make.seat(fund, name="Mo Member").user
    line, school = make.interest(member), make.school("Ash Primary")
    elsewhere = make.user("Cleo Elsewhere")
    make.role(elsewhere, RoleName.CLERK, fund=make.fund())
    others = [make.seat(fund).user, elsewhere, *map(make.staff, (RoleName.OFFICER, RoleName.ADMINISTRATOR))]
    for other in others:
        client = enter(other)
        assert client.get(f"/interests/{line.id}/end").status_code == 404
        sent = client.post(f"/panel/register/{member.id}/add", data=answers(school=school.urn))
        assert sent.status_code in (403, 404)
        with pytest.raises(Refused, match="Only the person, and the clerk"):
            registering.register_interest(
                member,
                InterestSort.OTHER,
                Where(school),
                bars=True,
                text="A tie",
                from_on=None,
                user=other,
                now=NOW,
            )
        session.rollback()
    assert len(lines(session, member)) == 1


def test_the_clerk_records_for_a_member_and_the_register_says_so(make, session, enter):
    fund = make.fund()
    member, school = make.seat(fund, name="Mo Member").user, make.school("Ash Primary")
    clerk = make.staff(RoleName.CLERK, "Cleo Clerk")
    client = enter(clerk)
    answer = client.post(f"/panel/register/{member.id}/add", data=answers(school=school.urn))
    assert answer.location == "/panel/register"
    (line,) = lines(session, member)
    assert line.registered_by_id == clerk.id
    assert "by Cleo Clerk" in client.get("/panel/register").text
    assert "by Cleo Clerk" in enter(member).get("/interests").text
    officer = make.staff(RoleName.OFFICER)
    assert enter(clerk).get(f"/panel/register/{officer.id}/add").status_code == 404


def test_who_reads_whose_lines(make, session, enter):
    here, there = make.fund(), make.fund()
    mine, other = make.seat(here, name="Ann Here").user, make.seat(there, name="Theo There").user
    officer = make.staff(RoleName.OFFICER, "Priya Raman")
    one_fund = make.user("Olga Onefund")
    make.role(one_fund, RoleName.OFFICER, fund=there)
    for user, text in ((mine, "Tie of Ann"), (other, "Tie of Theo"), (officer, "Tie of Priya")):
        make.interest(user, text=text)
    seen = {
        mine: {"Ann"},
        other: {"Theo"},
        officer: {"Ann", "Theo", "Priya"},
        one_fund: {"Theo", "Priya"},
        make.staff(RoleName.CLERK): {"Ann", "Theo", "Priya"},
        make.staff(RoleName.AUDITOR): {"Ann", "Theo", "Priya"},
        make.staff(RoleName.ADMINISTRATOR): {"Ann", "Theo", "Priya"},
    }
    for reader, whose in seen.items():
        client = enter(reader)
        for path in ("/panel/register", "/panel/register.csv"):
            text = client.get(path).text
            assert {name for name in ("Ann", "Theo", "Priya") if f"Tie of {name}" in text} == whose


def test_members_without_a_line_are_named_and_leavers_only_with_their_lines(make, enter):
    fund = make.fund()
    make.seat(fund, name="Nora Nothing")
    yesterday = TODAY - timedelta(days=1)
    gone = make.seat(fund, name="Greg Gone", ends_on=yesterday).user
    make.seat(fund, name="Lea Lineless", ends_on=yesterday)
    make.interest(gone, text="Tie of Greg")
    page = enter(make.seat(fund).user).get("/panel/register").text
    assert "Nothing registered." in page.partition("Nora Nothing")[2].partition("<h2")[0]
    assert "Tie of Greg" in page
    assert "Lea Lineless" not in page


def test_the_register_goes_on_page_by_page_and_costs_the_same(make, session, enter, count_queries):
    fund = make.fund()
    clerk = make.staff(RoleName.CLERK, "AAA Clerk")

    def cost():
        session.expire_all()
        client = enter(clerk)
        count_queries.clear()
        page = client.get("/panel/register").text
        return len(count_queries), page

    make.interest(make.seat(fund, name="M 00").user)
    few, _ = cost()
    for number in range(1, 40):
        user = make.seat(fund, name=f"M {number:02}").user
        make.interest(user, trust=make.trust())
        make.interest(user, registered_by_id=clerk.id)
    many, first = cost()
    assert many == few <= 14
    assert "M 23" in first
    assert "M 24" not in first
    after = first.partition("/panel/register?after=")[2].partition('"')[0]
    second = enter(clerk).get(f"/panel/register?after={after}").text
    assert "M 23" not in second
    assert "M 39" in second
    rows = enter(clerk).get("/panel/register.csv").text
    assert all(f"M {number:02}" in rows for number in range(40))


def test_the_file_has_every_column_and_no_formula(make, session, enter):
    clerk = make.staff(RoleName.CLERK, "Cleo Clerk")
    member = make.seat(make.fund(), name="=HYPERLINK(1)").user
    make.interest(
        member,
        body="@evil",
        bars=False,
        text="-2+3",
        from_on=date(2024, 9, 1),
        registered_by_id=clerk.id,
        ended_on=date(2026, 1, 31),
    )
    answer = enter(clerk).get("/panel/register.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert rows[0][:4] == ["Name", "Seat or role", "Tie", "With"]
    row = next(row for row in rows if "HYPERLINK" in row[0])
    assert row == [
        "'=HYPERLINK(1)",
        "Panel member",
        "Close relative or partner there",
        "'@evil",
        "Recorded",
        "'-2+3",
        "2024-09-01",
        "2026-11-18",
        "Cleo Clerk",
        "2026-01-31",
    ]
    assert len({len(row) for row in rows}) == 1


# -- former employers -------------------------------------------------------------------------------


def test_a_former_employer_is_disclosed_with_the_year_it_ended(make, session, enter):
    user, school = make.seat(make.fund(former_employer_years=4)).user, make.school("Ash Primary")
    client = enter(user)
    assert "I worked there in the last 4 years" in client.get("/interests/add").text
    sent = answers(sort="worked", worked_until=str(TODAY.year - 4), school=school.urn, effect="disclosed")
    assert client.post("/interests/add", data=sent).status_code == 302
    (line,) = lines(session, user)
    assert (line.sort, line.worked_until, line.bars) == (InterestSort.EMPLOYMENT, TODAY.year - 4, False)
    assert f"Worked there until {TODAY.year - 4}" in client.get("/interests").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"worked_until": ""}, "Enter the year in which it ended"),
        ({"worked_until": str(TODAY.year + 1)}, "The year can’t lie ahead"),
        ({"worked_until": str(TODAY.year - 4)}, "That is more than 3 years ago"),
        ({"effect": "bars"}, "A former employer is disclosed"),
    ],
)
def test_a_former_employer_that_can_not_be_registered_is_answered_in_words(
    make, session, enter, changes, sentence
):
    user = make.seat(make.fund()).user
    sent = answers(body="A", sort="worked", worked_until=str(TODAY.year), effect="disclosed") | changes
    answer = enter(user).post("/interests/add", data=sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert lines(session, user) == []
