"""Requests for support: asked by a school or noted by an officer, matched, proposed, made a bid."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from fundflow.brokering import queries
from fundflow.brokering.blueprint import blueprint
from fundflow.brokering.candidates import matches
from fundflow.brokering.forms import AskForm, ProposalForm, StartForm, school_choices
from fundflow.brokering.matching import Suggestion
from fundflow.brokering.operations import requests as operations
from fundflow.brokering.operations.requests import RequestAnswers
from fundflow.brokering.routes.brokering import BROKERS, KEEPERS, READERS
from fundflow.history import history_of
from fundflow.letters.holders import leaders_of
from fundflow.models.brokering import Expertise, SupportRequest
from fundflow.models.fund import Fund
from fundflow.models.school import School
from fundflow.rules.school_queries import school_by_urn
from fundflow.steps import open_steps
from fundflow.web.access import SIGNED_IN, access, me, now, roles
from fundflow.web.forms import carried_out
from fundflow.web.paging import enum_member, row_id
from fundflow.web.step_pages import StepPages
from fundflow.workflow.support_request import SUPPORT_REQUEST
from fundflow.workflow.working_days import london_date


def visible_request(number: int) -> SupportRequest:
    """A request that the signed-in person may see, else 404."""
    return queries.request_by_id(number, me(), now()) or abort(404)


def _place(found: SupportRequest) -> str:
    return url_for("brokering.support_request", number=found.id)


def _after(found: SupportRequest) -> str:
    """The form of the bid that it became, else the request."""
    if found.draft:
        return url_for("applications.task_list", reference=found.draft.reference)
    return _place(found)


REQUEST_STEPS = StepPages(
    SUPPORT_REQUEST,
    path="/support/<id:number>/steps",
    load=visible_request,
    parts=lambda found: {"number": found.id},
    back=_place,
    back_text="Back to the request",
    caption=lambda found: f"Request for support · {found.school.name}",
    after=_after,
    rule=KEEPERS,
    prefix="support_request_",
)


@blueprint.route("/support")
@access(roles(school=True))
def my_requests() -> str:
    """What this person's schools asked for."""
    after = row_id(request.args.get("after"))
    return render_template(
        "brokering/my_requests.html", page=queries.requests_of_my_schools(me(), now(), after)
    )


@blueprint.route("/support/ask", methods=["GET", "POST"])
@access(KEEPERS)
def ask() -> Any:
    """A school asks; an officer notes what a school said."""
    schools, funds = _askers(), {str(fund.id): fund for fund in queries.funds()}
    form = _ask_form(schools, funds)
    made: list[int] = []

    def act() -> None:
        made.append(
            operations.ask(
                schools[form.school.data], funds[form.fund.data], _asked(form), user=me(), now=now()
            ).id
        )

    if form.validate_on_submit() and carried_out(form, act):
        flash("The request is sent. Those concerned are being told.", "success")
        return redirect(url_for("brokering.support_request", number=made[0]))
    page = render_template(
        "brokering/ask.html", form=form, schools=schools, funds=funds, for_others=queries.brokers(me(), now())
    )
    return page, form.status


def _askers() -> dict[str, School]:
    mine = queries.schools_of(me(), now())
    others = queries.schools_to_choose(me(), now()) if queries.brokers(me(), now()) else []
    return {school.urn: school for school in [*mine, *others]}


def _ask_form(schools: dict[str, School], funds: dict[str, Fund]) -> AskForm:
    wanted = enum_member(Expertise, request.args.get("expertise"))
    form = AskForm(data={"expertise": wanted.value if wanted else None, "school": request.args.get("school")})
    form.school.choices = school_choices(schools.values())
    if len(schools) == 1 and not form.is_submitted():
        form.school.data = next(iter(schools))
    areas = {school.la_code for school in schools.values()}
    form.choose_fund([fund for fund in funds.values() if fund.la_code in areas])
    return form


def _asked(form: AskForm) -> RequestAnswers:
    return RequestAnswers(
        Expertise(form.expertise.data), form.need.data, form.half_days.data, form.wanted_from.data
    )


@blueprint.route("/support/<id:number>")
@access(SIGNED_IN)
def support_request(number: int) -> str:
    """One request: what was asked, what was proposed, what can be done now."""
    found = visible_request(number)
    return render_template(
        "brokering/request.html",
        req=found,
        steps=REQUEST_STEPS.links(found),
        history=history_of(found),
        for_staff=queries.reads_brokering(me(), now()),
        may_broker=queries.brokers(me(), now()),
    )


@blueprint.route("/support/<id:number>/match")
@access(READERS)
def support_request_match(number: int) -> str:
    """Schools that can help with this request, with the reasons, and who is left out and why."""
    found = visible_request(number)
    result = matches(found.school, found.expertise, found.half_days, user=me(), now=now(), fund=found.fund)
    may_propose = any(o.step.name == "propose" and not o.reason for o in open_steps(found, me(), now()))
    return render_template("brokering/match.html", req=found, found=result, may_propose=may_propose)


@REQUEST_STEPS.own(blueprint, "propose", BROKERS)
def support_request_propose(number: int) -> Any:
    """Propose the school named in the address; its reasons can be changed before they are sent."""
    found = visible_request(number)
    school = school_by_urn(request.args.get("school", ""), organisations=True)
    if school is None:
        return redirect(url_for("brokering.support_request_match", number=number))
    form = ProposalForm.on(found)
    suggestion = _suggested(found, school)
    if not form.is_submitted() and suggestion:
        form.why.data = "\n".join(r.text + "." for r in suggestion.reasons if r.shared)
    return REQUEST_STEPS.page(
        found,
        "propose",
        form,
        lambda: operations.propose(
            found, school, why=form.why.data, user=me(), now=now(), version=form.version.data
        ),
        done=f"{school.name} is proposed. The school that asked is being told.",
        heading=f"Propose {school.name}",
        button="Propose this school",
        back=url_for("brokering.support_request_match", number=number),
        back_text="Back to the suggestions",
        template="brokering/propose.html",
        school=school,
        suggestion=suggestion,
        heads=leaders_of(found.school, london_date(now())),
    )


def _suggested(found: SupportRequest, school: School) -> Suggestion | None:
    result = matches(found.school, found.expertise, found.half_days, user=me(), now=now(), fund=found.fund)
    return result.suggestion_of(school.id)


@REQUEST_STEPS.own(blueprint, "begin_draft")
def support_request_begin_draft(number: int) -> Any:
    """Start the bid; sent on to its form."""
    found = visible_request(number)
    rounds = {str(r.id): r for r in queries.rounds_for(found.school, found.fund, now())}
    form = StartForm.on(found)
    form.choose(list(rounds.values()))
    return REQUEST_STEPS.page(
        found,
        "begin_draft",
        form,
        lambda: operations.begin_bid(
            found, rounds[form.round_id.data], user=me(), now=now(), version=form.version.data
        ),
        heading="Start a bid from this request",
        button="Start the bid",
        template="brokering/begin.html",
        rounds=rounds,
    )


REQUEST_STEPS.add(blueprint, "close", operations.close)
