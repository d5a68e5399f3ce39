"""Reading the letters of a decision over before they go."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from fundflow.letters import of_decisions
from fundflow.models.bid import Bid
from fundflow.models.decision import Decision
from fundflow.models.person import RoleName as R
from fundflow.panel import queries
from fundflow.panel.blueprint import blueprint
from fundflow.panel.decisions.forms import LettersForm, feedback_data
from fundflow.panel.operations import letters_over
from fundflow.panel.routes.decisions import papers_of
from fundflow.rules.decisions import why_decision_questioned
from fundflow.web.access import access, me, now, roles
from fundflow.web.forms import carried_out

OFFICERS = roles(R.OFFICER, R.DEPUTY_OFFICER)


@blueprint.route("/bids/<reference>/decision-letter", methods=["GET", "POST"])
@access(OFFICERS)
def read_over(reference: str) -> Any:
    """Each letter as it will go, with what the officer may change in it."""
    bid = papers_of(reference)
    if letters_over.why_not_read_over(bid, me(), now()):
        abort(404)
    decision = queries.standing_decision(bid)
    if decision is None or not (decision.holds_letters or LettersForm().is_submitted()):
        return redirect(url_for("panel.bid_panel", reference=reference))
    form = LettersForm.by(decision.item.rules).on(bid, data=_data(decision))
    if form.validate_on_submit() and carried_out(form, lambda: _act(bid, form), bid):
        return _done(bid, form)
    letters = of_decisions.drafts(decision, now()) if decision.holds_letters else []
    return render_template(
        "panel/read_over.html",
        bid=bid,
        decision=decision,
        form=form,
        letters=letters,
        questioned=why_decision_questioned(bid),
    ), form.status


def _data(decision: Decision) -> dict[str, str]:
    return {"opening": decision.opening, "closing": decision.closing, **feedback_data(decision)}


def _act(bid: Bid, form: LettersForm) -> None:
    act = letters_over.send_letters if form.action.data == "send" else letters_over.change_letters
    act(bid, **form.said, version=form.version.data, user=me(), now=now())


def _done(bid: Bid, form: LettersForm) -> Any:
    if form.action.data == "send":
        flash("The letters are on their way.", "success")
        return redirect(url_for("desk.bid", reference=bid.reference))
    flash("Saved. The letter below is as it will go.", "success")
    return redirect(url_for("panel.read_over", reference=bid.reference, _anchor="letters"))
