"""The page of what a survey found and its file, and the demand beside the catalogue: who reads what."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundflow.models.fund import Fund
from fundflow.models.person import RoleName, Standing
from fundflow.models.school import School
from fundflow.models.survey import QuestionKind, Survey, SurveyQuestion, SurveyResponse, SurveySchool
from fundflow.rules.small_numbers import Mark
from fundflow.rules.survey_replies import Demand, demand_for, summary_for
from fundflow.workflow.survey import SurveyState as S
from tests.factories import NOW, Make

SignIn = Callable[[Any], FlaskClient]
K = QuestionKind
SECRET = "Our head is leaving."


@pytest.fixture(autouse=True)
def _clock(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def read(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def survey_of(
    make: Make, fund: Fund, schools: Sequence[School], state: S = S.SHARED, *, days: int = 1, **values: Any
) -> Survey:
    """A survey of these schools; closed so many days ago, where it is."""
    opened = {} if state in (S.DRAFT, S.DISCARDED) else {"opened_at": NOW - timedelta(days=40)}
    closed = {"closed_at": NOW - timedelta(days=days)} if state in (S.CLOSED, S.SHARED) else {}
    shared = {"shared_at": NOW, "findings": "We keep clerking."} if state is S.SHARED else {}
    survey = Survey(
        fund=fund,
        state=state,
        state_since=NOW,
        title="Services for 2027",
        about="We plan the catalogue.",
        due_on=date(2026, 11, 16),
        made_at=NOW - timedelta(days=41),
        made_by=make.user(),
        **opened,
        **closed,
        **shared,
        **values,
    )
    survey.asked = [SurveySchool(school=school) for school in schools]
    make.session.add(survey)
    make.session.flush()
    return survey


def asks(make: Make, survey: Survey, kind: QuestionKind, text: str, **values: Any) -> SurveyQuestion:
    question = SurveyQuestion(position=len(survey.questions) + 1, kind=kind, text=text, **values)
    survey.questions.append(question)
    make.session.flush()
    return question


def answered(make: Make, survey: Survey, school: School, answers: dict[str, Any], **values: Any) -> None:
    make.session.add(
        SurveyResponse(
            survey=survey,
            school=school,
            answered_at=NOW - timedelta(days=30),
            answered_by=survey.made_by,
            answers=answers,
            **values,
        )
    )


@pytest.fixture
def area(make: Make) -> SimpleNamespace:
    """47 schools, of which 31 answered: 24 primary and 7 secondary schools."""
    fund = make.fund(sells_services=True, asks_schools=True)
    schools = [make.school(f"School {n}", phase_code=2 if n < 24 else 4) for n in range(47)]
    officer = make.staff(RoleName.OFFICER)
    clerking = make.service(fund, schools[0], name="Clerking", by=officer)
    coaching = make.service(fund, schools[0], name="Coaching", by=officer)
    phonics = make.service(fund, name="Phonics", by=officer)
    survey = survey_of(make, fund, schools)
    choice = asks(make, survey, K.CHOICE, "Is it worth its cost?", options=["Yes", "No"])
    text = asks(make, survey, K.TEXT, "What else?", required=False)
    services = [[service.id, service.name] for service in (clerking, coaching, phonics)]
    likely = asks(make, survey, K.LIKELY, "Will you buy?", services=services)
    for n, school in enumerate(schools[:31]):
        bought = {
            str(clerking.id): "very_likely" if n < 9 else "likely" if n < 12 else "not_likely",
            str(coaching.id): "very_likely" if n < 19 else "likely" if n < 22 else "not_likely",
            str(phonics.id): "very_likely" if n % 2 else "likely",
        }
        said = {text.key: SECRET} if n == 5 else {}
        answers = {choice.key: "No" if n < 8 else "Yes", likely.key: bought} | said
        answered(make, survey, school, answers)
    answered(make, survey, schools[0], {choice.key: "Yes"}, replaced_at=NOW - timedelta(days=29))
    make.session.commit()
    return SimpleNamespace(
        fund=fund,
        schools=schools,
        officer=officer,
        auditor=make.staff(RoleName.AUDITOR),
        administrator=make.staff(RoleName.ADMINISTRATOR),
        finance=make.staff(RoleName.FINANCE),
        provider=make.member(schools[0]),
        head=make.member(schools[40]),
        team=make.member(schools[41], Standing.TEAM),
        outsider=make.member(make.school("Elsewhere")),
        survey=survey,
        clerking=clerking,
        coaching=coaching,
        phonics=phonics,
        path=f"/surveys/{survey.id}/summary",
    )


def test_the_councils_people_read_whole_figures_and_what_schools_wrote(
    area: SimpleNamespace, sign_in: SignIn
) -> None:
    for reader in (area.officer, area.auditor, area.administrator):
        page = read(sign_in(reader), area.path)
        assert "31 of 47 schools answered." in page
        assert "Yes 23 No 8" in page
        assert "Clerking 9 3 19 0 Coaching 19 3 9 0 Phonics 15 16 0 0" in page
        assert f"{SECRET} School 5" in page
        assert "[c]" not in page
    shared = read(sign_in(area.officer), f"{area.path}?shown=shared")
    assert "Coaching 19 [c] [c] 0" in shared
    assert SECRET not in shared


def test_schools_read_counts_alone_with_small_ones_hidden_and_explained(
    area: SimpleNamespace, sign_in: SignIn
) -> None:
    for reader in (area.head, area.team, area.provider):
        page = read(sign_in(reader), area.path)
        assert "We keep clerking." in page
        assert "31 of 47 schools answered." in page
        assert "Clerking [c] [c] 19 0 Coaching 19 [c] [c] 0 Phonics 15 16 0 0" in page
        assert "[c] hidden, as it could give away a count of 1 to 5" in page
        assert SECRET not in page
        assert "whole figures" not in page
        assert page == read(sign_in(reader), f"{area.path}?shown=whole")


def test_by_phase_the_column_of_all_schools_stays_the_same(area: SimpleNamespace, sign_in: SignIn) -> None:
    page = read(sign_in(area.head), f"{area.path}?by=phase")
    assert "Answer All schools Primary (24) Secondary (7) Yes 23 16 7 No 8 8 0" in page
    assert "Very likely 19 19 0 Likely [c] [c] 0 Not likely [c] [c] 7 Don’t know 0 0 0" in page


@pytest.mark.parametrize(("as_staff", "likely"), [(True, "3"), (False, "[c]")])
def test_the_file_has_the_same_counts(
    area: SimpleNamespace, sign_in: SignIn, as_staff: bool, likely: str
) -> None:
    response = sign_in(area.officer if as_staff else area.head).get(f"{area.path}.csv")
    rows = list(csv.reader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert rows[0] == ["Question", "Service", "Answer", "All schools", "Primary (24)", "Secondary (7)"]
    assert rows[1] == ["Is it worth its cost?", "", "Yes", "23", "16", "7"]
    assert ["Will you buy?", "Coaching", "Likely", likely, likely, "0"] in rows
    assert SECRET not in response.text


@pytest.mark.parametrize("state", [S.OPEN, S.CLOSED])
def test_schools_read_nothing_before_it_is_shared(
    area: SimpleNamespace, make: Make, sign_in: SignIn, state: S
) -> None:
    survey = survey_of(make, area.fund, area.schools, state)
    make.session.commit()
    for path in (f"/surveys/{survey.id}/summary", f"/surveys/{survey.id}/summary.csv"):
        assert sign_in(area.head).get(path).status_code == 404
        assert sign_in(area.officer).get(path).status_code == 200


def test_a_draft_has_no_summary_and_another_school_finds_no_page(
    area: SimpleNamespace, make: Make, sign_in: SignIn
) -> None:
    draft = survey_of(make, area.fund, area.schools, S.DRAFT)
    make.session.commit()
    assert sign_in(area.officer).get(f"/surveys/{draft.id}/summary").status_code == 404
    for path in (area.path, f"{area.path}.csv"):
        assert sign_in(area.outsider).get(path).status_code == 404
        assert sign_in(area.finance).get(path).status_code == 403


def test_where_few_answered_no_count_is_shared(area: SimpleNamespace, make: Make, sign_in: SignIn) -> None:
    survey = survey_of(make, area.fund, area.schools)
    choice = asks(make, survey, K.CHOICE, "More?", options=["Yes", "No"])
    for school in area.schools[:5]:
        answered(make, survey, school, {choice.key: "Yes"})
    make.session.commit()
    path = f"/surveys/{survey.id}/summary"
    page = read(sign_in(area.head), path)
    assert "Five schools or fewer of 47 answered" in page
    assert "Yes" not in page
    assert sign_in(area.head).get(f"{path}.csv").text.count("\n") == 1
    assert "5 of 47 schools answered." in read(sign_in(area.officer), path)


def test_a_school_whose_phase_changes_stays_where_it_was(area: SimpleNamespace, make: Make) -> None:
    before = summary_for(area.survey, shared=True)
    area.schools[0].phase_code = 7
    make.session.commit()
    assert summary_for(area.survey, shared=True) == before


# -- the demand beside the catalogue -----------------------------------------------------------------

SAYS = "of 31 schools are very likely or likely to buy it (Services for 2027, 17 November 2026)."
WHY = "[c] is hidden, as it could give away a count of 1 to 5, or a figure of one or two schools."


def test_the_demand_stands_on_the_catalogue_and_the_services_page(
    area: SimpleNamespace, sign_in: SignIn
) -> None:
    for reader in (area.officer, area.auditor, area.finance):
        for path in ("/services", area.clerking.path):
            assert f"12 {SAYS}" in read(sign_in(reader), path)
        assert f"22 {SAYS}" in read(sign_in(reader), area.coaching.path)


def test_the_school_that_provides_reads_its_own_with_small_counts_hidden(
    area: SimpleNamespace, sign_in: SignIn
) -> None:
    """Of clerking the summary shows all other answers; of coaching it hides one."""
    page = read(sign_in(area.provider), "/services")
    assert f"12 {SAYS}" in page
    assert f"[c] {SAYS} {WHY}" in page
    assert page.count("likely to buy") == 2
    assert f"[c] {SAYS} {WHY}" in read(sign_in(area.provider), area.coaching.path)
    assert "likely to buy" not in read(sign_in(area.provider), area.phonics.path)


def test_the_school_that_provides_reads_none_before_the_findings_are_shared(
    area: SimpleNamespace, make: Make, sign_in: SignIn
) -> None:
    later = survey_of(make, area.fund, area.schools, S.CLOSED, days=0)
    likely = asks(make, later, K.LIKELY, "Will you buy?", services=[[area.clerking.id, "Clerking"]])
    for school in area.schools[:30]:
        answered(make, later, school, {likely.key: {str(area.clerking.id): "very_likely"}})
    make.session.commit()
    assert "30 of 30 schools" in read(sign_in(area.officer), area.clerking.path)
    assert f"12 {SAYS}" in read(sign_in(area.provider), area.clerking.path)  # of the survey before
    area.survey.state, area.survey.shared_at, area.survey.findings = S.CLOSED, None, ""
    make.session.commit()
    for path in ("/services", area.clerking.path, area.coaching.path):
        assert "likely to buy" not in read(sign_in(area.provider), path)


@pytest.mark.parametrize(
    ("likely", "answered_", "said"),
    [
        (0, 0, "No school answered"),
        (1, 4, "1 of 4 schools is very likely or likely to buy it"),
        (Mark.HIDDEN, Mark.HIDDEN, "Too few schools answered to show a number"),
    ],
)
def test_few_answers_are_said_as_such(area: SimpleNamespace, likely: Any, answered_: Any, said: str) -> None:
    words = Demand(likely, answered_, area.survey, date(2026, 11, 17)).words
    assert words == f"{said} (Services for 2027, 17 November 2026)."


def test_other_schools_read_no_demand(area: SimpleNamespace, sign_in: SignIn) -> None:
    for reader in (area.head, area.team, area.outsider):
        for path in ("/services", area.clerking.path):
            assert "likely to buy" not in read(sign_in(reader), path)


def test_the_latest_closed_survey_that_asked_counts(area: SimpleNamespace, make: Make) -> None:
    def surveyed(state: S, days: int, services: list[Any], fund: Fund = area.fund, by: int = 30) -> None:
        survey = survey_of(make, fund, area.schools, state, days=days)
        likely = asks(make, survey, K.LIKELY, "Will you buy?", services=services)
        for school in area.schools[:by]:
            answered(make, survey, school, {likely.key: {str(area.clerking.id): "very_likely"}})
        make.session.commit()

    def found() -> Any:
        return demand_for([area.clerking], whole={area.clerking.id})[area.clerking.id].answered

    ours = [[area.clerking.id, "Clerking"]]
    surveyed(S.OPEN, 0, ours)
    surveyed(S.CLOSED, 3, ours)
    surveyed(S.CLOSED, 0, [[area.phonics.id, "Phonics"]])
    surveyed(S.CLOSED, 0, ours, make.fund(asks_schools=True))
    assert found() == 31
    surveyed(S.CLOSED, 0, ours, by=10)  # few of the schools that it asked
    assert found() == 31
    surveyed(S.CLOSED, 0, ours)
    assert found() == 30


def test_where_surveys_are_off_nothing_shows(area: SimpleNamespace, make: Make, sign_in: SignIn) -> None:
    area.fund.asks_schools = False
    make.fund(asks_schools=True)  # the part is on elsewhere
    make.session.commit()
    assert sign_in(area.officer).get(area.path).status_code == 404
    assert sign_in(area.officer).get(f"{area.path}.csv").status_code == 404
    for path in ("/services", area.clerking.path):
        assert "likely to buy" not in read(sign_in(area.officer), path)
