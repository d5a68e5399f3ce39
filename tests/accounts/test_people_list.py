"""The list of people: its pages, what it finds, and who may open it."""

import pytest

from fundflow.models.person import RoleName, SeatPosition, Standing


def test_people_are_listed_by_name_twenty_five_a_page(as_admin, make):
    for n in range(30):
        make.user(f"Person Number {n:02}")
    make.user("Person Number 24", email="same.name@x.example")
    first = as_admin.get("/people").text
    assert "Person Number 24" in first
    assert "Person Number 25" not in first
    after = first.split("after=")[1].split('"')[0]
    second = as_admin.get(f"/people?after={after}").text
    assert "same.name<wbr>@x.example" in second
    assert "Person Number 29" in second
    assert "Person Number 23" not in second
    assert "Una Admin" in second


def test_people_are_found_by_name_and_address(as_admin, make):
    make.user("Sunita Rao"), make.user("Bo 100% Lee", email="bo@elsewhere.example")
    assert "Sunita Rao" in as_admin.get("/people?search=SUNI").text
    assert "Bo 100% Lee" in as_admin.get("/people?search=elsewhere").text
    assert "Sunita" not in as_admin.get("/people?search=0%25").text
    assert "Nobody was found" in as_admin.get("/people?search=%00zzz").text


@pytest.mark.parametrize("after", ["x", "-1", "0", "99999999999999999999", "7777777"])
def test_a_nonsensical_page_is_no_error(as_admin, after):
    assert as_admin.get("/people", query_string={"after": after}).status_code == 200


@pytest.mark.parametrize("number", ["999999", "99999999999999999999999"])
def test_nobody_is_not_found(as_admin, number):
    for path in ("", "/deactivate", "/add/role", "/role/1/end"):
        assert as_admin.get(f"/people/{number}{path}").status_code == 404


def test_the_list_costs_the_same_queries_however_many_people(as_admin, make, count_queries):
    def cost():
        make.session.expire_all()
        count_queries.clear()
        assert as_admin.get("/people").status_code == 200
        return len(count_queries)

    fund = make.fund()
    make.seat(fund, make.member(make.school(trust=make.trust())), school=make.school())
    few = cost()
    for _ in range(20):
        make.seat(fund, make.member(make.school(trust=make.trust())), school=make.school())
    assert few == cost() <= 8


PAGES = (
    "/people",
    "/people/invite",
    "/people/invite/role",
    "/people/invite/school",
    "/people/invite/seat",
    "/people/{id}",
    "/people/{id}/deactivate",
    "/people/{id}/sign-out",
    "/people/{id}/reactivate",
    "/people/{id}/invite",
    "/people/{id}/add/role",
    "/people/{id}/add/school",
    "/people/{id}/add/seat",
)


@pytest.mark.parametrize("path", PAGES)
def test_an_administrator_opens_each_page_and_nobody_else_does(make, sign_in, admin, client, path):
    path = path.format(id=admin.id)
    assert sign_in(admin).get(path).status_code == 200
    reads = {RoleName.AUDITOR} if path in ("/people", f"/people/{admin.id}") else set()
    others = [make.staff(role) for role in set(RoleName) - reads - {RoleName.ADMINISTRATOR}]
    others += [
        make.member(make.school()),
        make.member(make.school(), Standing.TEAM),
        make.user(),
        make.seat(make.fund(), position=SeatPosition.CHAIR).user,
    ]
    for user in others:
        assert sign_in(user).get(path).status_code == 403
        assert client.post(path).status_code in (403, 405)
    assert sign_in(None).get(path).status_code == 302
