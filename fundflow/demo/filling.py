"""Writes a story's answers into a draft bid."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from fundflow.demo.council import PRIORITIES, address_of
from fundflow.demo.people import People
from fundflow.demo.stories import Story
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_money import recount
from fundflow.models.bid_parts import (
    Activity,
    BackfillLine,
    CostKind,
    CostLine,
    Evidence,
    EvidenceKind,
    Outcome,
    Part,
    Partner,
    PupilGroup,
)  # fmt: skip


def fill(bid: Bid, story: Story, people: People, now: datetime) -> None:
    """Every answer of the short form; the first two sections alone where the story stops part way."""
    head = people.head(story.lead)
    bid.title = story.title
    bid.priority = next(p for p in bid.round.priorities if p.title == PRIORITIES[story.priority])
    bid.partners = [Partner(school=people.school(urn), part=Part.PROVIDER) for urn in story.providers]
    bid.contact_name, bid.contact_role, bid.contact_email = head.name, "Head teacher", head.email
    bid.contact_phone = "01632 960 001"
    if story.lines:
        _plan(bid, story, _starts(story, now))
        _people(bid, story)
        _costs(bid, story, people)
    bid.touch()
    db.session.commit()


def _starts(story: Story, now: datetime) -> date:
    after = story.meeting - story.began + 12 if story.meeting is not None else 40
    return (now + timedelta(days=after)).date()


def _plan(bid: Bid, story: Story, start: date) -> None:
    bid.start_on, bid.end_on = start, start + timedelta(days=story.lasts)
    bid.activities = [
        Activity(what="Plan together and agree the timetable", who="Leaders of both schools",
                 starts_on=start, ends_on=start + timedelta(days=14), half_days=4),
        Activity(what="Coach in classrooms", who=story.lines[0].role, starts_on=start + timedelta(days=15),
                 ends_on=bid.end_on, half_days=max(sum(line.half_days for line in story.lines) - 4, 2)),
    ]  # fmt: skip
    bid.outcomes = [Outcome(
        measure=story.measure, unit="%", group=story.group, method="Our own assessment, each term",
        baseline=Decimal(story.baseline), baseline_on=start - timedelta(days=60),
        target=Decimal(story.target), target_on=bid.end_on,
    )]  # fmt: skip


def _people(bid: Bid, story: Story) -> None:
    bid.need = story.need
    bid.evidence = [Evidence(kind=EvidenceKind.ASSESSMENT, source="Summer term assessments",
                             dated=bid.created_at.date() - timedelta(days=45), text=story.need[:200])]  # fmt: skip
    bid.pupils_benefiting, bid.staff_benefiting = story.pupils, 6
    bid.pupil_groups = [PupilGroup(group=story.group, count=story.pupils)]
    bid.other_funding = False
    bid.approver_name, bid.approver_role = "Christine Ward", "chair_of_governors"
    bid.approver_email = address_of("Christine Ward")


def _costs(bid: Bid, story: Story, people: People) -> None:
    provider = people.school(story.providers[0])
    bid.backfill_lines = [
        BackfillLine(school=provider, staff_role=line.role, staff_code=line.code, half_days=line.half_days,
                     day_rate_pence=line.rate * 100, on_cost_basis_points=line.on_cost * 100,
                     rate_reason="An executive head leads the work." if line.rate > 450 else "")
        for line in story.lines
    ]  # fmt: skip
    if story.travel:
        bid.cost_lines = [CostLine(kind=CostKind.TRAVEL, description="Travel between the schools",
                                   pence=story.travel * 100)]  # fmt: skip
    recount(bid)
