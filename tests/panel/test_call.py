"""The call, from one page: who comes and goes, what is voted on, votes for all, substitutes, email."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from fundflow.models.history import HistoryEntry
from fundflow.models.interest import InterestKind
from fundflow.models.panel import AgendaItem, AttendanceEvent
from fundflow.models.panel_settings import PanelRules
from fundflow.models.person import User
from fundflow.models.scores import MemberScore, ScoreSheet
from fundflow.panel.operations import attendance, interests, items, proposals
from fundflow.rules.panel.sittings import sitting_of, standings_of
from fundflow.workflow.engine import Refused
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import STANDARD, Choice
from fundflow.workflow.working_days import LONDON
from tests.panel.conftest import Panel
from tests.panel.on_the_call import SignIn, another, call, joins, no_interest, propose


def there(panel: Panel, item: AgendaItem) -> list[int]:
    """Numbers of the panel’s seats that are present for an item."""
    here = {s.seat.id for s in standings_of(item, panel.now) if s.present}
    return [n for n, seat in enumerate(panel.seats) if seat.id in here]


def events(panel: Panel) -> list[tuple[int, int | None, bool, str]]:
    """What was recorded, in order: seat’s number, item, came or went, why."""
    numbers = {seat.id: n for n, seat in enumerate(panel.seats)}
    found = panel.make.session.query(AttendanceEvent).order_by(AttendanceEvent.id)
    return [(numbers.get(e.seat_id, -1), e.item_id, e.present, e.why) for e in found]


def all_for(panel: Panel, item: AgendaItem) -> int:
    return items.vote_alike(item, Choice.FUND, user=panel.clerk, now=panel.now)


# -- who comes and goes -------------------------------------------------------------------------


def test_joining_the_call_is_being_there_for_every_item_but_the_barred_one(panel: Panel) -> None:
    second = another(panel)
    panel.seats[1].school = second.bid.lead_school
    panel.make.session.commit()
    joins(panel, 0, 1, 3)
    assert (there(panel, panel.item), there(panel, second)) == ([0, 1, 3], [0, 3])
    assert events(panel) == [(0, None, True, ""), (1, None, True, ""), (3, None, True, "")]


def test_whoever_is_barred_is_recorded_as_leaving_when_the_item_is_taken(
    panel: Panel, as_clerk: FlaskClient
) -> None:
    second = another(panel)
    panel.seats[1].school = second.bid.lead_school
    panel.make.session.commit()
    joins(panel, 0, 1, 2, 3)
    url = f"/meetings/{second.meeting_id}/items/{second.id}"
    page = as_clerk.get(url).text
    assert "Must leave before this item:" in page
    why = f"their school, {second.bid.lead_school.name}, takes part in it"
    assert f"{panel.deputy.name} ({why})" in page
    for _ in range(2):  # a double click
        assert as_clerk.post(f"{url}/take", data={"left": "yes"}).status_code == 302
    assert events(panel)[4:] == [(1, second.id, False, why)]
    page = as_clerk.get(url).text
    assert "Must leave before this item:" not in page
    assert "Left at " in page
    assert there(panel, panel.item) == [0, 1, 2, 3]  # back for the other one


def test_the_first_vote_shows_that_the_item_is_taken(panel: Panel) -> None:
    panel.seats[1].school = panel.bid.lead_school
    panel.make.session.commit()
    joins(panel, 0, 1, 2, 3)
    no_interest(panel, panel.item)
    items.vote(panel.item, panel.seats[0].id, Choice.FUND, user=panel.clerk, now=panel.now)
    assert [(seat, item) for seat, item, present, _why in events(panel) if not present] == [
        (1, panel.item.id)
    ]


def test_a_member_leaves_for_one_item_and_comes_back(panel: Panel, as_clerk: FlaskClient) -> None:
    second = another(panel)
    joins(panel, 0, 2, 3)
    url = f"{panel.url}/members/{panel.seats[2].id}/presence"
    done = as_clerk.post(url, data={"present": "no"})
    assert done.headers["Location"].endswith(f"#seat-{panel.seats[2].id}")
    assert (there(panel, panel.item), there(panel, second)) == ([0, 3], [0, 2, 3])
    page = as_clerk.get(panel.url).text
    assert "Left for this item " in page
    assert "Came back" in page
    as_clerk.post(url, data={"present": "yes"})
    assert there(panel, panel.item) == [0, 2, 3]
    assert events(panel)[3:] == [(2, panel.item.id, False, ""), (2, panel.item.id, True, "")]


def test_the_governor_drops_off_the_call_with_the_time_and_the_quorum_says_so(
    panel: Panel, as_clerk: FlaskClient
) -> None:
    joins(panel, 2, 3, 4)
    assert "3 present, 3 needed." in as_clerk.get(panel.url).text
    at = panel.now.replace(hour=16, minute=21)
    call(panel, panel.seats[4], present=False, now=at)
    page = as_clerk.get(panel.url).text
    assert f"Left the call {at.astimezone(LONDON):%H:%M}" in page
    assert "2 present, 3 needed." in page
    call(panel, panel.seats[4], present=False, now=at)  # a double click
    assert len(events(panel)) == 4


def test_joined_and_left_are_recorded_from_the_items_own_page(panel: Panel, as_clerk: FlaskClient) -> None:
    url = f"/meetings/{panel.item.meeting_id}/members/{panel.seats[0].id}/call"
    done = as_clerk.post(url, data={"present": "yes", "item": panel.item.id})
    assert done.headers["Location"] == f"{panel.url}#seat-{panel.seats[0].id}"
    assert there(panel, panel.item) == [0]
    assert as_clerk.post(url, data={"present": "yes"}).status_code == 404
    assert as_clerk.post(url, data={"present": "x", "item": panel.item.id}).status_code == 422
    stranger = panel.make.panel(panel.make.fund())[0]
    with pytest.raises(Refused, match="not on this panel"):
        call(panel, stranger, present=True)
    with pytest.raises(Refused, match="Only the panel’s clerk"):
        attendance.record_call(
            panel.item.meeting, panel.seats[0].id, present=True, user=panel.chair, now=panel.now
        )


def test_everybody_joins_in_one_click(panel: Panel, as_clerk: FlaskClient) -> None:
    page = as_clerk.get(panel.url).text
    assert "All 5 members have joined the call" in page
    data = {"seats": [str(seat.id) for seat in panel.seats], "was": "", "item": panel.item.id}
    url = f"/meetings/{panel.item.meeting_id}/attendance"
    for _ in range(2):
        assert as_clerk.post(url, data=data).headers["Location"] == f"{panel.url}#members"
    assert there(panel, panel.item) == [0, 1, 2, 3, 4]
    assert len(events(panel)) == 5
    assert "members have joined the call" not in as_clerk.get(panel.url).text


def test_who_leaves_after_an_item_was_carried_has_voted_on_it_all_the_same(panel: Panel) -> None:
    second = another(panel)
    joins(panel, 0, 2, 3)
    no_interest(panel, panel.item)
    all_for(panel, panel.item)
    call(panel, panel.seats[3], present=False)
    assert (there(panel, panel.item), there(panel, second)) == ([0, 2, 3], [0, 2])
    assert sitting_of(panel.item, panel.now).tally == (3, 0, 0)
    joins(panel, 4)  # and who joins later took no part in it
    assert (there(panel, panel.item), there(panel, second)) == ([0, 2, 3], [0, 2, 4])


def test_who_leaves_without_having_voted_is_not_counted(panel: Panel) -> None:
    joins(panel, 0, 2, 3)
    no_interest(panel, panel.item)
    for n in (0, 2):
        items.vote(panel.item, panel.seats[n].id, Choice.FUND, user=panel.clerk, now=panel.now)
    call(panel, panel.seats[3], present=False)
    assert panel.sitting.inquorate.words() == "2 present, 3 needed."


def test_the_clerk_starts_and_closes_the_meeting_from_the_item(panel: Panel, as_clerk: FlaskClient) -> None:
    meeting = panel.item.meeting
    meeting.state = MeetingState.PAPERS_ISSUED
    panel.make.session.commit()
    assert "Start the meeting" in as_clerk.get(panel.url).text
    data = {"version": meeting.version, "item": panel.item.id}
    done = as_clerk.post(f"/meetings/{meeting.id}/steps/open-session", data=data)
    assert done.headers["Location"].startswith(panel.url)
    assert meeting.state is MeetingState.IN_SESSION
    page = as_clerk.get(panel.url).text
    assert "Close the meeting" in page
    assert "1 item is not decided or moved yet." in page


def test_the_page_leads_to_the_items_before_and_after(panel: Panel, as_clerk: FlaskClient) -> None:
    second, third = another(panel), another(panel, "Attendance")
    page = as_clerk.get(f"/meetings/{second.meeting_id}/items/{second.id}").text
    assert f'/items/{panel.item.id}" rel="prev"' in page
    assert f'/items/{third.id}" rel="next"' in page


# -- votes --------------------------------------------------------------------------------------


def test_all_present_vote_for_in_one_click_with_the_exceptions_named(
    panel: Panel, as_clerk: FlaskClient
) -> None:
    joins(panel, 0, 1, 2, 3)
    for n, kind, text in (
        (0, InterestKind.NONE, ""),
        (1, InterestKind.DISCLOSED, "I know them."),
        (3, InterestKind.NONE, ""),
    ):
        interests.declare(panel.item, panel.seats[n].id, kind, text, user=panel.clerk, now=panel.now)
    items.vote(panel.item, panel.seats[3].id, Choice.DO_NOT_FUND, user=panel.clerk, now=panel.now)
    names = [seat.user.name for seat in panel.seats]
    page = as_clerk.get(panel.url).text
    assert f"Records the vote of {names[0]}." in page
    assert "The others present vote for<" in page
    for exception in (
        f"{names[3]} has voted",
        f"{names[1]} has disclosed an interest",
        f"{names[2]} has not said whether they have an interest",
    ):
        assert exception in page
    for _ in range(2):
        assert as_clerk.post(f"{panel.url}/votes", data={"choice": "fund"}).status_code == 302
    assert sitting_of(panel.item, panel.now).tally == (1, 1, 0)
    assert as_clerk.post(f"{panel.url}/votes", data={"choice": "all"}).status_code == 422


def test_all_present_vote_against_in_one_click_too(panel: Panel, as_clerk: FlaskClient) -> None:
    panel.here(0, 1, 3)
    no_interest(panel, panel.item)
    form = as_clerk.get(panel.url).text.split('class="ff-alike"')[1].split("</form>")[0]
    assert re.findall(r'value="(\w+)"[^>]*>([^<]+)</button>', form) == [
        ("fund", "All present vote for"),
        ("do_not_fund", "All present vote against"),
    ]
    as_clerk.post(f"{panel.url}/votes", data={"choice": "do_not_fund"})
    assert sitting_of(panel.item, panel.now).tally == (0, 3, 0)


def test_a_button_is_named_with_the_member_it_is_for(panel: Panel, as_clerk: FlaskClient) -> None:
    panel.here(0)
    page = as_clerk.get(panel.url).text
    for text in ("For", "Against", "Abstains", "Left the call", "Left for this item"):
        assert f'>{text}<span class="govuk-visually-hidden"> ({panel.chair.name})</span></button>' in page


def test_where_members_score_one_by_one_the_vote_waits_for_their_scores(panel: Panel) -> None:
    rules = PanelRules.holding(replace(STANDARD, individual_from_pence=300_000), number=2)
    panel.fund.panel_rules.append(rules)
    panel.item.kept_rules = rules
    panel.here(0)
    seat = panel.seats[0]

    def vote(user: User) -> None:
        items.vote(panel.item, seat.id, Choice.FUND, user=user, now=panel.now)

    with pytest.raises(Refused, match="You must first hand in your scores"):
        vote(seat.user)
    with pytest.raises(Refused, match=f"{seat.user.name} must first hand in their scores"):
        vote(panel.clerk)
    assert all_for(panel, panel.item) == 0
    panel.item.sheets.append(
        ScoreSheet(
            seat=seat,
            begun_at=panel.now,
            submitted_at=panel.now,
            recorded_by_id=seat.user_id,
            scores=[MemberScore(criterion=c, score=3, reason="Good.") for c in STANDARD.slugs],
        )
    )
    vote(seat.user)
    assert sitting_of(panel.item, panel.now).tally == (1, 0, 0)


# -- another proposal ---------------------------------------------------------------------------


def test_another_proposal_voids_the_votes_so_far_and_keeps_them(panel: Panel, as_clerk: FlaskClient) -> None:
    panel.votes("++-+")
    data = {"amount": "1,250", "proposal_reason": "Half of it is a pilot."}
    assert as_clerk.post(f"{panel.url}/proposal", data=data).headers["Location"].endswith("#proposal")
    assert (panel.item.voted_pence, panel.item.proposed_reason) == (125_000, "Half of it is a pilot.")
    assert sitting_of(panel.item, panel.now).tally == (0, 0, 0)
    assert {v.voided_why for v in panel.item.votes} == {"Another proposal was put"}
    assert [v.choice.value for v in panel.item.votes] == ["fund", "fund", "do_not_fund", "fund"]
    page = as_clerk.get(panel.url).text
    assert "The panel votes on £1,250.00" in page
    assert "instead of the £3,000.00 asked for" in page
    assert "does not count: another proposal was put" in page
    all_for(panel, panel.item)
    assert sitting_of(panel.item, panel.now).tally == (4, 0, 0)
    page = as_clerk.get(panel.url).text
    assert "the panel voted on £3,000.00:" in page
    assert f"{panel.seats[2].user.name} against" in page


def test_a_second_click_on_a_proposal_voids_nothing(panel: Panel) -> None:
    panel.votes("+++")
    assert propose(panel, 200_000) is True
    all_for(panel, panel.item)
    assert propose(panel, 200_000) is False
    assert sitting_of(panel.item, panel.now).tally == (3, 0, 0)


def test_back_to_the_full_amount_is_a_proposal_too(panel: Panel) -> None:
    propose(panel, 200_000)
    panel.votes("+++")
    propose(panel, 300_000, "The provider can’t do less.")
    assert panel.item.proposed_pence is None
    assert sitting_of(panel.item, panel.now).tally == (0, 0, 0)
    kept = panel.make.session.query(HistoryEntry).filter_by(step="propose").order_by(HistoryEntry.id).all()
    assert [(e.given["amount"], len(e.given["votes"]), e.reason) for e in kept] == [
        (200_000, 0, "It fits the budget."),
        (300_000, 3, "The provider can’t do less."),
    ]


@pytest.mark.parametrize("pence", [0, -1, 300_001])
def test_a_proposal_lies_between_nothing_and_what_was_asked_for(panel: Panel, pence: int) -> None:
    with pytest.raises(Refused, match=r"more than £0 and at most £3,000\.00"):
        propose(panel, pence)


def test_a_proposal_needs_a_reason_and_the_clerk(panel: Panel, as_clerk: FlaskClient) -> None:
    with pytest.raises(Refused, match="Say why another amount"):
        propose(panel, 100, " ")
    with pytest.raises(Refused, match="Only the panel’s clerk"):
        proposals.propose(panel.item, 100, "So.", user=panel.chair, now=panel.now)
    page = as_clerk.post(f"{panel.url}/proposal", data={"amount": "lots"})
    assert page.status_code == 422
    assert "Enter why this amount is proposed" in page.text


def test_a_proposal_takes_the_casting_vote_and_ends_the_vote_by_email(panel: Panel) -> None:
    panel.votes("+-+-")
    items.cast(panel.item, Choice.FUND, "Urgent.", user=panel.clerk, now=panel.now)
    panel.item.email_vote_until = panel.now + timedelta(hours=3)
    propose(panel, 100_000)
    item = panel.item
    assert item.casting_choice is None
    assert item.email_vote_until is None
    kept = panel.make.session.query(HistoryEntry).filter_by(step="propose").one()
    assert (kept.given["casting"], kept.given["casting_reason"]) == ("fund", "Urgent.")


def test_the_page_says_before_anybody_votes_that_the_fund_cannot_bear_it(
    panel_of: Callable[..., Panel], sign_in: SignIn
) -> None:
    panel = panel_of(allocated=200_000)
    client = sign_in(panel.clerk)
    page = client.get(panel.url).text
    assert "The fund can’t bear this." in page
    assert "£2,000.00 may still be offered to Lead Primary School; the panel votes on £3,000.00" in page
    propose(panel, 200_000)
    assert "The fund can’t bear this." not in client.get(panel.url).text
