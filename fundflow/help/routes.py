"""Help: what each role does, and when. Anybody may read it, before they sign in too."""

from flask import Blueprint, abort, render_template, send_from_directory
from werkzeug.wrappers import Response

from fundflow.help.guides import FOLDER, guides_to
from fundflow.web.access import ANYONE, access, me_or_nobody, now
from fundflow.workflow.working_days import london_date

blueprint = Blueprint("help", __name__)


@blueprint.route("/help")
@access(ANYONE)
def every_guide() -> str:
    yours, guides = guides_to(me_or_nobody(), london_date(now()))
    return render_template("help/guides.html", yours=yours, guides=guides)


@blueprint.route("/help/<string:name>")
@access(ANYONE)
def one_guide(name: str) -> str:
    _, guides = guides_to(me_or_nobody(), london_date(now()))
    found = next((each for each in guides if each.name == name), None)
    return render_template("help/guide.html", guide=found or abort(404))


@blueprint.route("/help/pictures/<string:name>.png")
@access(ANYONE)
def picture(name: str) -> Response:
    if not name.isprintable():  # a file system refuses NUL with an error of its own
        abort(404)
    return send_from_directory(FOLDER, f"{name}.png", max_age=3600)
