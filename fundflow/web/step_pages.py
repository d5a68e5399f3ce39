"""The page of one step, for the steps that need nothing but a small form."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from fundflow.models.bid import Bid
from fundflow.steps import require_actor, require_step
from fundflow.web.access import me, now
from fundflow.web.forms import Form, carried_out


def step_page(
    bid: Bid,
    name: str,
    form: Form,
    act: Callable[[], Any],
    *,
    explain: tuple[str, ...] = (),
    done: str = "",
    template: str = "step.html",
    **context: Any,
) -> str | tuple[str, int] | Response:
    """Ask for what a step of the application needs, take it, and go back to the bid.

    act   the operation, called with the validated form in reach
    done  the sentence to show afterwards
    A step that is not open to this person is refused (409) before the form is shown; one that is
    never theirs also when it is sent, since the form shows what only its takers may read.
    """
    (require_actor if form.is_submitted() else require_step)(bid, name, me(), now())
    if form.validate_on_submit() and carried_out(form, act, bid):
        flash(done or "Done. The people concerned are being told.", "success")
        return redirect(url_for("desk.bid", reference=bid.reference))
    step = next(s for s in bid.workflow.steps if s.name == name)
    page = render_template(
        template,
        bid=bid,
        form=form,
        heading=step.button,
        button=step.button,
        warning=step.warning,
        explain=explain,
        **context,
    )
    return page, form.status
