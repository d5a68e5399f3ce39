"""Tells one story: a bid from its first answer to where it has come, through the operations.

Each generator yields the moment of its next act, then does it (see `load._play`).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from fundflow.applications import answering, answering_by_link, attaching, offers, operations, plans
from fundflow.demo import after_award
from fundflow.demo.filling import fill
from fundflow.demo.panel_stories import hear
from fundflow.demo.papers import papers_of
from fundflow.demo.story import Story
from fundflow.demo.told import Told
from fundflow.extensions import db
from fundflow.letters import links
from fundflow.models.bid import Bid
from fundflow.models.confirmation import Approval
from fundflow.models.files import Viewing
from fundflow.models.person import RoleName
from fundflow.models.review import CHECKLIST, Recommendation, Verdict
from fundflow.review.operations import returning, reviewing
from fundflow.rules.plans import Planned, needs_plan, planned
from fundflow.workflow.application import BidState as S
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.confirmation import ConfirmationState


def tell(told: Told, story: Story) -> Iterator[datetime]:
    """The whole story, up to the state it ends in."""
    head = told.people.head(story.lead)
    yield (now := told.at(story.began, 17))
    bid = begin(told, story, now)
    if story.ends is S.DRAFT:
        return
    yield (now := told.at(story.began + 2, 18))
    operations.submit(bid, agreement=True, user=head, now=now, version=bid.version)
    if story.ends is S.SUBMITTED:
        return
    if story.ends is S.WITHDRAWN:
        yield (now := told.at(story.began + 9))
        operations.withdraw(
            bid, reason="Our trust now pays for this itself.", user=head, now=now, version=bid.version
        )
        return
    yield from _review(told, story, bid)
    if story.meeting is not None:
        yield from hear(told, story, bid)
    if bid.state is S.OFFERED:
        yield from _offer(told, story, bid)
    if bid.state is S.IN_DELIVERY:
        yield from after_award.deliver(told, story, bid)


def begin(told: Told, story: Story, now: datetime) -> Bid:
    """A draft by the head, filled in as far as the story goes."""
    head, school = told.people.head(story.lead), told.people.school(story.lead)
    bid = operations.start_bid(user=head, school=school, round=told.rounds[story.round], now=now)
    fill(bid, story, told.people, now)
    for paper in papers_of(bid) if story.papers else ():
        attaching.attach(bid, sent=paper.sent, description=paper.description, user=head, now=now)
    told.bids[story.title] = bid
    return bid


def _review(told: Told, story: Story, bid: Bid) -> Iterator[datetime]:
    officer = told.people.staff(RoleName.OFFICER)
    yield (now := told.at(story.began + 4))
    opened = [f"File: {paper.name}" for paper in bid.attachments]
    db.session.add_all(Viewing(bid_id=bid.id, user_id=officer.id, what=what, at=now) for what in opened)
    reviewing.take_up(bid, user=officer, now=now, version=bid.version)
    if story.ends is S.INELIGIBLE:
        yield (now := told.at(story.began + 6))
        reviewing.rule_ineligible(
            bid,
            "The fund does not pay for equipment or licences",
            "Most of the bid would buy tablets.",
            user=officer,
            now=now,
        )
        return
    if story.ends is S.RETURNED:
        yield (now := told.at(story.began + 8))
        returning.return_for_changes(
            bid,
            {
                "outcomes": "How will you measure this, and when?",
                "costs": "Why are eight days needed for three teachers?",
            },
            (now + timedelta(days=16)).date(),
            user=officer,
            now=now,
        )
        return
    if story.part_way and story.ends is S.IN_REVIEW:
        return
    yield (now := told.at(story.began + 6))
    confirm(told, bid, now)
    yield (now := told.at(story.began + 8))
    checklist(bid, officer, now)
    if story.meeting is None:
        return
    yield (now := told.at(min(story.began + 14, story.meeting - 9), 11))
    reviewing.recommend(
        bid, Recommendation.FUND, bid.requested_pence, "", told.meetings[story.meeting], user=officer, now=now
    )


def confirm(told: Told, bid: Bid, now: datetime) -> None:
    """Every partner that is asked confirms, and the approver signs."""
    for confirmation in [
        c for c in bid.confirmations if c.state is ConfirmationState.ASKED and not c.for_lead
    ]:
        head = told.people.head(confirmation.school.urn)
        answering.confirm(confirmation, user=head, now=now, version=confirmation.version)
    for approval in [a for a in bid.approvals if a.state is ApprovalState.ASKED]:
        token = links.mint_answer(links.AnsweredRecord.of(approval), approval.email, now)
        by = answering_by_link.asked_by(token, Approval)
        assert by is not None  # minted above
        answering_by_link.answer(
            by, "sign", signed_name=approval.name, reason="", now=now, version=approval.version
        )


def checklist(bid: Bid, officer: Any, now: datetime) -> None:
    """The officer’s review, whole."""
    assert bid.review is not None  # the review began above
    answers = reviewing.ReviewAnswers(
        need_notes="The figures agree with what we hold on the school.",
        value_notes="Day rates are within those of past awards.",
        recommendation=Recommendation.FUND,
        pence=bid.requested_pence,
        conditions="",
        verdicts={item: (Verdict.PASS, "") for item in CHECKLIST},
    )
    reviewing.save_review(bid.review, answers, user=officer, now=now, version=bid.review.version)


def _offer(told: Told, story: Story, bid: Bid) -> Iterator[datetime]:
    assert story.meeting is not None  # an offer follows a meeting
    head = told.people.head(story.lead)
    if story.ends is S.OFFERED:
        yield (now := told.at(-1, 15))
        if needs_plan(bid) and not bid.decision_held_until:
            _send_plan(bid, head, now)
        return
    if story.ends is S.NOT_TAKEN_UP:
        yield (now := told.at(story.meeting + 12))
        offers.turn_down_offer(
            bid, reason="Our teacher who was to lead this has left.", user=head, now=now, version=bid.version
        )
    else:
        yield (now := told.at(story.meeting + 7))
        offers.accept_offer(bid, agreement=True, user=head, now=now, version=bid.version)


def _send_plan(bid: Bid, head: Any, now: datetime) -> None:
    """A plan for a smaller offer: a day less of the first line, and no other costs."""
    whole = planned(bid, None)
    first = bid.backfill_lines[0]
    amounts = Planned({**whole.half_days, first.id: first.half_days - 2}, dict.fromkeys(whole.pence, 0))
    plan = plans.save_plan(bid, amounts, user=head, now=now, version=bid.version)
    plans.propose(plan, user=head, now=now, version=plan.version)
