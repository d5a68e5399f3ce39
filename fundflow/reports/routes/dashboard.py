"""The dashboard: the figures of a fund as they stand, for staff and the board."""

from collections.abc import Callable
from datetime import datetime

from flask import Response, abort, render_template, request, url_for
from flask.blueprints import BlueprintSetupState

from fundflow.reports.blueprint import blueprint
from fundflow.reports.drawing import drawing_of, dumbbells_of
from fundflow.reports.figures import Figures, figures_for
from fundflow.reports.files import table_csv, tables_xlsx
from fundflow.reports.paper.queries import READERS as PAPER_READERS
from fundflow.reports.paper.yearly import as_issued
from fundflow.reports.tables import Part, Table, all_tables
from fundflow.reports.wanted import READERS, Wanted, wanted
from fundflow.web.access import access, me, now, roles
from fundflow.workflow.working_days import london_date


@blueprint.record
def draw_in_templates(setup: BlueprintSetupState) -> None:
    """What the macros of report tables draw with: an imported macro sees globals alone."""
    setup.app.jinja_env.globals.update(drawing_of=drawing_of, dumbbells_of=dumbbells_of)


@blueprint.route("/dashboard")
@access(roles(*READERS))
def dashboard() -> str:
    found, at = _wanted(), now()
    if found is None:
        return render_template("reports/dashboard.html", wanted=None)
    parts = [(figures, _part(figures, found, at)) for figures in figures_for(staff=found.staff)]
    return render_template(
        "reports/dashboard.html",
        wanted=found,
        cut=found.cut,
        at=at,
        parts=parts,
        reads_papers=roles(*PAPER_READERS).allows(me(), at),
        download_of=lambda figures: _download_of(figures, found),
    )


@blueprint.route("/dashboard/<slug>/<code>.csv")
@access(roles(*READERS))
def dashboard_csv(slug: str, code: str) -> Response:
    """One table as a file."""
    found, at = _wanted() or abort(404), now()
    figures = next((one for one in figures_for(staff=found.staff) if one.slug == slug), None) or abort(404)
    table = next((one for one in _part(figures, found, at).tables if one.code == code), None) or abort(404)
    return table_csv(f"{table.code}-{london_date(at)}.csv", table)


@blueprint.route("/dashboard.xlsx")
@access(roles(*READERS))
def dashboard_xlsx() -> Response:
    """All tables as one workbook."""
    found, at = _wanted() or abort(404), now()
    parts = (_part(figures, found, at) for figures in figures_for(staff=found.staff))
    return tables_xlsx(f"dashboard-{london_date(at)}.xlsx", all_tables(parts))


def _part(figures: Figures, found: Wanted, at: datetime) -> Part:
    """A part as this reader reads it."""
    part = figures.of(found.cut, at)
    return part if found.staff else as_issued(part, figures.slug, found.cut.fund)


def _wanted() -> Wanted | None:
    try:
        return wanted(me(), now(), request.args)
    except LookupError:
        abort(404)


def _download_of(figures: Figures, found: Wanted) -> Callable[[Table], str]:
    return lambda table: url_for("reports.dashboard_csv", slug=figures.slug, code=table.code, **found.asked)
