"""One report on one page, for those who review it."""

import re
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from fundflow.extensions import db
from fundflow.impact import operations
from fundflow.models.impact import Rag
from fundflow.models.person import RoleName
from fundflow.models.visit import Visit
from fundflow.workflow.impact_return import ReturnPart, ReturnState
from fundflow.workflow.visit import VisitState
from tests.factories import Make
from tests.impact.conftest import GOOD, LATER, MEASURED, Ended, SignIn, an_ended_bid, path
from tests.impact.test_versions import ask, correct

pytestmark = pytest.mark.usefixtures("today")


def page_of(client: FlaskClient, ended: Ended, place: str = "report") -> str:
    answer = client.get(path(ended, f"{place}/review"))
    assert answer.status_code == 200
    return " ".join(answer.text.split())


@pytest.fixture
def sent(make: Make) -> Ended:
    ended = an_ended_bid(make, supported=True)
    ended.write(value=67, hindered="Illness")
    ended.send()
    return ended


def visit(ended: Ended, note: str, *, shared: bool) -> None:
    facts = {"planned_on": MEASURED, "visited_on": MEASURED, "half_days": 1, "purpose": "To see"}
    more = {"planned_at": LATER, "planned_by": ended.officer, "state": VisitState.DONE, "teaching": 3}
    db.session.add(
        Visit(bid=ended.bid, school=ended.bid.lead_school, note=note, shared=shared, **facts, **more)
    )
    db.session.commit()


def test_everything_about_a_report_stands_on_one_page(sent: Ended, sign_in: SignIn) -> None:
    (feedback,) = sent.bid.feedback
    assert sent.supported_head
    stamp = operations.stamp_of(feedback)
    operations.give_feedback(feedback, ratings=GOOD, stamp=stamp, user=sent.supported_head, now=LATER)
    visit(sent, "The teacher was alone", shared=False)
    page = page_of(sign_in(sent.impact_officer), sent)
    for words in (
        "Baseline 58%, target 76%, result 67%".lower(),
        "50%",
        "train two more teachers",
        "reading improved",
        "days planned",
        "days confirmed",
        "on paper",  # why the log holds less
        "awarded",
        "8.5 more reported than logged",
        "£3,000.00 more reported than earned",
        "very kind",
        "pay sooner",
        "the teacher was alone",
        "3: secure",
        "the results come to",
    ):
        assert words in page.lower(), words


def test_it_is_accepted_there_by_the_step_that_there_is(sent: Ended, sign_in: SignIn) -> None:
    client = sign_in(sent.impact_officer)
    page = page_of(client, sent)
    assert f'action="{path(sent, "report/steps/accept")}"' in page
    assert f'action="{path(sent, "report/steps/return")}"' in page
    assert 'value="amber" checked' in page  # as worked out
    said = client.post(
        path(sent, "report/steps/accept"), data={"rag": "amber", "version": sent.report.version}
    )
    assert said.status_code == 302
    assert sent.report.rag is Rag.AMBER
    page = page_of(client, sent)
    assert "Correct the rating" in page
    assert "Ask for a corrected version" in page
    assert "<form" not in page[page.index("What you can do now") :]


def test_what_must_wait_says_why(ended: Ended, sign_in: SignIn) -> None:
    ended.write()
    ended.report.state, ended.report.submitted_at = ReturnState.SUBMITTED, LATER
    db.session.commit()
    page = page_of(sign_in(ended.impact_officer), ended)
    assert "Ask the school to log them, or to say why not." in page
    assert "report/steps/accept" not in page


def test_only_those_who_read_reviews_find_it(sent: Ended, sign_in: SignIn) -> None:
    for user in (sent.head, sent.supported_head, sent.make.member(sent.make.school())):
        assert sign_in(user).get(path(sent, "report/review")).status_code == 404
    for role in (RoleName.AUDITOR, RoleName.OFFICER, RoleName.CLERK):
        assert sign_in(sent.make.staff(role)).get(path(sent, "report/review")).status_code == 200


def test_a_note_that_is_kept_is_read_by_those_who_may(sent: Ended, sign_in: SignIn) -> None:
    visit(sent, "The teacher was alone", shared=False)
    page = page_of(sign_in(sent.make.staff(RoleName.AUTHORISED_OFFICER)), sent)
    assert "The teacher was alone" not in page
    assert "Visits" in page


def test_the_page_of_a_report_that_has_not_come_says_so(ended: Ended, sign_in: SignIn) -> None:
    ended.write()
    page = page_of(sign_in(ended.impact_officer), ended)
    assert "The school has not sent it yet." in page
    assert "Reading improved" not in page


def test_what_was_asked_is_read_by_staff_too(sent: Ended, sign_in: SignIn) -> None:
    sent.accept(Rag.AMBER)
    correct(sent)
    client = sign_in(sent.impact_officer)
    page = page_of(client, sent)
    assert "What is to be corrected:</strong> The days are wrong" in page
    assert "Withdraw the correction" in page
    assert "The days are wrong" in client.get(path(sent, "impact")).text
    assert "The days are wrong" not in sign_in(sent.supported_head).get(path(sent, "impact")).text


def test_earlier_versions_are_led_to(sent: Ended, sign_in: SignIn) -> None:
    sent.accept(Rag.AMBER)
    correct(sent)
    sent.send()
    page = page_of(sign_in(sent.impact_officer), sent)
    assert path(sent, "report/versions/1") in page
    assert "version 2" in page


def test_a_report_that_was_sent_back_shows_the_question(sent: Ended, sign_in: SignIn) -> None:
    ask(sent, {ReturnPart.RESULTS: "Which pupils?"})
    assert sent.report.state is ReturnState.RETURNED
    page = page_of(sign_in(sent.impact_officer), sent)
    assert "What the school was asked:</strong> The results: Which pupils?" in page
    assert "You read the report as the school sent it." in page


def test_an_accepted_report_says_how_it_was_rated_until_a_corrected_one_is(
    sent: Ended, sign_in: SignIn
) -> None:
    client = sign_in(sent.impact_officer)
    assert "and rated" not in page_of(client, sent)
    sent.accept(Rag.AMBER)
    rated = 'and rated <strong class="govuk-tag govuk-tag--yellow">Amber</strong>.'
    assert rated in page_of(client, sent)
    correct(sent)
    page = page_of(client, sent)
    assert rated in page
    assert "You read the report as the school sent it." not in page


def test_an_outcome_says_what_it_comes_to_alone(sent: Ended, sign_in: SignIn) -> None:
    sent.report.actuals[0].value = Decimal(60)
    db.session.commit()
    page = page_of(sign_in(sent.impact_officer), sent)
    assert '<strong class="govuk-tag govuk-tag--red">Red</strong>' in page


def test_nothing_is_read_of_what_the_school_typed_and_has_not_sent(ended: Ended, sign_in: SignIn) -> None:
    auditor = ended.make.staff(RoleName.AUDITOR)
    ended.write(value=63, hindered="Illness")  # commits
    for user in (ended.impact_officer, ended.officer, auditor):
        page = re.sub("<[^>]*>", " ", page_of(sign_in(user), ended).split("<main")[1])  # no nonce with a 63
        assert "The school has not sent it yet" in page
        for unsent in ("63", "Train two more teachers", "Illness", Rag.RED.words):
            assert unsent not in page
        for step in ("accept", "return", "correct-rating"):
            step_page = sign_in(user).get(path(ended, f"report/steps/{step}")).text
            assert "Train two more teachers" not in step_page
            assert "28%" not in step_page


def take(client: FlaskClient, ended: Ended, step: str, **given: object) -> str:
    """The address that the step leads to."""
    version = ended.report.version
    answer = client.post(path(ended, f"report/steps/{step}"), data={"version": version, **given})
    assert answer.status_code == 302
    return answer.location


def test_each_step_of_the_council_leads_back_to_the_review(sent: Ended, sign_in: SignIn) -> None:
    client, home = sign_in(sent.impact_officer), path(sent, "report/review")
    assert take(client, sent, "accept", rag="amber") == home
    assert take(client, sent, "correct-rating", rag="red", reason="Illness") == home
    assert take(client, sent, "correct", reason="Another figure") == home
    assert take(client, sent, "withdraw-correction", reason="By mistake") == home
    assert "The correction is withdrawn" in page_of(client, sent)


def test_a_school_that_sends_its_report_comes_back_to_the_impact_tab(ended: Ended, sign_in: SignIn) -> None:
    ended.write()
    ended.rate()
    client = sign_in(ended.head)
    assert take(client, ended, "submit", agreement="y", reason="On paper") == path(ended, "impact")


def test_an_accepted_report_leads_to_the_next_to_check(make: Make, sent: Ended, sign_in: SignIn) -> None:
    other = an_ended_bid(make)
    other.write()
    other.send()
    client, link = sign_in(sent.impact_officer), f"Next report to check: {other.bid.reference}"
    assert link not in page_of(client, sent)  # it waits itself
    sent.accept(Rag.AMBER)
    assert link in page_of(client, sent)
    other.accept()
    assert "Next report to check" not in page_of(client, sent)


def test_of_a_report_sent_back_staff_read_what_was_sent(sent: Ended, sign_in: SignIn) -> None:
    report = sent.report
    operations.return_report(
        report, reason="Which figure is it?", user=sent.impact_officer, now=LATER, version=report.version
    )
    was = str(report.actuals[0].value.normalize())
    sent.write(value=99, lessons="Typed and not sent")
    others = (sent.impact_officer, sent.officer, sent.make.staff(RoleName.AUDITOR))
    for user in others:
        for page in ("report/review", "impact"):
            text = re.sub("<[^>]*>", " ", sign_in(user).get(path(sent, page)).text.split("<main")[1])
            assert "Typed and not sent" not in text, (user.name, page)
            assert not re.search(r"\b99\b", text), (user.name, page)
            assert re.search(rf"\b{was}\b", text), (user.name, page)
    assert "Typed and not sent" in sign_in(sent.head).get(path(sent, "impact")).text
    sent.send()
    for user in others:
        assert "Typed and not sent" in page_of(sign_in(user), sent)
    assert report.sent is None
