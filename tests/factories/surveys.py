"""Surveys of schools, their questions and answers."""

from datetime import timedelta
from typing import Any

from fundflow.models.files import FileKind
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.models.survey import (
    QuestionKind,
    Survey,
    SurveyDocument,
    SurveyQuestion,
    SurveyResponse,
    SurveySchool,
)
from fundflow.workflow.survey import ASKED, SurveyState
from tests.factories.base import NOW, TODAY
from tests.factories.people import People


class Surveys(People):
    """A survey in any state, with the rows that the state implies."""

    def survey(
        self, fund: Fund, state: SurveyState = SurveyState.DRAFT, *schools: School, **values: Any
    ) -> Survey:
        """To be answered within 28 days, with a question that has two answers; `schools` are asked."""
        moments: dict[str, Any] = {}
        if state in ASKED:
            moments["opened_at"] = NOW
        if state in (SurveyState.CLOSED, SurveyState.SHARED):
            moments["closed_at"] = NOW
        if state is SurveyState.SHARED:
            moments |= {"shared_at": NOW, "findings": "Most schools want more training."}
        survey = Survey(
            **{
                "fund": fund,
                "state": state,
                "state_since": NOW,
                "title": "Our services next year",
                "about": "We plan what we offer next year.",
                "due_on": TODAY + timedelta(days=28),
                "made_at": NOW,
                "made_by": values.pop("by", None) or self.user(),
                **moments,
                **values,
            }
        )
        self._add(survey)
        self.survey_question(survey)
        survey.asked = [SurveySchool(school=school) for school in schools]
        return self._add(survey)

    def survey_document(self, survey: Survey, *, by: User, **values: Any) -> SurveyDocument:
        """A file whose bytes nobody stored, unless they are given."""
        return self._add(
            SurveyDocument(
                **{
                    "survey": survey,
                    "name": "Strategy.pdf",
                    "kind": FileKind.PDF,
                    "size": 1,
                    "sha256": "0" * 64,
                    "store_key": f"00/{survey.id}",
                    "scanned": False,
                    "attached_at": NOW,
                    "attached_by_id": by.id,
                    **values,
                }
            )
        )

    def survey_question(
        self, survey: Survey, kind: QuestionKind = QuestionKind.CHOICE, **values: Any
    ) -> SurveyQuestion:
        """One more question, which must be answered."""
        given = {"text": "How do you want to be trained?", "position": len(survey.questions) + 1}
        if kind in (QuestionKind.CHOICE, QuestionKind.SEVERAL):
            given["options"] = ["Online", "At a school"]
        question = SurveyQuestion(kind=kind, **{**given, **values})
        survey.questions.append(question)
        return self._add(question)

    def survey_response(
        self, survey: Survey, school: School, by: User | None = None, **values: Any
    ) -> SurveyResponse:
        """The first answer to each question, unless `answers` are given."""
        answers = {question.key: _first(question) for question in survey.questions}
        given = {"answered_at": NOW, "answered_by": by or self.member(school), "answers": answers}
        return self._add(SurveyResponse(survey=survey, school=school, **{**given, **values}))


def _first(question: SurveyQuestion) -> Any:
    match question.kind:
        case QuestionKind.CHOICE:
            return question.options[0]
        case QuestionKind.SEVERAL:
            return question.options[:1]
        case QuestionKind.SCALE:
            return 4
        case QuestionKind.TEXT:
            return "More of it."
    return {str(number): "likely" for number, _name in question.services}
