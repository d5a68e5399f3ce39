"""A member’s own scores: saved, handed in, locked."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from sqlalchemy import select

from fundflow.models.history import HistoryEntry
from fundflow.models.interest import InterestKind
from fundflow.models.panel import ItemOutcome
from fundflow.models.panel_settings import PanelRules
from fundflow.panel.operations import interests, scores
from fundflow.panel.operations.scores import Mark
from fundflow.rules.panel.scores import criterion_scores, total_score
from fundflow.workflow.engine import Refused
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import Rules
from tests.panel.conftest import Panel
from tests.panel.scoring import CHAIR, LA, SignIn, give, marks, sent, sheet

LOCKED = "are locked"


def test_a_member_saves_as_they_go_and_then_hands_in(scoring: Panel, sign_in: SignIn) -> None:
    url, client = f"{scoring.url}/my-scores", sign_in(scoring.chair)
    assert "4 excellent" in client.get(url).text
    part = {
        "score_need": "4",
        "reason_outcomes": "Half a thought",
        "do": "save",
        "stamp": scores.sheet_stamp(scoring.item, scoring.seats[CHAIR].id),
    }
    assert client.post(url, data=part).status_code == 302
    kept = sheet(scoring, CHAIR)
    assert not kept.is_submitted
    assert {(s.criterion, s.score, s.reason) for s in kept.scores} == {
        ("need", 4, ""),
        ("outcomes", None, "Half a thought"),
    }
    assert criterion_scores(scoring.item, scoring.now) == {}  # nothing counts yet
    assert "Half a thought" in client.get(url).text
    done = client.post(url, data=sent(scoring, CHAIR, 3, do="hand_in"))
    assert done.location.endswith("/scores")
    assert sheet(scoring, CHAIR).is_submitted
    assert total_score(scoring.item, scoring.now) == 75
    page = client.get(url).text
    assert "Handed in" in page
    assert "<form method" not in page.split("<main")[1]
    note = scoring.make.session.scalars(
        select(HistoryEntry).where(HistoryEntry.step == "hand_in_scores")
    ).one()
    assert (note.label, note.internal, note.given) == ("Handed in their scores", True, {})


def test_handing_in_needs_every_score_and_a_reason_for_each(scoring: Panel, sign_in: SignIn) -> None:
    url, client = f"{scoring.url}/my-scores", sign_in(scoring.chair)
    data = sent(scoring, CHAIR, do="hand_in", reason_value="  ", reason_need="Long and good")
    del data["score_gaps"]
    page = client.post(url, data=data)
    assert page.status_code == 422
    assert "Select a score for Closing gaps" in page.text
    assert "Enter the reason for your score for Value for money" in page.text
    assert "Long and good" in page.text  # nothing typed is lost
    assert scoring.item.sheets == []
    with pytest.raises(Refused, match="Still missing: Closing gaps"):
        scores.save_sheet(
            scoring.item,
            scoring.seats[CHAIR].id,
            {**marks(), "gaps": Mark(3, "")},
            hand_in=True,
            stamp=None,
            user=scoring.chair,
            now=scoring.now,
        )


def test_what_was_handed_in_is_locked_and_a_second_click_is_answered_like_the_first(
    scoring: Panel, sign_in: SignIn
) -> None:
    url, client = f"{scoring.url}/my-scores", sign_in(scoring.chair)
    data = sent(scoring, CHAIR, do="hand_in")
    assert client.post(url, data=data).status_code == 302
    assert client.post(url, data=data).status_code == 302
    other = client.post(url, data={**data, "score_need": "0", "reason_need": "On second thoughts"})
    assert other.status_code == 409
    assert LOCKED in other.text
    assert "On second thoughts" in other.text
    assert sheet(scoring, CHAIR).own_scores["need"] == 3
    notes = scoring.make.session.scalars(
        select(HistoryEntry.id).where(HistoryEntry.step == "hand_in_scores")
    ).all()
    assert len(notes) == 1


def test_of_two_windows_the_second_overwrites_nothing(scoring: Panel, sign_in: SignIn) -> None:
    url, client = f"{scoring.url}/my-scores", sign_in(scoring.chair)
    first, second = sent(scoring, CHAIR, 1), sent(scoring, CHAIR, 4, reason_need="From the other window")
    assert client.post(url, data=first).status_code == 302
    stale = client.post(url, data=second)
    assert stale.status_code == 409
    assert "From the other window" in stale.text
    assert sheet(scoring, CHAIR).own_scores["need"] == 1
    again = {**second, "stamp": scores.sheet_stamp(scoring.item, scoring.seats[CHAIR].id)}
    assert client.post(url, data=again).status_code == 302
    assert sheet(scoring, CHAIR).own_scores["need"] == 4


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("score_need", "5", "Select one of the answers in the list"),
        ("score_need", "-1", "Select one of the answers in the list"),
        ("score_need", "x", "Select one of the answers in the list"),
        ("reason_need", "x" * 1001, "1,000 characters or fewer"),
    ],
)
def test_what_can_t_be_a_score_is_refused_and_nothing_typed_is_lost(
    scoring: Panel, sign_in: SignIn, field: str, value: str, says: str
) -> None:
    data = sent(scoring, CHAIR, reason_gaps="Kept on the page", **{field: value})
    page = sign_in(scoring.chair).post(f"{scoring.url}/my-scores", data=data)
    assert page.status_code == 422
    assert says in page.text
    assert "Kept on the page" in page.text
    assert scoring.item.sheets == []


def test_the_clerk_enters_scores_for_a_member_on_a_call(scoring: Panel, sign_in: SignIn) -> None:
    url = f"{scoring.url}/members/{scoring.seats[LA].id}/scores"
    client = sign_in(scoring.clerk)
    assert scoring.seats[LA].user.name in client.get(url).text
    assert client.post(url, data=sent(scoring, LA, 2, do="hand_in")).status_code == 302
    kept = sheet(scoring, LA)
    assert (kept.recorded_by_id, kept.is_submitted) == (scoring.clerk.id, True)


def test_nobody_enters_scores_for_somebody_else(scoring: Panel, sign_in: SignIn) -> None:
    url = f"{scoring.url}/members/{scoring.seats[LA].id}/scores"
    assert sign_in(scoring.chair).post(url, data=sent(scoring, LA)).status_code == 403
    with pytest.raises(Refused, match="Only the panel’s clerk"):
        scores.save_sheet(
            scoring.item,
            scoring.seats[LA].id,
            marks(),
            hand_in=True,
            stamp=None,
            user=scoring.chair,
            now=scoring.now,
        )
    assert sign_in(scoring.clerk).get(f"{scoring.url}/members/999999/scores").status_code == 409
    assert sign_in(scoring.clerk).get(f"{scoring.url}/my-scores").status_code == 404


def test_who_has_not_said_whether_they_have_an_interest_says_so_first(
    panel_of: Callable[..., Panel], sign_in: SignIn
) -> None:
    panel = panel_of(panel_rules=[PanelRules.holding(Rules(individual_from_pence=0), number=1)])
    page = sign_in(panel.chair).get(f"{panel.url}/my-scores").text
    assert "You must first say whether you have an interest." in page
    assert f"/members/{panel.seats[CHAIR].id}/interest" in page
    with pytest.raises(Refused, match="must first say"):
        give(panel, CHAIR)


def test_who_disclosed_an_interest_is_told_why_they_don_t_score(scoring: Panel, sign_in: SignIn) -> None:
    interests.declare(
        scoring.item,
        scoring.seats[LA].id,
        InterestKind.DISCLOSED,
        "I work with them",
        user=scoring.clerk,
        now=scoring.now,
    )
    page = sign_in(scoring.seats[LA].user).get(f"{scoring.url}/my-scores").text
    assert "You have disclosed an interest, so you may not score this bid." in page
    with pytest.raises(Refused, match="may not score"):
        give(scoring, LA)


def test_nobody_scores_before_the_papers_are_out_nor_after_the_decision(
    scoring: Panel, sign_in: SignIn
) -> None:
    client, data = sign_in(scoring.chair), sent(scoring, CHAIR, do="hand_in")
    scoring.item.meeting.state = MeetingState.PLANNED
    scoring.make.session.commit()
    with pytest.raises(Refused, match="once its papers are out"):
        give(scoring, CHAIR)
    scoring.item.meeting.state = MeetingState.IN_SESSION
    scoring.item.outcome, scoring.item.outcome_at = ItemOutcome.DECLINED, scoring.now
    scoring.make.session.commit()
    late = client.post(f"{scoring.url}/my-scores", data={**data, "reason_need": "Too late"})
    assert late.status_code == 409
    assert "no longer open" in late.text
    assert "Too late" in late.text
    assert scoring.item.sheets == []


def test_scores_that_were_set_aside_are_kept_and_may_be_given_again(scoring: Panel, sign_in: SignIn) -> None:
    give(scoring, CHAIR, 4)
    give(scoring, LA, 2)
    aside = sheet(scoring, CHAIR)
    aside.voided_at, aside.voided_why = scoring.now, "an interest was found late"
    scoring.make.session.commit()
    assert total_score(scoring.item, scoring.now) == 50
    page = sign_in(scoring.clerk).get(f"{scoring.url}/scores").text
    assert "Kept, and not counted" in page
    assert "an interest was found late" in page
    give(scoring, CHAIR, 3)
    assert total_score(scoring.item, scoring.now) == Fraction("62.5")
    kept = scoring.make.session.scalars(select(HistoryEntry).where(HistoryEntry.step == "score_again")).one()
    assert kept.internal
    assert kept.given["before"]["need"] == [4, "Because of need."]
