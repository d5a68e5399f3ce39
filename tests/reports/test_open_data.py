"""360Giving, the Transparency Code's file and the fund's page: what everybody may read of a fund."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flattentool
import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from fundflow.models.bid import Bid
from fundflow.reports.open_data import CODE_HEADER, COLUMNS
from fundflow.workflow.application import BidState
from tests.factories import AWARDED, Make
from tests.schools.files import DATA, needs_data

AT = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


@pytest.fixture
def bid(make: Make) -> Bid:
    fund = make.fund(name="Improvement fund", org_identifier="GB-LAE-BRA", grants_prefix="brackenford")
    lead = make.school("Larkfield", postcode="BR1 1AA", la_name="Brackenford", urn="100901")
    return make.bid(fund=fund, state=BidState.IN_DELIVERY, lead=lead, title="Zq-title", now=AT)


def lines(client: FlaskClient, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(path).get_data().decode("utf-8-sig"))))


def grants(client: FlaskClient, bid: Bid) -> dict[str, Any]:
    return json.loads(client.get(f"/fund/{bid.fund_id}/360giving.json").get_data())


def problems(package: dict[str, Any]) -> list[str]:
    """What the standard's own schema finds wrong, with the formats of dates and addresses checked."""
    schema, whole = (
        json.loads((DATA / f"360-giving-{name}schema.json").read_text()) for name in ("", "package-")
    )
    at = whole["properties"]["grants"]["items"]["$ref"]  # another release's address than the schema's own
    for part in (schema, whole):
        del part["$schema"]  # not the dialect's official address
    known = Registry().with_resource(at, DRAFT202012.create_resource(schema))
    checked = Draft202012Validator(whole, registry=known, format_checker=FormatChecker())
    return [error.message for error in checked.iter_errors(package)]


def test_a_grant_says_who_what_when_and_where(client: FlaskClient, bid: Bid) -> None:
    (grant,) = grants(client, bid)["grants"]
    assert grant == {
        "id": f"360G-brackenford-{bid.reference}",
        "title": "Grant to Larkfield",
        "description": "Support from other schools: Early reading.",
        "currency": "GBP",
        "amountAwarded": 3000.0,
        "awardDate": "2026-11-18",
        "recipientOrganization": [{"id": "GB-EDU-100901", "name": "Larkfield", "postalCode": "BR1 1AA"}],
        "fundingOrganization": [{"id": "GB-LAE-BRA", "name": bid.fund.council}],
        "grantProgramme": [{"code": bid.fund.prefix, "title": "Improvement fund"}],
        "beneficiaryLocation": [{"name": "Brackenford", "countryCode": "GB"}],
        "plannedDates": [{"startDate": "2026-12-18", "endDate": "2027-05-17"}],
    }


@needs_data
def test_the_package_is_valid_with_formats_checked_and_a_wrong_date_is_not(
    client: FlaskClient, bid: Bid
) -> None:
    package = grants(client, bid)
    assert problems(package) == []
    package["grants"][0]["awardDate"] = "18 November 2026"
    assert problems(package)


def test_the_csv_tells_the_same_grants(client: FlaskClient, bid: Bid) -> None:
    (row,) = lines(client, f"/fund/{bid.fund_id}/360giving.csv")
    (grant,) = grants(client, bid)["grants"]
    for column, path in COLUMNS.items():
        found = grant[path[0]] if len(path) == 1 else grant[path[0]][0][path[1]]
        assert row[column] == ("3000.00" if column == "Amount Awarded" else found)


@needs_data
def test_the_csv_reads_back_to_the_same_grants(client: FlaskClient, bid: Bid, tmp_path: Path) -> None:
    folder, out = tmp_path / "csv", tmp_path / "grants.json"
    folder.mkdir()
    (folder / "grants.csv").write_bytes(client.get(f"/fund/{bid.fund_id}/360giving.csv").data)
    flattentool.unflatten(
        str(folder),
        input_format="csv",
        encoding="utf-8-sig",
        output_name=str(out),
        root_list_path="grants",
        root_id="",
        schema=str(DATA / "360-giving-schema.json"),
        convert_titles=True,
        default_configuration="RootListPath grants",
    )
    assert json.loads(out.read_text())["grants"] == grants(client, bid)["grants"]


def test_a_title_and_reasons_are_told_once_they_were_read(client: FlaskClient, bid: Bid, make: Make) -> None:
    decision = bid.offer.decision
    decision.published_reasons, decision.published_at = "A clear need", AT
    make.session.flush()
    (grant,) = grants(client, bid)["grants"]
    assert grant["title"] == "Zq-title"
    assert grant["description"] == "Support from other schools: Early reading. Zq-title. A clear need."


@pytest.mark.parametrize("name", ["org_identifier", "grants_prefix"])
def test_without_the_identifiers_there_is_no_file_and_the_page_says_so(
    client: FlaskClient, bid: Bid, make: Make, name: str
) -> None:
    setattr(bid.fund, name, "")
    make.session.flush()
    for form in ("json", "csv"):
        assert client.get(f"/fund/{bid.fund_id}/360giving.{form}").status_code == 404
    page = client.get(f"/fund/{bid.fund_id}").text
    assert "There is no 360Giving file yet" in page
    assert "360giving.json" not in page


def test_a_fund_without_an_award_has_no_package(client: FlaskClient, make: Make) -> None:
    fund = make.fund(org_identifier="GB-LAE-BRA", grants_prefix="brackenford")
    make.session.flush()
    assert client.get(f"/fund/{fund.id}/360giving.json").status_code == 404


def test_the_transparency_code_asks_for_each_award(client: FlaskClient, bid: Bid, make: Make) -> None:
    for state in BidState:
        if state not in AWARDED:
            make.bid(state=state, title="Not to be named")
    (row,) = lines(client, "/transparency.csv")
    assert tuple(row) == CODE_HEADER
    assert row == {
        "Date awarded": "2026-11-18",
        "Period": "2026/27",
        "Department": f"{bid.fund.council}, Improvement fund",
        "Beneficiary": "Larkfield",
        "Registration number": "URN 100901",
        "Purpose": "Support from other schools: Early reading.",
        "Amount (£)": "3000.00",
    }


def test_the_funds_page_says_purpose_money_rules_and_whom_to_ask(
    client: FlaskClient, bid: Bid, make: Make
) -> None:
    bid.fund.purpose, bid.fund.complaints = "To raise standards.", "Write to the director."
    make.session.commit()
    page = client.get(f"/fund/{bid.fund_id}").text
    for said in (
        "To raise standards.",
        "Write to the director.",
        "£199,500.00",
        "£3,000.00",
        "£196,500.00",
        "Early reading",
        bid.fund.rules.criteria[0].title,
        "360giving.json",
    ):
        assert said in page
    assert f'href="/fund/{bid.fund_id}"' in client.get("/").text
    assert client.get("/fund/999999").status_code == 404
