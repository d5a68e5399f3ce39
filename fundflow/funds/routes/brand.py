"""The council's colour and logo: the form, how they look, and what the header of every page takes."""

from re import fullmatch
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for

from fundflow.files import files
from fundflow.files.kinds import ABOUT
from fundflow.funds import brand_queries
from fundflow.funds.blueprint import blueprint
from fundflow.funds.brand_form import BrandForm
from fundflow.funds.operations import brand as operations
from fundflow.models.installation import Brand
from fundflow.rules.colours import colour_of, lighter
from fundflow.web import brand
from fundflow.web.access import ADMINISTRATORS_OF_ALL, ANYONE, access, me, now
from fundflow.web.file_forms import taken_in
from fundflow.web.forms import ConfirmForm, carried_out
from fundflow.web.headers import kept_for_good
from fundflow.web.paging import row_id
from fundflow.web.uploads import takes_files
from fundflow.workflow.engine import Refused


@blueprint.route("/funds/brand", methods=["GET", "POST"], endpoint="brand")
@access(ADMINISTRATORS_OF_ALL)
@takes_files(1)
def brand_form() -> Any:
    """The form, and every version there was."""
    form = BrandForm.of(brand_queries.latest())
    if form.validate_on_submit() and taken_in(form, lambda: _prepare(form)):
        return redirect(url_for("funds.brand_preview"))
    page = brand_queries.versions(row_id(request.args.get("after")))
    answer = render_template("funds/brand.html", form=form, page=page, draft=brand_queries.draft())
    return answer, form.status


def _prepare(form: BrandForm) -> None:
    operations.prepare(
        colour=form.colour.data or "",
        logo=form.logo.data,
        keep_logo=not form.drops_logo,
        alt_text=form.alt_text.data or "",
        user=me(),
        now=now(),
    )


@blueprint.route("/funds/brand/preview", methods=["GET", "POST"])
@access(ADMINISTRATORS_OF_ALL)
def brand_preview() -> Any:
    """A page as the draft makes it look, and the way to put it in force or to drop it."""
    draft = brand_queries.draft()
    if draft is None:
        return redirect(url_for("funds.brand"))
    form, drops = ConfirmForm.on(draft), request.form.get("act") == "drop"
    if form.validate_on_submit() and carried_out(form, lambda: _decide(draft, form, drops=drops), draft):
        brand.forget()
        done = "The change is thrown away." if drops else "Done. Every page shows it within a minute."
        flash(done, "success")
        return redirect(url_for("funds.brand"))
    return render_template(
        "funds/brand_preview.html", form=form, draft=draft, brand=brand.shown(draft)
    ), form.status


def _decide(draft: Brand, form: ConfirmForm, *, drops: bool) -> None:
    act = operations.drop if drops else operations.put_in_force
    act(draft, version=form.version.data, user=me(), now=now())


@blueprint.route("/brand/<colour>.css")
@access(ANYONE)
@kept_for_good
def brand_style(colour: str) -> Response:
    """The style of one colour: what the service's own styles take its place from."""
    found = colour_of(colour)
    if found != f"#{colour}":
        abort(404)
    style = f":root {{ --govuk-brand-colour: {found}; --ff-brand-light: {lighter(found)}; }}\n"
    return Response(style, content_type="text/css; charset=utf-8")


@blueprint.route("/brand/logo/<sha256>")
@access(ANYONE)
@kept_for_good
def brand_logo(sha256: str) -> Response:
    """A logo, by the hash of its bytes."""
    found = brand_queries.with_logo(sha256) if fullmatch("[0-9a-f]{64}", sha256) else None
    if found is None or found.kind is None:
        abort(404)
    try:
        with files().fetch(found.store_key or "", sha256) as file:
            return Response(file.read(), content_type=ABOUT[found.kind].media_type)
    except Refused:  # the page has the words that stand for it
        abort(404)
