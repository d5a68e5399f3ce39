"""What else happens around the demonstration's panel: rules, interests, conditions, coming back."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from fundflow.applications import operations, resubmitting
from fundflow.demo.filling import fill
from fundflow.demo.panel_stories import chair_of, marks_of
from fundflow.demo.story import DAYS8, ROLLING, SMALL, Story
from fundflow.demo.story_steps import begin, checklist, confirm
from fundflow.demo.told import Told
from fundflow.extensions import db
from fundflow.funds.operations.rules import change_rules
from fundflow.interests import registering
from fundflow.interests.late import late_interests_of, let_stand
from fundflow.interests.registering import Where
from fundflow.models.bid import Bid
from fundflow.models.condition import AwardCondition
from fundflow.models.impact import ImpactReturn
from fundflow.models.interest import InterestKind, InterestSort
from fundflow.models.panel import AgendaItem
from fundflow.models.person import RoleName, Sector
from fundflow.models.review import Recommendation
from fundflow.panel.operations import agenda, attendance, conditions, decisions, interests, scores
from fundflow.panel.queries import standing_decision
from fundflow.reports.operations import publish_reasons, publish_summary, why_not_publish_summary
from fundflow.review.operations import reviewing
from fundflow.rules.panel.sittings import seats_of
from fundflow.workflow.application import BidState as S
from fundflow.workflow.impact_return import ReturnKind, ReturnState

Beginning = Callable[[Told, Story, datetime], Bid]
COMING = 4  # the next meeting, whose papers are out
STORYTELLING = Story(
    "Oral storytelling in Key Stage 1",
    "899005",
    ("899012",),
    0,
    -70,
    S.AT_PANEL,
    "Pupils tell what happened in one or two sentences; 41% reach the expected level in speaking.",
    "Pupils at the expected level in speaking",
    41,
    65,
    SMALL,
    pupils=88,
    meeting=-32,
    travel=40,
)
CONFIDENCE = Story(
    "Ready for secondary school",
    "899018",
    ("899017",),
    5,
    -40,
    S.AT_PANEL,
    "55% of Year 6 feel ready for secondary school, in two surveys a year apart; the schools they go to say "
    "that independent work is where they struggle.",
    "Pupils who plan a week’s work by themselves",
    31,
    70,
    DAYS8,
    pupils=45,
    meeting=COMING,
)
REGISTER = (
    ("Sue Tan", InterestSort.GOVERNANCE, "899012", True, "Foundation governor"),
    ("Peter Rowe", InterestSort.FAMILY, "899017", False, "My partner teaches there."),
    (
        "Rosalind Achterberg-Oyelaran",
        InterestSort.EMPLOYMENT,
        "899016",
        True,
        "Deputy head until last summer",
    ),
    ("Yusuf Demir", InterestSort.BUSINESS, "", False, "Brackenford School Meals Ltd"),
)
GROUNDS = (
    "The panel’s letter says that it could not see what the eight days are for. They are listed in the plan, "
    "under “Coach in classrooms”."
)
PUBLISHED = (
    "A clear need, shown by figures of two years, and a partner who has done this before. The measure is one "
    "that both schools take already."
)
CHANGED = (
    "More pupils reached the expected standard by the summer, and both schools go on planning lessons together.",
    "Teachers at both schools use the same routines now. Results rose, though by less than was planned.",
)


def panel_acts(told: Told) -> tuple[Iterator[datetime], ...]:
    """All of them, each with its own acts."""
    return (
        _rules(told),
        _register(told),
        _conditions(told),
        _found_late(told),
        _found_just_now(told),
        _brought_back(told),
        _bid_again(told),
        _review_asked(told),
        _before_the_meeting(told),
        _published(told),
        _summaries(told),
    )


def _rules(told: Told) -> Iterator[datetime]:
    """The second version: places for each sector, and members score bids from £12,000 up."""
    yield (now := told.at(-80))
    fund = told.fund
    db.session.refresh(fund)
    places = {
        Sector.PRIMARY: 2,
        Sector.SECONDARY: 1,
        Sector.SPECIAL: 1,
        Sector.GOVERNOR: 2,
        Sector.LA: 2,
        Sector.ALLIANCE: 1,
    }
    rules = replace(
        fund.rules,
        individual_from_pence=1_200_000,
        cluster_discloses=True,
        places={sector.value: count for sector, count in places.items()},
    )
    change_rules(
        fund,
        rules,
        "Schools forum, minute 41: each member scores larger bids, and every sector has its places.",
        version=fund.version,
        user=told.people.staff(RoleName.ADMINISTRATOR),
        now=now,
    )


def _register(told: Told) -> Iterator[datetime]:
    for n, (name, sort, urn, bars, text) in enumerate(REGISTER):
        yield (now := told.at(-280 + 5 * n, 19))
        member = told.people.member(name)
        where = Where(school=told.people.school(urn)) if urn else Where(body=text)
        registering.register_interest(
            member,
            sort,
            where,
            bars=bars,
            text=text if urn else "I am its treasurer.",
            from_on=now.date() - timedelta(days=200),
            user=member,
            now=now,
        )


def _conditions(told: Told) -> Iterator[datetime]:
    """The first is reported and met; the second is overdue, the third still has time."""
    yield (now := told.at(-75, 15))
    bid = told.bids["Behaviour routines across two sites"]
    first = db.session.query(AwardCondition).filter_by(bid_id=bid.id).order_by(AwardCondition.id).first()
    assert first is not None  # the panel made three
    conditions.report_condition(
        first,
        "All staff met on one afternoon; the routine is in the handbook.",
        user=told.people.head("899014"),
        now=now,
        version=first.version,
    )
    yield (now := told.at(-72, 11))
    conditions.discharge_condition(
        first,
        "Seen on a visit to both sites.",
        now=now,
        version=first.version,
        user=told.people.staff(RoleName.OFFICER),
    )


def _found_late(told: Told) -> Iterator[datetime]:
    """After an award a member finds a tie: the vote and the scores no longer count; the award stands."""
    yield (now := told.at(-23, 18))
    item = told.bids["Reading in every subject"].items[-1]
    _declare(told, item, "Laura Finch", "My sister began to teach there in September.", now, bars=True)
    yield (now := told.after(-21, 19))
    decision = standing_decision(item.bid)
    assert decision is not None  # the award
    for late in late_interests_of(decision):
        let_stand(
            late,
            "Without this vote the panel was quorate, and nobody was against.",
            user=chair_of(item, now),
            now=now,
        )


def _found_just_now(told: Told) -> Iterator[datetime]:
    """And one on which the chair is yet to say whether the decision stands."""
    yield (now := told.at(-1, 21))
    item = told.bids["Science capital in Years 5 and 6"].items[-1]
    _declare(told, item, "Hilary Stone", "My brother is the head of science at Millbrook.", now, bars=True)


def _brought_back(told: Told) -> Iterator[datetime]:
    """Deferred, answered, and on the next agenda."""
    story, officer = told.in_term(STORYTELLING), told.people.staff(RoleName.OFFICER)
    head = told.people.head(story.lead)
    yield from _to_the_panel(told, story, begin)
    bid = told.bids[story.title]
    assert story.meeting is not None  # it went to the panel
    yield (now := told.at(story.meeting, 16) + timedelta(minutes=10 * bid.items[-1].position))
    attendance.take_item(bid.items[-1], user=told.people.staff(RoleName.CLERK), now=now)
    decisions.defer(
        bid,
        "Who leads storytelling in the school once the partner’s days are used up?",
        user=chair_of(bid.items[-1], now),
        now=now,
    )
    yield (now := told.at(-24, 17))
    operations.answer_panel(
        bid,
        answer="Our Year 2 teacher, who has half a day a week for it from January. The "
        "governors agreed this on Monday.",
        user=head,
        now=now,
        version=bid.version,
    )
    yield (now := told.at(-20, 11))
    reviewing.bring_back(bid, told.meetings[COMING], user=officer, now=now, version=bid.version)


def _bid_again(told: Told) -> Iterator[datetime]:
    """A refused bid, tried again with what the panel said in mind."""
    yield from _to_the_panel(told, CONFIDENCE, _begin_again)


def _begin_again(told: Told, story: Story, now: datetime) -> Bid:
    refused = told.bids["A residential for Year 6"]
    bid = resubmitting.bid_again(refused, told.rounds[ROLLING], user=told.people.head(story.lead), now=now)
    parts = (
        bid.backfill_lines,
        bid.cost_lines,
        bid.activities,
        bid.outcomes,
        bid.evidence,
        bid.pupil_groups,
        bid.partners,
    )
    for row in [row for rows in parts for row in rows]:
        db.session.delete(row)  # all of it is written again
    db.session.flush()
    db.session.refresh(bid)
    fill(bid, story, told.people, now)
    told.bids[story.title] = bid
    return bid


def _to_the_panel(told: Told, story: Story, start: Beginning) -> Iterator[datetime]:
    """From the draft to a place on the agenda."""
    head, officer = told.people.head(story.lead), told.people.staff(RoleName.OFFICER)
    assert story.meeting is not None  # both go to the panel
    yield (now := told.at(story.began, 17))
    bid = start(told, story, now)
    yield (now := told.at(story.began + 2, 18))
    operations.submit(bid, agreement=True, user=head, now=now, version=bid.version)
    yield (now := told.at(story.began + 4))
    reviewing.take_up(bid, user=officer, now=now, version=bid.version)
    yield (now := told.at(story.began + 6))
    confirm(told, bid, now)
    yield (now := told.at(story.began + 8))
    checklist(bid, officer, now)
    yield (now := told.at(story.began + 14, 11))
    reviewing.recommend(
        bid, Recommendation.FUND, bid.requested_pence, "", told.meetings[story.meeting], user=officer, now=now
    )


def _review_asked(told: Told) -> Iterator[datetime]:
    yield (now := told.at(-1, 20))
    bid = told.bids["A recording studio for the centre"]
    operations.ask_for_review(
        bid, grounds=GROUNDS, user=told.people.head("899014"), now=now, version=bid.version
    )


def _before_the_meeting(told: Told) -> Iterator[datetime]:
    """Members read, declare, and begin to score the bid that each of them scores."""
    yield (now := told.at(-2, 18))
    items = {item.bid.title: item for item in told.bids[CONFIDENCE.title].items[-1].meeting.items}
    scored, shared = (
        items["Closing the gap in Year 10 English"],
        items["Transition in mathematics, Year 6 to Year 7"],
    )
    for n, name in enumerate(("Peter Rowe", "Sue Tan", "Anita Joshi")):
        member, seat = told.people.member(name), _seat(told, scored, name)
        agenda.declare_no_interests(
            scored.meeting, [item.id for item in items.values()], user=member, now=now
        )
        marks = marks_of(n) if name != "Anita Joshi" else dict(list(marks_of(n).items())[:3])
        scores.save_sheet(
            scored, seat, marks, hand_in=name != "Anita Joshi", stamp=None, user=member, now=now
        )
    _declare(
        told, shared, "Rosalind Achterberg-Oyelaran", "The alliance trained the two leaders last year.", now
    )


def _published(told: Told) -> Iterator[datetime]:
    """Reasons in the register of awards, read by the officer first; the newest wait."""
    officer = told.people.staff(RoleName.OFFICER)
    for n, title in enumerate(
        (
            "Phonics coaching in Reception and Year 1",
            "Number sense: joint planning across two schools",
            "Mixed-age mathematics",
            "Curriculum leadership in small schools",
            "Outreach for pupils at risk of exclusion",
            "Reading recovery in Years 1 and 2",
            "Attendance partnership",
            "Autism-friendly classrooms",
            "Reading fluency for Year 7",
            "Writing at greater depth",
            "Behaviour routines across two sites",
        )
    ):
        yield (now := told.at(-60 + n, 14))
        bid = told.bids[title]
        publish_reasons(bid, PUBLISHED, user=officer, now=now, version=bid.version)


def _summaries(told: Told) -> Iterator[datetime]:
    """What two reports say changed, read by the officer for the register; the other summaries wait."""
    officer = told.people.staff(RoleName.OFFICER)
    for n in range(2):
        yield (now := told.at(-12 + n, 14))
        accepted = select(ImpactReturn).where(
            ImpactReturn.kind == ReturnKind.FINAL,
            ImpactReturn.state == ReturnState.ACCEPTED,
            ImpactReturn.summary != "",
            ImpactReturn.summary_published_at.is_(None),
        )
        found = db.session.scalars(accepted.order_by(ImpactReturn.id)).all()
        bid = next(one.bid for one in found if why_not_publish_summary(one.bid, officer, now) is None)
        publish_summary(bid, CHANGED[n], user=officer, now=now, version=bid.version)


def _declare(
    told: Told, item: AgendaItem, name: str, text: str, now: datetime, *, bars: bool = False
) -> None:
    kind = InterestKind.BARRED if bars else InterestKind.DISCLOSED
    interests.declare(item, _seat(told, item, name), kind, text, user=told.people.member(name), now=now)


def _seat(told: Told, item: AgendaItem, name: str) -> int:
    return next(seat.id for seat in seats_of(item, told.now) if seat.user.name == name)
