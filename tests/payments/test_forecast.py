"""The forecast to 31 March: the rule to the penny, and a fund as the sum of its awards."""

import csv
import io
from datetime import date

import pytest

from fundflow import ledger
from fundflow.models.person import RoleName
from fundflow.payments.forecast import Forecast, fund_forecast
from fundflow.rules.forecast import (
    Held,
    Outlook,
    Share,
    added,
    days_left,
    milestones,
    on_lines,
    outlook,
    still_pay,
)
from fundflow.workflow.application import BidState
from fundflow.workflow.award import Basis, BudgetLine, Milestone, Tranche
from tests.factories import Make
from tests.payments.conftest import LATER, Award, SignIn, an_award

TODAY = LATER.date()
LAST = date(2027, 3, 31)
HALF = Share(30, 60)
THIRDS = (
    Tranche(Milestone.ACCEPTED, 50),
    Tranche(Milestone.HALF_TIME, 30),
    Tranche(Milestone.FINAL, 20),
)
AT_FIRST = frozenset({Milestone.ACCEPTED})
ALL = frozenset({Milestone.HALF_TIME, Milestone.FINAL})


def basis(*lines: BudgetLine, pence: int = 300_000, paid: int = 0, **values: object) -> Basis:
    payees = {line.payee for line in lines}
    given = {"reached": AT_FIRST, "paid": dict.fromkeys(payees, 0) | {1: paid}, **values}
    return Basis(pence=pence, lines=lines, **given)  # type: ignore[arg-type]


def ahead(found: Basis, share: Share = HALF, expected: frozenset[Milestone] = frozenset()) -> Outlook:
    return outlook(found, found.lines, share, expected, found.pence - sum(found.paid.values()))


# -- the rule -----------------------------------------------------------------------------------------


def test_what_is_planned_is_spread_evenly_over_the_days_left() -> None:
    """£3,000, £600 of it done; half of the other £2,400 by the year's end."""
    found = ahead(basis(BudgetLine(1, 300_000, 60_000)))
    assert found == Outlook(due=60_000, earned=180_000, coming=180_000, accrued=0)


def test_a_part_of_a_penny_is_rounded_once_a_line() -> None:
    """A third of £100.01 is £33.34, twice."""
    lines = (BudgetLine(1, 10_001), BudgetLine(1, 10_001))
    assert ahead(basis(*lines, pence=20_002), Share(1, 3)).earned == 6_668


def test_a_smaller_award_than_its_cost_is_earned_in_proportion() -> None:
    found = ahead(basis(BudgetLine(1, 400_000, 0), pence=300_000))
    assert found.earned == 150_000


def test_an_advance_is_paid_though_less_is_earned() -> None:
    """50 / 30 / 20 of £3,000: £900 earned by then, £2,400 scheduled once half-time is expected."""
    found = ahead(basis(BudgetLine(1, 300_000, 0), schedule=THIRDS), Share(3, 10), ALL - {Milestone.FINAL})
    assert found == Outlook(due=150_000, earned=90_000, coming=240_000, accrued=0)


def test_the_last_share_waits_for_the_report_and_is_accrued() -> None:
    """£2,700 earned of £3,000, of which a fifth is kept: £2,400 paid and £300 accrued."""
    found = ahead(basis(BudgetLine(1, 300_000, 0), schedule=THIRDS), Share(9, 10), frozenset())
    assert found == Outlook(due=150_000, earned=270_000, coming=240_000, accrued=30_000)


def test_with_the_report_all_that_is_earned_is_paid() -> None:
    found = ahead(basis(BudgetLine(1, 300_000, 0), schedule=THIRDS), Share(10, 10), ALL)
    assert found == Outlook(due=150_000, earned=300_000, coming=300_000, accrued=0)


def test_what_is_due_now_is_paid_whatever_comes() -> None:
    """Half of £3,000 is due; with the report a tenth would be."""
    found = ahead(basis(BudgetLine(1, 300_000, 0), schedule=THIRDS), Share(1, 10), ALL)
    assert found == Outlook(due=150_000, earned=30_000, coming=150_000, accrued=0)


def test_money_that_is_to_come_back_counts_until_it_is_back() -> None:
    """Settled: £3,000 paid, £2,860 earned. Nothing more is paid, and nothing is spread."""
    reached = frozenset({Milestone.ACCEPTED, Milestone.FINAL})
    found = ahead(basis(BudgetLine(1, 300_000, 286_000), paid=300_000, reached=reached))
    assert found == Outlook(due=0, earned=286_000, coming=0, accrued=0)


def test_a_stopped_award_earns_no_more() -> None:
    assert ahead(basis(BudgetLine(1, 300_000, 50_000), stopped=True)).earned == 50_000


def test_support_that_has_ended_is_still_to_be_logged() -> None:
    assert ahead(basis(BudgetLine(1, 300_000, 50_000)), Share(0, 0)).earned == 300_000


def test_more_than_a_line_plans_is_not_taken_away() -> None:
    lines = (BudgetLine(1, 100_000, 108_000), BudgetLine(1, 200_000, 0))
    assert ahead(basis(*lines)).earned == 208_000


def test_no_payee_is_paid_out_of_anothers_share() -> None:
    lines = (BudgetLine(1, 100_000, 0), BudgetLine(2, 200_000, 200_000))
    found = ahead(basis(*lines, paid=100_000))
    assert (found.due, found.coming) == (200_000, 200_000)


def test_no_more_is_expected_than_is_unpaid() -> None:
    found = basis(BudgetLine(1, 300_000, 300_000))
    assert outlook(found, found.lines, HALF, frozenset(), 100_000) == Outlook(100_000, 300_000, 100_000, 0)


def test_the_days_left_are_the_schools_working_days() -> None:
    off = frozenset({date(2027, 3, 30), date(2027, 4, 5)})
    assert days_left(date(2027, 3, 28), date(2027, 4, 8), LAST, off) == Share(1, 6)
    assert days_left(date(2027, 3, 28), date(2027, 3, 31), LAST, frozenset()) == Share(2, 2)
    assert days_left(date(2027, 3, 31), date(2027, 4, 8), LAST, frozenset()).by_then == 0
    assert days_left(date(2027, 4, 8), date(2027, 4, 8), LAST, off) == Share(0, 0)


def test_a_milestone_is_expected_on_its_day() -> None:
    start, end = date(2027, 1, 1), date(2027, 5, 1)
    assert milestones(start, end, date(2027, 5, 28), LAST) == {Milestone.HALF_TIME}
    assert milestones(start, end, LAST, LAST) == ALL
    assert milestones(LAST, date(2027, 7, 1), date(2027, 7, 28), LAST) == frozenset()


def test_the_parts_on_the_lines_add_up_to_the_award() -> None:
    found = Outlook(due=70_000, earned=250_000, coming=120_000, accrued=30_000)
    held = {7: Held(100_000, 100_000), 9: Held(0, 100_000)}
    parts = on_lines(found, held, (7, 9))
    assert parts == {7: Outlook(70_000, 200_000, 100_000, 0), 9: Outlook(0, 50_000, 20_000, 30_000)}
    assert added(parts.values()) == found


# -- a fund -------------------------------------------------------------------------------------------


def forecast(award: Award) -> Forecast:
    award.make.session.commit()
    return fund_forecast(award.bid.fund, TODAY)


@pytest.mark.both_databases
@pytest.mark.usefixtures("today")
def test_a_fund_is_the_sum_of_its_awards_on_every_line(make: Make) -> None:
    one = an_award(make)
    fund = one.bid.fund
    one.pay(one.certified(date(2027, 1, 6)))
    one.worked(date(2027, 1, 7))
    two = an_award(make, lead=make.school("Other"), fund=fund)
    two.log(date(2027, 1, 6))  # waits to be confirmed
    make.bid(state=BidState.OFFERED, fund=fund)
    make.allocation(fund, 50_000, carries_forward=True)
    found = forecast(one)
    assert {award.bid.id for award in found.awards} == {one.bid.id, two.bid.id}
    whole = found.whole
    for name in ("due", "earned", "coming", "accrued"):
        assert getattr(whole.outlook, name) == sum(getattr(a.outlook, name) for a in found.awards), name
    assert whole.later == sum(award.later for award in found.awards)
    assert whole.paid_then == sum(award.paid_then for award in found.awards)
    for line in (*found.lines, whole):
        t = line.figures
        used = t.paid + line.outlook.used
        assert t.allocated == used + line.later + t.reserved + t.free == used + line.left
    assert whole.figures == ledger.totals(fund.id)
    assert whole.outlook.due == 35_000
    assert whole.left == found.lapsing.left + found.carried.left


@pytest.mark.usefixtures("today")
def test_an_award_beyond_the_year_leaves_money_that_lapses(award: Award) -> None:
    """£3,000 from 18 December 2026 to the summer: what is not done by 31 March is left on a line that
    lapses, beside what nobody was awarded."""
    award.bid.end_on = date(2027, 7, 16)
    award.worked(date(2027, 1, 6))
    found = forecast(award)
    (one,) = found.awards
    assert days_left(TODAY, date(2027, 7, 16), LAST, frozenset()) == Share(48, 123)
    # £350 done; 48 of 123 days of the other £1,750, of £840 and of £60: £682.93, £327.80 and £23.41
    assert one.outlook == Outlook(due=35_000, earned=138_414, coming=138_414, accrued=0)
    assert one.later == 161_586
    assert found.lapsing.left == 19_650_000 + 161_586
    assert found.carried.left == 0


@pytest.mark.usefixtures("today")
def test_what_is_closed_is_paid_and_no_more_is_expected(make: Make) -> None:
    award = an_award(make)
    award.pay(award.certified(date(2027, 1, 6)))
    award.bid.state = BidState.CLOSED
    found = forecast(award)
    assert (found.awards, found.whole.outlook) == ([], Outlook())
    assert found.closed.figures.paid == found.whole.figures.paid == 35_000


@pytest.mark.usefixtures("today")
def test_old_money_is_shown_while_awards_stand_on_it(award: Award) -> None:
    """A line of an earlier year that lapsed, and one that carried forward."""
    (line,) = award.bid.fund.allocations
    line.financial_year = 2025
    found = forecast(award)
    assert [one.allocation.id for one in found.lines] == [line.id]
    award.bid.state = BidState.CLOSED
    assert forecast(award).lines == []
    line.carries_forward = True
    assert len(forecast(award).lines) == 1


@pytest.mark.usefixtures("today")
def test_what_lapsed_before_pays_only_what_was_earned_by_then(award: Award) -> None:
    """All was earned after the line lapsed, so it pays nothing, and what is left on it lapsed already."""
    award.worked(date(2027, 1, 6))
    (line,) = award.bid.fund.allocations
    line.financial_year = 2025
    found = forecast(award)
    assert found.lines[0].outlook.coming == 0
    assert found.awards[0].outlook.coming > 0
    assert (found.lapsing.left, found.lapsed.left) == (0, line_left(found))


def line_left(found: Forecast) -> int:
    return found.lines[0].figures.allocated - found.lines[0].figures.paid


def test_lapsed_lines_pay_what_is_owed_once_the_oldest_first() -> None:
    held = {7: Held(0, 100), 9: Held(0, 100), 8: Held(0, 500)}
    most = still_pay(held, {9: 2025, 7: 2024}, {2024: 60, 2025: 90})
    assert most == {7: 60, 9: 30}
    parts = on_lines(Outlook(coming=200), held, (7, 9, 8), most)
    assert [parts[line].coming for line in (7, 9, 8)] == [60, 30, 110]


@pytest.mark.usefixtures("today")
def test_the_forecast_is_read_on_a_page_and_as_a_file(award: Award, sign_in: SignIn) -> None:
    award.worked(date(2027, 1, 6))
    client = sign_in(award.finance)
    assert 'href="/money/forecast"' in client.get("/money").text
    page = client.get("/money/forecast").text
    assert award.bid.reference in page
    assert "spread evenly over the school working days from tomorrow" in page
    answer = client.get("/money/forecast.csv")
    assert 'filename="forecast-2026-27.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert [row["What"] for row in rows] == ["Award", "Awards that are closed", "Allocation line"]
    for column in ("Due now", "Expected to be earned by 31 March", "Paid so far", "Awarded for later"):
        of_awards, of_lines = (
            sum(float(row[column]) for row in rows if (row["What"] == "Allocation line") is lines)
            for lines in (False, True)
        )
        assert of_awards == of_lines, column
    assert rows[-1]["Then"] == "Lapses"


def test_a_fund_without_money_says_so(make: Make, sign_in: SignIn) -> None:
    make.fund(allocated=0)
    page = sign_in(make.staff(RoleName.FINANCE)).get("/money/forecast")
    assert page.status_code == 200
    assert "No money has been allocated to this fund for this year." in page.text


def test_the_forecast_is_for_those_who_reconcile_the_ledger(award: Award, sign_in: SignIn) -> None:
    for person in (award.head, award.officer):
        assert sign_in(person).get("/money/forecast").status_code == 403
