from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fundflow.models.person import User
from tests.factories import Make

SignIn = Callable[[User | None], FlaskClient]
NOW = datetime.now(UTC)


def text(client: FlaskClient, path: str = "/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_start_page_says_what_the_fund_is_and_how_to_sign_in(client: FlaskClient) -> None:
    page = text(client)
    assert "Borough of Brackenford has money to help schools improve by working together" in page
    assert "backfill" in page
    assert "Sign in" in page


def test_the_start_page_publishes_rounds_with_priorities_and_dates(make: Make, client: FlaskClient) -> None:
    fund = make.fund(name="Improvement fund")
    make.round(fund, guidance="First line.\nSecond line.")
    make.round(
        fund,
        name="Summer round",
        opens_at=datetime(NOW.year + 1, 4, 12, 8, tzinfo=UTC),
        closes_at=datetime(NOW.year + 1, 5, 28, 16, tzinfo=UTC),
    )
    page = text(client)
    assert "There is no closing date" in page
    assert "First line.<br>Second line." in page
    assert "Early reading" in page
    assert f"Opens on 12 April {NOW.year + 1}" in page
    assert f"Closes on 28 May {NOW.year + 1}" in page
    assert page.index("Rolling round") < page.index("Summer round")
    assert "Bids below £5,000 use a short form." in page


def test_a_round_that_has_closed_is_gone(make: Make, client: FlaskClient) -> None:
    make.round(make.fund(), name="Past round", closes_at=NOW - timedelta(days=1))
    page = text(client)
    assert "Past round" not in page
    assert "No round is open at the moment." in page


def test_the_demonstration_is_offered_only_where_there_is_one(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Try it as one of the people" not in text(client)
    monkeypatch.setitem(client.application.config, "DEMO", True)
    assert 'href="/demo">Try it as one of the people' in text(client)


def test_whoever_is_signed_in_goes_on_to_their_work(make: Make, sign_in: SignIn) -> None:
    answer = sign_in(make.user()).get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/work")


def test_the_start_page_costs_as_many_queries_for_ten_rounds_as_for_one(
    make: Make, session: Session, client: FlaskClient, count_queries: list[str]
) -> None:
    counts = []
    for more in (1, 9):
        for n in range(more):
            make.round(make.fund(), name=f"Round {n}")
        session.commit()
        session.expunge_all()
        count_queries.clear()
        text(client)
        counts.append(len(count_queries))
    assert counts[0] == counts[1] <= 4


def test_the_privacy_notice_says_how_long_records_are_kept_and_how_to_complain(
    client: FlaskClient,
) -> None:
    page = text(client, "/privacy")
    for words in (
        "6 years",
        "2 years",
        "1 year",
        "complain",
        "Information Commissioner",
        "data protection officer",
        "Freedom of Information",
    ):
        assert words in page


def test_the_accessibility_statement_names_the_standard_and_the_way_to_complain(
    client: FlaskClient,
) -> None:
    page = text(client, "/accessibility")
    for words in ("version 2.2", "level AA", "Equality and Human Rights Commission"):
        assert words in page
