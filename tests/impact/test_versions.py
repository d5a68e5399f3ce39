"""A report asked about part by part, and an accepted one corrected by a new version."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from fundflow.impact import corrections, operations
from fundflow.impact.operations import Given
from fundflow.models.bid_parts import Outcome
from fundflow.models.impact import ImpactReturn, Rag
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName
from fundflow.rules.claims import why_log_closed
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnPart, ReturnState
from tests.files.kept import upload
from tests.impact.conftest import LATER, MEASURED, WHOLE, Ended, SignIn, answers, letters_to, path

pytestmark = pytest.mark.usefixtures("today")


def ask(ended: Ended, questions: dict[ReturnPart, str]) -> None:
    operations.return_report(
        ended.report,
        questions=questions,
        user=ended.impact_officer,
        now=LATER,
        version=ended.report.version,
    )


def correct(ended: Ended) -> ImpactReturn:
    corrections.correct(
        ended.report,
        reason="The days are wrong",
        user=ended.impact_officer,
        now=LATER,
        version=ended.report.version,
    )
    return ended.report


@pytest.fixture
def sent(ended: Ended) -> Ended:
    ended.write()
    ended.send()
    return ended


@pytest.fixture
def accepted(sent: Ended) -> Ended:
    sent.accept(Rag.GREEN)
    return sent


def test_only_the_parts_asked_about_are_open(sent: Ended, sign_in: SignIn) -> None:
    ask(sent, {ReturnPart.LESSONS: "Which school?"})
    page = sign_in(sent.head).get(path(sent, "report")).text
    assert 'name="lessons"' in page
    for name in ("summary", "days_delivered", "teaching_after", f"value_{sent.bid.outcomes[0].id}"):
        assert f'name="{name}"' not in page
    operations.save_report(
        sent.report,
        results={sent.bid.outcomes[0].id: Given(Decimal(60), MEASURED)},
        answers={**WHOLE, "lessons": "Hazelmere’s", "summary": "Another", "half_days_delivered": 2},
        user=sent.head,
        now=LATER,
        version=sent.report.version,
    )
    report = sent.report
    assert (report.lessons, report.summary) == ("Hazelmere’s", "Reading improved")
    assert (report.half_days_delivered, report.actuals[0].value) == (17, 76)


def test_the_letter_says_which_part_is_asked_about(sent: Ended) -> None:
    ask(sent, {ReturnPart.RESULTS: "Which pupils?", ReturnPart.SUMMARY: "Please leave out the name."})
    (letter,) = sent.make.session.query(Letter).filter(Letter.subject.like("%please add to your report%"))
    assert "  The results: Which pupils?\n  The summary: Please leave out the name." in letter.body


def test_the_results_are_closed_too_unless_they_are_asked_about(sent: Ended) -> None:
    ask(sent, {ReturnPart.RESULTS: "Which pupils?"})
    sent.write(value=70, lessons="Changed")
    assert (sent.report.actuals[0].value, sent.report.lessons) == (70, "Start sooner")


def test_a_question_must_be_asked(sent: Ended, sign_in: SignIn) -> None:
    said = sign_in(sent.impact_officer).post(
        path(sent, "report/steps/return"), data={"version": sent.report.version}
    )
    assert said.status_code == 422
    assert "Ask a question about at least one part" in said.text


@pytest.mark.both_databases
def test_an_accepted_report_is_corrected_by_a_version_beside_it(accepted: Ended) -> None:
    old = accepted.report
    new = correct(accepted)
    assert new is not old
    assert (new.number, new.state, new.lessons) == (2, ReturnState.RETURNED, "Start sooner")
    assert [actual.value for actual in new.actuals] == [76]
    assert (old.state, old.rag) == (ReturnState.ACCEPTED, Rag.GREEN)
    assert accepted.bid.due_on == new.answer_by
    assert accepted.bid.has_accepted_report()
    assert why_log_closed(accepted.bid)  # the accepted one stands meanwhile
    accepted.write(value=64)
    assert [actual.value for actual in old.actuals] == [76]


def test_the_corrected_version_is_rated_anew_and_moves_no_money(accepted: Ended, sign_in: SignIn) -> None:
    correct(accepted)
    accepted.write(value=67)
    before = len(accepted.bid.claims)
    actual = accepted.report.actuals[0]
    actual.next_step, actual.next_owner, actual.next_on = "Again", "The head", MEASURED
    accepted.send()
    accepted.accept(Rag.AMBER)
    old = sign_in(accepted.head).get(path(accepted, "report/versions/1")).text
    assert "A later version corrects it." in old
    assert [(one.number, one.rag) for one in accepted.bid.returns] == [(1, Rag.GREEN), (2, Rag.AMBER)]
    assert (len(accepted.bid.claims), accepted.bid.due_on) == (before, None)


def test_only_the_latest_version_is_corrected_and_only_by_the_impact_officer(accepted: Ended) -> None:
    old = accepted.report
    for user in (accepted.head, accepted.officer):
        with pytest.raises(Refused, match="Only the impact officer"):
            corrections.correct(old, reason="x", user=user, now=LATER, version=old.version)
    correct(accepted)
    with pytest.raises(Refused, match="There is a newer version"):
        corrections.correct(old, reason="x", user=accepted.impact_officer, now=LATER, version=old.version)


def test_the_report_of_a_closed_bid_is_corrected_without_opening_it(accepted: Ended) -> None:
    accepted.bid.state, accepted.bid.due_on = BidState.CLOSED, None
    new = correct(accepted)
    assert new.is_editable
    accepted.write(value=75)
    accepted.send()
    accepted.accept(Rag.GREEN)
    assert (accepted.bid.state, accepted.bid.due_on) == (BidState.CLOSED, None)


def test_both_versions_can_be_read(accepted: Ended, sign_in: SignIn) -> None:
    correct(accepted)
    accepted.write(value=64)
    officer = sign_in(accepted.impact_officer)
    tab = officer.get(path(accepted, "impact")).text
    assert "76" in tab  # the new one is not sent yet
    client = sign_in(accepted.head)
    assert "report/versions/1" in client.get(path(accepted, "impact")).text
    old = client.get(path(accepted, "report/versions/1"))
    assert "A corrected version is asked for." in old.text
    assert "A later version corrects it." not in old.text
    assert "(76 − 58)" in old.text
    assert sign_in(accepted.impact_officer).get(path(accepted, "report/versions/2")).status_code == 404


def test_the_acceptance_letter_says_rating_and_comment(sent: Ended) -> None:
    sent.accept(Rag.AMBER, "One class only.")
    (letter,) = sent.make.session.query(Letter).filter(
        Letter.subject.like("%accepted your report%"), Letter.recipient == "school"
    )
    assert letter.subject.endswith("we have accepted your report. Our rating is amber")
    assert "Our rating is amber: the results come part of the way to the targets." in letter.body
    assert "Our comment\n  One class only.\n" in letter.body


def test_a_stopped_bid_does_not_say_that_its_support_is_under_way(sent: Ended, sign_in: SignIn) -> None:
    sent.bid.state, sent.report.state, sent.report.submitted_at = BidState.TERMINATED, ReturnState.DUE, None
    sent.make.session.commit()
    for user in (sent.head, sent.impact_officer):
        page = sign_in(user).get(path(sent, "impact")).text
        assert "under way" not in page
        assert "Not asked for" in page
    assert "The funding was stopped, so no report is asked for." in page
    assert answers(sent)


def send_again(ended: Ended, value: int = 75) -> ImpactReturn:
    """A corrected version of the accepted report, sent."""
    correct(ended)
    ended.write(value=value)
    ended.send()
    return ended.report


def test_the_standing_rating_is_shown_while_a_correction_is_open(sent: Ended, sign_in: SignIn) -> None:
    sent.accept(Rag.AMBER, "One class only.")
    new = correct(sent)
    for _open in ("returned", "submitted"):
        for user in (sent.head, sent.impact_officer):
            page = sign_in(user).get(path(sent, "impact")).text
            assert "Rating of version 1" in page
            assert "One class only." in page
        if new.is_editable:
            sent.write(value=75)
            sent.send()
    sent.accept(Rag.GREEN)
    page = sign_in(sent.head).get(path(sent, "impact")).text
    assert "Rating of version 1" not in page


def test_a_corrected_final_report_says_nothing_of_money(accepted: Ended, sign_in: SignIn) -> None:
    accepted.bid.state, accepted.bid.due_on = BidState.CLOSED, None
    finance = accepted.make.staff(RoleName.FINANCE)
    send_again(accepted)
    page = sign_in(accepted.impact_officer).get(path(accepted, "report/steps/accept")).text
    assert "The report and the log" in page
    assert "Once the report is accepted" not in page
    review = sign_in(accepted.impact_officer).get(path(accepted, "report/review")).text
    assert "Accept" in review
    for shown in (page, review):
        assert "have no receipt in the log yet" not in shown
    accepted.accept(Rag.GREEN)
    letter = letters_to(accepted.head)[-1]
    assert "accepted your corrected report" in letter.subject
    assert "It takes the place of the one we accepted before." in letter.body
    assert "What happens next" not in letter.body
    assert not [one for one in letters_to(finance) if "accepted" in one.subject]


def attach(ended: Ended, sign_in: SignIn, name: str) -> Any:
    said = {"description": "All", "version": str(ended.report.version)}
    data = f"measure,result\n{name},76\n".encode()
    return upload(sign_in(ended.head), path(ended, "report/evidence/add"), name, data, **said)


def test_a_correction_keeps_the_evidence_of_the_version_before(ended: Ended, sign_in: SignIn) -> None:
    attach(ended, sign_in, "first.csv")
    ended.write()
    ended.send()
    ended.accept(Rag.GREEN)
    send_again(ended)
    page = sign_in(ended.impact_officer).get(path(ended, "impact")).text
    assert "Evidence: first.csv" in page
    assert "came with version 1" in page


def test_evidence_is_closed_unless_it_is_asked_about(sent: Ended, sign_in: SignIn) -> None:
    ask(sent, {ReturnPart.LESSONS: "Which school?"})
    assert attach(sent, sign_in, "more.csv").status_code == 409
    assert sign_in(sent.head).get(path(sent, "report/evidence/add")).status_code == 409
    assert "evidence/add" not in sign_in(sent.head).get(path(sent, "impact")).text
    sent.send()
    ask(sent, {ReturnPart.EVIDENCE: "Please add the results."})
    client = sign_in(sent.head)
    for place in ("impact", "report"):
        assert "evidence/add" in client.get(path(sent, place)).text
    assert attach(sent, sign_in, "more.csv").status_code == 302
    assert [file.name for file in sent.report.evidence] == ["more.csv"]


def test_an_accepted_report_keeps_its_result_of_an_outcome_that_was_dropped(
    accepted: Ended, sign_in: SignIn
) -> None:
    old = accepted.bid.outcomes[0]
    same = ("measure", "unit", "group", "method", "baseline", "baseline_on", "target", "target_on")
    new = Outcome(bid_id=accepted.bid.id, **{name: getattr(old, name) for name in same})
    new.measure, old.dropped_on = "Attendance", date(2027, 6, 1)
    accepted.make.session.add(new)
    accepted.make.session.commit()
    accepted.make.session.expire_all()
    client = sign_in(accepted.head)
    assert "Dropped on 1 June 2027" in client.get(path(accepted, "impact")).text
    said = client.get(path(accepted, "report/versions/1")).text
    assert "(dropped on 1 June 2027): (76 − 58)" in " ".join(said.split())
    assert "Attendance" not in said
