"""My work says which payees wait to be confirmed, and which awards wait for one."""

import pytest

from fundflow.desk.work import waiting_for, waiting_on
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.workflow.application import BidState
from fundflow.workflow.payee import PayeeState
from tests.factories import NOW, Make

ASK, CONFIRM, PROPOSE = "Ask finance who is paid", "Confirm who is paid", "Propose or confirm who is paid"


def lines(user: User) -> dict[str, str]:
    """What waits about payees: the words → the page."""
    return {line.what: line.path for line in waiting_for(user, NOW).lines if "paid" in line.what}


def test_a_payee_waits_for_a_finance_officer_who_did_not_propose_it(make: Make) -> None:
    owen, fatima, officer = make.staff(R.FINANCE), make.staff(R.FINANCE), make.staff(R.OFFICER)
    payee = make.payee(make.school(), state=PayeeState.PROPOSED, proposed_by=owen)
    make.session.flush()
    assert (lines(owen), lines(officer)) == ({}, {})
    assert lines(fatima) == {CONFIRM: payee.path}


def test_a_batch_waits_as_one(make: Make) -> None:
    fatima = make.staff(R.FINANCE)
    batch = make.payee_batch(make.school(), make.school())
    found = [line for line in waiting_for(fatima, NOW).lines if line.what == CONFIRM]
    assert [(line.title, line.path) for line in found] == [("2 payees from payees.csv", batch.path)]


@pytest.mark.parametrize("state", [BidState.IN_DELIVERY, BidState.IN_MONITORING])
def test_an_award_without_a_payee_waits_for_finance_and_its_officer(make: Make, state: BidState) -> None:
    officer, other, owen = make.staff(R.OFFICER), make.staff(R.OFFICER), make.staff(R.FINANCE)
    bid = make.bid(state=state, officer=officer)
    assert (lines(officer), lines(owen)) == ({}, {})
    bid.lead_school.type_code = 34  # it has become an academy
    make.session.flush()
    money = f"/bids/{bid.reference}/money"
    expected = state is BidState.IN_DELIVERY  # after it only where a claim is open
    assert lines(owen) == ({PROPOSE: money} if expected else {})
    assert lines(officer) == ({ASK: money} if expected else {})
    assert lines(other) == {}
    said = [source.what for source in waiting_on(bid, owen, NOW)]
    assert (PROPOSE in said) is expected


def test_nobody_is_asked_for_a_payee_of_a_bid_without_an_award(make: Make) -> None:
    owen = make.staff(R.FINANCE)
    make.bid(state=BidState.OFFERED)
    assert lines(owen) == {}
