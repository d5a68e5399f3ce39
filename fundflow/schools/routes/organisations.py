"""What may take part in bids and is no school: listed, added, corrected, closed."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from fundflow.models.school import School
from fundflow.schools import area_queries, queries, rules
from fundflow.schools.blueprint import blueprint
from fundflow.schools.forms import ChangeOrganisationForm, NewOrganisationForm, OrganisationForm
from fundflow.schools.operations import organisations as operations
from fundflow.schools.operations.organisations import OrganisationType
from fundflow.schools.routes.schools import known
from fundflow.web.access import ADMINISTRATORS, access, me, now, roles
from fundflow.web.fields import choices_of
from fundflow.web.forms import carried_out


@blueprint.route("/schools/organisations")
@access(roles(*rules.READERS))
def organisations() -> str:
    return render_template(
        "schools/organisations.html",
        page=queries.organisations(queries.last_code(request.args)),
        may_edit=rules.may_edit_organisations(me(), now()),
        changes=area_queries.changes("organisation"),
    )


@blueprint.route("/schools/organisations/add", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def add_organisation() -> Any:
    form = NewOrganisationForm()
    form.area.choices = choices_of(operations.areas().items())
    if form.validate_on_submit() and carried_out(
        form,
        lambda: operations.add_organisation(la_code=form.area.data, **_answers(form), user=me(), now=now()),
    ):
        flash(f"{form.name.data} is added. It can take part where a fund allows organisations.", "success")
        return redirect(url_for("schools.organisations"))
    return render_template("schools/organisation.html", form=form), form.status


@blueprint.route("/schools/organisations/<code>", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def change_organisation(code: str) -> Any:
    found = known(code)
    if not found.is_organisation:
        abort(404)
    form = ChangeOrganisationForm(data=_shown(found))
    if form.validate_on_submit() and carried_out(form, lambda: _change(found, form)):
        flash(f"{form.name.data} is saved.", "success")
        return redirect(url_for("schools.school", urn=code))
    if form.stale:
        form.seen.data = operations.stamp(found)
    return render_template("schools/organisation.html", form=form, organisation=found), form.status


def _change(organisation: School, form: ChangeOrganisationForm) -> None:
    operations.change_organisation(
        organisation,
        **_answers(form),
        is_open=form.open_now.data == "open",
        seen=form.seen.data or "",
        user=me(),
        now=now(),
    )


def _answers(form: OrganisationForm) -> dict[str, Any]:
    return {name: form[name].data or "" for name in ("name", "kind", "street", "town", "postcode")}


def _shown(found: School) -> dict[str, Any]:
    return {
        "name": found.name,
        "kind": OrganisationType(found.type_name),
        "street": found.street,
        "town": found.town,
        "postcode": found.postcode,
        "seen": operations.stamp(found),
        "open_now": "open" if found.is_open else "closed",
    }
