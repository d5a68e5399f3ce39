"""Schools that join an award or leave it: whether they may, and which money may support them."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part
from fundflow.models.change import ChangeRequest
from fundflow.models.fund import Allocation
from fundflow.models.ledger_entry import BidBalance
from fundflow.models.school import School
from fundflow.rules.changes import why_not_supported
from fundflow.rules.ledger_totals import grouped
from fundflow.workflow.phrases import joined


def joining(change: ChangeRequest) -> list[School]:
    """The schools that a change lets take part."""
    return [one.school for one in change.partners if not one.leaves]


def leaving(change: ChangeRequest) -> list[School]:
    """The schools that a change lets go."""
    return [one.school for one in change.partners if one.leaves]


def schools_after(change: ChangeRequest) -> list[School]:
    """Those that take part once the change is agreed, the lead school first."""
    bid, gone = change.bid, {school.today_id for school in leaving(change)}
    stay = [p.school for p in bid.partners if p.takes_part and p.school_id not in gone]
    return [bid.lead_school, *stay, *joining(change)]


def why_not_of_bid(change: ChangeRequest) -> str | None:
    """Why these schools can't take part, or have these lines, as a sentence; None where they can."""
    after = schools_after(change)
    ids = {school.today_id for school in after}
    strangers = [line for line in change.new_lines if line.school.today_id not in ids]
    if leaving(change) and len(after) == 1 and not change.bid.external_provider:
        return "No other school would be left. Let another school join, or stop the funding."
    if strangers:
        line = strangers[0]
        return f"{line.school.name} does not take part, so it can’t have a line for {line.what}."
    return next(filter(None, _why_not_in_or_out(change)), None) or why_money_may_not(change)


def _why_not_in_or_out(change: ChangeRequest) -> Iterator[str | None]:
    bid = change.bid
    partners = {partner.school_id for partner in bid.partners if partner.takes_part}
    for school in joining(change):
        yield _why_not_join(bid, school, partners)
    for school in leaving(change):
        if school.today_id not in partners:
            yield f"{school.name} takes no part that it could leave."


def _why_not_join(bid: Bid, school: School, partners: set[int]) -> str | None:
    if school.today_id in {bid.lead_school_id, *partners}:
        return f"{school.name} takes part already."
    if not school.is_open:
        return f"{school.name} is not open."
    if school.is_organisation and not bid.fund.allows_organisations:
        return f"{school.name} is not a school, and this fund is for schools only."
    return None


def why_money_may_not(change: ChangeRequest) -> str | None:
    """The sentence where the supported schools change, and the lines of the fund that pay the award may not
    support those of one kind: what counts is who benefits."""
    session = object_session(change.bid)
    if session is None or not any(one.part is Part.SUPPORTED for one in change.partners):
        return None
    supported = supported_after(change)
    for kind in dict.fromkeys(school.kind for school in supported):
        left = _unpaid(session, change.bid_id or change.bid.id)
        of_kind = [school for school in supported if school.kind is kind]
        why = why_not_supported(
            joined([school.name for school in of_kind]),
            unpaid=sum(left.values()),
            free_for_all=sum(pence for line, pence in left.items() if kind.value in line.pays),
            supported=len(supported),
            barred=len(of_kind),
        )
        if why:
            return why
    return None


def supported_after(change: ChangeRequest) -> list[School]:
    """The schools that receive the support after the change."""
    gone = {school.today_id for school in leaving(change)}
    named = [
        partner.school
        for partner in change.bid.partners
        if partner.part is Part.SUPPORTED and partner.takes_part and partner.school_id not in gone
    ]
    named += [one.school for one in change.partners if one.part is Part.SUPPORTED and not one.leaves]
    return named or [change.bid.lead_school]


def _unpaid(session: Session, bid_id: int) -> dict[Allocation, int]:
    """Pence that are awarded and unpaid by the allocation line that holds them."""
    columns = BidBalance.allocation_id, BidBalance.kind, BidBalance.pence
    found = grouped(session.execute(select(*columns).where(BidBalance.bid_id == bid_id)).all())
    return {session.get_one(Allocation, line): t.outstanding for line, t in found.items() if t.outstanding}
