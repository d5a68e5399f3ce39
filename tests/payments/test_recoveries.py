"""What was paid and not earned comes back, is taken off a payment, let go or written off."""

from datetime import date, timedelta

import pytest

from fundflow import ledger
from fundflow.impact import operations as impact
from fundflow.models.impact import Rag
from fundflow.models.ledger_entry import EntryKind
from fundflow.models.letter import Letter
from fundflow.models.payment import Claim
from fundflow.models.person import RoleName, SeatPosition, User
from fundflow.models.recovery import Ground, Recovery
from fundflow.payments import operations, recoveries
from fundflow.rules.award_sums import sum_of
from fundflow.rules.claims import why_nothing_claimed
from fundflow.rules.recoveries import recoveries_of
from fundflow.steps import AlreadyTaken, Stale, take_and_commit
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.recovery import RecoveryState
from tests.factories import Make
from tests.payments.conftest import LATER, Award, SignIn, an_award, url
from tests.scenes import scene

WEEKS = [date(2027, 1, day) for day in (4, 5, 6, 7, 8, 11)]


def paid_award(make: Make, advance: int = 100) -> Award:
    """A £3,000 award of which a share is paid on acceptance: £350 a day, and £240 with 40 % on top."""
    award = an_award(make, advance=advance)
    award.pay(award.certify(award.advance(3_000 * advance)))
    return award


def accept_report(award: Award, user: User | None = None) -> None:
    award.bid.state, report = BidState.IN_MONITORING, award.bid.report
    assert report is not None
    report.state = ReturnState.SUBMITTED
    award.make.session.commit()
    impact.accept_report(
        report,
        rag=Rag.GREEN,
        reason="The figures came late.",
        user=user or award.make.staff(RoleName.IMPACT_OFFICER),
        now=LATER,
        version=report.version,
    )


def terminate(award: Award) -> None:
    bid = award.bid
    bid.termination_asked_at, bid.termination_reason = LATER, "The provider stopped."
    panel = award.make.panel(bid.fund)
    award.make.session.commit()
    operations.terminate(bid, reason="It can’t go on.", user=panel[0].user, now=LATER, version=bid.version)


def an_award_that_is_over(make: Make) -> Award:
    """£3,000 paid; 6 days at £350 and 2 at £336 done, £2,772; the report accepted."""
    award = paid_award(make)
    award.worked(*WEEKS)
    award.worked(*WEEKS[:2], line=1)
    accept_report(award)
    return award


over = scene(an_award_that_is_over)


def one_of(award: Award) -> Recovery:
    (recovery,) = recoveries_of(award.bid)
    return recovery


def asked(award: Award) -> Recovery:
    recovery = one_of(award)
    recoveries.approve(recovery, user=award.finance, now=LATER, version=recovery.version)
    return recovery


def letters_to(award: Award, recipient: str) -> list[Letter]:
    query = award.make.session.query(Letter).filter_by(bid_id=award.bid.id, recipient=recipient)
    return query.order_by(Letter.id).all()


def test_an_accepted_report_opens_a_recovery_of_what_was_not_earned(over: Award) -> None:
    recovery = one_of(over)
    assert (recovery.pence, recovery.state) == (22_800, RecoveryState.REQUESTED)
    assert ledger.bid_totals(over.bid.id).released == 0
    told = letters_to(over, "finance")[-1]
    assert "Approve the recovery of £228.00 that was paid and not earned." in told.body
    assert "£228.00 was paid and not earned." in letters_to(over, "school")[-1].body


def test_what_is_released_leaves_the_line_that_is_spent_first(make: Make) -> None:
    """£3,000 awarded, £1,000 of it from a line that carries forward; one day of £350 is earned and unpaid."""
    award = an_award(make)
    bid, (lapsing,) = award.bid, award.bid.fund.allocations
    carried = make.allocation(bid.fund, 100_000, carries_forward=True)
    entry = make.history(bid, now=LATER)
    for kind, line in ((EntryKind.MOVED_OUT, lapsing), (EntryKind.MOVED_IN, carried)):
        ledger._enter_parts(kind, bid, [(line, 100_000)], entry, None)
    award.worked()
    accept_report(award)
    left = {line: totals.outstanding for line, totals in ledger.by_bid(bid.id).items()}
    assert left == {lapsing.id: 35_000, carried.id: 0}


def test_it_comes_back_to_the_ledger_and_the_bid_closes_at_what_was_earned(over: Award) -> None:
    recovery = asked(over)
    assert recovery.due_on == LATER.date() + timedelta(days=30)
    letter = letters_to(over, "payee")[-1]
    assert "please pay back £228 by 19 February" in letter.subject
    assert "- Earned by confirmed days and by costs with a receipt: £2,772.00" in letter.body
    recoveries.invoice(
        recovery, invoice_number="INV-9", user=over.finance, now=LATER, version=recovery.version
    )
    recoveries.receive(
        recovery, payment_reference="IN 1", user=over.finance, now=LATER, version=recovery.version
    )
    found, totals = sum_of(over.bid), ledger.bid_totals(over.bid.id)
    assert (found.whole.paid, found.whole.back, found.to_come) == (277_200, 0, 0)
    assert (totals.committed, totals.paid, totals.outstanding) == (277_200, 277_200, 0)


def test_whoever_opened_it_does_not_decide_about_it(make: Make) -> None:
    award = paid_award(make)
    both = make.staff(RoleName.IMPACT_OFFICER)
    make.role(both, RoleName.FINANCE)
    accept_report(award, both)
    recovery = one_of(award)
    with pytest.raises(Refused, match="You opened this recovery, so another person must decide"):
        recoveries.approve(recovery, user=both, now=LATER, version=recovery.version)
    with pytest.raises(Refused, match="You opened this recovery"):
        recoveries.let_go(recovery, reason="Small", user=both, now=LATER, version=recovery.version)


def test_finance_lets_small_sums_go_and_no_more(over: Award) -> None:
    recovery = one_of(over)
    with pytest.raises(Refused, match="Finance can let go up to £50 of an award"):
        recoveries.let_go(recovery, reason="Small", user=over.finance, now=LATER, version=recovery.version)
    over.bid.fund.let_go_pence = 22_800
    over.make.session.commit()
    recoveries.let_go(recovery, reason="Small", user=over.finance, now=LATER, version=recovery.version)
    found = sum_of(over.bid)
    assert (found.let_go, found.missing, found.whole.back) == (22_800, 0, 22_800)
    assert ledger.bid_totals(over.bid.id).recovered == 0


def test_what_was_let_go_before_counts_towards_a_small_sum(make: Make) -> None:
    award = paid_award(make)
    first, second = (open_one(award, pence, award.officer) for pence in (3_000, 2_001))
    recoveries.let_go(first, reason="Small", user=award.finance, now=LATER, version=first.version)
    with pytest.raises(Refused, match="Finance can let go up to £50 of an award"):
        recoveries.let_go(second, reason="Small", user=award.finance, now=LATER, version=second.version)


def test_what_was_not_earned_cannot_be_cancelled(over: Award) -> None:
    recovery = one_of(over)
    with pytest.raises(Refused, match=r"£228.00 was paid and not earned"):
        recoveries.cancel(recovery, reason="No", user=over.finance, now=LATER, version=recovery.version)


def test_it_is_written_off_by_who_decides_with_authority(over: Award) -> None:
    recovery = asked(over)
    with pytest.raises(Refused, match="Only"):
        recoveries.write_off(
            recovery, authority="M 1", reason="Gone", user=over.finance, now=LATER, version=recovery.version
        )
    panel = over.make.panel(over.bid.fund)
    recoveries.write_off(
        recovery, authority="M 1", reason="Gone", user=panel[0].user, now=LATER, version=recovery.version
    )
    assert (recovery.state, recovery.authority) == (RecoveryState.WRITTEN_OFF, "M 1")
    assert sum_of(over.bid).let_go == 22_800


def test_a_second_click_asks_once(over: Award) -> None:
    recovery = one_of(over)
    seen = recovery.version
    recoveries.approve(recovery, user=over.finance, now=LATER, version=seen)
    with pytest.raises(AlreadyTaken):
        recoveries.approve(recovery, user=over.finance, now=LATER, version=seen)
    with pytest.raises(Stale):
        recoveries.approve(recovery, user=over.other_finance, now=LATER, version=seen)


def another_award(over: Award) -> Claim:
    """A checked claim of £1,050 by the same school, of the same fund."""
    over.bid.fund.lean_advance_percent = 0
    bid = over.make.bid(
        state=BidState.IN_DELIVERY, fund=over.bid.fund, lead=over.bid.lead_school, leader=over.head
    )
    other = Award(over.make, bid, over.head, over.officer, over.finance, over.other_finance)
    over.make.session.commit()
    return other.certified(date(2027, 1, 12), date(2027, 1, 13), date(2027, 1, 14))


def test_it_is_taken_off_a_payment_to_the_same_school(over: Award) -> None:
    recovery, claim = asked(over), another_award(over)
    assert claim.pence == 105_000
    recoveries.set_against(recovery, claim.id, user=over.finance, now=LATER, version=recovery.version)
    assert sum_of(over.bid).to_come == 22_800
    with pytest.raises(Refused, match="Undo that first"):
        refuse(claim, over)
    over.pay(claim)
    assert recovery.state is RecoveryState.RECOVERED
    assert ledger.bid_totals(over.bid.id).paid == 277_200
    assert ledger.bid_totals(claim.bid_id).paid == 105_000  # both in full
    letter = over.make.session.query(Letter).filter_by(bid_id=claim.bid_id, recipient="school").all()[-1]
    assert "£228.00 that was to come back" in letter.body
    assert "£822.00 is paid out." in letter.body


def refuse(claim: Claim, award: Award) -> None:
    given = {"reason": "No"}
    take_and_commit(claim, "refuse", user=award.finance, now=LATER, version=claim.version, given=given)


def test_what_was_misused_is_taken_off_a_payment_of_the_same_award(make: Make) -> None:
    """£350 was paid, £100 of it misused, and £700 earned since: £700 less £100 is paid out."""
    award = an_award(make)
    award.pay(award.certified(date(2027, 1, 6)))
    claim = award.certified(date(2027, 1, 7), date(2027, 1, 8))
    recovery = open_one(award, 10_000)
    recoveries.approve(recovery, user=award.other_finance, now=LATER, version=recovery.version)
    recoveries.set_against(recovery, claim.id, user=award.finance, now=LATER, version=recovery.version)
    award.pay(claim)
    assert (recovery.state, claim.state) == (RecoveryState.RECOVERED, ClaimState.PAID)
    found = sum_of(award.bid)
    assert (found.whole.paid, found.whole.earned, found.to_come) == (95_000, 105_000, 0)


def test_it_can_be_put_back_before_the_payment(over: Award) -> None:
    recovery, claim = asked(over), another_award(over)
    recoveries.set_against(recovery, claim.id, user=over.finance, now=LATER, version=recovery.version)
    recoveries.put_back(
        recovery, reason="They pay it", user=over.finance, now=LATER, version=recovery.version
    )
    over.pay(claim)
    assert (recovery.state, recovery.claim_id) == (RecoveryState.ASKED_FOR, None)


def test_it_is_taken_off_no_payment_that_is_too_small_or_anothers(over: Award, make: Make) -> None:
    recovery = asked(over)
    other = an_award(make)
    foreign = other.certified(date(2027, 1, 12))
    with pytest.raises(Refused, match="can no longer be chosen"):
        recoveries.set_against(recovery, foreign.id, user=over.finance, now=LATER, version=recovery.version)


def test_a_page_made_before_something_was_taken_off_pays_nothing(over: Award) -> None:
    recovery, claim = asked(over), another_award(over)
    seen = claim.version
    recoveries.set_against(recovery, claim.id, user=over.finance, now=LATER, version=recovery.version)
    with pytest.raises(Stale):
        operations.pay(claim, payment_reference="B", user=over.finance, now=LATER, version=seen)


# -- the funding is stopped ----------------------------------------------------------------------------


def test_stopping_releases_what_is_unpaid_and_asks_back_what_was_not_earned(make: Make) -> None:
    award = paid_award(make, advance=50)
    award.worked(*WEEKS[:2])
    terminate(award)
    totals = ledger.bid_totals(award.bid.id)
    assert (totals.released, totals.outstanding) == (150_000, 0)
    assert one_of(award).pence == 150_000 - 70_000
    assert "£800.00 is to come back" in letters_to(award, "school")[-1].body


def test_what_was_earned_before_the_stop_is_paid_after_it(make: Make) -> None:
    award = paid_award(make, advance=50)
    award.worked(*WEEKS)
    terminate(award)
    claim = award.bid.claims[-1]
    assert (claim.pence, claim.state) == (60_000, ClaimState.SUBMITTED)
    award.pay(award.certify(claim))
    totals = ledger.bid_totals(award.bid.id)
    assert (totals.paid, totals.released, totals.outstanding) == (210_000, 90_000, 0)


def test_days_that_waited_at_the_stop_are_paid_once_confirmed(make: Make) -> None:
    award = an_award(make)
    logged = [award.log(day) for day in WEEKS[:2]]
    terminate(award)
    assert ledger.bid_totals(award.bid.id).outstanding == 70_000
    assert not award.bid.claims
    award.confirm(logged[0])
    award.strike_out(logged[1], award.officer)
    (claim,) = award.bid.claims
    assert claim.pence == 35_000
    assert ledger.bid_totals(award.bid.id).outstanding == 35_000
    with pytest.raises(Refused, match="until the funding ends"):
        award.log(WEEKS[2])


# -- not spent as agreed ------------------------------------------------------------------------------


def open_one(award: Award, pence: int, user: User | None = None) -> Recovery:
    return recoveries.open_recovery(
        award.bid,
        school_id=award.bid.lead_school_id,
        ground=Ground.MISUSED,
        pence=pence,
        reason="A laptop was bought",
        user=user or award.finance,
        now=LATER,
        version=award.bid.version,
    )


def test_money_not_spent_as_agreed_is_asked_back_and_not_advanced_again(make: Make) -> None:
    award = paid_award(make, advance=50)
    recovery = open_one(award, 50_000)
    recoveries.approve(recovery, user=award.other_finance, now=LATER, version=recovery.version)
    recoveries.receive(
        recovery, payment_reference="IN", user=award.finance, now=LATER, version=recovery.version
    )
    assert (sum_of(award.bid).whole.paid, sum_of(award.bid).due) == (100_000, 0)
    award.worked(*WEEKS)  # £2,100: of the £2,500 that are left of the award half of £3,000 is kept
    assert sum_of(award.bid).due == 0


def test_no_more_is_asked_back_than_was_paid(make: Make) -> None:
    award = paid_award(make, advance=50)
    with pytest.raises(Refused, match=r"At most £1,500.00"):
        open_one(award, 150_001)
    open_one(award, 150_000)
    with pytest.raises(Refused, match="Nothing that was paid on this award can be asked back"):
        open_one(award, 1)


def test_only_the_officer_and_finance_open_one(make: Make) -> None:
    award = paid_award(make, advance=50)
    for user in (award.head, award.releasing_head, make.staff(RoleName.AUDITOR)):
        with pytest.raises(Refused, match="Only the liaison officer or finance"):
            open_one(award, 1, user)
    assert open_one(award, 1, award.officer).opened_by_id == award.officer.id


def test_a_misuse_that_stands_when_the_award_settles_is_not_lost_to_the_ledger(make: Make) -> None:
    """£500 asked back leaves the award of £3,000: of £2,772 done £2,500 is earned. Cancelled, all is."""
    for end, paid, released in (("receive", 250_000, 0), ("cancel", 277_200, 22_800)):
        award = paid_award(make, advance=50)
        recovery = open_one(award, 50_000)
        award.worked(*WEEKS)
        award.worked(*WEEKS[:2], line=1)
        accept_report(award)
        (_, claim) = award.bid.claims
        assert claim.pence == 100_000
        award.pay(award.certify(claim))
        if end == "receive":
            recoveries.approve(recovery, user=award.other_finance, now=LATER, version=recovery.version)
            recoveries.receive(
                recovery, payment_reference="IN", user=award.finance, now=LATER, version=recovery.version
            )
        else:
            recoveries.cancel(
                recovery, reason="Mistaken", user=award.finance, now=LATER, version=recovery.version
            )
        make.session.refresh(award.bid, ["claims"])
        award.pay(award.certify(award.bid.claims[-1]))  # raised as it ended
        totals = ledger.bid_totals(award.bid.id)
        assert (totals.paid, totals.released, totals.outstanding) == (paid, released, 0)


def test_nobody_asks_back_what_days_that_wait_would_earn(make: Make) -> None:
    award = paid_award(make, advance=50)
    logged = [award.log(day) for day in WEEKS[:3]]
    award.confirm(logged[0])
    terminate(award)
    assert one_of(award).pence == 150_000 - 105_000
    with pytest.raises(Refused, match=r"At most £0.00"):
        recoveries.open_recovery(
            award.bid,
            school_id=award.bid.lead_school_id,
            ground=Ground.NOT_EARNED,
            pence=70_000,
            reason="Again",
            user=award.finance,
            now=LATER,
            version=award.bid.version,
        )
    assert "Approve the recovery of £450.00" in letters_to(award, "finance")[-1].body


def test_the_decision_maker_who_stopped_the_funding_may_write_off(make: Make) -> None:
    award = paid_award(make, advance=50)
    terminate(award)
    recovery = asked(award)
    chair = next(seat.user for seat in award.bid.fund.seats if seat.position is SeatPosition.CHAIR)
    recoveries.write_off(
        recovery, authority="M 2", reason="Gone", user=chair, now=LATER, version=recovery.version
    )
    assert recovery.state is RecoveryState.WRITTEN_OFF


def test_what_the_school_is_asked_about_is_not_paid_before_it_answers(make: Make) -> None:
    """With half of the award kept, the days asked about would be covered by the rest."""
    award = paid_award(make, advance=50)
    award.worked(*WEEKS)  # £2,100 earned, £1,500 may be paid
    award.worked(*WEEKS[:2], line=1)
    accept_report(award)
    (_, claim) = award.bid.claims
    assert (claim.pence, len(claim.days)) == (127_200, 8)
    operations.dispute(
        claim,
        days={claim.days[0].id},
        reason="Which class?",
        user=award.officer,
        now=LATER,
        version=claim.version,
    )
    assert claim.pence == 92_200
    award.pay(award.certify(claim))
    assert sum_of(award.bid).due == 0
    assert ledger.bid_totals(award.bid.id).outstanding == 35_000
    (parted,) = claim.parted
    operations.answer(parted, answer="Year 2", user=award.head, now=LATER, version=parted.version)
    award.pay(award.certify(parted))
    assert ledger.bid_totals(award.bid.id).paid == 277_200


def test_a_claim_of_which_nothing_is_due_ends_with_the_report(make: Make) -> None:
    award = an_award(make, advance=100)
    award.advance(300_000)
    accept_report(award)
    (claim,) = award.bid.claims
    assert claim.state is ClaimState.REFUSED
    assert "nothing of this claim is due any more" in letters_to(award, "officer")[-1].subject


def test_a_school_sees_a_recovery_once_it_is_approved(over: Award, sign_in: SignIn) -> None:
    recovery = one_of(over)
    head = sign_in(over.head)
    assert head.get(recovery.path).status_code == 404
    assert "Recovery 1:" not in head.get(f"/bids/{over.bid.reference}/money").text
    recoveries.approve(recovery, user=over.finance, now=LATER, version=recovery.version)
    assert head.get(recovery.path).status_code == 200
    assert "Recovery 1:" in head.get(f"/bids/{over.bid.reference}/money").text


def test_no_bank_details_in_a_reason(over: Award) -> None:
    recovery = one_of(over)
    over.bid.fund.let_go_pence = 50_000
    with pytest.raises(Refused, match="ank details"):
        recoveries.let_go(
            recovery,
            reason="Sort code 12-34-56",
            user=over.finance,
            now=LATER,
            version=recovery.version,
        )


# -- pages --------------------------------------------------------------------------------------------


def test_finance_finds_it_on_my_work_and_the_money_page_and_asks_for_it(over: Award, sign_in: SignIn) -> None:
    recovery = one_of(over)
    client = sign_in(over.finance)
    work = client.get("/work").text
    assert "Ask for money back" in work
    assert "£228 to come back" in work
    waiting = f"/money/waiting/{over.bid.fund_id}/back-to-approve"
    assert f"{over.bid.reference}/R1" in client.get(waiting).text
    assert "Recovery 1:" in client.get(f"/bids/{over.bid.reference}/money").text
    page = client.get(recovery.path).text
    assert "Ask for the money back" in page
    assert "Finance can let go up to £50 of an award." in page
    answer = client.post(f"{recovery.path}/steps/approve", data={"version": recovery.version})
    assert answer.status_code == 302
    head = sign_in(over.head)
    shown = head.get(recovery.path).text
    assert "To be paid back by" in shown
    assert "What you can do now" not in shown
    assert head.post(f"{recovery.path}/steps/receive", data={}).status_code == 409


def test_the_payment_to_take_it_off_is_chosen_on_a_page(over: Award, sign_in: SignIn) -> None:
    recovery, claim = asked(over), another_award(over)
    client = sign_in(over.finance)
    address = f"{recovery.path}/steps/set-against"
    assert f"{claim.reference}, {over.bid.lead_school.name}: £1,050.00 to pay" in client.get(address).text
    assert client.post(address, data={"version": recovery.version}).status_code == 422
    chosen = {"claim": claim.id, "version": recovery.version}
    assert client.post(address, data=chosen).status_code == 302
    page = client.get(url(claim)).text
    assert "To pay out" in page
    assert "£822.00" in page
    to_pay = client.get(f"/money/waiting/{over.bid.fund_id}/to-pay").text
    assert "without £228.00 that comes back" in to_pay
    for shown in (recovery.path, f"/bids/{recovery.bid.reference}/money"):
        page = client.get(shown).text
        assert claim.reference in page
        assert "To be paid back by" not in page
    pay = {"payment_reference": "BACS 7", "version": claim.version}
    assert client.post(url(claim, "/steps/pay"), data=pay).status_code == 302
    assert recovery.state is RecoveryState.RECOVERED


def test_money_not_spent_as_agreed_is_asked_back_on_a_page(make: Make, sign_in: SignIn) -> None:
    award = paid_award(make, advance=50)
    client = sign_in(award.finance)
    address = f"/bids/{award.bid.reference}/recoveries/new"
    assert "£1,500.00 paid" in client.get(address).text
    form = {
        "school": award.bid.lead_school_id,
        "ground": "misused",
        "pence": "1,600",
        "reason": "A laptop",
        "version": award.bid.version,
    }
    refused = client.post(address, data=form)
    assert "At most £1,500.00" in refused.text
    assert "A laptop" in refused.text
    assert client.post(address, data={**form, "school": "9999"}).status_code == 422
    assert client.post(address, data={**form, "pence": "160"}).status_code == 302
    assert one_of(award).pence == 16_000
    assert client.post(address, data={**form, "pence": "160"}).status_code == 302  # a second click
    assert one_of(award).pence == 16_000


def test_a_recovery_changes_the_schools_sum_once_it_is_approved(over: Award, sign_in: SignIn) -> None:
    """£3,000 paid, £2,772 earned; £20 of it not spent as agreed, which one person has asked for so far."""
    one = one_of(over)
    recoveries.approve(one, user=over.other_finance, now=LATER, version=one.version)
    found = open_one(over, 2_000)
    client, page = sign_in(over.head), f"/bids/{over.bid.reference}/money"
    before = client.get(page).text
    assert "not spent as agreed" not in before
    assert "£3,000.00" in before
    assert sum_of(over.bid).to_come == 24_800
    recoveries.approve(found, user=over.other_finance, now=LATER, version=found.version)
    after = client.get(page).text
    assert "Award, less £20.00 not spent as agreed" in after
    assert "What comes back" in after


def test_a_claim_that_waits_for_the_final_report_is_not_to_be_refused(make: Make) -> None:
    """£2,436 earned; of £3,000 a fifth is kept, and £2,400 is paid."""
    award = an_award(make, advance=50, half_time=30)
    award.worked(*WEEKS)
    award.worked(WEEKS[0], line=1)
    award.pay(award.certify(paid := award.advance(240_000)))
    claim = Claim(bid=award.bid, school=award.bid.lead_school, number=2, kind=paid.kind, pence=0)
    claim.created_at = claim.submitted_at = LATER
    make.session.add(claim)
    make.session.commit()
    assert why_nothing_claimed(claim) == (
        "Nothing of this claim is due yet: £600.00 of the award is kept until the final report is accepted. "
        "What it asks for is paid then."
    )
