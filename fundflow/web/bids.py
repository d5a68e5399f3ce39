"""Fetching records for a page: what a person may not see does not exist (404)."""

from typing import Any

from flask import abort
from sqlalchemy.orm import Load, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.permissions import visible_to
from fundflow.web.access import me, now


def visible_bid(reference: str, *options: Load) -> Bid:
    """The bid with this reference, if whoever is signed in may see it; else 404."""
    if not reference.isprintable():
        abort(404)  # a NUL, which PostgreSQL refuses to look for
    query = visible_to(me(), now()).where(Bid.reference == reference[:20])
    query = query.options(
        joinedload(Bid.fund),
        joinedload(Bid.lead_school),
        joinedload(Bid.officer),
        joinedload(Bid.named_people),  # next to none, and asked for by every page with a step
        *options,
    )
    bid = db.session.scalars(query).unique().one_or_none()
    return bid if bid is not None else abort(404)


def visible_part(kind: Any, number: int, bid: Bid) -> Any:
    """A record that belongs to a visible bid, by its id; else 404."""
    record = db.session.get(kind, number)
    if record is None or record.bid_id != bid.id:
        abort(404)
    set_committed_value(record, "bid", bid)  # as it was loaded, with all that came with it
    return record
