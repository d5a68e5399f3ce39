"""A fund's financial year, by date of service."""

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest

from fundflow import ledger
from fundflow.models.award import Award as Award_
from fundflow.models.award import AwardLine
from fundflow.models.day_log import WorkedDay
from fundflow.models.person import RoleName
from fundflow.models.recovery import Ground
from fundflow.payments import day_log, recoveries, reversals
from fundflow.payments.year_end import FundYear, fund_year
from fundflow.rules.award_sums import sum_of
from fundflow.rules.recoveries import recoveries_of
from tests.factories import Make
from tests.payments.conftest import LATER, Award, SignIn, an_award
from tests.payments.test_recoveries import over  # noqa: F401 (a fixture)

pytestmark = pytest.mark.usefixtures("today")


OWN = ("id", "award_id", "first_id")  # of a line, in each version


def year_of(award: Award, year: int = 2026) -> FundYear:
    return fund_year(award.bid.fund, year)


def figures(found: FundYear) -> list[tuple[int, int, int, int, int]]:
    return [(p.in_year, p.earned, p.paid, p.accrued, p.prepaid) for p in found.payees]


def in_april(award: Award, *days: int) -> None:
    """Days that were worked after the year's end, and confirmed."""
    line, school = day_log.days_of_award(award.bid)[0], award.bid.providers[0]
    for day in days:
        award.make.session.add(
            WorkedDay(
                bid=award.bid,
                line=line,
                school=school,
                staff_code=line.staff_code,
                day=date(2027, 4, day),
                half_days=2,
                activity="Observed phonics",
                spent_at=award.bid.lead_school,
                logged_at=LATER,
                by_school_id=school.id,
                confirmed_at=LATER,
            )
        )
    award.make.session.commit()


def test_what_is_earned_and_unpaid_is_accrued(award: Award) -> None:
    award.pay(award.certified(date(2027, 1, 6)))
    award.worked(date(2027, 1, 7), date(2027, 1, 8))
    found = year_of(award)
    assert figures(found) == [(105_000, 105_000, 35_000, 70_000, 0)]
    assert (found.made.awarded, found.made.paid_gross, found.accrued) == (300_000, 35_000, 70_000)


def test_days_of_april_are_the_next_years(award: Award) -> None:
    award.worked(date(2027, 1, 6))
    in_april(award, 6, 7)
    assert figures(year_of(award)) == [(35_000, 35_000, 0, 35_000, 0)]
    assert figures(year_of(award, 2027)) == [(70_000, 105_000, 0, 105_000, 0)]
    assert year_of(award).earned + year_of(award, 2027).earned == sum_of(award.bid).whole.earned


@pytest.mark.both_databases
def test_what_is_paid_and_not_earned_is_a_prepayment_until_it_comes_back(make: Make) -> None:
    award = an_award(make, advance=100)
    award.pay(award.certify(award.advance(300_000)))
    award.worked(date(2027, 1, 6))
    assert figures(year_of(award)) == [(35_000, 35_000, 300_000, 0, 265_000)]
    recovery = recoveries.open_recovery(
        award.bid,
        school_id=award.bid.lead_school_id,
        ground=Ground.MISUSED,
        pence=20_000,
        reason="A laptop",
        user=award.finance,
        now=LATER,
        version=award.bid.version,
    )
    assert year_of(award).prepaid == 265_000
    recoveries.approve(recovery, user=award.other_finance, now=LATER, version=recovery.version)
    reference = {"payment_reference": "IN 1"}
    recoveries.receive(recovery, user=award.finance, now=LATER, version=recovery.version, **reference)
    assert (year_of(award).prepaid, year_of(award).made.recovered) == (245_000, 20_000)


def test_misuse_that_is_written_off_accrues_nothing(award: Award) -> None:
    """£350 earned and paid; £200 of it was not spent as agreed, and can't be got back."""
    award.pay(award.certified(date(2027, 1, 6)))
    recovery = recoveries.open_recovery(
        award.bid,
        school_id=award.bid.lead_school_id,
        ground=Ground.MISUSED,
        pence=20_000,
        reason="A laptop",
        user=award.finance,
        now=LATER,
        version=award.bid.version,
    )
    recoveries.approve(recovery, user=award.other_finance, now=LATER, version=recovery.version)
    decider = award.make.panel(award.bid.fund)[0].user
    given = {"authority": "M 1", "reason": "Gone"}
    recoveries.write_off(recovery, user=decider, now=LATER, version=recovery.version, **given)
    assert figures(year_of(award)) == [(35_000, 35_000, 35_000, 0, 0)]


def test_what_is_let_go_is_no_prepayment(over: Award) -> None:  # noqa: F811 (the fixture)
    """£3,000 paid, £2,772 earned."""
    assert figures(year_of(over)) == [(277_200, 277_200, 300_000, 0, 22_800)]
    (recovery,) = recoveries_of(over.bid)
    over.bid.fund.let_go_pence = 22_800
    over.make.session.commit()
    recoveries.let_go(recovery, reason="Small", user=over.finance, now=LATER, version=recovery.version)
    assert figures(year_of(over)) == [(277_200, 277_200, 277_200, 0, 0)]


def test_a_payment_reversed_in_the_next_year_was_paid_in_this_one(award: Award) -> None:
    award.pay(claim := award.certified(date(2027, 1, 6)))
    by = {"user": award.finance, "now": LATER}
    reversal = reversals.request(claim, reason="It bounced", version=claim.version, **by)
    may = datetime(2027, 5, 4, 10, 0, tzinfo=UTC)
    reversals.approve(reversal, user=award.other_finance, now=may, version=reversal.version)
    this, following = year_of(award), year_of(award, 2027)
    assert (figures(this), this.made.paid_gross) == ([(35_000, 35_000, 35_000, 0, 0)], 35_000)
    assert (figures(following), following.made.paid_gross) == ([(0, 35_000, 0, 35_000, 0)], -35_000)


@pytest.mark.both_databases
def test_an_award_lowered_in_the_next_year_leaves_what_this_one_earned(award: Award) -> None:
    """From £3,000 to £1,500 for the same days: each day earns half as much from then on."""
    award.worked(date(2027, 1, 6), date(2027, 1, 7))
    was = award.bid.award
    assert was is not None
    lines = [
        AwardLine(**{c.key: getattr(line, c.key) for c in AwardLine.__table__.columns if c.key not in OWN})
        for line in was.lines
    ]
    for line, old in zip(lines, was.lines, strict=True):
        line.first_id = old.key
    may = datetime(2027, 5, 4, 10, 0, tzinfo=UTC)
    award.bid.awards.append(
        Award_(number=2, pence=was.pence // 2, made_at=may, schedule=was.schedule, lines=lines)
    )
    award.make.session.commit()
    assert figures(year_of(award)) == [(70_000, 70_000, 0, 70_000, 0)]
    assert figures(year_of(award, 2027)) == [(-35_000, 35_000, 0, 35_000, 0)]


def test_a_day_that_nobody_confirmed_is_not_earned(award: Award) -> None:
    award.log(date(2027, 1, 6))
    assert figures(year_of(award)) == [(0, 0, 0, 0, 0)]
    assert year_of(award).owed == []


@pytest.mark.both_databases
def test_an_award_made_this_year_from_older_money_is_this_years(make: Make, sign_in: SignIn) -> None:
    award = an_award(make)
    fund = award.bid.fund
    assert ledger.totals(fund.id, year=2026).committed == year_of(award).made.awarded
    (line,) = fund.allocations
    line.financial_year, line.carries_forward = 2025, True
    make.session.commit()
    assert ledger.totals(fund.id, year=2026).committed == 0
    page = sign_in(award.finance).get("/money/years/2026").text
    assert re.search(r"<dt>Awards made</dt><dd><a[^>]*>£3,000.00</a></dd>", page)
    assert "/money/years/2026" in sign_in(award.finance).get("/money").text


@pytest.mark.both_databases
def test_lines_as_they_stood_say_what_carries_forward_and_what_goes_back(
    award: Award, make: Make, sign_in: SignIn
) -> None:
    fund = award.bid.fund
    make.allocation(fund, 50_000, carries_forward=True).source = "De-delegated"
    lapses = fund.allocations[0]
    lapses.source = "Schools block"
    make.session.commit()
    user = make.staff(RoleName.ADMINISTRATOR)
    ledger.cut(lapses, 10_000, user=user, now=datetime(2027, 4, 2, tzinfo=UTC), minute="Minute 9")
    make.session.commit()
    found = year_of(award)
    assert {line.allocation.source: (line.carries, line.goes_back) for line in found.lines} == {
        "Schools block": (0, 19_650_000),  # the cut came after the year's end
        "De-delegated": (50_000, 0),
    }
    page = sign_in(award.finance).get("/money/years/2026").text
    assert "£500.00 carries forward to 2027/28" in page
    assert "£196,500.00 goes back to those who contributed it" in page


def test_the_year_as_a_file(award: Award, sign_in: SignIn) -> None:
    award.pay(award.certified(date(2027, 1, 6)))
    award.worked(date(2027, 1, 7))
    answer = sign_in(award.finance).get("/money/years/2026.csv")
    (row,) = csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")))
    assert (row["Bid"], row["Earned by the year's end"], row["Accrued"], row["Paid in advance"]) == (
        award.bid.reference,
        "700.00",
        "350.00",
        "0.00",
    )


@pytest.mark.parametrize("year", ["1999", "2027", "20260", "x"])
def test_a_year_that_has_not_begun_is_not_there(award: Award, sign_in: SignIn, year: str) -> None:
    assert sign_in(award.finance).get(f"/money/years/{year}").status_code == 404


def test_a_role_for_one_fund_shows_its_year_alone(make: Make, sign_in: SignIn) -> None:
    ours, theirs = make.fund(name="Ours"), make.fund(name="Theirs")
    finance = make.user()
    make.role(finance, RoleName.FINANCE, fund=ours)
    make.allocation(theirs, 12_34)
    make.session.commit()
    page = sign_in(finance).get("/money/years/2026").text
    assert "Ours" in page
    assert "Theirs" not in page
