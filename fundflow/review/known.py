"""What the bid and our records answer of the checklist, for the officer to check, change and save."""

from collections.abc import Collection, Sequence
from datetime import date

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import BackfillLine, Part
from fundflow.models.review import Verdict
from fundflow.names import searchable
from fundflow.review.facts import OtherBid, PastLine
from fundflow.rules.bid_money import rate_cap_pence, why_above_year_cap, why_too_many_materials
from fundflow.rules.bid_remarks import remarks_on
from fundflow.workflow.confirmation import ConfirmationState
from fundflow.workflow.working_days import months_after


def known_verdicts(
    bid: Bid,
    today: date,
    *,
    others: Collection[OtherBid],
    overdue: Collection[object],
    past: Sequence[PastLine],
    too_few_days: bool,
    tied: bool,
) -> dict[str, Verdict]:
    """Checklist slug → verdict, of the items that the facts settle in the bid's favour.

    What they do not settle, and what speaks against the bid, is the officer's to answer.

    others        other live bids of its schools
    overdue       reports that its schools owe
    past          lines of past awards
    too_few_days  whether a provider offers fewer days than are asked of it
    tied          whether anything shows that its officer brokered it or has an interest
    """
    holds = {
        "area": bid.lead_school.is_open and bid.lead_school.la_code == bid.fund.la_code,
        "parties": len(bid.schools) > 1,
        "priority": bid.priority is not None and bid.priority.round_id == bid.round_id,
        "dates": _is_in_time(bid) and not remarks_on(bid, today),
        "costs": _is_within_caps(bid),
        "duplicate": bid.other_funding is False and not others,
        "reports": not overdue,
        "rates": bool(bid.backfill_lines) and all(_is_usual(bid, line, past) for line in bid.backfill_lines),
        "capacity": not (too_few_days or bid.external_provider) and _provider_confirmed(bid),
    }
    known = {slug: Verdict.PASS for slug, is_so in holds.items() if is_so}
    return known if tied or bid.officer is None else known | {"brokering": Verdict.NOT_APPLICABLE}


def _is_in_time(bid: Bid) -> bool:
    start, end = bid.start_on, bid.end_on
    return start is not None and end is not None and end <= months_after(start, bid.fund.max_months)


def _is_within_caps(bid: Bid) -> bool:
    within = 0 < bid.requested_pence <= bid.fund.bid_cap_pence
    return within and not (why_too_many_materials(bid) or why_above_year_cap(bid))


def _is_usual(bid: Bid, line: BackfillLine, past: Sequence[PastLine]) -> bool:
    """No higher than its cap, and than any past award for this grade (or role), where there is one."""
    like = [old.pence for old in past if is_alike(line, old)]
    most = min(rate_cap_pence(bid.fund, line.grade), max(like, default=line.day_rate_pence))
    return line.day_rate_pence <= most


def is_alike(line: BackfillLine, old: PastLine) -> bool:
    """Whether a past line is of the same grade; where the bid's names none, of the same role."""
    if line.grade_id:
        return line.grade_id == old.grade_id
    return searchable(line.staff_role) == old.role


def _provider_confirmed(bid: Bid) -> bool:
    asked = [one.state for one in bid.confirmations if one.part is Part.PROVIDER]
    return bool(asked) and set(asked) == {ConfirmationState.CONFIRMED}
