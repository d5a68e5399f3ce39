"""A fund's allocation lines: adding money, and cutting it."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from fundflow import ledger
from fundflow.funds import queries
from fundflow.funds.blueprint import blueprint
from fundflow.funds.money_forms import AllocationForm, CutForm
from fundflow.funds.operations import funds
from fundflow.funds.routes.funds import known
from fundflow.models.fund import Allocation
from fundflow.models.money import financial_year
from fundflow.models.school import SchoolKind
from fundflow.web.access import ADMINISTRATORS, access, me, now
from fundflow.web.forms import carried_out
from fundflow.workflow.working_days import london_date


@blueprint.route("/funds/<id:number>/lines/add", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def add_line(number: int) -> Any:
    fund, today = known(number), london_date(now())
    form = AllocationForm.on(fund, year=str(financial_year(today)))
    form.offer_years(today)
    if form.validate_on_submit() and carried_out(
        form,
        lambda: funds.add_allocation(
            fund,
            source=form.source.data,
            minute_reference=form.minute_reference.data,
            financial_year=int(form.year.data),
            pays=[SchoolKind(kind) for kind in form.pays.data],
            carries_forward=form.carries_forward.data,
            cost_centre=form.cost_centre.data or "",
            subjective=form.subjective.data or "",
            pence=form.pence.data or 0,
            version=form.version.data,
            user=me(),
            now=now(),
        ),
        fund,
    ):
        flash("The money is in the fund.", "success")
        return redirect(url_for("funds.fund", number=number))
    return render_template("funds/line.html", fund=fund, form=form), form.status


@blueprint.route("/funds/<id:number>/lines/<id:line_number>/cut", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def cut_line(number: int, line_number: int) -> Any:
    """Ask, show what the cut does, and only then cut."""
    fund = known(number)
    line = queries.part_of(Allocation, line_number, fund) or abort(404)
    figures = ledger.by_line(fund.id).get(line.id, queries.NOTHING)
    form = CutForm.on(fund)
    form.left = figures.allocated
    valid = form.validate_on_submit()
    if (
        valid
        and request.form.get("sure") == "yes"
        and carried_out(
            form,
            lambda: funds.cut_allocation(
                line,
                pence=form.pence.data or 0,
                minute=form.minute.data,
                version=form.version.data,
                user=me(),
                now=now(),
            ),
            fund,
        )
    ):
        flash("The cut is in the ledger.", "success")
        return redirect(url_for("funds.fund", number=number))
    template = "funds/cut_sure.html" if valid and not form.problem else "funds/cut.html"
    status = 200 if valid and not form.problem else form.status
    return render_template(template, fund=fund, line=line, form=form, figures=figures), status
