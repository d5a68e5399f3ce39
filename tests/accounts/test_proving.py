"""A fresh proof that it is really the person, before payments and appointments."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fundflow.accounts import proving
from fundflow.accounts.people import give
from fundflow.accounts.places import RolePlace
from fundflow.letters.codes import hash_of_code, mint_code
from fundflow.letters.writing import LINK
from fundflow.models.fund import Fund
from fundflow.models.letter import Letter
from fundflow.models.person import BrowserSession, RoleGrant, RoleName, User
from fundflow.models.signing_in import FreshProof, Proof, ProofFor
from fundflow.proofs import ProofWanted, require_proof, wanted_of
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import Money, Refused
from fundflow.workflow.processes import PROCESSES
from tests.factories import Make
from tests.signing_in import Enter
from tests.signing_in import sign_in as sign_in

A, M = ProofFor.APPOINTMENTS, ProofFor.MONEY
PROVE = "/confirm-it-is-you/appointments"


@pytest.fixture
def fund(make: Make, session: Session) -> Fund:
    fund = make.fund()
    fund.code_roles = ["administrator", "finance"]
    session.commit()
    return fund


@pytest.fixture
def admin(make: Make, fund: Fund) -> User:
    return make.staff(RoleName.ADMINISTRATOR, "Una Admin")


@pytest.fixture
def other(make: Make) -> User:
    return make.staff(RoleName.CLERK, "Grace Lin")


def at() -> datetime:
    return datetime.now(UTC)


def in_session(session: Session, user: User) -> User:
    """As a request of their browser loads them."""
    session.commit()
    user.browser_session_id = session.scalar(
        select(BrowserSession.id).where(BrowserSession.user_id == user.id)
    )
    return user


def code_of(session: Session) -> str:
    """The code in the letter that was asked for last, as the worker sends it."""
    one = session.scalars(select(FreshProof).order_by(FreshProof.id.desc())).first()
    assert one is not None
    code = mint_code(one.id, at())
    session.commit()
    return code


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_nobody_is_asked_by_default(make: Make, session: Session, sign_in: Enter, other: User) -> None:
    make.fund()
    client = sign_in(make.staff(RoleName.ADMINISTRATOR, "Una Admin"))
    assert client.get(f"/people/{other.id}/add/role").status_code == 200
    assert client.get(PROVE).location == "/work"


def test_the_page_is_reached_after_a_code_and_for_a_quarter_of_an_hour(
    session: Session, sign_in: Enter, admin: User, other: User
) -> None:
    client, page = sign_in(admin), f"/people/{other.id}/add/role"
    asked = client.get(page)
    assert asked.location == f"{PROVE}?next={page}"
    assert "Email me a code" in client.get(asked.location).text
    answer = client.post(f"{PROVE}/code?next={page}")
    assert answer.location == asked.location
    letter = session.scalars(select(Letter)).one()
    assert (letter.email, letter.subject) == (admin.email, "The code you asked for")
    assert LINK in letter.body
    assert client.post(asked.location, data={"code": ""}).status_code == 422
    code = code_of(session)
    assert client.post(asked.location, data={"code": wrong(code)}).status_code == 409
    answer = client.post(asked.location, data={"code": f" {code[:3]} {code[3:]} "})
    assert answer.location == page
    assert client.get(page).status_code == 200
    for one in session.scalars(select(FreshProof)):
        one.proved_at = at() - timedelta(minutes=15, seconds=1)
    session.commit()
    assert client.get(page).location == asked.location


@pytest.mark.parametrize("typed", ["\0" * 6, "x" * 5000, "１２３４５６", "-12345", "1e5", "\u202e12345"])
def test_what_is_no_code_is_refused_on_the_page(
    session: Session, sign_in: Enter, admin: User, typed: str
) -> None:
    client = sign_in(admin)
    client.post(f"{PROVE}/code")
    code_of(session)
    assert client.post(PROVE, data={"code": typed}).status_code in (409, 422)
    assert session.scalars(select(FreshProof)).one().proved_at is None


def test_the_page_asks_as_little_however_many_proofs_there_were(
    session: Session, sign_in: Enter, admin: User, other: User, count_queries: list[str]
) -> None:
    client = sign_in(admin)
    client.post(f"{PROVE}/code")

    def queries() -> int:
        session.expire_all()
        count_queries.clear()
        assert client.get(PROVE).status_code == 200
        return len(count_queries)

    few = queries()
    assert few <= 4  # the person, the funds, whether it is proved, the code that was asked for
    mine = in_session(session, admin).browser_session_id
    for act in (A, M) * 50:
        one = FreshProof(session_id=mine, act=act, proof=Proof.CODE, asked_at=at() - timedelta(days=1))
        session.add(one)
    session.commit()
    assert queries() == few


def test_what_was_typed_is_held_until_the_code_is_given(
    session: Session, sign_in: Enter, admin: User
) -> None:
    client = sign_in(admin)
    answer = client.post(
        "/people/invite/school",
        data={"email": "new@school.example", "name": "Nina Rossi"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 403
    assert "Confirm that it is you (opens in a new tab)" in answer.text
    assert 'value="Nina Rossi"' in answer.text


def test_a_code_works_once_for_one_kind_of_act_and_in_one_browser(
    session: Session, admin: User, make: Make
) -> None:
    in_session(session, admin)
    proving.ask_for_code(admin, A, now=at())
    code = code_of(session)
    with pytest.raises(Refused):  # no code was asked for money
        proving.enter_code(admin, M, code, now=at())
    here = admin.browser_session_id
    there = BrowserSession(
        user=admin, key_hash="x", begun_at=at(), seen_at=at(), browser="A browser", network="127.0.0.1"
    )
    session.add(there)
    session.commit()
    admin.browser_session_id = there.id
    with pytest.raises(Refused):
        proving.enter_code(admin, A, code, now=at())
    admin.browser_session_id = here
    proving.enter_code(admin, A, code, now=at())
    require_proof(admin, A, at())
    with pytest.raises(ProofWanted):
        require_proof(admin, M, at())
    with pytest.raises(Refused):
        proving.enter_code(admin, A, code, now=at())
    admin.browser_session_id = there.id
    with pytest.raises(ProofWanted):
        require_proof(admin, A, at())


def test_five_tries_are_all_there_are(session: Session, admin: User) -> None:
    in_session(session, admin)
    proving.ask_for_code(admin, A, now=at())
    code = code_of(session)
    for _ in range(5):
        with pytest.raises(Refused, match="not the code"):
            proving.enter_code(admin, A, wrong(code), now=at())
    with pytest.raises(Refused, match="no longer"):
        proving.enter_code(admin, A, code, now=at())
    assert not proving.is_code_asked(admin, A, at())


def test_a_code_runs_out_after_ten_minutes(session: Session, admin: User) -> None:
    in_session(session, admin)
    proving.ask_for_code(admin, A, now=at())
    code = code_of(session)
    with pytest.raises(Refused, match="no longer"):
        proving.enter_code(admin, A, code, now=at() + timedelta(minutes=10, seconds=1))


def test_a_code_that_is_not_sent_yet_is_no_code(session: Session, admin: User) -> None:
    in_session(session, admin)
    proving.ask_for_code(admin, A, now=at())
    for typed in ("", "000000", "None"):
        with pytest.raises(Refused):
            proving.enter_code(admin, A, typed, now=at())


def test_another_code_ends_the_one_before(session: Session, admin: User) -> None:
    in_session(session, admin)
    proving.ask_for_code(admin, A, now=at())
    first = code_of(session)
    proving.ask_for_code(admin, A, now=at())
    second = code_of(session)
    if first != second:
        with pytest.raises(Refused):
            proving.enter_code(admin, A, first, now=at())
    proving.enter_code(admin, A, second, now=at())


def test_a_person_may_ask_for_five_codes_in_a_quarter_of_an_hour(
    session: Session, sign_in: Enter, admin: User
) -> None:
    client = sign_in(admin)
    codes = [client.post(f"{PROVE}/code").status_code for _ in range(6)]
    assert codes == [302] * 5 + [409]
    assert session.scalar(select(func.count()).select_from(Letter)) == 5


def test_only_a_keyed_hash_of_a_code_is_kept(
    session: Session, admin: User, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_session(session, admin)
    proving.ask_for_code(admin, A, now=at())
    code = code_of(session)
    one = session.scalars(select(FreshProof)).one()
    assert one.code_hash == hash_of_code(one.id, code)
    monkeypatch.setitem(app.config, "SECRET_KEY", "another")
    assert one.code_hash != hash_of_code(one.id, code)
    assert all(code not in letter.body for letter in session.scalars(select(Letter)))


ASKED = [
    ("administrator", True, True),
    ("finance", True, True),
    ("officer", True, False),
    ("administrator", False, False),  # the role of another fund
]


@pytest.mark.parametrize(("role", "mine", "asked"), ASKED)
def test_roles_are_asked_by_the_fund_in_which_they_are_held(
    session: Session, make: Make, fund: Fund, role: str, mine: bool, asked: bool
) -> None:
    person, elsewhere = make.user(), make.fund()
    make.role(person, RoleName(role), fund=fund if mine else elsewhere)
    session.commit()
    session.refresh(person)
    assert (wanted_of(person, at()) is Proof.CODE) == asked
    assert wanted_of(person, at(), fund=elsewhere) is None


def test_people_of_schools_and_the_clock_are_never_asked(make: Make, fund: Fund) -> None:
    fund.code_roles = [role.value for role in RoleName]
    head = make.member(make.school())
    assert wanted_of(head, at()) is None
    for who in (head, None):
        require_proof(who, M, at())


def test_an_operation_without_a_browser_is_refused(session: Session, admin: User, other: User) -> None:
    with pytest.raises(ProofWanted):
        give(other, RolePlace(RoleName.FINANCE, None, at().date()), by=admin, now=at())
    assert [
        grant.role for grant in session.scalars(select(RoleGrant).where(RoleGrant.user_id == other.id))
    ] == [RoleName.CLERK]


def test_single_sign_on_is_asked_where_it_is_set_up_and_a_code_where_not(
    session: Session, admin: User, fund: Fund, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_session(session, admin)
    fund.single_sign_on_roles = ["administrator"]
    session.commit()
    assert wanted_of(admin, at()) is Proof.CODE
    monkeypatch.setitem(app.config, "OIDC_ISSUER", "https://sign-in.example")
    assert wanted_of(admin, at()) is Proof.SINGLE_SIGN_ON
    proving.ask_for_code(admin, A, now=at())
    proving.enter_code(admin, A, code_of(session), now=at())
    with pytest.raises(ProofWanted):  # a code is not enough
        require_proof(admin, A, at())
    proving.note_signed_in_again(admin, A, now=at())
    require_proof(admin, A, at())


def test_who_must_prove_it_is_changed_with_a_proof_alone(
    session: Session, sign_in: Enter, admin: User, fund: Fund
) -> None:
    from tests.funds.conftest import settings

    client = sign_in(admin)
    posted = settings(fund, code_roles=[])
    answer = client.post(f"/funds/{fund.id}/settings", data=posted, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 403
    assert fund.code_roles == ["administrator", "finance"]
    kept = settings(fund, code_roles=["administrator", "finance"])
    assert client.post(f"/funds/{fund.id}/settings", data=kept).status_code == 302


MONEY_STEPS = {
    ("claim", "certify"),
    ("claim", "pay"),
    ("payment_run", "approve"),
    ("payee", "confirm"),
    ("payee", "lift"),
    ("payee_batch", "confirm"),
    ("recovery", "receive"),
    ("recovery", "undo_receive"),
    ("recovery", "let_go"),
    ("recovery", "write_off"),
    ("opening", "confirm"),
    ("earned_correction", "confirm"),
    ("reversal", "approve"),
}


def test_these_steps_ask_for_it() -> None:
    found = {
        (process.name, step.name) for process in PROCESSES.values() for step in process.steps if step.proof
    }
    assert found == MONEY_STEPS


PAID = {Money.PAY, Money.REVERSE, Money.RECOVER, Money.UNRECOVER}


def test_nobody_writes_a_payment_into_the_ledger_without_it() -> None:
    for process in PROCESSES.values():
        for step in process.steps:
            assert step.money not in PAID or step.proof or set(step.by) == {Actor.CLOCK}, step.name
