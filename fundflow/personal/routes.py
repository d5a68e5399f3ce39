"""Pages of people's data: what was asked for, and the copy of what is held about somebody."""

from typing import Any

from flask import Response, render_template, request

from fundflow.personal import operations, queries, subjects
from fundflow.personal.archive import Archive
from fundflow.personal.blueprint import blueprint
from fundflow.personal.forms import ExportForm
from fundflow.personal.gathering import Subject
from fundflow.personal.retention import expired, unneeded
from fundflow.web.access import ADMINISTRATORS_OF_ALL, READERS_OF_PEOPLE, access, me, now
from fundflow.web.fields import choices_of
from fundflow.web.forms import Form, carried_out
from fundflow.web.paging import search_text
from fundflow.workflow.data_complaint import DATA_COMPLAINT
from fundflow.workflow.data_removal import DATA_REMOVAL
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

MOST_DUE = 200  # rows on a page
ACCOUNT, ADDRESS = "account", "address"  # kinds of people in the form


@blueprint.route("/data-protection")
@access(READERS_OF_PEOPLE)
def data_protection() -> str:
    return render_template(
        "personal/index.html",
        exports=queries.exports(),
        complaints=queries.complaints(),
        words=DATA_COMPLAINT.words,
        removals=queries.removals(),
        removal_words=DATA_REMOVAL.words,
        today=london_date(now()),
        may_change=ADMINISTRATORS_OF_ALL.allows(me(), now()),
    )


@blueprint.route("/data-protection/due")
@access(READERS_OF_PEOPLE)
def due() -> str:
    """The bids that have been kept as long as their fund says, and accounts that nothing kept needs."""
    return due_page(Form())


def due_page(form: Form) -> str:
    """The page, with the button that proposes what it lists."""
    bids = expired(now())
    return render_template(
        "personal/due.html",
        form=form,
        due=bids,
        people=unneeded(now(), beside=[one.bid_id for one in bids]),
        most=MOST_DUE,
        may_change=ADMINISTRATORS_OF_ALL.allows(me(), now()),
    )


@blueprint.route("/data-protection/export", methods=["GET", "POST"])
@access(ADMINISTRATORS_OF_ALL)
def export() -> Any:
    """Find a person, then download the copy of what is held about them."""
    form = ExportForm()
    search = search_text(request.args) if request.method == "GET" else search_text(request.form)
    form.q.data = search
    form.about.choices = choices_of(_found(search))
    made: list[Archive] = []
    if form.validate_on_submit() and carried_out(form, lambda: made.append(_make(form.about.data))):
        return Response(
            made[0].data,
            mimetype="application/zip",
            headers={"Content-Disposition": 'attachment; filename="about-you.zip"'},
        )
    return render_template("personal/export.html", form=form, search=search), form.status


def _found(search: str) -> list[tuple[str, str]]:
    people = [(f"{ACCOUNT}:{user.id}", f"{user.name}, {user.email}") for user in subjects.accounts(search)]
    others = subjects.without_account(search).items()
    return people + [(f"{ADDRESS}:{email}", f"{name}, {email}, no account") for email, name in others]


def _make(about: str) -> Archive:
    kind, _, value = about.partition(":")
    subject: Subject | None
    subject = subjects.of_account(int(value)) if kind == ACCOUNT else subjects.of_address(value)
    if subject is None:
        raise Refused("Nothing is held about this person now.")
    return operations.make_export(subject, user=me(), now=now())
