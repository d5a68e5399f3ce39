import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.person import User
from fundflow.workflow.application import BidState
from tests.factories import AWARDED, Make

SignIn = Callable[[User | None], FlaskClient]


@pytest.fixture
def anyone_signed_in(make: Make, sign_in: SignIn) -> FlaskClient:
    """The head of a school that takes part in nothing."""
    return sign_in(make.member(make.school()))


def text(client: FlaskClient, path: str = "/register") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def rows(client: FlaskClient, path: str = "/register.csv") -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def award(make: Make, title: str = "Reading", at: datetime | None = None, **values: object) -> Bid:
    at = at or datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
    return make.bid(state=BidState.IN_DELIVERY, title=title, now=at, **values)


def test_everybody_reads_the_register_and_the_public_a_schools_words_once_they_were_read(
    make: Make, session: Session, client: FlaskClient
) -> None:
    bid = award(make, lead=make.school("Larkfield"))
    assert "Larkfield" in text(client)
    assert "Reading" not in text(client).replace("Early reading", "")
    assert [(row["Title"], row["Reasons"]) for row in rows(client)] == [("", "")]
    bid.offer.decision.published_reasons, bid.offer.decision.published_at = "A clear need.", bid.created_at
    session.flush()
    assert "Reading" in text(client)
    assert [(row["Title"], row["Reasons"]) for row in rows(client)] == [("Reading", "A clear need.")]


def test_an_award_says_who_what_when_and_how_much(
    make: Make, session: Session, anyone_signed_in: FlaskClient
) -> None:
    bid = award(make, lead=make.school("Larkfield"), provider=make.school("Oakfield"))
    bid.partners.append(Partner(school=make.school("Fenside"), part=Part.PARTNER))
    session.flush()
    page = text(anyone_signed_in)
    for words in (
        bid.reference,
        "Larkfield with Oakfield, Fenside",
        "Reading",
        "Early reading",
        "18 November 2026",
        "£3,000.00",
        "1 award, £3,000.00",
        "2026/27",
    ):
        assert words in page


@pytest.mark.parametrize("state", [state for state in BidState if state not in AWARDED])
def test_what_is_no_award_is_not_named(make: Make, anyone_signed_in: FlaskClient, state: BidState) -> None:
    make.bid(state=state, title="Not to be named")
    assert "Not to be named" not in text(anyone_signed_in)
    assert rows(anyone_signed_in) == []


@pytest.mark.parametrize("state", AWARDED)
def test_an_award_stays_in_the_register_whatever_came_of_it(
    make: Make, anyone_signed_in: FlaskClient, state: BidState
) -> None:
    make.bid(state=state, title="To be named")
    assert "To be named" in text(anyone_signed_in)


def test_refusals_of_the_year_are_counted(make: Make, anyone_signed_in: FlaskClient) -> None:
    for _ in range(2):
        make.bid(state=BidState.NOT_FUNDED)
    make.bid(state=BidState.NOT_FUNDED, now=datetime(2025, 5, 1, tzinfo=UTC))
    make.bid(state=BidState.INELIGIBLE)
    award(make)
    assert "2 bids were not funded and 1 did not meet the fund’s rules" in text(anyone_signed_in)


def test_awards_belong_to_financial_years_as_the_councils_clock_has_them(
    make: Make, anyone_signed_in: FlaskClient
) -> None:
    award(make, "Before midnight", datetime(2026, 3, 31, 22, 59, tzinfo=UTC))
    award(make, "After midnight", datetime(2026, 3, 31, 23, 0, tzinfo=UTC))  # 1 April, summer time
    new, old = text(anyone_signed_in), text(anyone_signed_in, "/register?year=2025")
    assert "After midnight" in new
    assert "Before midnight" not in new
    assert "Before midnight" in old
    assert "After midnight" not in old
    years = {row["Title"]: (row["Award date"], row["Financial year"]) for row in rows(anyone_signed_in)}
    assert years == {
        "After midnight": ("2026-04-01", "2026/27"),
        "Before midnight": ("2026-03-31", "2025/26"),
    }


def test_the_newest_year_with_an_award_is_shown_first(make: Make, anyone_signed_in: FlaskClient) -> None:
    award(make, "Long ago", datetime(2024, 6, 1, tzinfo=UTC))
    assert "Long ago" in text(anyone_signed_in)


def test_an_empty_register_says_what_will_stand_there(anyone_signed_in: FlaskClient) -> None:
    assert "An award appears here once the school has accepted" in text(anyone_signed_in)


def test_the_register_is_paged_by_key(make: Make, anyone_signed_in: FlaskClient) -> None:
    fund, lead, provider = make.fund(allocated=99_000_000), make.school(), make.school()
    head = make.member(lead)
    made = {award(make, fund=fund, lead=lead, provider=provider, leader=head).reference for _ in range(55)}
    first = text(anyone_signed_in)
    after = first.split("after=")[1].split('"')[0]
    second = text(anyone_signed_in, f"/register?year=2026&after={after}")
    on = [{reference for reference in made if f">{reference}<" in page} for page in (first, second)]
    assert [len(found) for found in on] == [50, 5]
    assert on[0] | on[1] == made
    assert len(rows(anyone_signed_in, "/register.csv?year=2026")) == 55


@pytest.mark.parametrize(
    "query",
    [
        "year=x",
        "year=1999",
        "year=020001",
        "year=20266",
        "year=-1",
        "year=२०२६",
        "year=" + "9" * 500,
    ],
)
def test_a_year_there_is_not_is_not_found(anyone_signed_in: FlaskClient, query: str) -> None:
    assert anyone_signed_in.get(f"/register?{query}").status_code == 404


@pytest.mark.parametrize("after", ["x", "9" * 30, "-1"])
def test_a_place_that_cannot_be_read_is_the_first_page(anyone_signed_in: FlaskClient, after: str) -> None:
    assert anyone_signed_in.get(f"/register?after={after}").status_code == 200


@pytest.mark.parametrize("query", ["year=x", "year=1999"])
def test_nonsense_in_the_files_address_is_not_found(anyone_signed_in: FlaskClient, query: str) -> None:
    assert anyone_signed_in.get(f"/register.csv?{query}").status_code == 404


def test_the_file_has_a_row_an_award(make: Make, anyone_signed_in: FlaskClient) -> None:
    bid = award(make, lead=make.school("Larkfield"), provider=make.school("Oakfield"))
    assert rows(anyone_signed_in) == [
        {
            "Reference": bid.reference,
            "Fund": bid.fund.name,
            "Lead school": "Larkfield",
            "URN": bid.lead_school.urn,
            "Works with": "Oakfield",
            "Title": "Reading",
            "Priority": "Early reading",
            "Amount awarded (£)": "3000.00",
            "Award date": "2026-11-18",
            "Financial year": "2026/27",
            "Reasons": "",
            "Planned start": "2026-12-18",
            "Planned end": "2027-05-17",
            "What changed": "",
        }
    ]


def test_the_file_is_a_download_that_is_not_kept(make: Make, anyone_signed_in: FlaskClient) -> None:
    answer = anyone_signed_in.get("/register.csv?year=2026")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="awards-2026-27.csv"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_title_that_looks_like_a_formula_is_no_formula_in_the_file(
    make: Make, anyone_signed_in: FlaskClient
) -> None:
    award(make, '=HYPERLINK("http://bad.example")', lead=make.school("@SUM(A1)"))
    (row,) = rows(anyone_signed_in)
    assert row["Title"] == '\'=HYPERLINK("http://bad.example")'
    assert row["Lead school"] == "'@SUM(A1)"


def test_the_register_costs_as_many_queries_for_forty_awards_as_for_two(
    make: Make, session: Session, anyone_signed_in: FlaskClient, count_queries: list[str]
) -> None:
    fund, lead, provider = make.fund(allocated=99_000_000), make.school(), make.school()
    head, counts = make.member(lead), []
    for year, awards in ((2025, 2), (2026, 40)):
        for _ in range(awards):
            award(
                make,
                at=datetime(year, 6, 1, tzinfo=UTC),
                fund=fund,
                lead=lead,
                provider=provider,
                leader=head,
            )
    session.commit()
    for path in (
        "/register?year=2025",
        "/register.csv?year=2025",
        "/register?year=2026",
        "/register.csv?year=2026",
    ):
        session.expunge_all()
        count_queries.clear()
        text(anyone_signed_in, path)
        counts.append(len(count_queries))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 12


def test_the_register_is_searched_by_what_is_published_alone(
    make: Make, session: Session, client: FlaskClient
) -> None:
    read = award(make, "Phonics for all", lead=make.school("Larkfield", phase_code=2))
    unread = award(make, "Phonics in secret", lead=make.school("Fenside", phase_code=4))
    read.offer.decision.published_reasons = "A clear need."
    read.offer.decision.published_at = read.created_at
    session.flush()
    assert "Larkfield" in text(client, "/register?q=PHONICS")
    assert "Fenside" not in text(client, "/register?q=phonics")
    assert "Fenside" in text(client, "/register?q=fenside")
    assert "No award matches" in text(client, "/register?q=secret")
    assert "Larkfield" not in text(client, "/register?phase=4")
    assert unread.reference in text(client, "/register?phase=4")
    both = text(client, "/register?priority=Early+reading&year=all")
    assert read.reference in both
    assert unread.reference in both


def test_what_was_found_is_paged_too(make: Make, anyone_signed_in: FlaskClient) -> None:
    fund, lead, provider = make.fund(allocated=99_000_000), make.school(), make.school()
    head = make.member(lead)
    made = {award(make, fund=fund, lead=lead, provider=provider, leader=head).reference for _ in range(52)}
    first = text(anyone_signed_in, "/register?q=reading")
    after = first.split("after=")[1].split('"')[0]
    second = text(anyone_signed_in, f"/register?q=reading&after={after}")
    on = [{reference for reference in made if f">{reference}<" in page} for page in (first, second)]
    assert [len(found) for found in on] == [50, 2]


def test_an_award_has_a_page_of_its_own_and_a_bid_has_none(make: Make, client: FlaskClient) -> None:
    bid = award(make, lead=make.school("Larkfield", phase_code=2), provider=make.school("Oakfield"))
    page = text(client, f"/register/{bid.reference}")
    for said in ("Larkfield", "Oakfield", "Primary", "£3,000.00", "18 November 2026", "17 May 2027"):
        assert said in page
    assert "Reading" not in page.replace("Early reading", "")
    for state in BidState:
        if state not in AWARDED:
            kept = make.bid(state=state, title="Not to be named")
            assert client.get(f"/register/{kept.reference}").status_code == 404
