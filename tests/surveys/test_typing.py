"""What a head types into a survey is kept until it is sent."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.models.kept_typing import KeptTyping
from fundflow.models.survey import QuestionKind, Survey, SurveySchool
from fundflow.surveys.operations import answers
from fundflow.workflow.survey import SurveyState as S
from tests.factories import NOW, Make

SignIn = Callable[[Any], FlaskClient]
WORDS = "We would rather meet on Mondays."


@pytest.fixture(autouse=True)
def _clock(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def place(area: SimpleNamespace, survey: Survey, make: Make) -> str:
    """The page on which Oak answers: one of two, several, likely to buy, and free text."""
    make.survey_question(survey, kind=QuestionKind.SEVERAL, text="Subjects?", options=["Maths", "Art", "PE"])
    make.survey_question(survey, kind=QuestionKind.LIKELY, text="Buy?", services=[[7, "Clerking"]])
    make.survey_question(survey, kind=QuestionKind.TEXT, text="Anything else?", options=[], required=False)
    make.session.commit()
    return f"{survey.path}/schools/{area.oak.urn}/answer"


def typed(survey: Survey) -> dict[str, Any]:
    one, several, likely, text = [f"q{question.id}" for question in survey.questions]
    chosen = {one: survey.questions[0].options[0], several: ["Maths", "Art"], f"{likely}_7": "likely"}
    return {**chosen, text: WORDS}


def kept() -> int:
    return db.session.scalar(select(func.count()).select_from(KeptTyping)) or 0


def test_it_is_there_again_on_another_device_and_for_nobody_else(
    area: SimpleNamespace, survey: Survey, place: str, make: Make, sign_in: SignIn
) -> None:
    acting = make.member(area.oak, name="Ida Acting")
    make.session.commit()
    answer = sign_in(area.head).post("/typing", data={"place": place, **typed(survey)})
    assert answer.status_code == 204
    page = sign_in(area.head).get(place).text
    assert "and did not send it. Nobody sees it until you send it." in page
    assert WORDS in page
    assert page.count(" checked") == 4
    assert WORDS not in sign_in(acting).get(place).text
    assert not survey.counted


def test_sending_ends_the_keeping(area: SimpleNamespace, survey: Survey, place: str, sign_in: SignIn) -> None:
    client = sign_in(area.head)
    client.post("/typing", data={"place": place, **typed(survey)})
    checked = client.post(place, data={**typed(survey), "version": "1", "check": "yes"})
    assert checked.status_code == 200
    assert kept() == 1  # who leaves now has it still
    assert client.post(place, data={**typed(survey), "version": "1"}).status_code == 302
    assert kept() == 0
    assert "did not send it" not in client.get(place).text


def test_it_is_kept_as_it_is_checked(
    area: SimpleNamespace, survey: Survey, place: str, sign_in: SignIn
) -> None:
    """Without JavaScript too."""
    client = sign_in(area.head)
    assert client.post(place, data={**typed(survey), "version": "1", "check": "yes"}).status_code == 200
    assert WORDS in client.get(place).text
    changed = {**typed(survey), f"q{survey.questions[3].id}": "On Fridays.", "version": "1", "change": "yes"}
    page = client.post(place, data=changed).text
    assert "On Fridays." in page
    assert WORDS not in page


def test_it_can_be_thrown_away(area: SimpleNamespace, survey: Survey, place: str, sign_in: SignIn) -> None:
    client = sign_in(area.head)
    client.post("/typing", data={"place": place, **typed(survey)})
    answer = client.post("/typing/forget", data={"place": place}, follow_redirects=True)
    assert "We threw away what you had typed" in answer.text
    assert WORDS not in answer.text


def test_what_a_colleague_sent_since_is_said_and_replaced_only_knowingly(
    area: SimpleNamespace, survey: Survey, place: str, make: Make, sign_in: SignIn
) -> None:
    acting = make.member(area.oak, name="Ida Acting")
    make.session.commit()
    client = sign_in(area.head)
    client.post("/typing", data={"place": place, **typed(survey)})
    asked = db.session.scalars(select(SurveySchool).where(SurveySchool.school_id == area.oak.id)).one()
    given = {survey.questions[0].key: "Online", survey.questions[1].key: ["Art"]}
    given |= {survey.questions[2].key: {"7": "likely"}}
    answers.answer(asked, given, user=acting, now=NOW, version=asked.version)
    stale = client.post(place, data={**typed(survey), "version": "1"})
    assert stale.status_code == 409
    page = client.get(place).text
    assert "Ida Acting answered for Oak Primary" in page
    assert WORDS in page


@pytest.mark.parametrize(
    ("who", "status"),
    [("elm_head", 404), ("officer", 404), ("team", 409), ("academy_head", 404)],
)
def test_nobody_else_keeps_anything(
    area: SimpleNamespace, survey: Survey, place: str, sign_in: SignIn, who: str, status: int
) -> None:
    client = sign_in(getattr(area, who))
    assert client.post("/typing", data={"place": place, **typed(survey)}).status_code == status
    assert kept() == 0


@pytest.mark.parametrize(
    "path",
    [
        "/surveys/{id}/schools/{urn}",
        "/surveys/{id}/schools/0/answer",
        "/surveys/0/schools/{urn}/answer",
        "/surveys/999/schools/{urn}/answer",
        "/surveys/9999999999999/schools/{urn}/answer",
    ],
)
def test_no_other_page_of_a_survey_is_kept(
    area: SimpleNamespace, survey: Survey, sign_in: SignIn, path: str
) -> None:
    place = path.format(id=survey.id, urn=area.oak.urn)
    assert sign_in(area.head).post("/typing", data={"place": place}).status_code == 404


@pytest.mark.parametrize("why", ["past", "closed", "off"])
def test_nothing_is_kept_of_a_survey_that_is_over(
    area: SimpleNamespace, survey: Survey, place: str, make: Make, sign_in: SignIn, why: str
) -> None:
    if why == "past":
        survey.due_on = NOW.date() - timedelta(days=1)
    elif why == "closed":
        survey.state, survey.closed_at = S.CLOSED, NOW
    else:
        area.fund.asks_schools = False
    make.session.commit()
    answer = sign_in(area.head).post("/typing", data={"place": place, **typed(survey)})
    assert answer.status_code == (404 if why == "off" else 409)
    assert kept() == 0
