"""An officer enters a bid for a school, and submits it for the school."""

from typing import Any

from flask import redirect, render_template, url_for

from fundflow.applications import on_behalf
from fundflow.applications.blueprint import blueprint
from fundflow.applications.forms import EnterBidForm, SendForm
from fundflow.applications.routes.form import show_check
from fundflow.models.person import RoleName
from fundflow.rules.school_queries import school_by_urn
from fundflow.steps import require_actor
from fundflow.web.access import access, me, now, roles
from fundflow.web.bid_steps import BID_STEPS
from fundflow.web.bids import visible_bid
from fundflow.web.forms import carried_out
from fundflow.workflow.working_days import london_date


@blueprint.route("/bids/enter", methods=["GET", "POST"])
@access(roles(RoleName.OFFICER, RoleName.DEPUTY_OFFICER))
def enter_bid() -> Any:
    """Which school, which round, and what it is entered from."""
    rounds = {str(r.id): r for r in on_behalf.rounds_to_enter(me(), now())}
    form = EnterBidForm.for_rounds(list(rounds.values()))
    begun: list[str] = []

    def enter() -> None:
        school = school_by_urn(form.school_urn.data)
        assert school is not None  # noqa: S101 (one of the choices)
        bid = on_behalf.enter_bid(
            user=me(), now=now(), school=school, came_from=form.in_words(), round_=rounds[form.round_id.data]
        )
        begun.append(bid.reference)

    if form.validate_on_submit() and carried_out(form, enter):
        return redirect(url_for("applications.task_list", reference=begun[0]))
    return render_template("applications/enter_bid.html", form=form, rounds=rounds), form.status


@BID_STEPS.own(blueprint, "submit_on_behalf")
def submit_on_behalf(reference: str) -> Any:
    """The button is on the page of check answers."""
    bid = visible_bid(reference)
    form = SendForm.about(bid, london_date(now()))
    if not form.is_submitted():
        return redirect(url_for("applications.check", reference=reference))
    require_actor(bid, "submit_on_behalf", me(), now())
    if form.explains() and carried_out(
        form,
        lambda: on_behalf.submit_on_behalf(
            bid, why_odd=form.reason, user=me(), now=now(), version=form.version.data
        ),
        bid,
    ):
        return redirect(url_for("applications.submitted", reference=reference))
    return show_check(bid, form)


BID_STEPS.add(blueprint, "discard", on_behalf.discard)
