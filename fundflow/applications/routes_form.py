"""The bid's form: task list, sections, their rows, check answers."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from fundflow.applications import editing, operations, queries, reading
from fundflow.applications.form_pages import (
    bid_to_edit,
    may_be_saved,
    page_of,
    row_of,
    rows_of,
    saved,
    section_form,
    show_row,
    show_section,
    stamped,
)
from fundflow.applications.freezing import answers
from fundflow.applications.routes import rooms
from fundflow.applications.section_forms import NoAnswersForm
from fundflow.models.bid import Bid
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.forms import AgreementForm
from fundflow.workflow.application import BidState

FORM = "/bids/<reference>/form"
ROW = FORM + "/<slug>/<kind>/<int:number>"


@rooms.route(FORM)
@access(SIGNED_IN)
def task_list(reference: str) -> Any:
    """Every section with its status, and the amount so far."""
    bid = bid_to_edit(reference)
    tasks = queries.tasks(bid)
    return render_template(
        "applications/task_list.html", bid=bid, tasks=tasks,
        done=sum(task.status == "Completed" for task in tasks if task.open),
        to_do=sum(task.open for task in tasks),
    )  # fmt: skip


@rooms.route(FORM + "/<slug>", methods=["GET", "POST"])
@access(SIGNED_IN)
def section(reference: str, slug: str) -> Any:
    """One section: its questions, and its rows as cards."""
    page = page_of(slug)
    bid = bid_to_edit(reference, slug)
    form = section_form(bid, page)
    if may_be_saved(form) and saved(form, bid, page, lambda: editing.save_section(
        bid, page, answers=form.answers(), replies=form.replies(), stamp=form.stamp.data or "",
        user=me(), now=now(),
    )):  # fmt: skip
        return redirect(_after_section(reference, slug))
    return show_section(form, bid, page)


def _after_section(reference: str, slug: str) -> str:
    """On to the row to add, back to check answers, or back to the task list."""
    kind = request.form.get("add")
    if kind and page_of(slug).kind(kind):
        return url_for("applications.row_add", reference=reference, slug=slug, kind=kind)
    if request.args.get("next") == "check":
        return url_for("applications.check", reference=reference)
    if "later" in request.form:
        flash("Saved. You can come back to it at any time.", "success")
    return url_for("applications.task_list", reference=reference)


@rooms.route(FORM + "/<slug>/<kind>/add", methods=["GET", "POST"])
@access(SIGNED_IN)
def row_add(reference: str, slug: str, kind: str) -> Any:
    """Add a school, a piece of evidence, a line of backfill …"""
    page = page_of(slug)
    rows = rows_of(page, kind)
    bid = bid_to_edit(reference, slug)
    form = stamped(rows.form.about(bid, None), bid, page)
    if form.validate_on_submit() and saved(form, bid, page, lambda: editing.add_row(
        bid, page, rows, answers=form.answers(), stamp=form.stamp.data or "", user=me(), now=now(),
    )):  # fmt: skip
        return redirect(url_for("applications.section", reference=reference, slug=slug))
    return show_row(form, bid, page, rows)


@rooms.route(ROW, methods=["GET", "POST"])
@access(SIGNED_IN)
def row_change(reference: str, slug: str, kind: str, number: int) -> Any:
    page = page_of(slug)
    rows = rows_of(page, kind)
    bid = bid_to_edit(reference, slug)
    form = stamped(rows.form.about(bid, row_of(bid, page, rows, number)), bid, page)
    if form.validate_on_submit() and saved(form, bid, page, lambda: editing.change_row(
        bid, page, rows, number, answers=form.answers(), stamp=form.stamp.data or "",
        user=me(), now=now(),
    )):  # fmt: skip
        return redirect(url_for("applications.section", reference=reference, slug=slug))
    return show_row(form, bid, page, rows)


@rooms.route(ROW + "/remove", methods=["GET", "POST"])
@access(SIGNED_IN)
def row_remove(reference: str, slug: str, kind: str, number: int) -> Any:
    """Ask first, then remove."""
    page = page_of(slug)
    rows = rows_of(page, kind)
    bid = bid_to_edit(reference, slug)
    row = row_of(bid, page, rows, number)
    line = rows.line(row) if row else ""
    form = stamped(NoAnswersForm.about(bid, None), bid, page)
    if form.validate_on_submit() and saved(form, bid, page, lambda: editing.remove_row(
        bid, page, rows, number, stamp=form.stamp.data or "", user=me(), now=now(),
    )):  # fmt: skip
        return redirect(url_for("applications.section", reference=reference, slug=slug))
    html = render_template("applications/remove.html", form=form, bid=bid, page=page, rows=rows, line=line)
    return html, form.status


@rooms.route(FORM + "/check")
@access(SIGNED_IN)
def check(reference: str) -> Any:
    """The whole bid before it is sent, with what is missing."""
    bid = bid_to_edit(reference)
    return show_check(bid, AgreementForm.on(bid))


def show_check(bid: Bid, form: AgreementForm) -> tuple[str, int]:
    data = answers(bid)
    html = render_template(
        "applications/check.html", bid=bid, form=form, sections=reading.in_words(data),
        costs=reading.costs_in_words(data), tasks={task.page.slug: task for task in queries.tasks(bid)},
        step="submit" if bid.state is BidState.DRAFT else "resubmit",
        why_not=queries.why_not_sent(bid, now()), is_head=queries.heads(me(), bid, now()),
        heads=queries.heads_of(bid.lead_school, now()),
    )  # fmt: skip
    return html, form.status


@rooms.route(FORM + "/send-to-head", methods=["POST"])
@access(SIGNED_IN)
def send_to_head(reference: str) -> Any:
    """Tell the head that the bid is ready to be submitted."""
    bid = bid_to_edit(reference)
    names = operations.send_to_head(bid, user=me(), now=now())
    flash(f"We’re telling {' and '.join(names)} that the bid is ready.", "success")
    return redirect(url_for("applications.check", reference=reference))
