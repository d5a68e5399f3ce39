"""Who is on the panel, and the standing register of interests."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from fundflow.actors import roles_for
from fundflow.interests import register, registering
from fundflow.models.interest import RegisteredInterest
from fundflow.models.person import RoleName, User
from fundflow.panel import membership as members
from fundflow.panel.blueprint import blueprint
from fundflow.panel.register_forms import EndInterestForm, RegisterForm
from fundflow.panel.routes.common import CLERKS
from fundflow.web.access import access, me, now, roles
from fundflow.web.csv import csv_stream
from fundflow.web.forms import carried_out
from fundflow.web.paging import row_id
from fundflow.workflow.working_days import london_date

READERS = roles(*members.READ_PANEL, panel=True)
REGISTER_READERS = roles(*register.READ_ALL, panel=True)
EVERYBODY = roles(*RoleName, panel=True)  # who sits on a panel or works for the council


@blueprint.route("/panel")
@access(READERS)
def membership() -> Any:
    """The panel of one fund; the others' beside it, where one reads about several."""
    funds = members.funds_read(me(), now())
    wanted = row_id(request.args.get("fund")) if "fund" in request.args else None
    fund = next((one for one in funds if wanted in (None, one.id)), None)
    if fund is None or ("fund" in request.args and wanted is None):
        abort(404)
    day = london_date(now())
    held = roles_for(me(), fund.id, day)
    return render_template(
        "panel/membership.html",
        panel=members.panel_of(fund, day),
        funds=funds,
        may_change=RoleName.ADMINISTRATOR in held,
        sees_register=REGISTER_READERS.allows(me(), now()),
    )


# -- the register ---------------------------------------------------------------------------------


@blueprint.route("/panel/register")
@access(REGISTER_READERS)
def interests_register() -> str:
    """The lines of everybody this person reads about, a page of people at a time."""
    page = register.people(me(), now(), row_id(request.args.get("after")))
    return render_template("panel/register.html", page=page)


@blueprint.route("/panel/register.csv")
@access(REGISTER_READERS)
def interests_csv() -> Any:
    return csv_stream("interests.csv", register.HEADER, register.cells(me(), now()))


@blueprint.route("/panel/register/<id:number>/add", methods=["GET", "POST"])
@access(CLERKS)
def record_interest(number: int) -> Any:
    """The clerk records a line for a member."""
    person = register.visible_person(number, me(), now()) or abort(404)
    if not register.may_record_for(me(), person, now()):
        abort(404)
    return _add(person, url_for("panel.interests_register"))


# -- one's own lines ------------------------------------------------------------------------------


@blueprint.route("/interests")
@access(EVERYBODY)
def my_interests() -> str:
    return render_template(
        "panel/my_interests.html",
        lines=register.my_lines(me()),
        sees_register=REGISTER_READERS.allows(me(), now()),
    )


@blueprint.route("/interests/add", methods=["GET", "POST"])
@access(EVERYBODY)
def add_interest() -> Any:
    return _add(me(), url_for("panel.my_interests"))


@blueprint.route("/interests/<id:number>/end", methods=["GET", "POST"])
@access(EVERYBODY)
def end_interest(number: int) -> Any:
    """End one's own line, or as clerk a member's."""
    line = _recordable(number)
    back = url_for("panel.my_interests" if line.user_id == me().id else "panel.interests_register")
    form = EndInterestForm(last_day=london_date(now()))
    form.today, form.line = london_date(now()), line
    if form.validate_on_submit() and carried_out(
        form,
        lambda: registering.end_interest(
            line, last_day=form.last_day.data, reason=form.reason.data, user=me(), now=now()
        ),
    ):
        flash("The line has ended. It stays to be read, as past.", "success")
        return redirect(back)
    return render_template("panel/register_end.html", form=form, line=line, back=back), form.status


def _recordable(number: int) -> RegisteredInterest:
    """A line that goes on and that this person may change; else 404."""
    line = register.line(number)
    if line is None or not register.may_record_for(me(), line.user, now()):
        abort(404)
    return line


def _add(person: User, back: str) -> Any:
    form = RegisterForm()
    form.offer(london_date(now()), register.former_employer_years())
    if form.validate_on_submit() and carried_out(
        form,
        lambda: registering.register_interest(
            person,
            form.kind,
            form.where(),
            bars=form.effect.data == "bars",
            text=form.text.data,
            from_on=form.from_on.data,
            worked_until=form.last_year,
            user=me(),
            now=now(),
        ),
    ):
        flash("The line is in the register. It holds from now on.", "success")
        return redirect(back)
    return render_template("panel/register_add.html", form=form, person=person, back=back), form.status
