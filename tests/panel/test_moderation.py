"""Talking about scores that lie far apart."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from fundflow.models.history import HistoryEntry
from fundflow.models.panel import ItemOutcome
from fundflow.models.person import User
from fundflow.models.scores import MemberScore, Moderation
from fundflow.panel.operations.scores import moderate, moderation_stamp
from fundflow.rules.panel.scores import spreads_of, total_score, unmoderated
from fundflow.workflow.engine import Refused
from tests.panel.conftest import Panel
from tests.panel.scoring import CHAIR, DEPUTY, GOVERNOR, LA, PRIMARY, SignIn, give, sheet


def talk(
    panel: Panel,
    text: str = "They read the plan again.",
    slug: str = "need",
    *,
    user: User | None = None,
    now: datetime | None = None,
    **changed: int,
) -> None:
    """Record what was said; `chair=3` is the chair's new score."""
    seats = {"chair": CHAIR, "deputy": DEPUTY, "primary": PRIMARY, "la": LA, "governor": GOVERNOR}
    scores = {sheet(panel, seats[name]).id: score for name, score in changed.items()}
    moderate(panel.item, slug, text, scores, stamp=None, user=user or panel.clerk, now=now or panel.now)


@pytest.mark.both_databases
def test_a_spread_of_two_calls_for_talking_and_originals_are_kept(scoring: Panel, sign_in: SignIn) -> None:
    give(scoring, CHAIR, 3, need=1)
    give(scoring, LA, 3)
    give(scoring, GOVERNOR, 3, gaps=2)
    assert spreads_of(scoring.item, scoring.now)["need"] == 2
    assert unmoderated(scoring.item, scoring.now) == ["Need and evidence"]
    # need (1+3+3)/3 = 7/3, gaps 8/3, the rest 3: 20×7/12 + 5×8/12 + 75×3/4 = 35/3 + 10/3 + 56.25
    assert total_score(scoring.item, scoring.now) == Fraction("71.25")
    client = sign_in(scoring.clerk)
    assert "Talk about this" in client.get(f"{scoring.url}/scores").text
    url, ids = f"{scoring.url}/scores/need/talk", [s.id for s in scoring.item.sheets]
    form = {
        f"sheet_{ids[0]}": "3",
        f"sheet_{ids[1]}": "3",
        f"sheet_{ids[2]}": "3",
        "stamp": moderation_stamp(scoring.item, "need"),
    }
    empty = client.post(url, data={**form, "note": " "})
    assert empty.status_code == 422
    assert "Enter what was said" in empty.text
    done = client.post(url, data={**form, "note": "The chair had not read page 4."})
    assert done.status_code == 302
    assert client.post(url, data={**form, "note": "The chair had not read page 4."}).status_code == 302
    assert unmoderated(scoring.item, scoring.now) == []
    assert spreads_of(scoring.item, scoring.now)["need"] == 2  # as it was before
    # need 3, gaps 8/3: 15 + 10/3 + 56.25 = 74.58…
    assert total_score(scoring.item, scoring.now) == Fraction(895, 12)
    kept = scoring.make.session.scalars(select(Moderation)).one()
    assert kept.changes == {str(ids[0]): [1, 3]}
    first = scoring.make.session.scalars(
        select(MemberScore).where(MemberScore.sheet_id == ids[0], MemberScore.criterion == "need")
    ).one()
    assert (first.score, first.moderated) == (1, 3)
    page = client.get(f"{scoring.url}/scores").text
    assert "3, was 1" in page
    assert "The chair had not read page 4." in page
    assert "74.58 of 100" in page
    note = scoring.make.session.scalars(select(HistoryEntry).where(HistoryEntry.step == "moderate")).one()
    assert (note.label, note.internal, note.reason, note.given) == (
        "Talked about the scores for Need and evidence",
        True,
        "",
        {},
    )


def test_a_late_sheet_that_lies_further_apart_must_be_talked_about_again(scoring: Panel) -> None:
    later = scoring.now + timedelta(minutes=5)
    give(scoring, CHAIR, 3, need=1)
    give(scoring, LA, 3)
    talk(scoring)
    give(scoring, GOVERNOR, 3, need=2, now=later)
    assert unmoderated(scoring.item, later) == []  # between the others: nothing new
    give(scoring, DEPUTY, 3, need=4, now=later)
    assert unmoderated(scoring.item, later) == ["Need and evidence"]
    talk(scoring, "Again.", now=later)
    assert unmoderated(scoring.item, later) == []
    assert [m.note for m in scoring.item.moderations] == ["They read the plan again.", "Again."]


def test_the_clerk_or_whoever_chairs_records_what_was_said(scoring: Panel, sign_in: SignIn) -> None:
    give(scoring, LA, 1)
    give(scoring, DEPUTY, 3)
    with pytest.raises(Refused, match="or the person who chairs this item"):
        talk(scoring, user=scoring.seats[LA].user)
    assert sign_in(scoring.seats[LA].user).get(f"{scoring.url}/scores/need/talk").status_code == 409
    scoring.here(CHAIR)
    with pytest.raises(Refused, match="Hand in your own scores first"):
        talk(scoring, user=scoring.chair)
    give(scoring, CHAIR, 2)
    talk(scoring, user=scoring.chair, chair=3)
    assert sheet(scoring, CHAIR).counted_scores["need"] == 3


def test_of_two_who_record_at_once_the_second_is_told(scoring: Panel, sign_in: SignIn) -> None:
    give(scoring, CHAIR, 1)
    give(scoring, LA, 3)
    stamp = moderation_stamp(scoring.item, "need")
    talk(scoring, chair=2)
    data = {"note": "Mine", f"sheet_{sheet(scoring, CHAIR).id}": "4", "stamp": stamp}
    stale = sign_in(scoring.clerk).post(f"{scoring.url}/scores/need/talk", data=data)
    assert stale.status_code == 409
    assert "Mine" in stale.text
    assert sheet(scoring, CHAIR).counted_scores["need"] == 2


@pytest.mark.parametrize("score", ["5", "-1", "x"])
def test_a_moderated_score_lies_on_the_scale_too(scoring: Panel, sign_in: SignIn, score: str) -> None:
    give(scoring, CHAIR, 1)
    data = {
        "note": "Said",
        f"sheet_{sheet(scoring, CHAIR).id}": score,
        "stamp": moderation_stamp(scoring.item, "need"),
    }
    page = sign_in(scoring.clerk).post(f"{scoring.url}/scores/need/talk", data=data)
    assert page.status_code == 422
    assert scoring.item.moderations == []
    with pytest.raises(Refused, match="Only scores that were handed in"):
        moderate(scoring.item, "need", "Said", {999_999: 3}, stamp=None, user=scoring.clerk, now=scoring.now)


def test_nothing_is_moderated_after_the_decision(scoring: Panel, sign_in: SignIn) -> None:
    give(scoring, CHAIR, 1)
    scoring.item.outcome, scoring.item.outcome_at = ItemOutcome.DECLINED, scoring.now
    scoring.make.session.commit()
    with pytest.raises(Refused, match="no longer open"):
        talk(scoring)
    client = sign_in(scoring.clerk)
    assert client.get(f"{scoring.url}/scores/need/talk").status_code == 409
    late = client.post(f"{scoring.url}/scores/need/talk", data={"note": "Said too late"})
    assert late.status_code == 409
    assert "Said too late" in late.text
    assert client.get(f"{scoring.url}/scores/nothing/talk").status_code == 404
