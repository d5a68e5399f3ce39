"""Grades of released staff and the caps of their day rates."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from fundflow.funds import queries
from fundflow.funds.blueprint import blueprint
from fundflow.funds.money_forms import CapForm, NewGradeForm
from fundflow.funds.operations import grades as grades_operations
from fundflow.funds.operations import retiring
from fundflow.funds.routes.funds import READERS, by, known, may_change
from fundflow.models.fund import Fund, StaffGrade
from fundflow.web.access import ADMINISTRATORS, access
from fundflow.web.forms import ConfirmForm, Form, carried_out

GRADE = "/funds/<id:number>/grades/<id:grade_number>"


@blueprint.route("/funds/<id:number>/grades")
@access(READERS)
def grades(number: int) -> str:
    fund = known(number)
    return render_template("funds/grades.html", fund=fund, may_change=may_change(fund))


@blueprint.route("/funds/<id:number>/grades/add", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def add_grade(number: int) -> Any:
    fund, form = known(number), NewGradeForm.on(known(number))
    return _page(
        fund,
        form,
        lambda: grades_operations.add_grade(
            fund,
            title=form.title.data,
            cap_pence=form.cap_pence.data or 0,
            standard_rated=_rated(fund, form, False),
            **by(form),
        ),
        "funds/grade.html",
        "The grade is added.",
        grade=None,
    )


@blueprint.route(GRADE, methods=["GET", "POST"])
@access(ADMINISTRATORS)
def change_cap(number: int, grade_number: int) -> Any:
    grade = _known_grade(number, grade_number)
    form = CapForm.on(grade.fund, obj=grade)
    return _page(
        grade.fund,
        form,
        lambda: grades_operations.change_cap(
            grade,
            cap_pence=form.cap_pence.data or 0,
            standard_rated=_rated(grade.fund, form, grade.standard_rated),
            **by(form),
        ),
        "funds/grade.html",
        "The cap is changed.",
        grade=grade,
    )


@blueprint.route(f"{GRADE}/retire", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def retire_grade(number: int, grade_number: int) -> Any:
    grade = _known_grade(number, grade_number)
    form = ConfirmForm.on(grade.fund)
    return _page(
        grade.fund,
        form,
        lambda: retiring.retire(grade, **by(form)),
        "funds/retire.html",
        "The grade is retired.",
        what="grade",
        name=grade.title,
        round=None,
        explain="New lines of backfill can’t name it any more. Lines that name it keep it.",
    )


def _rated(fund: Fund, form: NewGradeForm | CapForm, before: bool) -> bool:
    """Whether the grade carries VAT; only funds that pay by invoice are asked."""
    return bool(form.standard_rated.data) if fund.is_purchase else before


def _known_grade(number: int, grade_number: int) -> StaffGrade:
    """A grade of this fund by its number; else 404."""
    return queries.part_of(StaffGrade, grade_number, known(number)) or abort(404)


def _page(fund: Fund, form: Form, act: Callable[[], Any], template: str, done: str, **context: Any) -> Any:
    """Show a form about the grades, carry it out, and go to their list."""
    if form.validate_on_submit() and carried_out(form, act, fund):
        flash(done, "success")
        return redirect(url_for("funds.grades", number=fund.id))
    return render_template(template, fund=fund, form=form, **context), form.status
