"""The panel's rules: those in force, a form for new ones, and every version there was."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from fundflow.actors import roles_for
from fundflow.funds import rules_queries
from fundflow.funds.blueprint import blueprint
from fundflow.funds.operations import rules as rules_operations
from fundflow.funds.routes.funds import known, may_change
from fundflow.funds.rules_forms import RulesForm, place_of
from fundflow.funds.rules_words import in_words
from fundflow.models.fund import Fund
from fundflow.models.person import RoleName as R
from fundflow.models.person import Sector
from fundflow.web.access import ADMINISTRATORS, access, me, now, roles
from fundflow.web.forms import carried_out
from fundflow.web.paging import row_id
from fundflow.workflow.panel_rules import SCORE_WORDS
from fundflow.workflow.working_days import london_date

READ_RULES = (
    R.ADMINISTRATOR,
    R.AUDITOR,
    R.CLERK,
    R.OFFICER,
    R.DEPUTY_OFFICER,
    R.AUTHORISED_OFFICER,
    R.REVIEWING_MANAGER,
)
READERS = roles(*READ_RULES, panel=True)


def readable(number: int) -> Fund:
    """The fund, for who works for it or sits on its panel; else 404."""
    found, day = known(number), london_date(now())
    seated = any(seat.fund_id == number for seat in me().seats_on(day))
    return found if seated or roles_for(me(), number, day) & set(READ_RULES) else abort(404)


@blueprint.route("/funds/<id:number>/rules")
@access(READERS)
def rules(number: int) -> str:
    """The rules in force."""
    found = readable(number)
    return _version_page(found, found.rules_in_force.number)


@blueprint.route("/funds/<id:number>/rules/<number:version>")
@access(READERS)
def rules_version(number: int, version: int) -> str:
    """One version of the rules, as decisions name it."""
    return _version_page(readable(number), version)


def _version_page(fund: Fund, number: int) -> str:
    version = rules_queries.version(fund, number) or abort(404)
    return render_template(
        "funds/rules.html",
        fund=fund,
        version=version,
        rules=version.rules,
        scores=SCORE_WORDS,
        groups=in_words(version.rules),
        latest=fund.rules_in_force.number,
        may_change=may_change(fund),
    )


@blueprint.route("/funds/<id:number>/rules/history")
@access(READERS)
def rules_history(number: int) -> str:
    """Every version, the newest first, with what changed from the one before."""
    fund = readable(number)
    page = rules_queries.versions(fund, row_id(request.args.get("after")))
    return render_template("funds/rules_history.html", fund=fund, page=page)


@blueprint.route("/funds/<id:number>/rules/change", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def change_rules(number: int) -> Any:
    fund = known(number)
    if not may_change(fund):
        abort(403)
    form = RulesForm.of(fund)
    made: list[Any] = []
    if form.validate_on_submit() and carried_out(
        form,
        lambda: made.append(
            rules_operations.change_rules(
                fund, form.rules(), form.reason.data, version=form.version.data, user=me(), now=now()
            )
        ),
        fund,
    ):
        flash(*_done(made[-1]))
        return redirect(url_for("funds.rules", number=number))
    return render_template(
        "funds/rules_form.html", fund=fund, form=form, places=[form[place_of(sector)] for sector in Sector]
    ), form.status


def _done(version: Any) -> tuple[str, str]:
    if version is None:
        return "Nothing is different from the rules in force, so there is no new version.", "warning"
    return f"The rules are saved as version {version.number}.", "success"
