"""Payments wait for a fresh proof where the fund wants one of the role."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.person import BrowserSession, User
from fundflow.models.signing_in import FreshProof, Proof, ProofFor
from fundflow.proofs import ProofWanted
from fundflow.workflow.claim import ClaimState
from tests.payments.conftest import LATER, Award
from tests.signing_in import Enter
from tests.signing_in import sign_in as sign_in


def prove(award: Award, user: User, act: ProofFor = ProofFor.MONEY) -> None:
    session = award.make.session
    here = session.scalars(select(BrowserSession).where(BrowserSession.user_id == user.id)).one()
    user.browser_session_id = here.id
    proof = FreshProof(
        session_id=here.id, act=act, proof=Proof.CODE, asked_at=LATER, proved_at=LATER - timedelta(minutes=14)
    )
    session.add(proof)
    session.commit()


def test_a_payment_is_refused_without_a_fresh_proof_and_moves_no_money(award: Award) -> None:
    award.bid.fund.code_roles = ["finance"]
    claim = award.certified()  # by the officer, whom this fund asks nothing
    prove(award, award.finance, ProofFor.APPOINTMENTS)
    with pytest.raises(ProofWanted):
        award.pay(claim)
    award.make.session.rollback()
    assert claim.state is ClaimState.CERTIFIED
    paid = select(LedgerEntry).where(LedgerEntry.kind == EntryKind.PAID)
    assert award.make.session.scalar(paid) is None
    prove(award, award.finance)
    award.pay(claim)
    assert claim.state is ClaimState.PAID


def test_the_page_of_a_payment_asks_before_anything_is_typed(award: Award, sign_in: Enter) -> None:
    award.bid.fund.code_roles = ["finance"]
    claim = award.certified()
    page = f"/bids/{award.bid.reference}/claims/{claim.number}/steps/pay"
    with time_machine.travel(LATER, tick=False):
        client = sign_in(award.finance)
        assert client.get(page).location == f"/confirm-it-is-you/money?next={page}"
        data = {"payment_reference": "BACS 1", "version": claim.version}
        answer = client.post(page, data=data, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 403
        assert 'value="BACS 1"' in answer.text
        assert claim.state is ClaimState.CERTIFIED
        prove(award, award.finance)
        assert client.get(page).status_code == 200
        assert client.post(page, data=data).status_code == 302
    assert claim.state is ClaimState.PAID


def test_the_head_is_never_asked(award: Award, sign_in: Enter) -> None:
    award.bid.fund.code_roles = ["finance", "officer", "administrator"]
    award.bid.fund.single_sign_on_roles = ["finance"]
    with time_machine.travel(LATER, tick=False):
        claim = award.sent()
        page = f"/bids/{award.bid.reference}/claims/{claim.number}"
        assert sign_in(award.head).get(page).status_code == 200
        assert sign_in(award.head).get("/confirm-it-is-you/money").location == "/work"
