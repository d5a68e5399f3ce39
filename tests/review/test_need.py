"""Need assessed before money: what it holds up, who writes and reads it, and that off it leaves no trace."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from fundflow import papers
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.need import NeedAssessment
from fundflow.models.person import RoleName, User
from fundflow.models.review import Recommendation, Submission, SubmissionKind
from fundflow.review.operations.assessing import Assessed, assess
from fundflow.review.operations.reviewing import recommend
from fundflow.steps import why_no_step
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.panel_rules import Choice
from tests.factories import NOW, TODAY, Make
from tests.review.conftest import Case, SignIn
from tests.review.steps import path, ready_for_panel, recommendation, review_page

LACKING = "Money for this priority needs an assessment of need first, and there is none yet."
FOUND = Assessed(TODAY, "One in ten has a plan.", "Few lessons adapt.", "A day in May.", "The SENCO.")
SENT = {
    "assessed_on-day": "17",
    "assessed_on-month": "11",
    "assessed_on-year": "2026",
    "known": "One in ten has a plan.",
    "seen": "Few lessons adapt.",
    "tried": "A day in May.",
    "asked": "The SENCO.",
}


def need_page(it: SimpleNamespace) -> str:
    return f"/bids/{it.bid.reference}/need"


@pytest.fixture
def asked(case: Case, make: Make, time_machine: Any) -> SimpleNamespace:
    """A bid in review whose priority asks for an assessment, and a meeting that takes it."""
    time_machine.move_to(NOW, tick=False)
    it = case()
    it.meeting = ready_for_panel(it, make)
    it.fund.assesses_need = True
    it.bid.priority = it.bid.round.priorities[0]
    it.bid.priority.asks_assessment = True
    make.session.commit()
    return it


def say(bid: Bid, what: Recommendation | None) -> None:
    assert bid.review is not None
    bid.review.recommendation = what
    db.session.commit()


# -- what it holds up ------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_money_waits_for_an_assessment_and_then_goes_to_the_panel(
    asked: SimpleNamespace, officer: User, sign_in: SignIn
) -> None:
    say(asked.bid, Recommendation.FUND)
    client, there = sign_in(officer), path(asked, "recommend")
    waits = f"{LACKING} Assess it in your review, or recommend there not to fund the bid."
    assert waits in client.get(f"/bids/{asked.bid.reference}").text
    refused = client.post(there, data=recommendation(asked, asked.meeting))
    assert (refused.status_code, LACKING in refused.text) == (422, True)
    with pytest.raises(Refused, match="needs an assessment of need first"):
        recommend(asked.bid, Recommendation.FUND, 300_000, "", asked.meeting.id, user=officer, now=NOW)
    db.session.rollback()

    sent = {**SENT, "version": asked.bid.version}
    assert client.post(need_page(asked), data=sent).status_code == 302
    made = db.session.query(NeedAssessment).one()
    assert (made.number, made.assessed_on, made.by) == (1, date(2026, 11, 17), officer)
    answer = client.post(there, data=recommendation(asked, asked.meeting))
    assert answer.status_code == 302
    assert asked.bid.state is BidState.AT_PANEL


def test_not_to_fund_can_be_recommended_without_one(
    asked: SimpleNamespace, officer: User, sign_in: SignIn
) -> None:
    say(asked.bid, Recommendation.DO_NOT_FUND)
    client, there = sign_in(officer), path(asked, "recommend")
    refused = client.post(there, data=recommendation(asked, asked.meeting))
    assert (refused.status_code, LACKING in refused.text) == (422, True)  # another answer than the review's
    sent = recommendation(asked, asked.meeting, recommendation="do_not_fund", amount="")
    assert client.post(there, data=sent).status_code == 302


@pytest.mark.parametrize("off", ["fund", "priority"])
def test_nothing_is_asked_where_the_fund_or_the_priority_asks_for_none(
    asked: SimpleNamespace, officer: User, sign_in: SignIn, off: str
) -> None:
    say(asked.bid, Recommendation.FUND)
    if off == "fund":
        asked.fund.assesses_need = False
    else:
        asked.bid.priority.asks_assessment = False
    db.session.commit()
    page = sign_in(officer).get(review_page(asked)).text
    assert LACKING not in page
    assert ("Assessment of need" in page) is (off == "priority")  # which may be made all the same
    answer = sign_in(officer).post(path(asked, "recommend"), data=recommendation(asked, asked.meeting))
    assert answer.status_code == 302


def test_the_panel_can_not_fund_against_the_report_before_the_need_is_assessed(make: Make) -> None:
    fund = make.fund(assesses_need=True)
    chair = make.panel(fund)[0].user
    bid = make.bid(state=BidState.AT_PANEL, fund=fund)
    bid.priority = bid.round.priorities[0]
    bid.priority.asks_assessment = True
    make.voted(bid.items[-1], *[Choice.FUND] * 5)
    say(bid, Recommendation.DO_NOT_FUND)
    why = why_no_step(bid, "approve", chair, NOW)
    assert why == f"{LACKING} The officer can take the bid back and assess it."
    assert why_no_step(bid, "defer", chair, NOW) is None
    say(bid, Recommendation.FUND)  # made before the priority asked
    assert why_no_step(bid, "approve", chair, NOW) is None


def test_what_is_left_names_it_and_my_work_leads_to_it(
    asked: SimpleNamespace, officer: User, sign_in: SignIn
) -> None:
    client = sign_in(officer)
    link = f'href="{need_page(asked)}"'
    assert "Assess the need</a>" in client.get(review_page(asked)).text
    assert "Assess the need before money" in client.get("/work").text
    assert link in client.get(f"/bids/{asked.bid.reference}").text
    say(asked.bid, Recommendation.DO_NOT_FUND)
    assert "Assess the need before money" not in client.get("/work").text
    say(asked.bid, None)
    assess(asked.bid, FOUND, user=officer, now=NOW)
    assert "Assess the need before money" not in client.get("/work").text


# -- who writes it, and how ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["known", "seen", "tried", "asked"])
def test_every_part_is_wanted_and_what_was_typed_stays(
    asked: SimpleNamespace, officer: User, sign_in: SignIn, name: str
) -> None:
    answer = sign_in(officer).post(need_page(asked), data={**SENT, name: "", "version": asked.bid.version})
    assert answer.status_code == 422
    assert all(value in answer.text for key, value in SENT.items() if key != name)
    given = {"known": "a", "seen": "b", "tried": "c", "asked": "d", name: " "}
    with pytest.raises(Refused, match="Say what is known"):
        assess(asked.bid, Assessed(on=TODAY, **given), user=officer, now=NOW)


def test_it_is_never_made_on_a_day_to_come(asked: SimpleNamespace, officer: User, sign_in: SignIn) -> None:
    sent = {**SENT, "assessed_on-day": "19", "version": asked.bid.version}
    assert "The date must be today or earlier" in sign_in(officer).post(need_page(asked), data=sent).text
    late = Assessed(TODAY + timedelta(days=1), "a", "b", "c", "d")
    with pytest.raises(Refused, match="can’t be in the future"):
        assess(asked.bid, late, user=officer, now=NOW)


def test_bank_details_are_refused(asked: SimpleNamespace, officer: User) -> None:
    found = Assessed(TODAY, "Pay to 12-34-56 12345678.", "b", "c", "d")
    with pytest.raises(Refused, match="Bank details"):
        assess(asked.bid, found, user=officer, now=NOW)


def test_an_officer_of_a_school_that_takes_part_assesses_nothing(
    asked: SimpleNamespace, make: Make, officer: User, sign_in: SignIn
) -> None:
    make.session.add(
        Declaration(
            bid_id=asked.bid.id,
            user_id=officer.id,
            kind=InterestKind.BARRED,
            declared_at=NOW,
            recorded_by_id=officer.id,
        )
    )
    make.session.commit()
    assert sign_in(officer).get(need_page(asked)).status_code == 403
    with pytest.raises(Refused, match="You can’t review this bid"):
        assess(asked.bid, FOUND, user=officer, now=NOW)


@pytest.mark.parametrize("role", [RoleName.CLERK, RoleName.AUDITOR, RoleName.ADMINISTRATOR])
def test_others_of_the_council_read_it_alone(
    asked: SimpleNamespace, make: Make, sign_in: SignIn, role: RoleName
) -> None:
    make.need_assessment(asked.bid)
    make.session.commit()
    client = sign_in(make.staff(role))
    page = client.get(need_page(asked))
    assert "One in ten pupils has a plan." in page.text
    assert "Record the assessment" not in page.text
    answer = client.post(need_page(asked), data={**SENT, "version": asked.bid.version})
    assert (answer.status_code, "Only the liaison officer" in answer.text) == (409, True)


def test_it_can_be_made_only_while_the_bid_is_in_review(make: Make, officer: User) -> None:
    bid = make.bid(state=BidState.AT_PANEL, fund=make.fund(assesses_need=True), officer=officer)
    with pytest.raises(Refused, match="only while the bid is being reviewed"):
        assess(bid, FOUND, user=officer, now=NOW)


def test_schools_find_no_such_page_and_no_entry_of_it(
    asked: SimpleNamespace, officer: User, sign_in: SignIn
) -> None:
    assess(asked.bid, FOUND, user=officer, now=NOW)
    for person in (asked.head, asked.provider_head):
        assert sign_in(person).get(need_page(asked)).status_code == 404
        assert "Assessed the need" not in sign_in(person).get(f"/bids/{asked.bid.reference}/history").text
    assert "Assessed the need" in sign_in(officer).get(f"/bids/{asked.bid.reference}/history").text


# -- versions --------------------------------------------------------------------------------------


def test_another_one_counts_and_those_before_stay(
    asked: SimpleNamespace, officer: User, sign_in: SignIn
) -> None:
    assess(asked.bid, FOUND, user=officer, now=NOW)
    client = sign_in(officer)
    assert "One in ten has a plan." in client.get(need_page(asked)).text.partition("<textarea")[2]
    again = {**SENT, "known": "One in eight has a plan.", "version": asked.bid.version}
    assert client.post(need_page(asked), data=again).status_code == 302
    assert asked.bid.review.assessment.known == "One in eight has a plan."
    page = client.get(need_page(asked)).text
    assert page.index("The assessment that counts") < page.index("Earlier assessment</h3>")
    assert "One in eight has a plan." in client.get(review_page(asked)).text


def test_a_second_click_records_nothing_twice(asked: SimpleNamespace, officer: User, sign_in: SignIn) -> None:
    sent = {**SENT, "version": asked.bid.version}
    for _ in range(2):
        assert sign_in(officer).post(need_page(asked), data=sent).status_code == 302
    assert db.session.query(NeedAssessment).count() == 1


@pytest.mark.both_databases
@pytest.mark.parametrize("change", ["UPDATE need_assessment SET known = 'x'", "DELETE FROM need_assessment"])
def test_the_database_refuses_to_change_one(asked: SimpleNamespace, make: Make, change: str) -> None:
    make.need_assessment(asked.bid)
    make.session.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(db.text(change))
    db.session.rollback()


def test_one_made_before_the_bid_was_sent_again_stays_and_says_so(
    asked: SimpleNamespace, make: Make, officer: User, sign_in: SignIn
) -> None:
    assess(asked.bid, FOUND, user=officer, now=NOW)
    assert "sent again" not in sign_in(officer).get(review_page(asked)).text
    assert papers.report_of(asked.bid)["assessment"]["made"] == f"18 November 2026, by {officer.name}"
    make.session.add(
        Submission(
            bid_id=asked.bid.id,
            number=2,
            kind=SubmissionKind.SENT_BACK,
            at=NOW + timedelta(hours=1),
            by_id=asked.head.id,
            answers="{}",
            sha256="0" * 64,
        )
    )
    make.session.commit()
    assert "The bid was sent again after it" in sign_in(officer).get(review_page(asked)).text
    assert papers.report_of(asked.bid)["assessment"]["made"].endswith("before the bid was last sent")
    assert asked.bid.review.why_unassessed() is None


# -- who reads it ----------------------------------------------------------------------------------


def test_the_panels_paper_freezes_it_and_shows_it(
    asked: SimpleNamespace, make: Make, officer: User, sign_in: SignIn
) -> None:
    assess(asked.bid, FOUND, user=officer, now=NOW)
    recommend(asked.bid, Recommendation.FUND, 300_000, "", asked.meeting.id, user=officer, now=NOW)
    paper = papers.issue(asked.bid.items[-1], user=officer, now=NOW)
    db.session.commit()
    assert paper.report["assessment"] == {
        "known": FOUND.known,
        "seen": FOUND.seen,
        "tried": FOUND.tried,
        "asked": FOUND.asked,
        "made": f"18 November 2026, by {officer.name}",
    }
    item = asked.bid.items[-1]
    page = sign_in(make.staff(RoleName.CLERK)).get(f"/meetings/{item.meeting_id}/items/{item.id}/papers").text
    assert "Assessment of need: what is known" in page
    assert FOUND.seen in page


def test_the_school_reads_it_where_it_reads_the_report(
    asked: SimpleNamespace, officer: User, sign_in: SignIn
) -> None:
    assess(asked.bid, FOUND, user=officer, now=NOW)
    front = f"/bids/{asked.bid.reference}"
    asked.fund.asks_reply = True
    db.session.commit()
    assert FOUND.seen not in sign_in(asked.head).get(front).text
    recommend(asked.bid, Recommendation.FUND, 300_000, "", asked.meeting.id, user=officer, now=NOW)
    assert FOUND.seen in sign_in(asked.head).get(front).text
    assert FOUND.seen not in sign_in(asked.provider_head).get(front).text


def test_off_it_leaves_no_trace(asked: SimpleNamespace, make: Make, officer: User, sign_in: SignIn) -> None:
    assess(asked.bid, FOUND, user=officer, now=NOW)
    asked.fund.assesses_need = False
    make.session.commit()
    client = sign_in(officer)
    assert client.get(need_page(asked)).status_code == 404
    for page in (
        review_page(asked),
        f"/bids/{asked.bid.reference}",
        "/work",
        f"/rounds/{asked.bid.round_id}",
    ):
        text = client.get(page).text
        assert not [
            word for word in ("ssess the need", "ssessment of need", "Need is assessed") if word in text
        ]
    assert "assessment" not in papers.report_of(asked.bid)
    make.fund(assesses_need=True)  # another fund does: its page is there, not for this bid
    make.session.commit()
    assert client.get(need_page(asked)).status_code == 404
