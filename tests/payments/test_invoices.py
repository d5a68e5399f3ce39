"""A fund that pays by order and invoice: numbers, VAT, what the ledger counts and what is paid."""

from datetime import date

import pytest

from fundflow import ledger
from fundflow.extensions import db
from fundflow.funds.operations.funds import change_settings
from fundflow.models.fund import PaysBy
from fundflow.models.letter import Letter
from fundflow.models.payment import Claim
from fundflow.models.person import RoleName
from fundflow.payments import invoices, operations, reversals
from fundflow.payments.runs import choosing
from fundflow.payments.runs import operations as runs
from fundflow.rules.award_sums import sum_of
from fundflow.rules.invoices import order_of
from fundflow.steps import AlreadyTaken
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.payments.conftest import LATER, Award, SignIn, an_award, url
from tests.till import ACADEMY, MAINTAINED

pytestmark = pytest.mark.usefixtures("today")

A_DAY = date(2027, 1, 19)


def purchased(make: Make, type_code: int = ACADEMY, *, rated: bool = True, **settings: object) -> Award:
    """An award of a fund in purchase mode. The released staff are of a grade that carries VAT, or not."""
    award = an_award(make, lead=make.school(type_code=type_code))
    fund = award.bid.fund
    fund.pays_by = PaysBy.PURCHASE
    for name, value in settings.items():
        setattr(fund, name, value)
    grade = make.grade(fund, title="Office manager", standard_rated=rated)
    award.bid.backfill_lines[0].grade = grade
    db.session.commit()
    return award


def enter(award: Award, claim: Claim, number: str = "INV 7", day: date = A_DAY, **by: object) -> None:
    by = {"user": award.head, "now": LATER, "version": claim.version, **by}
    invoices.enter_invoice(claim, number=number, day=day, **by)  # type: ignore[arg-type]


def both_lines(award: Award) -> Claim:
    """Two days at £350.00, one on each line: the first carries VAT."""
    award.worked(date(2027, 1, 6))
    award.worked(date(2027, 1, 7), line=1)
    return award.ask()


@pytest.mark.both_databases
def test_an_academy_invoices_with_vat_on_one_line_and_the_ledger_counts_net(make: Make) -> None:
    award = purchased(make)
    claim = both_lines(award)
    with pytest.raises(Refused, match=f"Waiting for the invoice of {claim.school.name}"):
        award.certify(claim)
    enter(award, claim)
    first, second = [line[2] for line in claim.invoice_lines]
    assert first + second == claim.pence
    assert claim.vat_pence == round(first / 5)
    assert claim.gross_pence == claim.pence + claim.vat_pence
    award.pay(award.certify(claim))
    assert ledger.bid_totals(award.bid.id).paid == claim.pence
    assert sum_of(award.bid).whole.paid == claim.pence
    letters = {
        letter.recipient: letter.body
        for letter in db.session.query(Letter)
        if "we have paid" in letter.subject
    }
    assert f"£{claim.gross_pence / 100:,.2f}" in letters["school"]
    assert f"order {award.bid.reference}" in letters["school"]
    assert "INV 7 of 19 January 2027" in letters["school"]


def test_vat_that_is_not_recovered_counts_against_the_award(make: Make) -> None:
    award = purchased(make, vat_recoverable=False)
    award.worked(date(2027, 1, 6))
    claim = award.ask()
    enter(award, claim)
    assert (claim.pence, claim.gross_pence, claim.vat_pence) == (35_000, 35_000, 5_833)
    assert claim.invoice.net == 29_167


def test_other_costs_carry_vat_where_the_fund_says_so(make: Make) -> None:
    award = purchased(make, rated=False, vat_on_costs=True)
    award.worked(date(2027, 1, 6))
    award.spend(6_000)
    claim = award.ask()
    enter(award, claim)
    assert (claim.pence, claim.vat_pence) == (41_000, 1_200)


def test_teachers_are_exempt(make: Make) -> None:
    award = purchased(make, rated=False)
    claim = both_lines(award)
    enter(award, claim)
    assert (claim.vat_pence, claim.gross_pence) == (0, claim.pence)


@pytest.mark.parametrize(("code", "vat"), [("standard", 7_000), ("exempt", 0), ("outside", 0)])
def test_a_line_without_a_grade_goes_by_its_code_of_vat(make: Make, code: str, vat: int) -> None:
    award = purchased(make)
    line = award.bid.backfill_lines[0]
    line.grade, line.vat_code = None, code
    db.session.commit()
    award.worked(date(2027, 1, 6))
    enter(award, claim := award.ask())
    assert claim.vat_pence == vat


def test_a_maintained_school_is_paid_by_journal_and_never_invoiced(make: Make) -> None:
    award = purchased(make, MAINTAINED)
    claim = both_lines(award)
    with pytest.raises(Refused, match="is paid without an invoice"):
        enter(award, claim)
    award.pay(award.certify(claim))
    assert (claim.vat_pence, claim.gross_pence, claim.invoice_lines) == (0, claim.pence, [])


def test_where_the_fund_says_so_a_maintained_school_invoices_too(make: Make) -> None:
    award = purchased(make, MAINTAINED, journals_maintained=False)
    claim = both_lines(award)
    with pytest.raises(Refused, match="Waiting for the invoice"):
        award.certify(claim)
    enter(award, claim)
    award.certify(claim)


@pytest.mark.both_databases
def test_a_school_uses_an_invoice_number_once(make: Make) -> None:
    award = purchased(make)
    award.worked(date(2027, 1, 6))
    enter(award, first := award.ask())
    award.worked(date(2027, 1, 7))
    second = award.ask()
    with pytest.raises(Refused, match="has used invoice number inv-7 before"):
        enter(award, second, "inv-7")
    db.session.rollback()
    enter(award, first, "INV 7", date(2027, 1, 18))  # its own, corrected
    assert first.invoiced_on == date(2027, 1, 18)
    other = purchased(make)
    other.worked(date(2027, 1, 6))
    enter(other, other.ask())


def test_an_invoice_is_not_dated_in_the_future(make: Make) -> None:
    award = purchased(make)
    claim = both_lines(award)
    with pytest.raises(Refused, match="in the future"):
        enter(award, claim, day=date(2027, 1, 21))


def test_an_invoice_that_the_claim_has_outgrown_is_entered_again(make: Make) -> None:
    award = purchased(make)
    one, _other = award.worked(date(2027, 1, 6), date(2027, 1, 7))
    enter(award, claim := award.ask())
    award.strike_out(one, award.officer)
    with pytest.raises(Refused, match=r"comes to £350\.00 now, so the invoice INV 7 is no longer right"):
        award.certify(claim)
    enter(award, claim)
    award.certify(claim)
    with pytest.raises(Refused, match="that is checked or ended can’t be changed"):
        enter(award, claim)


def test_the_same_click_twice_enters_it_once(make: Make) -> None:
    award = purchased(make)
    claim = both_lines(award)
    version = claim.version
    enter(award, claim, version=version)
    with pytest.raises(AlreadyTaken):
        enter(award, claim, version=version)


def test_others_do_not_enter_it(make: Make) -> None:
    award = purchased(make)
    claim = both_lines(award)
    for user in (award.officer, award.releasing_head, make.member(make.school())):
        with pytest.raises(Refused, match="The school that is paid, or finance, enters the invoice"):
            enter(award, claim, user=user)
        db.session.rollback()
    enter(award, claim, user=award.finance)


def test_a_fund_that_pays_grants_has_no_invoices_and_no_orders(award: Award, sign_in: SignIn) -> None:
    award.worked(date(2027, 1, 6))
    claim = award.ask()
    client = sign_in(award.finance)
    assert client.get(url(claim, "/invoice")).status_code == 404
    assert client.get(f"/bids/{award.bid.reference}/order").status_code == 404
    for page in (url(claim), f"/bids/{award.bid.reference}/money"):
        text = client.get(page).text
        assert "VAT" not in text
        assert "Order" not in text
    award.pay(award.certify(claim))


@pytest.mark.both_databases
def test_the_order_is_the_bids_reference_until_finance_gives_a_number(make: Make, sign_in: SignIn) -> None:
    award = purchased(make)
    assert order_of(award.bid) == award.bid.reference
    client, page = sign_in(award.finance), f"/bids/{award.bid.reference}/order"
    assert client.get(page).status_code == 200
    assert client.post(page, data={"number": "", "version": award.bid.version}).status_code == 422
    assert client.post(page, data={"number": "PO 4711", "version": award.bid.version}).status_code == 302
    db.session.expire_all()
    assert order_of(award.bid) == "PO 4711"
    assert "PO 4711" in client.get(f"/bids/{award.bid.reference}/money").text
    with pytest.raises(Refused):
        invoices.give_order(
            award.bid, number="PO 1", user=award.officer, now=LATER, version=award.bid.version
        )


def test_the_page_says_what_the_invoice_must_come_to(make: Make, sign_in: SignIn) -> None:
    award = purchased(make)
    award.worked(date(2027, 1, 6))
    claim = award.ask()
    client = sign_in(award.head)
    assert url(claim, "/invoice") in client.get(url(claim)).text
    page = client.get(url(claim, "/invoice")).text
    for words in ("£350.00", "VAT 20% of £350.00", "£70.00", "£420.00", award.bid.reference):
        assert words in page
    day = {"day-day": "19", "day-month": "1", "day-year": "2027"}
    wrong = client.post(url(claim, "/invoice"), data={"number": "", **day, "version": claim.version})
    assert wrong.status_code == 422
    assert "Enter the invoice number" in wrong.text
    sent = client.post(url(claim, "/invoice"), data={"number": "INV 7", **day, "version": claim.version})
    assert sent.status_code == 302
    page = client.get(url(claim)).text
    assert "INV 7, 19 January 2027" in page
    assert "£420.00" in client.get(f"/bids/{award.bid.reference}/money").text
    others = sign_in(make.member(make.school()))
    assert others.get(url(claim, "/invoice")).status_code == 404


@pytest.mark.both_databases
def test_a_run_writes_net_vat_and_gross_and_pays_gross(make: Make) -> None:
    award = purchased(make, pays_in_runs=True)
    award.worked(date(2027, 1, 6))
    claim = award.ask()
    enter(award, claim)
    award.certify(claim)
    fund = award.bid.fund
    document = (
        '{"name": "Invoices", "kind": "delimited", "names": true, "payment": ['
        '{"name": "order", "source": "order_no"}, {"name": "invoice", "source": "invoice_ref"},'
        '{"name": "net", "source": "net"}, {"name": "vat", "source": "vat"},'
        '{"name": "gross", "source": "gross"}]}'
    )
    choosing.keep_layout(fund, document, row=None, version=None, user=award.finance, now=LATER)
    run = runs.gather(fund, choosing.choices_for(fund)[0], user=award.finance, now=LATER)
    runs.approve(run, user=award.other_finance, now=LATER, version=run.version)
    assert run.pence == 42_000
    assert run.content is not None
    assert run.content.decode().splitlines() == [
        "order,invoice,net,vat,gross",
        f"{award.bid.reference},INV 7,350.00,70.00,420.00",
    ]


def test_a_refused_claims_invoice_number_can_be_used_again(make: Make) -> None:
    award = purchased(make)
    award.worked(date(2027, 1, 6))
    enter(award, first := award.ask())
    operations.refuse(first, reason="Wrong", user=award.officer, now=LATER, version=first.version)
    assert first.state is ClaimState.REFUSED
    enter(award, award.ask())


def test_a_new_rate_holds_from_its_day(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "fundflow.workflow.vat.STANDARD_RATES", ((date(2011, 1, 4), 2_000), (date(2027, 1, 19), 2_500))
    )
    award = purchased(make)
    award.worked(date(2027, 1, 6))
    claim = award.ask()
    enter(award, claim, day=date(2027, 1, 18))
    assert claim.vat_pence == 7_000
    enter(award, claim, day=date(2027, 1, 19))
    assert claim.vat_pence == 8_750


def test_a_fund_goes_on_with_invoices_while_a_claim_has_one(make: Make) -> None:
    award = purchased(make, MAINTAINED, journals_maintained=False)
    fund, admin = award.bid.fund, make.staff(RoleName.ADMINISTRATOR)
    claim = both_lines(award)
    enter(award, claim)
    for settings in ({"pays_by": PaysBy.GRANT}, {"journals_maintained": True}):
        with pytest.raises(Refused, match=f"The claim {claim.reference} has an invoice. Pay or refuse it"):
            change_settings(fund, settings, version=fund.version, user=admin, now=LATER)
        db.session.rollback()
    change_settings(fund, {"vat_on_costs": True}, version=fund.version, user=admin, now=LATER)
    award.pay(award.certify(claim))
    change_settings(fund, {"pays_by": PaysBy.GRANT}, version=fund.version, user=admin, now=LATER)


def test_neither_number_is_that_of_a_bank_account(make: Make) -> None:
    award = purchased(make)
    claim = both_lines(award)
    iban = "GB29 NWBK 6016 1331 9268 19"
    with pytest.raises(Refused, match="Bank details are never kept here"):
        enter(award, claim, iban)
    db.session.rollback()
    by = {"user": award.finance, "now": LATER, "version": award.bid.version}
    with pytest.raises(Refused, match="Bank details are never kept here"):
        invoices.give_order(award.bid, number=iban, **by)
    db.session.rollback()
    enter(award, claim, "12345678")  # an invoice number may have eight digits


def test_a_reversal_names_what_bounced_with_vat(make: Make) -> None:
    award = purchased(make)
    claim = both_lines(award)
    enter(award, claim)
    award.pay(award.certify(claim))
    net, gross = (f"£{pence / 100:,.2f}" for pence in (claim.pence, claim.gross_pence))
    reversal = reversals.request(
        claim, reason="It bounced", user=award.finance, now=LATER, version=claim.version
    )
    assert f"{net} ({gross} with VAT) was paid" in reversal.about
    reversals.approve(reversal, user=award.other_finance, now=LATER, version=reversal.version)
    letters = [letter.body for letter in db.session.query(Letter)]
    assert sum(f"{net} ({gross} with VAT) to" in body for body in letters) >= 2
    assert any(f"We wrote that we had paid {gross}, {net} without VAT, for" in body for body in letters)
