"""Published case studies, as everybody finds them, and where a school looks for support."""

from flask import abort, render_template, request

from fundflow.models.brokering import Expertise
from fundflow.models.school import PHASES
from fundflow.reports import fund_queries
from fundflow.reports import queries as register
from fundflow.reports.blueprint import blueprint
from fundflow.reports.cases import queries
from fundflow.rules.case_studies import Told, alike
from fundflow.web.access import ANYONE, access


@blueprint.app_template_global()
def case_studies_alike(
    expertise: Expertise | None = None, priority: str = "", phase: int | str | None = None
) -> list[Told]:
    """Up to three published case studies of the same need or priority; `phase` is a code."""
    code = next((one for one in PHASES if str(one) == str(phase)), None)
    return alike(expertise=expertise, priority=priority, phase=code)


@blueprint.route("/case-studies")
@access(ANYONE)
def case_studies() -> str:
    """What other schools learned, newest first, searched by words and narrowed by need, phase and fund."""
    wanted = queries.Wanted.from_args(request.args)
    return render_template(
        "reports/case_studies.html",
        wanted=wanted,
        page=queries.page_of_told(wanted),
        needs=[(one.value, one.words) for one in Expertise],
        priorities=[(title, title) for title in register.priorities()],
        phases=PHASES,
        funds=[(fund.id, fund.name) for fund in fund_queries.funds()],
    )


@blueprint.route("/case-studies/<id:number>")
@access(ANYONE)
def public_case_study(number: int) -> str:
    """One that is published; of any other nobody learns that there is one."""
    study = queries.told_by_id(number) or abort(404)
    return render_template("reports/public_case_study.html", study=study)
