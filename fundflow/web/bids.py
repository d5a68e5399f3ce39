"""Fetching records for a page: what a person may not see does not exist (404)."""

from functools import lru_cache
from typing import Any, NoReturn

from flask import abort, make_response, render_template, request
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Load, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.lists import Lists
from fundflow.permissions import is_visible_to, known_bar, knows_of
from fundflow.rules.asker import Asker, Shape
from fundflow.web.access import me, now
from fundflow.web.errors import page
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date

STAYS = ("desk.history", "payments.bid_money")  # pages of a bid whose personal data was removed


def visible_bid(reference: str, *options: Load, lists: Lists | None = None) -> Bid:
    """The bid with this reference, if the signed-in person may see it; else 404.

    options, lists  what else the page shows of it; options are made once, as a statement is kept for each
    """
    if not reference.isprintable():
        abort(404)  # a NUL, which PostgreSQL refuses to look for
    who = Asker.of(me(), london_date(now()))
    asked = _by_reference(who.shape, options)
    bid = db.session.scalars(asked, {**who.values, "reference": reference[:20]}).unique().one_or_none()
    if bid is None:
        # One more statement and no other, whether there is such a bid or not: nobody can tell by a stopwatch.
        closed(db.session.scalar(select(Bid).where(Bid.reference == reference[:20], knows_of(me(), now()))))
    if bid.removed_at is not None and request.endpoint not in STAYS:
        abort(make_response(render_template("bid_removed.html", bid=bid), 410))
    if lists is not None:
        lists.load(bid)
    return bid


@lru_cache(maxsize=256)
def _by_reference(shape: Shape, options: tuple[Load, ...]) -> Select[Bid]:
    return (
        select(Bid)
        .where(is_visible_to(shape), Bid.reference == bindparam("reference"))
        .options(
            joinedload(Bid.fund),
            joinedload(Bid.lead_school),
            joinedload(Bid.officer),
            joinedload(Bid.named_people),  # next to none, and asked for by every page with a step
            *options,
        )
    )


def closed(bid: Bid | None, name: str = "") -> NoReturn:
    """No page here for the signed-in person: 404, or why, where they know of the bid and have an interest
    in it (403).

    name  what it is called instead of its reference, where the address does not give that
    """
    bar = known_bar(me(), bid, now()) if bid else None
    if bid is None or bar is None:
        abort(404)
    why = bar_to_you(bar)
    text = f"{name or bid.reference} is closed to you: {why}. If that is wrong, tell the clerk or an officer."
    abort(make_response(page("You take no part in this bid", text, 403)))


def visible_part(kind: Any, number: int, bid: Bid) -> Any:
    """A record that belongs to a visible bid, by its id; else 404."""
    record = db.session.get(kind, number)
    if record is None or record.bid_id != bid.id:
        abort(404)
    set_committed_value(record, "bid", bid)  # as it was loaded, with all that came with it
    return record
