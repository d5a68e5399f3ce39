"""Changes of an award that make a school's part of it smaller: what was paid, and what is about to be."""

from datetime import date
from typing import Any

import pytest

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.bid_parts import Part
from fundflow.models.change import ChangeRequest
from fundflow.models.fund import Allocation
from fundflow.models.payment import ClaimKind
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.payments import changes, day_log, recoveries
from fundflow.payments.change_parts import Joins, NewLine
from fundflow.payments.runs import operations as run_operations
from fundflow.payments.runs.choosing import choices_for
from fundflow.rules.award_sums import sum_of
from fundflow.rules.awards import tranche_claims
from fundflow.rules.change_requests import effect_of
from fundflow.rules.recoveries import recoveries_of, why_not_reconciled
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.recovery import RecoveryState
from tests.factories import Make
from tests.payments.conftest import LATER, Award, SignIn, an_award
from tests.payments.test_changes import act, agreed_by_all, ask, decider, line, told
from tests.payments.test_more_money import FOR, decide, put
from tests.payments.test_recoveries import terminate

pytestmark = pytest.mark.usefixtures("today")


def paid_each(make: Make, advance: int = 100, *, paid: bool = True) -> Award:
    """£3,000, of which £2,940 for the provider and £60 for the lead, with so many percent paid in advance."""
    award = an_award(make, fund=make.fund(lean_advance_percent=advance, pays_each_school=True))
    make.payee(award.bid.providers[0])
    db.session.add_all(tranche_claims(award.bid, ClaimKind.ADVANCE, LATER))
    db.session.commit()
    for claim in list(award.bid.claims) if paid else ():
        award.pay(award.certify(claim))
    return award


def of_lead(award: Award, half_days: int = 10) -> NewLine:
    return NewLine(
        award.bid.lead_school_id, "Deputy", staff_code="DH", half_days=half_days, day_rate_pence=35_000
    )


def schools(award: Award) -> tuple[School, School]:
    """The lead school and the provider."""
    return award.bid.lead_school, award.bid.providers[0]


def shares(award: Award) -> dict[str, int]:
    return {payee.school.name: payee.sum.share for payee in sum_of(award.bid).payees}


@pytest.mark.both_databases
def test_money_that_moves_to_another_school_is_asked_back_of_the_first(make: Make, sign_in: SignIn) -> None:
    award = paid_each(make)
    bid, (provider,) = award.bid, award.bid.providers
    chair = decider(award)
    change = agreed_by_all(award, ask(award, lines=line(award, 0, 2), new_lines=[of_lead(award)]))
    assert effect_of(change, LATER).back == 175_000
    assert "£1,750.00" in sign_in(chair).get(change.path).text.partition("if agreed today")[2]
    act(changes.agree, change, chair)
    (recovery,) = recoveries_of(bid)
    assert (recovery.school, recovery.pence) == (provider, 175_000)
    assert sum_of(bid).missing == 0
    assert "Approve the recovery" in told(award, "agree")["finance"].body
    assert ledger.bid_totals(bid.id).committed == 300_000


def test_money_that_moves_brings_down_a_claim_that_nobody_has_checked(make: Make) -> None:
    award = paid_each(make, paid=False)
    change = agreed_by_all(award, ask(award, lines=line(award, 0, 2), new_lines=[of_lead(award)]))
    act(changes.agree, change, decider(award))
    provider = award.bid.providers[0]
    (claim,) = [one for one in award.bid.claims if one.school == provider]
    assert (claim.pence, claim.state) == (119_000, ClaimState.SUBMITTED)
    assert recoveries_of(award.bid) == []
    assert ledger.bid_totals(award.bid.id).outstanding == 300_000


def test_money_that_moves_waits_for_a_claim_of_the_school_that_is_about_to_be_paid(make: Make) -> None:
    award = paid_each(make, paid=False)
    lead, provider = (next(c for c in award.bid.claims if c.school == s) for s in schools(award))
    award.certify(lead)
    chair = decider(award)
    change = agreed_by_all(award, ask(award, lines=line(award, 0, 2), new_lines=[of_lead(award)]))
    award.certify(provider)
    with pytest.raises(Refused, match="A claim is checked and about to be paid"):
        act(changes.agree, change, chair)
    award.pay(provider)
    act(changes.agree, change, chair)  # the lead's part grows: its claim keeps nobody waiting
    assert [one.pence for one in recoveries_of(award.bid)] == [175_000]


def test_money_that_moves_waits_for_an_approved_run(make: Make) -> None:
    award = paid_each(make, paid=False)
    award.bid.fund.pays_in_runs = True
    db.session.commit()
    for claim in list(award.bid.claims):
        award.certify(claim)
    plain = next(one for one in choices_for(award.bid.fund) if one.key == "plain_csv")
    run = run_operations.gather(award.bid.fund, plain, user=award.finance, now=LATER)
    run_operations.approve(run, user=award.other_finance, now=LATER, version=run.version)
    change = agreed_by_all(award, ask(award, lines=line(award, 0, 2), new_lines=[of_lead(award)]))
    with pytest.raises(Refused, match="A claim is checked and about to be paid"):
        act(changes.agree, change, decider(award))


def test_more_money_for_one_school_takes_nothing_from_another(make: Make) -> None:
    award = paid_each(make)
    with pytest.raises(Refused, match=r"a school that is paid would get less than now\. Enter £5,800\.00"):
        ask(award, new_lines=[of_lead(award, 16)], pence=310_000)
    less_there = {"lines": line(award, 0, 2), "new_lines": [of_lead(award, 12)]}
    with pytest.raises(Refused, match=r"Ask for that first, without more money"):
        ask(award, **less_there, pence=335_000)


def test_the_panel_never_awards_more_than_it_voted(make: Make) -> None:
    """A school’s part fell, what it had was written off, and the other’s can’t be paid of it."""
    award = paid_each(make)
    chair = decider(award)
    act(
        changes.agree,
        agreed_by_all(award, ask(award, lines=line(award, 0, 2), new_lines=[of_lead(award)])),
        chair,
    )
    (recovery,) = recoveries_of(award.bid)
    act(recoveries.approve, recovery, award.finance)
    act(recoveries.write_off, recovery, chair, reason="It closed.", authority="Minute 4")
    more = ask(award, lines=line(award, 3, 12), pence=335_000)
    item = put(award, more)
    item.meeting.state = MeetingState.IN_SESSION
    make.voted(item, *[FOR] * 5)
    db.session.commit()
    with pytest.raises(Refused, match=r"needs £2,100\.00, and the award grows by £350\.00 only"):
        decide(more, "award_more", chair)
    db.session.rollback()
    assert ledger.bid_totals(award.bid.id).committed == 300_000


# -- a school that is paid and leaves ------------------------------------------------------------------


def with_successor(award: Award, half_days: int = 16, **values: Any) -> tuple[ChangeRequest, User]:
    """The provider leaves, another school's staff take its place, and all have agreed; the other's head."""
    school = award.make.school("Elmwood")
    award.make.payee(school)
    head = award.make.member(school)
    new = NewLine(school.id, "Reading lead", staff_code="X1", half_days=half_days, day_rate_pence=35_000)
    joins, gone = Joins(school.id, Part.PROVIDER), award.bid.providers[0].id
    change = ask(award, new_lines=[new], joins=[joins], leaves=[gone], **values)
    act(changes.say_yes, change, award.releasing_head)
    act(changes.say_yes, change, head)
    return change, head


@pytest.mark.both_databases
@pytest.mark.parametrize(("half_days", "pence"), [(16, 286_000), (8, 146_000)])
def test_a_school_that_leaves_pays_back_what_it_was_paid_and_did_not_earn(
    make: Make, half_days: int, pence: int
) -> None:
    award = paid_each(make, 50)
    bid, (_lead, provider) = award.bid, schools(award)
    change, _head = with_successor(award, half_days, pence=pence)
    assert effect_of(change, LATER).back == 147_000
    act(changes.agree, change, decider(award))
    (recovery,) = recoveries_of(bid)
    assert (recovery.school, recovery.pence) == (provider, 147_000)
    assert shares(award) == {bid.lead_school.name: 6_000, "Elmwood": pence - 6_000, provider.name: 0}
    assert sum_of(bid).recovered == 0


def test_what_a_school_that_left_was_paid_keeps_the_bid_open(make: Make) -> None:
    award = paid_each(make, 50)
    change, _head = with_successor(award, 8, pence=146_000)
    act(changes.agree, change, decider(award))
    provider = recoveries_of(award.bid)[0].school
    terminate(award)
    recovery = recoveries_of(award.bid)[0]
    with pytest.raises(Refused, match=r"was paid and not earned"):
        act(recoveries.cancel, recovery, award.finance, reason="It left.")
    db.session.rollback()
    payee = sum_of(award.bid).of(provider)
    assert payee is not None
    assert (payee.sum.back, payee.missing) == (147_000, 0)


def test_what_comes_back_of_a_school_that_left_pays_its_successor(make: Make, sign_in: SignIn) -> None:
    award = paid_each(make)
    bid, path = award.bid, f"/bids/{award.bid.reference}/money"
    award.worked(date(2027, 1, 6))
    change, head = with_successor(award, 14, pence=286_000)  # £2,450 for it, £350 stay with the leaver
    assert effect_of(change, LATER) == (0, 259_000, 0, 245_000)
    chair = decider(award)
    assert "Waits until that is paid back" in sign_in(chair).get(change.path).text
    act(changes.agree, change, chair)
    assert sum_of(bid).waits == 245_000
    assert "£2,450.00 of the award waits" in sign_in(award.officer).get(path).text
    (recovery,) = recoveries_of(bid)
    act(recoveries.approve, recovery, award.finance)
    act(recoveries.receive, recovery, award.finance, payment_reference="BACS 7")
    totals = ledger.bid_totals(bid.id)
    assert (totals.committed, sum_of(bid).waits) == (286_000, 0)
    assert "of the award waits" not in sign_in(award.officer).get(path).text
    code = [one.staff_code for one in day_log.days_of_award(bid)].index("X1")
    days = [award.log(date(2027, 1, n), line=code, user=head) for n in (7, 8, 11, 12, 13, 14, 15)]
    award.confirm(*days)
    assert {claim.school.name: claim.pence for claim in award.ask_all()}["Elmwood"] == 245_000
    act(recoveries.ask_undo, recovery, award.finance, reason="Of another school.")
    act(recoveries.undo_receive, recovery, award.other_finance)
    totals = ledger.bid_totals(bid.id)
    assert (totals.committed, sum_of(bid).waits) == (300_000, 245_000)  # as before it came back


def test_a_bid_waits_to_close_for_money_that_pays_another_school(make: Make) -> None:
    award = paid_each(make)
    change = agreed_by_all(award, ask(award, lines=line(award, 0, 2), new_lines=[of_lead(award)]))
    act(changes.agree, change, decider(award))
    code = [one.staff_code for one in day_log.days_of_award(award.bid)].index("DH")
    where = award.bid.providers[0]
    days = [award.log(date(2027, 1, n), line=code, user=award.head, where=where) for n in (7, 8, 11)]
    award.confirm(*days, user=award.releasing_head)
    terminate(award)
    why = why_not_reconciled(award.bid)
    assert why == "£990.00 was earned and waits until another school has paid back what it owes."
    for recovery in recoveries_of(award.bid):
        if recovery.state is RecoveryState.REQUESTED:
            act(recoveries.approve, recovery, award.finance)
        act(recoveries.receive, recovery, award.finance, payment_reference=f"BACS {recovery.number}")
    assert (sum_of(award.bid).waits, ledger.bid_totals(award.bid.id).committed) == (0, 105_000)
    (claim,) = [one for one in award.bid.claims if one.state is ClaimState.SUBMITTED]
    assert (claim.school, claim.pence) == (award.bid.lead_school, 99_000)


# -- which money may support a school that joins -------------------------------------------------------


@pytest.mark.both_databases
@pytest.mark.parametrize("more_for_all", [0, 600_000])
def test_more_money_is_taken_from_lines_that_may_support_a_school_that_joins(
    make: Make, more_for_all: int
) -> None:
    award = an_award(make)
    bid = award.bid
    (held,) = bid.fund.allocations
    held.pays, held.carries_forward = ["maintained", "academy"], True
    make.allocation(bid.fund, 1_000_000, pays=["maintained"])
    free = ledger.by_line(bid.fund_id)[held.id].free - more_for_all
    ledger.cut(held, free, user=award.finance, now=LATER, minute="M 5")
    academy = make.school("Elmwood", type_code=34)
    head = make.member(academy)
    chair = decider(award)
    of_academy, cost = Joins(academy.id, Part.SUPPORTED), 34 * 35_000 // 2
    change = ask(award, new_lines=[of_lead(award, 34)], joins=[of_academy], pence=300_000 + cost)
    act(changes.say_yes, change, head)
    item = put(award, change)
    item.meeting.state = MeetingState.IN_SESSION
    make.voted(item, *[FOR] * 5)
    db.session.commit()
    if not more_for_all:
        with pytest.raises(Refused, match=r"^£5,950\.00 of this award is money that may not support Elmwood"):
            decide(change, "award_more", chair)
        db.session.rollback()
        return
    decide(change, "award_more", chair)
    awarded = {tuple(db.session.get_one(Allocation, n).pays): t for n, t in ledger.by_bid(bid.id).items()}
    assert [pays for pays, t in awarded.items() if t.awarded] == [("maintained", "academy")]
