"""Trusts: found, and entered by hand where GIAS doesn't name them yet."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from fundflow.extensions import db
from fundflow.models.school import Trust
from fundflow.schools import area_queries, queries, rules
from fundflow.schools.blueprint import blueprint
from fundflow.schools.forms import TrustForm
from fundflow.schools.operations import trusts as operations
from fundflow.web.access import ADMINISTRATORS, access, me, now, roles
from fundflow.web.forms import carried_out
from fundflow.web.paging import row_id, search_text


@blueprint.route("/schools/trusts")
@access(roles(*rules.READERS))
def trusts() -> str:
    wanted = search_text(request.args)
    return render_template(
        "schools/trusts.html",
        wanted=wanted,
        page=queries.trusts(wanted, row_id(request.args.get("after"))),
        may_edit=rules.may_edit_organisations(me(), now()),
        changes=area_queries.changes("trust"),
    )


@blueprint.route("/schools/trusts/add", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def add_trust() -> Any:
    form = TrustForm()
    if form.validate_on_submit() and carried_out(
        form, lambda: operations.add_trust(**_answers(form), user=me(), now=now())
    ):
        flash(f"{form.name.data} is added.", "success")
        return redirect(url_for("schools.trusts"))
    return render_template("schools/trust.html", form=form), form.status


@blueprint.route("/schools/trusts/<id:number>", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def change_trust(number: int) -> Any:
    found = db.session.get(Trust, number) or abort(404)
    form = TrustForm(data={"name": found.name, "code": found.code, "seen": operations.stamp(found)})
    if form.validate_on_submit() and carried_out(
        form,
        lambda: operations.change_trust(
            found, **_answers(form), seen=form.seen.data or "", user=me(), now=now()
        ),
    ):
        flash(f"{form.name.data} is saved.", "success")
        return redirect(url_for("schools.trusts"))
    if form.stale:
        form.seen.data = operations.stamp(found)
    return render_template("schools/trust.html", form=form, trust=found), form.status


def _answers(form: TrustForm) -> dict[str, str]:
    return {"name": form.name.data or "", "code": form.code.data or ""}
