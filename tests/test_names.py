"""Names are found however they are written, and no code is used twice in another coat."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, String, Text, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from fundflow.accounts.queries import people
from fundflow.advisers import queries as adviser_queries
from fundflow.brokering import directory, engagement
from fundflow.brokering import good_practice as practice
from fundflow.desk.caseload import page_and_total
from fundflow.desk.filters import BidFilters as Bids
from fundflow.desk.filters import Reader
from fundflow.extensions import Base
from fundflow.models.columns import Folded
from fundflow.models.day_log import WorkedDay
from fundflow.models.person import RoleName, User
from fundflow.names import identifier, identity, searchable, without_order
from fundflow.review.facts import OtherBid, same_staff
from fundflow.rules.awards import award_of
from fundflow.schools.queries import SchoolFilters as Schools
from fundflow.schools.queries import schools_page
from fundflow.schools.queries import trusts as trusts_page
from fundflow.web.finding import the_school, the_trust
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make
from tests.payments.conftest import A_DAY, Award, an_award

ROOT = Path(__file__).parent.parent
# A name as it is kept, and as people type it.
ALIKE = {
    "St Mary’s CofE Primary School": (
        "St Mary's C of E",
        "ST. MARYS CHURCH OF ENGLAND",
        "saint marys c.e.",
        "St.Mary`s C.of E. primary",
        "school cofe mary's saint",
        "St Marỳʼs",
    ),
    "Łukasz Ó Żółtowski-O’Neill": (
        "łukasz o'neill",
        "Lukasz ONeill",
        "lukasz o zoltowski",
        "LUKASZ ŻÓŁTOWSKI O’NEILL",
        "Zo\u0301łtowski",
    ),
    "Ångström & Sæther Saint John": ("angstrom and saether", "Ångström & Sæther", "st john", "ST. JOHN"),
}
PAIRS = [(kept, typed) for kept, many in ALIKE.items() for typed in many]
Find = Callable[[str], list[str]]


# -- the foldings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("St. Mary’s C of E (Aided) Primary School", "saint marys church of england aided primary school"),
        ("St Thomas à Becket", "saint thomas a becket"),
        ("Burnham-on-Sea Infants'", "burnham on sea infants"),
        ("Infant/Junior & Nursery", "infant junior and nursery"),
        ("  TWO   SPACES_ ", "two spaces"),
        ("St St", "saint saint"),
        ("Stanley, First", "stanley first"),
        ("—", ""),
    ],
)
def test_a_name_is_searched_without_capitals_accents_and_punctuation(name: str, folded: str) -> None:
    assert searchable(name) == folded


@given(st.text() | st.text(alphabet="cofe rST.-’"))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert searchable(searchable(text)) == searchable(text)
    assert identifier(identifier(text)) == identifier(text)


EH1 = (
    "EH1",
    "eh1",
    "EH 1",
    "EH-1",
    "eh–1",
    " E.H.1",
    "ＥＨ１",
    "ЕН1",
    "ЕН 1",
    "Eh\u200b1",
    "EH\u00a01",
    "ÉH1",
)
INVOICE = ("Réf É-77", "RÉF É-77", "réf é 77", "REF E77", "Re\u0301f É–77", "Ｒéf Е-77")


@pytest.mark.parametrize("codes", [EH1, INVOICE])
def test_a_code_is_one_in_whichever_coat(codes: tuple[str, ...]) -> None:
    assert len({identifier(code) for code in codes}) == 1


def test_codes_that_differ_stay_different() -> None:
    codes = ("EH0", "EHO", "EH1", "EHI", "EHL", "HE1", "EH11", "—", "☃")
    assert len({identifier(code) for code in codes}) == len(codes)
    assert identifier(" ") == ""


@given(st.text(alphabet="ehéоΟΙßx01 -"))
def test_capitals_never_matter_in_a_code(code: str) -> None:
    assert identifier(code.lower()) == identifier(code) == identifier(code.upper())


def test_letters_with_a_stroke_are_no_other_name() -> None:
    assert identity("Łukasz Ørsted") == identity("lukasz orsted")
    assert without_order("Dr Łukasz O’Neill") == without_order("ONeill Lukasz")


# -- columns that hold them --------------------------------------------------------------------------


def folded_columns() -> dict[str, Folded]:
    return {
        f"{column.table.name}.{column.name}": column.info["folded"]
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if "folded" in column.info
    }


# Codes that people type, or that come from elsewhere, and what keeps one from being another.
CODES = {
    "award_line.staff_code": "as its bid’s line has it, folded there",
    "change_line.staff_code": "as its award’s line has it",
    "change_new_line.staff_code": "another line’s code is compared folded, in rules/changes.py",
    "fresh_proof.code_hash": "a hash of six digits, made by us",
    "provider.number": "of a register of companies or charities, shown alone",
    "fund.la_code": "three digits, from the DfE",
    "fund.prefix": "capital letters alone",
    "fund.grants_prefix": "given by 360Giving: one a council",
    "allocation.minute_reference": "a citation: one minute may give several lines",
    "school.urn": "six digits, or a code of ours",
    "school.la_code": "three digits, from the DfE",
    "school.establishment_number": "four digits, from the DfE",
    "school.ukprn": "eight digits, from the DfE",
    "school.postcode": "many schools have one",
    "school.search_postcode": "many schools have one",
    "trust.code": "from the DfE, or folded as it is entered",
    "register_file.store_key": "ours",
    "bid.reference": "ours",
    "bid.order_number": "finance’s own: one order may cover several awards",
    "school_link.link_urn": "six digits, from the DfE",
    "backfill_line.vat_code": "chosen from a list",
    "claim.payment_reference": "finance’s own: one payment may settle several claims",
    "claim.payee_urn": "of a school",
    "recovery.invoice_number": "finance’s own",
    "recovery.payment_reference": "as a claim’s",
    "claim.supplier_number": "of its payee",
    "payee.for_urn": "of its school",
    "run_line.payee_urn": "of a school",
    "run_line.supplier_number": "of its payee",
    "run_line.payment_reference": "as a claim’s",
    "reversal.payee_urn": "of a school",
    "reversal.supplier_number": "of a claim’s payee",
    "reversal.payment_reference": "as a claim’s",
    "service.vat_code": "chosen from a list",
    "service_order.vat_code": "chosen from a list",
    "service_order.order_number": "the school’s own: one may cover several services",
    "attachment.store_key": "ours",
    "brand.store_key": "ours",
    "browser_session.key_hash": "ours",
    "letter.key": "ours",
    "pdf.key": "ours",
    "pdf.store_key": "ours",
    "survey_document.store_key": "ours",
}


def test_every_code_that_people_type_is_kept_folded_or_said_to_need_no_folding() -> None:
    folds = {
        f"{name.partition('.')[0]}.{one}": name
        for name, kept in folded_columns().items()
        if kept.fold is identifier
        for one in kept.columns
    }
    codes = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String | Text) and _names_a_code(column)
    }
    assert folds == {
        "backfill_line.staff_code": "backfill_line.staff_key",
        "claim.invoice_reference": "claim.invoice_key",
        "opening_award.minute_reference": "opening_award.minute_key",
        "payee.supplier_number": "payee.supplier_key",
        "worked_day.staff_code": "worked_day.staff_key",
    }
    assert codes - set(folds) - set(folded_columns()) == set(CODES)


def _names_a_code(column: "Column[Any]") -> bool:
    return bool(re.search("code|reference|number|urn|prefix|key|ukprn", column.name))


def test_a_folded_column_follows_what_it_is_made_of(make: Make, session: Session) -> None:
    person = make.staff(RoleName.OFFICER, "Łukasz Żółć", email="l.z@council.example")
    assert person.search_text == "lukasz zolc l z council example"
    person.name = "Ann O’Shea"
    session.flush()
    assert person.search_text == "ann oshea l z council example"
    bid = make.bid(title="St Mary’s")
    bid.sent_title = "CofE"
    session.flush()
    assert "church of england" in bid.search_text
    assert "saint marys" not in bid.search_text  # lists find the title that was sent
    values = {"name": "St In Bulk", "email": "b@x.example", "created_at": NOW}
    number = session.scalar(insert(User).returning(User.id), [values])
    assert session.get_one(User, number).search_text == "saint in bulk b x example"


# -- searches ----------------------------------------------------------------------------------------


def schools(make: Make, name: str) -> Find:
    make.school(name)
    return lambda text: [row.name for row in schools_page(Schools(text, everywhere=True)).rows]


def a_school(make: Make, name: str) -> Find:
    make.school(name)
    return lambda text: [school.name for school in the_school(text)[1]]


def a_trust(make: Make, name: str) -> Find:
    make.trust(name)
    return lambda text: [trust.name for trust in the_trust(text)[1]]


def trusts(make: Make, name: str) -> Find:
    make.trust(name)
    return lambda text: [row.name for row in trusts_page(text).rows]


def accounts(make: Make, name: str) -> Find:
    make.staff(RoleName.CLERK, name)
    return lambda text: [person.name for person in people(text).rows]


def accounts_of_a_school(make: Make, name: str) -> Find:
    make.member(make.school(name), name="Head")
    return lambda text: [name for person in people(school=text).rows if person.name == "Head"]


def caseload(make: Make, name: str, contact: str = "Sam", **values: Any) -> Find:
    reader = Reader(make.staff(RoleName.OFFICER), NOW)
    bid = make.bid(state=BidState.SUBMITTED, **{"title": "One", **values})
    bid.contact_name = contact

    def find(text: str) -> list[str]:
        return [name for _ in page_and_total(Bids.from_args(MultiDict({"q": text}), reader), reader)[0].rows]

    return find


def bids_by_title(make: Make, name: str) -> Find:
    return caseload(make, name, title=name)


def bids_by_contact(make: Make, name: str) -> Find:
    return caseload(make, name, contact=name)


def bids_by_lead(make: Make, name: str) -> Find:
    return caseload(make, name, lead=make.school(name))


def bids_by_partner(make: Make, name: str) -> Find:
    return caseload(make, name, provider=make.school(name))


def offers(make: Make, name: str, **values: Any) -> Find:
    make.fund()
    make.offer(values.pop("school", None) or make.school("Other"), **values)

    def find(text: str) -> list[str]:
        return [name for _ in directory.directory_page(directory.OfferFilters(text), NOW).rows]

    return find


def offers_by_school(make: Make, name: str) -> Find:
    return offers(make, name, school=make.school(name))


def offers_by_words(make: Make, name: str) -> Find:
    return offers(make, name, description=f"With {name}")


def advisers(make: Make, name: str) -> Find:
    fund, officer = make.fund(), make.staff(RoleName.OFFICER)
    make.adviser(fund, name, email="one@advice.example")

    def find(text: str) -> list[str]:
        page = adviser_queries.register_page(adviser_queries.AdviserFilters(text), officer, NOW)
        return [row.name for row in page.rows]

    return find


def good_practice(make: Make, name: str) -> Find:
    fund = make.fund()
    make.practice_entry(fund, make.school("Other"), what=f"With {name}")

    def find(text: str) -> list[str]:
        return [name for _ in practice.found_page(practice.Wanted(text)).rows]

    return find


def silent_schools(make: Make, name: str) -> Find:
    fund, officer = make.fund(shares_practice=True), make.staff(RoleName.OFFICER)
    make.school(name)

    def find(text: str) -> list[str]:
        return [row.name for row in engagement.schools_page(engagement.Wanted(text), fund, officer, NOW).rows]

    return find


SEARCHES = (
    advisers,
    good_practice,
    silent_schools,
    schools,
    a_school,
    a_trust,
    trusts,
    accounts,
    accounts_of_a_school,
    bids_by_title,
    bids_by_contact,
    bids_by_lead,
    bids_by_partner,
    offers_by_school,
    offers_by_words,
)


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("name", ALIKE)
def test_every_search_finds_a_name_however_it_is_typed(
    make: Make, session: Session, search: Callable[[Make, str], Find], name: str
) -> None:
    find = search(make, name)
    session.flush()
    assert {typed: find(typed) for typed in ALIKE[name]} == {typed: [name] for typed in ALIKE[name]}
    assert [find(typed) for typed in ("Nobody", "—", "%", "saint martin")] == [[]] * 4


def test_no_search_compares_names_in_a_way_of_its_own() -> None:
    """Whoever adds a search takes `every_word`; letters are found by address and reference alone. A school’s
    kind is told by the DfE’s own words for its type. What is held of a person is gathered and removed by
    their address, and by their name as people wrote it into texts, which have no folded column."""
    own = re.compile(r"icontains|func\.lower|\.ilike")
    found = {str(p.relative_to(ROOT)) for p in ROOT.glob("fundflow/**/*.py") if own.search(p.read_text())}
    personal = {f"fundflow/personal/{name}.py" for name in ("forgetting", "gathering", "subjects")}
    assert found == {"fundflow/desk/letters_queries.py", "fundflow/models/school.py"} | personal


# -- identifiers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", EH1[1:])
def test_a_member_of_staff_is_one_person_however_the_code_is_written(make: Make, code: str) -> None:
    provider = make.school()
    first, second = an_award(make, provider=provider), an_award(make, provider=provider)
    make.member(provider)
    named_alike(first, "EH1", second, code)
    first.log()
    with pytest.raises(Refused, match="logged already"):
        second.log()
    other = OtherBid(first.bid.id, "", BidState.IN_DELIVERY, None, None)
    assert same_staff(second.bid, [other]) == {first.bid.id: ["EH1", "T1"]}


def test_a_nought_is_no_letter(make: Make) -> None:
    provider = make.school()
    first, second = an_award(make, provider=provider), an_award(make, provider=provider)
    make.member(provider)
    named_alike(first, "EH0", second, "EHO")
    first.log()
    second.log()
    assert make.session.scalars(select(WorkedDay.staff_key)).all() == ["EH0", "EHO"]


def named_alike(first: Award, code: str, second: Award, other: str) -> None:
    """The codes of the first staff of two awards, as their schools write them."""
    for award, written in ((first, code), (second, other)):
        line = award.bid.backfill_lines[0]
        line.staff_code = written
        again = award_of(award.bid, award.bid.requested_pence, NOW)
        again.number = 2
        award.bid.awards.append(again)
    first.make.session.commit()


def invoice(award: Award, reference: str) -> Any:
    award.worked(A_DAY + timedelta(days=len(award.bid.claims)))
    return award.ask(invoice=reference)


@pytest.mark.parametrize("reference", INVOICE)
def test_an_invoice_is_claimed_once_however_its_reference_is_written(make: Make, reference: str) -> None:
    lead = make.school()
    first, second = an_award(make, lead=lead), an_award(make, lead=lead)
    invoice(first, INVOICE[0])
    with pytest.raises(Refused, match=f"has used invoice reference {re.escape(reference)} before"):
        invoice(second, reference)


def test_the_database_itself_keeps_an_invoice_from_being_claimed_twice(make: Make, session: Session) -> None:
    lead = make.school()
    first, second = an_award(make, lead=lead), an_award(make, lead=lead)
    invoice(first, "INV 7")
    second.worked()
    claim = second.ask()
    claim.invoice_reference, claim.invoice_school_id = "inv-7", lead.id
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()
