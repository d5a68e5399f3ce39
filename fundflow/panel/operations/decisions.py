"""What the decision maker records: fund, do not fund, defer; and corrections.

A decision is a row of its own beside the step, and is kept when it is undone.
"""

from datetime import datetime

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.decision import Decision, Offer
from fundflow.models.fund import Decider
from fundflow.models.money import pounds
from fundflow.models.panel import AgendaItem, Outcome
from fundflow.models.panel_rules import Choice, points_in_hundredths
from fundflow.models.person import User
from fundflow.panel.queries import last_step, standing_decision
from fundflow.steps import Stale, hold, require_step, take_step
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import LONDON, add_working_days, london_date


def approve(
    bid: Bid, pence: int, *, reasons: str, equality_note: str, user: User, now: datetime,
    conditions: str = "", departure: str = "", version: int | None = None,
) -> Offer:  # fmt: skip
    """Decide to fund the bid and make the school an offer of `pence`.

    departure  why the panel departs from its agreed score, where it does
    Raises Refused above what was requested, what an authorised officer may decide, or what the
    fund may still offer.
    """
    item = _hold(bid, "approve", version, user, now)
    if why := why_not_offer(bid, pence):
        raise Refused(why)
    decision = _decide(item, Outcome.APPROVED, reasons, user, now, equality_note=equality_note,
                       departure=_departure(item, Choice.FUND, departure, now, pence), pence=pence,
                       conditions=conditions)  # fmt: skip
    offer = _offer(bid, decision, now)
    take_step(bid, "approve", user=user, now=now, version=version,
              given={"amount": pence, "reasons": reasons, "conditions": conditions})  # fmt: skip
    _end(item, Outcome.APPROVED, now)
    db.session.commit()
    return offer


def decline(
    bid: Bid, *, reasons: str, equality_note: str, user: User, now: datetime, departure: str = "",
    version: int | None = None,
) -> None:  # fmt: skip
    """Decide not to fund the bid; the school may ask for a review."""
    item = _hold(bid, "decline", version, user, now)
    _decide(item, Outcome.DECLINED, reasons, user, now, equality_note=equality_note,
            departure=_departure(item, Choice.DO_NOT_FUND, departure, now))  # fmt: skip
    bid.due_on = None
    take_step(bid, "decline", user=user, now=now, version=version, given={"reasons": reasons})
    _end(item, Outcome.DECLINED, now)
    db.session.commit()


def defer(bid: Bid, question: str, *, user: User, now: datetime, version: int | None = None) -> None:
    """Put a question to the school before deciding; at most twice."""
    item = _hold(bid, "defer", version, user, now)
    _decide(item, Outcome.DEFERRED, question, user, now)
    bid.panel_question, bid.panel_answer = question, ""
    bid.due_on = add_working_days(london_date(now), bid.fund.answer_days)
    take_step(bid, "defer", user=user, now=now, version=version, given={"question": question})
    item.was_deferred = True  # after the step: its guard counts the deferrals so far
    _end(item, Outcome.DEFERRED, now)
    db.session.commit()


def undo_decision(bid: Bid, reason: str, *, user: User, now: datetime, version: int | None = None) -> None:
    """Take a decision back to correct it: it is kept, its offer ends, its agenda item reopens."""
    item = _hold(bid, "undo_decision", version, user, now)
    decision = standing_decision(bid)
    if decision is not None:
        decision.undone_at, decision.undone_by_id, decision.undone_reason = now, user.id, reason
    if bid.offers and bid.offer.ended_at is None:
        bid.offer.ended_at, bid.offer.ended_how = now, "undone"
    bid.due_on = None
    take_step(bid, "undo_decision", user=user, now=now, version=version, given={"reason": reason})
    item.outcome, item.outcome_at, item.was_deferred = None, None, False
    db.session.commit()


def renew_offer(bid: Bid, reason: str, *, user: User, now: datetime, version: int | None = None) -> Offer:
    """Make the offer again that lapsed or was turned down, if the fund still bears it."""
    hold(bid, version, step="renew_offer", user=user)
    db.session.expire_all()
    require_step(bid, "renew_offer", user, now)
    if not bid.offers:
        raise Refused("There is no offer to renew.")
    last = bid.offer
    if why := why_not_offer(bid, last.pence):
        raise Refused(why)
    offer = _offer(bid, last.decision, now)
    take_step(bid, "renew_offer", user=user, now=now, version=version, given={"reason": reason})
    db.session.commit()
    return offer


def why_not_offer(bid: Bid, pence: int) -> str | None:
    """Why this amount can't be offered, whatever the fund still holds; the ledger asks the rest."""
    if pence > bid.requested_pence:
        return (f"The school asked for {pounds(bid.requested_pence)}; "
                f"the offer can’t be more than that.")  # fmt: skip
    limit = bid.fund.officer_limit_pence
    if officer_decides(bid) and pence > limit:
        return f"An authorised officer may decide up to {pounds(limit)}."
    return None


def why_departs(item: AgendaItem, wanted: Choice, now: datetime, pence: int | None = None) -> str | None:
    """How funding the bid with `pence`, or refusing it, departs from its score; None where it does not."""
    for_less = pence is not None and pence < item.bid.requested_pence
    return item.rules.departs(wanted, item.criterion_scores(now), for_less=for_less)


def officer_decides(bid: Bid) -> bool:
    """Whether an authorised officer decides, on the panel’s recommendation."""
    return bid.fund.decider is Decider.AUTHORISED_OFFICER


def delegation_of(bid: Bid) -> str:
    """The delegation a decision cites; empty where the panel decides itself.

    Raises Refused where an authorised officer decides without one (Local Government Act, s.101).
    """
    if not officer_decides(bid):
        return ""
    if not bid.fund.delegation:
        raise Refused("The fund names no delegation to an authorised officer. Ask an administrator "
                      "to add it.")  # fmt: skip
    return bid.fund.delegation


def _hold(bid: Bid, step: str, version: int | None, user: User, now: datetime) -> AgendaItem:
    """Lock the bid and return the agenda item the decision is about, read afresh.

    Raises Refused, before anything is written, where the step can't be taken; where somebody
    else's step made the page stale, the refusal says who took it.
    """
    try:
        hold(bid, version, step=step, user=user)
    except Stale:
        raise _meanwhile(bid, step) or Stale from None
    db.session.expire_all()  # votes loaded before the lock may have changed since
    require_step(bid, step, user, now)
    item = bid.latest_item
    if item is None:
        raise Refused("The bid is not on the agenda of a meeting that is open.")
    return item


def _meanwhile(bid: Bid, step: str) -> Refused | None:
    """What to say where the bid has moved on since the page was made."""
    entry = last_step(bid)
    if entry is None or any(row.name == step for row in bid.workflow.from_state(bid.state)):
        return None
    return Refused(
        f"{entry.actor_name} was quicker: “{entry.label}”, at {entry.at.astimezone(LONDON):%H:%M} on "
        f"{london_date(entry.at):%-d %B}. Nothing of yours was recorded; what you typed is still "
        "here."
    )


def _departure(
    item: AgendaItem, wanted: Choice, departure: str, now: datetime, pence: int | None = None
) -> str:
    departs = why_departs(item, wanted, now, pence)
    if departs and not departure.strip():
        raise Refused(f"{departs} Say why the panel departs from it.")
    return f"{departs} {departure.strip()}" if departs else ""


def _decide(
    item: AgendaItem, outcome: Outcome, reasons: str, user: User, now: datetime, *,
    equality_note: str = "", departure: str = "", pence: int | None = None, conditions: str = "",
) -> Decision:  # fmt: skip
    """Keep the decision with the vote and the score as they are now."""
    count, total = item.tally(now), item.total(now)
    decision = Decision(
        bid_id=item.bid_id, item_id=item.id, outcome=outcome, pence=pence, conditions=conditions,
        reasons="\n\n".join(part for part in (reasons, departure) if part),
        equality_note=equality_note, delegation=delegation_of(item.bid),
        votes_for=count.votes_for, votes_against=count.votes_against,
        abstentions=count.abstentions, score_hundredths=None if total is None else
        points_in_hundredths(total), decided_at=now, decided_by_id=user.id,
        rules_id=item.rules_id or item.bid.fund.rules_in_force.id,
    )  # fmt: skip
    db.session.add(decision)
    return decision


def _offer(bid: Bid, decision: Decision, now: datetime) -> Offer:
    """An offer of what was decided, open for the fund's working days; due_on says until when."""
    assert decision.pence is not None  # noqa: S101 (a CHECK holds an approval to an amount)
    reply_by = add_working_days(london_date(now), bid.fund.offer_days)
    offer = Offer(bid=bid, decision=decision, pence=decision.pence, conditions=decision.conditions,
                  made_at=now, reply_by=reply_by)  # fmt: skip
    db.session.add(offer)
    bid.due_on = reply_by
    return offer


def _end(item: AgendaItem, outcome: Outcome, now: datetime) -> None:
    """End the item, after the step: the step's guards ask an open item."""
    item.outcome, item.outcome_at = outcome, now
