"""Surveys' forms: a survey, one of its questions, and the answers of a school."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, Self

from wtforms import ValidationError

from fundflow.models.fund import Fund
from fundflow.models.survey import (
    KIND_WORDS,
    PHASE_WORDS,
    SCALE,
    Likelihood,
    QuestionKind,
    Survey,
    SurveyQuestion,
    SurveyResponse,
)
from fundflow.rules.surveys import LONGEST, MOST_OPTIONS
from fundflow.surveys.operations.questions import WITH_OPTIONS, Asks
from fundflow.surveys.operations.surveys import Wanted
from fundflow.web.fields import Checkboxes, Day, LongText, Radios, Text, Tick, Upload, choices_of
from fundflow.web.file_forms import FilesForm
from fundflow.web.forms import Form, OfFund

LONGEST_OPTION = 140
Services = Sequence[Any]  # [id, name] of each
SCALE_WORDS = tuple(
    (str(n), {1: "1 (lowest)", SCALE[-1]: f"{SCALE[-1]} (highest)"}.get(n, str(n))) for n in SCALE
)


class SurveyForm(OfFund):
    """What a survey is about, whom it asks, and until when."""

    fund = Radios("Which fund asks?", choices=(), missing="Select a fund")
    title = Text("Title", most=140, missing="Enter the title")
    about = LongText(
        "What is it about?",
        most=4000,
        missing="Enter what it is about",
        description="Schools read this in the letter and above the questions. "
        "Say what you do with the answers.",
    )
    document_name = Text("Name of a document on your website on which you ask for views (optional)", most=140)
    document_url = Text(
        "Address of the document",
        most=300,
        description="Starting with https://. Only if you named a document. "
        "You can attach a file once the draft is saved.",
    )
    due_on = Day("Last day to answer", what="The last day", missing="Enter the last day to answer")
    phases = Checkboxes(
        "Which phases? (optional)",
        choices=[(str(code), words) for code, words in PHASE_WORDS.items()],
        description="Select none to ask schools of all phases.",
    )
    kinds = Checkboxes(
        "Which schools? (optional)",
        choices=[(kind.value, words.capitalize()) for kind, words in KIND_WORDS.items()],
        description="Select none to ask all schools.",
    )
    today: date

    @classmethod
    def of(cls, survey: Survey | None, funds: list[Fund], today: date) -> Self:
        """The form of a new survey, or of a draft."""
        form = cls.on(survey) if survey else cls()
        form.today = today
        form.choose_fund(funds)
        if survey and not form.is_submitted():
            for name in ("title", "about", "document_name", "document_url"):
                form[name].data = getattr(survey, name)
            form.due_on.process(None, survey.due_on)
            form.phases.data, form.kinds.data = [str(code) for code in survey.phases], list(survey.kinds)
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        fine: bool = super().validate(extra_validators)
        if self.document_name.data and not self.document_url.data and not self.document_url.errors:
            self.document_url.errors, fine = ["Enter the address of the document"], False
        if self.document_url.data and not self.document_name.data and not self.document_name.errors:
            self.document_name.errors, fine = ["Enter the name of the document"], False
        return fine

    def validate_document_url(self, field: Text) -> None:
        if not re.fullmatch(r"https://[^\s/?#]+\.[^\s]+", field.data or ""):
            raise ValidationError(
                "The address must start with https://, like https://council.example/plan.pdf"
            )

    def validate_due_on(self, field: Day) -> None:
        if field.data and field.data < self.today:
            raise ValidationError("The last day must be today or later")

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            title=self.title.data,
            about=self.about.data,
            due_on=self.due_on.data,
            phases=sorted(int(code) for code in self.phases.data or ()),
            kinds=sorted(self.kinds.data or ()),
            document_name=self.document_name.data or "",
            document_url=self.document_url.data or "",
        )


class DocumentForm(FilesForm):
    """A file on which a survey asks for views."""

    file = Upload("Choose a file", missing="Choose a file")


class QuestionForm(Form):
    """One question."""

    text = Text("Question", most=300, missing="Enter the question")
    hint = Text("Hint (optional)", most=500)
    kind = Radios("How is it answered?", choices=(), missing="Select how it is answered")
    options = LongText(
        "Answers to choose from, a line each",
        most=MOST_OPTIONS * LONGEST_OPTION,
        rows=6,
        description="Only for questions with answers to choose from.",
    )
    required = Tick("A school must answer it")

    @classmethod
    def of(cls, survey: Survey, question: SurveyQuestion | None, kinds: Iterable[QuestionKind]) -> Self:
        """The form of a new question of a draft, or of one that is there; versions are the survey's."""
        form = cls.on(survey)
        form.kind.choices = choices_of((kind.value, kind.words) for kind in kinds)
        if form.is_submitted():
            return form
        form.required.data = question.required if question else True
        if question:
            form.text.data, form.hint.data = question.text, question.hint
            form.kind.data, form.options.data = question.kind.value, "\n".join(question.options)
        return form

    @property
    def lines(self) -> list[str]:
        """The answers to choose from, each once."""
        typed = (" ".join(line.split()) for line in (self.options.data or "").splitlines())
        return list(dict.fromkeys(line for line in typed if line))

    def validate(self, extra_validators: Any = None) -> bool:
        fine: bool = super().validate(extra_validators)
        if self.kind.data not in {kind.value for kind in WITH_OPTIONS} or self.options.errors:
            return fine
        why = None
        if len(self.lines) < 2:
            why = "Enter at least two answers to choose from, a line each"
        elif len(self.lines) > MOST_OPTIONS:
            why = f"Enter {MOST_OPTIONS} answers at most"
        elif any(len(line) > LONGEST_OPTION for line in self.lines):
            why = f"Each answer must be {LONGEST_OPTION} characters or fewer"
        if why:
            self.options.errors, fine = [why], False
        return fine

    @property
    def asks(self) -> Asks:
        return Asks(
            kind=QuestionKind(self.kind.data),
            text=self.text.data,
            hint=self.hint.data or "",
            options=self.lines,
            required=bool(self.required.data),
        )


class AskedOf(NamedTuple):
    """A question on the page on which a school answers; one field, or one a service."""

    number: int
    question: SurveyQuestion
    fields: list[Any]


class AnswerForm(Form):
    """All questions of a survey; `of` makes the form of one."""

    questions: list[SurveyQuestion] = []
    services: Services = ()  # to ask about in a draft, whose questions have none yet

    @classmethod
    def of(
        cls, survey: Survey, record: Any, response: SurveyResponse | None = None, services: Services = ()
    ) -> Self:
        """The form, with what a school answered last. `record`: whose version its page carries."""
        fields: dict[str, Any] = {"questions": list(survey.questions), "services": services}
        for number, question in enumerate(survey.questions, 1):
            fields |= _fields(question, number, question.services or services)
        whole: type[Self] = type("AnswersToSurvey", (cls,), fields)
        form = whole.on(record)
        if response is not None and not form.is_submitted():
            form.fill(response.answers)
        return form

    @property
    def asked(self) -> list[AskedOf]:
        return [
            AskedOf(n, question, [self[name] for name in _names(question, self.services)])
            for n, question in enumerate(self.questions, 1)
        ]

    def fill(self, answers: Mapping[str, Any]) -> None:
        for question in self.questions:
            given = answers.get(question.key)
            if question.kind is QuestionKind.LIKELY:
                for number, _name in question.services:
                    self[f"q{question.id}_{number}"].data = (given or {}).get(str(number))
            elif question.kind is QuestionKind.SCALE:
                self[f"q{question.id}"].data = None if given is None else str(given)
            else:
                self[f"q{question.id}"].data = given

    @property
    def answers(self) -> dict[str, Any]:
        """As `SurveyResponse` keeps them."""
        return {question.key: self._given(question) for question in self.questions}

    def _given(self, question: SurveyQuestion) -> Any:
        if question.kind is QuestionKind.LIKELY:
            said = {str(number): self[f"q{question.id}_{number}"].data for number, _name in question.services}
            return {number: value for number, value in said.items() if value}
        data = self[f"q{question.id}"].data
        return int(data) if question.kind is QuestionKind.SCALE and data else data


def _names(question: SurveyQuestion, services: Services) -> list[str]:
    if question.kind is QuestionKind.LIKELY:
        return [f"q{question.id}_{number}" for number, _name in question.services or services]
    return [f"q{question.id}"]


def _fields(question: SurveyQuestion, number: int, services: Services) -> dict[str, Any]:
    """A question's fields, by name. An error says which question it is about."""
    name, label = f"q{question.id}", f"{number}. {question.text}"
    if not question.required:
        label = f"{label} (optional)"
    missing = f"Answer question {number}" if question.required else None
    given: dict[str, Any] = {"missing": missing, "description": question.hint}
    options = [(option, option) for option in question.options]
    match question.kind:
        case QuestionKind.CHOICE:
            return {name: Radios(label, choices=options, **given)}
        case QuestionKind.SEVERAL:
            return {name: Checkboxes(label, choices=options, **given)}
        case QuestionKind.SCALE:
            return {name: Radios(label, choices=SCALE_WORDS, **given)}
        case QuestionKind.TEXT:
            return {name: LongText(label, most=LONGEST, rows=5, **given)}
    levels = [(level.value, level.words) for level in Likelihood]
    return {
        f"{name}_{service}": Radios(
            words,
            choices=levels,
            missing=f"Answer question {number} about {words}" if question.required else None,
        )
        for service, words in services
    }
