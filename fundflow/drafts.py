"""Beginning a bid: what the form's first page, officers and requests for support share."""

from datetime import datetime

from sqlalchemy import select

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.bid import Bid, Origin
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.round import Round
from fundflow.models.school import School
from fundflow.rules.rounds import let_in_until
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused


def begin_draft(
    *,
    user: User,
    school: School,
    round_: Round,
    now: datetime,
    origin: Origin = Origin.SCHOOL,
    origin_note: str = "",
) -> Bid:
    """A new draft led by this school, or the one that this person began and nobody has touched.

    The caller has made sure that this person may begin it, and commits. Raises Refused where the
    school or the round may not bid.
    """
    fund = ledger.lock_fund(round_.fund_id)
    if why := why_no_draft(school, round_, now):
        raise Refused(why)
    draft = untouched_draft(user, school, round_, origin)
    if draft is None:
        draft = Bid(
            fund=fund,
            round=round_,
            reference=next_reference(fund),
            lead_school=school,
            created_at=now,
            created_by_id=user.id,
            state_since=now,
            origin=origin,
            origin_note=origin_note,
        )
        db.session.add(draft)
        db.session.flush()  # its parts point at it
    return draft


def why_no_draft(school: School, round_: Round, now: datetime) -> str | None:
    """None where this school may begin a bid in this round now, else the sentence."""
    if why := why_never(school, round_.fund):
        return why
    why = round_.why_closed(now)
    return why if why and not let_in_until(round_.id, school.id, now) else None


def why_never(school: School, fund: Fund) -> str | None:
    """None where this school may lead a bid to this fund, whatever the round, else the sentence."""
    if not school.is_open:
        return f"{school.name} is not open, so it can’t bid."
    if school.is_organisation and not fund.allows_organisations:
        return f"{fund.name} takes bids from schools only."
    if school.la_code != fund.la_code:
        return f"{school.name} is not in the area of {fund.council}."
    return None


def untouched_draft(user: User, school: School, round_: Round, origin: Origin) -> Bid | None:
    """A draft this person started and nobody has changed since: a second click starts no second."""
    return db.session.scalar(
        select(Bid).where(
            Bid.created_by_id == user.id,
            Bid.lead_school_id == school.id,
            Bid.round_id == round_.id,
            Bid.state == BidState.DRAFT,
            Bid.version == 1,
            Bid.origin == origin,
        )
    )


def next_reference(fund: Fund) -> str:
    """The next bid's reference; the caller has locked the fund's row."""
    number, fund.next_number = fund.next_number, fund.next_number + 1
    return f"{fund.prefix}-{number:04}"
