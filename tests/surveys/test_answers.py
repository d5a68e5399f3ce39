"""A school's answers: what they must be, who sends them, and that one counts and none is lost."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.history import history_of
from fundflow.models.letter import Letter
from fundflow.models.survey import QuestionKind, Survey, SurveyResponse, SurveySchool
from fundflow.rules.surveys import answer_words, counted, why_not_answers
from fundflow.steps import Stale
from fundflow.surveys.operations.answers import answer
from fundflow.surveys.operations.surveys import close_early, share
from fundflow.surveys.queries import tally, waiting
from fundflow.workflow.engine import Refused
from fundflow.workflow.survey import SurveyState
from tests.factories import NOW, Make


def asked(survey: Survey, school: Any) -> SurveySchool:
    return next(one for one in survey.asked if one.school_id == school.id)


def send(area: SimpleNamespace, survey: Survey, given: Any = "Online", **how: Any) -> None:
    answers = {survey.questions[0].key: given}
    now, user = how.pop("now", NOW), how.pop("user", area.head)
    answer(asked(survey, area.oak), answers, user=user, now=now, version=how.pop("version", None))


def responses(survey: Survey) -> list[tuple[str, Any, bool]]:
    rows = db.session.scalars(select(SurveyResponse).order_by(SurveyResponse.id)).all()
    key = survey.questions[0].key
    return [(one.answered_by.name, one.answers.get(key), one.replaced_at is None) for one in rows]


def receipts() -> list[str]:
    query = select(Letter.email).where(Letter.subject.contains("we have the answers of Oak Primary"))
    return sorted(db.session.scalars(query))


def test_answering_again_replaces_the_answers_and_keeps_the_earlier_ones(
    area: SimpleNamespace, survey: Survey, make: Make
) -> None:
    acting = make.member(area.oak, name="Ida Acting")
    send(area, survey)
    send(area, survey, "At a school", user=acting, now=NOW + timedelta(hours=1))
    assert responses(survey) == [("Ada Head", "Online", False), ("Ida Acting", "At a school", True)]
    found = counted(survey, area.oak.id)
    assert found
    assert found.answered_by is acting
    labels = [entry.label for entry in history_of(asked(survey, area.oak))]
    assert labels == ["Answered the survey again", "Answered the survey"]


def test_the_head_and_acting_heads_get_a_receipt(area: SimpleNamespace, survey: Survey, make: Make) -> None:
    acting = make.member(area.oak, name="Ida Acting")
    send(area, survey, user=acting)
    assert receipts() == sorted([area.head.email, acting.email])
    body = db.session.scalars(select(Letter.body).where(Letter.email == area.head.email)).one()
    assert "Ida Acting has answered the survey “Our services next year” for Oak Primary." in body
    assert f"{survey.path}/schools/{area.oak.urn}" in body
    assert "earlier ones" not in body
    own = db.session.scalars(select(Letter.body).where(Letter.email == acting.email)).one()
    assert "You have answered the survey “Our services next year” for Oak Primary." in own


def test_a_second_click_records_nothing_twice(area: SimpleNamespace, survey: Survey) -> None:
    version = asked(survey, area.oak).version
    send(area, survey, version=version)
    send(area, survey, version=version)
    assert len(responses(survey)) == 1
    assert len(receipts()) == 1


def test_a_page_made_before_a_colleague_answered_is_stale(
    area: SimpleNamespace, survey: Survey, make: Make
) -> None:
    acting = make.member(area.oak, name="Ida Acting")
    version = asked(survey, area.oak).version
    send(area, survey, version=version)
    with pytest.raises(Stale):
        send(area, survey, "At a school", user=acting, version=version)
    db.session.rollback()
    assert responses(survey) == [("Ada Head", "Online", True)]


def test_another_school_s_answer_makes_no_page_stale(area: SimpleNamespace, survey: Survey) -> None:
    version, of_survey = asked(survey, area.oak).version, survey.version
    elm = asked(survey, area.elm)
    answer(elm, {survey.questions[0].key: "Online"}, user=area.elm_head, now=NOW, version=elm.version)
    assert survey.version == of_survey
    send(area, survey, version=version)
    assert len(responses(survey)) == 2


def test_only_a_head_of_the_school_answers(area: SimpleNamespace, survey: Survey) -> None:
    for somebody in (area.team, area.elm_head, area.officer):
        with pytest.raises(Refused, match="Only the head of the school can send its answers"):
            send(area, survey, user=somebody)
        db.session.rollback()


def test_nobody_answers_after_the_last_day_or_once_it_is_closed(
    area: SimpleNamespace, survey: Survey
) -> None:
    last = NOW + timedelta(days=28)
    send(area, survey, now=last)
    with pytest.raises(Refused, match="The last day to answer was 16 December 2026"):
        send(area, survey, "At a school", now=last + timedelta(days=1))
    db.session.rollback()
    close_early(survey, reason="Enough.", user=area.officer, now=NOW, version=None)
    with pytest.raises(Refused, match="The survey was closed early, on 18 November 2026"):
        send(area, survey, "At a school")
    db.session.rollback()
    survey.closed_at = last + timedelta(days=1)
    with pytest.raises(Refused, match="The last day to answer was 16 December 2026"):
        send(area, survey, "At a school", now=last + timedelta(days=2))


def test_a_draft_is_answered_by_nobody(area: SimpleNamespace, make: Make) -> None:
    survey = make.survey(area.fund, SurveyState.DRAFT, area.oak)
    with pytest.raises(Refused, match="This survey is not open"):
        send(area, survey)


BAD = "Choose an answer that the question “Q” offers."


@pytest.mark.parametrize(
    ("kind", "given", "why"),
    [
        (QuestionKind.CHOICE, "A", None),
        (QuestionKind.CHOICE, "C", BAD),
        (QuestionKind.CHOICE, None, "Answer the question “Q”."),
        (QuestionKind.SEVERAL, ["A", "B"], None),
        (QuestionKind.SEVERAL, ["A", "C"], BAD),
        (QuestionKind.SEVERAL, "A", BAD),
        (QuestionKind.SEVERAL, [], "Answer the question “Q”."),
        (QuestionKind.SCALE, 5, None),
        (QuestionKind.SCALE, 6, BAD),
        (QuestionKind.TEXT, "More.", None),
        (QuestionKind.TEXT, "x" * 4001, BAD),
        (QuestionKind.TEXT, "", "Answer the question “Q”."),
        (QuestionKind.LIKELY, {"7": "likely", "8": "dont_know"}, None),
        (QuestionKind.LIKELY, {"7": "likely"}, BAD),
        (QuestionKind.LIKELY, {"7": "likely", "8": "perhaps"}, BAD),
        (QuestionKind.LIKELY, {"7": "likely", "9": "likely"}, BAD),
    ],
)
def test_an_answer_is_one_that_the_question_offers(kind: QuestionKind, given: Any, why: str | None) -> None:
    question: Any = SimpleNamespace(
        key="1", kind=kind, text="Q", options=["A", "B"], services=[[7, "X"], [8, "Y"]], required=True
    )
    assert why_not_answers([question], {"1": given}) == why


def test_an_optional_question_may_be_left_empty_or_answered_in_part() -> None:
    for kind in QuestionKind:
        question: Any = SimpleNamespace(
            key="1", kind=kind, text="Q", options=["A"], services=[[7, "X"], [8, "Y"]], required=False
        )
        assert why_not_answers([question], {}) is None
    assert why_not_answers([question], {"1": {"7": "likely"}}) is None


def test_a_free_text_holds_no_bank_details() -> None:
    question: Any = SimpleNamespace(key="1", kind=QuestionKind.TEXT, text="Q", required=True)
    why = why_not_answers([question], {"1": "Pay us: sort code 20-00-00, account 12345678"})
    assert why
    assert why != BAD


def test_answers_are_said_in_words() -> None:
    def words(kind: QuestionKind, given: Any) -> list[str]:
        question: Any = SimpleNamespace(kind=kind, services=[[7, "Clerking"], [8, "HR"]])
        return answer_words(question, given)

    assert words(QuestionKind.CHOICE, "Online") == ["Online"]
    assert words(QuestionKind.SEVERAL, ["A", "B"]) == ["A", "B"]
    assert words(QuestionKind.SCALE, 4) == ["4 of 5"]
    assert words(QuestionKind.LIKELY, {"8": "very_likely"}) == ["HR: Very likely"]
    assert words(QuestionKind.TEXT, None) == []


def test_what_is_no_question_of_the_survey_is_not_kept(area: SimpleNamespace, survey: Survey) -> None:
    key = survey.questions[0].key
    one = asked(survey, area.oak)
    answer(one, {key: "Online", "999": "x"}, user=area.head, now=NOW, version=None)
    found = counted(survey, area.oak.id)
    assert found
    assert found.answers == {key: "Online"}


def test_a_closed_school_answers_no_more(area: SimpleNamespace, survey: Survey, make: Make) -> None:
    area.oak.status_code = 2
    make.session.commit()
    with pytest.raises(Refused, match="Oak Primary has closed"):
        send(area, survey)
    assert waiting(area.head, NOW, 5) == []


def test_a_reminder_names_no_closed_school(area: SimpleNamespace, survey: Survey, make: Make) -> None:
    make.belongs(area.head, area.elm)
    area.oak.status_code = 2
    make.session.commit()
    assert survey.names_of(area.head, NOW, waited_for=True) == "Elm Primary"


def test_of_a_closed_school_and_its_successor_one_counts(
    area: SimpleNamespace, survey: Survey, make: Make
) -> None:
    new = make.school("Oak Academy", type_code=34)
    survey.asked.append(SurveySchool(school=new))
    make.belongs(area.head, new)
    make.session.commit()
    send(area, survey)
    area.oak.status_code, area.oak.succeeded_by_id = 2, new.id
    make.session.commit()
    given = {survey.questions[0].key: "At a school"}
    answer(asked(survey, new), given, user=area.head, now=NOW + timedelta(hours=1), version=None)
    assert tally(survey).answered == 1


def test_a_choice_is_kept_once(area: SimpleNamespace, survey: Survey, make: Make) -> None:
    several = make.survey_question(survey, QuestionKind.SEVERAL)
    make.session.commit()
    option = several.options[0]
    given = {survey.questions[0].key: "Online", several.key: [option, option]}
    answer(asked(survey, area.oak), given, user=area.head, now=NOW, version=None)
    found = counted(survey, area.oak.id)
    assert found
    assert found.answers[several.key] == [option]


def test_a_closed_survey_waits_once_for_an_officer_who_leads_two_schools(
    area: SimpleNamespace, make: Make
) -> None:
    survey = make.survey(area.fund, SurveyState.CLOSED, area.oak, area.elm, by=area.officer)
    make.belongs(area.officer, area.oak)
    make.belongs(area.officer, area.elm)
    make.session.commit()
    assert waiting(area.officer, NOW, 5) == [(survey, None)]


def test_findings_hold_no_bank_details_and_reach_the_successors_head(
    area: SimpleNamespace, make: Make, sign_in: Any
) -> None:
    survey = make.survey(area.fund, SurveyState.CLOSED, area.oak, by=area.officer)
    new = make.school("Oak Academy", type_code=34)
    area.oak.status_code, area.oak.succeeded_by_id = 2, new.id
    head = make.member(new, name="Nora New")
    make.session.commit()
    how = {"user": area.officer, "now": NOW, "version": survey.version}
    with pytest.raises(Refused, match="Bank details"):
        share(survey, findings="Pay into 12-34-56 12345678.", **how)
    assert sign_in(head).get(survey.path).status_code == 404
    share(survey, findings="Most want it online.", **how)
    told = db.session.scalars(select(Letter.email).where(Letter.subject.contains("what our survey found")))
    assert head.email in list(told)
    assert sign_in(head).get(survey.path).status_code == 200
