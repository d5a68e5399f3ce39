"""The second half of a story: claims, payments, the report, the end."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fundflow.demo.story import Story
from fundflow.extensions import db
from fundflow.impact import operations as impact
from fundflow.models.bid import Bid
from fundflow.models.payment import Claim
from fundflow.models.person import RoleName
from fundflow.payments import day_log
from fundflow.payments import operations as payments
from fundflow.review.operations import later
from fundflow.rules.panel.sittings import sitting_of
from fundflow.steps import take_and_commit
from fundflow.workflow.application import BidState as S
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.working_days import is_working_day, london_date

if TYPE_CHECKING:
    from fundflow.demo.told import Told


def deliver(told: "Told", story: Story, bid: Bid) -> Iterator[datetime]:
    """From the advance to wherever the story ends."""
    assert story.meeting is not None and bid.end_on is not None  # an award has both
    yield (now := told.at(story.meeting + 11))
    _certify(told, bid, now)
    yield (now := told.at(story.meeting + 14))
    _pay(told, bid, now)
    if bid.awarded_pence and bid.awarded_pence >= bid.fund.full_from_pence:
        yield from _claim_days(told, story, bid)
    officer = told.people.staff(RoleName.OFFICER)
    if story.ends is S.SUSPENDED:
        yield (now := told.at(-10))
        reason = "The subject lead is on long-term leave; we agree a new plan first."
        take_and_commit(bid, "suspend", user=officer, now=now, given={"reason": reason})
    elif story.ends is S.TERMINATED:
        yield from _stop(told, story, bid, officer)
    elif story.ends in (S.IN_MONITORING, S.CLOSED):
        yield from _monitor(told, story, bid)


def _certify(told: "Told", bid: Bid, now: datetime) -> None:
    for claim in _claims(bid, ClaimState.SUBMITTED):
        payments.certify(claim, user=told.people.staff(RoleName.OFFICER), now=now, version=claim.version)


def _pay(told: "Told", bid: Bid, now: datetime) -> None:
    for claim in _claims(bid, ClaimState.CERTIFIED):
        payments.pay(
            claim,
            payment_reference=f"PAY-{now:%y%m%d}-{claim.id}",
            now=now,
            user=told.people.staff(RoleName.FINANCE, claim.id % 2),
            version=claim.version,
        )


def _claims(bid: Bid, state: ClaimState) -> list[Claim]:
    return db.session.query(Claim).filter_by(bid_id=bid.id, state=state).order_by(Claim.id).all()


def _claim_days(told: "Told", story: Story, bid: Bid) -> Iterator[datetime]:
    """A claim for the days worked in the first weeks; the newest awards wait to be checked."""
    head = told.people.head(story.lead)
    assert bid.start_on is not None  # a complete bid
    yield (now := max(told.at((bid.start_on - told.now.date()).days + 45), told.at(story.began + 60)))
    claim = payments.start_claim(bid, user=head, now=now)
    day = bid.start_on
    for _ in range(4):
        day = day + timedelta(days=5)
        while not is_working_day(day):
            day += timedelta(days=1)
        if day < london_date(now):
            line = bid.backfill_lines[0]
            day_log.add_day(
                claim,
                line_id=line.id,
                day=day,
                half_days=2,
                activity="Coaching in classrooms",
                user=head,
                now=now,
                version=claim.version,
            )
    if not claim.pence:
        return
    payments.submit(claim, user=head, now=now, version=claim.version)
    if story.ends is S.IN_DELIVERY:
        return
    yield (now := now + timedelta(days=6))
    _certify(told, bid, now)
    yield (now := now + timedelta(days=3))
    _pay(told, bid, now)


def _stop(told: "Told", story: Story, bid: Bid, officer: Any) -> Iterator[datetime]:
    assert story.meeting is not None  # an award follows a meeting
    yield (now := told.at(story.meeting + 60))
    later.ask_termination(bid, "The provider can no longer release its staff.", user=officer, now=now)
    yield (now := told.at(story.meeting + 70))
    chair = sitting_of(bid.items[-1], now).chair
    assert chair is not None  # the whole panel was on the call
    payments.terminate(
        bid,
        reason="The support can’t go on; what is unpaid returns to the fund.",
        user=chair.user,
        now=now,
        version=bid.version,
    )


def _monitor(told: "Told", story: Story, bid: Bid) -> Iterator[datetime]:
    assert bid.end_on is not None  # a complete bid
    over = (bid.end_on - told.now.date()).days + 1  # the day after the last
    yield (now := told.after(over, 8))
    impact.end_delivery(bid, "reach_end_date", user=None, now=now)
    if story.part_way:
        return
    head = told.people.head(story.lead)
    yield (now := told.at(over + 12))
    for feedback in bid.feedback:
        ratings = {
            "quality": 5,
            "timeliness": 4,
            "fit": 4,
            "use_again": True,
            "text": "Practical, kind and on time.",
        }
        impact.give_feedback(feedback, ratings=ratings, stamp=impact.stamp_of(feedback), user=head, now=now)
    yield (now := told.at(over + 18))
    _report(story, bid, head, now)
    if story.ends is S.IN_MONITORING:
        return
    officer = told.people.staff(RoleName.IMPACT_OFFICER)
    yield (now := told.at(over + 24))
    report = bid.report
    assert report is not None  # made when the offer was accepted
    impact.accept_report(
        report, rag=report.suggested_rag(), reason="", user=officer, now=now, version=report.version
    )
    yield (now := told.at(over + 26))
    impact.close(bid, user=officer, now=now, version=bid.version)


def _report(story: Story, bid: Bid, head: Any, now: datetime) -> None:
    report = bid.report
    assert report is not None and bid.end_on is not None  # an award has both
    results = {bid.outcomes[0].id: (Decimal(story.actual or story.target), bid.end_on, "Our own assessment")}
    answers = {
        "half_days_delivered": sum(line.half_days for line in story.lines),
        "spent_pence": bid.awarded_pence,
        "teaching_before": 2,
        "teaching_after": 3,
        "lessons": "Start with the timetable: days agreed in advance were the days that happened.",
        "summary": f"{bid.lead_school.name} worked with a partner school. {story.measure}: from "
        f"{story.baseline} to {story.actual or story.target}.",
    }
    impact.save_report(report, results=results, answers=answers, user=head, now=now, version=report.version)
    impact.submit_report(report, user=head, now=now, version=report.version)
