"""The desk of those who review reports."""

from flask import render_template

from fundflow.impact.blueprint import blueprint
from fundflow.impact.desk import READERS, desk_of
from fundflow.web.access import access, me, now, roles


@blueprint.route("/impact")
@access(roles(*READERS))
def desk() -> str:
    return render_template("impact/desk.html", desk=desk_of(me(), now()))
