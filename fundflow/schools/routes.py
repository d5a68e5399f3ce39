"""Finding a school, and a school's page."""

from flask import Blueprint, abort, render_template, request

from fundflow.models.school_queries import school_by_urn
from fundflow.permissions import is_staff
from fundflow.schools import queries, words
from fundflow.web.access import SIGNED_IN, access, me, now

rooms = Blueprint("schools", __name__)
rooms.add_app_template_filter(words.pupils, "pupils")
rooms.add_app_template_filter(words.share, "share")


@rooms.route("/schools")
@access(SIGNED_IN)
def search() -> str:
    """Schools by name, URN or postcode: the fund's authority, or the whole of England."""
    wanted = queries.Wanted.from_args(request.args)
    return render_template("schools/search.html", wanted=wanted, page=queries.schools_page(wanted))


@rooms.route("/schools/<urn>")
@access(SIGNED_IN)
def school(urn: str) -> str:
    """What public data we hold on a school, and its bids as far as the viewer may see them."""
    found = school_by_urn(urn) or abort(404)
    user, at = me(), now()
    for_staff = is_staff(user, at)
    after = queries.row_id(request.args.get("after", ""))
    return render_template(
        "schools/school.html", school=found, kind=queries.KIND_WORDS[found.kind],
        premiums=queries.premiums_of(found), bids=queries.bids_of(found, user, at, after),
        people=queries.people_of(found, at) if queries.may_see_people(user, at) else None,
        for_staff=for_staff,
    )  # fmt: skip
