"""Members' own scores: each gives theirs, then all see them side by side and talk about them."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundflow.models.panel import AgendaItem
from fundflow.panel.blueprint import blueprint
from fundflow.panel.operations import scores
from fundflow.panel.routes.common import CLERKS, MEMBERS, READERS, visible_item
from fundflow.panel.scores import pages as scores_pages
from fundflow.panel.scores.forms import SheetForm
from fundflow.panel.scores.queries import own_standing, sees_scores
from fundflow.rules.panel.sitting import ItemStanding
from fundflow.web.access import access, me, now
from fundflow.web.forms import carried_out
from fundflow.workflow.engine import Refused

Answer = str | tuple[str, int] | Response
ITEM = "/meetings/<id:meeting_id>/items/<id:item_id>"


@blueprint.route(f"{ITEM}/my-scores", methods=["GET", "POST"])
@access(MEMBERS)
def my_scores(meeting_id: int, item_id: int) -> Answer:
    """A member's own scores; who does not sit on the panel has none (404)."""
    found = visible_item(meeting_id, item_id)
    return _sheet(found, own_standing(found, me(), now()) or abort(404))


@blueprint.route(f"{ITEM}/members/<id:seat_id>/scores", methods=["GET", "POST"])
@access(CLERKS)
def member_scores(meeting_id: int, item_id: int, seat_id: int) -> Answer:
    """A member's scores, entered by the clerk as the member says them."""
    found = visible_item(meeting_id, item_id)
    standing = scores.whose_scores(found, seat_id, me(), now())
    return _sheet(found, standing)


def _sheet(item: AgendaItem, standing: ItemStanding) -> Answer:
    seat_id, form = standing.seat.id, scores_pages.sheet_form(item, standing.seat.id)
    hands_in = request.form.get("do") == "hand_in"
    if _is_whole(form, hands_in) and carried_out(
        form,
        lambda: scores.save_sheet(
            item, seat_id, form.marks, hand_in=hands_in, stamp=form.stamp.data or "", user=me(), now=now()
        ),
    ):
        flash(HANDED_IN if hands_in else SAVED, "success")
        return _on(item, standing, hands_in)
    if form.stale:  # sent again, it means it
        form.stamp.data = scores.sheet_stamp(item, seat_id)
    page = scores_pages.own_page(item, standing, form, me(), now())
    return render_template(
        "panel/my_scores.html", item=item, bid=item.bid, page=page, score_words=scores_pages.score_words
    ), form.status


SAVED = "Your scores so far are saved. They count once they are handed in."
HANDED_IN = "The scores are handed in."


def _is_whole(form: SheetForm, hands_in: bool) -> bool:
    """Whether what was sent can be kept; every question that can't be says why."""
    valid = form.validate_on_submit()
    return (form.is_whole() and valid) if hands_in and form.is_submitted() else valid


def _on(item: AgendaItem, standing: ItemStanding, hands_in: bool) -> Response:
    at: dict[str, Any] = {"meeting_id": item.meeting_id, "item_id": item.id}
    if hands_in:
        return redirect(url_for("panel.scores_page", **at))
    if standing.seat.user_id == me().id:
        return redirect(url_for("panel.my_scores", **at))
    return redirect(url_for("panel.member_scores", seat_id=standing.seat.id, **at))


@blueprint.route(f"{ITEM}/scores")
@access(READERS)
def scores_page(meeting_id: int, item_id: int) -> Answer:
    """Everybody's scores; for a member once they have handed in their own."""
    found, at = visible_item(meeting_id, item_id), now()
    shown = sees_scores(me(), found, at)
    page = scores_pages.all_scores(found, me(), at) if shown else None
    mine = own_standing(found, me(), at)
    return render_template("panel/scores.html", item=found, bid=found.bid, page=page, mine=mine)


@blueprint.route(f"{ITEM}/scores/<slug>/talk", methods=["GET", "POST"])
@access(MEMBERS)
def moderate(meeting_id: int, item_id: int, slug: str) -> Answer:
    """What the panel said about a criterion on which its members differ."""
    found, at = visible_item(meeting_id, item_id), now()
    if slug not in found.rules.slugs:
        abort(404)
    if why := scores.why_no_moderation(found, slug, me(), at):
        raise Refused(why)
    form = scores_pages.moderation_form(found, slug, at)
    if not found.is_open and not form.is_submitted():
        raise Refused("This item is no longer open, so scores can’t change.")
    if form.validate_on_submit() and carried_out(
        form,
        lambda: scores.moderate(
            found, slug, form.note.data, form.changed, stamp=form.stamp.data or "", user=me(), now=at
        ),
    ):
        flash("What was said is recorded.", "success")
        return redirect(url_for("panel.scores_page", meeting_id=meeting_id, item_id=item_id))
    if form.stale:
        form.stamp.data = scores.moderation_stamp(found, slug)
    return render_template(
        "panel/moderate.html",
        item=found,
        bid=found.bid,
        form=form,
        criterion=next(c for c in found.rules.criteria if c.slug == slug),
        cells=scores_pages.cells_of(found, slug, at),
    ), form.status
