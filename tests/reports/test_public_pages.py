import re
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


def test_the_privacy_notice_promises_nothing_that_nobody_keeps(client: FlaskClient) -> None:
    page = text(client, "/privacy")
    for words in (
        "complain",
        "Information Commissioner",
        "data protection officer",
        "Freedom of Information",
        "Borough of Brackenford has not said here how long it keeps each kind of record",
    ):
        assert words in page
    assert not re.search(r"\d+ years?|pseudonym", page)


def test_the_privacy_notice_says_how_long_each_fund_keeps_its_bids(make: Make, client: FlaskClient) -> None:
    fund = make.fund(keep_awards_years=7, keep_refused_years=3, keep_drafts_years=1)
    make.session.commit()
    page = text(client, "/privacy")
    assert f"{fund.name}: we keep a bid that got an award for 7 years after it ended." in page
    assert "for 3 years, and one that was never sent for 1 year." in page
    assert "has not said here" not in page


def test_what_the_council_says_stands_in_the_notice_and_the_statement_once(
    make: Make, client: FlaskClient
) -> None:
    said = {
        "data_protection_contact": "dpo@council.example",
        "retention": "Awards: 6 years.\nDrafts: 1 year.",
        "accessibility_tests": "Tested by the council’s own staff with NVDA on 3 March 2026.",
    }
    make.fund(**said)
    make.fund(**said)
    make.session.commit()
    privacy, statement = text(client, "/privacy"), text(client, "/accessibility")
    assert privacy.count("Awards: 6 years.<br>Drafts: 1 year.") == 1
    assert privacy.count("of Borough of Brackenford: dpo@council.example.") == 1
    assert statement.count("with NVDA on 3 March 2026") == 1
    assert "has not said here" not in privacy
    assert "no test yet" not in statement


def test_the_accessibility_statement_asserts_nothing_that_nobody_dated(client: FlaskClient) -> None:
    page = text(client, "/accessibility")
    assert "We know of no part" not in page
    assert "working days" not in page
    assert "in every letter about your bid" not in page
    assert "has recorded no test yet by people" in page
    assert "at the foot of every page and letter" in page


def test_the_accessibility_statement_names_the_standard_and_the_way_to_complain(
    client: FlaskClient,
) -> None:
    page = text(client, "/accessibility")
    for words in ("version 2.2", "level AA", "Equality and Human Rights Commission"):
        assert words in page
