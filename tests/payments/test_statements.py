"""Statements of a fund, an allocation line, a year, a school and a bid: pages, files, and who sees them."""

import csv
import io
import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from fundflow import ledger
from fundflow.models.ledger_entry import EntryKind as K
from fundflow.models.person import RoleName, Standing
from fundflow.models.recovery import Ground
from fundflow.payments import recoveries
from fundflow.payments.statements import Asked, earned_by, of_bid
from fundflow.schools.operations.succession import SuccessionPlan, bid_ids, pass_on, stamp
from fundflow.workflow.application import BidState
from tests.factories import Make
from tests.payments.conftest import LATER, Award, SignIn, an_award
from tests.payments.statement_sums import assert_entries_behind, assert_statements_add_up, statements_of
from tests.scenes import scene

pytestmark = [pytest.mark.usefixtures("today"), pytest.mark.both_databases]


def a_paid_award(make: Make) -> Award:
    """£350 paid of £3,000, £100 of it back."""
    award = an_award(make)
    award.pay(award.certified(date(2027, 1, 6)))
    recovery = recoveries.open_recovery(
        award.bid,
        school_id=award.bid.lead_school_id,
        ground=Ground.MISUSED,
        pence=10_000,
        reason="A laptop",
        user=award.finance,
        now=LATER,
        version=award.bid.version,
    )
    recoveries.approve(recovery, user=award.other_finance, now=LATER, version=recovery.version)
    reference = {"payment_reference": "IN 1"}
    recoveries.receive(recovery, user=award.finance, now=LATER, version=recovery.version, **reference)
    return award


paid = scene(a_paid_award)


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))


def pence(text: str) -> int:
    return int(re.sub(r"[£,.]", "", text).replace("−", "-"))


def figures(page: str) -> list[tuple[str, int]]:
    """The address that each figure of a statement opens, and its pence."""
    table = page.split('aria-label="Figures"')[1].split("</table>")[0]
    found = re.findall(r'href="([^"]*#entries)">\s*(−?£[\d,.]+)<', table)
    return [(unescape(address), pence(amount)) for address, amount in found]


def amounts(client: FlaskClient, address: str) -> list[int]:
    page = client.get(address.partition("#")[0]).text
    return [pence(found) for found in re.findall(r'data-label="Amount">(−?£[\d,.]+)<', page)]


# -- what they add up to ------------------------------------------------------------------------------


def test_every_statement_adds_up_to_the_ledger(paid: Award) -> None:
    an_award(paid.make)
    assert_statements_add_up(paid.bid, paid.finance, LATER)
    for statements, _totals in statements_of(paid.bid, paid.finance, LATER).values():
        for statement in statements:
            assert_entries_behind(statement)


@pytest.mark.parametrize(
    "path",
    [
        "/money/ledger?fund={fund}",
        "/money/ledger?line={line}",
        "/money/ledger?year=2026",
        "/money/ledger?fund={fund}&year=2027",
        "/money/ledger?bid={bid}",
        "/money/schools/{urn}",
        "/money/schools/{urn}?year=2026",
        "/bids/{bid}/money/statement",
        "/bids/{bid}/money/statement?year=2026",
    ],
)
def test_every_figure_on_a_page_is_the_sum_of_the_entries_it_opens(
    paid: Award, sign_in: SignIn, time_machine: Any, path: str
) -> None:
    time_machine.move_to(datetime(2027, 5, 4, tzinfo=UTC), tick=False)
    bid = paid.bid
    client, values = sign_in(paid.finance), {"fund": bid.fund_id, "line": bid.fund.allocations[0].id}
    values |= {"bid": bid.reference, "urn": bid.lead_school.urn}
    found = figures(client.get(path.format(**values)).text)
    assert len(found) in (7, 21)
    assert any(amount for _address, amount in found)
    for address, amount in found:
        assert sum(amounts(client, address)) == amount, address


def test_the_money_pages_figures_open_the_entries_behind_them(paid: Award, sign_in: SignIn) -> None:
    client = sign_in(paid.finance)
    for path, count in (("/money", 10), ("/money/years/2026", 5)):
        page = client.get(path).text
        found = re.findall(r'href="(/money/ledger\?[^"]*kind=[^"]*)">(−?£[\d,.]+)<', page)
        assert len(found) == count
        for address, amount in found:
            assert sum(amounts(client, unescape(address))) == pence(amount), address


def test_what_a_school_earned_is_what_its_awards_did(paid: Award, sign_in: SignIn) -> None:
    an_award(paid.make, lead=paid.bid.lead_school).worked(date(2027, 1, 7))
    page = sign_in(paid.finance).get(f"/money/schools/{paid.bid.lead_school.urn}").text
    assert re.search(r"Earned so far[^<]*</th>\s*<td[^>]*>£700.00", page)
    mine = sign_in(paid.finance).get(f"/bids/{paid.bid.reference}/money/statement").text
    assert re.search(r"Earned so far[^<]*</th>\s*<td[^>]*><a[^>]*>\s*£350.00", mine)


def test_the_balance_runs_over_the_pages(award: Award, sign_in: SignIn) -> None:
    for _ in range(60):
        award.make.entry(award.bid, K.PAID, 100)
    award.make.session.commit()
    client, path = sign_in(award.finance), f"/bids/{award.bid.reference}/money/statement?kind=paid"
    first = client.get(path).text
    assert re.findall(r'data-label="Paid[^"]*">([^<]+)<', first)[:2] == ["£60.00", "£59.00"]
    older = unescape(re.findall(r'href="([^"]*after=[^"]*)"', first)[0])
    assert re.findall(r'data-label="Paid[^"]*">([^<]+)<', client.get(older).text) == [
        f"£{n}.00" for n in range(10, 0, -1)
    ]


def test_what_a_year_began_with_stands_beside_what_it_added(paid: Award, sign_in: SignIn) -> None:
    page = sign_in(paid.finance).get(f"/money/ledger?fund={paid.bid.fund_id}&year=2026").text
    assert [amount for _address, amount in figures(page)][:6] == [
        0,
        19_950_000,
        19_950_000,
        0,
        290_000,
        290_000,
    ]
    assert "1 April 2026 to 31 March 2027" in page


def test_an_entry_of_the_last_hour_of_march_in_london_is_the_old_years(award: Award, sign_in: SignIn) -> None:
    """Midnight of British Summer Time is 23:00 in UTC."""
    fund = award.bid.fund
    award.make.entry(award.bid, K.PAID, 1, now=datetime(2026, 3, 31, 22, 30, tzinfo=UTC))
    award.make.entry(award.bid, K.PAID, 2, now=datetime(2026, 3, 31, 23, 30, tzinfo=UTC))
    award.make.session.commit()
    client = sign_in(award.finance)
    assert [row["Pounds"] for row in rows(client.get(f"/money/ledger.csv?fund={fund.id}&year=2025"))] == [
        "0.01"
    ]
    found = rows(client.get(f"/money/ledger.csv?fund={fund.id}&year=2026&kind=paid"))
    assert [(row["When"], row["Pounds"]) for row in found] == [("2026-04-01 00:30", "0.02")]


def test_a_statement_of_nothing_says_so(make: Make, sign_in: SignIn) -> None:
    fund = make.fund(allocated=100)
    page = sign_in(make.staff(RoleName.FINANCE)).get(f"/money/ledger?fund={fund.id}&kind=paid").text
    assert "No entries match this." in page


# -- files -------------------------------------------------------------------------------------------


def test_a_statement_as_csv_byte_for_byte(paid: Award, sign_in: SignIn) -> None:
    bid = paid.bid
    was, bid.reference = bid.reference, "LSIF-0031"
    bid.lead_school.name = "Larkfield Infants"
    paid.make.session.commit()
    first, *_ = [line.entry.id for line in of_bid(bid, paid.finance, LATER, Asked()).lines()]
    answer = sign_in(paid.finance).get("/bids/LSIF-0031/money/statement.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="statement-LSIF-0031.csv"'
    urn, by, (claim,) = bid.lead_school.urn, paid.finance.name, bid.claims
    of = f"2026/27,Schools forum,Minute 12,LSIF-0031,Larkfield Infants,{urn}"
    paid = f"{of},1,BACS 1,{claim.payee_name},Journal,,{by},,,,,350.00,2650.00"
    recovered = f"{of},,,,,,{by},{was}/R1,,,-100.00,-100.00,2650.00"
    assert answer.data.decode() == (
        "\ufeffEntry,When,What,Pounds,Financial year,Allocation line,Minute,Bid,School,URN,Claim,"
        "Payment reference,Paid to,Route,Supplier number,By,Reason,Allocated,Reserved,Committed,"
        '"Paid, less what was recovered",Balance: outstanding\r\n'
        f"{first},2026-11-18 10:00,Reserved for an offer,3000.00,{of},,,,,,,,,3000.00,,,0.00\r\n"
        f"{first + 1},2026-11-18 10:00,Reservation ended,-3000.00,{of},,,,,,,,,-3000.00,,,0.00\r\n"
        f"{first + 2},2026-11-18 10:00,Awarded,3000.00,{of},,,,,,,,,,3000.00,,3000.00\r\n"
        f"{first + 3},2027-01-20 10:00,Paid,350.00,{paid}\r\n"
        f"{first + 4},2027-01-20 10:00,Recovered,-100.00,{recovered}\r\n"
    )


def test_the_columns_of_a_file_add_up_to_the_figures(paid: Award, sign_in: SignIn) -> None:
    fund = paid.bid.fund
    found = rows(sign_in(paid.finance).get(f"/money/ledger.csv?fund={fund.id}"))
    totals = ledger.totals(fund.id)
    for title, wanted in (
        ("Allocated", totals.allocated),
        ("Reserved", totals.reserved),
        ("Committed", totals.committed),
        ("Paid, less what was recovered", totals.paid),
    ):
        assert round(sum(float(row[title] or 0) for row in found) * 100) == wanted, title
    assert round(float(found[-1]["Balance: free"]) * 100) == totals.free


def test_a_spreadsheet_holds_numbers_that_add_up_and_no_formula(paid: Award, sign_in: SignIn) -> None:
    paid.bid.lead_school.name = "=HYPERLINK(1)"
    paid.make.session.commit()
    with sign_in(paid.finance).get(f"/money/ledger.xlsx?fund={paid.bid.fund_id}&kind=paid") as answer:
        sheet = load_workbook(io.BytesIO(answer.data))["Statement"]
    heading, *found = sheet.iter_rows()
    column = [cell.value for cell in heading].index("Pounds")
    assert [(row[column].data_type, row[column].value) for row in found] == [("n", 350), ("n", -100)]
    school = [cell.value for cell in heading].index("School")
    assert {(row[school].data_type, row[school].value) for row in found} == {("s", "=HYPERLINK(1)")}


def test_a_file_of_a_year_goes_on_from_the_balance_before_it(paid: Award, sign_in: SignIn) -> None:
    bid = paid.bid
    paid.make.entry(bid, K.PAID, 5_000, now=datetime(2027, 4, 1, 9, 0, tzinfo=UTC))
    paid.make.session.commit()
    import time_machine

    with time_machine.travel(datetime(2027, 5, 4, tzinfo=UTC), tick=False):
        found = rows(sign_in(paid.finance).get(f"/bids/{bid.reference}/money/statement.csv?year=2027"))
    assert [(row["Pounds"], row["Balance: outstanding"]) for row in found] == [("50.00", "2600.00")]


def test_the_year_is_a_spreadsheet_too(paid: Award, sign_in: SignIn) -> None:
    with sign_in(paid.finance).get("/money/years/2026.xlsx") as answer:
        sheet = load_workbook(io.BytesIO(answer.data)).active
    assert [cell.value for cell in list(sheet.iter_rows())[1]][5:8] == [350, 350, 250]


# -- who sees them -----------------------------------------------------------------------------------


def test_a_head_reads_the_statements_of_their_bid_and_school_without_the_council_s_people(
    paid: Award, sign_in: SignIn
) -> None:
    paid.finance.name = "Olu Adeyemi"
    paid.make.session.commit()
    bid, client = paid.bid, sign_in(paid.head)
    assert f"/bids/{bid.reference}/money/statement" in client.get(f"/bids/{bid.reference}/money").text
    for path in (f"/bids/{bid.reference}/money/statement", f"/money/schools/{bid.lead_school.urn}"):
        page = client.get(path)
        assert "Recovered" in page.text
        assert paid.finance.name not in page.text.split("<main")[1]
        for row in rows(client.get(f"{path}.csv")):
            assert not {"By", "Supplier number"} & set(row)
            assert paid.finance.name not in row.values()


def test_other_schools_statements_do_not_exist(paid: Award, sign_in: SignIn) -> None:
    bid, make = paid.bid, paid.make
    others = [make.member(make.school()), make.member(bid.lead_school, Standing.TEAM), paid.releasing_head]
    paths = [f"/money/schools/{bid.lead_school.urn}{form}" for form in ("", ".csv", ".xlsx")]
    for user in others:
        assert {sign_in(user).get(path).status_code for path in paths} == {404}
    of_bid = [f"/bids/{bid.reference}/money/statement{form}" for form in ("", ".csv", ".xlsx")]
    for user in (others[0], others[2]):
        assert {sign_in(user).get(path).status_code for path in of_bid} == {404}


def test_a_school_s_head_does_not_see_bids_the_school_takes_part_in_alone(
    paid: Award, sign_in: SignIn
) -> None:
    school = paid.bid.providers[0]
    page = sign_in(paid.releasing_head).get(f"/money/schools/{school.urn}").text
    assert paid.bid.reference not in page
    assert "No entries" in page


def test_a_school_does_not_see_an_offer_whose_letter_has_not_gone(make: Make, sign_in: SignIn) -> None:
    fund = make.fund(holds_decision_letters=True)
    bid = make.bid(state=BidState.OFFERED, fund=fund)
    bid.decision_held_until = date(2027, 2, 1)
    make.session.commit()
    head = make.member(bid.lead_school)
    make.session.commit()
    client = sign_in(head)
    for path in (f"/bids/{bid.reference}/money/statement", f"/money/schools/{bid.lead_school.urn}"):
        assert "No entries" in client.get(path).text
        assert rows(client.get(f"{path}.csv")) == []


def test_a_statement_for_one_fund_s_finance_leaves_the_other_funds_out(make: Make, sign_in: SignIn) -> None:
    ours, theirs = make.fund(name="Ours"), make.fund(name="Theirs")
    finance = make.user()
    make.role(finance, RoleName.FINANCE, fund=ours)
    bid = make.bid(state=BidState.IN_DELIVERY, fund=theirs)
    make.session.commit()
    client = sign_in(finance)
    assert client.get(f"/money/ledger?fund={theirs.id}").status_code == 404
    assert client.get(f"/money/ledger?line={theirs.allocations[0].id}").status_code == 404
    assert bid.reference not in client.get(f"/money/schools/{bid.lead_school.urn}").text


def test_an_officer_who_is_barred_reads_figures_without_that_bid(paid: Award, sign_in: SignIn) -> None:
    from fundflow.models.interest import Declaration, InterestKind

    officer = paid.officer
    barred = Declaration(bid_id=paid.bid.id, user_id=officer.id, kind=InterestKind.BARRED, declared_at=LATER)
    barred.recorded_by_id = officer.id
    paid.make.session.add(barred)
    paid.make.session.commit()
    client = sign_in(officer)
    path = f"/money/ledger?fund={paid.bid.fund_id}"
    page = client.get(path).text
    assert "Entries of bids that you may not see are left out." in page
    assert paid.bid.reference not in page
    assert {amount for _address, amount in figures(page)} == {0, 19_950_000}


@pytest.mark.parametrize(
    "query", ["fund=x", "line=999999", "fund=999999", "year=1999", "year=x", "year=2028", "before=2029"]
)
def test_what_is_not_there_is_not_found(award: Award, sign_in: SignIn, query: str) -> None:
    assert sign_in(award.finance).get(f"/money/ledger?{query}").status_code == 404


# -- schools that change -----------------------------------------------------------------------------


def converted(award: Award, name: str = "Lark Academy") -> Any:
    """The lead school closes and its bids pass on to an academy."""
    make, old = award.make, award.bid.lead_school
    old.name, old.status_code, old.closed_on = "Larkfield Infants", 2, date(2026, 12, 31)
    new = make.school(name, type_code=34)
    make.session.commit()
    plan = SuccessionPlan(old, old, new, "It became an academy.")
    pass_on(plan, seen=stamp(bid_ids(old, old)), user=award.officer, now=LATER)
    return new


def test_entries_keep_the_school_that_led_on_their_day(make: Make, sign_in: SignIn) -> None:
    award = an_award(make, advance=100)
    old = award.bid.lead_school
    new = converted(award)
    award.make.payee(new)
    award.make.session.commit()
    award.pay(award.certify(award.advance(300_000)))
    client = sign_in(award.finance)
    found = rows(client.get(f"/bids/{award.bid.reference}/money/statement.csv"))
    assert [(row["What"], row["School"], row["URN"]) for row in found] == [
        ("Reserved for an offer", "Larkfield Infants", old.urn),
        ("Reservation ended", "Larkfield Infants", old.urn),
        ("Awarded", "Larkfield Infants", old.urn),
        ("Paid", "Lark Academy", new.urn),
    ]
    ids = [row["Entry"] for row in found]
    for urn in (old.urn, new.urn):  # one statement, under either URN
        assert [row["Entry"] for row in rows(client.get(f"/money/schools/{urn}.csv"))] == ids
    assert_statements_add_up(award.bid, award.finance, LATER)


def test_a_partner_that_became_the_lead_school_does_not_seem_to_have_led(
    award: Award, sign_in: SignIn
) -> None:
    make, bid = award.make, award.bid
    old, lead = bid.providers[0], bid.lead_school
    old.status_code = 2
    make.session.commit()
    pass_on(
        SuccessionPlan(old, old, lead, "They merged."),
        seen=stamp(bid_ids(old, old)),
        user=award.officer,
        now=LATER,
    )
    found = rows(sign_in(award.finance).get(f"/bids/{bid.reference}/money/statement.csv"))
    assert {row["URN"] for row in found} == {lead.urn}


def test_the_old_school_s_head_does_not_read_what_its_successor_gets(award: Award, sign_in: SignIn) -> None:
    old = award.bid.lead_school
    new = converted(award)
    head = award.make.member(new)
    award.make.session.commit()
    assert award.bid.reference not in sign_in(award.head).get(f"/money/schools/{old.urn}").text
    assert award.bid.reference in sign_in(head).get(f"/money/schools/{new.urn}").text


def test_what_was_earned_is_of_the_funds_the_reader_is_in_charge_of(award: Award) -> None:
    award.worked(date(2027, 1, 6))
    make, school = award.make, award.bid.lead_school
    only = make.user()
    make.role(only, RoleName.FINANCE, fund=make.fund(prefix="OTHR"))
    make.role(only, RoleName.CLERK, fund=award.bid.fund)  # sees the bid, and no ledger
    make.session.commit()
    assert earned_by(school, award.finance, LATER, staff=True) == 35_000
    assert earned_by(school, only, LATER, staff=True) == 0
