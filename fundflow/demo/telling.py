"""Tells one story: a bid from its first answer to where it has come, through the operations.

Each generator yields the moment of its next act, then does it (see `load._play`).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from fundflow.applications import answering, attaching, offers, operations
from fundflow.demo import after_award
from fundflow.demo.filling import fill
from fundflow.demo.papers import papers_of
from fundflow.demo.people import People
from fundflow.demo.stories import Story
from fundflow.extensions import db
from fundflow.letters import links
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund, Round
from fundflow.models.interest import InterestKind
from fundflow.models.panel_rules import Choice
from fundflow.models.person import LinkPurpose, OneTimeLink, RoleName
from fundflow.models.review import CHECKLIST, Recommendation, Verdict
from fundflow.panel.operations import decisions, interests, items
from fundflow.panel.operations import scores as scoring
from fundflow.review.operations import returning, reviewing
from fundflow.workflow.application import BidState as S
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.confirmation import ConfirmationState
from fundflow.workflow.working_days import LONDON, is_working_day


class Told:
    """What the stories share."""

    def __init__(self, fund: Fund, people: People, now: datetime) -> None:
        self.fund, self.people, self.now = fund, people, now
        rolling = db.session.query(Round).filter_by(fund_id=fund.id).one()
        self.rounds = {rolling.name: rolling}  # those with dates come in their time
        self.meetings: dict[int, int] = {}  # days from now → the meeting's id
        self.bids: dict[str, Bid] = {}  # by title

    def at(self, days: int, hour: int = 10) -> datetime:
        """An hour of the working day that lies that many days from now (or the one before it)."""
        return self._working(days, hour, -1)

    def after(self, days: int, hour: int = 10) -> datetime:
        """The same, or on the working day after it."""
        return self._working(days, hour, 1)

    def _working(self, days: int, hour: int, step: int) -> datetime:
        day = (self.now + timedelta(days=days)).astimezone(LONDON).date()
        while not is_working_day(day):
            day += timedelta(days=step)
        return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)


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
        operations.withdraw(bid, reason="Our trust now pays for this itself.", user=head, now=now,
                            version=bid.version)  # fmt: skip
        return
    yield from _review(told, story, bid)
    if story.meeting is not None:
        yield from _panel(told, story, bid)
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
    reviewing.take_up(bid, user=officer, now=now, version=bid.version)
    if story.ends is S.INELIGIBLE:
        yield (now := told.at(story.began + 6))
        reviewing.rule_ineligible(bid, "The fund does not pay for equipment or licences",
                                  "Most of the bid would buy tablets.", user=officer, now=now)  # fmt: skip
        return
    if story.ends is S.RETURNED:
        yield (now := told.at(story.began + 8))
        returning.return_for_changes(
            bid, {"outcomes": "How will you measure this, and when?",
                  "costs": "Why are eight days needed for three teachers?"},
            (now + timedelta(days=16)).date(), user=officer, now=now,
        )  # fmt: skip
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
    reviewing.recommend(bid, Recommendation.FUND, bid.requested_pence, "",
                        told.meetings[story.meeting], user=officer, now=now)  # fmt: skip


def confirm(told: Told, bid: Bid, now: datetime) -> None:
    """Every partner that is asked confirms, and the approver signs."""
    for confirmation in [
        c for c in bid.confirmations if c.state is ConfirmationState.ASKED and not c.for_lead
    ]:
        head = told.people.head(confirmation.school.urn)
        answering.confirm(confirmation, user=head, now=now, version=confirmation.version)
    for approval in [a for a in bid.approvals if a.state is ApprovalState.ASKED]:
        token = links.mint(LinkPurpose.APPROVAL, approval.id, now)
        link = db.session.query(OneTimeLink).filter_by(token_hash=links.hash_of(token)).one()
        answering.sign(approval, link=link, decision="sign", signed_name=approval.name, reason="",
                       now=now, version=approval.version)  # fmt: skip


def checklist(bid: Bid, officer: Any, now: datetime) -> None:
    """The officer’s review, whole."""
    assert bid.review is not None  # the review began above
    answers = reviewing.ReviewAnswers(
        need_notes="The figures agree with what we hold on the school.",
        value_notes="Day rates are within those of past awards.",
        recommendation=Recommendation.FUND, pence=bid.requested_pence, conditions="",
        verdicts={item: (Verdict.PASS, "") for item in CHECKLIST},
    )  # fmt: skip
    reviewing.save_review(bid.review, answers, user=officer, now=now, version=bid.review.version)


def _panel(told: Told, story: Story, bid: Bid) -> Iterator[datetime]:
    """The item is called, in its place on the agenda; everybody votes; the chair decides."""
    assert story.meeting is not None  # asked before the call
    opened = told.at(story.meeting, 16)
    yield opened + timedelta(minutes=1)
    item = bid.items[-1]
    yield (now := opened + timedelta(minutes=10 * item.position))
    db.session.refresh(item.meeting)
    clerk = told.people.staff(RoleName.CLERK)
    choice = Choice.DO_NOT_FUND if story.ends is S.NOT_FUNDED else Choice.FUND
    for standing in item.standings(now):
        if not standing.barred:
            items.record_presence(item, standing.seat.id, present=True, user=clerk, now=now)
            interests.declare(item, standing.seat.id, InterestKind.NONE, user=clerk, now=now)
    low = story.ends is S.NOT_FUNDED
    scores = {"need": 2 if low else 3, "outcomes": 1 if low else 3, "priority": 2 if low else 4,
              "delivery": 3, "value": 1 if low else 3, "sustainability": 2, "gaps": 2}  # fmt: skip
    scoring.save_scores(item, scores, stamp=None, user=clerk, now=now)
    chair = item.chair(now)
    assert chair is not None  # the whole panel is on the call
    if story.ends is S.DEFERRED:
        decisions.defer(bid, "How will staff keep this going after the support has ended?",
                        user=chair.user, now=now)  # fmt: skip
        return
    for standing in item.standings(now):
        if standing.counts:
            items.vote(item, standing.seat.id, choice, user=clerk, now=now)
    note = "No group of pupils is disadvantaged by this decision."
    if story.ends is S.NOT_FUNDED:
        decisions.decline(bid, reasons="The outcomes do not show how learning would improve.",
                          equality_note=note, user=chair.user, now=now)  # fmt: skip
    else:
        decisions.approve(bid, bid.requested_pence, reasons="A clear need and a strong partner.",
                          equality_note=note, user=chair.user, now=now)  # fmt: skip


def _offer(told: Told, story: Story, bid: Bid) -> Iterator[datetime]:
    assert story.meeting is not None  # an offer follows a meeting
    head = told.people.head(story.lead)
    if story.ends is S.OFFERED:
        # Made afresh a few days ago, so that the date to reply lies ahead.
        yield (now := told.at(story.meeting + 24))
        offers.turn_down_offer(bid, reason="We asked for more time.", user=head, now=now, version=bid.version)
        yield (now := told.at(-4))
        decisions.renew_offer(bid, "The school is ready now.", user=_chair(told, bid), now=now)
    elif story.ends is S.NOT_TAKEN_UP:
        yield (now := told.at(story.meeting + 12))
        offers.turn_down_offer(bid, reason="Our teacher who was to lead this has left.", user=head,
                               now=now, version=bid.version)  # fmt: skip
    else:
        yield (now := told.at(story.meeting + 7))
        offers.accept_offer(bid, agreement=True, user=head, now=now, version=bid.version)


def _chair(told: Told, bid: Bid) -> Any:
    chair = bid.items[-1].chair(told.now)
    assert chair is not None  # the whole panel was on the call
    return chair.user
