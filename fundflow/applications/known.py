"""What we know before the school types it: filled in on the form's pages, and stored once it is saved."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import object_session

from fundflow.letters.holders import leaders_of
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import BackfillLine, Part
from fundflow.models.brokering import SupportRequest
from fundflow.models.person import User
from fundflow.workflow.support_request import RequestState
from fundflow.workflow.working_days import london_date


def contact(bid: Bid, user: User, now: datetime) -> dict[str, Any]:
    """The person who writes the bid, with the telephone number of their last bid or of the school."""
    theirs = bid.lead_school_id in user.school_ids(london_date(now))
    if bid.contact_name or bid.contact_email or not theirs:
        return {}  # an officer who enters a bid is not its contact: that would bar them from it
    last = _last_bid(bid, Bid.contact_email == user.email)
    return {
        "contact_name": user.name,
        "contact_role": user.job_title or (last.contact_role if last else ""),
        "contact_email": user.email,
        "contact_phone": (last.contact_phone if last else "") or bid.lead_school.telephone,
    }


def approver(bid: Bid, _user: User, _now: datetime) -> dict[str, Any]:
    """Who signed the school's last bid in the same role."""
    if bid.approver_name or bid.approver_email:
        return {}
    last = _last_bid(bid, Bid.approver_role == bid.approver_wanted, Bid.approver_email != "")
    return {"approver_name": last.approver_name, "approver_email": last.approver_email} if last else {}


def provider(bid: Bid, now: datetime) -> dict[str, Any]:
    """The school that an officer proposed, when this school asked for support."""
    session = object_session(bid)
    proposed = session and session.scalar(
        select(SupportRequest)
        .where(
            SupportRequest.school_id == bid.lead_school_id,
            SupportRequest.fund_id == bid.fund_id,
            SupportRequest.state == RequestState.PROPOSED,
        )
        .order_by(SupportRequest.id.desc())
        .limit(1)
    )
    school = proposed.proposed_school if proposed else None
    if school is None or school.la_code != bid.fund.la_code or school in bid.schools:
        return {}
    heads = leaders_of(school, london_date(now))
    named = {"contact_name": heads[0].name, "contact_email": heads[0].email} if heads else {}
    return {"school_urn": school.urn, "part": Part.PROVIDER} | named


def releasing_school(bid: Bid, _now: datetime) -> dict[str, Any]:
    """Where the last line's member of staff comes from; of the first line, the only provider."""
    giving = [partner.school_id for partner in bid.partners if partner.part is Part.PROVIDER]
    lines: list[BackfillLine] = bid.backfill_lines
    chosen = lines[-1].school_id if lines else giving[0] if len(giving) == 1 else None
    return {"school_id": str(chosen)} if chosen else {}


def project_dates(bid: Bid, _now: datetime) -> dict[str, Any]:
    """An activity lasts as long as the project, until the school says otherwise."""
    return {"starts_on": bid.start_on, "ends_on": bid.end_on} if bid.start_on and bid.end_on else {}


def _last_bid(bid: Bid, *like: Any) -> Bid | None:
    """The newest earlier bid of the lead school that is like this."""
    session = object_session(bid)
    query = select(Bid).where(Bid.lead_school_id == bid.lead_school_id, Bid.id < bid.id, *like)
    return session.scalar(query.order_by(Bid.id.desc()).limit(1)) if session else None
