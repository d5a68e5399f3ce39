"""A wrong decision is corrected in one act: the original is kept, the ledger and the letters follow."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from fundflow import ledger
from fundflow.applications.queries import why_no_review
from fundflow.models.decision import Decision
from fundflow.models.fund import Decider
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import RoleName, User
from fundflow.panel.operations import correcting, deciding, letters_over, scores
from fundflow.panel.operations.decisions import approve, decline, undo_decision
from fundflow.steps import take_step
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import add_working_days, london_date
from tests.panel.conftest import Panel

SignIn = Callable[[User | None], FlaskClient]
PanelOf = Callable[..., Panel]


def decisions(panel: Panel) -> list[Decision]:
    return panel.make.session.query(Decision).order_by(Decision.id).all()


def letters(panel: Panel) -> list[Letter]:
    return panel.make.session.query(Letter).filter_by(bid_id=panel.bid.id).order_by(Letter.id).all()


def offered(panel: Panel, pence: int = 200_000) -> None:
    panel.votes("+++-")
    approve(panel.bid, pence, **panel.decided())


def test_a_wrong_amount_is_corrected_in_one_act_and_the_original_is_kept(
    panel: Panel, sign_in: SignIn
) -> None:
    offered(panel)
    client = sign_in(panel.chair)
    page = client.get(panel.step_url("correct-decision"))
    assert page.status_code == 200
    assert 'value="2000"' in page.text
    done = client.post(
        panel.step_url("correct-decision"),
        data={
            "version": panel.bid.version,
            "amount": "2500",
            "reasons": "A clear need.",
            "reason": "Typed the wrong amount.",
        },
    )
    assert done.status_code == 302
    wrong, right = decisions(panel)
    assert (wrong.undone_reason, wrong.pence, right.pence) == ("Typed the wrong amount.", 200_000, 250_000)
    assert right.corrects is wrong
    assert (right.votes_for, right.votes_against, right.sitting) == (3, 1, wrong.sitting)
    assert panel.bid.state is BidState.OFFERED
    assert [(o.pence, o.ended_how) for o in panel.bid.offers] == [(200_000, "corrected"), (250_000, "")]
    assert panel.bid.due_on == panel.bid.offer.reply_by == add_working_days(london_date(panel.now), 15)
    assert ledger.totals(panel.fund.id).reserved == 250_000
    told = [(letter.recipient, letter.subject) for letter in letters(panel)[-3:]]
    assert [who for who, _ in told] == ["school", "officer", "finance"]
    assert "a correction. We can offer you £2,500" in told[0][1]
    tab = client.get(f"/bids/{panel.bid.reference}/panel").text
    assert "Fund, £2,000.00 (corrected)" in tab
    assert "Fund, £2,500.00" in tab


def test_a_correction_the_fund_cannot_bear_changes_nothing(panel_of: PanelOf) -> None:
    panel = panel_of(allocated=220_000)
    offered(panel)
    panel.make.session.commit()
    with pytest.raises(Refused, match="The fund can still offer £2,200"):
        correcting.correct_offer(
            panel.bid, 250_000, reasons="r", reason="wrong", user=panel.chair, now=panel.now
        )
    panel.make.session.rollback()
    assert [d.undone_at for d in decisions(panel)] == [None]
    assert ledger.totals(panel.fund.id).reserved == 200_000
    assert [offer.ended_at for offer in panel.bid.offers] == [None]
    correcting.correct_offer(panel.bid, 220_000, reasons="r", reason="wrong", user=panel.chair, now=panel.now)
    assert ledger.totals(panel.fund.id).free == 0


def test_a_correction_stays_within_what_was_voted_on(panel: Panel, sign_in: SignIn) -> None:
    panel.item.proposed_pence, panel.item.proposed_reason = 250_000, "Fewer days."
    offered(panel)
    with pytest.raises(Refused, match=r"The panel voted on £2,500\.00"):
        correcting.correct_offer(
            panel.bid, 300_000, reasons="r", reason="wrong", user=panel.chair, now=panel.now
        )
    panel.make.session.rollback()
    page = sign_in(panel.chair).post(
        panel.step_url("correct-decision"),
        data={"version": panel.bid.version, "amount": "3000", "reasons": "r", "reason": "w"},
    )
    assert page.status_code == 422
    assert "The panel voted on £2,500.00" in page.text


def test_an_authorised_officer_corrects_up_to_their_limit_and_cites_the_delegation(panel_of: PanelOf) -> None:
    panel = panel_of(decider=Decider.AUTHORISED_OFFICER, officer_limit_pence=250_000, delegation="Part 3")
    officer = panel.make.staff(RoleName.AUTHORISED_OFFICER, "Dana Director")
    panel.votes("++++")
    approve(panel.bid, 120_000, **panel.decided(user=officer))
    with pytest.raises(Refused, match="Only the person who decides"):
        correcting.correct_offer(panel.bid, 125_000, reasons="r", reason="w", user=panel.chair, now=panel.now)
    with pytest.raises(Refused, match=r"up to £2,500\.00"):
        correcting.correct_offer(panel.bid, 250_001, reasons="r", reason="w", user=officer, now=panel.now)
    panel.make.session.rollback()
    right = correcting.correct_offer(
        panel.bid, 125_000, reasons="r", reason="Mistyped.", user=officer, now=panel.now
    )
    assert (right.delegation, right.decided_by) == ("Part 3", officer)


def test_conditions_of_the_wrong_decision_no_longer_bind(panel: Panel) -> None:
    panel.votes("++++")
    asked = deciding.ConditionAsked("Share the plan", "Head", london_date(panel.now) + timedelta(days=9))
    approve(panel.bid, 200_000, conditions=[asked], **panel.decided())
    again = asked._replace(text="Share the scheme of work")
    correcting.correct_offer(
        panel.bid,
        200_000,
        conditions=[again],
        reasons="r",
        reason="Wrong words.",
        user=panel.chair,
        now=panel.now,
    )
    assert [(c.text, c.binds) for c in panel.bid.award_conditions] == [
        ("Share the plan", False),
        ("Share the scheme of work", True),
    ]
    assert panel.bid.offer.conditions.startswith("Share the scheme of work: Head, by")


@pytest.mark.both_databases
def test_a_refusals_reasons_and_feedback_are_corrected_and_the_days_to_ask_count_anew(
    panel: Panel, sign_in: SignIn
) -> None:
    panel.votes("---+")
    decline(panel.bid, feedback={"need": "Too little."}, **panel.decided())
    later = panel.now + timedelta(days=30)
    assert why_no_review(panel.bid, later) is not None
    client = sign_in(panel.chair)
    assert "Too little." in client.get(panel.step_url("correct-decision")).text
    correcting.correct_refusal(
        panel.bid,
        reasons="The costs.",
        reason="Named the wrong bid.",
        feedback={"value": "Above past awards."},
        user=panel.chair,
        now=later,
    )
    wrong, right = decisions(panel)
    assert (wrong.undone_at, right.outcome, right.pence) == (later, wrong.outcome, None)
    assert [row.text for row in right.feedback] == ["Above past awards."]
    assert panel.bid.state is BidState.NOT_FUNDED
    assert why_no_review(panel.bid, later) is None
    school = [letter for letter in letters(panel) if letter.recipient == "school"][-1]
    assert school.subject == f"{panel.bid.reference}: a correction to our decision"
    assert f"{panel.bid.reference}#feedback" in school.body


def test_an_accepted_offer_is_no_longer_corrected(panel: Panel) -> None:
    offered(panel)
    panel.bid.requested_pence = panel.bid.offer.pence  # no revised plan is wanted
    take_step(panel.bid, "accept_offer", user=panel.leader, now=panel.now, given={"agreement": True})
    with pytest.raises(Refused, match="This can no longer be done"):
        correcting.correct_offer(panel.bid, 100_000, reasons="r", reason="w", user=panel.chair, now=panel.now)


def test_a_correction_departing_from_the_score_says_why(panel: Panel) -> None:
    from fundflow.workflow.panel_rules import STANDARD

    panel.votes("++++")
    scores.save_scores(
        panel.item, dict.fromkeys(STANDARD.slugs, 2), stamp=None, user=panel.clerk, now=panel.now
    )
    approve(panel.bid, 200_000, **panel.decided())
    said = {"reasons": "Clear.", "reason": "w", "user": panel.chair, "now": panel.now}
    with pytest.raises(Refused, match=r"The score is 50, below 60\. Say why"):
        correcting.correct_offer(panel.bid, 300_000, **said)
    panel.make.session.rollback()
    right = correcting.correct_offer(panel.bid, 300_000, departure="All days are needed.", **said)
    assert right.reasons == "Clear.\n\nThe score is 50, below 60. All days are needed."
    school = [letter for letter in letters(panel) if letter.recipient == "school"][-1]
    assert "The score is" not in school.body


# -- while the first letter is held ---------------------------------------------------------------


@pytest.fixture
def held(panel_of: PanelOf) -> Panel:
    return panel_of(holds_decision_letters=True)


def test_a_correction_replaces_a_letter_that_is_still_held(held: Panel, sign_in: SignIn) -> None:
    offered(held)
    due = held.bid.decision_held_until
    correcting.correct_offer(
        held.bid,
        250_000,
        reasons="A clear need.",
        reason="Mistyped.",
        user=held.chair,
        now=held.now + timedelta(days=1),
    )
    wrong, right = decisions(held)
    assert held.bid.decision_held_until == right.letters_due_on == due  # as the school was promised
    gone = [x for x in letters(held) if x.dropped_why]
    assert {x.history_entry_id for x in gone} == {wrong.entry_id}
    assert {x.status for x in gone} == {LetterStatus.HELD}
    administrator = sign_in(held.make.staff(RoleName.ADMINISTRATOR))
    assert "Never sent: the decision was corrected before they went" in administrator.get("/letters").text
    officer = held.bid.officer
    assert officer is not None
    letters_over.send_letters(
        held.bid, feedback={}, opening="", closing="", user=officer, now=held.now, version=None
    )
    school = [x for x in letters(held) if x.recipient == "school" and x.status is LetterStatus.QUEUED]
    subjects = [letter.subject.partition(". ")[0] for letter in school]
    assert subjects == [f"{held.bid.reference}: we can offer you £2,500"]
    assert "corrected" not in school[0].body
    history = sign_in(held.leader).get(f"/bids/{held.bid.reference}/history").text
    assert "Sent the decision letters" in history
    assert "Corrected the decision" not in history
    assert "Mistyped" not in history


def test_a_decision_taken_back_while_its_letter_is_held_is_never_told(held: Panel, sign_in: SignIn) -> None:
    offered(held)
    undo_decision(held.bid, "Another outcome.", user=held.chair, now=held.now)
    assert held.bid.decision_held_until is None
    assert held.bid.state is BidState.AT_PANEL
    outside = [x for x in letters(held) if x.outside]
    assert all(x.dropped_why == "the decision was taken back before they went" for x in outside)
    client = sign_in(held.leader)
    for page in ("", "/history", "/letters", "/money"):
        text = client.get(f"/bids/{held.bid.reference}{page}").text
        for word in ("Decided", "Took the decision back", "2,000", "offer you"):
            assert word not in text.partition('id="main-content"')[2], (page, word)


def test_a_correction_after_the_letter_went_is_held_in_its_turn(held: Panel) -> None:
    offered(held)
    officer = held.bid.officer
    assert officer is not None
    lines = {"feedback": {}, "opening": "", "closing": "", "user": officer, "version": None}
    letters_over.send_letters(held.bid, now=held.now, **lines)
    correcting.correct_offer(
        held.bid, 250_000, reasons="A clear need.", reason="Mistyped.", user=held.chair, now=held.now
    )
    with pytest.raises(Refused, match="The panel has met: we will write to you by"):
        take_step(held.bid, "accept_offer", user=held.leader, now=held.now, given={"agreement": True})
    letters_over.send_letters(held.bid, now=held.now, **lines)
    school = [x for x in letters(held) if x.recipient == "school"]
    assert "a correction. We can offer you £2,500" in school[-1].subject
    assert "Mistyped." in school[-1].body
