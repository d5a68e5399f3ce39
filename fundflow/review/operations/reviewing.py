"""What officers do with a bid before the panel: the review, questions, eligibility, the agenda."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fundflow import interests, papers
from fundflow.agenda import add_item
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.panel import AgendaItem
from fundflow.models.person import User
from fundflow.models.review import (
    CHECKLIST,
    ChecklistAnswer,
    Recommendation,
    Review,
    Verdict,
)
from fundflow.models.unfinished import REVIEW, Unfinished, set_unfinished
from fundflow.review.evidence import evidence_for_panel
from fundflow.review.rules import why_not_save
from fundflow.rules.interests.involvement import was_involved
from fundflow.steps import lock, note, take_step
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import add_working_days, london_date


@dataclass(frozen=True, slots=True)
class ReviewAnswers:
    """What an officer wrote in a review; anything may still be missing. `pence` is the amount."""

    need_notes: str
    value_notes: str
    recommendation: Recommendation | None
    pence: int | None
    conditions: str
    verdicts: Mapping[str, tuple[Verdict | None, str]]


def save_review(
    review: Review,
    answers: ReviewAnswers,
    *,
    unfinished: Unfinished | None = None,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """Keep what the officer has so far, and as typed what is malformed.

    Raises Stale where another officer saved in between.
    """
    lock(review, version)
    if why := why_not_save(review.bid, user, now):
        raise Refused(why)
    begins = not was_involved(review.bid, user)  # asked first: the row soon names its latest writer only
    review.need_notes, review.value_notes = answers.need_notes, answers.value_notes
    _recommend_in(review, answers.recommendation, answers.pence, answers.conditions, user, now)
    for item, (verdict, remark) in answers.verdicts.items():
        _check(review, item, verdict, remark)
    set_unfinished(review.bid, REVIEW, unfinished)
    review.version += 1
    review.bid.touch()
    if begins:  # else nothing would keep them from hearing a review of it
        note(review.bid, "work_on_review", "Worked on the review", user=user, now=now, internal=True)
    db.session.commit()


def _check(review: Review, item: str, verdict: Verdict | None, remark: str) -> None:
    if item not in CHECKLIST:
        raise Refused("That is no item of the checklist.")
    check = review.check(item)
    if check is None:
        check = ChecklistAnswer(item=item)
        review.checks.append(check)
    check.verdict, check.note = verdict, remark


def _recommend_in(
    review: Review,
    recommendation: Recommendation | None,
    pence: int | None,
    conditions: str,
    user: User,
    now: datetime,
) -> None:
    if pence is not None and pence > review.bid.requested_pence:
        raise Refused("The amount you recommend is more than the bid asks for.")
    review.recommendation, review.conditions = recommendation, conditions
    review.recommended_pence = None if recommendation is Recommendation.DO_NOT_FUND else pence
    review.updated_at, review.updated_by = now, user


def take_up(bid: Bid, *, user: User, now: datetime, version: int | None = None) -> None:
    """Start the review; the bid is this officer's from now on."""
    lock(bid, version, step="take_up", user=user)
    with db.session.no_autoflush:  # what the step changes is written once
        bid.officer = user
        start_review(bid, user=user, now=now)
        take_step(bid, "take_up", user=user, now=now, version=version, locked=True)
    db.session.commit()


def start_review(bid: Bid, *, user: User, now: datetime) -> None:
    """See that the bid has a review, and a date by which the officer should be done."""
    if bid.review is None:
        bid.review = Review(updated_at=now, updated_by=user)
    bid.due_on = add_working_days(london_date(now), bid.fund.officer_days, bid.fund.council_off)


def rule_ineligible(
    bid: Bid, rule: str, reason: str, *, user: User, now: datetime, version: int | None = None
) -> None:
    """Rule that the bid does not meet a rule of the fund; the school may ask for a review."""
    lock(bid, version, step="rule_ineligible", user=user)
    bid.officer = bid.officer or user
    bid.ineligible_rule = rule
    take_step(
        bid, "rule_ineligible", user=user, now=now, version=version, given={"rule": rule, "reason": reason}
    )
    # after the step, which asks about the old date
    bid.due_on = add_working_days(london_date(now), bid.fund.review_days, bid.fund.schools_off)
    db.session.commit()


def recommend(
    bid: Bid,
    recommendation: Recommendation,
    pence: int | None,
    conditions: str,
    meeting_id: int,
    *,
    user: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Put the bid on a meeting's agenda with the officer's recommendation (pence: the amount)."""
    lock(bid, version, step="recommend", user=user)
    _require_fundable(bid, recommendation)
    interests.disclose(bid, user, now=now)
    if bid.review is not None:
        _recommend_in(bid.review, recommendation, pence, conditions, user, now)
        bid.review.version += 1
        _freeze_facts(bid.review, user, now)
        bid.review.reply, bid.review.replied_at = "", None  # one to an earlier report stays in the history
    item = _put_on_agenda(bid, meeting_id)
    take_step(
        bid,
        "recommend",
        user=user,
        now=now,
        version=version,
        given={
            "recommendation": recommendation,
            "meeting": item.meeting.id,
            "amount": pence,
            "conditions": conditions,
        },
    )
    papers.issue_if_out(item, user=user, now=now)
    db.session.commit()


def _freeze_facts(review: Review, user: User, now: datetime) -> None:
    """Keep beside each verdict what the fund's data say now: the panel reads more than “Pass”."""
    known = evidence_for_panel(review.bid, user, now)
    for check in review.checks:
        check.facts = known.get(check.item, [])


def _require_fundable(bid: Bid, recommendation: Recommendation) -> None:
    """A bid that breaks a rule of the fund may be recommended for refusal alone."""
    why = bid.review.why_not_fundable() if bid.review else None
    if why and recommendation is not Recommendation.DO_NOT_FUND:
        raise Refused(why)


def _put_on_agenda(bid: Bid, meeting_id: int) -> AgendaItem:
    """Add the bid to a meeting's agenda; its date is the bid's due date."""
    item = add_item(bid, meeting_id)
    bid.due_on = london_date(item.meeting.starts_at)
    return item


def take_back(bid: Bid, reason: str, *, user: User, now: datetime, version: int | None = None) -> None:
    """Take the bid off the agenda and review it again."""
    lock(bid, version, step="take_back", user=user)
    was_on = bid.meeting_on
    if bid.open_item:
        bid.open_item.take_off(now)
    start_review(bid, user=user, now=now)
    take_step(
        bid, "take_back", user=user, now=now, version=version, given={"reason": reason, "was_on": was_on}
    )
    db.session.commit()


def bring_back(bid: Bid, meeting_id: int, *, user: User, now: datetime, version: int | None = None) -> None:
    """Put a deferred bid, whose question is answered, before a meeting again."""
    lock(bid, version, step="bring_back", user=user)
    item = _put_on_agenda(bid, meeting_id)
    take_step(bid, "bring_back", user=user, now=now, version=version, given={"meeting": item.meeting.id})
    papers.issue_if_out(item, user=user, now=now)
    db.session.commit()
