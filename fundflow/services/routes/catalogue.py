"""The catalogue: what schools may buy, kept by officers."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from fundflow.actors import is_officer_of, roles_for
from fundflow.history import history_of
from fundflow.models.fund import Module
from fundflow.models.person import RoleName as R
from fundflow.models.service import ProviderKind, Service
from fundflow.rules.providers import provider_named, why_not_commissioned
from fundflow.rules.services import last_day, next_first_day, why_not_order
from fundflow.rules.survey_replies import Demand, demand_for
from fundflow.services import queries
from fundflow.services.blueprint import blueprint
from fundflow.services.forms import AddServiceForm, ChangeServiceForm, WithdrawForm
from fundflow.services.operations import catalogue as operations
from fundflow.services.operations.catalogue import Provider
from fundflow.web import modules
from fundflow.web.access import access, me, now, roles
from fundflow.web.forms import carried_out
from fundflow.web.navigation import SERVICES
from fundflow.web.paging import enum_member, row_id, search_text
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

KEEPERS = roles(R.OFFICER, R.DEPUTY_OFFICER, module=Module.CATALOGUE)


def visible_service(number: int) -> Service:
    """A service that the signed-in person may see, else 404."""
    return queries.service_by_id(number, me(), now()) or abort(404)


def _kept(number: int) -> Service:
    """A service that the signed-in person keeps, else 404."""
    found = visible_service(number)
    return found if is_officer_of(me(), found.fund_id, now()) else abort(404)


@blueprint.route("/services")
@access(SERVICES)
def every_service() -> str:
    """What schools may buy, by name and by who provides it."""
    wanted = queries.Wanted(
        search_text(request.args),
        enum_member(ProviderKind, request.args.get("kind")),
        request.args.get("withdrawn") == "yes",
    )
    page = queries.catalogue(wanted, me(), now(), row_id(request.args.get("after")))
    return render_template(
        "services/catalogue.html",
        wanted=wanted,
        page=page,
        demand=_demand(page.rows),
        kinds=ProviderKind,
        schools=queries.my_schools(me(), now()),
        keeps=KEEPERS.allows(me(), now()),
        reads_all=queries.reads_all(me(), now()),
        reads_charges=bool(me().roles_on(london_date(now())) & queries.MONEY),
        term_of=_term_of,
        why_not=lambda service, school: why_not_order(service, school, london_date(now())),
    )


def _term_of(school: Any) -> Any:
    """The first day of the term that a school would order today."""
    return next_first_day(school, london_date(now()))


def _demand(services: Sequence[Service]) -> dict[int, Demand]:
    """What surveys found, for the council's people; with small counts hidden for the school that provides."""
    if not modules.is_on(Module.SURVEYS):
        return {}
    day = london_date(now())
    mine = me().school_ids(day)
    whole = {service.id for service in services if roles_for(me(), service.fund_id, day) & queries.READERS}
    read = [service for service in services if service.id in whole or service.provider_school_id in mine]
    return demand_for(read, whole=whole)


@blueprint.route("/services/<id:number>")
@access(SERVICES)
def service(number: int) -> str:
    """One service: what is included, what it costs, and for whom."""
    found, day = visible_service(number), london_date(now())
    keeps = is_officer_of(me(), found.fund_id, now())
    terms = [
        (school, why_not_order(found, school, day), next_first_day(school, day))
        for school in queries.my_schools(me(), now())
    ]
    return render_template(
        "services/service.html",
        listed=found,
        terms=terms,
        last_day=last_day,
        may_order=any(why is None for _school, why, _first in terms),
        keeps=keeps,
        reads_all=queries.reads_all(me(), now()),
        demand=_demand([found]).get(number),
        unsure=_why_unsure(found) if keeps else None,
        history=history_of(found) if keeps else [],
    )


def _why_unsure(found: Service) -> str | None:
    """What the register says against an independent provider, for those who keep the service."""
    if found.provider_kind is not ProviderKind.INDEPENDENT or not found.fund.checks_support:
        return None
    registered = provider_named(found.provider_name, found.fund)
    if registered is None:
        return f"{found.provider_name} is not in the register of independent providers."
    return why_not_commissioned(registered, london_date(now()))


@blueprint.route("/services/add", methods=["GET", "POST"])
@access(KEEPERS)
def service_add() -> Any:
    """A new entry of the catalogue."""
    funds = queries.kept_funds(me(), now())
    schools = {school.urn: school for school in queries.provider_schools(funds)}
    form = AddServiceForm()
    registered = queries.registered_providers(funds)
    form.choose(funds, schools.values(), registered)
    made: list[Service] = []

    def act() -> None:
        kind = ProviderKind(form.provider_kind.data)
        fund = next(fund for fund in funds if str(fund.id) == form.fund.data)
        school = schools[form.provider_school.data] if kind is ProviderKind.SCHOOL else None
        name = email = ""
        if kind is ProviderKind.INDEPENDENT and fund.checks_support:
            chosen = next(one for one in registered if str(one.id) == form.provider_registered.data)
            if chosen.fund_id != fund.id:
                raise Refused(f"{chosen.name} is not in the register of {fund.name}.")
            name, email = chosen.name[:140], chosen.contact_email
        elif kind is ProviderKind.INDEPENDENT:
            name, email = form.provider_name.data, form.provider_email.data
        provider = Provider(kind, school, name, email)
        made.append(operations.add_service(fund, provider, form.offered, user=me(), now=now()))

    if form.validate_on_submit() and carried_out(form, act):
        flash("The service is in the catalogue.", "success")
        return redirect(made[0].path)
    return render_template("services/edit.html", form=form, listed=None, funds=funds), form.status


@blueprint.route("/services/<id:number>/change", methods=["GET", "POST"])
@access(KEEPERS)
def service_change(number: int) -> Any:
    """What new orders say. Orders that were placed keep their price."""
    found = _kept(number)
    form = ChangeServiceForm.on(found)
    form.independent = found.provider_kind is ProviderKind.INDEPENDENT
    form.fill(found)

    def act() -> None:
        operations.change_service(
            found,
            form.offered,
            email=form.provider_email.data or "",
            price_checked=form.price_checked.data,
            user=me(),
            now=now(),
            version=form.version.data,
        )

    if form.validate_on_submit() and carried_out(form, act, found):
        flash("The service is changed. Orders that were placed before keep their price.", "success")
        return redirect(url_for("services.service", number=number))
    return render_template("services/edit.html", form=form, listed=found), form.status


@blueprint.route("/services/<id:number>/withdraw", methods=["GET", "POST"])
@access(KEEPERS)
def service_withdraw(number: int) -> Any:
    """Out of the catalogue; orders that are agreed stand."""
    found = _kept(number)
    form = WithdrawForm.on(found)

    def act() -> None:
        operations.withdraw_service(
            found, reason=form.reason.data, user=me(), now=now(), version=form.version.data
        )

    if form.validate_on_submit() and carried_out(form, act, found):
        flash("The service is withdrawn. Agreed orders go on to the end of their term.", "success")
        return redirect(url_for("services.service", number=number))
    return render_template("services/withdraw.html", form=form, listed=found), form.status
