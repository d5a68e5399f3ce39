"""The rows of the bid's form: schools, evidence, outcomes, lines of backfill …"""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from fundflow.applications import editing
from fundflow.applications.blueprint import blueprint
from fundflow.applications.form_pages import (
    bid_to_edit,
    page_of,
    row_form,
    row_may_be_saved,
    row_of,
    rows_of,
    saved,
    show_row,
    stamped,
)
from fundflow.applications.onward import after_row, row_to_add
from fundflow.applications.routes.form import FORM
from fundflow.applications.row_pages import FIRST, SECOND, first_part_of, is_blank, part_asked
from fundflow.applications.section_forms import NoAnswersForm, SectionForm
from fundflow.applications.sections import Rows, SectionPage, begun_line, begun_rows
from fundflow.models.bid import Bid
from fundflow.models.money import pounds
from fundflow.models.unfinished import BEGUN_FROM, Unfinished
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.unfinished import may_be_kept_for_later, row_as_typed, say_saved

ROW = FORM + "/<slug>/<kind>/<id:number>"


@blueprint.route(FORM + "/<slug>/<kind>/add", methods=["GET", "POST"])
@access(SIGNED_IN)
def row_add(reference: str, slug: str, kind: str) -> Any:
    """Add a row; `copy` names one to begin from."""
    return _row_page(reference, slug, kind, None)


@blueprint.route(ROW, methods=["GET", "POST"])
@access(SIGNED_IN)
def row_change(reference: str, slug: str, kind: str, number: int) -> Any:
    """Change a row, or finish one that was begun."""
    return _row_page(reference, slug, kind, number)


def _row_page(reference: str, slug: str, kind: str, number: int | None) -> Any:
    page = page_of(slug)
    rows = rows_of(page, kind)
    bid = bid_to_edit(reference, slug)
    was_large = bid.is_large
    row = row_of(bid, page, rows, number) if number else None
    form = row_form(bid, page, rows, row, number)
    if part_asked(form, number) == FIRST and form.is_submitted() and "later" not in request.form:
        return _first_part(bid, page, rows, form)
    if row_may_be_saved(form):
        if saved(form, bid, page, lambda: _store(bid, page, rows, form, number)):
            return _after_row(bid, page, rows, was_large)
    elif may_be_kept_for_later(form):
        if number is None and is_blank(form):
            return redirect(url_for("applications.task_list", reference=bid.reference))
        entry = row_as_typed(form, rows.one)
        if saved(form, bid, page, lambda: _keep(bid, page, rows, form, number, entry)):
            flash(
                f"Saved as you typed it. Put this right before the bid is sent. {entry['wrong'][0]}", "notice"
            )
            return redirect(url_for("applications.task_list", reference=bid.reference))
    return show_row(form, bid, page, rows, number)


def _first_part(bid: Bid, page: SectionPage, rows: Rows, form: SectionForm) -> Any:
    """Keep the first part of a new row, and go on to the second."""
    kept: list[int] = []
    entry = first_part_of(form, rows)
    if entry and saved(form, bid, page, lambda: kept.append(_keep(bid, page, rows, form, None, entry))):
        return redirect(
            url_for(
                "applications.row_change",
                reference=bid.reference,
                slug=page.slug,
                kind=rows.slug,
                number=kept[-1],
                half=SECOND,
            )
        )
    return show_row(form, bid, page, rows, None)


def _store(bid: Bid, page: SectionPage, rows: Rows, form: SectionForm, number: int | None) -> None:
    sent: Any = {"answers": form.answers(), "stamp": form.stamp.data or "", "user": me(), "now": now()}
    if number is None or number >= BEGUN_FROM or number in begun_rows(bid, page, rows):
        editing.add_row(bid, page, rows, begun=number, **sent)
    else:
        editing.change_row(bid, page, rows, number, **sent)


def _keep(
    bid: Bid, page: SectionPage, rows: Rows, form: SectionForm, number: int | None, entry: Unfinished
) -> int:
    return editing.keep_row(bid, page, rows, number, entry, stamp=form.stamp.data or "", user=me(), now=now())


@blueprint.route(ROW + "/remove", methods=["GET", "POST"])
@access(SIGNED_IN)
def row_remove(reference: str, slug: str, kind: str, number: int) -> Any:
    """Ask first, then remove."""
    page = page_of(slug)
    rows = rows_of(page, kind)
    bid = bid_to_edit(reference, slug)
    was_large = bid.is_large
    row = row_of(bid, page, rows, number)
    begun = begun_rows(bid, page, rows).get(number)
    line = rows.line(row) if row else begun_line(rows, begun) if begun else ""
    form = stamped(NoAnswersForm.about(bid, None), bid, page)
    if form.validate_on_submit() and saved(
        form,
        bid,
        page,
        lambda: editing.remove_row(
            bid,
            page,
            rows,
            number,
            stamp=form.stamp.data or "",
            user=me(),
            now=now(),
        ),
    ):
        return _after_row(bid, page, rows, was_large)
    html = render_template("applications/remove.html", form=form, bid=bid, page=page, rows=rows, line=line)
    return html, form.status


def _after_row(bid: Bid, page: SectionPage, rows: Rows, was_large: bool) -> Any:
    """On to the next row or section, or back to this one; says so where the form became another one."""
    least = pounds(bid.fund.full_from_pence, always_pence=False)
    if bid.is_large and not was_large:
        flash(f"Your bid now asks for {least} or more, so the task list has more sections.", "notice")
    if was_large and not bid.is_large:
        flash(
            f"Your bid now asks for less than {least}, so it needs the short form only. What you "
            "entered in the other sections is kept.",
            "notice",
        )
    if "later" in request.form:
        say_saved(None)
        return redirect(url_for("applications.task_list", reference=bid.reference))
    more = "another" in request.form and len(rows.of(bid)) < rows.most
    if more:
        return redirect(row_to_add(bid, page, rows))
    return redirect(after_row(bid, page, rows, is_new="onward" in request.form).url)
