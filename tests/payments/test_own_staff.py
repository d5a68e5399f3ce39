"""A school reads the days and money of its own staff over all bids, and of nobody else's."""

from datetime import date

import pytest

from fundflow.payments.own_staff import OwnStaff, Part, own_days, own_staff, part_of_lines
from fundflow.workflow.award import Basis, BudgetLine, Milestone
from tests.factories import Make
from tests.payments.conftest import A_DAY, LATER, Award, SignIn, an_award

pytestmark = pytest.mark.usefixtures("today")

ADDRESS = "/our-staff"


def basis(*lines: BudgetLine, pence: int, **paid: int) -> Basis:
    of = {int(payee[1:]): amount for payee, amount in paid.items()}
    return Basis(pence=pence, lines=lines, reached=frozenset({Milestone.ACCEPTED}), paid=of)


# -- the rule -----------------------------------------------------------------------------------------


def test_what_one_payee_is_paid_counts_for_each_in_proportion_to_what_was_done() -> None:
    """£1,000 paid for £600 and £400 done."""
    found = basis(BudgetLine(1, 60_000, 60_000), BudgetLine(1, 40_000, 40_000), pence=100_000, _1=50_000)
    assert part_of_lines(found, [0], 1) == Part(60_000, 30_000)
    assert part_of_lines(found, [1], 1) == Part(40_000, 20_000)


def test_what_another_is_paid_in_advance_counts_up_to_what_was_earned() -> None:
    found = basis(BudgetLine(1, 60_000, 6_000), BudgetLine(1, 40_000, 2_000), pence=100_000, _1=100_000)
    assert part_of_lines(found, [0], 1) == Part(6_000, 6_000)
    nothing = basis(BudgetLine(1, 60_000, 0), BudgetLine(1, 40_000, 0), pence=100_000, _1=100_000)
    assert part_of_lines(nothing, [0], 1) == Part(0, 0)


def test_a_school_that_is_paid_itself_sees_all_of_it() -> None:
    found = basis(BudgetLine(1, 60_000, 6_000), BudgetLine(2, 40_000, 2_000), pence=100_000, _1=30_000, _2=0)
    assert part_of_lines(found, [0], 1) == Part(6_000, 30_000)


def test_no_more_than_a_lines_most_counts() -> None:
    """£500 done of a line of £100 counts as £110, and £100 of the other."""
    found = basis(BudgetLine(1, 10_000, 50_000), BudgetLine(1, 20_000, 10_000), pence=30_000, _1=0)
    assert part_of_lines(found, [0], 1).earned == 11_000


# -- a school over its bids ---------------------------------------------------------------------------


def of_provider(award: Award) -> OwnStaff:
    (found,) = own_staff(award.releasing_head, LATER)
    return found


@pytest.mark.both_databases
def test_days_earned_and_paid_of_a_school_that_invoices_the_lead(award: Award) -> None:
    """Two days at £350; the first is claimed and paid to the lead school."""
    award.pay(award.certified(A_DAY))
    award.worked(date(2027, 1, 7))
    award.log(date(2027, 1, 8))
    struck = award.log(date(2027, 1, 11))
    award.strike_out(struck, award.releasing_head)
    found = of_provider(award)
    assert (found.bid, found.school, found.payee) == (
        award.bid,
        award.bid.providers[0],
        award.bid.lead_school,
    )
    assert (found.confirmed, found.waiting) == (4, 2)
    assert (found.earned, found.paid, found.is_paid_directly) == (70_000, 35_000, False)
    assert len(own_days(award.releasing_head, LATER, None).rows) == 4


def test_a_school_that_is_paid_itself(make: Make, sign_in: SignIn) -> None:
    fund = make.fund(lean_advance_percent=0, pays_each_school=True)
    award = an_award(make, fund=fund)
    make.payee(award.bid.providers[0])
    award.worked(A_DAY)
    (claim,) = award.ask_all()
    award.certify(claim)
    award.pay(claim)
    found = of_provider(award)
    assert (found.earned, found.paid, found.is_paid_directly) == (35_000, 35_000, True)
    page = sign_in(award.releasing_head).get(ADDRESS).text
    assert "Paid to your school by the council" in page
    assert "send it an invoice" not in page


def test_a_lead_school_reads_all_that_it_was_paid_beside_what_its_own_lines_earned(
    make: Make, sign_in: SignIn
) -> None:
    """£3,000 in advance for all schools; the lead’s own line is £60 of travel, of which nothing is spent."""
    award = an_award(make, advance=100)
    award.pay(award.certify(award.advance(300_000)))
    award.worked(A_DAY)
    (own,) = own_staff(award.head, LATER)
    assert (own.school, own.earned, own.paid, own.for_others) == (award.bid.lead_school, 0, 300_000, True)
    assert (
        "Paid to your school by the council, for other schools too" in sign_in(award.head).get(ADDRESS).text
    )
    theirs = of_provider(award)
    assert (theirs.earned, theirs.paid, theirs.for_others) == (35_000, 35_000, False)


def test_nothing_of_another_schools_staff_is_shown(make: Make, sign_in: SignIn) -> None:
    provider = make.school("Provider")
    one, two = an_award(make, provider=provider), an_award(make)
    one.worked(A_DAY)
    two.worked(A_DAY)
    page = sign_in(one.releasing_head).get(ADDRESS).text
    assert one.bid.reference in page
    assert two.bid.reference not in page
    assert page.count("Observed phonics") == 1
    assert "Observed phonics" not in sign_in(one.head).get(ADDRESS).text  # the lead's own staff did nothing
    assert "£350.00" not in sign_in(one.head).get(ADDRESS).text


def test_a_school_reads_it_over_all_its_bids(make: Make, sign_in: SignIn) -> None:
    provider = make.school("Provider")
    one, two = an_award(make, provider=provider), an_award(make, provider=provider)
    one.worked(A_DAY)
    two.worked(date(2027, 1, 7))
    client = sign_in(one.releasing_head)
    page = client.get(ADDRESS).text
    assert page.count("Earned for your school") == 2
    assert f"{one.bid.lead_school.name} pays your school: send it an invoice" in page
    for start in ("/work", f"/schools/{provider.urn}"):
        assert f'href="{ADDRESS}"' in client.get(start).text
    assert f'href="{ADDRESS}"' not in client.get(f"/schools/{one.bid.lead_school.urn}").text


def test_a_successor_reads_what_was_done_before_it(award: Award, make: Make) -> None:
    award.worked(A_DAY)
    old = award.bid.providers[0]
    new = make.school("Academy")
    old.succeeded_by_id = new.id
    for partner in award.bid.partners:
        if partner.school is old:
            partner.school = new
    make.session.commit()
    (found,) = own_staff(make.member(new), LATER)
    assert (found.school, found.confirmed, found.earned) == (new, 2, 35_000)


def test_a_school_without_awards_is_told_so(award: Award, make: Make, sign_in: SignIn) -> None:
    page = sign_in(make.member(make.school())).get(ADDRESS).text
    assert "No award pays for staff of your school yet." in page
