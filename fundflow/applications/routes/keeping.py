"""Where pages send what is being typed, and where it is thrown away."""

import re
from typing import Any

from flask import abort, flash, redirect, request

from fundflow.applications import queries
from fundflow.applications.blueprint import blueprint
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bids import visible_bid
from fundflow.web.keeping import Place, forget_typing, keep_typing, keeps_typing, place_at

FORM = r"/bids/([A-Za-z0-9-]{1,20})/form/[a-z-]{1,40}(?:/[a-z-]{1,40}/(?:add|[0-9]{1,15}))?"


@keeps_typing(FORM)
def _page_of_a_form(path: re.Match[str]) -> Place:
    bid = visible_bid(path.group(1))
    if not queries.fills_in(me(), bid, now()):
        abort(404)
    return Place(bid.id, queries.why_not_editable(me(), bid, now()))


@blueprint.route("/typing", methods=["POST"])
@access(SIGNED_IN)
def typing_keep() -> Any:
    """Keep a page's fields as typed so far; answers without a page."""
    path = request.form.get("place", "")
    place = place_at(path)
    if place.why_not:
        abort(409)
    fields = request.form.to_dict(flat=False)
    kept = keep_typing(path, fields, bid_id=place.bid_id, user=me(), now=now())
    return ("", 204) if kept else abort(413)


@blueprint.route("/typing/forget", methods=["POST"])
@access(SIGNED_IN)
def typing_forget() -> Any:
    """Throw away what was typed and not saved, and show the page as it is saved."""
    path = request.form.get("place", "")
    place_at(path)
    forget_typing(me(), path)
    flash("We threw away what you had typed. This is what is saved.", "success")
    return redirect(path)
