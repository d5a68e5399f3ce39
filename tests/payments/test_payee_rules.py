"""Who is paid on a day, why nobody is, and what a claim keeps of it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from fundflow.models.payee import Paid, Payee, Route
from fundflow.models.school import CLOSED, School
from fundflow.rules.bank_details import why_bank_details
from fundflow.rules.payees import payable, payee_on, why_no_payee
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from fundflow.workflow.payee import PayeeState
from tests.factories import NOW, TODAY, Make
from tests.payments.conftest import Award

LONG_BEFORE = NOW - timedelta(days=400)


def closed(school: School, make: Make) -> None:
    school.status_code, school.closed_on = CLOSED, date(2026, 8, 31)


def converted(school: School, make: Make) -> None:
    school.type_code, school.trust = 34, make.trust()


def unnamed_type(school: School, make: Make) -> None:
    school.type_code, school.type_name = None, "Academy converter"


def none(school: School, make: Make) -> None:
    """The factory made none."""


CASES: list[tuple[Callable[..., None], dict[str, Any] | None, str | None]] = [
    (none, None, "Nobody has confirmed who is paid for Oak."),
    (none, {}, None),
    (
        none,
        {"state": PayeeState.PROPOSED},
        "Who is paid for Oak waits to be confirmed by a second finance officer.",
    ),
    (none, {"valid_from": TODAY + timedelta(days=1)}, "Nobody has confirmed who is paid for Oak."),
    (none, {"state": PayeeState.ENDED, "ended_on": TODAY}, "Nobody has confirmed who is paid for Oak."),
    (none, {"state": PayeeState.ENDED, "ended_on": TODAY + timedelta(days=1)}, None),
    (none, {"state": PayeeState.REFUSED}, "Nobody has confirmed who is paid for Oak."),
    (
        closed,
        {},
        "Oak closed on 31 August 2026, and nothing is paid under its old URN: its successor needs a payee.",
    ),
    (converted, {}, "Oak is an academy now: it waits for a new payee."),
    (unnamed_type, {}, "Oak is an academy now: it waits for a new payee."),
]


@pytest.mark.parametrize(("becomes", "payee", "sentence"), CASES)
def test_why_nobody_is_paid_is_said_alike_by_python_and_the_database(
    make: Make, becomes: Callable[..., None], payee: dict[str, Any] | None, sentence: str | None
) -> None:
    school = make.school("Oak")
    if payee is not None:
        make.payee(school, **payee)
    becomes(school, make)
    make.session.flush()
    assert why_no_payee(school, TODAY) == sentence
    found = make.session.scalar(select(School.id).where(School.id == school.id, payable(TODAY)))
    assert (found is None) is (sentence is not None)


def test_an_academy_that_changes_its_trust_waits_for_a_new_payee(make: Make) -> None:
    school = make.school("Oak", type_code=34, trust=make.trust("Old Trust"))
    assert (make.payee(school).name, why_no_payee(school, TODAY)) == ("Old Trust", None)
    school.trust = make.trust("New Trust")
    assert why_no_payee(school, TODAY) == "Oak has changed its trust: it waits for a new payee."
    assert make.session.scalar(select(School.id).where(payable(TODAY))) is None
    make.payee(school, confirmed_at=NOW + timedelta(hours=1))
    assert why_no_payee(school, TODAY) is None


def test_a_maintained_school_may_change_its_foundation_trust(make: Make) -> None:
    school = make.school("Oak", type_code=5, trust=make.trust())
    make.payee(school)
    school.trust = None
    make.session.flush()
    assert why_no_payee(school, TODAY) is None
    assert make.session.scalar(select(School.id).where(payable(TODAY))) == school.id


def test_a_new_payee_replaces_an_older_one_from_its_first_day(make: Make) -> None:
    school = make.school()
    old = make.payee(school, confirmed_at=LONG_BEFORE)
    new = make.payee(school, valid_from=TODAY, confirmed_at=NOW)
    assert payee_on(school, TODAY - timedelta(days=1)) is old
    assert payee_on(school, TODAY) is new


def test_an_older_payee_does_not_come_back_when_the_newer_ends(make: Make) -> None:
    school = make.school()
    make.payee(school, confirmed_at=LONG_BEFORE)
    make.payee(school, valid_from=TODAY, state=PayeeState.ENDED, ended_on=TODAY + timedelta(days=5))
    assert payee_on(school, TODAY + timedelta(days=5)) is None


def test_a_claim_waits_for_its_payee_and_keeps_whom_it_was_paid_to(award: Award) -> None:
    award.make.session.execute(update(Payee).values(state=PayeeState.ENDED, ended_on=TODAY))
    claim = award.certified()
    with pytest.raises(Refused, match="Nobody has confirmed who is paid for School"):
        award.pay(claim)
    award.make.session.rollback()
    assert (claim.state, claim.payee_name) == (ClaimState.CERTIFIED, "")
    school = claim.school
    trust = award.make.payee(
        school,
        paid=Paid.TRUST,
        route=Route.BACS_TRUST,
        name="Lark Trust",
        supplier_number="S-7",
        confirmed_at=NOW + timedelta(hours=1),
    )
    award.pay(claim)
    assert (claim.payee, claim.route, claim.payee_urn) == (trust, Route.BACS_TRUST, school.urn)
    assert (claim.payee_name, claim.supplier_number) == ("Lark Trust", "S-7")
    assert claim.payee_words == f"Lark Trust, for {school.named}"


@pytest.mark.parametrize(
    "values",
    [
        {"cost_centre": ""},
        {"route": Route.BACS_OWN, "supplier_number": ""},
        {"route": Route.SUPPLIER, "cost_centre": "4711"},
        {"route": Route.BACS_TRUST},
        {"route": Route.BACS_OWN, "paid": Paid.TRUST},
        {"evidence": ""},
        {"confirmed_at": None},
        {"state": PayeeState.PROPOSED},
        {"state": PayeeState.ENDED},
        {"ended_on": TODAY},
    ],
)
def test_the_database_refuses_a_payee_that_lacks_what_its_route_or_state_needs(
    make: Make, values: dict[str, Any]
) -> None:
    school = make.school()
    good = make.payee(school)
    given = {"confirmed_at": good.confirmed_at, "confirmed_by": good.confirmed_by}
    with pytest.raises(IntegrityError):
        make.payee(school, **{**given, **values})


def test_the_database_refuses_one_person_twice(make: Make) -> None:
    proposer, _ = make.two_of_finance
    with pytest.raises(IntegrityError, match="two_people"):
        make.payee(make.school(), confirmed_by=proposer)


def test_the_database_refuses_a_second_proposal_for_a_school(make: Make) -> None:
    school = make.school()
    make.payee(school, state=PayeeState.PROPOSED)
    with pytest.raises(IntegrityError):
        make.payee(school, state=PayeeState.PROPOSED)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payee SET supplier_number = 'S-666'",
        "UPDATE payee SET valid_from = '2027-01-01'",
        "UPDATE payee SET confirmed_by_id = NULL, confirmed_at = NULL, state = 'proposed'",
        "DELETE FROM payee",
    ],
)
def test_a_payee_is_never_edited_or_removed(make: Make, change: str) -> None:
    make.payee(make.school())
    make.session.flush()
    with pytest.raises(DBAPIError, match="append-only"):
        make.session.execute(text(change))


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("20-45-67", "a sort code"),
        ("20–45–67", "a sort code"),
        ("20 45 67", "a sort code"),
        ("Sort code on file", "the words of a bank account"),
        ("see account no. 3", "the words of a bank account"),
        ("GB29 NWBK 6016 1331 9268 19", "an IBAN"),
        ("gb29nwbk60161331926819", "an IBAN"),
        ("12345678", "an account number"),
        ("1234 5678", "an account number"),
        ("４５６７８９０１", "an account number"),
        ("20456712345678", "a sort code with an account number"),
        ("12​345678", "an account number"),
    ],
)
def test_what_looks_like_bank_details_is_refused(words: str, what: str) -> None:
    why = why_bank_details(f"Letter: {words}")
    assert why is not None
    assert f"Take out what looks like {what}" in why


@pytest.mark.parametrize(
    "words",
    [
        "Letter of 3 March 2026, folder 4711",
        "The year 2026–2027",
        "2026-11-21",
        "01/02/2026",
        "01632 960 123",
        "Schedule of bank accounts, row 14",
        "EH20 MINUTES OF THE MEETING",
    ],
)
def test_what_evidence_usually_says_is_not(words: str) -> None:
    assert why_bank_details(words) is None


def test_a_supplier_number_may_have_eight_digits_and_never_fourteen() -> None:
    assert why_bank_details("10023456", is_code=True) is None
    assert why_bank_details("10-02-34", is_code=True) is not None
    assert why_bank_details("10023456789012", is_code=True) is not None
