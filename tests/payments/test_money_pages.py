"""The pages of a fund's money: figures, the ledger, and how many queries they ask."""

import csv
import io
import re
from datetime import date

import pytest
from flask.testing import FlaskClient

from fundflow.models.ledger_entry import EntryKind
from fundflow.models.person import RoleName
from fundflow.payments import operations
from tests.factories import Make
from tests.payments.conftest import A_DAY, LATER, Award, SignIn, an_award, url

pytestmark = pytest.mark.usefixtures("today")


# -- the money of the fund ------------------------------------------------------------------------


def test_the_money_page_shows_the_ledgers_figures_and_what_waits(award: Award, sign_in: SignIn) -> None:
    award.certified()
    award.sent(date(2027, 1, 7))
    client = sign_in(award.finance)
    page = client.get("/money").text
    assert "£199,500.00" in page
    assert "Allocated £199,500.00 = uncommitted £196,500.00 + outstanding £3,000.00 + paid £0.00" in page
    assert 'style="' not in page
    waiting = f"/money/waiting/{award.bid.fund_id}"
    assert f"{award.bid.reference}/C1" in client.get(f"{waiting}/to-pay").text
    assert f"{award.bid.reference}/C2" in client.get(f"{waiting}/to-check").text


def test_a_cut_that_takes_a_line_below_zero_is_shown_red(make: Make, sign_in: SignIn) -> None:
    from fundflow import ledger

    fund = make.fund(allocated=100_00)
    finance = make.staff(RoleName.FINANCE)
    ledger.cut(make.allocation(fund, 50_00), 60_00, user=finance, now=LATER, minute="Minute 3")
    make.session.commit()
    page = sign_in(finance).get("/money").text
    assert re.search(r'ff-late">\s*<a[^>]*>−£10.00', page)


def test_the_board_sees_figures_but_no_claims_and_no_ledger(award: Award, sign_in: SignIn) -> None:
    award.sent()
    client = sign_in(award.make.staff(RoleName.BOARD))
    page = client.get("/money")
    assert "£199,500.00" in page.text
    assert award.bid.reference not in page.text
    assert client.get("/money/ledger").status_code == 403
    assert client.get("/money/ledger.csv").status_code == 403


def test_schools_do_not_see_the_funds_money(award: Award, sign_in: SignIn) -> None:
    for path in ("/money", "/money/ledger", "/money/ledger.csv"):
        assert sign_in(award.head).get(path).status_code == 403


def test_a_role_for_one_fund_shows_that_fund_alone(make: Make, sign_in: SignIn) -> None:
    ours, theirs = make.fund(name="Ours"), make.fund(name="Theirs")
    finance = make.user()
    make.role(finance, RoleName.FINANCE, fund=ours)
    make.allocation(theirs, 12_34)
    make.session.commit()
    client = sign_in(finance)
    page = client.get("/money").text
    assert "Ours" in page
    assert "Theirs" not in page
    assert "12.34" not in client.get("/money/ledger").text + client.get("/money/ledger.csv").text


def test_the_ledger_is_filtered_and_paged_by_key(award: Award, sign_in: SignIn) -> None:
    for _ in range(60):
        award.make.entry(award.bid, EntryKind.RECOVERED, 1)
    award.make.session.commit()
    client = sign_in(award.finance)
    first = client.get("/money/ledger?kind=recovered").text
    assert first.count('data-label="Amount">£0.01') == 50
    following = first.split("after=")[1].split('"')[0].split("&")[0]
    rest = client.get(f"/money/ledger?kind=recovered&after={following}").text
    assert rest.count('data-label="Amount">£0.01') == 10
    assert "No entries match" in client.get("/money/ledger?bid=NONE-1").text
    assert award.bid.reference in client.get(f"/money/ledger?bid={award.bid.reference.lower()}").text


def test_a_forged_filter_is_a_bad_request(award: Award, sign_in: SignIn) -> None:
    assert sign_in(award.finance).get("/money/ledger?kind=x").status_code == 400


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "²"])
def test_a_place_that_cannot_be_read_is_the_first_page(award: Award, sign_in: SignIn, after: str) -> None:
    page = sign_in(award.finance).get(f"/money/ledger?after={after}")
    assert (page.status_code, "Entries, newest first" in page.text) == (200, True)


def test_the_ledger_of_an_accepted_offer_does_not_say_that_it_ended(award: Award, sign_in: SignIn) -> None:
    page = sign_in(award.head).get(f"/bids/{award.bid.reference}/money").text
    assert EntryKind.UNRESERVED.words in page
    assert "Offer ended" not in page


def test_the_ledger_as_csv_neutralises_formulas(award: Award, sign_in: SignIn) -> None:
    award.bid.lead_school.name = "=HYPERLINK(1)"
    award.make.session.commit()
    answer = sign_in(award.finance).get("/money/ledger.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert rows[0]["What"] == "Allocated to the fund"
    assert rows[0]["Pounds"] == "199500.00"
    assert {row["School"] for row in rows} == {"", "'=HYPERLINK(1)"}


def test_somebody_barred_from_a_bid_does_not_find_it_in_the_ledger(award: Award, sign_in: SignIn) -> None:
    from fundflow.models.interest import Declaration, InterestKind

    award.sent()
    award.make.session.add(
        Declaration(
            bid_id=award.bid.id,
            user_id=award.officer.id,
            kind=InterestKind.BARRED,
            declared_at=LATER,
            recorded_by_id=award.officer.id,
        )
    )
    award.make.session.commit()
    client = sign_in(award.officer)
    for path in ("/money", "/money/ledger", "/money/ledger.csv"):
        assert award.bid.reference not in client.get(path).text


# -- how many queries -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/money", "/money/ledger"])
def test_the_money_pages_ask_as_much_for_many_claims_as_for_few(
    award: Award, sign_in: SignIn, count_queries: list[str], path: str
) -> None:
    client = sign_in(award.finance)
    award.sent()
    few = _queries(client, path, count_queries)
    for _ in range(8):
        an_award(award.make, provider=None).sent()
    award.make.session.commit()
    assert _queries(client, path, count_queries) == few


def test_the_money_tab_asks_as_much_for_many_claims_as_for_few(
    award: Award, sign_in: SignIn, count_queries: list[str]
) -> None:
    client, path = sign_in(award.officer), f"/bids/{award.bid.reference}/money"
    award.sent()
    few = _queries(client, path, count_queries)
    for day in (7, 8, 11, 12):
        award.certified(date(2027, 1, day))
    assert _queries(client, path, count_queries) == few


def test_the_pages_of_days_and_of_a_claim_ask_as_much_for_many_days_as_for_few(
    award: Award, sign_in: SignIn, count_queries: list[str]
) -> None:
    client, days = sign_in(award.head), f"/bids/{award.bid.reference}/days"
    claim = award.sent()
    award.log(date(2027, 1, 5))
    few = [_queries(client, path, count_queries) for path in (url(claim), days)]
    for entry in award.worked(*(date(2027, 1, day) for day in (7, 8, 11))):
        entry.claim = claim
    award.log(date(2027, 1, 4), half_days=1)
    award.make.session.commit()
    assert [_queries(client, path, count_queries) for path in (url(claim), days)] == few


def _queries(client: FlaskClient, path: str, seen: list[str]) -> int:
    from fundflow.extensions import db

    db.session.expire_all()
    seen.clear()
    assert client.get(path).status_code == 200
    return len(seen)


def test_the_claim_that_waits_for_the_reader_stands_first(award: Award, sign_in: SignIn) -> None:
    claim = award.sent(A_DAY, date(2027, 1, 7))
    asked = {"reason": "Which class?", "user": award.officer, "now": LATER}
    operations.dispute(claim, days={claim.days[0].id}, version=claim.version, **asked)
    (parted,) = claim.parted
    for reader, first, then in ((award.head, parted, claim), (award.officer, claim, parted)):
        page = sign_in(reader).get(f"/bids/{award.bid.reference}/money").text
        assert page.index(f'id="c{first.id}"') < page.index(f'id="c{then.id}"')
    assert "Answer and send the claim" not in page
