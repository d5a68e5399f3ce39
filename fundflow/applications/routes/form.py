"""The bid's form: task list, sections, their rows, check answers."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from fundflow.applications import keeping, operations, queries, reading
from fundflow.applications.blueprint import blueprint
from fundflow.applications.form_pages import (
    bid_to_edit,
    may_be_saved,
    page_of,
    section_form,
    section_saved,
    show_section,
)
from fundflow.applications.forms import SendForm
from fundflow.applications.freezing import answers
from fundflow.applications.onward import after_section, row_to_add, way_in
from fundflow.applications.sections import SectionPage, place_of
from fundflow.models.bid import Bid
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.unfinished import say_saved
from fundflow.workflow.working_days import london_date

FORM = "/bids/<reference>/form"


@blueprint.route(FORM)
@access(SIGNED_IN)
def task_list(reference: str) -> Any:
    """Every section with its status, and the amount so far."""
    bid = bid_to_edit(reference)
    tasks = queries.tasks(bid)
    return render_template(
        "applications/task_list.html",
        bid=bid,
        tasks=tasks,
        way_in={task.page.slug: way_in(bid, task.page) for task in tasks},
        done=sum(task.status == "Completed" for task in tasks if task.open),
        to_do=sum(task.open and task.status != "Optional" for task in tasks),
        leads=queries.leads(me(), bid, now()),
        is_head=queries.heads(me(), bid, now()),
        typed=keeping.sections_typed_in(me(), bid),
        late_reports=queries.reports_that_warn(bid, now()),
    )


@blueprint.route(FORM + "/<slug>", methods=["GET", "POST"])
@access(SIGNED_IN)
def section(reference: str, slug: str) -> Any:
    """One section: its questions, and its rows as cards."""
    page = page_of(slug)
    bid = bid_to_edit(reference, slug)
    form = section_form(bid, page)
    if may_be_saved(form) and section_saved(form, bid, page):
        return redirect(_after_section(bid, page))
    return show_section(form, bid, page)


def _after_section(bid: Bid, page: SectionPage) -> str:
    """On to the row to add or the next section, or back to the task list."""
    if rows := page.rows_named(request.form.get("add", "")):
        return row_to_add(bid, page, rows)
    if "later" in request.form:
        say_saved(bid.unfinished.get(place_of(page)))
        return url_for("applications.task_list", reference=bid.reference)
    return after_section(bid, page).url


@blueprint.route(FORM + "/check")
@access(SIGNED_IN)
def check(reference: str) -> Any:
    """The whole bid before it is sent, with what is missing."""
    bid = bid_to_edit(reference)
    return show_check(bid, SendForm.about(bid, london_date(now())))


def show_check(bid: Bid, form: SendForm) -> tuple[str, int]:
    data = answers(bid)
    html = render_template(
        "applications/check.html",
        bid=bid,
        form=form,
        sections=reading.in_words(data),
        costs=reading.costs_in_words(data),
        tasks={task.page.slug: task for task in queries.tasks(bid)},
        step=queries.sending(me(), bid, now()),
        why_not=queries.why_not_sent(me(), bid, now()),
        is_head=queries.heads(me(), bid, now()),
        heads=queries.heads_of(bid.lead_school, now()),
    )
    return html, form.status


@blueprint.route(FORM + "/send-to-head", methods=["POST"])
@access(SIGNED_IN)
def send_to_head(reference: str) -> Any:
    """Tell the head that the bid is ready to be submitted."""
    bid = bid_to_edit(reference)
    told = operations.send_to_head(bid, user=me(), now=now())
    if told:
        flash(f"We’re telling {' and '.join(told)} that the bid is ready.", "success")
    else:
        flash("The head knows already that this bid is ready.", "success")
    return redirect(url_for("applications.check", reference=reference))
