"""The second half of a story: claims, payments, the report, the end."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from fundflow.demo import coming_back, reports
from fundflow.demo.award_changes import MORE, change_award
from fundflow.demo.filling import school_day_before
from fundflow.demo.papers import receipt_of
from fundflow.demo.runs import pay_in_run
from fundflow.demo.story import Story
from fundflow.extensions import db
from fundflow.impact import operations as impact
from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid
from fundflow.models.day_log import WorkedDay
from fundflow.models.impact import Rag
from fundflow.models.payment import Claim
from fundflow.models.payment_block import BlockKind
from fundflow.models.person import RoleName
from fundflow.models.spent_cost import SpentCost
from fundflow.names import identifier
from fundflow.payments import blocks, cost_log, day_log, settling
from fundflow.payments import operations as payments
from fundflow.review.operations import later
from fundflow.rules.award_sums import sum_of
from fundflow.rules.claims import why_not_claimable
from fundflow.rules.impact import judged
from fundflow.rules.panel.sittings import sitting_of
from fundflow.steps import take_and_commit
from fundflow.workflow.application import BidState as S
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.impact_return import ReturnKind
from fundflow.workflow.working_days import london_date

if TYPE_CHECKING:
    from fundflow.demo.told import Told


def deliver(told: "Told", story: Story, bid: Bid) -> Iterator[datetime]:
    """From the advance to wherever the story ends."""
    assert story.meeting is not None and bid.end_on is not None  # an award has both
    yield (now := told.at(story.meeting + 11))
    _certify(told, bid, now)
    yield (now := told.at(story.meeting + 14))
    _pay(told, bid, now)
    if story.change == MORE:  # asked for before days are logged
        yield from change_award(told, story, bid)
    if bid.awarded_pence and bid.awarded_pence >= bid.fund.full_from_pence:
        yield from _claim_days(told, story, bid)
    officer = told.people.staff(RoleName.OFFICER)
    if story.ends is S.SUSPENDED:
        yield from _block_for_days(told, bid, told.at(story.meeting + 16), told.at(story.meeting + 19))
        yield from reports.fall_due(told, bid, ReturnKind.INTERIM)
        yield (now := told.at(-10))
        reason = "The subject lead is on long-term leave; we agree a new plan first."
        blocks.suspend(bid, reason=reason, user=officer, now=now, version=bid.version)
        coming_back.ask_back_once_mistyped(told, story, bid, now)
    elif story.ends is S.TERMINATED:
        yield from _stop(told, story, bid, officer)
    elif story.ends in (S.IN_MONITORING, S.CLOSED):
        yield from _monitor(told, story, bid)
    else:
        if story.change != MORE:
            yield from change_award(told, story, bid)
        yield from reports.half_way(told, story, bid)
        if story.misused:
            yield from coming_back.ask_for(told, story, bid, told.at(-5), told.at(-3))


def _block_for_days(told: "Told", bid: Bid, put: datetime, lifted: datetime) -> Iterator[datetime]:
    """Finance blocks payments until it is known who is paid."""
    finance = told.people.staff(RoleName.FINANCE)
    yield put
    reason = "We heard that the school is joining a trust. Tell us who is to be paid."
    block = blocks.block(bid, kind=BlockKind.PAYEE, reason=reason, user=finance, now=put, version=bid.version)
    yield lifted
    settled = "The school stays as it is, and is paid as before."
    blocks.lift(block, reason=settled, user=finance, now=lifted, version=block.version)


def _certify(told: "Told", bid: Bid, now: datetime) -> None:
    for claim in _claims(bid, ClaimState.SUBMITTED):
        payments.certify(claim, user=told.people.staff(RoleName.OFFICER), now=now, version=claim.version)


def _pay(told: "Told", bid: Bid, now: datetime) -> None:
    if bid.fund.pays_in_runs and _claims(bid, ClaimState.CERTIFIED):
        pay_in_run(told, now)
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
    """Days of the first weeks, and a claim where they come to more than was paid in advance. Of awards
    that go on, a day and a cost are struck out and the last day waits to be confirmed; the newest claims
    to be checked."""
    assert bid.start_on is not None  # a complete bid
    yield (now := max(told.at((bid.start_on - told.now.date()).days + 45), told.at(story.began + 60)))
    logged = _log(told, story, bid, now, most=14)
    if story.ends is S.IN_DELIVERY and len(logged) > 2:
        reason = "She was called back to her own school that morning."
        head = told.people.head(story.lead)
        settling.strike_out(logged[0], reason=reason, user=head, now=now, version=bid.version)
        logged = logged[1:-1]
        _spend_and_correct(told, story, bid, now)
    _confirm(told, story, bid, logged, now)
    if not sum_of(bid).due or why_not_claimable(bid):
        return
    head = told.people.head(story.lead)
    (claim,) = payments.ask_for_payment(bid, user=head, now=now, version=bid.version)
    if story.ends is S.IN_DELIVERY:
        _dispute_once(told, claim, now + timedelta(hours=3))
        return
    yield (now := now + timedelta(days=1))
    _refuse_once(told, claim, now)
    yield (now := now + timedelta(days=5))
    _certify(told, bid, now)
    yield (now := now + timedelta(days=3))
    _pay(told, bid, now)


def _refuse_once(told: "Told", claim: Claim, now: datetime) -> None:
    """In one bid of the demonstration a claim is refused, and asked for again a little later."""
    if db.session.query(Claim).filter_by(state=ClaimState.REFUSED).count():
        return
    given = {"reason": "You rang to say that this was asked for too early. Ask again when it suits you."}
    officer, head = told.people.staff(RoleName.OFFICER), told.people.head(claim.school.urn)
    take_and_commit(claim, "refuse", given=given, user=officer, now=now, version=claim.version)
    bid, later_on = claim.bid, now + timedelta(hours=4)
    payments.ask_for_payment(bid, user=head, now=later_on, version=bid.version)


def _dispute_once(told: "Told", claim: Claim, now: datetime) -> None:
    """In one bid of the demonstration the officer asks about a day of a claim."""
    if db.session.query(Claim).filter(Claim.split_from_id.is_not(None)).count():
        return
    payments.dispute(
        claim,
        days={claim.days[0].id},
        reason="Which classes did she see that day? The school was closed in the afternoon.",
        user=told.people.staff(RoleName.OFFICER),
        now=now,
        version=claim.version,
    )


def _log(told: "Told", story: Story, bid: Bid, now: datetime, *, most: int = 200) -> list[WorkedDay]:
    """Log the next days of each line that are still to come, a week apart at first, up to so many."""
    logger = told.people.head(story.providers[0])
    logged: list[WorkedDay] = []
    for line in day_log.by_line(day_log.days_of_award(bid)):
        left = (line.line.half_days or 0) - line.logged
        for day in _free_days(bid, line.line, now):
            if left <= 0 or len(logged) >= most:
                break
            logged.append(
                day_log.log_day(
                    bid,
                    line_id=line.line.id,
                    day=day,
                    half_days=min(left, 2),
                    activity="Coaching in classrooms",
                    where_id=bid.lead_school_id,
                    user=logger,
                    now=now,
                    version=bid.version,
                )
            )
            left -= 2
    return logged


def _free_days(bid: Bid, line: AwardLine, now: datetime) -> list[date]:
    """Days of school in the support on which this member of staff is in no log yet, spread over its weeks."""
    assert bid.start_on is not None and bid.end_on is not None  # a complete bid
    taken = set(
        db.session.scalars(
            select(WorkedDay.day).where(
                WorkedDay.school_id == line.school_id,
                WorkedDay.staff_key == identifier(line.staff_code),
                WorkedDay.struck_at.is_(None),
            )
        )
    )
    first = max(bid.start_on, london_date(bid.awards[0].made_at))
    span = (min(bid.end_on, london_date(now)) - first).days
    days = [first + timedelta(days=n) for n in range(span + 1)]
    free = [day for day in days if not bid.fund.why_off(day) and day not in taken]
    return sorted(free, key=lambda day: (free.index(day) % 5, day))


def _confirm(told: "Told", story: Story, bid: Bid, days: list[WorkedDay], now: datetime) -> None:
    if days:
        ids = {entry.id for entry in days}
        head = told.people.head(story.lead)
        settling.confirm_days(bid, ids, user=head, now=now, version=bid.version)


def _spend(told: "Told", story: Story, bid: Bid, day: date, pence: int, now: datetime) -> list[SpentCost]:
    """Enter so much (0: all) of the award's travel with its receipt, where it has travel."""
    what, day = f"Minibus to {bid.providers[0].name}", school_day_before(day, bid.fund)
    return [
        cost_log.add_cost(
            bid,
            line_id=line.id,
            spent_on=day,
            pence=pence or line.pence,
            what=what,
            sent=[receipt_of(what, day, pence or line.pence).sent],
            user=told.people.head(story.lead),
            now=now,
        )
        for line in cost_log.costs_of_award(bid)
    ]


def _spend_and_correct(told: "Told", story: Story, bid: Bid, now: datetime) -> None:
    """Two costs, of which the first is struck out."""
    assert bid.start_on is not None  # a complete bid
    wrong = _spend(told, story, bid, bid.start_on + timedelta(days=8), 63_00, now)
    _spend(told, story, bid, bid.start_on + timedelta(days=22), 36_00, now)
    for cost in wrong:
        settling.strike_out_cost(
            cost,
            reason="This receipt was for another trip.",
            user=told.people.head(story.lead),
            now=now,
            version=bid.version,
        )


def _stop(told: "Told", story: Story, bid: Bid, officer: Any) -> Iterator[datetime]:
    assert story.meeting is not None  # an award follows a meeting
    yield (now := told.at(story.meeting + 60))
    _confirm(told, story, bid, _log(told, story, bid, now, most=4), now)
    later.ask_termination(bid, "The provider can no longer release its staff.", user=officer, now=now)
    yield (now := told.at(story.meeting + 70))
    chair = sitting_of(bid.items[-1], now).chair
    assert chair is not None  # the whole panel was on the call
    payments.terminate(
        bid,
        reason="The support can’t go on; only the days already worked are paid.",
        user=chair.user,
        now=now,
        version=bid.version,
    )
    yield from coming_back.invoice(told, bid, told.at(story.meeting + 75), told.at(story.meeting + 110))


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
            "council": 4,
            "council_text": "",
        }
        impact.give_feedback(feedback, ratings=ratings, stamp=impact.stamp_of(feedback), user=head, now=now)
    yield (now := told.at(over + 15))
    _confirm(told, story, bid, _log(told, story, bid, now), now)
    _spend(told, story, bid, bid.end_on - timedelta(days=30), story.spent * 100, now)
    yield (now := told.at(over + 18))
    _report(story, bid, head, now)
    if story.ends is S.IN_MONITORING:
        yield from _take_off_last_claim(told, story, bid, head)
        return
    officer = told.people.staff(RoleName.IMPACT_OFFICER)
    yield (now := told.at(over + 24))
    report = bid.report
    assert report is not None  # made when the offer was accepted
    impact.accept_report(
        report,
        rag=judged(report, london_date(now)).rag or Rag.RED,
        reason="",
        user=officer,
        now=now,
        version=report.version,
    )
    yield (now := told.at(over + 25))
    _certify(told, bid, now)
    yield (now := told.at(over + 26))
    _pay(told, bid, now)
    coming_back.settle(told, bid, now)
    if story.misused:
        yield from coming_back.write_off(told, story, bid, told.at(over + 28), told.at(over + 36))
    yield (now := told.at(over + 40))
    impact.close(bid, user=officer, now=now, version=bid.version)
    if story.followed_up:
        yield from reports.fall_due(told, bid, ReturnKind.FOLLOW_UP)


def _take_off_last_claim(told: "Told", story: Story, bid: Bid, head: Any) -> Iterator[datetime]:
    """The last days are claimed and checked; what was not spent as agreed is to be taken off their payment."""
    yield (now := told.at(-9))
    payments.ask_for_payment(bid, user=head, now=now, version=bid.version)
    yield (now := told.at(-7))
    _certify(told, bid, now)
    (claim,) = _claims(bid, ClaimState.CERTIFIED)
    yield from coming_back.take_off(told, story, bid, claim, now, told.at(-6))


def _report(story: Story, bid: Bid, head: Any, now: datetime) -> None:
    report = bid.report
    assert report is not None and bid.end_on is not None  # an award has both
    value = Decimal(story.actual or story.target)
    results = reports.result_of(report, value, bid.end_on, "Our own assessment")
    answers = {
        "half_days_delivered": sum(line.half_days for line in story.lines),
        "spent_pence": bid.awarded_pence,
        "teaching_before": 2,
        "teaching_after": 3,
        "lessons": "Start with the timetable: days agreed in advance were the days that happened.",
        "helped": "Days agreed in advance.",
        "taught_judged": "Both heads, in joint lesson visits",
        "summary": f"{bid.lead_school.name} worked with a partner school. {story.measure}: from "
        f"{story.baseline} to {story.actual or story.target}.",
    }
    impact.save_report(report, results=results, answers=answers, user=head, now=now, version=report.version)
    impact.submit_report(report, user=head, now=now, version=report.version)
