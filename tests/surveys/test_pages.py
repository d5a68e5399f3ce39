"""The pages: what each reader finds there, that nothing typed is lost, and nothing shows where it is off."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.person import RoleGrant, RoleName
from fundflow.models.survey import QuestionKind, Survey, SurveyResponse
from fundflow.web import modules
from fundflow.workflow.survey import SurveyState as S
from tests.factories import LONG_AGO, NOW, TODAY, Make

SignIn = Callable[[Any], FlaskClient]
DAY = {"due_on-day": "16", "due_on-month": "12", "due_on-year": "2026"}
NEW = {"title": "Views on the strategy", "about": "We plan.", **DAY}


def words_of(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def read(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return words_of(response.text)


def answer_page(survey: Survey, school: Any) -> str:
    return f"{survey.path}/schools/{school.urn}/answer"


def typed(survey: Survey, **answers: Any) -> dict[str, Any]:
    """Answers to the questions in their order, on a page made before the school had answered."""
    values = iter(answers.values())
    return {"version": "1"} | {f"q{one.id}": next(values) for one in survey.questions}


def sent(survey: Survey) -> list[SurveyResponse]:
    return list(db.session.scalars(select(SurveyResponse).where(SurveyResponse.survey_id == survey.id)))


def every_kind(area: SimpleNamespace, make: Make, state: S = S.OPEN) -> Survey:
    """A survey with a question of each kind, asked of all three schools."""
    area.fund.sells_services = True
    service = make.service(area.fund, name="Clerking", by=area.officer)
    survey = make.survey(area.fund, state, area.ash, area.elm, area.oak, by=area.officer)
    for kind, text in (
        (QuestionKind.SEVERAL, "Where?"),
        (QuestionKind.SCALE, "How good are we?"),
        (QuestionKind.TEXT, "What else?"),
        (QuestionKind.LIKELY, "What will you buy?"),
    ):
        asks = [[service.id, "Clerking"]] if kind is QuestionKind.LIKELY and state is not S.DRAFT else []
        make.survey_question(survey, kind, text=text, services=asks, required=kind is not QuestionKind.TEXT)
    make.session.commit()
    modules.forget()
    return survey


# -- officers ---------------------------------------------------------------------------------------


def test_an_officer_begins_a_survey_adds_a_question_and_opens_it(
    area: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(area.officer)
    made = client.post("/surveys/add", data={**NEW, "fund": str(area.fund.id), "phases": ["2"]})
    assert made.status_code == 302
    page = read(client, made.location)
    assert "It would ask 2 schools today" in page
    assert "Add a question first." in page
    question = {"text": "Which day?", "kind": "choice", "options": "Monday\nFriday\n", "version": "2"}
    assert client.post(f"{made.location}/questions/add", data=question).status_code == 302
    page = read(client, made.location)
    assert "1. Which day? Choose one answer (optional) Monday · Friday" in page
    assert "Which day?" in read(client, f"{made.location}/preview")
    opened = client.post(f"{made.location}/steps/open", data={"version": "3"})
    assert opened.status_code == 302
    assert "0 of 2 schools have answered." in read(client, made.location)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"title": " "}, "Enter the title"),
        ({"due_on-year": "2025"}, "The last day must be today or later"),
        ({"document_name": "Plan"}, "Enter the address of the document"),
        ({"document_url": "https://council.example/plan.pdf"}, "Enter the name of the document"),
        ({"document_name": "Plan", "document_url": "javascript:alert(1)"}, "must start with https://"),
        ({"phases": "99"}, "Select one of the answers in the list"),
    ],
)
def test_what_a_survey_lacks_is_said_beside_what_was_typed(
    area: SimpleNamespace, sign_in: SignIn, given: dict[str, str], says: str
) -> None:
    response = sign_in(area.officer).post("/surveys/add", data={**NEW, "fund": str(area.fund.id), **given})
    assert response.status_code == 422
    assert says in words_of(response.text)
    assert "We plan." in response.text
    assert db.session.scalars(select(Survey)).all() == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("Monday", "Enter at least two answers to choose from"),
        ("Monday\nMonday", "Enter at least two answers to choose from"),
        ("\n".join(map(str, range(21))), "Enter 20 answers at most"),
        ("Monday\n" + "x" * 141, "Each answer must be 140 characters or fewer"),
    ],
)
def test_a_question_needs_answers_to_choose_from(
    area: SimpleNamespace, make: Make, sign_in: SignIn, options: str, says: str
) -> None:
    survey = make.survey(area.fund, by=area.officer)
    make.session.commit()
    question = {"text": "Which day?", "kind": "choice", "options": options, "version": "1"}
    response = sign_in(area.officer).post(f"{survey.path}/questions/add", data=question)
    assert response.status_code == 422
    assert says in words_of(response.text)
    assert "Which day?" in response.text


def test_a_question_sent_after_the_survey_was_opened_is_refused_beside_what_was_typed(
    area: SimpleNamespace, survey: Survey, sign_in: SignIn
) -> None:
    client = sign_in(area.officer)
    question = {"text": "Which day?", "kind": "text", "version": str(survey.version)}
    late = client.post(f"{survey.path}/questions/add", data=question)
    assert late.status_code == 409
    assert "no longer a draft" in late.text
    assert "Which day?" in late.text
    assert client.get(f"{survey.path}/questions/add").status_code == 409


def test_questions_are_moved_and_removed_on_their_page(
    area: SimpleNamespace, make: Make, sign_in: SignIn
) -> None:
    survey = make.survey(area.fund, by=area.officer)
    second = make.survey_question(survey, text="Second?")
    make.session.commit()
    client = sign_in(area.officer)
    move = f"{survey.path}/questions/{second.id}/move"
    assert client.post(move, data={"to": "up", "version": "1"}).status_code == 302
    assert "1. Second?" in read(client, survey.path)
    client.post(move, data={"to": "down", "version": "1"})  # a page made before
    page = read(client, survey.path)
    assert "Nothing was moved" in page
    assert "1. Second?" in page
    remove = f"{survey.path}/questions/{second.id}/remove"
    assert "“Second?”" in read(client, remove)
    assert client.post(remove, data={"version": str(survey.version)}).status_code == 302
    assert "Second?" not in read(client, survey.path).partition("History")[0]


def test_a_kind_that_nobody_can_answer_is_not_offered(
    area: SimpleNamespace, make: Make, sign_in: SignIn
) -> None:
    survey = make.survey(area.fund, by=area.officer)
    make.session.commit()
    client = sign_in(area.officer)
    assert "How likely they are to buy" not in read(client, f"{survey.path}/questions/add")
    area.fund.sells_services = True
    make.service(area.fund, by=area.officer)
    make.session.commit()
    assert "How likely they are to buy" in read(client, f"{survey.path}/questions/add")


def test_officers_see_who_answered_who_did_not_and_who_was_reminded(
    area: SimpleNamespace, survey: Survey, make: Make, sign_in: SignIn
) -> None:
    make.survey_response(survey, area.oak, area.head, replaced_at=NOW)
    make.survey_response(survey, area.oak, area.head)
    one = next(one for one in survey.asked if one.school_id == area.elm.id)
    one.chasers, one.chased_at = 2, NOW
    area.academy_head.active = False
    make.session.commit()
    client = sign_in(area.officer)
    page = read(client, survey.path)
    assert "1 of 3 schools have answered." in page
    assert f"Oak Primary URN {area.oak.urn} 18 November 2026, Ada Head answered 2 times" in page
    assert f"Elm Primary URN {area.elm.urn} Not answered 2 times, last on 18 November 2026" in page
    assert f"URN {area.ash.urn} · no head has an account" in page
    waiting = read(client, f"{survey.path}?answered=no").partition("schools have answered")[2]
    assert "Oak Primary" not in waiting
    assert "Elm Primary" in waiting
    assert "Elm Primary" not in read(client, f"{survey.path}?answered=yes").partition("have answered")[2]


def test_a_survey_closed_early_says_when(
    area: SimpleNamespace, survey: Survey, make: Make, sign_in: SignIn
) -> None:
    survey.state, survey.closed_at = S.CLOSED, NOW
    make.session.commit()
    for reader, paths in (
        (area.officer, ("/surveys", survey.path, f"/schools/{area.oak.urn}")),
        (area.head, ("/surveys", f"/schools/{area.oak.urn}")),
    ):
        for path in paths:
            page = read(sign_in(reader), path)
            assert "Closed early, on 18 November 2026" in page
            assert "16 December 2026" not in page
    survey.closed_at = datetime(2026, 12, 17, 9, tzinfo=UTC)  # by the clock
    make.session.commit()
    assert "Closed early" not in read(sign_in(area.officer), survey.path)


def test_who_opens_a_survey_is_told_first_which_schools_no_letter_reaches(
    area: SimpleNamespace, make: Make, sign_in: SignIn
) -> None:
    survey = make.survey(area.fund, by=area.officer)
    make.session.commit()
    client, path = sign_in(area.officer), f"{survey.path}/steps/open"
    assert "No head has an account" not in read(client, path)
    area.elm_head.active = False
    make.session.commit()
    assert "No head has an account at Elm Primary, so no letter reaches them." in read(client, path)
    for number in range(1, 12):
        make.school(f"Lone {number:02} Primary")
    make.session.commit()
    assert "Lone 08 Primary, Lone 09 Primary and 2 more, so" in read(client, path)


def test_auditors_and_administrators_read_and_change_nothing(
    area: SimpleNamespace, survey: Survey, make: Make, sign_in: SignIn
) -> None:
    make.survey_response(survey, area.oak, area.head)
    make.session.commit()
    for somebody in (area.auditor, area.administrator):
        client = sign_in(somebody)
        assert "1 of 3 schools" in read(client, "/surveys")
        page = read(client, survey.path)
        assert "Remind the schools" not in page
        assert "Online" in read(client, f"{survey.path}/schools/{area.oak.urn}")
        assert client.get(f"{survey.path}/answers.csv").status_code == 200
        assert client.post(f"{survey.path}/steps/chase").status_code == 403
        assert client.get("/surveys/add").status_code == 403


def test_the_file_has_every_answer_also_replaced_ones(
    area: SimpleNamespace, make: Make, sign_in: SignIn
) -> None:
    survey = every_kind(area, make)
    make.survey_response(survey, area.oak, area.head, replaced_at=NOW, answers={})
    make.survey_response(survey, area.oak, area.head, answered_at=NOW + timedelta(hours=1))
    make.session.commit()
    text = sign_in(area.officer).get(f"{survey.path}/answers.csv").text
    header, now, before = csv.reader(io.StringIO(text.lstrip("\ufeff")))
    assert header[6:] == [
        "1. How do you want to be trained?",
        "2. Where?",
        "3. How good are we?",
        "4. What else?",
        "5. What will you buy?: Clerking",
    ]
    assert now[3:] == [
        "2026-11-18 11:00",
        "Ada Head",
        "",
        "Online",
        "Online",
        "4",
        "More of it.",
        "Likely",
    ]
    assert before[5:] == ["2026-11-18 10:00", "", "", "", "", ""]


# -- schools ----------------------------------------------------------------------------------------


def test_a_head_answers_checks_and_sends(area: SimpleNamespace, make: Make, sign_in: SignIn) -> None:
    survey = every_kind(area, make)
    client, path = sign_in(area.head), answer_page(survey, area.oak)
    assert "Answer the survey" in read(client, "/work")
    choice, several, scale, text, likely = survey.questions
    number = likely.services[0][0]
    form = {
        "version": "1",
        f"q{choice.id}": "Online",
        f"q{several.id}": ["Online", "At a school"],
        f"q{scale.id}": "4",
        f"q{text.id}": "More\nof it.",
        f"q{likely.id}_{number}": "very_likely",
    }
    check = client.post(path, data={**form, "check": "yes"})
    assert check.status_code == 200
    assert "Check the answers of Oak Primary" in check.text
    assert "Clerking: Very likely" in words_of(check.text)
    assert sent(survey) == []
    change = client.post(path, data={**form, "change": "yes"})
    assert change.status_code == 200
    assert "More\nof it." in change.text
    done = client.post(path, data=form)
    assert done.location == f"{survey.path}/schools/{area.oak.urn}"
    (response,) = sent(survey)
    assert response.answers == {
        choice.key: "Online",
        several.key: ["Online", "At a school"],
        scale.key: 4,
        text.key: "More\nof it.",
        likely.key: {str(number): "very_likely"},
    }
    page = read(client, done.location)
    assert "We have the answers of Oak Primary." in page
    assert "Ada Head answered on 18 November 2026 at 10:00." in page
    assert "4 of 5" in page
    assert "Answer the survey" not in read(client, "/work")
    again = client.get(path).text
    assert "Ada Head answered for Oak Primary" in words_of(again)
    assert re.search(r'value="Online"[^>]*checked', again)


def test_what_is_missing_is_said_and_what_was_typed_stays(
    area: SimpleNamespace, make: Make, sign_in: SignIn
) -> None:
    survey = every_kind(area, make)
    text = survey.questions[3]
    response = sign_in(area.head).post(
        answer_page(survey, area.oak), data={"version": "1", f"q{text.id}": "Kept words", "check": "yes"}
    )
    assert response.status_code == 422
    page = words_of(response.text)
    for words in ("Answer question 1", "Answer question 2", "Answer question 3", "question 5 about Clerking"):
        assert words in page
    assert "Answer question 4" not in page
    assert "Kept words" in response.text


def test_a_stale_page_keeps_what_was_typed_and_can_be_sent_again(
    area: SimpleNamespace, survey: Survey, make: Make, sign_in: SignIn
) -> None:
    path = answer_page(survey, area.oak)
    acting = make.member(area.oak, name="Ida Acting")
    make.session.commit()
    assert sign_in(acting).post(path, data=typed(survey, one="Online")).status_code == 302
    client = sign_in(area.head)
    late = client.post(path, data=typed(survey, one="At a school"))
    assert late.status_code == 409
    assert "Ida Acting answered for Oak Primary" in words_of(late.text)
    assert re.search(r'value="At a school"[^>]*checked', late.text)
    (version,) = re.findall(r'name="version"[^>]*value="(\d+)"', late.text)
    assert client.post(path, data={**typed(survey, one="At a school"), "version": version}).status_code == 302
    page = read(client, f"{survey.path}/schools/{area.oak.urn}")
    assert "These answers count." in page
    assert "Earlier answers These no longer count. Ida Acting, 18 November 2026 at 10:00" in page


def test_after_the_last_day_what_was_typed_is_refused_with_the_reason_and_stays(
    area: SimpleNamespace, survey: Survey, make: Make, sign_in: SignIn
) -> None:
    survey.due_on = TODAY - timedelta(days=1)
    make.session.commit()
    client, path = sign_in(area.head), answer_page(survey, area.oak)
    for more in ({}, {"check": "yes"}):
        late = client.post(path, data={**typed(survey, one="At a school"), **more})
        assert late.status_code == 409
        assert "The last day to answer was 17 November 2026." in late.text
        assert re.search(r'value="At a school"[^>]*checked', late.text)
    assert client.get(path).status_code == 409
    assert "Answer the survey" not in read(client, "/work")


def test_the_team_reads_the_answers_and_cannot_send_any(
    area: SimpleNamespace, survey: Survey, sign_in: SignIn
) -> None:
    client = sign_in(area.team)
    assert "The head of the school answers it." in read(client, survey.path)
    assert client.get(answer_page(survey, area.oak)).status_code == 409
    assert "Answer the survey" not in read(client, "/work")
    assert "Only the head of the school can send" in read(client, f"{survey.path}/schools/{area.oak.urn}")


def test_another_school_s_answers_and_a_draft_are_not_there(
    area: SimpleNamespace, survey: Survey, make: Make, sign_in: SignIn
) -> None:
    make.survey_response(survey, area.oak, area.head)
    draft = make.survey(area.fund, S.DRAFT, area.elm, title="Not yet", by=area.officer)
    others = make.survey(area.fund, S.OPEN, area.oak, title="Only Oak", by=area.officer)
    make.session.commit()
    client = sign_in(area.elm_head)
    for path in (
        f"{survey.path}/schools/{area.oak.urn}",
        answer_page(survey, area.oak),
        f"{survey.path}/schools/{area.far.urn}",
        draft.path,
        others.path,
    ):
        assert client.get(path).status_code == 404, path
    assert client.get(f"{survey.path}/answers.csv").status_code == 403
    page = read(client, "/surveys")
    assert "Not yet" not in page
    assert "Only Oak" not in page
    assert "Ada Head" not in read(client, survey.path)
    assert "of 3" not in page


def test_an_officer_of_another_fund_finds_nothing(
    area: SimpleNamespace, survey: Survey, make: Make, sign_in: SignIn
) -> None:
    other = make.fund(asks_schools=True, la_code="898")
    stranger = make.user("Otto Officer")
    stranger.roles = [RoleGrant(role=RoleName.OFFICER, starts_on=LONG_AGO, fund_id=other.id)]
    make.session.commit()
    client = sign_in(stranger)
    assert client.get(survey.path).status_code == 404
    assert survey.title not in read(client, "/surveys")
    assert client.get(f"{survey.path}/steps/chase").status_code == 404


def test_the_findings_are_read_by_the_schools_that_were_asked(
    area: SimpleNamespace, make: Make, sign_in: SignIn
) -> None:
    survey = make.survey(area.fund, S.CLOSED, area.oak, area.elm, by=area.officer)
    make.session.commit()
    client = sign_in(area.officer)
    assert "Share the findings with the schools" in read(client, "/work")
    form = {"findings": "Most want Mondays.", "version": "1"}
    assert client.post(f"{survey.path}/steps/share", data=form).status_code == 302
    assert "Share the findings" not in read(client, "/work")
    for reader in (area.elm_head, area.team, area.auditor):
        assert "Most want Mondays." in read(sign_in(reader), survey.path)
    assert sign_in(area.academy_head).get(survey.path).status_code == 404


def test_a_school_s_page_shows_its_surveys_to_its_people_and_the_council(
    area: SimpleNamespace, survey: Survey, make: Make, sign_in: SignIn
) -> None:
    path = f"/schools/{area.oak.urn}"
    for reader in (area.head, area.team, area.officer, area.administrator):
        page = read(sign_in(reader), path)
        assert f"{survey.title} , survey {survey.reference} {survey.reference}" in page
        assert "To answer 16 December 2026 Nobody yet" in page
        assert " of 3 schools" not in page  # how many others answered
    assert survey.title not in read(sign_in(area.elm_head), path)
    assert "Surveys" not in read(sign_in(make.staff(RoleName.FINANCE)), path)


def test_it_is_off_and_leaves_no_trace(
    area: SimpleNamespace, survey: Survey, make: Make, sign_in: SignIn
) -> None:
    area.fund.asks_schools = False
    make.session.commit()
    modules.forget()
    for reader in (area.officer, area.head, area.administrator):
        client = sign_in(reader)
        for path in ("/surveys", survey.path, f"{survey.path}/schools/{area.oak.urn}"):
            assert client.get(path).status_code == 404
        for path in ("/work", f"/schools/{area.oak.urn}"):
            assert "urvey" not in client.get(path).text, path
    assert "urvey" not in sign_in(area.officer).get("/brokering").text
    assert "/surveys" not in sign_in(area.administrator).get(f"/funds/{area.fund.id}").text


def test_a_survey_of_a_fund_without_surveys_is_not_there_though_another_has_them(
    area: SimpleNamespace, survey: Survey, make: Make, sign_in: SignIn
) -> None:
    area.fund.asks_schools = False
    make.fund(asks_schools=True)
    make.session.commit()
    modules.forget()
    client = sign_in(area.head)
    assert client.get(survey.path).status_code == 404
    assert survey.title not in read(client, "/surveys")
    assert survey.title not in read(client, "/work")
    officer = sign_in(area.officer)
    assert officer.get(survey.path).status_code == 404
