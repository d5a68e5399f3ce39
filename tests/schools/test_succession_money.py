"""What was paid keeps the school it was paid to, and who is told of another payee."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow import balances, ledger
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.letter import LetterStatus
from fundflow.models.person import RoleName, Standing, User
from fundflow.models.school import School
from fundflow.payments.day_log import why_counted_twice
from fundflow.payments.operations import why_invoice_used
from fundflow.payments.settling import days_to_confirm
from fundflow.workflow.application import BidState as S
from fundflow.workflow.claim import ClaimState
from tests.factories import NOW, Make
from tests.schools.successions import SignIn, asked, claim, letters_to


class TestMoney:
    def test_what_was_paid_keeps_the_old_school_in_claim_ledger_and_export(
        self, make: Make, session: Session, old: School, new: School, passing: Any, sign_in: SignIn
    ) -> None:
        bid = make.bid(state=S.IN_DELIVERY, lead=old)
        paid = claim(make, bid, payment_reference="P1", payee_urn=old.urn, payee_name=old.name)
        make.entry(bid, EntryKind.PAID, 100_000)
        session.scalars(select(LedgerEntry).where(LedgerEntry.kind == EntryKind.PAID))
        balances.add_entry(
            LedgerEntry(
                fund_id=bid.fund_id,
                allocation_id=bid.fund.allocations[0].id,
                bid_id=bid.id,
                claim_id=paid.id,
                kind=EntryKind.PAID,
                pence=1,
                at=NOW,
            )
        )
        before = ledger.bid_totals(bid.id)
        passing()
        session.expire_all()
        assert ledger.bid_totals(bid.id) == before
        assert paid.payee_words == f"Larkfield Infants (URN {old.urn})"
        client = sign_in(make.staff(RoleName.FINANCE))
        page = client.get(f"/bids/{bid.reference}/claims/{paid.id}").get_data(as_text=True)
        assert f"Larkfield Infants (URN {old.urn})" in page
        rows = client.get("/money/ledger.csv").get_data(as_text=True).splitlines()
        of_claim = next(row for row in rows if ",0.01," in row)
        assert f"Larkfield Infants,{old.urn}" in of_claim

    def test_a_claim_paid_before_payees_were_kept_gets_its_own(
        self, make: Make, session: Session, old: School, passing: Any
    ) -> None:
        paid = claim(make, make.bid(state=S.IN_DELIVERY, lead=old))
        passing()
        session.expire_all()
        assert (paid.payee_urn, paid.payee_name) == (old.urn, old.name)

    def test_a_claim_that_is_still_to_be_paid_is_paid_to_the_successor(
        self, make: Make, session: Session, old: School, new: School, passing: Any
    ) -> None:
        open_claim = claim(
            make,
            make.bid(state=S.IN_DELIVERY, lead=old),
            state=ClaimState.CERTIFIED,
            paid_at=None,
            paid_by_id=None,
        )
        passing()
        session.expire_all()
        assert open_claim.school is new
        assert open_claim.payee_words == f"Lark Academy (URN {new.urn})"

    def test_nobody_counts_twice_under_the_old_urn_and_the_new(
        self, make: Make, session: Session, old: School, new: School, passing: Any, officer: User
    ) -> None:
        bid = make.bid(state=S.IN_DELIVERY, provider=old)
        make.worked_day(bid)
        passing()
        session.expire_all()
        second = make.worked_day(bid, school_id=new.id)
        why = why_counted_twice(second, officer, NOW)
        assert why is not None
        assert why.startswith("RL1 is logged already")

    def test_the_same_code_at_two_schools_that_merged_is_two_people(
        self, make: Make, session: Session, old: School, new: School, passing: Any, officer: User
    ) -> None:
        other = make.school("Larkfield Juniors", status_code=2)
        bids = [make.bid(state=S.IN_DELIVERY, provider=school) for school in (old, other)]
        days = [make.worked_day(bid) for bid in bids]
        passing()
        passing(old=other, holder=other)
        session.expire_all()
        assert [why_counted_twice(entry, officer, NOW) for entry in days] == [None, None]

    def test_days_that_a_head_was_to_confirm_wait_for_the_successors(
        self, make: Make, session: Session, old: School, new: School, passing: Any
    ) -> None:
        bid = make.bid(state=S.IN_DELIVERY, provider=old)
        entry = make.worked_day(bid, confirms_id=old.id)
        passing()
        session.expire_all()
        head = make.member(new)
        assert days_to_confirm(bid, head, NOW) == [entry]

    def test_an_invoice_reference_stays_used_after_the_switch(
        self, make: Make, session: Session, old: School, new: School, passing: Any
    ) -> None:
        claim(
            make,
            make.bid(state=S.CLOSED, lead=old),
            invoice_reference="INV 7",
            invoice_school_id=old.id,
        )
        bid = make.bid(state=S.IN_DELIVERY, lead=old)
        passing()
        session.expire_all()
        assert why_invoice_used(bid, "inv-7") is not None

    def test_money_that_may_not_pay_an_academy_is_pointed_out(
        self, make: Make, session: Session, old: School, new: School, passing: Any, sign_in: SignIn
    ) -> None:
        fund = make.fund(allocated=0)
        make.allocation(fund, 1_000_000, pays=("maintained",))
        make.bid(state=S.IN_DELIVERY, fund=fund, lead=old)
        client = sign_in(make.staff(RoleName.ADMINISTRATOR))
        page = client.post(f"/schools/{old.urn}/succession", data=asked(new)).get_data(as_text=True)
        assert "which may not pay Lark Academy" in page
        make.staff(RoleName.FINANCE)
        passing()
        (letter,) = letters_to(session, "finance")
        assert "Schools forum (Minute 12), which may not pay Lark Academy" in letter.body


class TestLetters:
    def test_one_letter_lists_all_bids_to_the_successor_s_head(
        self, make: Make, session: Session, old: School, new: School, passing: Any
    ) -> None:
        head = make.member(new)
        make.member(new, Standing.TEAM)
        bids = [
            make.bid(state=S.IN_REVIEW, lead=old, title="One"),
            make.bid(state=S.DRAFT, lead=old, title="Two"),
        ]
        passing()
        (letter,) = letters_to(session, "school")
        assert (letter.email, letter.status) == (head.email, LetterStatus.QUEUED)
        assert letter.subject == "2 bids of Larkfield Infants have passed to your school"
        for bid in bids:
            assert f"{bid.reference}: {bid.title}" in letter.body
        assert f"Larkfield Infants (URN {old.urn})" in letter.body

    def test_officers_read_it_in_their_digest_without_what_they_may_not_see(
        self, make: Make, session: Session, old: School, passing: Any, officer: User
    ) -> None:
        colleague = make.staff(RoleName.DEPUTY_OFFICER)
        sent, draft = make.bid(state=S.IN_REVIEW, lead=old, officer=officer), make.bid(lead=old)
        passing()
        letters = {letter.email: letter for letter in letters_to(session, "officer")}
        assert officer.email not in letters  # who did it knows
        assert letters[colleague.email].status is LetterStatus.IN_DIGEST
        assert sent.reference in letters[colleague.email].body
        assert draft.reference not in letters[colleague.email].body

    def test_finance_hears_of_awards_alone(
        self, make: Make, session: Session, old: School, passing: Any
    ) -> None:
        make.staff(RoleName.FINANCE)
        make.bid(state=S.IN_REVIEW, lead=old)
        award = make.bid(state=S.IN_DELIVERY, lead=old)
        passing()
        (letter,) = letters_to(session, "finance")
        assert letter.subject == "1 bid of Larkfield Infants passed to Lark Academy: another payee"
        assert letter.bid_id == award.id
