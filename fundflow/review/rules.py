"""What the officer's side decides by: the fund's rules, and who may write in a review."""

from datetime import datetime

from fundflow.actors import OFFICERS, actors_for, roles_for
from fundflow.models.bid import Bid
from fundflow.models.money import pounds
from fundflow.models.person import RoleName, User
from fundflow.permissions import writes_notes
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.interests.involvement import was_involved
from fundflow.workflow.actors import Actor
from fundflow.workflow.application import UNDER_WAY, BidState
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date

MAY_HAND_OVER = OFFICERS | {RoleName.ADMINISTRATOR}
READ_TIERS = OFFICERS | {RoleName.ADMINISTRATOR, RoleName.AUDITOR}  # as on the schools’ own pages

OVER = (BidState.CLOSED, BidState.TERMINATED, BidState.WITHDRAWN)
NOT_OVER = tuple(state for state in BidState if state not in OVER)


def fund_rules(bid: Bid) -> list[str]:
    """The rules a bid may break, in the words that are put to the school."""
    fund = bid.fund
    return [
        "The lead school is outside the area, or may not bid",
        "No other school takes part",
        "It fits none of the round’s priorities",
        f"The support takes longer than {fund.max_months} months, or its dates are not possible",
        "It asks for costs the fund does not pay",
        f"It asks for more than {pounds(fund.bid_cap_pence, always_pence=False)}",
        "Other funding pays for the same days",
        "An earlier report of the schools is overdue",
    ]


def sees_tiers(bid: Bid, user: User, now: datetime) -> bool:
    """Whether this person is told the schools' tiers of intervention: no school, no panel."""
    return bool(roles_for(user, bid.fund_id, london_date(now)) & READ_TIERS)


def why_not_save(bid: Bid, user: User, now: datetime) -> str | None:
    """None when this person may write in the review now, else the sentence that says why not."""
    if Actor.OFFICER not in actors_for(user, bid, now):
        return "Only the liaison officer can change the review."
    if bid.state is not BidState.IN_REVIEW:
        return "The review can be changed only while the bid is being reviewed."
    bar = bar_of(bid, user, now)
    return f"You can’t review this bid: {bar_to_you(bar)}. Hand it to a deputy." if bar else None


def why_not_assess(bid: Bid, user: User, now: datetime) -> str | None:
    """None when this person may assess the bid's need now, else why not."""
    if not bid.fund.assesses_need:
        return "The fund assesses no need before money."
    return why_not_save(bid, user, now) or (None if bid.review else "Start the review first.")


def why_not_ask_to_stop(bid: Bid, user: User, now: datetime) -> str | None:
    """None when this person may ask for the funding to be stopped, else why not."""
    actors = actors_for(user, bid, now)
    if not actors & {Actor.OFFICER, Actor.SCHOOL_LEADER}:
        return "Only the liaison officer or the head of the school that leads the bid can ask for this."
    if bid.state not in UNDER_WAY:
        return "Only funding that is under way can be stopped."
    if bid.termination_asked_at:
        return "The decision maker has been asked to stop this funding already."
    bar = bar_of(bid, user, now) if Actor.SCHOOL_LEADER not in actors else None
    return f"You can’t ask for this: {bar_to_you(bar)}. Hand the bid to a deputy." if bar else None


def why_not_hand_over(bid: Bid, user: User, now: datetime) -> str | None:
    """None when this person may hand the bid to another officer; a barred officer may."""
    if not roles_for(user, bid.fund_id, london_date(now)) & MAY_HAND_OVER:
        return "Only a liaison officer or an administrator can hand a bid over."
    if bid.state is BidState.DRAFT or bid.state in OVER:
        return "This bid needs no officer now."
    return None


def why_not_hear(bid: Bid, user: User, now: datetime) -> str | None:
    """None when this person may hear the school's request for a review, else why not."""
    if Actor.REVIEWING_MANAGER not in actors_for(user, bid, now):
        return f"Only {Actor.REVIEWING_MANAGER.words} can do this."
    if was_involved(bid, user):
        return "You took part in this bid, so somebody else must hear the review."
    bar = bar_of(bid, user, now)
    return f"You can’t hear this review: {bar_to_you(bar)}." if bar else None


def why_not_declare(bid: Bid, user: User, now: datetime) -> str | None:
    """None when this person may declare an interest here; panel members do so at their meeting."""
    if not writes_notes(user, bid, now):
        return "Only people who work on this bid for the council declare an interest here."
    if bid.state in OVER:
        return "This bid is over, so no interest needs to be declared."
    return None


def why_not_ask_again(bid: Bid, user: User, now: datetime) -> str | None:
    """None when this person may give the school a new date for its answer, else why not."""
    if Actor.OFFICER not in actors_for(user, bid, now):
        return f"Only {Actor.OFFICER.words} can do this."
    if bid.state is not BidState.RETURNED:
        return "The school is not being asked for anything now."
    bar = bar_of(bid, user, now)
    return f"You can’t review this bid: {bar_to_you(bar)}. Hand it to a deputy." if bar else None


def why_not_send(bid: Bid, user: User, now: datetime) -> str | None:
    """None when this person may send a note to the school, else why not."""
    if Actor.OFFICER not in actors_for(user, bid, now):
        return f"Only {Actor.OFFICER.words} can send a note to the school."
    bar = bar_of(bid, user, now)
    return f"You can’t write about this bid: {bar_to_you(bar)}." if bar else None
