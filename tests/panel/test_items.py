"""An item: who is there, who has an interest, who sees it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from fundflow.models.history import HistoryEntry
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.panel_settings import PanelRules
from fundflow.models.person import Seat, User
from fundflow.panel.operations import attendance, interests, items
from fundflow.rules.panel.sittings import sitting_of, standings_of
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import STANDARD, Choice
from tests.panel.conftest import Panel

SignIn = Callable[[User | None], FlaskClient]


# -- presence, quorum ---------------------------------------------------------------------------


def test_two_present_of_three_needed_is_said_on_the_page(panel: Panel, as_clerk: FlaskClient) -> None:
    panel.here(0, 3)
    page = as_clerk.get(panel.url).text
    assert "2 present, 3 needed." in page
    assert "until one more member joins" in page
    assert "You can ask members to vote by email" in page


def test_the_clerk_records_who_joins_and_who_leaves(panel: Panel, as_clerk: FlaskClient) -> None:
    url = f"{panel.url}/members/{panel.seats[0].id}/presence"
    assert as_clerk.post(url, data={"present": "yes"}).status_code == 302
    assert standings_of(panel.item, panel.now)[0].present
    as_clerk.post(url, data={"present": "no"})
    assert not standings_of(panel.item, panel.now)[0].present
    assert "Left for this item " in as_clerk.get(panel.url).text
    assert as_clerk.post(url, data={"present": "perhaps"}).status_code == 422


def test_nobody_is_recorded_before_the_meeting_has_started(panel: Panel) -> None:
    panel.item.meeting.state = MeetingState.PAPERS_ISSUED
    with pytest.raises(Refused, match="Start the meeting first"):
        panel.comes(0)


def test_a_barred_member_cannot_be_present(panel: Panel) -> None:
    panel.seats[0].school = panel.bid.lead_school
    with pytest.raises(Refused, match="must leave for this item: their school, Lead Primary"):
        panel.comes(0)


def test_only_the_clerk_records(panel: Panel, sign_in: SignIn) -> None:
    member = panel.seats[2]
    with pytest.raises(Refused, match="Only the panel’s clerk"):
        attendance.record_presence(panel.item, member.id, present=True, user=member.user, now=panel.now)
    url = f"{panel.url}/members/{member.id}/presence"
    assert sign_in(member.user).post(url, data={"present": "yes"}).status_code == 403


# -- interests ----------------------------------------------------------------------------------


def test_the_clerk_records_that_nobody_else_has_an_interest(panel: Panel, as_clerk: FlaskClient) -> None:
    for n in (0, 3):
        panel.comes(n)
    assert len(panel.sitting.yet_to_declare) == 2
    as_clerk.post(f"{panel.url}/no-interests")
    assert panel.sitting.yet_to_declare == []
    assert len(panel.item.bid.declarations) == 2  # nothing is said for those who are not here


def test_an_interest_needs_words(panel: Panel, as_clerk: FlaskClient) -> None:
    url = f"{panel.url}/members/{panel.seats[0].id}/interest"
    page = as_clerk.post(url, data={"kind": "disclosed", "text": " "})
    assert page.status_code == 422
    assert "Say what the interest is" in page.text
    with pytest.raises(Refused, match="Say what the interest is"):
        interests.declare(
            panel.item, panel.seats[0].id, InterestKind.BARRED, "", user=panel.clerk, now=panel.now
        )


def test_an_interest_found_late_voids_the_vote_which_is_kept(panel: Panel, as_clerk: FlaskClient) -> None:
    panel.votes("+++-")
    url = f"{panel.url}/members/{panel.seats[2].id}/interest"
    page = as_clerk.post(
        url, data={"kind": "barred", "text": "Her brother teaches there."}, follow_redirects=True
    )
    assert "The vote no longer counts, and is kept." in page.text
    vote = next(v for v in panel.item.votes if v.seat_id == panel.seats[2].id)
    assert vote.voided_at is not None
    assert vote.choice is Choice.FUND
    assert sitting_of(panel.item, panel.now).tally == (2, 1, 0)
    noted = {e.step for e in panel.make.session.query(HistoryEntry).filter_by(bid_id=panel.bid.id)}
    assert {"declare", "void_vote"} <= noted


def test_a_member_who_steps_back_late_by_themselves_loses_sight_of_the_bid(
    panel: Panel, sign_in: SignIn
) -> None:
    panel.votes("+++-")
    member = panel.seats[2]
    client = sign_in(member.user)
    done = client.post(
        f"{panel.url}/members/{member.id}/interest",
        data={"kind": "barred", "text": "My brother teaches there."},
    )
    assert done.headers["Location"] == f"/meetings/{panel.item.meeting_id}"
    assert client.get(panel.url).status_code == 403
    assert sitting_of(panel.item, panel.now).tally == (2, 1, 0)
    with pytest.raises(Refused, match="Ask the clerk if that is wrong"):
        interests.declare(panel.item, member.id, InterestKind.NONE, user=member.user, now=panel.now)


def test_a_bar_recorded_by_mistake_is_corrected_by_the_clerk_and_the_member_votes_again(
    panel: Panel,
) -> None:
    panel.votes("+++-")
    seat = panel.seats[2]
    for kind, text in ((InterestKind.BARRED, "A mix-up."), (InterestKind.NONE, "")):
        interests.declare(panel.item, seat.id, kind, text, user=panel.clerk, now=panel.now)
    assert sitting_of(panel.item, panel.now).tally == (2, 1, 0)  # a void vote does not come back by itself
    items.vote(panel.item, seat.id, Choice.DO_NOT_FUND, user=panel.clerk, now=panel.now)
    assert sitting_of(panel.item, panel.now).tally == (2, 2, 0)
    before = [e.given for e in panel.make.session.query(HistoryEntry).filter_by(step="declare")]
    assert {"after": "none", "before": "barred", "before_text": "A mix-up."} in before
    assert panel.make.session.query(Declaration).filter_by(user_id=seat.user_id).count() == 1


def test_who_disclosed_counts_for_the_quorum_but_votes_only_where_the_fund_says_so(
    panel: Panel,
) -> None:
    panel.here(0, 2, 3)
    interests.declare(
        panel.item,
        panel.seats[2].id,
        InterestKind.DISCLOSED,
        "I know the head.",
        user=panel.clerk,
        now=panel.now,
    )
    assert panel.sitting.inquorate is None
    with pytest.raises(Refused, match="has disclosed an interest, so they may not vote"):
        items.vote(panel.item, panel.seats[2].id, Choice.FUND, user=panel.clerk, now=panel.now)
    rules = PanelRules.holding(replace(STANDARD, disclosed_may_vote=True), number=2)
    panel.fund.panel_rules.append(rules)
    panel.item.kept_rules = rules
    items.vote(panel.item, panel.seats[2].id, Choice.FUND, user=panel.clerk, now=panel.now)
    assert sitting_of(panel.item, panel.now).tally == (1, 0, 0)


# -- who sees it --------------------------------------------------------------------------------


def _posts(panel: Panel, seat: Seat) -> list[tuple[str, dict[str, str]]]:
    member = f"{panel.url}/members/{seat.id}"
    return [
        (f"{member}/vote", {"choice": "fund"}),
        (f"{member}/interest", {"kind": "none"}),
        (f"{panel.url}/casting-vote", {"casting": "fund", "casting_reason": "So."}),
        (panel.step_url("approve"), panel.form()),
        (panel.step_url("decline"), panel.form()),
        (panel.step_url("defer"), {"question": "Why?", "version": str(panel.bid.version)}),
        (panel.step_url("undo-decision"), {"reason": "So."}),
        (panel.step_url("renew-offer"), {"reason": "So."}),
    ]


@pytest.mark.parametrize("how", ["school", "trust", "declared"])
def test_a_barred_member_finds_nothing_of_the_bid_anywhere(panel: Panel, sign_in: SignIn, how: str) -> None:
    seat = panel.seats[0]  # the chair, no less
    panel.votes(" +++")
    if how == "school":
        seat.school = panel.bid.lead_school
    elif how == "trust":
        trust = panel.make.trust("Oak Trust")
        panel.bid.lead_school.trust, seat.trust_id = trust, trust.id
    else:
        interests.declare(
            panel.item, seat.id, InterestKind.BARRED, "My sister leads it.", user=panel.clerk, now=panel.now
        )
    panel.make.session.commit()
    client = sign_in(seat.user)
    meeting = client.get(f"/meetings/{panel.item.meeting_id}").text
    assert "An item you take no part in" in meeting
    for trace in (panel.bid.reference, panel.bid.title, "Lead Primary", "£3,000"):
        assert trace not in meeting
    reference = panel.bid.reference
    closed = 403 if how == "declared" else 404  # who said so reads why; to the others the bid is not there
    for url in (
        panel.url,
        f"/bids/{reference}/panel",
        f"/bids/{reference}/decide",
        f"{panel.url}/members/{seat.id}/interest",
        panel.step_url("approve"),
    ):
        assert client.get(url).status_code == closed, url
    for url, data in _posts(panel, seat):
        assert client.post(url, data=data).status_code == closed, url
    assert panel.bid.state is BidState.AT_PANEL


def test_a_barred_item_leaves_no_trace_beside_another_item(panel: Panel, sign_in: SignIn) -> None:
    other = panel.make.bid(fund=panel.fund, state=BidState.IN_REVIEW, title="Maths mastery")
    panel.make.item(other, panel.item.meeting)
    other.state = BidState.AT_PANEL
    panel.seats[2].school = panel.bid.lead_school
    panel.make.session.commit()
    page = sign_in(panel.seats[2].user).get(f"/meetings/{panel.item.meeting_id}/items/{other.items[0].id}")
    assert page.status_code == 200
    assert "Item 2 of 2" in page.text
    assert "An item you take no part in" in page.text
    assert panel.bid.reference not in page.text


def test_a_barred_clerk_cannot_run_the_item(panel: Panel, as_clerk: FlaskClient) -> None:
    panel.make._add(
        Declaration(
            bid_id=panel.bid.id,
            user_id=panel.clerk.id,
            kind=InterestKind.BARRED,
            text="My school.",
            declared_at=panel.now,
            recorded_by_id=panel.clerk.id,
        )
    )
    assert as_clerk.get(panel.url).status_code == 403
    assert as_clerk.post(f"{panel.url}/no-interests").status_code == 403
    with pytest.raises(Refused, match="You can’t handle this item: you declared an interest"):
        panel.comes(0)


def test_people_of_the_schools_and_of_other_funds_find_no_item(panel: Panel, sign_in: SignIn) -> None:
    other = panel.make.panel(panel.make.fund())[0].user
    assert sign_in(other).get(panel.url).status_code == 404
    assert sign_in(other).get(f"/meetings/{panel.item.meeting_id}").status_code == 404
    client = sign_in(panel.leader)
    assert client.get(panel.url).status_code == 403
    assert client.get(f"/bids/{panel.bid.reference}/panel").status_code == 404
    for numbers in ("0/items/0", f"{panel.item.meeting_id}/items/99999999999999999999"):
        assert sign_in(panel.clerk).get(f"/meetings/{numbers}").status_code == 404


def test_members_read_the_papers_only_once_they_are_out(panel: Panel, sign_in: SignIn) -> None:
    panel.item.meeting.state = MeetingState.PLANNED
    panel.make.session.commit()
    client = sign_in(panel.seats[2].user)
    assert client.get(panel.url).status_code == 404
    page = client.get(f"/meetings/{panel.item.meeting_id}").text
    assert "The papers are not out yet." in page
    assert panel.bid.reference not in page
    assert sign_in(panel.clerk).get(panel.url).status_code == 200
