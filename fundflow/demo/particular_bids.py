"""The demonstration's particular bids: entered by an officer, answered, corrected, commissioned, let
in late, passed on to a successor; and what the officer keeps beside them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from fundflow.accounts import people as accounts
from fundflow.accounts.places import SchoolPlace
from fundflow.applications import correcting, late_evidence, on_behalf, operations
from fundflow.brokering.operations import commissioning
from fundflow.demo.answering import answer
from fundflow.demo.changing import change_row, save
from fundflow.demo.filling import fill
from fundflow.demo.papers import assessments
from fundflow.demo.stories_after_award import OLD_MILL
from fundflow.demo.story import AUTUMN, DAYS8, LEADER, MATHS, ROLLING, SPRING, BackfillStory, Story
from fundflow.demo.story_steps import begin, checklist, confirm
from fundflow.demo.told import Told
from fundflow.desk import cover
from fundflow.extensions import db
from fundflow.funds.operations import late
from fundflow.models.bid_parts import PupilGroupKind
from fundflow.models.brokering import Expertise
from fundflow.models.person import RoleName, Standing
from fundflow.models.school import CLOSED, OPEN
from fundflow.review.operations import notes, returning, reviewing
from fundflow.schools.importing import import_links
from fundflow.schools.operations import succession
from fundflow.schools.operations.succession import SuccessionPlan
from fundflow.workflow.application import BidState as S
from fundflow.workflow.working_days import london_date

YEARS = (BackfillStory("Head of year", "HY1", 14, 340, 20),)
ANSWERED = Story(
    "Reasoning in Years 5 and 6",
    "899006",
    ("899005",),
    1,
    -32,
    S.IN_REVIEW,
    "Pupils calculate well and explain little: 52% are secure in reasoning, against 71% in arithmetic.",
    "Pupils secure in reasoning",
    52,
    60,
    MATHS,
    pupils=121,
    round=AUTUMN,
)
CHANGED = Story(
    "Writing across the curriculum",
    "899012",
    ("899010",),
    5,
    -17,
    S.IN_REVIEW,
    "Writing in history and science is two terms behind writing in English.",
    "Pupils at the expected standard in writing",
    61,
    74,
    LEADER,
    PupilGroupKind.ALL,
    211,
    travel=90,
    round=AUTUMN,
    papers=True,
)
ENTERED = Story(
    "Subject leaders for small teams",
    "899010",
    ("899001",),
    5,
    -14,
    S.IN_REVIEW,
    "Each leader looks after three subjects and has one day a term for all of them.",
    "Subjects with a plan that is in use",
    4,
    10,
    DAYS8,
    pupils=388,
    unit="subjects",
)
LOOKED_AFTER = Story(
    "A key adult for every looked-after child",
    "O00001",
    ("899008",),
    4,
    -4,
    S.SUBMITTED,
    "Looked-after children of secondary age missed 14% of sessions, and moved school twice as often as others.",
    "Sessions missed",
    14,
    8,
    YEARS,
    PupilGroupKind.LOOKED_AFTER,
    46,
    travel=60,
    round=SPRING,
)
LATE = Story(
    "Starting school well",
    "899005",
    ("899013",),
    0,
    -20,
    S.DRAFT,
    "",
    "",
    0,
    1,
    (),
    part_way=True,
    round=AUTUMN,
)
SCIENCE, READING = "Retrieval practice in science", "Disadvantaged pupils’ reading in Key Stage 2"


def particulars(told: Told) -> tuple[Iterator[datetime], ...]:
    """All of them, each with its own acts."""
    return (
        _answered(told),
        _changed(told),
        _entered(told),
        _virtual_school(told),
        _late(told),
        _commissioned(told),
        _converted(told),
        _typo(told),
        _evidence(told),
        _note(told),
        _away(told),
    )


def _sent(told: Told, story: Story) -> Iterator[datetime]:
    """Begun, submitted two days later, taken up in two more."""
    yield (now := told.at(story.began, 17))
    bid = begin(told, story, now)
    yield (now := told.at(story.began + 2, 18))
    operations.submit(bid, agreement=True, user=told.people.head(story.lead), now=now, version=bid.version)
    if story.ends is S.SUBMITTED:
        return
    yield (now := told.at(story.began + 4))
    reviewing.take_up(bid, user=told.people.staff(RoleName.OFFICER), now=now, version=bid.version)


def _answered(told: Told) -> Iterator[datetime]:
    """Returned with three questions, and answered: what changed is worth a look."""
    yield from _sent(told, ANSWERED)
    bid, officer = told.bids[ANSWERED.title], told.people.staff(RoleName.OFFICER)
    yield (now := told.at(-26))
    confirm(told, bid, now)
    yield (now := told.at(-23))
    returning.return_for_changes(
        bid,
        {
            "outcomes": "Eight points is within what moves by chance. What would convince you, and how will you know "
            "before the summer?",
            "plan": "What happens after the coaching ends?",
            "costs": "Does the lead need six days for two year groups?",
        },
        (now + timedelta(days=14)).date(),
        user=officer,
        now=now,
    )
    yield (now := told.at(-17, 19))
    answer(bid, told.people.head(ANSWERED.lead), now)
    yield (now := told.at(-14))
    confirm(told, bid, now)
    yield (now := told.at(-13, 15))
    checklist(bid, officer, now)


def _changed(told: Told) -> Iterator[datetime]:
    """Two more days after everybody had agreed: confirmation and signature are asked for again."""
    yield from _sent(told, CHANGED)
    bid, head = told.bids[CHANGED.title], told.people.head(CHANGED.lead)
    yield (now := told.at(-8))
    confirm(told, bid, now)
    yield (now := told.at(-3, 16))
    correcting.start_correction(bid, user=head, now=now)
    change_row(bid, "costs", "backfill", user=head, now=now, half_days=20)
    correcting.send_correction(
        bid,
        agreement=True,
        why_odd="Two days are for planning, before the activities start.",
        user=head,
        now=now,
        version=bid.version,
    )


def _entered(told: Told) -> Iterator[datetime]:
    """From a Word form, by the officer; the head has not agreed yet."""
    officer = told.people.staff(RoleName.OFFICER)
    yield (now := told.at(ENTERED.began, 14))
    bid = on_behalf.enter_bid(
        user=officer,
        school=told.people.school(ENTERED.lead),
        round_=told.rounds[ROLLING],
        now=now,
        came_from="The head’s Word form, sent by email because the school’s internet was down.",
    )
    fill(bid, ENTERED, told.people, now)
    on_behalf.submit_on_behalf(bid, user=officer, now=now, version=bid.version)
    reviewing.take_up(bid, user=officer, now=now, version=bid.version)
    yield (now := told.at(-11))
    confirm(told, bid, now)


def _virtual_school(told: Told) -> Iterator[datetime]:
    """A bid led by what is no school."""
    yield from _sent(told, LOOKED_AFTER)


def _late(told: Told) -> Iterator[datetime]:
    """A draft that missed the closing, and the officer's reason to let it in."""
    yield (now := told.at(LATE.began, 17))
    bid = begin(told, LATE, now)
    yield (now := told.at(-6, 11))
    late.let_in(
        told.rounds[AUTUMN],
        school=bid.lead_school,
        until=told.at(8, 17),
        reason="The head was in hospital in the week of the closing.",
        user=told.people.staff(RoleName.OFFICER),
        now=now,
    )


def _commissioned(told: Told) -> Iterator[datetime]:
    """Support for a school that has not asked, still being filled in."""
    yield (now := told.at(-7, 15))
    commissioning.commission(
        told.people.school("899014"),
        told.people.school("899007"),
        told.rounds[SPRING],
        expertise=Expertise.BEHAVIOUR,
        user=told.people.staff(RoleName.OFFICER),
        now=now,
        reason="Part of the support plan that was agreed with the management board: attendance is below 70%.",
    )


def _converted(told: Told) -> Iterator[datetime]:
    """Old Mill becomes an academy: its bid passes on, what was paid keeps the old URN."""
    old, new = told.people.school(OLD_MILL.lead), told.people.school("899021")
    yield (now := told.at(-18, 9))
    _as_gias_says(old.urn, new.urn, told, london_date(now))
    head, admin = told.people.head(new.urn), told.people.staff(RoleName.ADMINISTRATOR)
    (before,) = head.memberships
    accounts.end(before, last_day=london_date(now) - timedelta(days=1), by=admin, now=now)
    accounts.give(head, SchoolPlace(new, Standing.LEADER, london_date(now)), by=admin, now=now)
    yield (now := told.at(-17, 11))
    wanted = SuccessionPlan(old, old, new, "Old Mill became an academy and joined The Meadow Partnership.")
    succession.pass_on(
        wanted, seen=succession.stamp(wanted.bid_ids()), now=now, user=told.people.staff(RoleName.OFFICER)
    )


def _as_gias_says(old_urn: str, new_urn: str, told: Told, day: date) -> None:
    """What an import of the two files of that day brings."""
    old, new = told.people.school(old_urn), told.people.school(new_urn)
    old.status_code, old.closed_on = CLOSED, day - timedelta(days=1)
    new.status_code, new.opened_on = OPEN, day
    db.session.commit()
    rows = [
        f"{old.urn},{new.urn},{new.name},Successor,{day:%d-%m-%Y}",
        f"{new.urn},{old.urn},{old.name},Predecessor,{day:%d-%m-%Y}",
    ]
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"links_edubasealldata{day:%Y%m%d}.csv"
        path.write_text("\n".join(["URN,LinkURN,LinkName,LinkType,LinkEstablishedDate", *rows]), "cp1252")
        assert not import_links(path, now=datetime.combine(day, time(6), UTC)).is_rejected, (
            "the links file is whole"
        )


def _typo(told: Told) -> Iterator[datetime]:
    """A slip, put right by the school: nobody signs again."""
    yield (now := told.at(-6, 16))
    bid = told.bids[SCIENCE]
    head = told.people.head(bid.lead_school.urn)
    correcting.start_correction(bid, user=head, now=now)
    save(bid, "need", user=head, now=now, need=bid.need.replace("14%", "41%"))
    correcting.send_correction(bid, agreement=False, user=head, now=now, version=bid.version)


def _evidence(told: Told) -> Iterator[datetime]:
    yield (now := told.at(-5, 16))
    bid = told.bids[READING]
    late_evidence.send(
        bid,
        text="The autumn assessments came in this week. The gap is now 17 points in Year 3 and 19 in Year 4.",
        sent=[assessments().sent],
        user=told.people.head(bid.lead_school.urn),
        now=now,
    )


def _note(told: Told) -> Iterator[datetime]:
    """For the deputy to read, and an earlier one that was sent to the school."""
    officer, deputy = told.people.staff(RoleName.OFFICER), told.people.staff(RoleName.DEPUTY_OFFICER)
    yield (now := told.at(-3, 12))
    bid = told.bids[SCIENCE]
    message = notes.write_note(
        bid, "Northgate has not confirmed yet. Could you ring its head?", [], user=officer, now=now
    )
    notes.send_note(message, user=officer, now=now + timedelta(minutes=5))
    yield (now := told.at(-2, 12))
    notes.write_note(
        bid,
        "Tom, St Bede’s paid for retrieval training last year, from its own budget. Is this the "
        "same staff again? You know them.",
        [deputy.id],
        user=officer,
        now=now,
    )


def _away(told: Told) -> Iterator[datetime]:
    """The officer is away next week, Monday to Friday."""
    officer = told.people.staff(RoleName.OFFICER)
    yield (now := told.at(-3, 9))
    today = london_date(told.now)
    monday = today + timedelta(days=7 - today.weekday())
    cover.arrange(
        officer,
        told.people.staff(RoleName.DEPUTY_OFFICER),
        cover.Dates(monday, monday + timedelta(days=4)),
        user=officer,
        now=now,
    )
