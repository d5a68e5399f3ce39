"""Pages of the removal of personal data: proposing a list, and the list."""

from functools import partial
from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from fundflow.extensions import db
from fundflow.models.data_removal import DataRemoval
from fundflow.personal import queries, removals
from fundflow.personal.blueprint import blueprint
from fundflow.personal.retention import Kept
from fundflow.personal.routes import MOST_DUE, due_page
from fundflow.web.access import ADMINISTRATORS_OF_ALL, READERS_OF_PEOPLE, access, me, now
from fundflow.web.forms import Form, carried_out
from fundflow.web.step_pages import StepPages
from fundflow.workflow.data_removal import DATA_REMOVAL

ONE = "/data-protection/removals/<id:number>"


def _known(number: int) -> DataRemoval:
    return db.session.get(DataRemoval, number) or abort(404)


REMOVAL_STEPS = StepPages(
    DATA_REMOVAL,
    path=f"{ONE}/steps",
    load=_known,
    parts=lambda found: {"number": found.id},
    back=lambda found: url_for("personal.removal", number=found.id),
    back_text="Back to the list",
    caption=lambda found: f"List {found.id}: {found.count_words}",
    rule=READERS_OF_PEOPLE,
    prefix="removal_",
)
REMOVAL_STEPS.add(blueprint, "approve", removals.approve)
REMOVAL_STEPS.add(blueprint, "refuse")


@blueprint.route("/data-protection/removals", methods=["POST"])
@access(ADMINISTRATORS_OF_ALL)
def propose_removal() -> Any:
    """Propose everything that is due now."""
    form = Form()
    made: list[DataRemoval] = []
    propose = partial(removals.propose, user=me(), now=now())
    if form.validate_on_submit() and carried_out(form, lambda: made.append(propose())):
        flash(DATA_REMOVAL.rows("propose")[0].done, "success")
        return redirect(made[0].path)
    return due_page(form), form.status


@blueprint.route(ONE)
@access(READERS_OF_PEOPLE)
def removal(number: int) -> str:
    """A list: what is on it, who proposed and approved it, what was removed."""
    found = _known(number)
    return render_template(
        "personal/removal.html",
        removal=found,
        words=DATA_REMOVAL.words,
        kept={kept.value: kept.words for kept in Kept},
        most=MOST_DUE,
        steps=REMOVAL_STEPS.links(found),
        entries=queries.history_of(found),
    )
