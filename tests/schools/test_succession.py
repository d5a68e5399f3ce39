"""A school closes: what is live passes to its successor; what ended, was frozen or was paid does not."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fundflow import ledger
from fundflow.models.area import SchoolLink, Succession
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.confirmation import Confirmation
from fundflow.models.history import HistoryEntry
from fundflow.models.late_entry import LateEntry
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.payment import Claim, ClaimDay, ClaimKind
from fundflow.models.person import RoleName, Standing, User
from fundflow.models.school import School
from fundflow.payments.day_log import check_log, why_invoice_used
from fundflow.permissions import visible_to
from fundflow.schools.operations.succession import Wanted, bid_ids, pass_on, stamp
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.application import BidState as S
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.confirmation import ConfirmationState
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make

SignIn = Callable[[User | None], FlaskClient]
LIVE = (S.DRAFT, S.SUBMITTED, S.IN_REVIEW, S.RETURNED, S.AT_PANEL, S.DEFERRED, S.OFFERED, S.IN_DELIVERY,
        S.SUSPENDED, S.IN_MONITORING)  # fmt: skip
ENDED = tuple(state for state in S if state not in LIVE)


@pytest.fixture
def old(make: Make) -> School:
    return make.school("Larkfield Infants", status_code=2, closed_on=date(2026, 8, 31))


@pytest.fixture
def new(make: Make) -> School:
    return make.school("Lark Academy", type_code=34)


@pytest.fixture
def officer(make: Make) -> User:
    return make.staff(RoleName.OFFICER, "Olive Officer")


@pytest.fixture
def passing(old: School, new: School, officer: User) -> Callable[..., Succession]:
    """Pass the bids on as the page does, with what it showed."""

    def act(**changes: Any) -> Succession:
        chosen = {"old": old, "new": new, "user": officer, "now": NOW, "holder": old, **changes}
        wanted = Wanted(chosen["old"], chosen["holder"], chosen["new"], "It became an academy.")
        seen = changes.get("seen") or stamp(bid_ids(wanted.old, wanted.holder))
        return pass_on(wanted, seen=seen, user=chosen["user"], now=chosen["now"])

    return act


def letters_to(session: Session, recipient: str) -> list[Letter]:
    query = select(Letter).where(Letter.recipient == recipient, Letter.key.startswith("succession:"))
    return list(session.scalars(query.order_by(Letter.id)))


def link(session: Session, school: School, to: School, kind: str = "Successor") -> None:
    session.add(SchoolLink(school_id=school.id, link_urn=to.urn, link_name=to.name, link_type=kind,
                           established_on=date(2026, 9, 1)))  # fmt: skip
    session.flush()


def claim(make: Make, bid: Bid, **values: Any) -> Claim:
    given = {"bid": bid, "number": 1, "kind": ClaimKind.ADVANCE, "state": ClaimState.PAID, "pence": 100_000,
             "created_at": NOW, "paid_at": NOW, "certified_by_id": make.user().id,
             "paid_by_id": make.user().id, **values}  # fmt: skip
    added = Claim(**given)
    make.session.add(added)
    make.session.flush()
    return added


class TestWhatPasses:
    @pytest.mark.parametrize("state", LIVE)
    def test_a_live_bid_is_led_by_the_successor(
        self, make: Make, session: Session, old: School, new: School, passing: Any, state: S
    ) -> None:
        bid = make.bid(state=state, lead=old)
        before = bid.version
        passing()
        session.expire_all()
        assert (bid.lead_school, bid.state) == (new, state)
        assert bid.version > before

    @pytest.mark.parametrize("state", ENDED)
    def test_a_bid_that_ended_stays_with_the_old_school(
        self, make: Make, session: Session, old: School, passing: Any, state: S
    ) -> None:
        ended = make.bid(state=state, lead=old)
        make.bid(state=S.SUBMITTED, lead=old)
        passing()
        session.expire_all()
        assert ended.lead_school is old

    def test_a_partner_s_place_its_backfill_and_its_confirmation_pass_too(
        self, make: Make, session: Session, old: School, new: School, passing: Any
    ) -> None:
        head = make.member(new, name="Nora New")
        bid = make.bid(state=S.IN_REVIEW, provider=old)
        passing()
        session.expire_all()
        (partner,) = bid.partners
        assert (partner.school, partner.part) == (new, Part.PROVIDER)
        assert (partner.contact_name, partner.contact_email) == ("Nora New", head.email)
        assert {line.school for line in bid.backfill_lines} == {new}
        (confirmation,) = bid.confirmations
        assert (confirmation.school, confirmation.state) == (new, ConfirmationState.ASKED)

    def test_feedback_still_to_give_is_the_successor_s_and_given_feedback_is_not(
        self, make: Make, session: Session, old: School, new: School, passing: Any
    ) -> None:
        waiting = make.bid(state=S.IN_MONITORING, lead=old)
        given = make.bid(state=S.IN_MONITORING, lead=old)
        given.feedback[0].given_at = NOW
        passing()
        session.expire_all()
        assert waiting.feedback[0].school is new
        assert given.feedback[0].school is old

    def test_frozen_copies_are_not_touched(
        self, make: Make, session: Session, old: School, passing: Any
    ) -> None:
        from fundflow.models.review import Submission

        bid = make.bid(state=S.AT_PANEL, lead=old)
        frozen = select(Submission.answers, Submission.sha256).where(Submission.bid_id == bid.id)
        before = session.execute(frozen).all()
        passing()
        assert session.execute(frozen).all() == before
        assert old.urn in before[0].answers

    def test_each_bid_s_history_names_both_schools_with_their_urns_once(
        self, make: Make, session: Session, old: School, new: School, passing: Any, officer: User
    ) -> None:
        bids = [make.bid(state=S.IN_REVIEW, lead=old), make.bid(state=S.IN_DELIVERY, provider=old)]
        passing()
        for bid in bids:
            (entry,) = session.scalars(
                select(HistoryEntry).where(HistoryEntry.bid_id == bid.id, HistoryEntry.step == "pass_on")
            )
            for words in (old.name, f"URN {old.urn}", new.name, f"URN {new.urn}", "It became an academy."):
                assert words in entry.reason
            assert (entry.user_id, entry.internal) == (officer.id, False)
            assert entry.from_state == entry.to_state == bid.state.value

    def test_a_school_let_into_a_closed_round_stays_let_in(
        self, make: Make, session: Session, old: School, new: School, passing: Any, officer: User
    ) -> None:
        bid = make.bid(lead=old)
        session.add(LateEntry(round_id=bid.round_id, school_id=old.id, until=NOW + timedelta(days=3),
                              reason="A burst pipe", by_id=officer.id, at=NOW))  # fmt: skip
        passing()
        assert LateEntry.lets_in(bid.round_id, new.id, NOW)

    def test_the_successor_joins_the_patch_and_the_clusters_but_gets_no_tier(
        self, make: Make, session: Session, old: School, new: School, passing: Any
    ) -> None:
        patch, cluster = make.patch("North", old), make.cluster("Canal", old)
        make.bid(lead=old)
        passing()
        session.expire_all()
        assert new.patch_id == patch.id
        assert {member.school for member in cluster.members} == {old, new}


class TestMergers:
    def test_a_partner_that_becomes_the_lead_is_no_partner_any_more(
        self, make: Make, session: Session, old: School, new: School, passing: Any
    ) -> None:
        bid = make.bid(state=S.IN_DELIVERY, lead=old, provider=new)
        passing()
        session.expire_all()
        assert (bid.lead_school, bid.partners) == (new, [])
        entry = session.scalar(select(HistoryEntry).where(HistoryEntry.step == "pass_on"))
        assert entry is not None
        assert "it is the lead school now and no partner" in entry.reason
        assert "No other school is left in the bid." in entry.reason

    def test_a_partner_that_merges_into_the_lead_is_no_partner_any_more(
        self, make: Make, session: Session, old: School, new: School, passing: Any
    ) -> None:
        bid = make.bid(state=S.IN_REVIEW, lead=new, provider=old)
        passing()
        session.expire_all()
        assert (bid.lead_school, bid.partners) == (new, [])
        assert {line.school for line in bid.backfill_lines} == {new}

    @pytest.mark.parametrize(("old_part", "new_part", "joined"), [
        (Part.PROVIDER, Part.PARTNER, Part.PROVIDER), (Part.PARTNER, Part.PROVIDER, Part.PROVIDER),
        (Part.SUPPORTED, Part.PARTNER, Part.SUPPORTED), (Part.SUPPORTED, Part.PROVIDER, Part.PROVIDER),
    ])  # fmt: skip
    def test_two_partners_that_merge_become_one_with_the_weightier_part(
        self, make: Make, session: Session, old: School, new: School, passing: Any,
        old_part: Part, new_part: Part, joined: Part,
    ) -> None:  # fmt: skip
        bid = make.bid(state=S.IN_REVIEW, provider=make.school())
        bid.partners += [Partner(school=old, part=old_part), Partner(school=new, part=new_part)]
        session.flush()
        passing()
        session.expire_all()
        assert [(p.school, p.part) for p in bid.partners[1:]] == [(new, joined)]

    def test_two_supported_schools_that_merge_are_asked_for_feedback_once(
        self, make: Make, session: Session, old: School, new: School, passing: Any
    ) -> None:
        from fundflow.models.impact import Feedback

        bid = make.bid(state=S.IN_MONITORING)
        bid.partners += [Partner(school=s, part=Part.SUPPORTED) for s in (old, new)]
        session.add_all(Feedback(bid_id=bid.id, school_id=s.id, asked_at=NOW) for s in (old, new))
        session.flush()
        passing()
        asked = session.scalars(select(Feedback.school_id).where(Feedback.bid_id == bid.id)).all()
        assert asked.count(new.id) == 1


class TestMoney:
    def test_what_was_paid_keeps_the_old_school_in_claim_ledger_and_export(
        self, make: Make, session: Session, old: School, new: School, passing: Any, sign_in: SignIn
    ) -> None:
        bid = make.bid(state=S.IN_DELIVERY, lead=old)
        paid = claim(make, bid, payment_reference="P1", payee_urn=old.urn, payee_name=old.name)
        make.entry(bid, EntryKind.PAID, 100_000)
        session.scalars(select(LedgerEntry).where(LedgerEntry.kind == EntryKind.PAID))
        session.add(LedgerEntry(
            fund_id=bid.fund_id, allocation_id=bid.fund.allocations[0].id, bid_id=bid.id,
            claim_id=paid.id, kind=EntryKind.PAID, pence=1, at=NOW))  # fmt: skip
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
        open_claim = claim(make, make.bid(state=S.IN_DELIVERY, lead=old), state=ClaimState.CERTIFIED,
                           paid_at=None, paid_by_id=None)  # fmt: skip
        passing()
        session.expire_all()
        assert open_claim.payee is new
        assert open_claim.payee_words == f"Lark Academy (URN {new.urn})"

    def test_nobody_is_claimed_for_twice_under_the_old_urn_and_the_new(
        self, make: Make, session: Session, old: School, new: School, passing: Any
    ) -> None:
        bid = make.bid(state=S.IN_DELIVERY, provider=old)
        line = bid.backfill_lines[0]

        def day(of: Claim, school: School) -> None:
            session.add(ClaimDay(claim=of, line=line, school_id=school.id, staff_code="RL1",
                                 day=date(2026, 12, 1), half_days=2, activity="Coaching"))  # fmt: skip
            session.flush()

        day(claim(make, bid, kind=ClaimKind.BACKFILL), old)
        passing()
        session.expire_all()
        second = claim(make, bid, number=2, kind=ClaimKind.BACKFILL, state=ClaimState.DRAFT, paid_at=None,
                       paid_by_id=None)  # fmt: skip
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
            session.add(ClaimDay(
                claim=of, line=of.bid.backfill_lines[0], school_id=school.id, staff_code="RL1",
                day=date(2026, 12, 1), half_days=2, activity="Coaching"))  # fmt: skip
        session.flush()
        passing()
        passing(old=other, holder=other)
        session.expire_all()
        for of in claims:
            check_log(of)

    def test_an_invoice_reference_stays_used_after_the_switch(
        self, make: Make, session: Session, old: School, new: School, passing: Any
    ) -> None:
        claim(make, make.bid(state=S.CLOSED, lead=old), invoice_reference="INV 7")
        bid = make.bid(state=S.IN_DELIVERY, lead=old)
        passing()
        session.expire_all()
        again = claim(
            make, bid, invoice_reference="inv 7", state=ClaimState.DRAFT, paid_at=None, paid_by_id=None
        )
        assert why_invoice_used(again) is not None

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


class TestWhoSees:
    def test_the_successor_s_people_read_what_passed_and_the_old_school_s_do_not(
        self, make: Make, session: Session, old: School, new: School, passing: Any
    ) -> None:
        before, after = make.member(old), make.member(new)
        live, ended = make.bid(state=S.IN_REVIEW, lead=old, leader=before), make.bid(state=S.CLOSED, lead=old)
        passing()
        session.expire_all()
        assert session.scalars(visible_to(before, NOW)).all() == [ended]
        assert session.scalars(visible_to(after, NOW)).all() == [live]

    def test_a_panel_member_of_the_old_school_stays_barred(
        self, make: Make, session: Session, old: School, passing: Any
    ) -> None:
        bid = make.bid(state=S.AT_PANEL, lead=old)
        named = make.seat(bid.fund, school=old).user
        head = make.seat(bid.fund, user=make.member(old)).user
        passing()
        session.expire_all()
        for user in (named, head):
            assert bid.why_barred(user, NOW) is not None
            assert session.scalar(visible_to(user, NOW).where(Bid.id == bid.id)) is None

    def test_a_chain_of_successors_bars_to_its_end(
        self, make: Make, session: Session, old: School, new: School, passing: Any
    ) -> None:
        bid, last = make.bid(state=S.AT_PANEL, lead=old), make.school("Lark Trust School")
        user = make.seat(bid.fund, school=old).user
        passing()
        new.status_code = 2
        passing(old=new, holder=new, new=last)
        session.expire_all()
        assert (bid.lead_school, old.succeeded_by_id, new.succeeded_by_id) == (last, last.id, last.id)
        assert bid.why_barred(user, NOW) is not None


class TestRefusals:
    def test_an_open_school_keeps_its_bids(self, make: Make, old: School, passing: Any) -> None:
        make.bid(lead=old)
        old.status_code = 1
        with pytest.raises(Refused, match="is not closed or about to close"):
            passing()

    def test_bids_do_not_pass_to_a_closed_school_nor_to_the_school_itself(
        self, make: Make, old: School, new: School, passing: Any
    ) -> None:
        make.bid(lead=old)
        new.status_code = 2
        with pytest.raises(Refused, match="Lark Academy is not open"):
            passing()
        with pytest.raises(Refused, match="Choose another school"):
            passing(new=old)

    def test_a_school_s_bids_do_not_pass_to_what_is_no_school(
        self, make: Make, old: School, passing: Any
    ) -> None:
        make.bid(lead=old)
        with pytest.raises(Refused, match="is not a school"):
            passing(new=make.organisation())

    def test_without_live_bids_there_is_nothing_to_pass_on(
        self, make: Make, session: Session, old: School, passing: Any
    ) -> None:
        make.bid(state=S.CLOSED, lead=old)
        with pytest.raises(Refused, match="has no live bids"):
            passing()
        assert session.scalar(select(func.count()).select_from(Succession)) == 0

    @pytest.mark.parametrize("role", [r for r in RoleName if r not in (
        RoleName.OFFICER, RoleName.DEPUTY_OFFICER, RoleName.ADMINISTRATOR)])  # fmt: skip
    def test_nobody_else_passes_bids_on(self, make: Make, old: School, passing: Any, role: RoleName) -> None:
        make.bid(lead=old)
        with pytest.raises(Refused, match="Only liaison officers and administrators"):
            passing(user=make.staff(role))

    @pytest.mark.parametrize("own", ["old", "new", "partner"])
    def test_an_officer_of_a_school_concerned_leaves_it_to_a_colleague(
        self, make: Make, old: School, new: School, passing: Any, own: str
    ) -> None:
        partner = make.school("Partner")
        make.bid(state=S.IN_REVIEW, lead=old, provider=partner)
        user = make.member({"old": old, "new": new, "partner": partner}[own])
        make.role(user, RoleName.OFFICER)
        with pytest.raises(Refused, match="Ask a colleague"):
            passing(user=user)


class TestTwice:
    def test_a_double_click_is_known_and_does_nothing(
        self, make: Make, session: Session, old: School, passing: Any
    ) -> None:
        make.bid(lead=old)
        seen = stamp(bid_ids(old, old))
        passing(seen=seen)
        with pytest.raises(AlreadyTaken):
            passing(seen=seen)
        assert session.scalar(select(func.count()).select_from(Succession)) == 1

    def test_a_page_that_showed_other_bids_is_stale(
        self, make: Make, session: Session, old: School, passing: Any
    ) -> None:
        bid = make.bid(lead=old)
        seen = stamp(bid_ids(old, old))
        make.bid(lead=old)
        session.commit()
        with pytest.raises(Stale):
            passing(seen=seen)
        session.rollback()
        assert bid.lead_school is old

    def test_a_bid_that_is_taken_up_again_later_can_follow(
        self, make: Make, session: Session, old: School, new: School, passing: Any
    ) -> None:
        bid = make.bid(state=S.CLOSED, lead=old)
        make.bid(lead=old)
        passing()
        bid.state = S.IN_MONITORING  # reopened
        session.flush()
        passing()
        session.expire_all()
        assert bid.lead_school is new

    def test_what_went_to_the_wrong_school_goes_to_the_right_one(
        self, make: Make, session: Session, old: School, new: School, passing: Any
    ) -> None:
        wrong = make.school("Wrong School")
        bid, own = make.bid(lead=old), make.bid(lead=wrong)
        head = own.created_by_id
        passing(new=wrong)
        passing(holder=wrong)
        session.expire_all()
        (letter,) = letters_to(session, "former")
        assert letter.user_id == head
        assert letter.subject == "1 bid had come to your school by mistake"
        assert bid.reference in letter.body
        assert (bid.lead_school, own.lead_school) == (new, wrong)
        assert old.succeeded_by_id == new.id
        assert session.scalar(select(func.count()).select_from(Succession)) == 2


def asked(new: School | None, **changes: str) -> dict[str, str]:
    return {"successor": "other", "urn": new.urn if new else "", "reason": "It became an academy.", **changes}


class TestPages:
    def page(self, client: FlaskClient, old: School) -> str:
        answer = client.get(f"/schools/{old.urn}/succession")
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def seen(self, page: str) -> str:
        return page.split('name="seen" value="')[1].split('"')[0]

    def test_the_only_successor_in_gias_is_chosen_already(
        self, make: Make, session: Session, old: School, new: School, officer: User, sign_in: SignIn
    ) -> None:
        link(session, old, new)
        link(session, old, make.school("Sixth Form"), "Sixth Form Centre Link")
        make.bid(state=S.IN_REVIEW, lead=old)
        page = self.page(sign_in(officer), old)
        assert f'value="{new.urn}" checked' in page
        assert "Sixth Form Centre Link: Sixth Form" in page
        assert page.count('name="successor"') == 2  # it, and another school

    def test_of_a_school_that_was_split_nothing_is_chosen(
        self, make: Make, session: Session, old: School, new: School, officer: User, sign_in: SignIn
    ) -> None:
        link(session, old, new, "Successor - Split School")
        make.bid(state=S.IN_REVIEW, lead=old)
        page = self.page(sign_in(officer), old)
        assert "checked" not in page
        assert "or it was split" in page
        answer = sign_in(officer).post(f"/schools/{old.urn}/succession", data={"sure": "yes"})
        assert answer.status_code == 422
        assert "Select the successor" in answer.get_data(as_text=True)

    def test_asks_shows_what_happens_and_only_then_does_it(
        self, make: Make, session: Session, old: School, new: School, officer: User, sign_in: SignIn
    ) -> None:
        link(session, old, new)
        bid = make.bid(state=S.IN_REVIEW, lead=old)
        client, path = sign_in(officer), f"/schools/{old.urn}/succession"
        given = {"successor": new.urn, "seen": self.seen(self.page(client, old))}
        sure = client.post(path, data=given).get_data(as_text=True)
        assert "Are you sure you want to pass 1 bid to Lark Academy?" in sure
        assert f"Lark Academy (URN {new.urn}) leads the bid in place of Larkfield Infants" in sure
        assert "Nobody with an account is head of Lark Academy yet" in sure
        session.expire_all()
        assert bid.lead_school is old
        for _ in range(2):  # a double click is answered like the first
            answer = client.post(path, data=given | {"sure": "yes"})
            assert (answer.status_code, answer.location) == (302, path)
        session.expire_all()
        assert bid.lead_school is new
        assert session.scalar(select(func.count()).select_from(Succession)) == 1
        assert "That was the wrong school" in self.page(client, old)

    @pytest.mark.parametrize(("changes", "words"), [
        ({"urn": "999999"}, "We hold no school with this URN"), ({"urn": ""}, "Enter the URN"),
        ({"reason": ""}, "Enter why this school takes over"), ({"urn": "\0"}, "Enter the URN"),
        ({"successor": "123456"}, "Select one of the answers"), ({"urn": "x" * 500}, "A URN is a number"),
        ({"reason": "x" * 5000}, "1,000 characters"),
    ])  # fmt: skip
    def test_anything_wrong_gets_a_sentence(
        self, make: Make, old: School, new: School, officer: User, sign_in: SignIn,
        changes: dict[str, str], words: str,
    ) -> None:  # fmt: skip
        make.bid(lead=old)
        answer = sign_in(officer).post(f"/schools/{old.urn}/succession", data=asked(new, **changes))
        assert answer.status_code == 422
        assert words in answer.get_data(as_text=True)

    def test_a_stale_page_is_shown_again_and_can_be_sent_again(
        self, make: Make, session: Session, old: School, new: School, officer: User, sign_in: SignIn
    ) -> None:
        make.bid(state=S.IN_REVIEW, lead=old)
        session.commit()
        client, path = sign_in(officer), f"/schools/{old.urn}/succession"
        stale = client.post(path, data=asked(new, sure="yes", seen="nothing"))
        assert stale.status_code == 409
        page = stale.get_data(as_text=True)
        assert "It became an academy." in page
        again = client.post(path, data=asked(new, sure="yes", seen=self.seen(page)))
        assert again.status_code == 302

    def test_drafts_are_counted_and_not_named_to_an_officer(
        self, make: Make, old: School, officer: User, sign_in: SignIn
    ) -> None:
        draft = make.bid(lead=old, title="Hush")
        page = self.page(sign_in(officer), old)
        assert draft.reference not in page
        assert "1 bid passes on that is not shown here" in page

    def test_names_the_old_school_s_people_and_where_to_move_them(
        self, make: Make, old: School, sign_in: SignIn
    ) -> None:
        head = make.member(old, name="Amina Head")
        page = self.page(sign_in(make.staff(RoleName.ADMINISTRATOR)), old)
        assert f'href="/people/{head.id}"' in page
        assert f'href="/people/{head.id}"' not in self.page(sign_in(make.staff(RoleName.OFFICER)), old)

    def test_correcting_leads_through_the_same_page(
        self, make: Make, session: Session, old: School, new: School, passing: Any, sign_in: SignIn,
    ) -> None:  # fmt: skip
        wrong = make.school("Wrong School")
        bid = make.bid(state=S.IN_REVIEW, lead=old)
        passing(new=wrong)
        client = sign_in(make.staff(RoleName.ADMINISTRATOR))
        path = f"/schools/{old.urn}/succession?again={wrong.urn}"
        page = client.get(path).get_data(as_text=True)
        assert bid.reference in page
        client.post(path, data=asked(new, sure="yes", seen=self.seen(page)))
        session.expire_all()
        assert bid.lead_school is new
        assert client.get(f"/schools/{old.urn}/succession?again=999999").status_code == 404


class TestSchoolsThatClose:
    def test_lists_closed_and_closing_schools_of_live_bids_with_what_to_do(
        self, make: Make, session: Session, old: School, new: School, officer: User, sign_in: SignIn
    ) -> None:
        link(session, old, new)
        closing, idle = (
            make.school("Closing School", status_code=3),
            make.school("Idle School", status_code=2),
        )
        make.bid(state=S.IN_REVIEW, lead=old, provider=closing)
        make.bid(state=S.DRAFT, lead=old)
        make.bid(state=S.CLOSED, lead=idle)
        page = sign_in(officer).get("/schools/changes").get_data(as_text=True)
        assert f'href="/schools/{old.urn}/succession"' in page
        assert f"Lark Academy (URN {new.urn})" in page
        assert '<td class="govuk-table__cell ff-number">2</td>' in page
        assert "Closing School" in page
        assert "Idle School" not in page

    def test_pages_by_key_with_as_many_queries_for_many_as_for_few(
        self, make: Make, session: Session, sign_in: SignIn, count_queries: list[str]
    ) -> None:
        fund, client = make.fund(), sign_in(make.staff(RoleName.AUDITOR))
        counts = []
        provider, head = make.school(), make.user()
        for more in (1, 59):
            for _ in range(more):
                make.bid(fund=fund, lead=make.school(status_code=2), provider=provider, leader=head)
            session.commit()
            count_queries.clear()
            page = client.get("/schools/changes").get_data(as_text=True)
            counts.append(len(count_queries))
        assert counts[0] == counts[1] <= 7
        after = page.split("?after=")[1].split('"')[0]
        second = client.get(f"/schools/changes?after={after}").get_data(as_text=True)
        assert second.count(">Closed</strong>") == 10
        assert "An officer passes its bids on." in page


def test_a_confirmation_moves_with_its_part(make: Make, session: Session) -> None:
    old, new = make.school("Old", status_code=2), make.school("New")
    bid = make.bid(state=S.IN_REVIEW, provider=old)
    bid.partners.append(Partner(school=new, part=Part.PARTNER))
    session.add(Confirmation(bid=bid, school=new, part=Part.PARTNER, asked_at=NOW, due_on=NOW.date()))
    session.flush()
    wanted = Wanted(old, old, new, "Merged.")
    pass_on(wanted, seen=stamp(bid_ids(old, old)), user=make.staff(RoleName.OFFICER), now=NOW)
    session.expire_all()
    assert {c.school for c in bid.confirmations} == {new}
    assert Part.PROVIDER in {c.part for c in bid.confirmations}


def test_pages_answer_a_school_that_is_not_there(make: Make, sign_in: SignIn, now: datetime) -> None:
    client = sign_in(make.staff(RoleName.OFFICER))
    for urn in ("999999", "x", "O99999", "%00"):
        assert client.get(f"/schools/{urn}/succession").status_code == 404
        assert client.get(f"/schools/{urn}/tier").status_code == 404
