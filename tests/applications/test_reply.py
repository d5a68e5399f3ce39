"""The school's one reply to the officer's report, before the panel reads it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fundflow.applications.operations import reply_to_report
from fundflow.models.bid import Bid
from fundflow.models.letter import Letter
from fundflow.models.minutes import Paper
from fundflow.models.panel import Meeting
from fundflow.models.person import RoleName
from fundflow.models.review import Recommendation
from fundflow.panel.operations.meetings import issue_papers
from fundflow.review.operations.reviewing import recommend, take_back
from fundflow.steps import open_steps, take_step
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make

LATER = NOW + timedelta(hours=1)


class Reported:
    """A bid whose report goes to a meeting in twenty days, in a fund that asks for a reply."""

    def __init__(self, make: Make, *, asks: bool = True) -> None:
        self.make, self.fund = make, make.fund(asks_reply=asks)
        make.panel(self.fund)
        self.clerk = make.staff(RoleName.CLERK)
        self.bid: Bid = make.bid(state=BidState.IN_REVIEW, fund=self.fund)
        make.confirmed(self.bid)
        self.leader, self.officer = self.bid.created_by, self.bid.officer
        self.meeting: Meeting = make.meeting(self.fund, starts_at=NOW + timedelta(days=20))
        assert self.bid.review is not None
        self.bid.review.need_notes = "The data bear it out."
        make.session.commit()
        self.recommend()

    def recommend(self) -> None:
        assert self.officer is not None
        recommend(self.bid, Recommendation.FUND, 300_000, "", self.meeting.id, user=self.officer, now=NOW)

    def reply(self, text: str = "The two days are for planning.") -> None:
        version = self.bid.version
        reply_to_report(self.bid, reply=text, user=self.leader, now=LATER, version=version)

    def offered(self) -> list[str]:
        return [one.step.name for one in open_steps(self.bid, self.leader, LATER)]

    def letters(self, words: str) -> list[Letter]:
        """The letters about the bid with these words in their subject."""
        query = select(Letter).where(Letter.bid_id == self.bid.id, Letter.subject.contains(words))
        return list(self.make.session.scalars(query))


@pytest.fixture
def reported(make: Make) -> Reported:
    return Reported(make)


@pytest.mark.both_databases
def test_the_head_replies_once_and_the_panel_reads_it_beside_the_report(reported: Reported) -> None:
    (told,) = reported.letters("going to the panel")
    assert "reply to it once, until the panel’s papers go out" in told.body
    assert "You don’t have to reply.\nhttp" in told.body
    assert "reply_to_report" in reported.offered()
    reported.reply()
    (letter,) = reported.letters("replied to your report")
    assert letter.recipient == "officer"
    assert "The two days are for planning." in letter.body
    assert "reply_to_report" not in reported.offered()
    with pytest.raises(Refused, match="can’t reply"):
        reported.reply("Once more.")
    issue_papers(reported.meeting, user=reported.clerk, now=LATER)
    paper = reported.make.session.scalars(select(Paper)).one()
    assert paper.report["reply"] == "The two days are for planning."


def test_nobody_replies_once_the_papers_are_out(reported: Reported) -> None:
    issue_papers(reported.meeting, user=reported.clerk, now=NOW)
    assert "reply_to_report" not in reported.offered()
    with pytest.raises(Refused, match="can’t reply"):
        reported.reply()
    assert reported.bid.review.reply == ""


def test_a_new_report_takes_a_new_reply(reported: Reported) -> None:
    reported.reply()
    assert reported.officer is not None
    take_back(reported.bid, "A figure was wrong.", user=reported.officer, now=LATER)
    reported.recommend()
    assert reported.bid.review.reply == ""
    assert "reply_to_report" in reported.offered()


def test_a_fund_asks_for_no_reply_unless_it_says_so(make: Make, sign_in) -> None:
    reported = Reported(make, asks=False)
    (told,) = reported.letters("going to the panel")
    assert "reply to it once" not in told.body
    assert "You don’t need to do anything now.\nhttp" in told.body
    assert "reply_to_report" not in reported.offered()
    with pytest.raises(Refused, match="can’t reply"):
        reported.reply()
    assert "The data bear it out." not in sign_in(reported.leader).get(f"/bids/{reported.bid.reference}").text


def test_the_lead_school_reads_the_report_and_its_partners_do_not(reported: Reported, sign_in) -> None:
    bid = reported.bid
    provider = reported.make.user("Head of the provider")
    reported.make.belongs(provider, bid.providers[0])
    reported.make.session.commit()
    front, step = f"/bids/{bid.reference}", f"/bids/{bid.reference}/steps/reply-to-report"
    client = sign_in(reported.leader)
    for page in (client.get(front).text, client.get(step).text):
        assert "The data bear it out." in page
    assert client.post(step, data={"version": bid.version, "reply": "Thank you."}).status_code == 302
    assert "Thank you." in client.get(front).text
    other = sign_in(provider)
    assert "The data bear it out." not in other.get(front).text
    refused = other.get(step)
    assert refused.status_code == 409
    assert "The data bear it out." not in refused.text


@pytest.mark.parametrize("step", ["", "withdraw", "rule_ineligible"])
def test_notes_that_no_panel_was_sent_are_the_officers(make: Make, sign_in, step: str) -> None:
    bid = make.bid(state=BidState.IN_REVIEW, fund=make.fund(asks_reply=True))
    assert bid.review is not None
    bid.review.need_notes, bid.review.reply = "The data bear it out.", "To an earlier report."
    if step:
        by = bid.created_by if step == "withdraw" else bid.officer
        take_step(bid, step, user=by, now=NOW, given={"rule": "Not in the area", "reason": "So."})
    make.session.commit()
    assert "The data bear it out." not in sign_in(bid.created_by).get(f"/bids/{bid.reference}").text


def test_a_report_written_before_the_fund_asked_for_replies_is_not_opened(make: Make, sign_in) -> None:
    reported = Reported(make, asks=False)
    issue_papers(reported.meeting, user=reported.clerk, now=LATER)
    reported.fund.asks_reply = True
    make.session.commit()
    front = f"/bids/{reported.bid.reference}"
    assert "The data bear it out." not in sign_in(reported.leader).get(front).text
    assert "The data bear it out." in sign_in(reported.officer).get(front).text
