"""Patches with their link officers, and clusters: the same pages for both."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundflow.models.area import Cluster, Patch
from fundflow.schools import area_queries as queries
from fundflow.schools import rules
from fundflow.schools.blueprint import blueprint
from fundflow.schools.forms import ClusterForm, PatchForm, SchoolsForm
from fundflow.schools.operations import areas as operations
from fundflow.web.access import access, me, now, roles
from fundflow.web.forms import carried_out
from fundflow.web.paging import Page, row_id


class AreaKind(NamedTuple):
    """What differs between patches and clusters."""

    kind: queries.Kind
    form: type[ClusterForm]
    rows: Callable[[int | None], Page[queries.AreaRow]]
    one: str
    many: str
    about: str


SORTS = {
    "patches": AreaKind(
        Patch,
        PatchForm,
        queries.patches,
        "patch",
        "Patches",
        "A patch is a part of the area with a link officer. A school is in one patch at most.",
    ),
    "clusters": AreaKind(
        Cluster,
        ClusterForm,
        queries.clusters,
        "cluster",
        "Clusters",
        "Schools of a cluster work together and can bid together. A school can be in several.",
    ),
}


def _both(path: str, **options: Any) -> Callable[[Any], Any]:
    """The same view for patches and for clusters."""

    def declare(view: Any) -> Any:
        for sort in SORTS:
            blueprint.route(f"/schools/{sort}{path}", defaults={"sort": sort}, **options)(view)
        return view

    return declare


@_both("")
@access(roles(*rules.READERS))
def areas(sort: str) -> str:
    chosen = SORTS[sort]
    page = chosen.rows(row_id(request.args.get("after")))
    return render_template(
        "schools/areas.html",
        sort=sort,
        chosen=chosen,
        page=page,
        may_edit=rules.may_edit(me(), now()),
        changes=queries.changes(chosen.kind.__tablename__),
    )


@_both("/add", methods=["GET", "POST"])
@access(roles(*rules.EDITORS))
def add_area(sort: str) -> Any:
    chosen = SORTS[sort]
    form = chosen.form()
    form.offer(queries.link_officers(now()))
    if form.validate_on_submit() and carried_out(
        form,
        lambda: operations.add_area(
            chosen.kind, name=form.name.data, officer_id=form.officer_number, user=me(), now=now()
        ),
    ):
        flash(f"{form.name.data} is added. Choose its schools next.", "success")
        return _to_list(sort)
    return render_template("schools/area_form.html", sort=sort, chosen=chosen, form=form), form.status


@_both("/<id:number>", methods=["GET", "POST"])
@access(roles(*rules.EDITORS))
def change_area(sort: str, number: int) -> Any:
    chosen, area = SORTS[sort], _known(sort, number)
    officer = area.officer if isinstance(area, Patch) else None
    form = chosen.form.on(area, data={"name": area.name, "officer": str(officer.id) if officer else ""})
    form.offer(queries.link_officers(now()), officer)
    if form.validate_on_submit() and carried_out(
        form,
        lambda: operations.change_area(
            area,
            name=form.name.data,
            officer_id=form.officer_number,
            version=form.version.data,
            user=me(),
            now=now(),
        ),
        area,
    ):
        flash(f"{form.name.data} is saved.", "success")
        return _to_list(sort)
    return render_template(
        "schools/area_form.html", sort=sort, chosen=chosen, form=form, area=area
    ), form.status


@_both("/<id:number>/schools", methods=["GET", "POST"])
@access(roles(*rules.EDITORS))
def choose_schools(sort: str, number: int) -> Any:
    chosen, area = SORTS[sort], _known(sort, number)
    form = SchoolsForm.on(area)
    form.offer(queries.choosable(area), queries.school_ids_of(area), area.name if sort == "patches" else None)
    if form.validate_on_submit() and carried_out(
        form,
        lambda: operations.choose_schools(area, form.chosen, version=form.version.data, user=me(), now=now()),
        area,
    ):
        flash(f"The schools of {area.name} are saved.", "success")
        return _to_list(sort)
    return render_template(
        "schools/area_schools.html", sort=sort, chosen=chosen, form=form, area=area
    ), form.status


def _known(sort: str, number: int) -> queries.Area:
    return queries.area(SORTS[sort].kind, number) or abort(404)


def _to_list(sort: str) -> Response:
    return redirect(url_for("schools.areas", sort=sort))
