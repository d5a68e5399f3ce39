"""Orders: a school's own, those sent to a provider, and for the council all of a fund."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundflow.history import history_of
from fundflow.models.fund import Module
from fundflow.models.school import School
from fundflow.models.service import ServiceOrder
from fundflow.rules.services import Total, charges_of, early_ends, why_check, why_not_order
from fundflow.services import queries
from fundflow.services.blueprint import blueprint
from fundflow.services.forms import OrderForm, PlaceForm, ProposeForm
from fundflow.services.operations import orders as operations
from fundflow.services.routes.catalogue import visible_service
from fundflow.web import modules
from fundflow.web.access import access, me, me_or_nobody, now, roles
from fundflow.web.csv import csv_download, pounds_cell
from fundflow.web.forms import carried_out
from fundflow.web.navigation import SERVICES
from fundflow.web.paging import enum_member, row_id
from fundflow.web.step_pages import StepPages
from fundflow.workflow.order import ORDER, OrderState
from fundflow.workflow.working_days import financial_year, london_date

SCHOOLS = roles(school=True, module=Module.CATALOGUE)
HEADER = (
    "Order",
    "School",
    "URN",
    "Service",
    "Provider",
    "State",
    "First day",
    "Last day",
    "Quantity",
    "Unit",
    "Unit price",
    "Purchase order number",
)


def visible_order(number: int) -> ServiceOrder:
    """An order that the signed-in person may see, else 404."""
    return queries.order_by_id(number, me(), now()) or abort(404)


def _place(found: ServiceOrder) -> str:
    return url_for("services.order", number=found.id)


ORDER_STEPS = StepPages(
    ORDER,
    path="/services/orders/<id:number>/steps",
    load=visible_order,
    parts=lambda found: {"number": found.id},
    back=_place,
    back_text="Back to the order",
    caption=lambda found: f"{found.reference} · {found.name} · {found.school.name}",
    rule=SERVICES,
    prefix="order_",
)


@blueprint.app_template_global()
def services_held(school: School) -> list[queries.OrderRow] | None:
    """What a school has, on its page; None where no fund offers services, or for those who don't read it."""
    user = me_or_nobody()
    if user is None or not modules.is_on(Module.CATALOGUE):
        return None
    return queries.held_by(school, user, now())


def _wanted() -> queries.OrdersWanted:
    args = request.args
    return queries.OrdersWanted(
        row_id(args.get("service")),
        enum_member(OrderState, args.get("state")),
        year if (year := row_id(args.get("year"))) and 2000 <= year <= 2100 else None,
    )


@blueprint.route("/services/orders")
@access(SERVICES)
def orders() -> str:
    """Who ordered what."""
    wanted = _wanted()
    today = financial_year(london_date(now()))
    return render_template(
        "services/orders.html",
        wanted=wanted,
        page=queries.orders(wanted, me(), now(), row_id(request.args.get("after"))),
        services=queries.ordered_services(me(), now()),
        states=OrderState,
        words=ORDER.words,
        years=range(today - 2, today + 4),
        reads_all=queries.reads_all(me(), now()),
    )


@blueprint.route("/services/orders.csv")
@access(SERVICES)
def orders_file() -> Response:
    """The same list, for a spreadsheet."""
    rows = (
        (
            f"SO-{row.id}",
            row.school,
            row.urn,
            row.name,
            row.provider,
            ORDER.words[row.state],
            row.begins_on,
            row.ends_on,
            row.quantity,
            row.unit,
            pounds_cell(row.unit_pence),
            row.order_number,
        )
        for row in queries.every_order(_wanted(), me(), now())
    )
    return csv_download("orders.csv", HEADER, rows)


@blueprint.route("/services/<id:number>/order", methods=["GET", "POST"])
@access(SCHOOLS)
def order_begin(number: int) -> Any:
    """How much and how long: saved as a draft, which the head checks and places."""
    found = visible_service(number)
    mine = queries.my_schools(me(), now())
    may = {s.urn: s for s in mine if why_not_order(found, s, london_date(now())) is None}
    form = OrderForm()
    form.choose(found, may.values() or mine)
    made: list[ServiceOrder] = []

    def act() -> None:
        school = next(s for s in mine if s.urn == form.school.data)
        made.append(operations.save_draft(found, school, form.wanted, user=me(), now=now()))

    if form.validate_on_submit() and carried_out(form, act):
        flash("The order is saved as a draft. Check it. Then the head places it.", "success")
        return redirect(_place(made[0]))
    whys = [] if may else [why_not_order(found, s, london_date(now())) for s in mine]
    page = render_template("services/order_form.html", form=form, listed=found, order=None, whys=whys)
    return page, form.status


@blueprint.route("/services/orders/<id:number>/change", methods=["GET", "POST"])
@access(SCHOOLS)
def order_change(number: int) -> Any:
    """Change a draft."""
    found = visible_order(number)
    if not found.is_of(me(), now()):
        abort(404)
    form = OrderForm.on(found)
    form.choose(found.service, [found.school], found)

    def act() -> None:
        operations.change_draft(found, form.wanted, user=me(), now=now(), version=form.version.data)

    if form.validate_on_submit() and carried_out(form, act, found):
        flash("The draft is changed.", "success")
        return redirect(_place(found))
    page = render_template("services/order_form.html", form=form, listed=found.service, order=found, whys=[])
    return page, form.status


@blueprint.route("/services/orders/<id:number>")
@access(SERVICES)
def order(number: int) -> str:
    """One order: what was ordered, what it costs year by year, what can be done now."""
    found = visible_order(number)
    charges = charges_of(found)
    return render_template(
        "services/order.html",
        order=found,
        charges=charges,
        total=Total.of(charges),
        steps=ORDER_STEPS.links(found),
        may_change=found.state is OrderState.DRAFT and found.is_of(me(), now()),
        history=history_of(found),
    )


@ORDER_STEPS.own(blueprint, "place", SCHOOLS)
def order_place(number: int) -> Any:
    """Check the answers, and place the order."""
    found = visible_order(number)
    form, charges = PlaceForm.on(found), charges_of(found)
    return ORDER_STEPS.page(
        found,
        "place",
        form,
        lambda: operations.place(
            found,
            order_number=form.order_number.data or "",
            authorised=form.authorised.data,
            user=me(),
            now=now(),
            version=form.version.data,
        ),
        heading="Check the order and place it",
        button="Place the order",
        template="services/place.html",
        order=found,
        charges=charges,
        total=Total.of(charges),
        unusual=why_check(found),
    )


@ORDER_STEPS.own(blueprint, "propose_change")
def order_propose_change(number: int) -> Any:
    """Another quantity from the next year that begins, an earlier end, or no order at all."""
    found = visible_order(number)
    form = ProposeForm.on(found)
    form.choose(found, early_ends(found, london_date(now())))
    return ORDER_STEPS.page(
        found,
        "propose_change",
        form,
        lambda: operations.propose_change(
            found, form.proposal, user=me(), now=now(), version=form.version.data
        ),
        explain=(
            "The other side must agree. Until then the order stays as it is.",
            "A year that has begun is charged in full: there is no refund in mid-year.",
        ),
        button="Send the proposal",
    )


def _closes(name: str) -> Any:
    def act(record: ServiceOrder, **given: Any) -> None:
        operations.close(record, name, **given)

    return act


ORDER_STEPS.add(blueprint, "agree", operations.agree)
ORDER_STEPS.add(blueprint, "decline", _closes("decline"))
ORDER_STEPS.add(blueprint, "cancel", _closes("cancel"))
ORDER_STEPS.add(blueprint, "accept_change", operations.accept_change)
ORDER_STEPS.add(blueprint, "call_off", operations.call_off)
ORDER_STEPS.add(blueprint, "refuse_change", operations.refuse_change)
ORDER_STEPS.add(blueprint, "take_back_change", operations.take_back_change)
ORDER_STEPS.add_rest(blueprint)
