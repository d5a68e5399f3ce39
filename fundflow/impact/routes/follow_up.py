"""The Follow-up tab of a bid: actions that were agreed, and their steps."""

from typing import Any

from flask import flash, redirect

from fundflow.impact import follow_ups, visits
from fundflow.impact.blueprint import blueprint
from fundflow.impact.forms import FollowUpForm
from fundflow.impact.routes.followed import BACK, follow_up_tab, followed_bid, visited_bid
from fundflow.impact.routes.quality_checks import CHECK_STEPS
from fundflow.impact.routes.visits import VISIT_STEPS, visit_of
from fundflow.models.bid import Bid
from fundflow.models.follow_up import FollowUp
from fundflow.models.impact import TEACHING_WORDS
from fundflow.models.visit import Visit
from fundflow.permissions import sees_money, sees_notes
from fundflow.rules.follow_ups import follow_ups_of
from fundflow.rules.quality_checks import checks_of
from fundflow.steps import open_steps
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bid_steps import bid_caption, bid_form_page
from fundflow.web.bids import visible_part
from fundflow.web.forms import carried_out
from fundflow.web.step_pages import StepPages
from fundflow.workflow.engine import OpenStep, Refused
from fundflow.workflow.follow_up import FOLLOW_UP, FollowUpState
from fundflow.workflow.working_days import london_date


def _action(reference: str, number: int) -> FollowUp:
    found: FollowUp = visible_part(FollowUp, number, followed_bid(reference))
    return found


def _in_order(steps: list[OpenStep]) -> list[OpenStep]:
    """What is expected next first."""
    return sorted(steps, key=lambda step: step.is_sidestep)


FOLLOW_UP_STEPS = StepPages(
    FOLLOW_UP,
    path="/bids/<reference>/follow-up/<id:number>/steps",
    load=_action,
    parts=lambda action: {"reference": action.bid.reference, "number": action.id},
    back=lambda action: follow_up_tab(action.bid),
    back_text=BACK,
    caption=lambda action: bid_caption(action.bid),
    prefix="follow_up_",
)


@blueprint.route("/bids/<reference>/follow-up")
@access(SIGNED_IN)
def bid_follow_up(reference: str) -> str:
    """Visits, what was agreed after them and after ratings, and what became of it; for people of another
    school that is visited, the visits to it alone."""
    bid = visited_bid(reference)
    user, at = me(), now()
    sees_actions = sees_money(user, bid, at)
    actions = follow_ups_of(bid) if sees_actions else []
    cards = [(one, one.is_overdue(london_date(at)), open_steps(one, user, at)) for one in actions]
    shown = [
        (one, visits.reads_note(user, one, at), _in_order(open_steps(one, user, at)))
        for one in visits.visits_for(user, bid, at)
    ]
    return bid_page(
        "impact/follow_up.html",
        bid,
        cards=cards,
        step_url=FOLLOW_UP_STEPS.url,
        visits=shown,
        sees_actions=sees_actions,
        visit_url=VISIT_STEPS.url,
        teaching_words=TEACHING_WORDS,
        may_plan=visits.why_not_plan(bid, user, at) is None,
        may_ask=follow_ups.why_not_ask(bid, user, at) is None,
        wanted=bid.returns_without_follow_up,
        checks=[
            (one, one.is_late(london_date(at)), _in_order(open_steps(one, user, at)))
            for one in (checks_of(bid) if sees_actions else [])
        ],
        check_url=CHECK_STEPS.url,
        reads_notes=sees_notes(user, bid, at),
    )


@blueprint.route("/bids/<reference>/follow-up/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new_follow_up(reference: str) -> Any:
    return _form_of_action(followed_bid(reference), None)


@blueprint.route("/bids/<reference>/visits/<id:number>/action", methods=["GET", "POST"])
@access(SIGNED_IN)
def action_after_visit(reference: str, number: int) -> Any:
    visit = visit_of(reference, number)
    return _form_of_action(visit.bid, visit)


def _form_of_action(bid: Bid, visit: Visit | None) -> Any:
    form = FollowUpForm.on(bid)
    if not form.is_submitted() and (why := follow_ups.why_not_ask(bid, me(), now())):
        raise Refused(why)
    row = FOLLOW_UP.find("ask", FollowUpState.NEW)

    def act() -> None:
        said = form.action()
        follow_ups.ask(bid, **said, visit=visit, user=me(), now=now(), version=form.version.data)

    if form.validate_on_submit() and carried_out(form, act, bid):
        flash(row.done, "success")
        return redirect(follow_up_tab(bid))
    return bid_form_page(
        bid, form, heading=row.button, explain=row.explain, back=follow_up_tab(bid), back_text=BACK
    )


FOLLOW_UP_STEPS.add(blueprint, "report", follow_ups.say)
FOLLOW_UP_STEPS.add(blueprint, "done", follow_ups.finish)
FOLLOW_UP_STEPS.add(blueprint, "let_go", follow_ups.let_go)
