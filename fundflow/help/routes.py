"""Help: what each role does, and when. Anybody may read it, before they sign in too."""

from flask import Blueprint, abort, render_template, send_from_directory
from flask_login import current_user
from werkzeug.wrappers import Response

from fundflow.help.guides import FOLDER, GUIDES, guide, guides_for
from fundflow.web.access import ANYONE, access, now
from fundflow.workflow.working_days import london_date

blueprint = Blueprint("help", __name__)


@blueprint.route("/help")
@access(ANYONE)
def every_guide() -> str:
    user = current_user if current_user.is_authenticated else None
    return render_template(
        "help/guides.html",
        yours=guides_for(user, london_date(now())),
        guides=[guide(name) for name in GUIDES],
    )


@blueprint.route("/help/<string:name>")
@access(ANYONE)
def one_guide(name: str) -> str:
    return render_template("help/guide.html", guide=guide(name) if name in GUIDES else abort(404))


@blueprint.route("/help/pictures/<string:name>.png")
@access(ANYONE)
def picture(name: str) -> Response:
    if not name.isprintable():  # a file system refuses NUL with an error of its own
        abort(404)
    return send_from_directory(FOLDER, f"{name}.png", max_age=3600)
