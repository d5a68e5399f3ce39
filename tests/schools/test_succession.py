"""A school closes: what is live passes to its successor; what ended or was frozen does not."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fundflow.models.area import Succession
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.confirmation import Confirmation
from fundflow.models.history import HistoryEntry
from fundflow.models.late_entry import LateEntry
from fundflow.models.person import RoleName, User
from fundflow.models.school import School
from fundflow.permissions import visible_to
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.rounds import let_in_until
from fundflow.schools.operations.succession import SuccessionPlan, bid_ids, pass_on, stamp
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.application import BidState as S
from fundflow.workflow.confirmation import ConfirmationState
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make
from tests.schools.successions import letters_to

LIVE = (
    S.DRAFT,
    S.SUBMITTED,
    S.IN_REVIEW,
    S.RETURNED,
    S.AT_PANEL,
    S.DEFERRED,
    S.OFFERED,
    S.IN_DELIVERY,
    S.SUSPENDED,
    S.IN_MONITORING,
)
ENDED = tuple(state for state in S if state not in LIVE)


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

    @pytest.mark.both_databases
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
        session.add(
            LateEntry(
                round_id=bid.round_id,
                school_id=old.id,
                until=NOW + timedelta(days=3),
                reason="A burst pipe",
                by_id=officer.id,
                at=NOW,
            )
        )
        passing()
        assert let_in_until(bid.round_id, new.id, NOW)

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

    @pytest.mark.parametrize(
        ("old_part", "new_part", "joined"),
        [
            (Part.PROVIDER, Part.PARTNER, Part.PROVIDER),
            (Part.PARTNER, Part.PROVIDER, Part.PROVIDER),
            (Part.SUPPORTED, Part.PARTNER, Part.SUPPORTED),
            (Part.SUPPORTED, Part.PROVIDER, Part.PROVIDER),
        ],
    )
    def test_two_partners_that_merge_become_one_with_the_weightier_part(
        self,
        make: Make,
        session: Session,
        old: School,
        new: School,
        passing: Any,
        old_part: Part,
        new_part: Part,
        joined: Part,
    ) -> None:
        bid = make.bid(state=S.IN_REVIEW, provider=make.school())
        bid.partners += [Partner(school=old, part=old_part), Partner(school=new, part=new_part)]
        session.flush()
        passing()
        session.expire_all()
        assert [(p.school, p.part) for p in bid.partners[1:]] == [(new, joined)]

    def test_two_supported_schools_that_merge_are_asked_for_feedback_once(
        self, make: Make, session: Session, old: School, new: School, passing: Any
    ) -> None:
        from fundflow.models.feedback import Feedback

        bid = make.bid(state=S.IN_MONITORING)
        bid.partners += [Partner(school=s, part=Part.SUPPORTED) for s in (old, new)]
        session.add_all(Feedback(bid_id=bid.id, school_id=s.id, asked_at=NOW) for s in (old, new))
        session.flush()
        passing()
        asked = session.scalars(select(Feedback.school_id).where(Feedback.bid_id == bid.id)).all()
        assert asked.count(new.id) == 1


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
            assert bar_of(bid, user, NOW) is not None
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
        assert bar_of(bid, user, NOW) is not None


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

    @pytest.mark.parametrize(
        "role",
        [r for r in RoleName if r not in (RoleName.OFFICER, RoleName.DEPUTY_OFFICER, RoleName.ADMINISTRATOR)],
    )
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


def test_a_confirmation_moves_with_its_part(make: Make, session: Session) -> None:
    old, new = make.school("Old", status_code=2), make.school("New")
    bid = make.bid(state=S.IN_REVIEW, provider=old)
    bid.partners.append(Partner(school=new, part=Part.PARTNER))
    session.add(Confirmation(bid=bid, school=new, part=Part.PARTNER, asked_at=NOW, due_on=NOW.date()))
    session.flush()
    wanted = SuccessionPlan(old, old, new, "Merged.")
    pass_on(wanted, seen=stamp(bid_ids(old, old)), user=make.staff(RoleName.OFFICER), now=NOW)
    session.expire_all()
    assert {c.school for c in bid.confirmations} == {new}
    assert Part.PROVIDER in {c.part for c in bid.confirmations}
