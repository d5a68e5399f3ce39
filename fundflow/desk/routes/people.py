"""The people of a bid's schools, for its liaison officers: who has an account, and inviting who has none."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from fundflow.accounts import of_schools
from fundflow.accounts.forms import InviteToSchoolForm
from fundflow.desk.blueprint import blueprint
from fundflow.models.bid import Bid
from fundflow.models.confirmation import Confirmation
from fundflow.models.person import RoleName, Standing
from fundflow.models.signing_in import ProofFor
from fundflow.proofs import require_proof
from fundflow.web.access import access, me, now, roles
from fundflow.web.bid_page import bid_page
from fundflow.web.bids import visible_bid
from fundflow.web.forms import carried_out
from fundflow.workflow.engine import refuse_if
from fundflow.workflow.working_days import london_date

OFFICERS = roles(RoleName.OFFICER, RoleName.DEPUTY_OFFICER)


@blueprint.route("/bids/<reference>/people")
@access(OFFICERS)
def bid_people(reference: str) -> Any:
    """Who of the bid's schools has an account."""
    bid = _bid(reference)
    schools = of_schools.people_of_schools(bid, london_date(now()))
    return bid_page("desk/people.html", bid, schools=schools)


@blueprint.route("/bids/<reference>/people/<urn>", methods=["GET", "POST"])
@access(OFFICERS)
def invite_to_school(reference: str, urn: str) -> Any:
    bid = _bid(reference)
    schools = of_schools.people_of_schools(bid, london_date(now()))
    found = next((each for each in schools if each.school.urn == urn), None) or abort(404)
    require_proof(me(), ProofFor.APPOINTMENTS, now(), fund=bid.fund)  # before anything is typed
    school, form = found.school, InviteToSchoolForm(**_known(found.asking))
    if form.validate_on_submit() and carried_out(
        form,
        lambda: of_schools.invite_to_school(
            bid,
            school,
            email=form.email.data,
            name=form.name.data,
            job_title=form.job_title.data or "",
            standing=form.standing.data,
            user=me(),
            now=now(),
        ),
    ):
        flash(f"{form.name.data} is invited. Their link is on its way.", "success")
        return redirect(url_for("desk.bid_people", reference=reference))
    return render_template("desk/invite.html", form=form, bid=bid, school=school), form.status


def _known(asking: Confirmation | None) -> dict[str, Any]:
    """Of the head who asked for an account: what their answer by link said."""
    if asking is None:
        return {}
    return {"name": asking.signed_name, "email": asking.link_email, "standing": Standing.LEADER}


def _bid(reference: str) -> Bid:
    bid = visible_bid(reference)
    refuse_if(of_schools.why_not_invite(bid, me(), now()))
    return bid
