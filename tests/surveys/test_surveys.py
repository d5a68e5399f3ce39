"""A survey from the draft to the shared findings: who is asked, the letters, the clock."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from fundflow.clock.timed_steps import take_timed_steps
from fundflow.extensions import db
from fundflow.history import history_of
from fundflow.models.letter import Letter
from fundflow.models.person import Membership, Standing
from fundflow.models.survey import QuestionKind, Survey, SurveyResponse
from fundflow.rules.surveys import without_head
from fundflow.steps import AlreadyTaken, Stale
from fundflow.surveys.operations import questions
from fundflow.surveys.operations import surveys as operations
from fundflow.surveys.operations.questions import Asks
from fundflow.surveys.operations.surveys import Wanted
from fundflow.workflow.engine import Refused
from fundflow.workflow.survey import SurveyState as S
from tests.factories import LONG_AGO, NOW, TODAY, Make

HOLIDAY = {"first": "2026-12-14", "last": "2026-12-15", "whose": "schools", "name": "Training"}
CHOICE = Asks(QuestionKind.CHOICE, "Which day?", "", ["Monday", "Friday"], True)


def wanted(**values: Any) -> Wanted:
    given: dict[str, Any] = {
        "title": "Views on the strategy",
        "about": "We plan next year.",
        "due_on": TODAY + timedelta(days=28),
        "phases": [],
        "kinds": [],
    }
    return Wanted(**{**given, **values})


def draft(area: SimpleNamespace, **values: Any) -> Survey:
    survey = operations.begin(area.fund, wanted(**values), user=area.officer, now=NOW)
    if not survey.questions:
        questions.add(survey, CHOICE, user=area.officer, now=NOW, version=None)
    return survey


def opened(area: SimpleNamespace, **values: Any) -> Survey:
    survey = draft(area, **values)
    operations.open_survey(survey, user=area.officer, now=NOW, version=None)
    return survey


def letters_of(word: str) -> list[tuple[str, str]]:
    rows = db.session.execute(select(Letter.recipient, Letter.email).where(Letter.subject.contains(word)))
    return sorted((recipient, email) for recipient, email in rows)


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def asked_names(survey: Survey) -> list[str]:
    return [one.school.name for one in survey.asked]


# -- drafts -----------------------------------------------------------------------------------------


def test_an_officer_begins_a_survey_once_and_nobody_else_does(area: SimpleNamespace) -> None:
    survey = draft(area)
    assert draft(area) is survey  # a second click
    for somebody in (area.head, area.auditor, area.administrator):
        with pytest.raises(Refused, match="Only the liaison officer of this fund"):
            operations.begin(area.fund, wanted(), user=somebody, now=NOW)
    area.fund.asks_schools = False
    db.session.commit()
    with pytest.raises(Refused, match="An administrator can switch them on"):
        operations.begin(area.fund, wanted(title="Another"), user=area.officer, now=NOW)


def test_questions_are_added_changed_moved_and_removed_while_it_is_a_draft(area: SimpleNamespace) -> None:
    survey = operations.begin(area.fund, wanted(), user=area.officer, now=NOW)
    by = {"user": area.officer, "now": NOW, "version": None}
    first = questions.add(survey, CHOICE, **by)
    second = questions.add(survey, Asks(QuestionKind.TEXT, "What else?", "", [], False), **by)
    questions.move(second, up=True, **by)
    db.session.expire_all()
    assert [(one.position, one.text) for one in survey.questions] == [(1, "What else?"), (2, "Which day?")]
    with pytest.raises(Refused, match="at the end already"):
        questions.move(second, up=True, **by)
    questions.change(second, Asks(QuestionKind.SCALE, "How good?", "From 1", ["x"], True), **by)
    assert (second.kind, second.options) == (QuestionKind.SCALE, [])
    questions.remove(second, **by)
    assert [(one.position, one.text) for one in survey.questions] == [(1, "Which day?")]
    with pytest.raises(Refused, match="at least two answers"):
        questions.change(first, CHOICE._replace(options=["Monday"]), **by)
    operations.open_survey(survey, **by)
    for act in (
        lambda: questions.add(survey, CHOICE, **by),
        lambda: questions.change(first, CHOICE, **by),
        lambda: questions.remove(first, **by),
        lambda: questions.move(first, up=True, **by),
        lambda: operations.change(survey, wanted(), **by),
    ):
        with pytest.raises(Refused, match="no longer a draft"):
            act()
        db.session.rollback()


def test_a_page_made_before_a_change_changes_nothing_and_a_second_click_adds_nothing(
    area: SimpleNamespace,
) -> None:
    survey = draft(area)
    before = survey.version
    questions.add(survey, CHOICE, user=area.officer, now=NOW, version=before)
    with pytest.raises(AlreadyTaken):
        questions.add(survey, CHOICE, user=area.officer, now=NOW, version=before)
    with pytest.raises(Stale):
        operations.change(survey, wanted(title="x"), user=area.officer, now=NOW, version=before)
    assert len(survey.questions) == 2


def test_services_are_asked_about_only_where_the_fund_sells_some(area: SimpleNamespace, make: Make) -> None:
    survey = draft(area)
    likely = Asks(QuestionKind.LIKELY, "What will you buy?", "", [], True)
    by = {"user": area.officer, "now": NOW, "version": None}
    with pytest.raises(Refused, match="no services to ask about"):
        questions.add(survey, likely, **by)
    area.fund.sells_services = True
    service = make.service(area.fund, name="Clerking")
    make.service(area.fund, name="Old", withdrawn_at=NOW)
    question = questions.add(survey, likely, **by)
    service.withdrawn_at = NOW
    with pytest.raises(Refused, match="the catalogue has none"):
        operations.open_survey(survey, **by)
    db.session.rollback()
    service.withdrawn_at = None
    operations.open_survey(survey, **by)
    service.name = "Renamed"
    assert question.services == [[service.id, "Clerking"]]  # as it was when the survey was opened


def test_a_survey_asks_only_once_how_likely_schools_are_to_buy(area: SimpleNamespace, make: Make) -> None:
    survey = draft(area)
    area.fund.sells_services = True
    make.service(area.fund, name="Clerking")
    likely = Asks(QuestionKind.LIKELY, "What will you buy?", "", [], True)
    by = {"user": area.officer, "now": NOW, "version": None}
    first = questions.add(survey, likely, **by)
    with pytest.raises(Refused, match="already asks how likely"):
        questions.add(survey, likely._replace(text="What next year?"), **by)
    db.session.rollback()
    other = next(one for one in survey.questions if one is not first)
    with pytest.raises(Refused, match="already asks how likely"):
        questions.change(other, likely, **by)
    db.session.rollback()
    questions.change(first, likely._replace(text="What will you buy in 2027?"), **by)
    assert first.text == "What will you buy in 2027?"


# -- who is asked -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phases", "kinds", "names"),
    [
        ([], [], ["Ash Academy", "Elm Primary", "Oak Primary"]),
        ([2], [], ["Elm Primary", "Oak Primary"]),
        ([], ["academy"], ["Ash Academy"]),
        ([], ["maintained", "academy"], ["Ash Academy", "Elm Primary", "Oak Primary"]),
    ],
)
def test_open_schools_of_the_area_are_asked_by_phase_and_kind(
    area: SimpleNamespace, phases: list[int], kinds: list[str], names: list[str]
) -> None:
    survey = opened(area, phases=phases, kinds=kinds)
    assert asked_names(survey) == names


def test_a_school_that_opens_later_is_not_asked(area: SimpleNamespace, make: Make) -> None:
    survey = opened(area)
    make.school("New Primary")
    db.session.expire_all()
    assert "New Primary" not in asked_names(survey)


def test_opening_waits_for_a_question_a_day_and_a_school(area: SimpleNamespace) -> None:
    by = {"user": area.officer, "now": NOW, "version": None}
    empty = operations.begin(area.fund, wanted(), user=area.officer, now=NOW)
    with pytest.raises(Refused, match="Add a question first"):
        operations.open_survey(empty, **by)
    db.session.rollback()
    with pytest.raises(Refused, match="The last day to answer was 17 November 2026"):
        operations.open_survey(draft(area, title="Late", due_on=TODAY - timedelta(days=1)), **by)
    db.session.rollback()
    with pytest.raises(Refused, match="No open school is of this phase and kind"):
        operations.open_survey(draft(area, title="Nobody", phases=[6]), **by)


def test_the_heads_are_asked_with_what_it_is_about_and_until_when(area: SimpleNamespace) -> None:
    opened(area, document_name="Draft strategy", document_url="https://council.example/draft.pdf")
    heads = [area.academy_head, area.elm_head, area.head]
    assert letters_of("please answer our survey by 16 December") == sorted(
        ("asked_schools", head.email) for head in heads
    )
    letter = db.session.scalars(select(Letter).where(Letter.email == area.head.email)).one()
    assert "Borough of Brackenford asks Oak Primary to answer a survey." in letter.body
    assert "Draft strategy: https://council.example/draft.pdf" in letter.body
    assert letters_of("the survey is open") == [("officer", area.officer.email)]


def test_the_head_of_two_schools_gets_one_letter_about_both(area: SimpleNamespace, make: Make) -> None:
    make.belongs(area.head, area.elm)
    opened(area)
    letter = db.session.scalars(select(Letter).where(Letter.email == area.head.email)).one()
    assert "asks Elm Primary and Oak Primary to answer" in letter.body


# -- reminders --------------------------------------------------------------------------------------


def test_an_officer_reminds_once_a_day_the_schools_that_have_not_answered(
    area: SimpleNamespace, survey: Survey, make: Make
) -> None:
    make.survey_response(survey, area.elm, area.elm_head)
    area.ash.status_code = 2  # it has closed meanwhile
    by = {"user": area.officer, "version": None}
    operations.chase_now(survey, now=NOW, **by)
    assert letters_of("please answer our survey") == [("not_answered", area.head.email)]
    reminded = {one.school.name: one.chasers for one in survey.asked}
    assert reminded == {"Ash Academy": 0, "Elm Primary": 0, "Oak Primary": 1}
    with pytest.raises(Refused, match="The schools were reminded today"):
        operations.chase_now(survey, now=NOW + timedelta(hours=3), **by)
    db.session.rollback()
    operations.chase_now(survey, now=NOW + timedelta(days=1), **by)
    make.survey_response(survey, area.oak, area.head)
    with pytest.raises(Refused, match="Every school that is open has answered"):
        operations.chase_now(survey, now=NOW + timedelta(days=2), **by)


def test_a_school_that_no_letter_reaches_is_named_and_not_reminded(area: SimpleNamespace, make: Make) -> None:
    make.school("Lone Primary")
    survey = make.survey(area.fund, S.DRAFT, by=area.officer)
    make.session.commit()
    assert without_head(survey, NOW) == ["Lone Primary"]
    operations.open_survey(survey, user=area.officer, now=NOW, version=None)
    (letter,) = make.session.scalars(
        select(Letter).where(Letter.subject.contains("the survey is open"))
    ).all()
    assert "No letter went to these schools: no head has an account there." in letter.body
    assert "\n  Lone Primary\n" in letter.body
    operations.chase_now(survey, user=area.officer, now=NOW + timedelta(days=1), version=None)
    reminded = {one.school.name: one.chasers for one in survey.asked}
    assert reminded == {"Ash Academy": 1, "Elm Primary": 1, "Lone Primary": 0, "Oak Primary": 1}


def test_a_reminder_names_only_the_schools_that_have_not_answered(
    area: SimpleNamespace, survey: Survey, make: Make
) -> None:
    area.head.memberships.append(Membership(school=area.elm, starts_on=LONG_AGO, standing=Standing.LEADER))
    make.survey_response(survey, area.elm, area.elm_head)
    make.session.commit()
    operations.chase_now(survey, user=area.officer, now=NOW, version=None)
    query = select(Letter).where(Letter.email == area.head.email, Letter.subject.contains("reminder"))
    assert "We ask Oak Primary to answer" in make.session.scalars(query).one().body


def test_a_school_that_opened_since_is_asked_with_the_reminder(
    area: SimpleNamespace, survey: Survey, make: Make
) -> None:
    make.survey_response(survey, area.elm, area.elm_head)
    area.elm.status_code = 2
    new, successor = make.school("New Primary"), make.school("Elm Academy", type_code=34)
    make.school("Far New Primary", la_code="898")
    area.elm.succeeded_by_id = successor.id
    head = make.member(new, name="Nia Head")
    for school in (area.oak, area.ash):
        make.survey_response(survey, school, area.head)
    make.session.commit()
    operations.chase_now(survey, user=area.officer, now=NOW, version=None)
    assert [one.school.name for one in survey.asked if one.school_id not in (area.ash.id, area.oak.id)] == [
        "Elm Primary",
        "New Primary",
    ]
    assert letters_of("please answer our survey") == [("not_answered", head.email)]


def test_the_clock_reminds_ten_and_three_working_days_before_the_last_day(
    area: SimpleNamespace, survey: Survey
) -> None:
    assert survey.due_on == date(2026, 12, 16)
    counts = {}
    for days in range(28):
        today = TODAY + timedelta(days=days)
        if take_timed_steps(at(today)):
            counts[today] = len(letters_of("please answer our survey"))
        take_timed_steps(at(today, 15))
    assert counts == {date(2026, 12, 2): 3, date(2026, 12, 11): 6}
    assert [one.chasers for one in survey.asked] == [2, 2, 2]


def test_school_holidays_bring_a_reminder_forward(area: SimpleNamespace, survey: Survey) -> None:
    area.fund.days_off = [HOLIDAY]
    db.session.commit()
    take_timed_steps(at(date(2026, 11, 30)))
    assert len(letters_of("please answer our survey")) == 3


def test_the_clock_does_not_remind_who_was_reminded_on_its_day(area: SimpleNamespace, survey: Survey) -> None:
    operations.chase_now(survey, now=at(date(2026, 12, 2), 7), user=area.officer, version=None)
    assert take_timed_steps(at(date(2026, 12, 2))) == 0
    assert len(letters_of("please answer our survey")) == 3


def test_the_clock_leaves_surveys_of_a_fund_that_has_none(area: SimpleNamespace, survey: Survey) -> None:
    area.fund.asks_schools = False
    db.session.commit()
    assert take_timed_steps(at(date(2026, 12, 17))) == 0
    assert survey.state is S.OPEN


# -- more time, the end, the findings ---------------------------------------------------------------


def test_more_time_is_a_later_day_and_schools_that_have_not_answered_are_told(
    area: SimpleNamespace, survey: Survey, make: Make
) -> None:
    make.survey_response(survey, area.oak, area.head)
    make.session.commit()
    by = {"reason": "Many heads are away.", "user": area.officer, "now": NOW, "version": None}
    with pytest.raises(Refused, match="must be after 16 December 2026"):
        operations.extend(survey, due_on=survey.due_on, **by)
    db.session.rollback()
    operations.extend(survey, due_on=date(2027, 1, 15), **by)
    assert (survey.state, survey.due_on) == (S.OPEN, date(2027, 1, 15))
    assert letters_of("you have until 15 January") == [
        ("not_answered", area.academy_head.email),
        ("not_answered", area.elm_head.email),
    ]
    assert "Many heads are away." in db.session.scalars(select(Letter)).first().body  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("16 12 2026", "The date must be after 16 December 2026"),
        ("1 11 2026", "The date must be today or later"),
        ("31 2 2027", "real date"),
        ("x y z", "real date"),
    ],
)
def test_a_wrong_last_day_is_refused_beside_its_field(
    area: SimpleNamespace, survey: Survey, sign_in: Any, typed: str, error: str
) -> None:
    parts = dict(zip(("due_on-day", "due_on-month", "due_on-year"), typed.split(), strict=True))
    sent = {**parts, "reason": "Many heads are away.", "version": str(survey.version)}
    answer = sign_in(area.officer).post(f"{survey.path}/steps/extend", data=sent)
    assert answer.status_code == 422
    beside = answer.text.partition('id="due_on-error"')[2].partition("</p>")[0]
    assert error in beside
    assert "Many heads are away." in answer.text
    assert all(f'value="{part}"' in answer.text for part in parts.values())
    assert survey.due_on == date(2026, 12, 16)


def test_the_clock_closes_it_on_the_day_after_the_last(area: SimpleNamespace, survey: Survey) -> None:
    take_timed_steps(at(survey.due_on, 23))
    assert survey.state is S.OPEN
    take_timed_steps(at(survey.due_on + timedelta(days=1)))
    assert survey.state is S.CLOSED
    assert survey.closed_at == at(survey.due_on + timedelta(days=1))
    assert letters_of("the survey is closed") == [("officer", area.officer.email)]


def test_an_officer_closes_it_early_with_a_reason(area: SimpleNamespace, survey: Survey, make: Make) -> None:
    make.survey_response(survey, area.oak, area.head)
    with pytest.raises(Refused, match="Enter the reason"):
        operations.close_early(survey, reason="", user=area.officer, now=NOW, version=None)
    operations.close_early(survey, reason="Enough answered.", user=area.officer, now=NOW, version=None)
    assert survey.state is S.CLOSED
    told = letters_of("our survey is closed")
    assert told == [("not_answered", area.academy_head.email), ("not_answered", area.elm_head.email)]


def test_the_findings_go_to_all_schools_that_were_asked(area: SimpleNamespace, make: Make) -> None:
    survey = make.survey(area.fund, S.CLOSED, area.oak, area.elm, by=area.officer)
    with pytest.raises(Refused, match="Enter the findings first"):
        operations.share(survey, findings="", user=area.officer, now=NOW, version=None)
    operations.share(survey, findings="Most want Mondays.", user=area.officer, now=NOW, version=None)
    assert (survey.state, survey.findings, survey.shared_at) == (S.SHARED, "Most want Mondays.", NOW)
    assert letters_of("what our survey found") == sorted(
        ("asked_schools", head.email) for head in (area.head, area.elm_head)
    )


@pytest.mark.parametrize(
    ("findings", "found"),
    [
        ("Ask Eve Head for more.", "Eve Head"),
        ("Mrs Okafor had a good idea.", "Mrs Okafor"),
        ("Ring 01753 123456.", "01753 123456"),
        ("Elm Primary wants Mondays.", "Elm Primary"),
    ],
)
def test_findings_name_no_person_and_no_school(
    area: SimpleNamespace, make: Make, sign_in: Any, findings: str, found: str
) -> None:
    survey = make.survey(area.fund, S.CLOSED, area.oak, area.elm, by=area.officer)
    make.session.commit()
    sent = {"findings": findings, "version": str(survey.version)}
    answer = sign_in(area.officer).post(f"{survey.path}/steps/share", data=sent)
    assert answer.status_code == 409
    assert f"Take out “{found}”" in answer.text
    assert findings in answer.text
    assert survey.state is S.CLOSED
    assert not db.session.scalars(select(Letter)).all()


def test_a_draft_is_discarded_and_stays_in_the_history(area: SimpleNamespace, sign_in: Any) -> None:
    survey = draft(area)
    client = sign_in(area.officer)
    form = {"reason": "Begun twice.", "version": str(survey.version)}
    assert client.post(f"{survey.path}/steps/discard", data=form).status_code == 302
    assert survey.state is S.DISCARDED
    assert history_of(survey)[0].reason == "Begun twice."


def test_only_officers_of_the_fund_take_the_steps(area: SimpleNamespace, survey: Survey) -> None:
    for somebody in (area.head, area.auditor, area.administrator):
        with pytest.raises(Refused, match="Only the liaison officer or the clock can do this"):
            operations.chase_now(survey, user=somebody, now=NOW, version=None)
        db.session.rollback()
        with pytest.raises(Refused, match="Only the liaison officer can do this"):
            operations.close_early(survey, reason="x", user=somebody, now=NOW, version=None)
        db.session.rollback()


# -- what the database refuses ----------------------------------------------------------------------


def test_one_response_of_a_school_is_counted(area: SimpleNamespace, survey: Survey, make: Make) -> None:
    make.survey_response(survey, area.oak, area.head, replaced_at=NOW)
    make.survey_response(survey, area.oak, area.head)
    with pytest.raises(IntegrityError):
        make.survey_response(survey, area.oak, area.head)


def test_a_response_is_never_deleted(area: SimpleNamespace, survey: Survey, make: Make) -> None:
    found = make.survey_response(survey, area.oak, area.head)
    make.session.commit()
    with pytest.raises(Exception, match="append-only"):
        db.session.execute(SurveyResponse.__table__.delete().where(SurveyResponse.id == found.id))
