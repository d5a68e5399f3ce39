"""What takes part in bids and is no school."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fundflow.models.person import RoleName, User
from fundflow.models.school import School, SchoolKind
from fundflow.rules.school_queries import open_schools, school_by_urn
from fundflow.schools.operations.organisations import OrganisationType, add_organisation
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make

SignIn = Callable[[User | None], FlaskClient]
GIVEN = {
    "name": "Brackenford Virtual School",
    "kind": "Virtual school",
    "area": "899",
    "street": "Town Hall",
    "town": "Brackenford",
    "postcode": "BR1 1AA",
}


@pytest.fixture
def staff(make: Make, sign_in: SignIn) -> FlaskClient:
    make.fund()
    return sign_in(make.staff(RoleName.ADMINISTRATOR))


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_one_gets_the_next_free_code_of_ours(session: Session, staff: FlaskClient) -> None:
    assert staff.post("/schools/organisations/add", data=GIVEN).location == "/schools/organisations"
    staff.post("/schools/organisations/add", data=GIVEN | {"name": "Lark Lane", "kind": "Children’s centre"})
    found = session.scalars(select(School).where(School.is_organisation.is_(True)).order_by(School.urn)).all()
    assert [(o.urn, o.name, o.type_name) for o in found] == [
        ("O00001", "Brackenford Virtual School", "Virtual school"),
        ("O00002", "Lark Lane", "Children’s centre"),
    ]
    assert (found[0].la_code, found[0].kind, found[0].type_code) == ("899", SchoolKind.OTHER, None)
    page = text(staff, "/schools/organisations")
    assert "Brackenford Virtual School (O00001) was added" in page


def test_a_double_click_adds_one_and_another_of_its_name_is_refused(
    session: Session, staff: FlaskClient
) -> None:
    for _ in range(2):
        assert staff.post("/schools/organisations/add", data=GIVEN).status_code == 302
    assert session.scalar(select(func.count()).where(School.is_organisation.is_(True))) == 1
    answer = staff.post("/schools/organisations/add", data=GIVEN | {"town": "Elsewhere"})
    assert answer.status_code == 409
    assert "Brackenford Virtual School (O00001) is there already." in answer.get_data(as_text=True)


def test_its_page_says_that_it_is_no_school(make: Make, staff: FlaskClient) -> None:
    urn = make.organisation("Brackenford Virtual School").urn
    page = text(staff, f"/schools/{urn}")
    assert f"Not a school · {urn}" in page
    assert f"URN {urn}" not in page
    assert "LAESTAB" not in page
    assert "Get Information About Schools" not in page


def test_it_is_found_by_name_and_by_its_code_and_marked(make: Make, staff: FlaskClient) -> None:
    urn = make.organisation("Virtual School").urn
    for q in ("virtual", urn, urn.lower()):
        page = text(staff, f"/schools?q={q}")
        assert f'href="/schools/{urn}"' in page
        assert "Not a school</td>" in page


def test_pickers_offer_it_only_when_asked(make: Make, session: Session) -> None:
    school, organisation = make.school("Ash"), make.organisation("Virtual School")
    assert [urn for urn, _ in open_schools("899")] == [school.urn]
    assert [urn for urn, _ in open_schools("899", organisations=True)] == [school.urn, organisation.urn]
    assert school_by_urn(organisation.urn) is None
    assert school_by_urn(organisation.urn, organisations=True) is organisation
    assert school_by_urn("O0000\0", organisations=True) is None
    organisation.status_code = 2
    assert [urn for urn, _ in open_schools("899", organisations=True)] == [school.urn]


@pytest.mark.both_databases
def test_it_is_corrected_and_closed(make: Make, session: Session, staff: FlaskClient) -> None:
    organisation = make.organisation("Virtual School")
    path = f"/schools/organisations/{organisation.urn}"
    seen = text(staff, path).split('name="seen" value="')[1].split('"')[0]
    given = GIVEN | {"name": "The Virtual School", "open_now": "closed", "seen": seen}
    assert staff.post(path, data=given).location == f"/schools/{organisation.urn}"
    session.expire_all()
    assert (organisation.name, organisation.search_name) == ("The Virtual School", "the virtual school")
    assert (organisation.is_open, organisation.search_postcode) == (False, "BR11AA")
    assert "This organisation has closed." in text(staff, f"/schools/{organisation.urn}")


def test_a_stale_page_changes_nothing_and_can_be_sent_again(
    make: Make, session: Session, staff: FlaskClient
) -> None:
    organisation = make.organisation("Virtual School")
    session.commit()
    path = f"/schools/organisations/{organisation.urn}"
    given = GIVEN | {"name": "New Name", "open_now": "open", "seen": "as it was before"}
    stale = staff.post(path, data=given)
    assert stale.status_code == 409
    page = stale.get_data(as_text=True)
    assert "New Name" in page
    seen = page.split('name="seen" value="')[1].split('"')[0]
    assert staff.post(path, data=given | {"seen": seen}).status_code == 302


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "Enter the organisation’s name"),
        ({"kind": "School"}, "Select one of the answers"),
        ({"area": "999"}, "Select one of the answers"),
        ({"area": ""}, "Select an area"),
        ({"postcode": "x" * 11}, "10 characters or fewer"),
        ({"name": "x" * 201}, "200 characters or fewer"),
    ],
)
def test_what_is_wrong_gets_a_sentence(staff: FlaskClient, changes: dict[str, str], words: str) -> None:
    answer = staff.post("/schools/organisations/add", data=GIVEN | changes)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_a_school_is_not_changed_as_an_organisation(make: Make, staff: FlaskClient) -> None:
    for code in (make.school().urn, "O99999", "x", "%00"):
        assert staff.get(f"/schools/organisations/{code}").status_code == 404


@pytest.mark.parametrize("role", [role for role in RoleName if role is not RoleName.ADMINISTRATOR])
def test_administrators_alone_add_one(make: Make, role: RoleName) -> None:
    make.fund()
    with pytest.raises(Refused, match="Only administrators"):
        add_organisation(
            name="X",
            kind=OrganisationType.OTHER,
            la_code="899",
            street="",
            town="",
            postcode="",
            user=make.staff(role),
            now=NOW,
        )


def test_a_bid_of_one_has_its_pages(make: Make, sign_in: SignIn) -> None:
    organisation = make.organisation("Virtual School")
    bid = make.bid(state=BidState.IN_REVIEW, lead=organisation)
    staff = sign_in(make.staff(RoleName.OFFICER))
    assert bid.reference in text(staff, f"/schools/{organisation.urn}")
    assert "Virtual School" in text(staff, f"/bids/{bid.reference}")


def test_the_list_pages_by_code(make: Make, staff: FlaskClient) -> None:
    for n in range(60):
        make.organisation(f"Centre {n:02}", urn=f"O5{n:04}")
    page = text(staff, "/schools/organisations")
    after = page.split("?after=")[1].split('"')[0]
    assert "Centre 59" in text(staff, f"/schools/organisations?after={after}")
    assert staff.get("/schools/organisations?after=%00").status_code == 200
