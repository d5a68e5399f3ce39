"""Around a decision: two at once, what others see, conditions, feedback, limits, who sat."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from fundflow import ledger
from fundflow.models.decision import Decision
from fundflow.models.interest import InterestKind
from fundflow.models.panel_settings import PanelRules
from fundflow.models.scores import MemberScore, Moderation, ScoreSheet
from fundflow.panel.operations import agenda, deciding, decisions, interests, items, proposals, scores
from fundflow.rules.panel.recomputed_sitting import recomputed
from fundflow.rules.panel.sittings import sitting_of
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.panel_rules import STANDARD, Band, Choice
from fundflow.workflow.working_days import london_date
from tests.panel.conftest import Panel
from tests.panel.deciding import CONDITION, PanelOf, SignIn, letters_of

# -- at the same time ---------------------------------------------------------------------------


def test_of_two_who_decide_at_once_one_wins_and_the_other_keeps_what_was_typed(
    panel: Panel, sign_in: SignIn
) -> None:
    panel.votes("++++")
    panel.seats[1].position = panel.seats[0].position  # two chairs, for once
    panel.make.session.commit()
    typed = panel.form(reasons="Ours were other reasons.")
    decisions.approve(panel.bid, 300_000, **panel.decided(version=panel.bid.version))
    late = sign_in(panel.deputy).post(panel.step_url("approve"), data=typed)
    assert late.status_code == 409
    assert f"{panel.chair.name} was quicker: “Decided to fund the bid”" in late.text
    assert "Ours were other reasons." in late.text
    assert panel.make.session.query(Decision).count() == 1
    assert ledger.totals(panel.fund.id).reserved == 300_000


def test_a_vote_that_came_in_meanwhile_makes_the_decision_page_stale(panel: Panel, sign_in: SignIn) -> None:
    panel.votes("++ +")
    panel.here(2)
    typed = panel.form()
    items.vote(panel.item, panel.seats[2].id, Choice.DO_NOT_FUND, user=panel.clerk, now=panel.now)
    client = sign_in(panel.chair)
    late = client.post(panel.step_url("approve"), data=typed)
    assert late.status_code == 409
    assert "Somebody changed this while you had the page open" in late.text
    assert client.post(panel.step_url("approve"), data=panel.form()).status_code == 302


def test_a_double_click_is_answered_like_the_first(panel: Panel, sign_in: SignIn) -> None:
    panel.votes("++++")
    client, typed = sign_in(panel.chair), panel.form()
    for _ in range(2):
        done = client.post(panel.step_url("approve"), data=typed)
        assert done.headers["Location"] == f"/bids/{panel.bid.reference}"
    assert panel.make.session.query(Decision).count() == 1
    assert len(letters_of(panel)) == 2
    with pytest.raises(AlreadyTaken):
        decisions.approve(panel.bid, 300_000, **panel.decided(version=typed["version"]))


def test_an_old_page_is_stale_for_every_decision(panel: Panel) -> None:
    panel.votes("++++")
    old: dict[str, Any] = {"user": panel.chair, "now": panel.now, "version": 0}
    for act in (
        lambda: decisions.defer(panel.bid, "Why?", **old),
        lambda: decisions.decline(panel.bid, **panel.decided(version=0)),
    ):
        with pytest.raises(Stale):
            act()


# -- what others see ----------------------------------------------------------------------------


def test_the_tab_of_a_bid_hides_votes_from_members_who_have_not_voted(panel: Panel, sign_in: SignIn) -> None:
    panel.votes("++-")
    url = f"/bids/{panel.bid.reference}/panel"
    assert "None that you can see" in sign_in(panel.seats[3].user).get(url).text
    assert "Against" in sign_in(panel.seats[0].user).get(url).text
    assert "Against" in sign_in(panel.clerk).get(url).text
    panel.here(3)
    decisions.approve(panel.bid, 300_000, **panel.decided())
    assert "Against" in sign_in(panel.seats[3].user).get(url).text


def test_votes_on_an_item_that_moved_stay_hidden_from_who_is_yet_to_vote(
    panel: Panel, sign_in: SignIn
) -> None:
    panel.votes("+-+ ")
    other = panel.make.meeting(panel.fund, starts_at=panel.now + timedelta(days=30))
    agenda.move_to(panel.item, other.id, user=panel.clerk, now=panel.now)
    url = f"/bids/{panel.bid.reference}/panel"
    assert "None that you can see" in sign_in(panel.seats[3].user).get(url).text
    assert "Against" in sign_in(panel.clerk).get(url).text


def test_the_tab_says_why_a_vote_does_not_count(panel: Panel, sign_in: SignIn) -> None:
    panel.votes("++++")
    proposals.propose(panel.item, 200_000, "Fewer days would do.", user=panel.clerk, now=panel.now)
    tab = sign_in(panel.clerk).get(f"/bids/{panel.bid.reference}/panel").text
    assert tab.count("does not count: another proposal was put") == 4
    assert "found late" not in tab


def test_whoever_does_not_decide_is_led_to_the_panels_tab(panel: Panel, sign_in: SignIn) -> None:
    page = sign_in(panel.clerk).get(f"/bids/{panel.bid.reference}/decide")
    assert page.headers["Location"] == f"/bids/{panel.bid.reference}/panel"
    assert sign_in(panel.leader).get(f"/bids/{panel.bid.reference}/decide").status_code == 404


def test_an_interest_found_after_the_decision_voids_the_vote_and_leaves_the_decision(
    panel: Panel,
) -> None:
    panel.votes("++++")
    decisions.approve(panel.bid, 300_000, **panel.decided())
    assert interests.declare(
        panel.item, panel.seats[2].id, InterestKind.BARRED, "My brother.", user=panel.clerk, now=panel.now
    )
    assert panel.bid.state is BidState.OFFERED
    assert panel.make.session.query(Decision).one().votes_for == 4
    assert sitting_of(panel.item, panel.now).tally.votes_for == 3
    assert panel.item.votes[2].voided_why == "An interest was found late: My brother."


# -- conditions, feedback, limits ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"owner_1": ""}, "Enter who does it"),
        ({"text_1": ""}, "Enter what must be done"),
        ({"due_1-day": "", "due_1-month": "", "due_1-year": ""}, "Enter the date by which it is done"),
        ({"due_1-year": "2024"}, "The date must be after today, and by"),
        ({"due_1-year": "2090"}, "The date must be after today, and by"),
        ({"due_1-day": "x"}, "The date must be a real date"),
    ],
)
def test_a_condition_says_what_who_and_by_when(
    panel: Panel, sign_in: SignIn, changes: dict[str, str], sentence: str
) -> None:
    panel.votes("++++")
    page = sign_in(panel.chair).post(panel.step_url("approve"), data=panel.form(**CONDITION | changes))
    assert page.status_code == 422
    assert sentence in page.text
    assert panel.make.session.query(Decision).count() == 0


def test_a_condition_in_the_past_is_refused_in_the_operation_too(panel: Panel) -> None:
    panel.votes("++++")
    asked = deciding.ConditionAsked("Share the plan", "Head of English", london_date(panel.now))
    with pytest.raises(Refused, match="The date of a condition must be after today"):
        decisions.approve(panel.bid, 300_000, conditions=[asked], **panel.decided())


def test_the_amount_is_prefilled_with_what_was_voted_on_and_never_above_it(
    panel: Panel, sign_in: SignIn
) -> None:
    panel.item.proposed_pence, panel.item.proposed_reason = 250_000, "Fewer days."
    panel.votes("++++")
    client = sign_in(panel.chair)
    assert 'value="2500"' in client.get(panel.step_url("approve")).text
    refused = client.post(panel.step_url("approve"), data=panel.form(amount="2500.01"))
    assert refused.status_code == 422
    assert "The panel voted on £2,500.00; the offer can’t be more than that." in refused.text
    with pytest.raises(Refused, match=r"The panel voted on £2,500\.00"):
        decisions.approve(panel.bid, 300_000, **panel.decided())


def test_funding_for_less_at_a_middling_score_departs_from_nothing(panel: Panel, sign_in: SignIn) -> None:
    panel.votes("++++")
    scores.save_scores(
        panel.item, dict.fromkeys(STANDARD.slugs, 2), stamp=None, user=panel.clerk, now=panel.now
    )
    done = sign_in(panel.chair).post(panel.step_url("approve"), data=panel.form(amount="2000"))
    assert done.status_code == 302
    assert panel.make.session.query(Decision).one().reasons == "A clear need."


def test_feedback_keeps_the_titles_of_its_criteria(panel: Panel) -> None:
    panel.votes("---+")
    decisions.decline(panel.bid, feedback={"need": "Show three years.", "gaps": " "}, **panel.decided())
    decision = panel.make.session.query(Decision).one()
    said = [(row.title, row.text) for row in decision.feedback]
    assert said == [("Need and evidence", "Show three years.")]


# -- who sat ------------------------------------------------------------------------------------


def test_a_decision_shows_and_recomputes_the_same_whatever_changes_afterwards(
    panel: Panel, sign_in: SignIn
) -> None:
    panel.seats[2].school = panel.bid.lead_school  # barred
    panel.votes("+- -+")
    scores.save_scores(
        panel.item, dict.fromkeys(STANDARD.slugs, 3), stamp=None, user=panel.clerk, now=panel.now
    )
    items.cast(panel.item, Choice.FUND, "The need is urgent.", user=panel.chair, now=panel.now)
    decisions.approve(panel.bid, 300_000, **panel.decided())
    decision = panel.make.session.query(Decision).one()
    client, url = sign_in(panel.clerk), f"/bids/{panel.bid.reference}/panel"
    before = client.get(url).text
    for words in (
        "Under the rules of version 1 (as the fund began)",
        "4 present, 3 needed",
        f"{panel.chair.name} chaired",
        "2 for, 2 against",
        "75 of 100: can be funded",
        "The need is urgent.",
        "Took no part: their school, Lead Primary School",
    ):
        assert words in before, words

    rules = replace(STANDARD, quorum_least=5, fundable_from=90, criteria=STANDARD.criteria[:2])
    panel.fund.panel_rules.append(PanelRules.holding(rules, number=2, set_at=panel.now))
    for seat in panel.seats:
        seat.ends_on = london_date(panel.now) - timedelta(days=1)
    panel.seats[2].school = None
    panel.bid.lead_school.name = "Renamed School"
    panel.make.seat(panel.fund)
    panel.make.session.commit()
    assert (
        client.get(url).text.split("Who sat")[0].split("Decisions")[1]
        == (before.split("Who sat")[0].split("Decisions")[1])
    )
    again = recomputed(decision)
    assert again is not None
    assert (again.sitting.counted, again.sitting.needed, again.chair) == (4, 3, panel.chair.name)
    assert again.tally == (2, 2, 0)
    assert (again.total, again.band, again.why_not(Choice.FUND)) == (75, Band.FUND, None)


def test_members_scores_are_recomputed_from_what_was_kept(panel_of: PanelOf) -> None:
    panel = panel_of(panel_rules=[PanelRules.holding(replace(STANDARD, individual_from_pence=1), number=1)])
    for n, score in enumerate((2, 3, 3, 4)):
        given = [MemberScore(criterion=slug, score=score) for slug in STANDARD.slugs]
        panel.make.session.add(
            ScoreSheet(
                item_id=panel.item.id,
                seat_id=panel.seats[n].id,
                begun_at=panel.now,
                scores=given,
                submitted_at=panel.now,
                recorded_by_id=panel.clerk.id,
            )
        )
    panel.make.session.add_all(
        Moderation(
            item_id=panel.item.id,
            criterion=slug,
            note="Talked.",
            changes={},
            at=panel.now,
            by_id=panel.clerk.id,
        )
        for slug in STANDARD.slugs
    )
    panel.make.session.commit()
    panel.votes("++++")
    decisions.approve(panel.bid, 300_000, **panel.decided())
    decision = panel.make.session.query(Decision).one()
    again = recomputed(decision)
    assert again is not None
    assert again.total == 75
    without = recomputed(decision, without=panel.seats[0].user_id)
    assert without is not None
    assert without.total == Fraction(250, 3)
