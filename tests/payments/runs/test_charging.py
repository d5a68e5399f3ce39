"""What a payment is charged to: the allocation lines that bear it."""

import csv
import io
from collections import Counter
from typing import Any

import pytest

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.fund import Allocation
from fundflow.models.payment import Claim
from fundflow.models.payment_run import PaymentRun
from fundflow.payments.runs import operations
from tests.payments.runs.conftest import Paying, claim_on
from tests.payments.runs.test_money_back import recovery_of

pytestmark = pytest.mark.usefixtures("today")


def rows_of(run: PaymentRun) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(operations.written(run).content.decode())))


def line_of(paying: Paying) -> Allocation:
    return paying.fund.allocations[0]


def charge(line: Allocation, cost_centre: str, subjective: str) -> None:
    line.cost_centre, line.subjective = cost_centre, subjective
    db.session.commit()


def charged(run: PaymentRun, number: int = 0) -> list[tuple[Any, ...]]:
    return [(part[2], *part[3:]) for part in run.lines[number].parts]


def test_a_line_that_says_nothing_is_charged_as_the_layout_says(paying: Paying) -> None:
    rows = rows_of(paying.gather(layout="journal"))
    debits = [row for row in rows if not row["amount"].startswith("-")]
    assert {(row["cost_centre"], row["subjective"]) for row in debits} == {("FUND", "GRANT")}


def test_what_the_allocation_line_is_charged_to_stands_in_the_journal(paying: Paying) -> None:
    charge(line_of(paying), "EDU-4711", "63100")
    rows = rows_of(paying.gather(layout="journal"))
    debits = [row for row in rows if not row["amount"].startswith("-")]
    assert {(row["cost_centre"], row["subjective"]) for row in debits} == {("EDU-4711", "63100")}
    assert sum(int(row["amount"].replace(".", "")) for row in rows) == 0


def test_it_stands_in_the_gl07_beside_the_old_constants_place(paying: Paying) -> None:
    for claim in paying.claims:
        claim.school.type_code = 34
        paying.make.payee(claim.school)
    charge(line_of(paying), "4711", "63100")
    content = operations.written(paying.gather(layout="gl07")).content.decode("cp1252")
    rows = [row for row in content.split("\r\n") if row[75:77] == "GL"]
    assert rows
    assert {(row[102:127].strip(), row[127:152].strip()) for row in rows} == {("63100", "4711")}


def test_a_payment_that_two_lines_bear_is_parted_between_them(paying: Paying) -> None:
    on_two_lines(paying)
    run = paying.gather()
    assert [pence for pence, *_ in charged(run)] == [200_000, 10_000, 84_000, 6_000]
    assert [codes for _, *codes in charged(run)] == [
        ["1000", "1"],
        ["2000", "2"],
        ["2000", "2"],
        ["2000", "2"],
    ]
    assert sum(pence for pence, *_ in charged(run)) == run.lines[0].pence == 300_000
    paying.approve(run)
    assert [pence for pence, *_ in charged(run)] == [200_000, 10_000, 84_000, 6_000]


def test_two_payments_of_one_award_are_charged_one_after_the_other(paying: Paying) -> None:
    first, claim = line_of(paying), paying.claims[0]
    charge(first, "1000", "1")
    second = paying.make.allocation(paying.fund, 1_000_000, carries_forward=True)
    charge(second, "2000", "2")
    _move(paying, claim.bid, first, second, 100_000)
    claim.pence = 200_000
    other = claim_on(paying.make, claim.bid, 100_000, paying.officer)
    other.number = 2
    db.session.commit()
    run = paying.gather()
    lines = {line.claim: line for line in run.waiting}
    assert {part[3] for part in lines[claim].parts} == {"1000"}
    assert {part[3] for part in lines[other].parts} == {"2000"}


def test_vat_is_a_part_of_its_own_that_no_line_bears(paying: Paying) -> None:
    """£3,000.00 with VAT of £600.00 on an award that stands on two lines: £2,000.00 of it on the first."""
    claim = on_two_lines(paying)
    claim.vat_pence = 60_000
    db.session.commit()
    run = paying.gather()
    assert [tuple(part) for part in run.lines[0].parts][-1] == ("VAT", "", 60_000, "", "")
    assert by_account(run) == {"1000": 200_000, "2000": 100_000, "": 60_000}
    paying.approve(run)
    assert sum(pence for pence, *_ in charged(run)) == run.lines[0].pence == 360_000


def test_what_is_taken_off_is_taken_off_every_line_alike(paying: Paying) -> None:
    claim = on_two_lines(paying)
    claim.vat_pence = 60_000
    recovery_of(paying, paying.claims[1], pence=150_000, off=claim)
    run = paying.approve(paying.gather())
    assert by_account(run) == {"1000": 100_000, "2000": 50_000, "": 60_000}
    assert run.lines[0].pence == 210_000


def on_two_lines(paying: Paying) -> Claim:
    """A claim of £3,000.00: £2,000.00 of it is paid from the first line."""
    first, claim = line_of(paying), paying.claims[0]
    charge(first, "1000", "1")
    second = paying.make.allocation(paying.fund, 1_000_000, carries_forward=True)
    charge(second, "2000", "2")
    _move(paying, claim.bid, first, second, 100_000)
    return claim


def by_account(run: PaymentRun) -> dict[str, int]:
    found: Counter[str] = Counter()
    for pence, cost_centre, _ in charged(run):
        found[cost_centre] += pence
    return dict(found)


def _move(paying: Paying, bid: Any, first: Allocation, second: Allocation, pence: int) -> None:
    """Part of an award on another line: released from the first, awarded on the second."""
    for line, kind in ((first, ledger.K.RELEASED), (second, ledger.K.AWARDED)):
        ledger._enter(line, kind, pence, at=paying.claims[0].created_at, by=None, bid=bid)
    db.session.commit()
