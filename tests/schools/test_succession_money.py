"""What was paid keeps the school it was paid to, and who is told of another payee."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow import balances, ledger
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.letter import LetterStatus
from fundflow.models.payment import Claim, ClaimDay, ClaimKind
from fundflow.models.person import RoleName, Standing, User
from fundflow.models.school import School
from fundflow.payments.day_log import check_log, why_invoice_used
from fundflow.workflow.application import BidState as S
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
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

    def test_nobody_is_claimed_for_twice_under_the_old_urn_and_the_new(
        self, make: Make, session: Session, old: School, new: School, passing: Any
    ) -> None:
        bid = make.bid(state=S.IN_DELIVERY, provider=old)
        line = bid.backfill_lines[0]

        def day(of: Claim, school: School) -> None:
            session.add(
                ClaimDay(
                    claim=of,
                    line=line,
                    school_id=school.id,
                    staff_code="RL1",
                    day=date(2026, 12, 1),
                    half_days=2,
                    activity="Coaching",
                )
            )
            session.flush()

        day(claim(make, bid, kind=ClaimKind.BACKFILL), old)
        passing()
        session.expire_all()
        second = claim(
            make,
            bid,
            number=2,
            kind=ClaimKind.BACKFILL,
            state=ClaimState.DRAFT,
            paid_at=None,
            paid_by_id=None,
        )
        day(second, new)
        with pytest.raises(Refused, match="RL1 is claimed for already on 1 December 2026"):
            check_log(second)

    def test_the_same_code_at_two_schools_that_merged_is_two_people(
        self, make: Make, session: Session, old: School, new: School, passing: Any, officer: User
    ) -> None:
        other = make.school("Larkfield Juniors", status_code=2)
        bids = [make.bid(state=S.IN_DELIVERY, provider=school) for school in (old, other)]
        claims = [claim(make, bid, kind=ClaimKind.BACKFILL) for bid in bids]
        for of, school in zip(claims, (old, other), strict=True):
            session.add(
                ClaimDay(
                    claim=of,
                    line=of.bid.backfill_lines[0],
                    school_id=school.id,
                    staff_code="RL1",
                    day=date(2026, 12, 1),
                    half_days=2,
                    activity="Coaching",
                )
            )
        session.flush()
        passing()
        passing(old=other, holder=other)
        session.expire_all()
        for of in claims:
            check_log(of)

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
        again = claim(
            make, bid, invoice_reference="inv 7", state=ClaimState.DRAFT, paid_at=None, paid_by_id=None
        )
        assert why_invoice_used(again, "inv-7") is not None

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
