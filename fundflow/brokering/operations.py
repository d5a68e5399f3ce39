"""What officers do beside requests: the log of contacts, and support a school has not asked for."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from fundflow import interests
from fundflow.brokering import queries
from fundflow.brokering.contacts import is_corrected
from fundflow.brokering.operations_requests import add_provider, fill_contact
from fundflow.drafts import begin_draft
from fundflow.extensions import db
from fundflow.models.bid import Bid, Origin
from fundflow.models.bid_parts import Partner
from fundflow.models.brokering import Contact, Expertise, How, SupportRequest
from fundflow.models.fund import Round
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.rules.interests.own_schools import OwnBodies
from fundflow.steps import note
from fundflow.workflow.application import BidState
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


def commission(
    school: School,
    provider: School,
    round_: Round,
    *,
    expertise: Expertise,
    reason: str,
    user: User,
    now: datetime,
) -> Bid:
    """A draft led by a school that has not asked, which this officer fills in and submits for it.

    Its head agrees by confirming, before the panel. A second click returns the first one's draft.
    Raises Refused.
    """
    queries.require_broker(user, now, round_.fund_id)
    if why := _why_not_commission(school, provider, user, now):
        raise Refused(why)
    known = _same_commission(school, provider, round_, reason, user)
    if known is not None:
        return known
    bid = begin_draft(
        user=user, school=school, round_=round_, now=now, origin=Origin.COMMISSIONED, origin_note=reason
    )
    bid.origin_note, bid.officer = reason, user
    bid.title = bid.title or f"{expertise.words}: support from {provider.name}"[:140]
    fill_contact(bid, now)
    add_provider(bid, provider, now)
    note(bid, "commission", "Commissioned support for the school", user=user, now=now, reason=reason)
    interests.disclose(bid, user, now=now)
    db.session.commit()
    return bid


def _why_not_commission(school: School, provider: School, user: User, now: datetime) -> str | None:
    if school.id == provider.id:
        return "Choose two schools: one is supported, the other gives the support."
    if bar := OwnBodies.of(user, london_date(now)).bar_from([school, provider]):
        return f"You can’t commission this: {bar_to_you(bar)}. A colleague can."
    if not provider.is_open:
        return f"{provider.name} is not open, so it can’t give support."
    if provider.is_organisation and not queries.funds_of(provider):
        return f"No fund here takes part with {provider.name}."
    return None


def _same_commission(school: School, provider: School, round_: Round, reason: str, user: User) -> Bid | None:
    return db.session.scalar(
        select(Bid)
        .join(Partner, Partner.bid_id == Bid.id)
        .where(
            Bid.created_by_id == user.id,
            Bid.lead_school_id == school.id,
            Bid.round_id == round_.id,
            Bid.state == BidState.DRAFT,
            Bid.origin == Origin.COMMISSIONED,
            Bid.origin_note == reason,
            Partner.school_id == provider.id,
        )
        .order_by(Bid.id.desc())
        .limit(1)
    )
