"""The register of independent providers, and its steps."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from fundflow.brokering import providers
from fundflow.brokering.blueprint import blueprint
from fundflow.brokering.operations import providers as operations
from fundflow.brokering.provider_forms import DiligenceForm, ProviderForm
from fundflow.history import history_of
from fundflow.models.fund import Module
from fundflow.models.person import RoleName as R
from fundflow.models.provider import Provider
from fundflow.web.access import access, me, now, roles
from fundflow.web.forms import carried_out
from fundflow.web.paging import row_id
from fundflow.web.step_pages import StepPages
from fundflow.workflow.provider import PROVIDER
from fundflow.workflow.working_days import london_date

KEEPERS = roles(R.OFFICER, R.DEPUTY_OFFICER, module=Module.QUALITY_CHECKS)
READERS = roles(R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR, R.ADMINISTRATOR, module=Module.QUALITY_CHECKS)


def visible_provider(number: int) -> Provider:
    """A provider that the signed-in person may read, else 404."""
    return providers.provider_by_id(number, me(), now()) or abort(404)


def _place(found: Provider) -> str:
    return url_for("brokering.provider", number=found.id)


PROVIDER_STEPS = StepPages(
    PROVIDER,
    path="/providers/<id:number>/steps",
    load=visible_provider,
    parts=lambda found: {"number": found.id},
    back=_place,
    back_text="Back to the provider",
    caption=lambda found: f"Independent provider · {found.name}",
    rule=KEEPERS,
    prefix="provider_",
)


@blueprint.route("/providers")
@access(READERS)
def provider_register() -> str:
    """Every provider of this person's funds."""
    return render_template(
        "brokering/providers.html",
        page=providers.providers_page(me(), now(), row_id(request.args.get("after"))),
        may_propose=bool(providers.funds_of(me(), now())),
        today=london_date(now()),
    )


@blueprint.route("/providers/new", methods=["GET", "POST"])
@access(KEEPERS)
def new_provider() -> Any:
    """Propose a provider; another officer approves it."""
    funds = {str(fund.id): fund for fund in providers.funds_of(me(), now())}
    form = ProviderForm()
    form.choose_fund(list(funds.values()))
    made: list[int] = []

    def act() -> None:
        made.append(operations.propose(funds[form.fund.data], **form.provider(), user=me(), now=now()).id)

    if form.validate_on_submit() and carried_out(form, act):
        flash("The provider is proposed. Record its due diligence next.", "success")
        return redirect(url_for("brokering.provider", number=made[0]))
    return render_template("brokering/new_provider.html", form=form, funds=funds), form.status


@blueprint.route("/providers/<id:number>")
@access(READERS)
def provider(number: int) -> str:
    """One provider: who it is, its due diligence, what can be done now."""
    found = visible_provider(number)
    return render_template(
        "brokering/provider.html",
        provider=found,
        steps=PROVIDER_STEPS.links(found),
        history=history_of(found),
        today=london_date(now()),
    )


@PROVIDER_STEPS.own(blueprint, "renew")
def provider_renew(number: int) -> Any:
    found = visible_provider(number)
    form = DiligenceForm.about(found)
    return PROVIDER_STEPS.page(
        found,
        "renew",
        form,
        lambda: operations.renew(found, days=form.days(), user=me(), now=now(), version=form.version.data),
    )


PROVIDER_STEPS.add(blueprint, "approve", operations.approve)
PROVIDER_STEPS.add(blueprint, "suspend", operations.suspend)
PROVIDER_STEPS.add(blueprint, "reinstate", operations.reinstate)
PROVIDER_STEPS.add(blueprint, "end", operations.end)
PROVIDER_STEPS.add(blueprint, "propose_again", operations.propose_again)
