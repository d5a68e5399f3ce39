from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fundflow.models.person import Membership, RoleName, Standing, User
from fundflow.models.school import PupilPremium
from fundflow.workflow.application import BidState
from tests.factories import LONG_AGO, TODAY, Make

SignIn = Callable[[User | None], FlaskClient]


@pytest.fixture
def reader(make: Make, sign_in: SignIn) -> FlaskClient:
    """Somebody with an account and nothing else."""
    return sign_in(make.user())


def named(make: Make, name: str, **values: object) -> str:
    """A school with this name; its URN."""
    return str(make.school(name, **values).urn)


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


class TestSearching:
    def test_needs_an_account(self, client: FlaskClient) -> None:
        assert client.get("/schools").status_code == 302

    @pytest.mark.parametrize(
        "q",
        [
            "mary",
            "MARY'S",
            "st. mary’s",
            "primary marys",
            "Marys C of E",
            "sl1 3ab",
            "SL13AB",
            "sl1",
        ],
    )
    def test_finds_by_name_in_any_order_and_by_postcode(
        self, make: Make, reader: FlaskClient, q: str
    ) -> None:
        named(make, "St Mary’s C of E Primary School", postcode="SL1 3AB", search_postcode="SL13AB")
        named(make, "Oakfield Academy", postcode="SL9 9ZZ", search_postcode="SL99ZZ")
        page = text(reader, f"/schools?q={q}")
        assert "St Mary’s C of E Primary School" in page
        assert "Oakfield Academy" not in page

    def test_finds_by_urn(self, make: Make, reader: FlaskClient) -> None:
        urn = named(make, "Larkfield")
        named(make, "Oakfield")
        page = text(reader, f"/schools?q=%20{urn}%20")
        assert f'href="/schools/{urn}"' in page
        assert "Oakfield" not in page

    def test_stays_in_the_funds_authority_until_asked_to_search_everywhere(
        self, make: Make, reader: FlaskClient
    ) -> None:
        make.fund(la_code="899")
        named(make, "Larkfield")
        named(make, "Farfield", la_code="201", la_name="City of London")
        near = text(reader, "/schools?q=field")
        assert "Larkfield" in near
        assert "Farfield" not in near
        assert "Schools in Brackenford." in near
        assert 'href="/schools?q=field&amp;where=england"' in near
        far = text(reader, "/schools?q=field&where=england")
        assert "Larkfield" in far
        assert "Farfield" in far
        assert "City of London" in far

    def test_closed_schools_are_found_and_say_so(self, make: Make, reader: FlaskClient) -> None:
        named(make, "Old School", status_code=2)
        named(make, "Ending School", status_code=3)
        page = text(reader, "/schools")
        assert ">Closed</strong>" in page
        assert ">Open, but proposed to close</strong>" in page

    def test_says_what_to_try_where_nothing_matches(self, make: Make, reader: FlaskClient) -> None:
        assert "There are no schools here yet" in text(reader, "/schools")
        assert "No school matches “%_%”" in text(reader, "/schools?q=%25_%25")

    @pytest.mark.parametrize("q", ["%", "_", "!!!", "\\", "%00", "a" * 5000, "%F0%9F%98%80", "'--"])
    def test_takes_anything_that_is_typed(self, make: Make, reader: FlaskClient, q: str) -> None:
        named(make, "Larkfield")
        path = "/schools?q=" + ("%25" if q == "%" else q)
        page = text(reader, path)
        assert ("/schools/1" in page) == (q == "%00")  # a lone NUL is nothing typed at all

    def test_pages_through_all_schools_in_the_order_of_names(self, make: Make, reader: FlaskClient) -> None:
        for n in range(120):
            named(make, f"School {n % 60:03}")  # each name twice
        seen: list[str] = []
        path = "/schools"
        for _ in range(3):
            page = text(reader, path)
            seen += [row.split('"')[0] for row in page.split('href="/schools/')[1:]]
            path = (
                page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
                if 'rel="next"' in page
                else ""
            )
        assert path == ""
        assert len(seen) == len(set(seen)) == 120

    @pytest.mark.parametrize("after", ["999999", "x", "1", "%00", "-1"])
    def test_a_page_after_nothing_is_no_error(self, make: Make, reader: FlaskClient, after: str) -> None:
        named(make, "Larkfield")
        assert reader.get(f"/schools?after={after}").status_code == 200

    def test_costs_as_many_queries_for_a_hundred_schools_as_for_one(
        self, make: Make, reader: FlaskClient, session: Session, count_queries: list[str]
    ) -> None:
        make.fund()
        counts = []
        for more in (1, 99):
            for n in range(more):
                named(make, f"School {more} {n}")
            session.expire_all()
            count_queries.clear()
            text(reader, "/schools?q=school")
            counts.append(len(count_queries))
        assert counts[0] == counts[1] <= 8


class TestASchoolsPage:
    def test_shows_the_public_data_we_hold(self, make: Make, session: Session, reader: FlaskClient) -> None:
        trust = make.trust("Fen Trust")
        school = make.school(
            "Larkfield",
            trust=trust,
            type_code=34,
            type_name="Academy converter",
            ukprn="10012345",
            establishment_number="2001",
            pupils=Decimal("522.5"),
            capacity=1260,
            free_school_meals_percent=Decimal("18.1"),
            street="Lark Lane",
            town="Brackenford",
        )
        session.add(
            PupilPremium(
                school_id=school.id,
                year=2019,
                pupils=Decimal("522.5"),
                eligible=Decimal(98),
                allocation_pence=129_360_00,
            )
        )
        page = text(reader, f"/schools/{school.urn}")
        for words in (
            "Academy converter",
            "Academy or free school",
            "Primary",
            "Fen Trust",
            "Lark Lane, Brackenford, BR1 2AB",
            "522.5 of 1,260 places",
            "18.1% of pupils",
            "8992001",
            "10012345",
            "2019/20",
            "98",
            "18.8%",
            "£129,360",
        ):
            assert words in page

    def test_says_what_is_not_known(self, make: Make, reader: FlaskClient) -> None:
        school = make.school(
            type_code=None,
            type_name="Community school",
            phase_code=None,
            pupils=None,
            establishment_number=None,
            postcode="",
        )
        page = text(reader, f"/schools/{school.urn}")
        assert page.count("Not known") == 6
        assert "Maintained by the local authority" in page

    @pytest.mark.parametrize(
        ("status", "words"),
        [
            (2, "This school closed on 31 August 2026."),
            (3, "This school is to close on 31 August"),
            (4, "This school has not opened yet"),
        ],
    )
    def test_says_what_its_status_means_for_bids(
        self, make: Make, reader: FlaskClient, status: int, words: str
    ) -> None:
        school = make.school(status_code=status, closed_on=date(2026, 8, 31))
        assert words in text(reader, f"/schools/{school.urn}")

    @pytest.mark.parametrize("urn", ["999999", "12345", "x", "1" * 400, "%00", "１２３４５６"])
    def test_is_not_found_for_anything_else(self, reader: FlaskClient, urn: str) -> None:
        assert reader.get(f"/schools/{urn}").status_code == 404

    def test_shows_only_bids_the_viewer_may_see(self, make: Make, sign_in: SignIn) -> None:
        lead, provider = make.school("Lead"), make.school("Provider")
        draft = make.bid(lead=lead, provider=provider, title="The draft")
        sent = make.bid(lead=lead, provider=provider, state=BidState.SUBMITTED, title="The bid sent")
        path = f"/schools/{lead.urn}"

        def seen_by(user: User) -> list[str]:
            page = text(sign_in(user), path)
            return [bid.title for bid in (draft, sent) if bid.title in page]

        assert seen_by(make.member(lead)) == ["The draft", "The bid sent"]
        assert seen_by(make.member(provider)) == ["The bid sent"]
        assert seen_by(make.staff(RoleName.OFFICER)) == ["The bid sent"]
        assert seen_by(make.member(make.school())) == []
        assert seen_by(make.staff(RoleName.FINANCE)) == []

    def test_names_bids_in_which_the_school_is_a_partner(self, make: Make, sign_in: SignIn) -> None:
        provider = make.school("Provider")
        make.bid(lead=make.school("Larkfield"), provider=provider, state=BidState.SUBMITTED)
        page = text(sign_in(make.member(provider)), f"/schools/{provider.urn}")
        assert "Takes part; led by Larkfield" in page

    def test_tells_staff_and_nobody_else_who_its_people_are(
        self, make: Make, session: Session, sign_in: SignIn
    ) -> None:
        school = make.school()
        make.member(school, name="Amina Head")
        gone = make.user("Gone Head")
        session.add(
            Membership(
                user=gone,
                school=school,
                standing=Standing.LEADER,
                starts_on=LONG_AGO,
                ends_on=TODAY - timedelta(days=400),
            )
        )
        make.member(school, Standing.TEAM, name="Left Us", active=False)
        path = f"/schools/{school.urn}"
        page = text(sign_in(make.staff(RoleName.OFFICER)), path)
        assert "Amina Head" in page
        assert "Gone Head" not in page
        assert "Left Us" not in page
        for other in (make.member(make.school()), make.staff(RoleName.BOARD)):
            assert "Amina Head" not in text(sign_in(other), path)

    def test_pages_its_bids(self, make: Make, sign_in: SignIn) -> None:
        fund, lead, provider = make.fund(), make.school(), make.school()
        head = make.member(lead)
        for _ in range(30):
            make.bid(fund=fund, lead=lead, provider=provider, leader=head)
        client = sign_in(head)
        first = text(client, f"/schools/{lead.urn}")
        after = first.split("?after=")[1].split('"')[0]
        second = text(client, f"/schools/{lead.urn}?after={after}")
        found = [
            reference.split('"')[0]
            for page in (first, second)
            for reference in page.split('href="/bids/')[1:]
        ]
        assert len(found) == len(set(found)) == 30
        for nonsense in ("x", "-1", "9" * 30):
            assert client.get(f"/schools/{lead.urn}?after={nonsense}").status_code == 200

    def test_costs_as_many_queries_for_twenty_bids_as_for_two(
        self, make: Make, session: Session, sign_in: SignIn, count_queries: list[str]
    ) -> None:
        fund, officer = make.fund(allocated=99_000_000), make.staff(RoleName.OFFICER)
        urns, counts = [], []
        for pairs in (1, 10):
            lead, provider = make.school(), make.school()
            head = make.member(lead)
            for state in (BidState.OFFERED, BidState.AT_PANEL) * pairs:
                make.bid(fund=fund, lead=lead, provider=provider, leader=head, officer=officer, state=state)
            urns.append(lead.urn)
        client = sign_in(officer)
        for urn in urns:
            session.commit()
            session.expunge_all()
            count_queries.clear()
            text(client, f"/schools/{urn}")
            counts.append(len(count_queries))
        assert counts[0] == counts[1] <= 15
