"""A fund that pays each school for its own staff: a claim a school, summed payee by payee."""

from datetime import date

import pytest
import time_machine

from fundflow.applications import offers
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.letter import Letter
from fundflow.models.payment import ClaimKind
from fundflow.models.person import RoleName
from fundflow.payments import changes
from fundflow.payments.changes import Wanted
from fundflow.rules.award_sums import sum_of
from fundflow.rules.awards import shares_of
from fundflow.workflow.application import BidState
from tests.factories import NOW, Make
from tests.payments.conftest import LATER, Award, SignIn, url

DAYS = [date(2027, 1, day) for day in (4, 5, 6)]


@pytest.fixture
def offered(make: Make) -> Bid:
    """£3,000 offered: £2,940 of it for the provider's staff, £60 for the lead school's travel."""
    lead = make.school("Larkfield Infant School")
    fund = make.fund(lean_advance_percent=50, lean_half_time_percent=30, pays_each_school=True)
    provider = make.school("Beechwood Academy")
    make.member(provider)
    make.payee(provider)
    make.payee(lead)
    bid = make.bid(state=BidState.OFFERED, fund=fund, lead=lead, leader=make.member(lead), provider=provider)
    make.session.commit()
    return bid


@pytest.fixture
def award(offered: Bid, make: Make) -> Award:
    head = offered.created_by
    offers.accept_offer(offered, agreement=True, user=head, now=NOW, version=offered.version)
    staff = [make.staff(role) for role in (RoleName.OFFICER, RoleName.FINANCE, RoleName.FINANCE)]
    return Award(make, offered, head, *staff)


def test_the_offer_and_its_letters_name_who_is_paid_what(award: Award, make: Make) -> None:
    provider = award.bid.providers[0]
    assert [(share.school, share.pence) for share in shares_of(award.bid, 300_000)] == [
        (provider, 294_000),
        (award.bid.lead_school, 6_000),
    ]
    told = {letter.recipient: letter.body for letter in make.session.query(Letter)}
    assert "We pay Beechwood Academy for its staff, up to £2,940.00." in told["provider"]
    assert "We pay Beechwood Academy for the staff it releases: £2,940.00" in told["school"]


def test_a_lead_school_that_is_paid_is_told_who_invoices_it(offered: Bid, make: Make) -> None:
    offered.fund.pays_each_school = False
    make.session.commit()
    offers.accept_offer(offered, agreement=True, user=offered.created_by, now=NOW, version=offered.version)
    told = {letter.recipient: letter.body for letter in make.session.query(Letter)}
    assert "Beechwood Academy invoices you for the staff it releases, up to £2,940.00" in told["school"]
    assert "We pay Larkfield Infant School. Invoice it for the staff" in told["provider"]
    assert [payee.school for payee in sum_of(offered).payees] == [offered.lead_school]


def test_the_advance_is_a_claim_for_each_school(award: Award) -> None:
    provider = award.bid.providers[0]
    claims = [(claim.school, claim.kind, claim.pence) for claim in award.bid.claims]
    assert claims == [
        (provider, ClaimKind.ADVANCE, 147_000),
        (award.bid.lead_school, ClaimKind.ADVANCE, 3_000),
    ]


@pytest.mark.both_databases
def test_days_are_due_to_the_school_that_released_them(award: Award) -> None:
    for claim in list(award.bid.claims):
        award.pay(award.certify(claim))
    award.worked(*DAYS, date(2027, 1, 7), date(2027, 1, 8))  # £1,750 of the provider's £2,940
    (claim,) = award.ask_all()
    assert (claim.school, claim.pence) == (award.bid.providers[0], 175_000 - 147_000)
    assert len(claim.days) == 5
    found = sum_of(award.bid)
    assert [payee.due for payee in found.payees] == [0, 0]
    assert [payee.underway for payee in found.payees] == [28_000, 0]


def test_the_school_that_is_paid_hears_of_it(award: Award, make: Make) -> None:
    claim = award.bid.claims[0]
    award.pay(award.certify(claim))
    letter = make.session.query(Letter).filter_by(recipient="payee").one()
    assert letter.email == award.releasing_head.email
    assert "We have paid £1,470.00 to Beechwood Academy" in letter.body
    assert "- Paid so far, this payment included: £1,470.00" in letter.body


def test_a_successor_is_paid_what_is_open_and_what_comes_later(award: Award, make: Make) -> None:
    old, first = award.bid.providers[0], award.bid.claims[0]
    award.pay(award.certify(first))
    new = make.school("Beechwood Trust School")
    old.succeeded_by_id = new.id
    make.session.commit()
    found = sum_of(award.bid).of(new)
    assert found is not None
    assert (found.sum.paid, found.sum.share) == (147_000, 294_000)
    assert sum_of(award.bid).payees[0].school == new


def test_the_page_of_the_offer_says_who_is_paid(offered: Bid, sign_in: SignIn) -> None:
    address = f"/bids/{offered.reference}/steps/accept-offer"
    page = sign_in(offered.created_by).get(address).text
    assert "We pay each school for the staff it releases" in page
    assert "Beechwood Academy: £2,940.00" in page
    offered.fund.pays_each_school = False
    for cost in list(offered.cost_lines):
        db.session.delete(cost)  # all of it is for the other school
    db.session.commit()
    page = sign_in(offered.created_by).get(address).text
    assert "The schools that release staff invoice you." in page
    assert "Beechwood Academy: £2,940.00" in page


def test_the_money_tab_and_the_request_show_each_school_apart(award: Award, sign_in: SignIn) -> None:
    for claim in list(award.bid.claims):
        award.pay(award.certify(claim))
    award.worked(*DAYS, date(2027, 1, 7), date(2027, 1, 8))
    with time_machine.travel(LATER, tick=False):
        client = sign_in(award.head)
        page = client.get(f"/bids/{award.bid.reference}/claims/new").text
        assert "Share of the award" in page
        assert "Your invoice reference" not in page  # nothing is due to the school that asks
        money = client.get(f"/bids/{award.bid.reference}/money").text
        assert money.count("Share of the award") == 2
        client = sign_in(award.releasing_head)  # who sees the claims of their own school alone
        assert client.get(f"/bids/{award.bid.reference}/money").status_code == 404
        own, other = award.bid.claims[:2]
        assert client.get(url(own)).status_code == 200
        assert client.get(url(other)).status_code == 404


def test_a_school_that_is_paid_is_told_of_less_money_that_nobody_asked_for(
    award: Award, make: Make, sign_in: SignIn
) -> None:
    bid, provider = award.bid, sign_in(award.releasing_head)
    wanted = Wanted(bid.start_on, bid.end_on, 200_000, "The fund was cut.")
    change = changes.ask(bid, wanted, user=award.officer, now=LATER, version=bid.version, step="reduce")
    page = provider.get(change.path).text
    assert "Paid to Beechwood Academy at most" in page
    assert "£1,960.00" in page
    assert "£2,000.00" not in page
    chair = make.panel(bid.fund)[0].user
    changes.agree(change, user=chair, now=LATER, version=change.version)
    told = [letter for letter in make.session.query(Letter) if letter.recipient == "concerned"]
    assert {letter.email for letter in told} == {award.releasing_head.email}
    proposed, agreed = (" ".join(letter.body.split()) for letter in told)
    assert (
        "has proposed less money for the award of Larkfield Infant School, which pays your school" in proposed
    )
    assert "We have lowered the award of Larkfield Infant School, which pays your school." in agreed
