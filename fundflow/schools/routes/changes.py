"""Schools that close, and passing their bids on to their successors."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from fundflow.models.school import School
from fundflow.rules.school_queries import school_by_urn
from fundflow.schools import change_queries as queries
from fundflow.schools import rules
from fundflow.schools.blueprint import blueprint
from fundflow.schools.forms import SuccessionForm
from fundflow.schools.operations import succession as operations
from fundflow.schools.operations.succession import SuccessionPlan
from fundflow.schools.passing import what_happens
from fundflow.schools.queries import last_code
from fundflow.schools.routes.schools import known
from fundflow.schools.successors import SuccessorCandidate, is_split, said_of, successors
from fundflow.web.access import access, me, now, roles
from fundflow.web.forms import carried_out


@blueprint.route("/schools/changes")
@access(roles(*rules.READERS))
def changes() -> str:
    """Schools of our live bids that have closed or are about to."""
    return render_template(
        "schools/changes.html",
        page=queries.changing(last_code(request.args)),
        may_edit=rules.may_edit(me(), now()),
    )


@blueprint.route("/schools/<urn>/succession", methods=["GET", "POST"])
@access(roles(*rules.EDITORS))
def succession(urn: str) -> Any:
    """Choose the successor, read what happens to each bid, and only then pass them on."""
    old = known(urn)
    holder = _holder(old)
    able = successors([old])[old.id]
    form = _form(old, holder, able)
    wanted = _wanted(old, holder, form) if form.validate_on_submit() else None
    if wanted and request.form.get("sure") == "yes" and carried_out(form, lambda: _pass_on(wanted, form)):
        flash(
            f"The bids are with {wanted.new.name} now. Its head and the officers are being told.", "success"
        )
        return redirect(url_for("schools.succession", urn=urn))
    return _page(old, holder, able, form, wanted)


def _holder(old: School) -> School:
    """Who has the bids: the school itself, or the one they passed to by mistake."""
    again = request.args.get("again", "")
    if not again:
        return old
    passed_to = {
        done.new_school.urn: done.new_school
        for done in queries.successions_of(old)
        if done.old_school_id == old.id
    }
    return passed_to.get(again) or abort(404)


def _form(old: School, holder: School, candidates: Sequence[SuccessorCandidate]) -> SuccessionForm:
    able = [c for c in candidates if c.school and not c.why_not and c.school.id != holder.id]
    form = SuccessionForm()
    form.offer((c.urn, c.words) for c in able)
    if not form.is_submitted():
        form.seen.data = operations.stamp(operations.bid_ids(old, holder))
        alone = len(able) == 1 and not is_split(candidates)
        form.successor.data = able[0].urn if alone else None
    return form


def _wanted(old: School, holder: School, form: SuccessionForm) -> SuccessionPlan | None:
    """What the form asks for; None, with the reason on the form, where it may not be."""
    new = school_by_urn(form.wanted, organisations=True)
    if new is None:
        form.urn.errors = ["We hold no school with this URN"]
        return None
    wanted = SuccessionPlan(old, holder, new, form.reason.data or "GIAS names it as the successor.")
    form.problem = operations.why_not(wanted, me(), now())
    return None if form.problem else wanted


def _pass_on(wanted: SuccessionPlan, form: SuccessionForm) -> None:
    operations.pass_on(wanted, seen=form.seen.data or "", user=me(), now=now())


def _page(
    old: School,
    holder: School,
    candidates: Sequence[SuccessorCandidate],
    form: SuccessionForm,
    wanted: SuccessionPlan | None,
) -> Any:
    user, at = me(), now()
    ids = operations.bid_ids(old, holder)
    if form.stale:
        form.seen.data = operations.stamp(ids)
    bids = queries.bids(ids, user, at)
    shown = {
        "old": old,
        "holder": holder,
        "form": form,
        "bids": bids,
        "hidden": len(ids) - len(bids),
        "why_not": rules.why_not_pass_on(user, holder, None, at),
    }
    if wanted and not form.problem:
        return render_template(
            "schools/succession_sure.html",
            **shown,
            new=wanted.new,
            happens={bid.id: what_happens(bid, holder, wanted.new) for bid in bids},
            money=queries.money_that_may_not_pay(ids, wanted.new),
            heads=queries.heads_of(wanted.new, at),
        )
    return render_template(
        "schools/succession.html",
        **shown,
        links=said_of([old])[old.id],
        candidates=candidates,
        is_split=is_split(candidates),
        is_closing=old.status_code in queries.CLOSING,
        successions=queries.successions_of(old),
        members=queries.members_of(old, at),
        may_move_people=rules.may_edit_organisations(user, at),
    ), form.status
