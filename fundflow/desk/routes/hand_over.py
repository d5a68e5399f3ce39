"""The pages of handing everything over: choose who, read what goes, do it."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from fundflow.desk import cover, hand_over
from fundflow.desk.blueprint import blueprint
from fundflow.desk.forms import HandOverForm
from fundflow.desk.hand_over import Everything
from fundflow.desk.routes.desk import STAFF
from fundflow.models.person import User
from fundflow.web.access import access, me, now
from fundflow.web.forms import carried_out
from fundflow.web.paging import row_id
from fundflow.workflow.working_days import london_date


@blueprint.route("/desk/hand-over")
@access(STAFF)
def hand_over_who() -> Any:
    """Choose whose bids go to whom; officers aren't asked whose: their own."""
    user, today = me(), london_date(now())
    anybody = cover.is_administrator(user, today)
    of = _person(request.args.get("of")) if anybody else user
    to = _person(request.args.get("to"))
    if of and to and of.id != to.id:
        return redirect(url_for("desk.hand_over_all", of=of.id, to=to.id))
    return render_template(
        "desk/hand_over_who.html",
        people=hand_over.people_with_bids() if anybody else [],
        officers=[one for one in cover.officers_on(today) if anybody or one.id != user.id],
        anybody=anybody,
        asked="to" in request.args,
        of=of,
        to=to,
    )


@blueprint.route("/desk/hand-over/<id:of>/<id:to>", methods=["GET", "POST"])
@access(STAFF)
def hand_over_all(of: int, to: int) -> Any:
    """What goes and what can't; then it goes."""
    found = _everything(of, to)
    officers = cover.officers_on(london_date(now()))
    form = HandOverForm.of_everything(found, officers)
    if form.validate_on_submit() and carried_out(form, lambda: _hand_over(form, found, officers)):
        flash(f"Done. {found.to.name} is being told.", "success")
        return redirect(url_for("desk.bids", officer=found.to.id))
    shown = _everything(of, to) if form.problem else found
    if form.stale:
        form.stamp.data = shown.stamp
    return render_template(
        "desk/hand_over.html", found=shown, form=form, visible=hand_over.visible_among(shown, me(), now())
    ), form.status


def _hand_over(form: HandOverForm, found: Everything, officers: list[User]) -> None:
    deputy = next((one for one in officers if one.id == form.deputy_id), None)
    hand_over.hand_over_everything(
        found.of, found.to, deputy, stamp=form.stamp.data or "", once=form.mark, user=me(), now=now()
    )


def _everything(of: int, to: int) -> Everything:
    """What would go from one to the other; 404 where this person may not hand it over."""
    whose, who = hand_over.person(of), hand_over.person(to)
    if whose is None or who is None or hand_over.why_not_hand_over(whose, me(), now()):
        abort(404)
    return hand_over.everything_of(whose, who, now())


def _person(text: str | None) -> User | None:
    number = row_id(text)
    return hand_over.person(number) if number else None
