"""Where the pages of a form send what is being typed, and where it is thrown away."""

from typing import Any

from flask import abort, flash, redirect, request

from fundflow.applications import queries
from fundflow.applications.blueprint import blueprint
from fundflow.applications.keeping import forget_typing, keep_typing, reference_of
from fundflow.models.bid import Bid
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bids import visible_bid


@blueprint.route("/typing", methods=["POST"])
@access(SIGNED_IN)
def typing_keep() -> Any:
    """Keep a page's fields as typed so far; answers without a page."""
    bid, place = _bid_and_place()
    if queries.why_not_editable(me(), bid, now()):
        abort(409)
    fields = request.form.to_dict(flat=False)
    return ("", 204) if keep_typing(bid, place, fields, user=me(), now=now()) else abort(413)


@blueprint.route("/typing/forget", methods=["POST"])
@access(SIGNED_IN)
def typing_forget() -> Any:
    """Throw away what was typed and not saved, and show the page as it is saved."""
    _, place = _bid_and_place()
    forget_typing(me(), place)
    flash("We threw away what you had typed. This is what is saved.", "success")
    return redirect(place)


def _bid_and_place() -> tuple[Bid, str]:
    """The bid whose form is typed into; 404 for anyone who does not fill it in."""
    place = request.form.get("place", "")
    reference = reference_of(place) or abort(404)
    bid = visible_bid(reference)
    return (bid, place) if queries.fills_in(me(), bid, now()) else abort(404)
