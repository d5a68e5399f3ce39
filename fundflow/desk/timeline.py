"""A bid's timeline: what was done and when, and the days that come next."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.decision import is_untold
from fundflow.models.history import HistoryEntry
from fundflow.models.impact import ImpactReturn
from fundflow.models.person import User
from fundflow.permissions import outcome_kept, sees_money
from fundflow.workflow.application import APPLICATION, UNDER_WAY, BidState
from fundflow.workflow.impact_return import ReturnKind
from fundflow.workflow.working_days import london_date

# Among a bid's steps, in the words of its history. What happened between them stands there alone.
MILESTONES = {
    "submit",
    "submit_on_behalf",
    "enter_award",
    "take_up",
    "recommend",
    "defer",
    "approve",
    "decline",
    "undo_decision",
    "rule_ineligible",
    "accept_offer",
    "turn_down_offer",
    "lapse_offer",
    "renew_offer",
    "suspend",
    "resume",
    "record_half_time",
    "reach_end_date",
    "finish_delivery",
    "terminate",
    "withdraw",
    "reinstate",
    "close",
    "reopen",
}
OF_THE_PANEL = {"approve", "decline", "defer", "undo_decision"}


class Moment(NamedTuple):
    """Something that was done or comes, and its day.

    is_next  whether it is the first that has not been done
    is_late  whether its day has passed, and it was to be done by then
    """

    what: str
    day: date
    is_done: bool
    is_next: bool = False
    is_late: bool = False


def timeline(bid: Bid, user: User, now: datetime, *, inside: bool) -> list[Moment]:
    """What was done by its day, then what comes; nothing of a draft. One query.

    inside  whether the reader is of the review, and so knows decisions whose letter is held
    """
    if bid.state is BidState.DRAFT:
        return []
    today, kept = london_date(now), outcome_kept(user, bid, now) is not None
    done = sorted(_done(bid, today, inside=inside, kept=kept), key=lambda moment: moment.day)
    coming = [] if kept else _coming(bid, user, now)
    return done + [moment._replace(is_next=n == 0) for n, moment in enumerate(coming)]


def _done(bid: Bid, today: date, *, inside: bool, kept: bool) -> Iterator[Moment]:
    steps = MILESTONES - OF_THE_PANEL if kept else MILESTONES
    query = select(HistoryEntry.step, HistoryEntry.at).where(
        HistoryEntry.bid_id == bid.id,
        HistoryEntry.process == "application",
        HistoryEntry.step.in_(sorted(steps)),
    )
    if not inside:
        query = query.where(HistoryEntry.internal.is_(False), ~is_untold(HistoryEntry.id))
    for step, at in db.session.execute(query.order_by(HistoryEntry.id)):
        yield Moment(APPLICATION.rows(step)[0].past, london_date(at), is_done=True)
    if bid.state in UNDER_WAY and bid.start_on and bid.start_on <= today:
        yield Moment("Support began", bid.start_on, is_done=True)
    for report in bid.returns:
        if report.submitted_at and not report.is_editable and report.number == 1:
            yield Moment(f"{report.kind.words} sent", london_date(report.submitted_at), is_done=True)


def _coming(bid: Bid, user: User, now: datetime) -> list[Moment]:
    """The decision comes first: until an offer has its reply no support begins, whatever its first day."""
    today = london_date(now)
    decision, reports = _of_the_decision(bid, user, now), filter(_is_to_come, bid.returns)
    wanted = [(_words_of(report), report.wanted_on) for report in reports]
    later = [Moment(what, day, is_done=False, is_late=day < today) for what, day in wanted]
    later += [Moment(what, day, is_done=False) for what, day in _of_the_support(bid, today)]
    first = [Moment(what, day, is_done=False, is_late=day < today) for what, day in decision]
    return first + sorted(later, key=lambda moment: moment.day)


def _of_the_decision(bid: Bid, user: User, now: datetime) -> Iterator[tuple[str, date]]:
    if bid.state is BidState.RETURNED and bid.due_on:
        yield "The school answers by", bid.due_on
    elif bid.state is BidState.AT_PANEL and bid.items:
        yield "The panel meets", london_date(bid.items[-1].meeting.starts_at)
    elif bid.decision_held_until:
        yield "Decision letter goes by", bid.decision_held_until
    elif bid.state is BidState.OFFERED and sees_money(user, bid, now):
        yield "Reply to the offer by", bid.offer.reply_by


def _of_the_support(bid: Bid, today: date) -> Iterator[tuple[str, date]]:
    """Its days, once they are agreed with the offer."""
    offered = bid.state is BidState.OFFERED
    if bid.start_on and (offered or (bid.state in UNDER_WAY and bid.start_on > today)):
        yield "Support begins", bid.start_on
    if bid.end_on and bid.state in (BidState.OFFERED, BidState.IN_DELIVERY, BidState.SUSPENDED):
        yield "Support ends", bid.end_on


def _is_to_come(report: ImpactReturn) -> bool:
    return not report.is_off and (report.is_editable or report.is_ahead)


def _words_of(report: ImpactReturn) -> str:
    half_time = "Half-time: " if report.kind is ReturnKind.INTERIM else ""
    return f"{half_time}{report.kind.in_words if half_time else report.kind.words} due"
