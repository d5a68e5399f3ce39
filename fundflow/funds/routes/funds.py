"""Funds: the list, one fund's page, its settings."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from fundflow import ledger
from fundflow.actors import roles_for
from fundflow.funds import queries
from fundflow.funds.blueprint import blueprint
from fundflow.funds.forms import GROUPS, SettingsForm
from fundflow.funds.money_forms import KIND_WORDS
from fundflow.funds.new_fund_form import NewFundForm
from fundflow.funds.open_work import open_work
from fundflow.funds.operations import funds
from fundflow.funds.settings_words import summary
from fundflow.history import history_of
from fundflow.models.fund import Fund
from fundflow.models.person import RoleName
from fundflow.web import contacts, modules
from fundflow.web.access import ADMINISTRATORS, ADMINISTRATORS_OF_ALL, access, me, now, roles
from fundflow.web.charts import money_by_stage
from fundflow.web.forms import Form, carried_out
from fundflow.workflow.working_days import london_date

READERS = roles(RoleName.ADMINISTRATOR, RoleName.AUDITOR)


def known(number: int) -> Fund:
    """The fund with this number; else 404."""
    return queries.fund(number) or abort(404)


def by(form: Form) -> dict[str, Any]:
    """What every operation on a fund asks for: who does it, when, and from which version of the page."""
    return {"version": form.version.data, "user": me(), "now": now()}


def may_change(fund: Fund) -> bool:
    """Whether buttons are shown; the operations ask again."""
    return RoleName.ADMINISTRATOR in roles_for(me(), fund.id, london_date(now()))


@blueprint.route("/funds")
@access(READERS)
def fund_list() -> Any:
    is_administrator = RoleName.ADMINISTRATOR in me().roles_on(london_date(now()))
    return render_template(
        "funds/funds.html",
        funds=queries.funds(),
        may_add=is_administrator,
        may_brand=ADMINISTRATORS_OF_ALL.allows(me(), now()),
    )


@blueprint.route("/funds/new", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def new_fund() -> Any:
    form = NewFundForm()
    if form.validate_on_submit() and carried_out(
        form,
        lambda: funds.create_fund(
            name=form.name.data,
            council=form.council.data,
            la_code=form.la_code.data,
            prefix=form.prefix.data,
            user=me(),
            now=now(),
        ),
    ):
        flash("The fund is set up. Add money and a round next.", "success")
        return redirect(url_for("funds.fund_list"))
    return render_template("funds/new.html", form=form), form.status


@blueprint.route("/funds/<id:number>")
@access(READERS)
def fund(number: int) -> Any:
    found = known(number)
    lines = queries.lines(found)
    totals = ledger.added(line.figures for line in lines)
    return render_template(
        "funds/fund.html",
        fund=found,
        lines=lines,
        kinds=KIND_WORDS,
        totals=totals,
        chart=money_by_stage("The fund’s money by stage", totals),
        rounds=queries.rounds(found),
        summary=summary(found),
        changes=history_of(found, most=50),
        may_change=may_change(found),
        grades=[grade for grade in found.grades if not grade.retired],
    )


@blueprint.route("/funds/<id:number>/settings", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def settings(number: int) -> Any:
    found = known(number)
    form = SettingsForm.on(found, obj=found)
    if form.validate_on_submit() and carried_out(
        form,
        lambda: funds.change_settings(
            found, form.settings(), version=form.version.data, user=me(), now=now()
        ),
        found,
    ):
        contacts.forget()
        modules.forget()
        flash("The settings are saved. They apply from now on.", "success")
        return redirect(url_for("funds.fund", number=number))
    for name, words in open_work(found).items():
        form[name].description += f" Under way: {words}."
    return render_template("funds/settings.html", fund=found, form=form, groups=GROUPS), form.status
