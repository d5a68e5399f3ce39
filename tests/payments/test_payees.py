"""Who is paid: proposed by one finance officer, confirmed by another, one by one or from a file."""

import csv
import html
import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from fundflow.models.fund import Fund
from fundflow.models.letter import Letter
from fundflow.models.payee import Paid, Payee, PayeeBatch, Route
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.payments.payees import operations, reading
from fundflow.payments.payees.proposals import Proposal
from fundflow.rules.payees import payee_on, why_no_payee
from fundflow.steps import Stale
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.payee import PayeeState
from fundflow.workflow.payee_batch import BatchState
from tests.factories import Make
from tests.payments.conftest import LATER, Award, SignIn, url

pytestmark = pytest.mark.usefixtures("today")

USUAL = Proposal(
    paid=Paid.SCHOOL,
    name="Oak Primary",
    route=Route.JOURNAL,
    supplier_number="",
    cost_centre="4711",
    valid_from=LATER.date(),
    evidence="The finance system’s list of schools",
    held_at="Folder Payees",
)
TYPED = {
    "paid": "trust",
    "name": "Lark Trust",
    "route": "bacs_trust",
    "supplier_number": "S-7",
    "cost_centre": "",
    "valid_from-day": "20",
    "valid_from-month": "1",
    "valid_from-year": "2027",
    "evidence": "Spoke to the trust’s finance office on the number in GIAS.",
    "held_at": "Folder Payees",
}


@pytest.fixture
def oak(make: Make) -> School:
    return make.school("Oak Primary")


@pytest.fixture
def owen(make: Make) -> User:
    return make.staff(R.FINANCE, "Owen")


@pytest.fixture
def fatima(make: Make) -> User:
    return make.staff(R.FINANCE, "Fatima")


def proposed(school: School, user: User, **changes: Any) -> Payee:
    return operations.propose(school, USUAL._replace(**changes), user=user, now=LATER)


def written(make: Make, words: str) -> list[str]:
    """To whom letters went whose subject has these words."""
    return sorted(make.session.scalars(select(Letter.name).where(Letter.subject.contains(words))))


def test_one_proposes_and_another_confirms(make: Make, oak: School, owen: User, fatima: User) -> None:
    payee = proposed(oak, owen)
    assert (payee.state, payee_on(oak, LATER.date())) == (PayeeState.PROPOSED, None)
    assert written(make, "please confirm") == ["Fatima"]
    with pytest.raises(Refused, match="You proposed this, so another finance officer must confirm it"):
        operations.confirm(payee, user=owen, now=LATER, version=payee.version)
    make.session.rollback()
    operations.confirm(payee, user=fatima, now=LATER, version=payee.version)
    assert payee_on(oak, LATER.date()) is payee
    assert written(make, "confirmed, from 20 January 2027") == ["Fatima", "Owen"]


def test_the_officer_of_a_held_award_is_told_that_it_can_be_paid(
    make: Make, owen: User, fatima: User
) -> None:
    officer = make.staff(R.OFFICER, "Olu")
    bid = make.bid(state=BidState.IN_DELIVERY, officer=officer)
    payee = proposed(bid.lead_school, owen)  # it had another
    operations.confirm(payee, user=fatima, now=LATER, version=payee.version)
    assert written(make, "confirmed, from") == ["Fatima", "Owen"]
    operations.end(payee, reason="It has left our banking.", user=owen, now=LATER, version=payee.version)
    assert written(make, "ended, so its claims wait") == ["Olu"]
    assert why_no_payee(bid.lead_school, LATER.date()) is not None
    next_one = proposed(bid.lead_school, owen)
    operations.confirm(next_one, user=fatima, now=LATER, version=next_one.version)
    assert written(make, "confirmed, from") == ["Fatima", "Fatima", "Olu", "Owen", "Owen"]


def test_a_finance_officer_of_one_fund_confirms_for_the_council(make: Make, oak: School, owen: User) -> None:
    fund = make.session.scalar(select(Fund)) or make.fund()
    other = make.user("Ona")
    make.role(other, R.FINANCE, fund=fund)
    payee = proposed(oak, owen)
    assert written(make, "please confirm") == ["Ona"]
    operations.confirm(payee, user=other, now=LATER, version=payee.version)
    assert payee.state is PayeeState.CONFIRMED


@pytest.mark.parametrize("role", [R.OFFICER, R.AUDITOR, R.ADMINISTRATOR])
def test_nobody_but_finance_proposes_or_confirms(make: Make, oak: School, owen: User, role: R) -> None:
    other = make.staff(role)
    with pytest.raises(Refused, match="Only a finance officer"):
        proposed(oak, other)
    payee = proposed(oak, owen)
    with pytest.raises(Refused, match="Only a finance officer"):
        operations.confirm(payee, user=other, now=LATER, version=payee.version)


def test_nobody_says_who_is_paid_for_a_school_of_their_own(
    make: Make, oak: School, owen: User, fatima: User
) -> None:
    make.belongs(fatima, oak)
    with pytest.raises(Refused, match="your school, Oak Primary"):
        proposed(oak, fatima)
    payee = proposed(oak, owen)
    with pytest.raises(Refused, match="your school, Oak Primary"):
        operations.confirm(payee, user=fatima, now=LATER, version=payee.version)


def test_a_refusal_says_why_and_leaves_what_was(make: Make, oak: School, owen: User, fatima: User) -> None:
    before = make.payee(oak)
    payee = proposed(oak, owen, cost_centre="4712")
    operations.refuse(payee, reason="The cost centre is closed.", user=fatima, now=LATER, version=1)
    assert (payee.state, payee_on(oak, LATER.date())) == (PayeeState.REFUSED, before)
    assert written(make, "the proposal is refused") == ["Fatima", "Owen"]
    with pytest.raises(Refused, match="is now “Refused”"):
        operations.confirm(payee, user=fatima, now=LATER, version=payee.version)


def test_a_reason_holds_no_bank_details(oak: School, owen: User, fatima: User) -> None:
    payee = proposed(oak, owen)
    with pytest.raises(Refused, match="Bank details are never kept here"):
        operations.refuse(payee, reason="It is 20-45-67 now.", user=fatima, now=LATER, version=1)


def test_a_school_that_converts_before_it_is_confirmed_waits(
    make: Make, oak: School, owen: User, fatima: User
) -> None:
    payee = proposed(oak, owen)
    oak.type_code, oak.trust = 34, make.trust()
    make.session.commit()
    with pytest.raises(Refused, match="Oak Primary is an academy now: it waits for a new payee"):
        operations.confirm(payee, user=fatima, now=LATER, version=payee.version)


def test_one_proposal_at_a_time_and_none_for_a_closed_school(make: Make, oak: School, owen: User) -> None:
    proposed(oak, owen)
    with pytest.raises(Refused, match="waits to be confirmed already"):
        proposed(oak, owen)
    with pytest.raises(Refused, match="is not open"):
        proposed(make.school(status_code=2), owen)


def test_a_stale_page_confirms_nothing(oak: School, owen: User, fatima: User) -> None:
    payee = proposed(oak, owen)
    with pytest.raises(Stale):
        operations.confirm(payee, user=fatima, now=LATER, version=payee.version + 1)


# -- pages -----------------------------------------------------------------------------------------


def test_a_payee_walks_through_its_pages(
    make: Make, oak: School, owen: User, fatima: User, sign_in: SignIn
) -> None:
    client, place = sign_in(owen), f"/money/payees/{oak.urn}"
    page = client.get(f"{place}/propose").text
    assert re.search(r'value="journal"\s+checked', page)  # what is usual for a maintained school
    sent = client.post(f"{place}/propose", data=TYPED)
    assert sent.location == place
    payee = make.session.scalars(select(Payee)).one()
    assert payee.name == "Lark Trust"
    page = client.get(place).text
    assert "You proposed this, so another finance officer must confirm it." in page
    step = f"/money/payees/records/{payee.id}/steps"
    assert client.get(f"{step}/confirm").status_code == 409
    client = sign_in(fatima)
    assert "Folder Payees" in client.get(f"{step}/confirm").text
    assert client.post(f"{step}/confirm", data={"version": payee.version}).location == place
    assert "Today Lark Trust is paid" in client.get(place).text
    assert "Lark Trust" in client.get("/money/payees?show=in-force&q=s-7").text
    assert client.post(f"{step}/end", data={"version": payee.version, "reason": "It left."}).location == place
    assert "It left." in client.get(place).text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"supplier_number": ""}, "Enter the supplier number in the finance system"),
        ({"cost_centre": "4711"}, "Only a journal has a cost centre"),
        ({"paid": "school"}, "“BACS to the trust” pays a trust"),
        ({"route": "journal"}, "“Journal” pays the school itself"),
        ({"evidence": "Account 12345678"}, "what looks like an account number"),
        ({"name": "Lark 20-45-67"}, "what looks like a sort code"),
        ({"supplier_number": "20456712345678"}, "a sort code with an account number"),
        ({"valid_from-month": "13"}, "must be a real date"),
        ({"held_at": ""}, "Enter where the evidence is held"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    make: Make, oak: School, owen: User, sign_in: SignIn, change: dict[str, str], said: str
) -> None:
    answer = sign_in(owen).post(f"/money/payees/{oak.urn}/propose", data=TYPED | change)
    assert answer.status_code == 422
    assert said in html.unescape(answer.text)
    assert make.session.scalar(select(func.count(Payee.id))) == 0


def test_an_officer_and_an_auditor_read_and_change_nothing(
    make: Make, oak: School, owen: User, sign_in: SignIn
) -> None:
    payee = proposed(oak, owen)
    for role in (R.OFFICER, R.AUDITOR):
        client = sign_in(make.staff(role))
        assert "Oak Primary" in client.get("/money/payees").text
        page = client.get(f"/money/payees/{oak.urn}").text
        assert "Confirm who is paid" not in page
        assert client.post(f"/money/payees/records/{payee.id}/steps/confirm").status_code == 403


def test_the_list_says_who_needs_a_payee(make: Make, oak: School, owen: User, sign_in: SignIn) -> None:
    bid = make.bid(state=BidState.IN_DELIVERY, lead=make.school("Elm Primary", type_code=1))
    proposed(oak, owen)
    client = sign_in(owen)
    assert "Elm Primary" not in client.get("/money/payees?show=needs").text
    bid.lead_school.type_code = 34
    make.session.commit()
    needs = client.get("/money/payees?show=needs").text
    assert ("Elm Primary" in needs, "Oak Primary" in needs) == (True, False)
    confirm = client.get("/money/payees?show=to-confirm").text
    assert ("Elm Primary" in confirm, "Oak Primary" in confirm) == (False, True)
    assert "Elm Primary is an academy now" in client.get(f"/money/payees/{bid.lead_school.urn}").text
    file = client.get("/money/payees/template.csv").text
    assert f"{bid.lead_school.urn},Its trust,,BACS to the trust" in file


# -- a file ----------------------------------------------------------------------------------------

HEADINGS = ",".join(reading.COLUMNS.values())


def line(school: School | str, **changes: str) -> str:
    cells = {
        "urn": school if isinstance(school, str) else school.urn,
        "paid": "the school itself",
        "name": "School",
        "route": "journal",
        "supplier_number": "",
        "cost_centre": "4711",
        "valid_from": "2027-01-20",
        "evidence": "The list of schools",
        "held_at": "Folder Payees",
    }
    return ",".join((cells | changes).values())


def send(client: FlaskClient, *lines: str, name: str = "payees.csv") -> Any:
    data = "\n".join([HEADINGS, *lines]).encode()
    return client.post("/money/payees/upload", data={"file": (BytesIO(data), name)})


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


def test_a_file_is_looked_at_proposed_and_confirmed_as_one(
    make: Make, oak: School, owen: User, fatima: User, sign_in: SignIn
) -> None:
    elm, client = make.school("Elm Primary"), sign_in(owen)
    page = send(
        client,
        line(oak),
        line(
            elm,
            route="BACS to the school’s own account",
            cost_centre="",
            supplier_number="'00123",
            valid_from="20/1/2027",
        ),
    )
    assert page.status_code == 200
    assert make.session.scalar(select(func.count(Payee.id))) == 0
    back = {name: hidden(page.text, name) for name in ("name", "rows")}
    answer = client.post("/money/payees/upload/propose", data=back)
    batch = make.session.scalars(select(PayeeBatch)).one()
    assert answer.location == batch.path
    assert written(make, "please confirm 2 payees") == ["Fatima"]
    assert (batch.payees[1].supplier_number, batch.payees[1].route) == ("00123", Route.BACS_OWN)
    with pytest.raises(Refused, match="one of a batch"):
        operations.confirm(batch.payees[0], user=fatima, now=LATER, version=1)
    make.session.rollback()
    step = f"{batch.path}/steps/confirm"
    assert client.post(step, data={"version": 1}).status_code == 409  # Owen proposed it
    assert sign_in(fatima).post(step, data={"version": 1}).location == batch.path
    assert payee_on(elm, LATER.date()) is batch.payees[1]
    assert written(make, "2 payees confirmed") == ["Fatima", "Owen"]
    assert not written(make, "confirmed, from")  # one letter a batch


def test_a_batch_is_refused_as_one(make: Make, oak: School, owen: User, fatima: User) -> None:
    batch = operations.propose_batch("p.csv", [(oak, USUAL)], user=owen, now=LATER)
    operations.refuse_batch(batch, reason="Row 2 is old.", user=fatima, now=LATER, version=1)
    assert (batch.state, batch.payees[0].state) == (BatchState.REFUSED, PayeeState.REFUSED)
    assert written(make, "the batch is refused") == ["Fatima", "Owen"]
    assert proposed(oak, owen).state is PayeeState.PROPOSED


def test_a_batch_waits_whole_where_one_of_its_schools_has_changed(
    make: Make, oak: School, owen: User, fatima: User
) -> None:
    elm = make.school("Elm Primary")
    batch = operations.propose_batch("p.csv", [(oak, USUAL), (elm, USUAL)], user=owen, now=LATER)
    elm.status_code = 2
    make.session.commit()
    with pytest.raises(Refused, match="Elm Primary closed"):
        operations.confirm_batch(batch, user=fatima, now=LATER, version=1)
    make.session.rollback()
    assert payee_on(oak, LATER.date()) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"urn": "999999"}, "URN: we hold no school with “999999”"),
        ({"urn": ""}, "URN: it is empty"),
        ({"paid": "nobody"}, "Who is paid: “nobody” is none of"),
        ({"route": "cheque"}, "Route: “cheque” is none of"),
        ({"route": "supplier"}, "Enter the supplier number"),
        ({"valid_from": "31/2/2027"}, "“31/2/2027” is no date"),
        ({"valid_from": "0001-01-01"}, "is no date"),
        ({"name": "=HYPERLINK(1)"}, "it begins like a formula, with ="),
        ({"evidence": "@SUM(1)"}, "it begins like a formula, with @"),
        ({"evidence": "sort code 20-45-67"}, "Bank details are never kept here"),
        ({"held_at": "x" * 201}, "Where it is held: it has more than 200 characters"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_before_anything_is_proposed(
    make: Make, oak: School, owen: User, sign_in: SignIn, change: dict[str, str], said: str
) -> None:
    answer = send(sign_in(owen), line(oak, **change))
    assert answer.status_code == 422
    text = html.unescape(answer.text)
    assert said in text
    assert "Propose these payees" not in text


def test_a_school_twice_in_a_file_or_proposed_already_is_wrong(
    make: Make, oak: School, owen: User, sign_in: SignIn
) -> None:
    client = sign_in(owen)
    assert f"{oak.urn} stands in 2 rows" in send(client, line(oak), line(oak)).text
    proposed(oak, owen)
    assert "waits to be confirmed already" in send(client, line(oak)).text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "lacks these columns"),
        (b"URN,Name\n1,2", "lacks these columns: Who is paid"),
        (f"{HEADINGS}\n".encode(), "no rows below its headings"),
        (f'{HEADINGS}\n"100001'.encode(), "can’t be read as CSV"),
        (f"{HEADINGS}\n".encode() + b"1,2\n" * 1_001, "The file has 1,001 rows"),
        (b"PK\x03\x04\x00\x00", "lacks these columns"),
    ],
)
def test_what_is_no_such_file_is_refused_with_a_sentence(
    owen: User, sign_in: SignIn, data: bytes, said: str
) -> None:
    answer = sign_in(owen).post("/money/payees/upload", data={"file": (BytesIO(data), "p.csv")})
    assert answer.status_code == 422
    assert said in answer.text


def test_rows_that_went_wrong_since_they_were_looked_at_are_not_proposed(
    make: Make, oak: School, owen: User, sign_in: SignIn
) -> None:
    client = sign_in(owen)
    page = send(client, line(oak)).text
    oak.status_code = 2
    make.session.commit()
    back = {name: hidden(page, name) for name in ("name", "rows")}
    answer = client.post("/money/payees/upload/propose", data=back)
    assert answer.status_code == 422
    assert "Some rows are wrong, so nothing was proposed." in answer.text
    assert make.session.scalar(select(func.count(Payee.id))) == 0


@pytest.mark.thorough
def test_a_file_of_five_hundred_schools_works(make: Make, owen: User, fatima: User, sign_in: SignIn) -> None:
    with make.in_one_go():
        schools = [make.school() for _ in range(500)]
    client = sign_in(owen)
    page = send(client, *map(line, schools))
    assert "500 payees to propose" in page.text
    back = {name: hidden(page.text, name) for name in ("name", "rows")}
    batch_page = client.post("/money/payees/upload/propose", data=back).location
    client = sign_in(fatima)
    assert client.post(f"{batch_page}/steps/confirm", data={"version": 1}).location == batch_page
    confirmed = select(func.count(Payee.id)).where(Payee.state == PayeeState.CONFIRMED)
    assert make.session.scalar(confirmed) == 500
    assert make.session.scalar(select(func.count(Letter.id))) == 3  # one to confirm, two that it is
    assert client.get(f"{batch_page}?after=1").status_code == 200


def test_a_payee_counts_from_its_day(make: Make, oak: School, owen: User, fatima: User) -> None:
    payee = proposed(oak, owen, valid_from=LATER.date() + timedelta(days=3))
    operations.confirm(payee, user=fatima, now=LATER, version=payee.version)
    assert payee_on(oak, LATER.date()) is None
    assert payee_on(oak, LATER.date() + timedelta(days=3)) is payee


# -- claims ----------------------------------------------------------------------------------------


def test_whoever_checks_a_claim_reads_that_it_cannot_be_paid_yet(award: Award, sign_in: SignIn) -> None:
    claim = award.sent()
    school = claim.school
    school.type_code, school.trust = 34, award.make.trust("Lark Trust")
    award.make.session.commit()
    held = f"{school.name} is an academy now: it waits for a new payee."
    client = sign_in(award.officer)
    assert f"It can’t be paid yet. {held}" in client.get(url(claim, "/steps/certify")).text
    assert client.post(url(claim, "/steps/certify"), data={"version": claim.version}).status_code == 302
    client = sign_in(award.finance)
    for page in (url(claim), f"/bids/{award.bid.reference}/money"):
        assert held in client.get(page).text
    paying = {"version": claim.version, "payment_reference": "BACS 1"}
    refused = client.post(url(claim, "/steps/pay"), data=paying)
    assert (refused.status_code, held in refused.text) == (409, True)


def test_the_ledger_shows_who_was_paid_and_for_which_school(award: Award, sign_in: SignIn) -> None:
    claim = award.certified()
    school = claim.school
    school.type_code, school.trust = 34, award.make.trust("Lark Trust")
    award.make.payee(school, supplier_number="0047", confirmed_at=LATER)
    client = sign_in(award.finance)
    page = client.get(url(claim, "/steps/pay")).text
    assert (
        f"Pay Lark Trust, for {school.named} by this route: BACS to the trust, supplier number 0047" in page
    )
    paying = {"version": claim.version, "payment_reference": "BACS 1"}
    client.post(url(claim, "/steps/pay"), data=paying)
    assert "Paid to Lark Trust, BACS to the trust" in client.get("/money/ledger").text
    text = client.get("/money/ledger.csv").text.removeprefix("\ufeff")
    (paid,) = (row for row in csv.DictReader(text.splitlines()) if row["Claim"])
    names = ("School", "URN", "Paid to", "Route", "Supplier number")
    assert [paid[name] for name in names] == [
        school.name,
        school.urn,
        "Lark Trust",
        "BACS to the trust",
        "'0047",
    ]
    told = award.make.session.scalars(
        select(Letter.body).where(Letter.subject.contains("we have paid"))
    ).one()
    assert "to Lark Trust, for " in told
