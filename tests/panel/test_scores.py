"""Scores: the one the panel agrees, members' own, who sees them, and talking about them."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow.models.history import HistoryEntry
from fundflow.models.interest import InterestKind
from fundflow.models.panel import ItemOutcome
from fundflow.models.panel_settings import PanelRules
from fundflow.models.person import RoleName, User
from fundflow.models.scores import MemberScore, Moderation, ScoreSheet
from fundflow.panel import operations
from fundflow.panel.operations import Mark
from fundflow.panel.scores.queries import sees_scores
from fundflow.rules.panel.scores import criterion_scores, spreads_of, total_score, unmoderated
from fundflow.steps import Stale
from fundflow.workflow.engine import Refused
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import STANDARD, Criterion, Rules
from tests.factories import Make
from tests.panel.conftest import Panel, a_panel, ready
from tests.scenes import Scenes

SignIn = Callable[[User | None], FlaskClient]
CHAIR, DEPUTY, PRIMARY, LA, GOVERNOR = range(5)
LOCKED = "are locked"


def a_scoring_panel(make: Make) -> Panel:
    """A panel whose members each score the bid; all have said that they have no interest."""
    panel = a_panel(make, panel_rules=[PanelRules.holding(Rules(individual_from_pence=0), number=1)])
    panel.no_interest(*range(5))
    return panel


@pytest.fixture
def scoring(scenes: Scenes, make: Make) -> Iterator[Panel]:
    yield from ready(scenes, a_scoring_panel)


def marks(score: int = 3, **others: int) -> dict[str, Mark]:
    return {slug: Mark(others.get(slug, score), f"Because of {slug}.") for slug in STANDARD.slugs}


def give(panel: Panel, seat: int, score: int = 3, *, now: datetime | None = None, **others: int) -> None:
    """This seat's holder hands in their scores."""
    operations.save_sheet(
        panel.item,
        panel.seats[seat].id,
        marks(score, **others),
        hand_in=True,
        stamp=None,
        user=panel.seats[seat].user,
        now=now or panel.now,
    )


def sent(panel: Panel, seat: int, score: Any = 3, *, do: str = "save", **others: Any) -> dict[str, Any]:
    """The form of a member's scores, as their page sends it now."""
    fields = {f"score_{slug}": str(score) for slug in STANDARD.slugs}
    fields |= {f"reason_{slug}": f"Because of {slug}." for slug in STANDARD.slugs}
    stamp = operations.sheet_stamp(panel.item, panel.seats[seat].id)
    return {**fields, "do": do, "stamp": stamp, **others}


def sheet(panel: Panel, seat: int) -> ScoreSheet:
    return next(s for s in panel.item.sheets if s.seat_id == panel.seats[seat].id)


# -- the agreed score ---------------------------------------------------------------------------


def test_the_clerk_keeps_one_agreed_score_a_criterion(panel: Panel, as_clerk: FlaskClient) -> None:
    page = as_clerk.get(panel.url).text
    assert "Is the need clear, and shown by evidence" in page  # what members are told about scoring it
    scores = {
        "need": 3,
        "outcomes": 3,
        "priority": 4,
        "delivery": 2,
        "value": 2,
        "sustainability": 3,
        "gaps": 3,
    }
    done = as_clerk.post(
        f"{panel.url}/scores",
        data={
            **{f"score_{slug}": score for slug, score in scores.items()},
            "stamp": operations.scores_stamp(panel.item),
        },
    )
    assert done.status_code == 302
    assert total_score(panel.item, panel.now) == Fraction("71.25")
    assert "71.25 of 100" in as_clerk.get(panel.url).text
    assert "Can be funded" in as_clerk.get(f"{panel.url}/scores").text


def test_a_stale_score_page_overwrites_nothing_and_keeps_what_was_typed(
    panel: Panel, as_clerk: FlaskClient
) -> None:
    stamp = operations.scores_stamp(panel.item)
    operations.save_scores(panel.item, {"need": 4}, stamp=stamp, user=panel.clerk, now=panel.now)
    stale = as_clerk.post(f"{panel.url}/scores", data={"score_need": "1", "stamp": stamp})
    assert stale.status_code == 409
    assert "Somebody changed this while you had the page open" in stale.text
    assert '<option value="1" selected>' in stale.text
    assert criterion_scores(panel.item, panel.now) == {"need": 4}
    with pytest.raises(Stale):
        operations.save_scores(panel.item, {"need": 1}, stamp=stamp, user=panel.clerk, now=panel.now)
    operations.save_scores(panel.item, {"need": 4}, stamp=stamp, user=panel.clerk, now=panel.now)
    again = as_clerk.post(
        f"{panel.url}/scores", data={"score_need": "1", "stamp": operations.scores_stamp(panel.item)}
    )
    assert again.status_code == 302
    assert criterion_scores(panel.item, panel.now) == {"need": 1}


def test_an_agreed_score_that_was_overwritten_stays_in_the_history(panel: Panel) -> None:
    for score in (4, 1):
        operations.save_scores(panel.item, {"need": score}, stamp=None, user=panel.clerk, now=panel.now)
    kept = panel.make.session.scalars(select(HistoryEntry).where(HistoryEntry.step == "score")).all()
    assert [entry.given for entry in kept] == [{"before": {"need": 4}}]


@pytest.mark.parametrize("score", ["5", "-1", "x", "2.5"])
def test_a_score_lies_between_0_and_4(panel: Panel, as_clerk: FlaskClient, score: str) -> None:
    data = {"score_need": score, "stamp": operations.scores_stamp(panel.item)}
    assert as_clerk.post(f"{panel.url}/scores", data=data).status_code == 422
    assert criterion_scores(panel.item, panel.now) == {}


def test_a_score_left_empty_stays_as_it_was(panel: Panel) -> None:
    for scores in ({"need": 2}, dict.fromkeys(STANDARD.slugs[1:], 3)):
        operations.save_scores(
            panel.item, scores, stamp=operations.scores_stamp(panel.item), user=panel.clerk, now=panel.now
        )
    assert criterion_scores(panel.item, panel.now) == {**dict.fromkeys(STANDARD.slugs, 3), "need": 2}


def test_the_form_asks_for_the_criteria_of_the_items_own_rules(
    panel_of: Callable[..., Panel], sign_in: SignIn
) -> None:
    old = Rules(
        criteria=(
            Criterion("reading", "Early reading", 60, "Will more pupils read?", True),
            Criterion("stamp", "Cost", 40),
        )
    )
    panel = panel_of(panel_rules=[PanelRules.holding(old, number=1)])
    panel.fund.panel_rules.append(PanelRules.holding(STANDARD, number=2))
    panel.make.session.commit()
    client = sign_in(panel.clerk)
    page = client.get(panel.url).text
    assert "Early reading" in page
    assert "Will more pupils read?" in page
    assert "Need and evidence" not in page
    client.post(
        f"{panel.url}/scores",
        data={"score_reading": "3", "score_stamp": "1", "stamp": operations.scores_stamp(panel.item)},
    )
    assert total_score(panel.item, panel.now) == 55  # 60×3/4 + 40×1/4
    with pytest.raises(Refused, match="whole number from 0 to 4"):
        operations.save_scores(panel.item, {"need": 3}, stamp=None, user=panel.clerk, now=panel.now)


def test_no_score_is_agreed_where_each_member_scores(scoring: Panel, sign_in: SignIn) -> None:
    assert "Agreed score" not in sign_in(scoring.clerk).get(scoring.url).text
    with pytest.raises(Refused, match="Each member scores this bid"):
        operations.save_scores(scoring.item, {"need": 3}, stamp=None, user=scoring.clerk, now=scoring.now)


# -- a member's own scores ----------------------------------------------------------------------


def test_a_member_saves_as_they_go_and_then_hands_in(scoring: Panel, sign_in: SignIn) -> None:
    url, client = f"{scoring.url}/my-scores", sign_in(scoring.chair)
    assert "4 excellent" in client.get(url).text
    part = {
        "score_need": "4",
        "reason_outcomes": "Half a thought",
        "do": "save",
        "stamp": operations.sheet_stamp(scoring.item, scoring.seats[CHAIR].id),
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
        operations.save_sheet(
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
    again = {**second, "stamp": operations.sheet_stamp(scoring.item, scoring.seats[CHAIR].id)}
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
        operations.save_sheet(
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
    operations.declare(
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


# -- who sees what ------------------------------------------------------------------------------

STAFF = (RoleName.CLERK, RoleName.OFFICER, RoleName.AUTHORISED_OFFICER, RoleName.AUDITOR)
SECRET = "Said by the governor alone"


def a_panel_of_whom_one_scored(make: Make) -> Panel:
    """The governor alone has handed in; the LA member disclosed, the primary member is barred."""
    scoring = a_scoring_panel(make)
    operations.save_sheet(
        scoring.item,
        scoring.seats[GOVERNOR].id,
        {**marks(1), "need": Mark(1, SECRET)},
        hand_in=True,
        stamp=None,
        user=scoring.seats[GOVERNOR].user,
        now=scoring.now,
    )
    for seat, kind in ((LA, InterestKind.DISCLOSED), (PRIMARY, InterestKind.BARRED)):
        operations.declare(
            scoring.item, scoring.seats[seat].id, kind, "A tie", user=scoring.clerk, now=scoring.now
        )
    return scoring


@pytest.fixture
def told(scenes: Scenes, make: Make) -> Iterator[Panel]:
    yield from ready(scenes, a_panel_of_whom_one_scored)


def _look(panel: Panel, user: User | None, sign_in: SignIn) -> str:
    """Everything about the item's scores that this person can open."""
    client = sign_in(user)
    meeting = f"/meetings/{panel.item.meeting_id}"
    paths = [
        panel.url,
        f"{panel.url}/scores",
        f"{panel.url}/my-scores",
        f"{meeting}/ranking",
        "/ranking",
        f"{panel.url}/scores/need/talk",
        f"/bids/{panel.bid.reference}/panel",
        *(f"{panel.url}/members/{seat.id}/scores" for seat in panel.seats),
    ]
    return "".join(client.get(path).text for path in paths)


@pytest.mark.parametrize("seat", [CHAIR, DEPUTY, LA, PRIMARY])
def test_a_member_sees_nobody_s_scores_before_handing_in_their_own(
    told: Panel, sign_in: SignIn, seat: int
) -> None:
    told.here(CHAIR)
    seen = _look(told, told.seats[seat].user, sign_in)
    assert SECRET not in seen
    assert "25 of 100" not in seen
    assert "<strong>25</strong>" not in seen
    if seat in (CHAIR, DEPUTY):
        assert "Hand in your own scores" in seen
        give(told, seat, 4)
        after = _look(told, told.seats[seat].user, sign_in)
        assert SECRET in after
        assert "62.5 of 100" in after


@pytest.mark.parametrize("role", STAFF)
def test_those_who_work_for_the_panel_see_scores_as_they_come_in(
    told: Panel, sign_in: SignIn, role: RoleName
) -> None:
    person = told.clerk if role is RoleName.CLERK else told.make.staff(role)
    assert SECRET in sign_in(person).get(f"{told.url}/scores").text
    assert sees_scores(person, told.item, told.now)


def test_schools_and_those_who_are_barred_never_see_scores(told: Panel, sign_in: SignIn) -> None:
    provider = told.bid.partners[0].school
    stranger = told.make.member(told.make.school())
    told.item.outcome, told.item.outcome_at = ItemOutcome.DECLINED, told.now
    told.make.session.commit()
    for user in (told.leader, told.make.member(provider), stranger, None, told.seats[PRIMARY].user):
        seen = _look(told, user, sign_in)
        assert SECRET not in seen
        assert "25 of 100" not in seen
    assert sign_in(told.seats[PRIMARY].user).get(f"{told.url}/scores").status_code == 403
    assert SECRET in _look(told, told.seats[LA].user, sign_in)  # disclosed: once it is decided


def test_an_officer_who_sits_on_the_panel_scores_before_they_see(told: Panel, sign_in: SignIn) -> None:
    told.make.role(told.seats[DEPUTY].user, RoleName.CLERK)
    told.make.session.commit()
    assert SECRET not in _look(told, told.seats[DEPUTY].user, sign_in)
    give(told, DEPUTY, 4)
    assert SECRET in _look(told, told.seats[DEPUTY].user, sign_in)


def test_an_item_taken_off_the_agenda_shows_no_more_than_before(told: Panel) -> None:
    told.item.outcome, told.item.outcome_at = ItemOutcome.REMOVED, told.now
    told.make.session.commit()
    assert not sees_scores(told.chair, told.item, told.now)
    assert sees_scores(told.seats[GOVERNOR].user, told.item, told.now)


# -- talking about scores that lie apart --------------------------------------------------------


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
    operations.moderate(
        panel.item, slug, text, scores, stamp=None, user=user or panel.clerk, now=now or panel.now
    )


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
        "stamp": operations.moderation_stamp(scoring.item, "need"),
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
    with pytest.raises(Refused, match="or whoever chairs this item"):
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
    stamp = operations.moderation_stamp(scoring.item, "need")
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
        "stamp": operations.moderation_stamp(scoring.item, "need"),
    }
    page = sign_in(scoring.clerk).post(f"{scoring.url}/scores/need/talk", data=data)
    assert page.status_code == 422
    assert scoring.item.moderations == []
    with pytest.raises(Refused, match="Only scores that were handed in"):
        operations.moderate(
            scoring.item, "need", "Said", {999_999: 3}, stamp=None, user=scoring.clerk, now=scoring.now
        )


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


def test_the_page_of_scores_asks_no_more_with_nine_members_than_with_two(
    scoring: Panel, sign_in: SignIn, count_queries: list[str], make: Make
) -> None:
    client = sign_in(scoring.clerk)
    give(scoring, CHAIR, 1)
    give(scoring, DEPUTY, 3)

    def asked() -> int:
        make.session.expire_all()
        count_queries.clear()
        assert client.get(f"{scoring.url}/scores").status_code == 200
        return len(count_queries)

    few = asked()
    for _ in range(4):
        scoring.seats.append(make.seat(scoring.fund))
    make.session.commit()
    for n in range(2, 9):
        operations.declare(
            scoring.item, scoring.seats[n].id, InterestKind.NONE, user=scoring.clerk, now=scoring.now
        )
        give(scoring, n, 2)
    assert asked() == few
