"""An administrator reads what the last look at all data found."""

from flask import render_template

from fundflow.checking import CHECKS
from fundflow.checking.nightly import last_look
from fundflow.desk.blueprint import blueprint
from fundflow.web.access import ADMINISTRATORS, access


@blueprint.route("/work/checks")
@access(ADMINISTRATORS)
def checks() -> str:
    return render_template("desk/checks.html", look=last_look(), checks=CHECKS.values())
