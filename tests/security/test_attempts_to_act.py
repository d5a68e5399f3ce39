"""Attempts to act at the panel as somebody else, too early, too late, twice, or with what is not asked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundflow.models.interest import InterestKind
from fundflow.models.panel import AttendanceEvent
from fundflow.models.panel_settings import PanelRules
from fundflow.models.person import RoleName, Sector, User
from fundflow.panel.operations import email_votes, interests, items, scores
from fundflow.panel.operations.scores import Mark
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import STANDARD, Choice, Rules
from tests.panel.conftest import Panel

SignIn = Callable[[User | None], FlaskClient]
PanelOf = Callable[..., Panel]
CHAIR, DEPUTY, PRIMARY, LA, GOVERNOR = range(5)


@pytest.fixture
def scored(panel_of: PanelOf) -> Panel:
    """All but the chair have handed in low scores that lie apart; everybody is there."""
    panel = panel_of(panel_rules=[PanelRules.holding(Rules(individual_from_pence=0), number=1)])
    panel.here(CHAIR, DEPUTY, PRIMARY, LA, GOVERNOR)
    for n, score in ((DEPUTY, 1), (PRIMARY, 1), (LA, 1), (GOVERNOR, 3)):
        marks = {slug: Mark(score, "Weak.") for slug in STANDARD.slugs}
        scores.save_sheet(
            panel.item,
            panel.seats[n].id,
            marks,
            hand_in=True,
            stamp=None,
            user=panel.seats[n].user,
            now=panel.now,
        )
        items.vote(panel.item, panel.seats[n].id, Choice.FUND, user=panel.clerk, now=panel.now)
    return panel


def talk(panel: Panel) -> None:
    for slug in STANDARD.slugs:
        scores.moderate(panel.item, slug, "They said why.", {}, stamp=None, user=panel.clerk, now=panel.now)


# -- a chair who has not scored ---------------------------------------------------------------------


def test_whoever_decides_learns_no_scores_from_what_a_decision_waits_for(
    scored: Panel, sign_in: SignIn
) -> None:
    client = sign_in(scored.chair)
    pages = [
        client.get(path).text
        for path in (scored.url, f"/bids/{scored.bid.reference}/decide", scored.step_url("approve"))
    ]
    assert all("The panel has not finished with the scores of this bid." in page for page in pages)
    assert not any("lie far apart" in page for page in pages)
    assert "Scores lie far apart" in sign_in(scored.seats[DEPUTY].user).get(scored.url).text


def test_whoever_decides_learns_no_total_from_the_pages_of_a_decision(scored: Panel, sign_in: SignIn) -> None:
    talk(scored)  # the total is 37.5, under what can be funded
    chair, url = scored.chair, scored.step_url("approve")
    page = sign_in(chair).get(url)
    assert page.status_code == 200
    wrong = sign_in(chair).post(url, data=scored.form())
    assert wrong.status_code == 422  # funding it departs from the scores, which must be explained
    for said in (page.text, wrong.text, sign_in(chair).get(f"/bids/{scored.bid.reference}/decide").text):
        assert "37.5" not in said
    assert "If the decision may depart from them, say why." in page.text
    marks = {slug: Mark(1, "Weak.") for slug in STANDARD.slugs}
    scores.save_sheet(
        scored.item, scored.seats[CHAIR].id, marks, hand_in=True, stamp=None, user=chair, now=scored.now
    )
    assert "The score is 35" in sign_in(chair).get(url).text


# -- votes ------------------------------------------------------------------------------------------


def elsewhere(panel: Panel) -> Any:
    """Another fund's bid before its own panel, on which this panel's deputy has a seat too."""
    bid = panel.make.bid(state=BidState.AT_PANEL, now=panel.now - timedelta(hours=1))
    return panel.make.seat(bid.fund, panel.deputy, sector=Sector.LA), bid.items[0]


FORGED = {
    "another's seat": lambda p: p.seats[PRIMARY].id,
    "a seat of another panel": lambda p: elsewhere(p)[0].id,
    "a seat that was theirs": lambda p: p.make.seat(p.fund, p.deputy, ends_on=p.now.date() - timedelta(1)).id,
    "a seat that will be theirs": lambda p: (
        p.make.seat(p.fund, p.deputy, starts_on=p.now.date() + timedelta(60)).id
    ),
    "a substitute's seat, their own member being there": lambda p: (
        p.make.seat(p.fund, p.deputy, stands_in_for_id=p.seats[CHAIR].id).id
    ),
    "no seat": lambda p: 2**31 - 1,
    "a number too large": lambda p: 2**40,
}


@pytest.mark.parametrize("way", FORGED)
def test_nobody_votes_from_a_seat_that_is_not_theirs_now(panel: Panel, sign_in: SignIn, way: str) -> None:
    panel.votes("+")
    panel.here(DEPUTY, PRIMARY)
    seat = FORGED[way](panel)
    panel.make.session.commit()
    client = sign_in(panel.deputy)
    answer = client.post(f"{panel.url}/members/{seat}/vote", data={"choice": "fund"})
    assert answer.status_code in (404, 409)
    assert [(vote.seat_id, vote.recorded_by_id) for vote in panel.item.votes] == [
        (panel.seats[CHAIR].id, panel.clerk.id)
    ]


@pytest.mark.parametrize("choice", ["", "FUND", "yes", "fund\x00", "abstain,fund", "<b>fund</b>"])
def test_a_choice_that_is_none_is_no_vote(panel: Panel, sign_in: SignIn, choice: str) -> None:
    panel.here(DEPUTY)
    url = f"{panel.url}/members/{panel.seats[DEPUTY].id}/vote"
    assert sign_in(panel.deputy).post(url, data={"choice": choice}).status_code == 422
    assert panel.item.votes == []


@pytest.mark.parametrize(
    "role",
    [
        RoleName.ADMINISTRATOR,
        RoleName.OFFICER,
        RoleName.AUTHORISED_OFFICER,
        RoleName.AUDITOR,
        RoleName.FINANCE,
        RoleName.BOARD,
    ],
)
def test_who_works_for_the_council_but_is_no_clerk_records_nothing(
    panel: Panel, sign_in: SignIn, role: RoleName
) -> None:
    panel.here(CHAIR, DEPUTY)
    client, seat = sign_in(panel.make.staff(role)), panel.seats[DEPUTY].id
    for rest, data in acts_of_a_clerk(seat):
        assert client.post(f"{panel.url}{rest}", data=data).status_code in (403, 404, 405), rest
    assert (panel.item.votes, panel.item.scores, panel.item.proposed_pence) == ([], [], None)


@pytest.mark.parametrize("seat", [CHAIR, GOVERNOR])
def test_a_member_does_nothing_of_the_clerks(panel: Panel, sign_in: SignIn, seat: int) -> None:
    panel.here(CHAIR, DEPUTY, GOVERNOR)
    events = panel.make.session.query(AttendanceEvent).count()
    client = sign_in(panel.seats[seat].user)
    for rest, data in acts_of_a_clerk(panel.seats[DEPUTY].id):
        assert client.post(f"{panel.url}{rest}", data=data).status_code in (403, 409, 422), rest
    assert (panel.item.votes, panel.item.scores, panel.item.proposed_pence) == ([], [], None)
    assert panel.make.session.query(AttendanceEvent).count() == events


def acts_of_a_clerk(seat: int) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"/members/{seat}/vote", {"choice": "fund"}),
        (f"/members/{seat}/presence", {"present": "no"}),
        (f"/members/{seat}/interest", {"kind": "barred", "text": "They said so"}),
        ("/take", {}),
        (f"/members/{seat}/scores", {"do": "save"}),
        ("/scores", {"score_need": "4"}),
        ("/no-interests", {}),
        ("/proposal", {"amount": "1", "proposal_reason": "Less"}),
        ("/votes", {"choice": "fund"}),
        ("/email-vote", {"day-day": "1"}),
        ("/move", {"meeting": "1"}),
        ("/up", {}),
        ("/papers/again", {}),
        ("/casting-vote", {"casting": "fund", "casting_reason": "Mine"}),
    ]


def test_no_vote_counts_after_the_deadline_of_a_vote_by_email(panel: Panel, time_machine: Any) -> None:
    panel.item.meeting.state = MeetingState.CLOSED
    seat = panel.seats[DEPUTY]
    email_votes.ask_to_vote_by_email(
        panel.item, panel.now + timedelta(days=1), user=panel.clerk, now=panel.now
    )
    interests.declare(panel.item, seat.id, InterestKind.NONE, user=seat.user, now=panel.now)
    with pytest.raises(Refused, match="vote"):
        items.vote(panel.item, seat.id, Choice.FUND, user=seat.user, now=panel.now + timedelta(days=2))
    assert panel.item.votes == []


# -- what is not asked for --------------------------------------------------------------------------


def test_fields_that_no_form_has_change_nothing(panel: Panel, sign_in: SignIn) -> None:
    panel.votes("++++")
    more = {
        "delegation": "Mine",
        "decided_by_id": "1",
        "officer_limit_pence": "99999999",
        "state": "closed",
        "score_hundredths": "10000",
        "user": "1",
        "rules_id": "1",
        "pence": "1",
    }
    answer = sign_in(panel.chair).post(panel.step_url("approve"), data=panel.form(**more))
    assert answer.status_code == 302
    decision = panel.bid.offer.decision
    assert (panel.bid.state, decision.pence, decision.decided_by_id, decision.delegation) == (
        BidState.OFFERED,
        300_000,
        panel.chair.id,
        "",
    )


@pytest.mark.parametrize("amount", ["3000.01", "-1", "0", "9" * 30, "1e3", "NaN", "٣٠٠٠٠٠٠٠"])
def test_no_amount_is_offered_or_proposed_but_one_within_what_was_asked_for(
    panel: Panel, sign_in: SignIn, amount: str
) -> None:
    panel.votes("++++")
    decided = sign_in(panel.chair).post(panel.step_url("approve"), data=panel.form(amount=amount))
    put = sign_in(panel.clerk).post(f"{panel.url}/proposal", data={"amount": amount, "proposal_reason": "So"})
    assert decided.status_code in (409, 422)
    assert put.status_code in (409, 422)
    assert (panel.bid.state, panel.item.proposed_pence) == (BidState.AT_PANEL, None)


HOSTILE = "<img src=file:///etc/passwd>\u202e=cmd|'/c'!A1 <script>alert(1)</script>"


def test_hostile_words_are_words_wherever_a_decision_is_read(panel: Panel, sign_in: SignIn) -> None:
    panel.votes("++++")
    assert sign_in(panel.chair).post(
        panel.step_url("approve"),
        data=panel.form(
            reasons=HOSTILE,
            text_1=HOSTILE,
            owner_1=HOSTILE,
            **{"due_1-day": "1", "due_1-month": "2", "due_1-year": str(panel.now.year + 1)},
            feedback_need=HOSTILE,
        ),
    ).status_code in (302, 422)
    for path in (f"/bids/{panel.bid.reference}/panel", f"/bids/{panel.bid.reference}/conditions", panel.url):
        page = sign_in(panel.clerk).get(path).text
        assert "<script>alert" not in page
        assert "<img src=file" not in page
