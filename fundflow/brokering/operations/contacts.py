"""The log of contacts between officers and schools."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from fundflow.brokering import queries
from fundflow.brokering.contacts import is_corrected
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.brokering import Contact, How, SupportRequest
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.rules.interests.own_schools import OwnBodies
from fundflow.workflow.engine import Refused
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date


class ContactLine(NamedTuple):
    """One contact: when, how, with whom, what was said, and what it is about."""

    on: date
    how: How
    with_whom: str
    said: str
    school: School
    other_school: School | None = None
    bid: Bid | None = None
    request: SupportRequest | None = None


def log_contact(line: ContactLine, *, user: User, now: datetime, corrects: Contact | None = None) -> Contact:
    """Write a line into the log; nothing ever changes one, another line corrects it.

    A second click returns the first one's line. Raises Refused.
    """
    queries.require_broker(user, now)
    if line.on > london_date(now):
        raise Refused("The contact can’t lie in the future.")
    schools = [line.school, *([line.other_school] if line.other_school else [])]
    if bar := OwnBodies.of(user, london_date(now)).bar_from(schools):
        raise Refused(f"You can’t log this: {bar_to_you(bar)}. A colleague can.")
    contact = Contact(
        on=line.on,
        how=line.how,
        with_whom=line.with_whom,
        said=line.said,
        school_id=line.school.id,
        other_school_id=line.other_school.id if line.other_school else None,
        about_bid_id=line.bid.id if line.bid else None,
        request_id=line.request.id if line.request else None,
        corrects_id=corrects.id if corrects else None,
        at=now,
        by_id=user.id,
    )
    if known := _same_line(contact):
        return known
    if corrects and is_corrected(corrects):
        raise Refused("Another line has corrected this one already. Correct that one instead.")
    db.session.add(contact)
    db.session.commit()
    return contact


def _same_line(new: Contact) -> Contact | None:
    columns = (
        "on",
        "how",
        "with_whom",
        "said",
        "school_id",
        "other_school_id",
        "about_bid_id",
        "request_id",
        "corrects_id",
        "by_id",
    )
    return db.session.scalar(
        select(Contact)
        .where(*(getattr(Contact, name).is_not_distinct_from(getattr(new, name)) for name in columns))
        .limit(1)
    )
