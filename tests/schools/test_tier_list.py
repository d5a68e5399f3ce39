"""Every school with its tier: narrowed, sorted, paged and saved, for staff alone."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from fundflow.models.area import Patch
from fundflow.models.person import RoleName, User
from fundflow.models.school import School
from fundflow.workflow.application import BidState
from tests.factories import TODAY, Make

SignIn = Callable[[User | None], FlaskClient]
R = RoleName
READ = (R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR, R.ADMINISTRATOR)


def names(page: str) -> list[str]:
    """The schools of a list, in their order."""
    return re.findall(r'scope="row" [^>]*><a [^>]*>([^<]*)</a>', page)


@pytest.fixture
def town(make: Make) -> SimpleNamespace:
    """Ash (tier 4, then 3) has an award and a later refused bid, Birch (tier 1) a draft, Cedar (no tier)
    nothing; Elm has closed, Fir lies elsewhere."""
    fund, officer = make.fund(), make.staff(R.OFFICER, "Olive Officer")
    ash, birch = make.school("Ash"), make.school("Birch", phase_code=4)
    cedar = make.school("Cedar")
    make.school("Elm", status_code=2)
    make.school("Fir", la_code="301")
    for school, tier, days in ((ash, 4, 300), (ash, 3, 10), (birch, 1, 100)):
        day = TODAY - timedelta(days=days)
        make.tier(school, officer, tier=tier, from_on=day)
    patch: Patch = make.patch()
    patch.officer_id, ash.patch_id = officer.id, patch.id
    running = make.bid(state=BidState.IN_DELIVERY, fund=fund, lead=ash)
    last = make.bid(state=BidState.NOT_FUNDED, fund=fund, lead=ash)
    draft = make.bid(state=BidState.DRAFT, fund=fund, lead=birch)
    make.session.execute(
        update(School).where(School.name.like("School %")).values(status_code=2)
    )  # providers
    make.session.commit()
    return SimpleNamespace(officer=officer, ash=ash, cedar=cedar, running=running, last=last, draft=draft)


def test_each_school_has_its_tier_officer_last_bid_and_running_awards(
    town: SimpleNamespace, sign_in: SignIn
) -> None:
    page = sign_in(town.officer).get("/schools/tiers").text
    assert names(page) == ["Ash", "Birch", "Cedar"]
    ash, birch, cedar = page.partition("<tbody")[2].split("</tr>")[:3]
    since = TODAY - timedelta(days=10)
    for words in (
        "3: targeted support",
        f"{since.day} ",
        "Olive Officer",
        town.running.reference,
        "Not funded",
    ):
        assert words in ash
    assert ash.index(town.last.reference) < ash.index(town.running.reference)
    assert "4: intensive support" not in ash
    assert town.draft.reference not in birch  # nobody has sent it
    assert "None that you can see" in cedar


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("tier=3", "Ash"),
        ("tier=4", ""),
        ("tier=none", "Cedar"),
        ("phase=4", "Birch"),
        ("officer=none", "Birch Cedar"),
        ("never=yes", "Birch Cedar"),
        ("never=yes&phase=2", "Cedar"),
        ("q=ash", "Ash"),
        ("sort=-tier", "Ash Birch Cedar"),
        ("sort=tier", "Birch Ash Cedar"),
        ("sort=-since", "Ash Birch Cedar"),
        ("sort=since", "Birch Ash Cedar"),
        ("sort=x&tier=9&phase=99&officer=x&after=x", "Ash Birch Cedar"),
    ],
)
def test_it_is_narrowed_and_sorted_by_its_address(
    town: SimpleNamespace, sign_in: SignIn, asked: str, found: str
) -> None:
    client = sign_in(town.officer)
    assert names(client.get(f"/schools/tiers?{asked}").text) == found.split()
    rows = csv.DictReader(io.StringIO(client.get(f"/schools/tiers.csv?{asked}").text.removeprefix("\ufeff")))
    assert [row["School"] for row in rows] == found.split()


def test_by_officer(town: SimpleNamespace, sign_in: SignIn) -> None:
    page = sign_in(town.officer).get(f"/schools/tiers?officer={town.officer.id}").text
    assert names(page) == ["Ash"]


@pytest.mark.parametrize("sort", ["name", "-tier", "tier", "-since", "since"])
def test_25_a_page_and_every_school_once(
    make: Make, town: SimpleNamespace, sign_in: SignIn, sort: str
) -> None:
    for n in range(60):
        school = make.school(f"Oak {n:02}")
        if n % 3:
            day = date(2025, 1, 1 + n % 5)
            make.tier(school, town.officer, tier=1 + n % 4, from_on=day)
    make.session.commit()
    client, path, found = sign_in(town.officer), f"/schools/tiers?sort={sort}", list[str]()
    for size in (25, 25, 13):
        page = client.get(path).text
        assert len(names(page)) == size
        found += names(page)
        onward = re.search(r'rel="next" href="([^"]*)"', page)
        path = onward[1].replace("&amp;", "&") if onward else ""
    assert path == ""
    assert len(set(found)) == 63


def test_the_file_says_what_the_list_says(town: SimpleNamespace, sign_in: SignIn) -> None:
    text = sign_in(town.officer).get("/schools/tiers.csv").text.removeprefix("\ufeff")
    ash, _, cedar = csv.DictReader(io.StringIO(text))
    assert (ash["Tier"], ash["Since"]) == ("3: targeted support", str(TODAY - timedelta(days=10)))
    assert (ash["Last bid"], ash["Awards running"]) == (town.last.reference, town.running.reference)
    assert (cedar["Tier"], cedar["Since"], cedar["Last bid"]) == ("", "", "")


def test_an_outcome_that_is_kept_from_a_reader_is_in_neither_list_nor_file(
    make: Make, town: SimpleNamespace, sign_in: SignIn
) -> None:
    head = make.member(town.ash)
    make.role(head, R.OFFICER)
    town.last.decision_held_until = TODAY + timedelta(days=5)
    make.session.commit()
    client = sign_in(head)
    for form in ("", ".csv"):
        assert "Not funded" not in client.get(f"/schools/tiers{form}").text
    assert "Not funded" in sign_in(town.officer).get("/schools/tiers.csv").text


def test_a_bid_that_a_reader_is_barred_from_is_not_there(
    make: Make, town: SimpleNamespace, sign_in: SignIn
) -> None:
    officer = make.staff(R.OFFICER)
    make.interest(officer, school=town.running.partners[0].school)
    make.session.commit()
    page = sign_in(officer).get("/schools/tiers").text
    assert town.running.reference not in page
    assert town.last.reference in page


@pytest.mark.parametrize("role", [role for role in R if role not in READ])
def test_nobody_else_reads_it(make: Make, town: SimpleNamespace, sign_in: SignIn, role: RoleName) -> None:
    client = sign_in(make.staff(role))
    assert {client.get(f"/schools/tiers{form}").status_code for form in ("", ".csv")} == {403}


def test_a_school_does_not(make: Make, town: SimpleNamespace, sign_in: SignIn) -> None:
    client = sign_in(make.member(town.ash))
    assert {client.get(f"/schools/tiers{form}").status_code for form in ("", ".csv")} == {403}
