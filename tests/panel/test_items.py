"""Running an item: quorum, interests, votes, the casting vote, votes by email."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from fundflow.models.history import HistoryEntry
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.letter import Letter
from fundflow.models.panel import Vote
from fundflow.models.panel_settings import PanelRules
from fundflow.models.person import Seat, User
from fundflow.panel import operations
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
        operations.record_presence(panel.item, member.id, present=True, user=member.user, now=panel.now)
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
        operations.declare(
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
        operations.declare(panel.item, member.id, InterestKind.NONE, user=member.user, now=panel.now)


def test_a_bar_recorded_by_mistake_is_corrected_by_the_clerk_and_the_member_votes_again(
    panel: Panel,
) -> None:
    panel.votes("+++-")
    seat = panel.seats[2]
    for kind, text in ((InterestKind.BARRED, "A mix-up."), (InterestKind.NONE, "")):
        operations.declare(panel.item, seat.id, kind, text, user=panel.clerk, now=panel.now)
    assert sitting_of(panel.item, panel.now).tally == (2, 1, 0)  # a void vote does not come back by itself
    operations.vote(panel.item, seat.id, Choice.DO_NOT_FUND, user=panel.clerk, now=panel.now)
    assert sitting_of(panel.item, panel.now).tally == (2, 2, 0)
    before = [e.given for e in panel.make.session.query(HistoryEntry).filter_by(step="declare")]
    assert {"after": "none", "before": "barred", "before_text": "A mix-up."} in before
    assert panel.make.session.query(Declaration).filter_by(user_id=seat.user_id).count() == 1


def test_who_disclosed_counts_for_the_quorum_but_votes_only_where_the_fund_says_so(
    panel: Panel,
) -> None:
    panel.here(0, 2, 3)
    operations.declare(
        panel.item,
        panel.seats[2].id,
        InterestKind.DISCLOSED,
        "I know the head.",
        user=panel.clerk,
        now=panel.now,
    )
    assert panel.sitting.inquorate is None
    with pytest.raises(Refused, match="has disclosed an interest, so they may not vote"):
        operations.vote(panel.item, panel.seats[2].id, Choice.FUND, user=panel.clerk, now=panel.now)
    rules = PanelRules.holding(replace(STANDARD, disclosed_may_vote=True), number=2)
    panel.fund.panel_rules.append(rules)
    panel.item.kept_rules = rules
    operations.vote(panel.item, panel.seats[2].id, Choice.FUND, user=panel.clerk, now=panel.now)
    assert sitting_of(panel.item, panel.now).tally == (1, 0, 0)


# -- votes --------------------------------------------------------------------------------------


def test_a_member_votes_on_their_own_phone_and_then_sees_how_the_others_did(
    panel: Panel, sign_in: SignIn
) -> None:
    panel.votes("-+")
    panel.here(3)
    client = sign_in(panel.seats[3].user)
    before = client.get(panel.url).text
    assert "You see how others voted once you have voted." in before
    assert "Votes that count" not in before
    done = client.post(f"{panel.url}/members/{panel.seats[3].id}/vote", data={"choice": "fund"})
    assert done.status_code == 302
    assert "Votes that count: 2 for, 1 against." in client.get(panel.url).text


def test_a_member_votes_only_for_themselves(panel: Panel, sign_in: SignIn) -> None:
    panel.here(2, 3)
    client = sign_in(panel.seats[2].user)
    refused = client.post(f"{panel.url}/members/{panel.seats[3].id}/vote", data={"choice": "fund"})
    assert refused.status_code == 409
    assert "Only the panel’s clerk can do this." in refused.text
    assert panel.item.votes == []


def test_a_member_who_is_not_there_or_said_nothing_about_interests_cannot_vote(
    panel: Panel,
) -> None:
    seat = panel.seats[2]

    def vote() -> None:
        operations.vote(panel.item, seat.id, Choice.FUND, user=seat.user, now=panel.now)

    with pytest.raises(Refused, match="You must first say whether you have an interest"):
        vote()
    operations.declare(panel.item, seat.id, InterestKind.NONE, user=seat.user, now=panel.now)
    with pytest.raises(Refused, match="You are not recorded as present"):
        vote()
    panel.here(2)
    vote()
    assert sitting_of(panel.item, panel.now).tally == (1, 0, 0)


def test_a_barred_member_is_refused_in_the_operation_with_the_reason(panel: Panel) -> None:
    seat = panel.seats[2]
    panel.here(2)
    seat.school = panel.bid.lead_school
    with pytest.raises(Refused, match="You can’t vote on this bid: your school, Lead Primary"):
        operations.vote(panel.item, seat.id, Choice.FUND, user=seat.user, now=panel.now)


def test_a_second_click_on_a_vote_changes_nothing_and_another_answer_replaces_it(
    panel: Panel, as_clerk: FlaskClient
) -> None:
    panel.here(0)
    url = f"{panel.url}/members/{panel.seats[0].id}/vote"
    for _ in range(2):
        assert as_clerk.post(url, data={"choice": "fund"}).status_code == 302
    version = panel.bid.version
    as_clerk.post(url, data={"choice": "fund"})
    assert panel.bid.version == version
    as_clerk.post(url, data={"choice": "do_not_fund"})
    assert panel.make.session.query(Vote).count() == 1
    assert sitting_of(panel.item, panel.now).tally == (0, 1, 0)
    assert as_clerk.post(url, data={"choice": "twice"}).status_code == 422


def test_votes_cannot_change_once_the_item_is_decided(panel: Panel) -> None:
    panel.votes("+++")
    operations.defer(panel.bid, "How?", user=panel.chair, now=panel.now)
    with pytest.raises(Refused, match="no longer open, so votes can’t change"):
        operations.vote(panel.item, panel.seats[0].id, Choice.FUND, user=panel.clerk, now=panel.now)


# -- ties ---------------------------------------------------------------------------------------


def test_a_tie_is_settled_by_whoever_chairs_with_a_reason(panel: Panel, as_clerk: FlaskClient) -> None:
    panel.votes("+-+-")
    assert "The vote is tied" in as_clerk.get(panel.url).text
    assert "The vote is tied" in (panel.why_no_majority("fund") or "")
    url = f"{panel.url}/casting-vote"
    assert as_clerk.post(url, data={"casting": "fund"}).status_code == 422
    as_clerk.post(url, data={"casting": "fund", "casting_reason": "The need is urgent."})
    assert panel.item.casting_by_id == panel.chair.id
    assert panel.why_no_majority("fund") is None
    assert panel.why_no_majority("do_not_fund") is not None


def test_there_is_no_casting_vote_without_a_tie_or_without_a_chair(panel: Panel) -> None:
    panel.votes("++-")
    with pytest.raises(Refused, match="not tied"):
        operations.cast(panel.item, Choice.FUND, "So.", user=panel.clerk, now=panel.now)
    for n in (0, 1):
        operations.record_presence(
            panel.item, panel.seats[n].id, present=False, user=panel.clerk, now=panel.now
        )
    with pytest.raises(Refused, match="nobody has a casting vote"):
        operations.cast(panel.item, Choice.FUND, "So.", user=panel.clerk, now=panel.now)


def test_the_deputy_casts_where_the_chair_is_barred(panel: Panel) -> None:
    panel.seats[0].school = panel.bid.lead_school
    panel.votes(" +-")
    operations.cast(panel.item, Choice.DO_NOT_FUND, "Too dear.", user=panel.deputy, now=panel.now)
    assert panel.item.casting_by_id == panel.deputy.id
    member = panel.seats[2]
    with pytest.raises(Refused, match="Only the panel’s clerk"):
        operations.cast(panel.item, Choice.FUND, "So.", user=member.user, now=panel.now)


def test_a_casting_vote_goes_with_a_chair_whose_interest_is_found_late(panel: Panel) -> None:
    panel.votes("+-+-")
    operations.cast(panel.item, Choice.FUND, "Urgent.", user=panel.clerk, now=panel.now)
    operations.declare(
        panel.item,
        panel.seats[0].id,
        InterestKind.BARRED,
        "My sister leads it.",
        user=panel.clerk,
        now=panel.now,
    )
    assert panel.item.casting_choice is None
    kept = panel.make.session.query(HistoryEntry).filter_by(step="void_casting_vote").one()
    assert kept.reason == "Urgent."


# -- votes by email -----------------------------------------------------------------------------


def _until(panel: Panel, hours: int = 48) -> None:
    operations.ask_to_vote_by_email(
        panel.item, panel.now + timedelta(hours=hours), user=panel.clerk, now=panel.now
    )


def _letters(panel: Panel) -> dict[str, Letter]:
    found = panel.make.session.query(Letter).filter(Letter.key.like("email-vote:%"))
    return {letter.email: letter for letter in found}


def test_an_inquorate_item_is_voted_on_by_email(panel: Panel, sign_in: SignIn) -> None:
    panel.seats[1].school = panel.bid.lead_school  # the deputy is barred
    panel.votes("+")
    assert panel.sitting.inquorate.words() == "1 present, 3 needed."
    _until(panel)
    asked = _letters(panel)
    assert set(asked) == {panel.seats[n].user.email for n in (2, 3, 4)}
    assert f"http://fund.example{panel.url}" in asked[panel.seats[3].user.email].body

    for n in (2, 3):  # at home, on their own page
        client = sign_in(panel.seats[n].user)
        client.post(f"{panel.url}/members/{panel.seats[n].id}/interest", data={"kind": "none"})
        client.post(f"{panel.url}/members/{panel.seats[n].id}/vote", data={"choice": "fund"})
    assert panel.sitting.inquorate is None  # who votes by email counts as present
    with pytest.raises(Refused, match=r"Members can vote by email until .*: 1 has not voted yet"):
        operations.approve(panel.bid, 300_000, **panel.decided())
    assert {v.seat_id for v in panel.item.votes if v.by_email} == {panel.seats[n].id for n in (2, 3)}
    ended = panel.now + timedelta(hours=49)
    operations.approve(panel.bid, 300_000, **panel.decided(now=ended))
    assert panel.bid.state is BidState.OFFERED


def test_after_its_moment_the_vote_by_email_is_over(panel: Panel) -> None:
    panel.votes("+")
    _until(panel, 2)
    seat = panel.seats[3]
    later = panel.now + timedelta(hours=3)
    operations.declare(panel.item, seat.id, InterestKind.NONE, user=seat.user, now=later)
    with pytest.raises(Refused, match="The vote by email ended on"):
        operations.vote(panel.item, seat.id, Choice.FUND, user=seat.user, now=later)


def test_a_quorate_item_needs_no_vote_by_email(panel: Panel) -> None:
    panel.here(0, 2, 3)
    with pytest.raises(Refused, match="take the vote in the meeting"):
        _until(panel)


def test_the_moment_lies_in_the_future_and_asking_twice_writes_once(
    panel: Panel, as_clerk: FlaskClient
) -> None:
    with pytest.raises(Refused, match="must end after now"):
        _until(panel, -1)
    _until(panel)
    count = len(_letters(panel))
    _until(panel)
    assert len(_letters(panel)) == count == 5
    bad = as_clerk.post(
        f"{panel.url}/email-vote",
        data={"day-day": "31", "day-month": "2", "day-year": "2027", "time": "noonish"},
    )
    assert bad.status_code == 422
    assert "The date must be a real date" in bad.text
    assert "Enter the time like 16:00 or 4pm" in bad.text
    assert 'value="noonish"' in bad.text


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
        operations.declare(
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
