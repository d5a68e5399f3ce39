from datetime import date

import pytest

from fundflow.impact import operations
from fundflow.models.impact import Rag
from fundflow.models.person import Standing
from fundflow.steps import Stale
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnState
from tests.factories import Make
from tests.impact.conftest import LATER, WHOLE, Ended, an_ended_bid


def test_a_report_is_saved_in_parts(ended: Ended) -> None:
    operations.save_report(
        ended.report,
        results={},
        answers={**WHOLE, "lessons": ""},
        user=ended.head,
        now=LATER,
        version=ended.report.version,
    )
    assert ended.report.half_days_delivered == 17
    ended.write(value=70)
    assert ended.report.actuals[0].value == 70
    ended.write(value=71)
    assert [a.value for a in ended.report.actuals] == [71]
    operations.save_report(
        ended.report, results={}, answers=WHOLE, user=ended.head, now=LATER, version=ended.report.version
    )
    assert ended.report.actuals == []


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        ({"half_days_delivered": None}, "Enter the days delivered first."),
        ({"spent_pence": None}, "Enter what was spent first."),
        ({"lessons": ""}, "Enter lessons first."),
        ({"summary": ""}, "Enter a summary first."),
    ],
)
def test_an_incomplete_report_says_what_is_missing(ended: Ended, gap: dict[str, object], words: str) -> None:
    ended.write(**gap)
    with pytest.raises(Refused, match=words):
        ended.send()


def test_a_report_without_a_result_names_the_outcome(ended: Ended) -> None:
    operations.save_report(
        ended.report, results={}, answers=WHOLE, user=ended.head, now=LATER, version=ended.report.version
    )
    with pytest.raises(Refused, match="Enter the result for “Phonics standard” first"):
        ended.send()


def test_nothing_spent_is_an_answer(ended: Ended) -> None:
    ended.write(spent_pence=0)
    ended.send()
    assert ended.report.state is ReturnState.SUBMITTED


def test_the_team_writes_and_the_head_sends(ended: Ended) -> None:
    team = ended.make.member(ended.bid.lead_school, Standing.TEAM)
    ended.write()
    operations.save_report(
        ended.report, results={}, answers=WHOLE, user=team, now=LATER, version=ended.report.version
    )
    with pytest.raises(Refused, match="Only the head"):
        operations.submit_report(ended.report, user=team, now=LATER, version=ended.report.version)


def test_nobody_else_writes_in_a_report(ended: Ended) -> None:
    partner = ended.make.member(ended.bid.providers[0])
    for user in (ended.impact_officer, ended.officer, partner):
        with pytest.raises(Refused, match="Only people of the school that leads"):
            operations.save_report(
                ended.report, results={}, answers=WHOLE, user=user, now=LATER, version=ended.report.version
            )


def test_a_report_is_not_written_before_the_end_nor_after_it_was_sent(make: Make) -> None:
    early = an_ended_bid(make, BidState.IN_DELIVERY)
    with pytest.raises(Refused, match="still under way"):
        early.write()
    ended = an_ended_bid(make)
    ended.write()
    ended.send()
    with pytest.raises(Refused, match="has been sent"):
        ended.write()


def test_a_result_from_the_future_is_refused(ended: Ended) -> None:
    with pytest.raises(Refused, match="in the future"):
        ended.write(measured_on=date(2027, 6, 3))


def test_a_stale_report_is_not_overwritten(ended: Ended) -> None:
    seen = ended.report.version
    ended.write()
    with pytest.raises(Stale):
        operations.save_report(
            ended.report, results={}, answers=WHOLE, user=ended.head, now=LATER, version=seen
        )


@pytest.mark.both_databases
def test_what_is_due_follows_whoever_must_act(ended: Ended) -> None:
    assert ended.bid.due_on == ended.report.due_on
    ended.write()
    ended.send()
    assert (ended.report.submitted_at, ended.bid.due_on) == (LATER, None)
    operations.return_report(
        ended.report,
        reason="Which pupils?",
        user=ended.impact_officer,
        now=LATER,
        version=ended.report.version,
    )
    assert ended.report.question == "Which pupils?"
    assert ended.bid.due_on == date(2027, 6, 16)  # 10 working days
    ended.write()
    ended.send()
    ended.accept()
    assert (ended.report.state, ended.report.accepted_at) == (ReturnState.ACCEPTED, LATER)
    assert ended.report.accepted_by_id == ended.impact_officer.id
    assert ended.bid.due_on is None


def test_an_impact_officer_of_a_school_in_the_bid_cannot_check_its_report(ended: Ended) -> None:
    from fundflow.models.person import RoleName

    inside = ended.make.member(ended.bid.providers[0])
    ended.make.role(inside, RoleName.IMPACT_OFFICER)
    ended.write()
    ended.send()
    with pytest.raises(Refused, match="your school"):
        operations.accept_report(
            ended.report, rag=Rag.GREEN, reason="", user=inside, now=LATER, version=ended.report.version
        )


def test_another_rating_than_the_one_worked_out_needs_a_reason(ended: Ended) -> None:
    ended.write(value=76)
    ended.send()
    with pytest.raises(Refused, match=r"The results come to green\. Say why you rate them amber"):
        ended.accept(Rag.AMBER)
    ended.make.session.rollback()
    assert ended.report.rag is None
    ended.accept(Rag.AMBER, "The sample was small")
    assert (ended.report.rag, ended.report.rag_reason) == (Rag.AMBER, "The sample was small")
