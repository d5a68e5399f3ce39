"""Who may enter the panel’s pages, and how a page fetches a meeting or an item (else 404)."""

from typing import NoReturn

from flask import abort, request

from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.person import RoleName as R
from fundflow.panel import queries
from fundflow.web.access import me, now, roles
from fundflow.web.bids import closed
from fundflow.web.paging import row_id

READERS = roles(R.CLERK, R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR, R.AUTHORISED_OFFICER, panel=True)
CLERKS = roles(R.CLERK)
MEMBERS = roles(R.CLERK, panel=True)


def visible_meeting(number: int) -> Meeting:
    """A meeting of a fund this person works for; else 404."""
    return queries.meeting(number, me(), now()) or abort(404)


def visible_item(meeting_id: int, item_id: int) -> AgendaItem:
    """An item whose papers this person may see; else 404, or why an interest keeps them from it."""
    return queries.item(meeting_id, item_id, me(), now()) or _closed(meeting_id, item_id)


def acted_item(meeting_id: int, item_id: int) -> AgendaItem:
    """`visible_item` for an operation: without the rows that only its page shows."""
    return queries.item_to_act_on(meeting_id, item_id, me(), now()) or _closed(meeting_id, item_id)


def _closed(meeting_id: int, item_id: int) -> NoReturn:
    closed(queries.bid_of_item(visible_meeting(meeting_id), item_id, me(), now()), name="This item")


def item_named() -> int:
    """The item from whose page something about the whole meeting was sent; 0 where from none."""
    return row_id(request.form.get("item")) or 0
