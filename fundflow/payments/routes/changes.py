"""Changes of a bid's award: the list, asking for one, its page and its steps."""

from typing import Any

from flask import abort, flash, redirect, request, url_for

from fundflow.actors import actors_for
from fundflow.history import history_of
from fundflow.models.bid import Bid
from fundflow.models.change import ChangeRequest
from fundflow.payments import about_to, changes
from fundflow.payments.blueprint import blueprint
from fundflow.payments.change_forms import LessForm, change_form
from fundflow.payments.claims import money_of_bid
from fundflow.permissions import outcome_kept, sees_money, sees_review
from fundflow.rules.change_requests import changes_of, effect_of, terms_after, terms_of
from fundflow.rules.change_words import differences, schedule_differences
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bid_steps import bid_caption, bid_form_page
from fundflow.web.bids import visible_bid, visible_part
from fundflow.web.forms import carried_out
from fundflow.web.step_pages import StepPages
from fundflow.workflow.actors import Actor
from fundflow.workflow.change_request import CHANGE_REQUEST, ChangeState
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

PATH = "/bids/<reference>/changes"


def visible_change(reference: str, number: int) -> ChangeRequest:
    """A change that this person sees; else 404."""
    found: ChangeRequest = visible_part(ChangeRequest, number, visible_bid(reference))
    return found if changes.sees_change(me(), found, now()) else abort(404)


def _parts(change: ChangeRequest) -> dict[str, Any]:
    return {"reference": change.bid.reference, "number": change.id}


def _page(change: ChangeRequest) -> str:
    return url_for("payments.change", **_parts(change))


CHANGE_STEPS = StepPages(
    CHANGE_REQUEST,
    path=f"{PATH}/<id:number>/steps",
    load=visible_change,
    parts=_parts,
    back=_page,
    back_text="Back to the change",
    caption=lambda change: bid_caption(change.bid),
    prefix="change_",
)


@blueprint.route(PATH)
@access(SIGNED_IN)
def bid_changes(reference: str) -> str:
    """The changes of an award that this person sees, and asking for another."""
    bid = visible_bid(reference)
    user, at = me(), now()
    found = [change for change in changes_of(bid) if changes.sees_change(user, change, at)]
    if not (found or sees_money(user, bid, at)) or outcome_kept(user, bid, at):
        abort(404)
    return bid_page(
        "payments/changes.html",
        bid,
        changes=found,
        sees_money=sees_money(user, bid, at),
        may_ask=any(changes.why_no_change(bid, step, user, at) is None for step in ("ask", "enter")),
        may_reduce=changes.why_no_change(bid, "reduce", user, at) is None,
    )


@blueprint.route(f"{PATH}/<id:number>")
@access(SIGNED_IN)
def change(reference: str, number: int) -> str:
    found = visible_change(reference, number)
    whole = sees_money(me(), found.bid, now())
    mine = None if whole else me().school_ids(london_date(now()))
    item = found.items[-1] if found.items and sees_review(me(), found.bid, now()) else None
    return bid_page(
        "payments/change.html",
        found.bid,
        change=found,
        differences=differences(found, mine) + (schedule_differences(found) if whole else []),
        steps=CHANGE_STEPS.links(found),
        history=history_of(found),
        award=terms_after(found).paid_at_most,
        effect=effect_of(found, now()) if whole and found.is_open else None,
        item=item,
    )


@blueprint.route(f"{PATH}/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new_change(reference: str) -> Any:
    """Ask for a change; an officer enters it, and the head agrees first."""
    bid = money_of_bid(reference)
    step = "ask" if Actor.SCHOOL_TEAM in actors_for(me(), bid, now()) else "enter"
    if bid.award is None:
        raise Refused(changes.why_no_change(bid, step, me(), now()) or "")
    form = change_form(bid, terms_of(bid.award, bid.start_on, bid.end_on), request.form)
    return _begin(bid, form, step, template="payments/new_change.html", award=bid.award)


@blueprint.route(f"{PATH}/less", methods=["GET", "POST"])
@access(SIGNED_IN)
def less_money(reference: str) -> Any:
    """Propose less money, for which the school does not ask."""
    bid = money_of_bid(reference)
    return _begin(bid, LessForm.on(bid), "reduce")


def _begin(bid: Bid, form: Any, step: str, **context: Any) -> Any:
    """Ask for what a change needs, make it, and show it."""
    if not form.is_submitted() and (why := changes.why_no_change(bid, step, me(), now())):
        raise Refused(why)
    row = CHANGE_REQUEST.find(step, ChangeState.NEW)

    def act() -> None:
        version = form.version.data
        changes.ask(bid, form.wanted(bid), user=me(), now=now(), version=version, step=step)

    adds = bool(request.form.get("more"))  # a row to the page, and no more
    if not adds and form.validate_on_submit() and carried_out(form, act, bid):
        flash(row.done, "success")
        return redirect(url_for("payments.bid_changes", reference=bid.reference))
    page, status = bid_form_page(
        bid,
        form,
        heading=row.button,
        explain=row.explain,
        back=url_for("payments.bid_changes", reference=bid.reference),
        back_text="Back to the changes of the award",
        **context,
    )
    return page, 200 if adds else status


CHANGE_STEPS.add(blueprint, "agree", changes.agree, about_to=lambda found: about_to.change(found, now()))
for name in ("confirm", "decline", "say_yes", "say_no", "say_yes_for", "refuse", "withdraw"):
    CHANGE_STEPS.add(blueprint, name, getattr(changes, name))
