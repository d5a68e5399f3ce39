"""Forms about a school and its report: who sends them, and what they leave behind."""

from datetime import date
from decimal import Decimal

from fundflow.models.impact import ImpactReturn, Rag
from fundflow.models.impact_results import Actual
from fundflow.models.inspection import Inspection
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName
from fundflow.models.survey import Survey, SurveyResponse
from fundflow.models.target import SchoolTarget, TargetFigure, TargetTerms
from fundflow.web import modules
from fundflow.workflow.application import BidState as S
from fundflow.workflow.impact_return import PART_OF, ReturnState
from fundflow.workflow.survey import SurveyState
from tests.concurrency.forms import Case, Prepare, led, steps
from tests.concurrency.hall import Data, Post, a_fund
from tests.factories import TODAY, Make

MEASURED = date(2026, 6, 1)


def the_day(day: date, name: str) -> Data:
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


def record_an_inspection(make: Make) -> Case:
    school, officer = make.school(), make.staff(RoleName.OFFICER)
    return Case(
        Post(
            officer.get_id(),
            f"/schools/{school.urn}/inspections/add/overall",
            {"area_0": "Good", **the_day(date(2023, 3, 14), "inspected_on")},
        ),
        ((Inspection, Inspection.school_id == school.id, 1),),
    )


def correct_an_inspection(make: Make) -> Case:
    school, officer = make.school(), make.staff(RoleName.OFFICER)
    wrong = make.inspection(school)
    data = {"area_0": "Good", "reason": "Misread", **the_day(date(2023, 3, 15), "inspected_on")}
    return Case(
        Post(officer.get_id(), f"/schools/{school.urn}/inspections/{wrong.id}/correct", data),
        (
            (Inspection, Inspection.school_id == school.id, 2),
            (Inspection, (Inspection.school_id == school.id) & Inspection.removed_at.is_(None), 1),
        ),
    )


def set_a_target(make: Make) -> Case:
    school, officer = make.school(), make.staff(RoleName.OFFICER)
    measure = make.measure(a_fund(make))
    data = {
        "measure": measure.id,
        "baseline": "50",
        "target": "80",
        "owner": officer.id,
        "reason": "Phonics fell",
        **the_day(MEASURED, "baseline_on"),
        **the_day(date(2028, 6, 1), "target_on"),
    }
    return Case(
        Post(officer.get_id(), f"/schools/{school.urn}/targets/add", data),
        ((SchoolTarget, SchoolTarget.school_id == school.id, 1),),
    )


def a_target(make: Make) -> tuple[SchoolTarget, str, str]:
    """A target, the address of its page and who looks after it."""
    school, officer = make.school(), make.staff(RoleName.OFFICER)
    target = make.target(school, make.measure(a_fund(make)), officer)
    make.session.flush()
    return target, f"/schools/{school.urn}/targets/{target.id}", officer.get_id()


def add_a_figure(make: Make) -> Case:
    target, path, who = a_target(make)
    data = {"value": "60", "source": "Check", "version": target.version, **the_day(TODAY, "measured_on")}
    return Case(
        Post(who, f"{path}/figures/add", data), ((TargetFigure, TargetFigure.target_id == target.id, 1),)
    )


def change_a_target(make: Make) -> Case:
    target, path, who = a_target(make)
    data = {
        "target": Decimal(90),
        "owner": target.now.owner_id,
        "reason": "The baseline was low",
        "version": target.version,
        **the_day(date(2028, 6, 1), "target_on"),
    }
    return Case(Post(who, f"{path}/change", data), ((TargetTerms, TargetTerms.target_id == target.id, 2),))


def withdraw_a_correction(make: Make) -> Case:
    bid, head = led(make, S.CLOSED)
    officer = make.staff(RoleName.IMPACT_OFFICER)
    (first,) = bid.returns
    first.state, first.rag = ReturnState.ACCEPTED, Rag.GREEN
    copy = ImpactReturn(
        number=2,
        state=ReturnState.RETURNED,
        due_on=first.due_on,
        answer_by=date(2027, 1, 4),
        question="?",
        actuals=[Actual(outcome_id=actual.outcome_id, **actual.said) for actual in first.actuals],
        **{name: getattr(first, name) for name in PART_OF},
    )
    bid.returns.append(copy)
    make.session.flush()
    of_it = (ImpactReturn.bid_id == bid.id) & (ImpactReturn.state == ReturnState.WITHDRAWN)
    return Case(
        Post(
            officer.get_id(),
            f"/bids/{bid.reference}/report/steps/withdraw-correction",
            {"reason": "By mistake", "version": copy.version},
        ),
        (
            (ImpactReturn, of_it, 1),
            steps(bid, "withdraw_correction"),
            (Letter, (Letter.email == head.email) & Letter.subject.contains("you need not correct"), 1),
        ),
    )


def begin_a_survey(make: Make) -> Case:
    fund, officer = a_fund(make, asks_schools=True), make.staff(RoleName.OFFICER)
    modules.forget()
    data = {"fund": fund.id, "title": "Views", "about": "We plan.", **the_day(date(2027, 6, 1), "due_on")}
    return Case(Post(officer.get_id(), "/surveys/add", data), ((Survey, Survey.fund_id == fund.id, 1),))


def answer_a_survey(make: Make) -> Case:
    school = make.school()
    head = make.member(school)
    survey = make.survey(a_fund(make, asks_schools=True), SurveyState.OPEN, school, by=head)
    modules.forget()
    data = {f"q{survey.questions[0].id}": "Online", "version": 1}
    return Case(
        Post(head.get_id(), f"{survey.path}/schools/{school.urn}/answer", data),
        (
            (SurveyResponse, SurveyResponse.survey_id == survey.id, 1),
            (Letter, Letter.email == head.email, 1),
        ),
    )


FORMS: tuple[Prepare, ...] = (
    begin_a_survey,
    answer_a_survey,
    record_an_inspection,
    correct_an_inspection,
    set_a_target,
    add_a_figure,
    change_a_target,
    withdraw_a_correction,
)
