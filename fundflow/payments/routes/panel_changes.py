"""More money for an award: its way to the panel, and the pages on which the panel's decision is recorded."""

from typing import Any

from fundflow import ledger
from fundflow.agenda import NONE_AHEAD, meetings_that_take_bids
from fundflow.models.change import ChangeRequest
from fundflow.payments import about_to, panel_changes, taken_back
from fundflow.payments.blueprint import blueprint
from fundflow.payments.change_forms import PanelDecisionForm, PutToPanelForm
from fundflow.payments.routes.changes import CHANGE_STEPS, visible_change
from fundflow.rules.change_requests import effect_of
from fundflow.rules.change_words import differences, schedule_differences
from fundflow.rules.panel.deciders import officer_decides
from fundflow.rules.panel.sittings import sitting_of
from fundflow.web.access import me, now


@CHANGE_STEPS.own(blueprint, "put_to_panel")
def put_to_panel(reference: str, number: int) -> Any:
    change = visible_change(reference, number)
    meetings = meetings_that_take_bids(change.bid.fund_id, now())
    form = PutToPanelForm.on(change).offer(meetings)
    return CHANGE_STEPS.page(
        change,
        "put_to_panel",
        form,
        lambda: panel_changes.put_to_panel(
            change, form.advice.data or "", form.meeting_id, user=me(), now=now(), version=form.version.data
        ),
        explain=() if meetings else (NONE_AHEAD,),
        template="payments/put_to_panel.html",
    )


@CHANGE_STEPS.own(blueprint, "award_more")
def award_more(reference: str, number: int) -> Any:
    return _decide(reference, number, "award_more")


@CHANGE_STEPS.own(blueprint, "refuse_more")
def refuse_more(reference: str, number: int) -> Any:
    return _decide(reference, number, "refuse_more")


def _decide(reference: str, number: int, step: str) -> Any:
    """Record what the panel decided, with its reasons."""
    change = visible_change(reference, number)
    form = PanelDecisionForm.on(change)
    return CHANGE_STEPS.page(
        change,
        step,
        form,
        lambda: getattr(panel_changes, step)(
            change,
            reasons=form.reasons.data or "",
            equality_note=form.equality_note.data or "",
            user=me(),
            now=now(),
            version=form.version.data,
        ),
        template="payments/decide_more.html",
        context=_facts,
        about_to=(lambda: about_to.change(change, now())) if step == "award_more" else None,
    )


def _facts(change: ChangeRequest) -> dict[str, Any]:
    """What the decision maker sees: the vote, before and after, and whether the fund can bear it."""
    bid, at, item = change.bid, now(), change.open_item
    return {
        "tally": sitting_of(item, at).tally if item else None,
        "casting": item.casting_choice if item else None,
        "differences": differences(change) + schedule_differences(change),
        "added": effect_of(change, at).added,
        "free": ledger.may_still_offer(bid, at),
        "delegation": bid.fund.delegation if officer_decides(bid) else "",
    }


CHANGE_STEPS.add(blueprint, "undo_more", taken_back.undo_more)
CHANGE_STEPS.add(blueprint, "take_from_panel", panel_changes.take_from_panel)
CHANGE_STEPS.add(
    blueprint, "put_off", panel_changes.put_off, template="payments/decide_more.html", context=_facts
)
