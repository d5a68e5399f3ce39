"""The desk of those who review reports."""

from flask import abort, render_template, request

from fundflow.impact.blueprint import blueprint
from fundflow.impact.desk import READERS, Heading, Wanted, desk_of, funds_of
from fundflow.impact.measure_results import by_measure
from fundflow.impact.queries import percent
from fundflow.web.access import access, me, now, roles
from fundflow.workflow.impact_return import ReturnKind

FIRST = 25  # of a heading on the desk; the rest stands on a page of its own


@blueprint.route("/impact")
@access(roles(*READERS))
def desk() -> str:
    wanted = _wanted()
    return _page(desk_of(me(), now(), wanted), wanted, "", FIRST)


@blueprint.route("/impact/waiting/<place>")
@access(roles(*READERS))
def desk_heading(place: str) -> str:
    """All that waits under one heading."""
    wanted = _wanted()
    found = [heading for heading in desk_of(me(), now(), wanted) if heading.place == place]
    return _page(found or abort(404), wanted, place, None)


@blueprint.route("/impact/measures")
@access(roles(*READERS))
def measures() -> str:
    """Results added up over bids, by measure."""
    return render_template("impact/measures.html", found=by_measure(me(), now()), percent=percent)


@blueprint.route("/impact/measures/<id:number>")
@access(roles(*READERS))
def measure(number: int) -> str:
    """The bids behind the results of one measure."""
    found = by_measure(me(), now(), number) or abort(404)
    return render_template("impact/measure.html", found=found, percent=percent)


def _page(headings: list[Heading], wanted: Wanted, place: str, first: int | None) -> str:
    """The headings with the first rows of each; `place` is the only one's, if it stands alone."""
    return render_template(
        "impact/desk.html",
        desk=headings,
        wanted=wanted,
        place=place,
        first=first,
        funds=funds_of(me(), now()),
        kinds=list(ReturnKind),
        asked={name: value for name, value in _asked().items() if value},
    )


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "").strip()[:120] for name in ("fund", "kind", "school")}


def _wanted() -> Wanted:
    """As the address says; what is not understood narrows nothing."""
    asked = _asked()
    kinds = {kind.value: kind for kind in ReturnKind}
    known = {str(number): number for number, _name in funds_of(me(), now())} if asked["fund"] else {}
    return Wanted(known.get(asked["fund"]), kinds.get(asked["kind"]), asked["school"].replace("\0", ""))
