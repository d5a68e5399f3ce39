"""Publishing the reasons of an award, once a person has read them."""

from datetime import datetime

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.permissions import actors_for
from fundflow.reports.names import why_not_public
from fundflow.reports.queries import award_decision
from fundflow.rules.interests.bars import bar_of
from fundflow.steps import lock, note
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date


def why_not_publish(bid: Bid, user: User, now: datetime) -> str | None:
    """None when this person may publish the award's reasons, else the sentence."""
    if Actor.OFFICER not in actors_for(user, bid, now):
        return f"Only {Actor.OFFICER.words} can do this."
    if bar := bar_of(bid, user, now):
        return f"You can’t do this: {bar_to_you(bar)}. Hand the bid to a deputy."
    if bid.awarded_pence is None:
        return "Reasons are published once the school has accepted the offer."
    return None


def publish_reasons(
    bid: Bid, reasons: str, *, user: User, now: datetime, version: int | None, why: str = ""
) -> None:
    """Put an award's reasons into the register, or correct what stands there.

    why  the reason for the correction; what stood there before is kept in the history
    Raises Refused where the text names somebody, and where a correction gives no reason.
    """
    lock(bid, version, step="publish_reasons", user=user)
    refuse_if(why_not_publish(bid, user, now))
    decision = award_decision(bid)
    if decision is None:
        raise Refused("There is no decision whose reasons could be published.")
    refuse_if(why_not_public(reasons, bid, london_date(now)))
    before = decision.published_reasons
    if decision.published_at and not why:
        raise Refused("These reasons are published. Say why you correct them.")
    label = (
        "Corrected the reasons in the register of awards"
        if decision.published_at
        else ("Published the reasons in the register of awards")
    )
    decision.published_reasons, decision.published_at = reasons, now
    decision.published_by_id = user.id
    note(
        bid,
        "publish_reasons",
        label,
        user=user,
        now=now,
        reason=why,
        version=version,
        given={"reasons": reasons, "before": before},
    )
    db.session.commit()
