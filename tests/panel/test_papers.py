"""Papers are frozen as they are issued, and read by those who take part."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from fundflow import papers
from fundflow.models.files import LateEvidence, Viewing
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.minutes import Paper
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.review import Recommendation
from fundflow.panel.operations import agenda, meetings, minutes
from fundflow.review.operations.reviewing import bring_back, recommend
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.meeting import MeetingState
from tests.panel.conftest import Panel


@pytest.fixture
def planned(panel: Panel) -> Meeting:
    """The bid waits for a meeting whose papers are not out."""
    meeting = panel.make.meeting(panel.fund, MeetingState.PLANNED, panel.now + timedelta(days=20))
    agenda.move_to(panel.item, meeting.id, user=panel.clerk, now=panel.now)
    panel.item.rules_id = None
    panel.make.session.commit()
    return meeting


def issued(item: AgendaItem) -> list[Paper]:
    from fundflow.extensions import db

    return list(db.session.scalars(select(Paper).where(Paper.item_id == item.id).order_by(Paper.number)))


def say(panel: Panel, notes: str = "The data bear it out.") -> None:
    review = panel.bid.review
    review.need_notes, review.recommendation, review.recommended_pence = notes, Recommendation.FUND, 300_000
    panel.make.session.commit()


def test_issuing_freezes_the_bid_the_report_and_the_public_data(panel: Panel, planned: Meeting) -> None:
    say(panel)
    meetings.issue_papers(planned, user=panel.clerk, now=panel.now)
    (paper,) = issued(panel.item)
    assert paper.number == 1
    assert paper.submission.number == 1
    assert paper.report["recommendation"] == "Fund"
    assert paper.report["need_notes"] == "The data bear it out."
    assert paper.report["checks"][0] == {
        "item": "The lead school is in the area and may bid",
        "verdict": "Pass",
        "note": "",
    }
    assert [school["name"] for school in paper.figures["schools"]] == [
        "Lead Primary School",
        "Provider School",
    ]
    assert paper.figures["sums"][0] == {
        "name": "Cost per pupil",
        "sum": "£3,000.00 ÷ 112 pupils",
        "result": "£26.79",
    }
    assert len(paper.sha256) == len(hashlib.sha256().hexdigest())
    assert paper.sha256 == papers.fingerprint(paper.submission, paper.report, paper.figures)


def test_papers_say_why_a_bids_dates_are_unusual(panel: Panel, planned: Meeting, sign_in) -> None:
    panel.bid.why_odd = "The term had begun."
    meetings.issue_papers(planned, user=panel.clerk, now=panel.now)
    assert "The term had begun." in sign_in(panel.chair).get(f"{panel.url}/papers").text


def test_papers_never_tell_the_tier_of_a_school(panel: Panel, planned: Meeting) -> None:
    meetings.issue_papers(planned, user=panel.clerk, now=panel.now)
    assert all("tier" not in school for school in issued(panel.item)[0].figures["schools"])


def test_the_item_keeps_the_rules_in_force_when_its_papers_went_out(panel: Panel, planned: Meeting) -> None:
    assert panel.item.rules_id is None
    meetings.issue_papers(planned, user=panel.clerk, now=panel.now)
    assert panel.item.rules_id == panel.fund.rules_in_force.id


def test_what_changes_afterwards_changes_nothing_in_the_papers(panel: Panel, planned: Meeting) -> None:
    say(panel)
    meetings.issue_papers(planned, user=panel.clerk, now=panel.now)
    say(panel, "Written later")
    panel.bid.title = "Another title"
    panel.make.session.commit()
    (paper,) = issued(panel.item)
    assert "Written later" not in str(paper.report)
    assert "Another title" not in paper.submission.answers


def test_issuing_again_gives_new_papers_only_where_something_changed(panel: Panel, planned: Meeting) -> None:
    say(panel)
    meetings.issue_papers(planned, user=panel.clerk, now=panel.now)
    with pytest.raises(Refused, match="Nothing has changed since the papers were issued"):
        minutes.issue_again(panel.item, user=panel.clerk, now=panel.now)
    assert len(issued(panel.item)) == 1
    panel.bid.lead_school.pupils = 99
    minutes.issue_again(panel.item, user=panel.clerk, now=panel.now)
    first, second = issued(panel.item)
    assert second.number == 2
    assert papers.changed_since(first, second) == ["the figures and public data"]


def test_a_bid_that_joins_a_meeting_whose_papers_are_out_gets_its_own_at_once(panel: Panel) -> None:
    meeting = panel.make.meeting(panel.fund, MeetingState.PAPERS_ISSUED)
    agenda.move_to(panel.item, meeting.id, user=panel.clerk, now=panel.now)
    assert [paper.number for paper in issued(panel.item)] == [1]


def test_a_bid_recommended_after_the_papers_went_out_gets_its_own_at_once(panel: Panel) -> None:
    meeting = panel.make.meeting(panel.fund, MeetingState.PAPERS_ISSUED)
    bid = panel.make.bid(state=BidState.IN_REVIEW, fund=panel.fund)
    panel.make.confirmed(bid)
    assert bid.officer is not None
    recommend(bid, Recommendation.FUND, 300_000, "", meeting.id, user=bid.officer, now=panel.now)
    (paper,) = issued(bid.items[-1])
    assert paper.report["recommendation"] == "Fund"
    assert paper.issued_by_id == bid.officer.id


def test_a_bid_brought_back_carries_the_panels_question_and_the_answer(panel: Panel) -> None:
    meeting = panel.make.meeting(panel.fund, MeetingState.PAPERS_ISSUED)
    bid = panel.make.bid(state=BidState.DEFERRED, fund=panel.fund)
    bid.panel_answer = "Two teachers are trained."
    assert bid.officer is not None
    bring_back(bid, meeting.id, user=bid.officer, now=panel.now)
    (paper,) = issued(bid.items[-1])
    assert paper.report["question"] == "How will you keep this going?"
    assert paper.report["answer"] == "Two teachers are trained."


def test_only_the_clerk_issues_papers_again(panel: Panel, planned: Meeting) -> None:
    meetings.issue_papers(planned, user=panel.clerk, now=panel.now)
    with pytest.raises(Refused, match="Only the panel’s clerk"):
        minutes.issue_again(panel.item, user=panel.chair, now=panel.now)


# -- the page -----------------------------------------------------------------------------------


def test_a_member_reads_the_bid_in_full_and_that_is_kept(panel: Panel, planned: Meeting, sign_in) -> None:
    say(panel)
    meetings.issue_papers(planned, user=panel.clerk, now=panel.now)
    page = sign_in(panel.chair).get(f"{panel.url}/papers").text
    for words in (
        "Only 58% of Year 1 pupils",
        "The data bear it out.",
        "RL1",
        "£26.79",
        "112",
        "Papers number 1",
    ):
        assert words in page
    (seen,) = panel.make.session.scalars(select(Viewing).where(Viewing.bid_id == panel.bid.id))
    assert (seen.user_id, seen.what.startswith("Papers of the meeting on")) == (panel.chair.id, True)


def test_the_page_shows_the_frozen_answers_not_the_live_ones(panel: Panel, planned: Meeting, sign_in) -> None:
    meetings.issue_papers(planned, user=panel.clerk, now=panel.now)
    panel.bid.need = "Typed afterwards"
    panel.make.session.commit()
    page = sign_in(panel.chair).get(f"{panel.url}/papers").text
    assert "Typed afterwards" not in page
    assert "Only 58% of Year 1 pupils" in page


def test_evidence_that_came_later_is_listed_as_received_after_the_papers(
    panel: Panel, planned: Meeting, sign_in
) -> None:
    early, after = panel.now - timedelta(minutes=5), panel.now + timedelta(minutes=5)
    for at, text in ((early, "Sent in time"), (after, "Sent too late")):
        panel.make.session.add(
            LateEvidence(bid_id=panel.bid.id, text=text, received_at=at, received_from_id=panel.leader.id)
        )
    meetings.issue_papers(planned, user=panel.clerk, now=panel.now)
    page = sign_in(panel.chair).get(f"{panel.url}/papers").text
    before, _, rest = page.partition("Sent in time")
    assert "after these papers" not in before
    assert "after these papers" in rest.partition("Sent too late")[0]


def test_before_the_papers_are_out_members_find_nothing_and_staff_are_told(
    panel: Panel, planned: Meeting, sign_in
) -> None:
    assert sign_in(panel.chair).get(f"{panel.url}/papers").status_code == 404
    page = sign_in(panel.clerk).get(f"{panel.url}/papers")
    assert "are not out yet" in page.text
    assert not panel.make.session.scalars(select(Viewing)).all()


def test_whoever_is_barred_reads_why_and_no_papers(panel: Panel, planned: Meeting, sign_in) -> None:
    meetings.issue_papers(planned, user=panel.clerk, now=panel.now)
    panel.make.session.add(
        Declaration(
            bid=panel.bid,
            user_id=panel.deputy.id,
            kind=InterestKind.BARRED,
            declared_at=panel.now,
            recorded_by_id=panel.deputy.id,
        )
    )
    panel.make.session.commit()
    assert sign_in(panel.deputy).get(f"{panel.url}/papers").status_code == 403


def test_the_clerk_issues_papers_again_from_the_page(panel: Panel, planned: Meeting, sign_in) -> None:
    meetings.issue_papers(planned, user=panel.clerk, now=panel.now)
    client = sign_in(panel.clerk)
    page = client.post(f"{panel.url}/papers/again", follow_redirects=True).text
    assert "Nothing has changed since the papers were issued." in page
    panel.bid.lead_school.pupils = 99
    panel.make.session.commit()
    page = client.post(f"{panel.url}/papers/again", follow_redirects=True).text
    assert "Papers number 2" in page
    assert "<strong>Changed since the papers issued before:</strong> the figures and public data." in page


def test_the_panel_reads_the_facts_beside_each_item_of_the_checklist(panel: Panel, sign_in) -> None:
    meeting = panel.make.meeting(panel.fund, MeetingState.PAPERS_ISSUED)
    bid = panel.make.bid(state=BidState.IN_REVIEW, fund=panel.fund)
    other = panel.make.bid(state=BidState.IN_REVIEW, fund=panel.fund, lead=bid.lead_school)
    panel.make.confirmed(bid)
    assert bid.officer is not None
    recommend(bid, Recommendation.FUND, 300_000, "", meeting.id, user=bid.officer, now=panel.now)
    item = bid.items[-1]
    (paper,) = issued(item)
    known = {check["item"]: check.get("facts", []) for check in paper.report["checks"]}
    assert any("in the fund’s area" in line for lines in known.values() for line in lines)
    page = sign_in(panel.chair).get(f"/meetings/{meeting.id}/items/{item.id}/papers").text
    assert "in the fund’s area" in page
    assert "These schools have 1 other live bid." in page
    assert other.reference not in page
