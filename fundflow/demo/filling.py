"""Writes a story's answers into a draft bid."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from fundflow.demo.answers import FULL, SHORT, answer
from fundflow.demo.council import PRIORITIES, address_of
from fundflow.demo.people import People
from fundflow.demo.story import Story
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import (
    Activity,
    BackfillLine,
    CostKind,
    CostLine,
    Evidence,
    EvidenceKind,
    EvidenceStrength,
    Outcome,
    Part,
    Partner,
    PupilGroup,
    Risk,
)
from fundflow.models.fund import Fund, StaffGrade
from fundflow.rules.bid_money import lines_without_reason, recount
from fundflow.workflow.application import BidState as S
from fundflow.workflow.working_days import add_working_days

OVER = (S.IN_MONITORING, S.CLOSED, S.TERMINATED)  # how stories end whose support was over before today
OF_THE_ROUND = (
    "Two of our pupils sit with us each half term, and a parent governor visits. What they said is "
    "in the need above, in their words."
)


def fill(bid: Bid, story: Story, people: People, now: datetime) -> None:
    """Every answer of the short form; the first two sections alone where the story stops part way."""
    head = people.head(story.lead)
    if story.lines:
        answer(bid, SHORT)
    bid.title = story.title
    titled = {priority.title: priority for priority in bid.round.priorities}
    bid.priority = titled.get(PRIORITIES[story.priority]) or bid.round.priorities[0]
    bid.partners = [Partner(school=people.school(urn), part=Part.PROVIDER) for urn in story.providers]
    bid.contact_name, bid.contact_role, bid.contact_email = head.name, "Head teacher", head.email
    bid.contact_phone = SHORT["contact_phone"]
    if story.lines:
        _plan(bid, story, school_day(_starts(story, now), bid.fund))
        _people(bid, story)
        _costs(bid, story, people)
    if bid.is_large:
        _full(bid, story)
    bid.round_texts = dict.fromkeys(bid.round_texts, OF_THE_ROUND)
    bid.touch()
    db.session.commit()


def _starts(story: Story, now: datetime) -> date:
    after = story.meeting - story.began + 12 if story.meeting is not None else 40
    return (now + timedelta(days=after)).date()


def school_day(day: date, fund: Fund) -> date:
    """The day, or the next on which schools are open."""
    return add_working_days(day - timedelta(days=1), 1, fund.schools_off)


def school_day_before(day: date, fund: Fund) -> date:
    """The day, or the last before it on which schools are open."""
    return add_working_days(day + timedelta(days=1), -1, fund.schools_off)


def _plan(bid: Bid, story: Story, start: date) -> None:
    # What is over was over before the holidays; what goes on goes on after them.
    ending = school_day_before if story.ends in OVER else school_day
    bid.start_on, bid.end_on = start, ending(start + timedelta(days=story.lasts), bid.fund)
    planned = school_day(start + timedelta(days=14), bid.fund)
    bid.activities = [
        Activity(
            what="Plan together and agree the timetable",
            who="Leaders of both schools",
            starts_on=start,
            ends_on=planned,
            half_days=4,
        ),
        Activity(
            what="Coach in classrooms",
            who=story.lines[0].role,
            starts_on=school_day(planned + timedelta(days=1), bid.fund),
            ends_on=bid.end_on,
            half_days=max(sum(line.half_days for line in story.lines) - 4, 2),
        ),
    ]
    library = next((one for one in bid.fund.measures if one.name == story.measure), None)
    bid.outcomes = [
        Outcome(
            library=library,
            measure=story.measure,
            unit=story.unit,
            group=story.group,
            method=library.method if library else "Our own assessment, each term",
            baseline=Decimal(story.baseline),
            baseline_on=school_day_before(start - timedelta(days=60), bid.fund),
            target=Decimal(story.target),
            target_on=bid.end_on,
        )
    ]


def _people(bid: Bid, story: Story) -> None:
    bid.need = story.need
    bid.evidence = [
        Evidence(
            kind=EvidenceKind.ASSESSMENT,
            source="Summer term assessments",
            dated=bid.created_at.date() - timedelta(days=45),
            text=story.need[:200],
        )
    ]
    bid.pupils_benefiting = story.pupils
    bid.pupil_groups = [PupilGroup(group=story.group, count=story.pupils)]


def _full(bid: Bid, story: Story) -> None:
    """What the full form asks beside the short one."""
    answer(bid, FULL)
    who, provider = story.lines[0].role, bid.partners[0].school
    bid.phases = [str(bid.lead_school.phase_code)]
    bid.approach = (
        f"{provider.name} knows this work well. Its {who.lower()} plans with our leaders, teaches "
        "beside our teachers and hands over, a class at a time, by the end of the project."
    )
    bid.evidence.append(
        Evidence(
            kind=EvidenceKind.REVIEW,
            source=f"Review by {provider.name}",
            text="Two days in lessons and in books.",
            dated=bid.created_at.date() - timedelta(days=20),
        )
    )
    bid.evidence_strength, bid.evidence_strength_source = (
        EvidenceStrength.EEF_3,
        "EEF teaching and learning toolkit",
    )
    bid.risks = [
        Risk(
            risk="Cover can’t be found in a term with much illness.",
            likelihood=3,
            impact=3,
            mitigation="Both schools hold a list of supply staff who know the classes.",
        ),
        Risk(
            risk="A leader who was trained leaves.",
            likelihood=2,
            impact=4,
            mitigation="Two leaders take part in everything.",
        ),
    ]
    bid.approver_name, bid.approver_email = "Christine Ward", address_of("Christine Ward")
    bid.approver_role = bid.approver_wanted or ""


def _costs(bid: Bid, story: Story, people: People) -> None:
    provider = people.school(story.providers[0])
    bid.backfill_lines = [
        BackfillLine(
            school=provider,
            grade=_grade(bid, line.rate),
            staff_role=line.role,
            staff_code=line.code,
            half_days=line.half_days,
            day_rate_pence=line.rate * 100,
            on_cost_basis_points=line.on_cost * 100,
        )
        for line in story.lines
    ]
    for line in lines_without_reason(bid):
        line.rate_reason = "An executive head leads the work in both schools at once."
    if story.travel:
        bid.cost_lines = [
            CostLine(kind=CostKind.TRAVEL, description="Travel between the schools", pence=story.travel * 100)
        ]
    recount(bid)


def _grade(bid: Bid, rate: int) -> StaffGrade:
    """The first grade whose cap holds this day rate (pounds), else the highest."""
    grades = sorted(bid.fund.grades_offered, key=lambda grade: grade.cap_pence)
    return next((grade for grade in grades if grade.cap_pence >= rate * 100), grades[-1])
