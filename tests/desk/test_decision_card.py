"""The decision on a bid's front page: for its school once the letter has gone."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient

from fundflow.models.decision import CriterionFeedback, Decision
from fundflow.models.panel import ItemOutcome
from fundflow.models.person import RoleName, Standing, User
from fundflow.steps import note
from fundflow.workflow.application import BidState as S
from tests.factories import NOW, TODAY, Make

SignIn = Callable[[User | None], FlaskClient]


@pytest.fixture
def refused(make: Make) -> SimpleNamespace:
    lead, officer = make.school(), make.staff(RoleName.OFFICER)
    head = make.member(lead)
    bid = make.bid(state=S.NOT_FUNDED, lead=lead, leader=head, officer=officer)
    entry = note(
        bid,
        "decline",
        "Decided not to fund the bid",
        user=officer,
        now=NOW,
        given={"reasons": "Too broad a plan."},
    )
    decision = Decision(
        bid_id=bid.id,
        item_id=bid.items[-1].id,
        outcome=ItemOutcome.DECLINED,
        entry_id=entry.id,
        reasons="Too broad a plan.\n\nIts score is 71 points.",
        votes_for=1,
        votes_against=3,
        abstentions=0,
        decided_at=NOW,
        decided_by_id=officer.id,
    )
    decision.feedback = [
        CriterionFeedback(criterion="need", title="Need and evidence", text="Say which classes.")
    ]
    make.session.add(decision)
    make.session.commit()
    return SimpleNamespace(
        bid=bid,
        decision=decision,
        head=head,
        officer=officer,
        make=make,
        team=make.member(lead, Standing.TEAM),
        page=f"/bids/{bid.reference}",
    )


def test_the_school_reads_the_decision_with_feedback_by_criterion(
    refused: SimpleNamespace, sign_in: SignIn
) -> None:
    refused.make.session.commit()
    for person in (refused.head, refused.team):
        shown = sign_in(person).get(refused.page).text
        for words in (
            "Not funded, 18 November 2026",
            "Too broad a plan.",
            "Need and evidence",
            "Say which classes.",
        ):
            assert words in shown
        assert "71 points" not in shown  # the panel's own words about its score
        assert shown.index("Too broad a plan.") < shown.index("<details") < shown.index("Say which classes.")


def test_before_its_letter_has_gone_the_school_reads_nothing_of_it(
    refused: SimpleNamespace, sign_in: SignIn
) -> None:
    refused.bid.decision_held_until = TODAY + timedelta(days=5)
    refused.make.session.commit()
    for person in (refused.head, refused.team):
        shown = sign_in(person).get(refused.page).text
        for words in ("Too broad", "Say which classes", "Not funded"):
            assert words not in shown
    assert "Say which classes." in sign_in(refused.officer).get(refused.page).text


def test_a_partner_is_told_the_outcome_and_not_the_feedback(
    refused: SimpleNamespace, sign_in: SignIn
) -> None:
    partner = refused.make.member(refused.bid.providers[0])
    refused.make.session.commit()
    shown = sign_in(partner).get(refused.page).text
    assert "Say which classes." not in shown
    assert "Too broad" not in shown


def test_once_it_is_looked_at_again_the_old_decision_is_no_longer_shown(
    refused: SimpleNamespace, sign_in: SignIn
) -> None:
    refused.bid.state = S.IN_REVIEW
    refused.make.session.commit()
    assert "Say which classes." not in sign_in(refused.head).get(refused.page).text


def test_the_conditions_and_the_registers_reasons_are_one_click_away(make: Make, sign_in: SignIn) -> None:
    lead, officer = make.school(), make.staff(RoleName.OFFICER)
    head = make.member(lead)
    bid = make.bid(state=S.IN_DELIVERY, lead=lead, leader=head, officer=officer)
    bid.offer.decision.conditions = "Share the plan: Head of English, by 2 December 2026"
    make.condition(bid)
    make.session.commit()
    shown = sign_in(head).get(f"/bids/{bid.reference}").text
    assert "Fund with £3,000.00" in shown
    assert "Conditions of the award" in shown
    assert "/reasons" not in shown
    assert f"/bids/{bid.reference}/reasons" in sign_in(officer).get(f"/bids/{bid.reference}").text
