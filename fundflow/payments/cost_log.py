"""Other costs of an award: each is entered with its receipt, and a receipt counts once.

The row of the school whose cost it is gets locked, so that its people can't enter a receipt in two
bids at once.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from fundflow.extensions import db
from fundflow.files import Received, Sent, Unfit, files, receiving
from fundflow.files.kinds import kinds_taken
from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid
from fundflow.models.files import Attachment
from fundflow.models.money import pounds
from fundflow.models.person import User
from fundflow.models.spent_cost import SpentCost
from fundflow.payments.day_log import lock_schools, school_of_logger
from fundflow.permissions import costs_seen, is_staff, may_see
from fundflow.rules.claims import why_log_closed
from fundflow.rules.openings import earned_before, why_before_award, why_counted_before
from fundflow.steps import lock
from fundflow.workflow.award import most_of_line
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import london_date

MOST_COSTS = 200  # of one bid, struck out ones among them
NOT_YOURS = "Only people of the school that spent it, or of the lead school, can add a cost."
TWICE = "You chose the same file twice. Choose another second file, or none"
USED_HERE = "This receipt is in the log already, with the same amount and date."
USED_ELSEWHERE = (
    "This receipt was used already, with the same amount and date, in another bid. A cost is paid only once."
)


class LineCosts(NamedTuple):
    """A line of other costs, and the pence spent of it."""

    line: AwardLine
    spent: int


def add_cost(
    bid: Bid,
    *,
    line_id: int,
    spent_on: date,
    pence: int,
    what: str,
    sent: Sequence[Sent],
    user: User,
    now: datetime,
) -> SpentCost:
    """Enter a cost with its receipt, one file or two; a second click enters nothing more.

    Raises Unfit where a file may not be kept, Refused where the award can't pay for the cost.
    """
    _require(bid, line_id, spent_on, user, now)
    if not sent:
        raise Unfit("Choose the receipt")
    with receiving(sent, kinds_taken(bid.fund)) as received:
        lock(bid, None)
        line, by = _require(bid, line_id, spent_on, user, now)
        lock_schools([line.school_id])
        entry = SpentCost(
            bid_id=bid.id,
            line_id=line.id,
            spent_on=spent_on,
            pence=pence,
            what=what,
            entered_at=now,
            entered_by_id=user.id,
            by_school_id=by,
        )
        hashes = {one.sha256 for one in received}
        if len(hashes) < len(received):
            raise Unfit(TWICE)
        same = _with_same_receipt(entry, hashes)
        if before := next((other for other in same if _is_second_click(entry, other)), None):
            _forget(received)
            db.session.commit()
            return before
        refuse_if(_why_used(entry, same))
        entry.receipts = [
            Attachment(bid_id=bid.id, uploaded_at=now, uploaded_by_id=user.id, **one._asdict())
            for one in received
        ]
        db.session.add(entry)
        bid.touch()
        db.session.commit()
    return entry


def lines_to_spend(bid: Bid, user: User, now: datetime) -> list[AwardLine]:
    """The lines of other costs of which this person may enter one."""
    return [line for line in costs_of_award(bid) if school_of_logger(bid, line, user, now) is not None]


def costs_of_award(bid: Bid) -> list[AwardLine]:
    """The lines of other costs of the award in force."""
    return [line for line in bid.award.lines if not line.is_days] if bid.award else []


def why_none_to_spend(bid: Bid) -> str:
    """Why somebody who has no line of other costs can add none."""
    return NOT_YOURS if costs_of_award(bid) else "The award pays for days alone, and for no other costs."


def said_of(entry: SpentCost) -> str | None:
    """The sentence where more is spent of a line than the award pays for; no reason to refuse it."""
    (found,) = by_line([entry.line], log_of_costs(entry.bid))
    most = most_of_line(entry.line.pence)
    if found.spent <= most:
        return None
    return (
        f"That makes {pounds(found.spent)} of {pounds(entry.line.pence)} for {entry.line.what}. "
        f"The award pays {pounds(most)} of it at most."
    )


def by_line(lines: Sequence[AwardLine], costs: Sequence[SpentCost]) -> list[LineCosts]:
    """Lines of other costs, with what of these costs counts for each, and what was spent before the award was
    entered."""
    before = earned_before(lines[0].award.bid) if lines else {}
    spent = Counter(before)
    for cost in costs:
        spent[cost.line.key] += cost.pence if cost.counts else 0
    return [LineCosts(line, spent[line.key]) for line in lines]


def log_of_costs(bid: Bid) -> Sequence[SpentCost]:
    """All costs of a bid, the newest first, with what their lists show; struck out ones too."""
    return (
        db.session.scalars(
            select(SpentCost)
            .join(SpentCost.line)
            .where(SpentCost.bid_id == bid.id)
            .order_by(SpentCost.spent_on.desc(), SpentCost.id.desc())
            .options(
                contains_eager(SpentCost.line).options(joinedload(AwardLine.school)),
                joinedload(SpentCost.entered_by),
                joinedload(SpentCost.struck_by),
                joinedload(SpentCost.claim),
                selectinload(SpentCost.receipts),
            )
        )
        .unique()
        .all()
    )


def seen_costs(bid: Bid, user: User, now: datetime) -> list[SpentCost]:
    """The costs of a bid that this person sees."""
    return costs_seen(user, bid, log_of_costs(bid), now)


def receipts_used(costs: Sequence[SpentCost], user: User, now: datetime) -> dict[int, list[str]]:
    """For staff: where else a receipt of these costs is used, by the number of the cost.

    A bid that they may not see is “another bid”.
    """
    hashes = {receipt.sha256 for cost in costs for receipt in cost.receipts}
    if not hashes or not is_staff(user, now):
        return {}
    rows = db.session.execute(
        select(Attachment.sha256, SpentCost, Bid.reference, may_see(user, now))
        .join(SpentCost, SpentCost.id == Attachment.spent_cost_id)
        .join(Bid, Bid.id == SpentCost.bid_id)
        .where(Attachment.sha256.in_(hashes), Attachment.spent_cost_id.is_not(None), SpentCost.counts)
        .order_by(SpentCost.id)
    ).all()
    return {
        cost.id: list(dict.fromkeys(words))
        for cost in costs
        if (
            words := [
                f"{pounds(other.pence)} on {day_words(other.spent_on)}, in "
                f"{'this bid' if other.bid_id == cost.bid_id else reference if seen else 'another bid'}"
                for sha256, other, reference, seen in rows
                if other.id != cost.id and sha256 in {receipt.sha256 for receipt in cost.receipts}
            ]
        )
    }


def _require(bid: Bid, line_id: int, spent_on: date, user: User, now: datetime) -> tuple[AwardLine, int]:
    """The line and the school for which this person enters the cost; raises Refused where they may not."""
    line = next((line for line in costs_of_award(bid) if line.id == line_id), None)
    if line is None:
        raise Refused("Select one of the other costs that the award pays for.")
    by = school_of_logger(bid, line, user, now)
    if by is None:
        raise Refused(NOT_YOURS)
    refuse_if(why_log_closed(bid) or _why_not_on(bid, spent_on, now))
    entered = select(func.count(SpentCost.id)).where(SpentCost.bid_id == bid.id)
    if (db.session.scalar(entered) or 0) >= MOST_COSTS:
        raise Refused(f"This log has {MOST_COSTS} costs. Ask the liaison officer before you add more.")
    return line, by


def _why_not_on(bid: Bid, day: date, now: datetime) -> str | None:
    """Why no cost of the award can have been spent on this day."""
    if day > london_date(now):
        return "A cost can be added once it is spent. This date is in the future."
    if why := why_counted_before(bid, day):
        return why
    if why := why_before_award(bid, day, "cost"):
        return why
    if bid.end_on and day > bid.end_on:
        return f"The support ended on {day_words(bid.end_on)}. The award pays for no cost after it."
    return None


def _with_same_receipt(entry: SpentCost, hashes: Collection[str]) -> Sequence[SpentCost]:
    """Costs of all bids with the same amount and date, and one of these files for a receipt."""
    return (
        db.session.scalars(
            select(SpentCost)
            .join(SpentCost.receipts)
            .where(
                Attachment.sha256.in_(hashes),
                Attachment.spent_cost_id.is_not(None),
                SpentCost.pence == entry.pence,
                SpentCost.spent_on == entry.spent_on,
                SpentCost.counts,
            )
        )
        .unique()
        .all()
    )


def _is_second_click(entry: SpentCost, before: SpentCost) -> bool:
    said = ("line_id", "what", "entered_by_id")
    return all(getattr(entry, name) == getattr(before, name) for name in said)


def _why_used(entry: SpentCost, same: Sequence[SpentCost]) -> str | None:
    if any(other.bid_id == entry.bid_id for other in same):
        return USED_HERE
    return USED_ELSEWHERE if same else None


def _forget(received: Sequence[Received]) -> None:
    for one in received:
        files().delete(one.store_key)
