"""Inviting people, and giving and ending what they hold."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from fundflow.accounts import inviting, people, queries
from fundflow.accounts.blueprint import blueprint
from fundflow.accounts.forms import KINDS, ConfirmManyForm, EndForm, InviteManyForm, place_form
from fundflow.accounts.routes.asking import proved
from fundflow.accounts.routes.people import kind_of, known
from fundflow.models.holding_words import Holding, holding_words
from fundflow.web.access import ADMINISTRATORS, access, me, now
from fundflow.web.csv import decoded
from fundflow.web.forms import carried_out
from fundflow.workflow.working_days import london_date


@blueprint.route("/people/invite")
@access(ADMINISTRATORS)
def invite() -> Any:
    return render_template("accounts/invite.html", kinds=KINDS)


@blueprint.route("/people/invite/<any('role', 'school', 'seat'):kind>", methods=["GET", "POST"])
@access(ADMINISTRATORS)
@proved
def invite_as(kind: str) -> Any:
    form = place_form(kind, queries.fund_names(), london_date(now()), new=True)
    if form.validate_on_submit() and carried_out(
        form,
        lambda: people.invite(
            email=form.email.data,
            name=form.name.data,
            job_title=form.job_title.data or "",
            place=form.place(),
            by=me(),
            now=now(),
            reason=form.reason.data or "",
        ),
    ):
        flash(f"{form.name.data} is invited. Their link is on its way.", "success")
        return redirect(url_for("accounts.people_list", search=form.email.data))
    return render_template(
        "accounts/place.html",
        form=form,
        kind=kind,
        person=None,
        heading=f"Invite somebody to {KINDS[kind][0]}",
        button="Send the invitation",
    ), form.status


@blueprint.route("/people/invite/many", methods=["GET", "POST"])
@access(ADMINISTRATORS)
@proved
def invite_many() -> Any:
    """Read a file and show what would become of each line; nothing is sent yet."""
    form = InviteManyForm()
    if form.validate_on_submit():
        text = decoded(form.file.data.read())
        confirming = ConfirmManyForm(formdata=None, text=text)
        if carried_out(form, lambda: inviting.lines_of(text, by=me(), now=now())):
            return _preview(confirming)
    return render_template(
        "accounts/invite_many.html", form=form, columns=inviting.COLUMNS, most=inviting.MOST
    ), form.status


@blueprint.route("/people/invite/many/confirm", methods=["POST"])
@access(ADMINISTRATORS)
def confirm_many() -> Any:
    form, invited = ConfirmManyForm(), []
    if not form.validate_on_submit() or not form.text.data:
        return redirect(url_for("accounts.invite_many"))
    if carried_out(form, lambda: invited.append(inviting.invite_many(form.text.data, by=me(), now=now()))):
        count = invited[0] if invited else 0
        flash(f"{count} {'person is' if count == 1 else 'people are'} invited.", "success")
        return redirect(url_for("accounts.people_list", signed_in="never"))
    return _preview(form), form.status


def _preview(form: ConfirmManyForm) -> str:
    lines = inviting.lines_of(form.text.data, by=me(), now=now())
    return render_template(
        "accounts/invite_many_check.html",
        form=form,
        fine=[line for line in lines if not line.problem],
        wrong=[line for line in lines if line.problem and not line.has_account],
        known=[line for line in lines if line.has_account],
    )


@blueprint.route("/people/<id:number>/add/<any('role', 'school', 'seat'):kind>", methods=["GET", "POST"])
@access(ADMINISTRATORS)
@proved
def add_to_person(number: int, kind: str) -> Any:
    person = known(number)
    form = place_form(kind, queries.fund_names(), london_date(now()), new=False)
    if form.validate_on_submit() and carried_out(
        form, lambda: people.give(person, form.place(), by=me(), now=now(), reason=form.reason.data or "")
    ):
        flash("That is added.", "success")
        return redirect(url_for("accounts.person", number=number))
    return render_template(
        "accounts/place.html",
        form=form,
        kind=kind,
        person=person,
        heading=f"Add {KINDS[kind][0]}",
        button="Add",
    ), form.status


@blueprint.route(
    "/people/<id:number>/<any('role', 'school', 'seat'):kind>/<id:held>/end", methods=["GET", "POST"]
)
@access(ADMINISTRATORS)
@proved
def end_holding(number: int, kind: str, held: int) -> Any:
    person = known(number)
    everything: list[Holding] = [*person.roles, *person.memberships, *person.seats]
    found = [item for item in everything if item.id == held and kind_of(item) == kind]
    if not found:
        abort(404)
    form = EndForm(last_day=london_date(now()))
    if form.validate_on_submit() and carried_out(
        form, lambda: people.end(found[0], last_day=form.last_day.data, by=me(), now=now())
    ):
        flash("The last day is recorded.", "success")
        return redirect(url_for("accounts.person", number=number))
    words = holding_words(found[0], queries.fund_names())
    return render_template("accounts/end.html", form=form, person=person, words=words), form.status
