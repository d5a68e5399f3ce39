"""The demonstration's surveys: one in every state, with answers of schools."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from fundflow.demo.told import Told
from fundflow.extensions import db
from fundflow.models.person import RoleName
from fundflow.models.survey import Likelihood as L
from fundflow.models.survey import QuestionKind as K
from fundflow.models.survey import Survey
from fundflow.steps import take_and_commit
from fundflow.surveys.operations import questions, surveys
from fundflow.surveys.operations.answers import answer
from fundflow.surveys.operations.questions import Asks
from fundflow.surveys.operations.surveys import Wanted

YES, PARTLY, NO = "Yes", "In part", "No"
KEEP = ("Early reading", "Mathematics", "Behaviour", "Governance")
WAYS = ((L.VERY, L.NOT), (L.VERY, L.LIKELY, L.NOT))  # how schools in turn answer about every other service
ANSWER = [
    "899001",
    "899002",
    "899003",
    "899004",
    "899005",
    "899006",
    "899007",
    "899008",
    "899009",
    "899010",
    "899011",
    "899012",
    "899014",
    "899015",
    "899017",
]


class Row(NamedTuple):
    """A survey: its words, when it opens and ends in days from now, and its questions."""

    title: str
    about: str
    opens: int
    due: int
    asks: tuple[Asks, ...]
    document: tuple[str, str] = ("", "")


def _asks(kind: K, text: str, *options: str, hint: str = "", required: bool = True) -> Asks:
    return Asks(kind, text, hint, list(options), required)


NEEDS = Row(
    "What schools need from the council",
    "We plan next year’s support. Your answers decide what we keep and what we change.",
    -210,
    -185,
    (
        _asks(K.SCALE, "How well does the council’s support meet your needs?"),
        _asks(K.SEVERAL, "On which subjects do you want more support?", *KEEP, hint="Choose all that apply."),
        _asks(K.CHOICE, "Did the support of the last year help your pupils?", YES, PARTLY, NO),
        _asks(K.TEXT, "What should we do better?", required=False),
    ),
)
SERVICES = Row(
    "Services for next year",
    "We plan the catalogue of services. Tell us which you are likely to buy.",
    -52,
    -26,
    (
        _asks(K.LIKELY, "How likely are you to buy each service next year?"),
        _asks(K.CHOICE, "What do you think of their cost?", "About right", "Too high", "I don’t know"),
    ),
)
STRATEGY = Row(
    "Views on the draft strategy for school improvement",
    "Please read the draft first. It takes ten minutes.",
    -8,
    20,
    (
        _asks(K.SCALE, "How far do you agree with the draft?"),
        _asks(K.TEXT, "What is missing from it?", required=False),
    ),
    ("Draft strategy for school improvement", "https://www.brackenford.example/strategy-draft"),
)
PUPILS = Row(
    "Support for looked-after children",
    "We ask every school what would help the children in our care.",
    -2,
    40,
    (_asks(K.TEXT, "What would help most?"),),
)
MISTAKEN = Row("Services", "Begun by mistake.", -53, 10, ())


def told_surveys(told: Told) -> list[Iterator[datetime]]:
    """One act a survey."""
    return [_needs(told), _services(told), _strategy(told), _drafts(told)]


def _needs(told: Told) -> Iterator[datetime]:
    """Shared with schools: fifteen answered."""
    yield (now := told.at(NEEDS.opens))
    survey = _opened(told, NEEDS, now)
    yield (now := told.at(NEEDS.opens + 3, 16))
    scale, several, choice, text = (question.key for question in survey.questions)
    for n, urn in enumerate(ANSWER):
        wants = [KEEP[0], KEEP[1]] if n % 3 else [KEEP[0], KEEP[2]]
        given = {scale: 5 if n < 6 else 4 if n < 13 else 2, several: wants, choice: YES if n < 8 else PARTLY}
        said = {text: "Answer our calls sooner."} if n == 3 else {}
        _answer(told, survey, urn, given | said, now)
    yield from _ended(told, survey, NEEDS)
    yield (now := told.at(NEEDS.due + 12))
    findings = (
        "Most schools say that our support meets their needs. They want more for early reading.\n\n"
        "From April we add two advisers for early reading."
    )
    officer = told.people.staff(RoleName.OFFICER)
    surveys.share(survey, findings=findings, user=officer, now=now, version=None)


def _services(told: Told) -> Iterator[datetime]:
    """Closed, to be shared: fourteen answered, two of them twice. Its demand stands beside the catalogue."""
    yield (now := told.at(SERVICES.opens))
    survey = _opened(told, SERVICES, now)
    likely, choice = survey.questions
    yield (now := told.at(SERVICES.opens + 4, 16))
    for n, urn in enumerate(ANSWER[:14]):
        said = {
            str(number): WAYS[k % 2][n % len(WAYS[k % 2])].value
            for k, (number, _name) in enumerate(likely.services)
        }
        _answer(told, survey, urn, {likely.key: said, choice.key: choice.options[n // 8]}, now)
    yield (now := told.at(SERVICES.opens + 7, 16))
    for urn in ANSWER[:2]:
        said = {str(number): L.VERY.value for number, _name in likely.services}
        _answer(told, survey, urn, {likely.key: said, choice.key: choice.options[1]}, now)
    yield from _ended(told, survey, SERVICES)


def _strategy(told: Told) -> Iterator[datetime]:
    """Open: a few schools have answered."""
    yield (now := told.at(STRATEGY.opens))
    survey = _opened(told, STRATEGY, now)
    yield (now := told.at(STRATEGY.opens + 4, 16))
    scale, text = (question.key for question in survey.questions)
    for n, urn in enumerate(ANSWER[1:6]):
        said = {text: "How small schools take part."} if n == 2 else {}
        _answer(told, survey, urn, {scale: 3 + n % 3} | said, now)


def _drafts(told: Told) -> Iterator[datetime]:
    """A draft that was discarded, and one that is not opened yet."""
    yield (now := told.at(MISTAKEN.opens, 15))
    mistaken, officer = _begun(told, MISTAKEN, now), told.people.staff(RoleName.OFFICER)
    given = {"reason": "There is another draft of it."}
    take_and_commit(mistaken, "discard", user=officer, now=now, given=given)
    yield (now := told.at(PUPILS.opens, 15))
    _begun(told, PUPILS, now)


def _begun(told: Told, row: Row, now: datetime) -> Survey:
    officer, due_on = told.people.staff(RoleName.OFFICER), (told.now + timedelta(days=row.due)).date()
    wanted = Wanted(row.title, row.about, due_on, [], [], *row.document)
    survey = surveys.begin(told.fund, wanted, user=officer, now=now)
    for asks in row.asks:
        questions.add(survey, asks, user=officer, now=now, version=None)
    return survey


def _opened(told: Told, row: Row, now: datetime) -> Survey:
    survey = _begun(told, row, now)
    surveys.open_survey(survey, user=told.people.staff(RoleName.OFFICER), now=now, version=None)
    return survey


def _answer(told: Told, survey: Survey, urn: str, answers: Mapping[str, Any], now: datetime) -> None:
    asked = next(asked for asked in survey.asked if asked.school.urn == urn)
    answer(asked, answers, user=told.people.head(urn), now=now, version=None)


def _ended(told: Told, survey: Survey, row: Row) -> Iterator[datetime]:
    """What the clock would have done: reminders before the last day, and the end."""
    for days in (row.due - 14, row.due - 4):
        yield (now := told.at(days, 7))
        surveys.chase_when_due(survey, now)
        db.session.commit()
    yield (now := told.after(row.due + 1, 7))
    surveys.close(survey, now)
    db.session.commit()
