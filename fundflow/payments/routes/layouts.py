"""The layouts of a fund's payment files: those that come with the service, and its own."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from fundflow.models.fund import Fund
from fundflow.models.payment_run import PaymentLayout
from fundflow.payments.blueprint import blueprint
from fundflow.payments.runs import choosing
from fundflow.payments.runs.facts import SOURCES
from fundflow.payments.runs.forms import LayoutForm
from fundflow.payments.runs.layouts import Layout, WrongLayout, read_layout
from fundflow.payments.runs.pages import FINANCE, known_fund, known_layout
from fundflow.payments.runs.rendering import CantWrite, cells_of, codec_of
from fundflow.payments.runs.shipped import SHIPPED, shipped
from fundflow.web.access import access, me, now
from fundflow.web.forms import ConfirmForm, carried_out
from fundflow.workflow.engine import Refused


@blueprint.route("/money/layouts/<id:fund>")
@access(FINANCE)
def payment_layouts(fund: int) -> str:
    found = known_fund(fund)
    own = choosing.own_layouts(found)
    return render_template(
        "payments/runs/layouts.html",
        fund=found,
        own=own,
        shipped=[(slug, read_layout(shipped(slug)).name) for slug in SHIPPED],
        form=ConfirmForm(None),
    )


@blueprint.route("/money/layouts/<id:fund>/add", methods=["GET", "POST"])
@access(FINANCE)
def add_layout(fund: int) -> Any:
    """A layout of the fund's own, begun from one that comes with the service."""
    found = known_fund(fund)
    return _layout_page(found, None)


@blueprint.route("/money/layouts/change/<id:number>", methods=["GET", "POST"])
@access(FINANCE)
def change_layout(number: int) -> Any:
    row = known_layout(number)
    return _layout_page(row.fund, row)


@blueprint.route("/money/layouts/change/<id:number>/retire", methods=["POST"])
@access(FINANCE)
def retire_layout(number: int) -> Any:
    """Offer a layout no longer, or again where it was retired."""
    row = known_layout(number)
    form, retired = ConfirmForm(), not row.retired
    if form.validate_on_submit() and carried_out(
        form,
        lambda: choosing.retire_layout(row, retired=retired, version=form.version.data, user=me(), now=now()),
        row,
    ):
        flash("The layout is no longer offered." if retired else "The layout is offered again.", "success")
    elif form.problem:
        raise Refused(form.problem)
    return redirect(url_for("payments.payment_layouts", fund=row.fund_id))


def _layout_page(fund: Fund, row: PaymentLayout | None) -> Any:
    form = LayoutForm.on(row) if row else LayoutForm()
    if not form.is_submitted():
        begun = request.args.get("from", SHIPPED[0])
        form.document.data = row.document if row else shipped(begun if begun in SHIPPED else SHIPPED[0])

    def act() -> None:
        choosing.keep_layout(
            fund, form.document.data, row=row, version=form.version.data, user=me(), now=now()
        )

    wants_look = "look" in request.form
    if form.validate_on_submit() and not wants_look and carried_out(form, act, row):
        flash("The layout is kept. Runs that are gathered from now on can take it.", "success")
        return redirect(url_for("payments.payment_layouts", fund=fund.id))
    layout, problems = _read(form.document.data or "")
    shown = _shown(layout) if layout else None
    status = 200 if wants_look and layout else form.status
    page = render_template(
        "payments/runs/layout.html",
        form=form,
        fund=fund,
        row=row,
        layout=layout,
        shown=shown,
        problems=problems,
        sources=SOURCES,
    )
    return page, status


def _read(document: str) -> tuple[Layout | None, tuple[str, ...]]:
    try:
        layout = read_layout(document)
        choosing.preview(layout)
    except WrongLayout as wrong:
        return None, wrong.problems
    except CantWrite as wrong:
        return None, (str(wrong),)
    return layout, ()


def _shown(layout: Layout) -> dict[str, Any]:
    """The sample as the layout writes it: its text, and the fields of the first row of a fixed one."""
    found = choosing.preview(layout)
    return {
        "text": found.content.decode(codec_of(layout)).removeprefix("\ufeff"),
        "cells": cells_of(layout, found.content) if layout.is_fixed else [],
        "lost": found.lost,
    }
