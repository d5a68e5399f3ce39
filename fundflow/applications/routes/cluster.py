"""Adding the schools of a cluster to a bid."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from fundflow.applications import editing
from fundflow.applications.blueprint import blueprint
from fundflow.applications.cluster import AddClusterForm, neighbours_of
from fundflow.applications.form_pages import bid_to_edit, page_of, rows_of, saved, stamped
from fundflow.applications.routes.form import FORM
from fundflow.web.access import SIGNED_IN, access, me, now


@blueprint.route(FORM + "/schools/cluster", methods=["GET", "POST"])
@access(SIGNED_IN)
def cluster(reference: str) -> Any:
    """Tick the schools of the cluster that take part."""
    page = page_of("schools")
    bid = bid_to_edit(reference, "schools")
    found = neighbours_of(bid, now())
    form = stamped(AddClusterForm.offering(bid, found), bid, page)
    if form.validate_on_submit() and saved(
        form,
        bid,
        page,
        lambda: editing.add_rows(
            bid,
            page,
            rows_of(page, "schools"),
            answers=form.partners(found),
            stamp=form.stamp.data or "",
            user=me(),
            now=now(),
        ),
    ):
        flash("The schools are added.", "success")
        return redirect(url_for("applications.section", reference=reference, slug="schools"))
    html = render_template("applications/cluster.html", form=form, bid=bid, page=page, found=found)
    return html, form.status
