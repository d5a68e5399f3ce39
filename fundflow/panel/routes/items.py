"""One item: what the clerk records, and what members do from their own page.

Each small form goes to one operation and comes back to the item; one that is not accepted shows
the same page with what was sent.
"""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from fundflow.models.interest import InterestKind
from fundflow.models.panel import AgendaItem
from fundflow.panel import item_page as pages
from fundflow.panel.blueprint import blueprint
from fundflow.panel.forms import (
    CastingForm,
    InterestForm,
    PresenceForm,
    ProposeAmountForm,
    VoteForm,
)
from fundflow.panel.operations import attendance, email_votes, interests, items, proposals
from fundflow.panel.operations.scores import save_scores, scores_stamp
from fundflow.panel.routes.common import CLERKS, MEMBERS, READERS, acted_item, item_named, visible_item
from fundflow.panel.scores.forms import ScoreForm, agreed_scores
from fundflow.web.access import access, me, now
from fundflow.web.forms import ConfirmForm, Form, carried_out
from fundflow.workflow.panel_rules import Choice

Answer = str | tuple[str, int] | Response
ITEM = "/meetings/<id:meeting_id>/items/<id:item_id>"


@blueprint.route(ITEM)
@access(READERS)
def item(meeting_id: int, item_id: int) -> Answer:
    """The page of an item; `/meetings/<id>` where this person takes no part in it is a 404."""
    return pages.item_page(visible_item(meeting_id, item_id))


@blueprint.route(f"{ITEM}/members/<id:seat_id>/presence", methods=["POST"])
@access(CLERKS)
def presence(meeting_id: int, item_id: int, seat_id: int) -> Answer:
    found, form = acted_item(meeting_id, item_id), PresenceForm()
    return _acted(
        found,
        form,
        lambda: attendance.record_presence(
            found, seat_id, present=form.present.data == "yes", user=me(), now=now()
        ),
        anchor=f"seat-{seat_id}",
    )


@blueprint.route("/meetings/<id:meeting_id>/members/<id:seat_id>/call", methods=["POST"])
@access(CLERKS)
def call(meeting_id: int, seat_id: int) -> Answer:
    """Somebody joined the call or left it, as recorded from an item’s page."""
    found, form = acted_item(meeting_id, item_named()), PresenceForm()
    return _acted(
        found,
        form,
        lambda: attendance.record_call(
            found.meeting, seat_id, present=form.present.data == "yes", user=me(), now=now()
        ),
        anchor=f"seat-{seat_id}",
    )


@blueprint.route(f"{ITEM}/take", methods=["POST"])
@access(CLERKS)
def take_item(meeting_id: int, item_id: int) -> Answer:
    """The panel takes this item: anyone who is barred from it leaves."""
    found = acted_item(meeting_id, item_id)
    return _acted(found, ConfirmForm(), lambda: attendance.take_item(found, user=me(), now=now()))


@blueprint.route(f"{ITEM}/proposal", methods=["POST"])
@access(CLERKS)
def proposal(meeting_id: int, item_id: int) -> Answer:
    """Another amount than was voted on until now."""
    found, form = acted_item(meeting_id, item_id), ProposeAmountForm()
    return _acted(
        found,
        form,
        lambda: proposals.propose(
            found, form.amount.data or 0, form.proposal_reason.data or "", user=me(), now=now()
        ),
        anchor="proposal",
    )


@blueprint.route(f"{ITEM}/votes", methods=["POST"])
@access(CLERKS)
def vote_alike(meeting_id: int, item_id: int) -> Answer:
    """Everybody present who may vote, and has not, votes the same."""
    found, form = acted_item(meeting_id, item_id), VoteForm()
    return _acted(found, form, lambda: items.vote_alike(found, form.choice.data, user=me(), now=now()))


@blueprint.route(f"{ITEM}/members/<id:seat_id>/vote", methods=["POST"])
@access(MEMBERS)
def vote(meeting_id: int, item_id: int, seat_id: int) -> Answer:
    found, form = acted_item(meeting_id, item_id), VoteForm()
    return _acted(
        found,
        form,
        lambda: items.vote(found, seat_id, form.choice.data, user=me(), now=now()),
        anchor="my-part" if _is_mine(seat_id) else f"seat-{seat_id}",
    )


def _is_mine(seat_id: int) -> bool:
    return any(seat.id == seat_id for seat in me().seats)


@blueprint.route(f"{ITEM}/members/<id:seat_id>/interest", methods=["GET", "POST"])
@access(MEMBERS)
def declare(meeting_id: int, item_id: int, seat_id: int) -> Answer:
    """A member's interest: their own, or recorded by the clerk."""
    found, form = acted_item(meeting_id, item_id), InterestForm()
    standing = interests.may_declare(found, seat_id, me(), now())
    known = next((d for d in found.bid.declarations if d.user_id == standing.seat.user_id), None)
    if known and not form.is_submitted():
        form.kind.data, form.text.data = known.kind, known.text
    voided: list[bool] = []
    if form.validate_on_submit() and carried_out(
        form,
        lambda: voided.append(
            interests.declare(found, seat_id, form.kind.data, form.text.data or "", user=me(), now=now())
        ),
    ):
        return _declared(found, form, own=standing.seat.user_id == me().id, voided=any(voided))
    return render_template(
        "panel/interest.html", form=form, item=found, standing=standing, own=standing.seat.user_id == me().id
    ), form.status


def _declared(item: AgendaItem, form: InterestForm, *, own: bool, voided: bool) -> Response:
    if voided:
        flash("The interest is recorded. The vote no longer counts, and is kept.", "success")
    if own and form.kind.data is InterestKind.BARRED:
        if not voided:
            flash("Your interest is recorded. You take no part in that item.", "success")
        return redirect(url_for("panel.meeting", meeting_id=item.meeting_id))
    return _back(item)


@blueprint.route(f"{ITEM}/no-interests", methods=["POST"])
@access(CLERKS)
def no_interests(meeting_id: int, item_id: int) -> Answer:
    """“Nobody else has an interest”, as said at the meeting."""
    found = acted_item(meeting_id, item_id)
    return _acted(
        found, ConfirmForm(), lambda: interests.declare_none_for_the_rest(found, user=me(), now=now())
    )


@blueprint.route(f"{ITEM}/scores", methods=["POST"])
@access(CLERKS)
def scores(meeting_id: int, item_id: int) -> Answer:
    found = acted_item(meeting_id, item_id)
    form = agreed_scores(found.rules)()
    return _acted(
        found,
        form,
        lambda: save_scores(found, form.scores, stamp=form.stamp.data or "", user=me(), now=now()),
        anchor="scores",
        before_page=lambda: _new_stamp(found, form),
    )


def _new_stamp(item: AgendaItem, form: ScoreForm) -> None:
    if form.stale:  # sent again, it means it
        form.stamp.data = scores_stamp(item)


@blueprint.route(f"{ITEM}/casting-vote", methods=["POST"])
@access(MEMBERS)
def casting_vote(meeting_id: int, item_id: int) -> Answer:
    found, form = acted_item(meeting_id, item_id), CastingForm()
    return _acted(
        found,
        form,
        lambda: items.cast(found, Choice(form.casting.data), form.casting_reason.data, user=me(), now=now()),
    )


@blueprint.route(f"{ITEM}/email-vote", methods=["POST"])
@access(CLERKS)
def email_vote(meeting_id: int, item_id: int) -> Answer:
    found = acted_item(meeting_id, item_id)
    form = pages.email_form_of(found)
    return _acted(
        found,
        form,
        lambda: email_votes.ask_to_vote_by_email(found, form.moment, form.why_text, user=me(), now=now()),
        anchor="decision",
        done="The members are being asked to vote by email.",
    )


def _acted(
    item: AgendaItem,
    form: Form,
    act: Callable[[], Any],
    *,
    anchor: str = "members",
    done: str = "",
    before_page: Callable[[], None] = lambda: None,
) -> Answer:
    back = _back(item, anchor)  # made before the commit, after which every row is read afresh
    if form.validate_on_submit() and carried_out(form, act):
        if done:
            flash(done, "success")
        return back
    before_page()
    return pages.item_page(visible_item(item.meeting_id, item.id), form)


def _back(item: AgendaItem, anchor: str = "members") -> Response:
    return redirect(url_for("panel.item", meeting_id=item.meeting_id, item_id=item.id, _anchor=anchor))
