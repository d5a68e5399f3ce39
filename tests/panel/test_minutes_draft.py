"""What the draft of the minutes says of a meeting, word for word."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.interests.late import let_stand
from fundflow.models.decision import LateInterest
from fundflow.models.interest import InterestKind
from fundflow.models.letter import Letter
from fundflow.models.scores import MemberScore, ScoreSheet
from fundflow.panel.minutes.drafting import draft
from fundflow.panel.operations import agenda, decisions, interests, items
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import Choice
from tests.factories import Make
from tests.panel.conftest import Panel
from tests.panel.held import Held, at, the_call, the_full_meeting, voted_by_email
from tests.scenes import Scenes


def text(held: Held, now: datetime) -> str:
    """The whole draft: headings, and the text of each section."""
    return "\n\n".join(f"# {s.heading}\n{s.text}" for s in draft(held.meeting, now))


SMALL = """\
# The meeting
- Panel of the Local School Improvement Fund
- Date: 8 December 2026
- Place: On a call
- Started: 16:01
- Closed: 17:30
- Clerk: Cleo Clerk

# Present
- Chris Chair (chair, secondary schools)
- Dev Deputy (deputy chair, special schools)
- Pat Primary (primary schools)
- Lee Council (local authority)
- Gil Governor (governors)

# Item 1: LSIF-0001 Reading recovery
Oakfield Primary School asked for £3,000, with Elm Grove Academy.
The liaison officer recommended: fund, £3,000.

Interests declared: none.

Quorum: 5 present, 3 needed.

Score: 75 of 100, agreed by the panel.

Vote: 5 for, 0 against.

Decision: fund, £3,000.

Reasons: A clear need and a good plan.

Due regard to equality: Disadvantaged pupils gain most.

Chris Chair recorded the decision on 8 December 2026 at 16:25."""


CALL = """\
# Item 1: LSIF-0001 Reading recovery
Hill Academy asked for £18,000, with Elm Grove Academy.
The liaison officer recommended: fund, £18,000.

Interests:

- Chris Chair left at 16:30 and took no part: their trust, Hill Trust, runs Hill Academy, which takes \
part in it.
- Pat Primary left at 16:30 and took no part: their school, Elm Grove Academy, takes part in it.

Dev Deputy chaired this item.

Quorum: 2 present, 3 needed: inquorate. Members voted by email until 10 December 2026 at 12:00; 3 took part, \
3 needed.

Proposed: £12,500 of the £18,000 asked for. Reason: Fewer days of the head would do.

Vote: 2 for, 1 against.

Decision: fund, £12,500 of the £18,000 asked for.

Reasons: A clear need and a good plan.

Due regard to equality: Disadvantaged pupils gain most.

Ada Authorised decided this as authorised officer on 10 December 2026 at 13:05, on the panel’s \
recommendation. Delegation: Scheme of delegation 4.2, Cabinet 12 May 2026.

Corrected on 10 December 2026 at 13:05 by Ada Authorised: the decision first recorded, on 10 December 2026 \
at 13:00, was “fund, £12,000 of the £18,000 asked for”, 2 for, 1 against. Reason: The amount was mistyped."""


FULL = """\
# Present
- Chris Chair (chair, secondary schools)
- Dev Deputy (deputy chair, special schools)
- Pat Primary (primary schools)
- Lee Council (local authority)
- Gil Governor (governors)

Joined and left:
- Gil Governor joined at 16:14.
- Dev Deputy left at 16:50.

# Item 1: LSIF-0001 Phonics
Oakfield Primary School asked for £3,000, with Elm Grove Academy.
The liaison officer recommended: fund, £3,000.

Interests:
- Dev Deputy disclosed an interest: Coached its head last year.

- Dev Deputy took part openly, and did not score or vote.

Quorum: 5 present, 3 needed.

Score: 75 of 100, agreed by the panel.

Vote: 2 for, 2 against.
The vote was tied. Chris Chair gave the casting vote, for. Reason: The need is urgent.

Decision: fund, £3,000.

Reasons: A clear need and a good plan.

Conditions:
- Publish the scheme of work: Head of English, by 12 March 2027.

Due regard to equality: Disadvantaged pupils gain most.

Chris Chair recorded the decision on 8 December 2026 at 16:25.

Interest found after the decision, on 9 December 2026 at 09:00: Gil Governor: My sister teaches there. \
Without them 4 were present, 3 needed, and the vote would still carry. Whether the decision \
stands is not settled yet.

# Item 2: LSIF-0002 Number bonds
Oakfield Primary School asked for £3,000, with Elm Grove Academy.
The liaison officer recommended: fund, £3,000.

Interests:
- Pat Primary declared an interest: My partner governs there.

- Pat Primary took no further part: they declared an interest in it.

Quorum: 4 present, 3 needed.

Score: 75 of 100, agreed by the panel.

Vote: 0 for, 3 against, 1 abstention.

- Not counted: the vote of Pat Primary. An interest was found late: My partner governs there.

Decision: do not fund.

Reasons: Too vague.

The score is 75, from which a bid can be funded. The plan names no baseline

Due regard to equality: Disadvantaged pupils gain most.

Chris Chair recorded the decision on 8 December 2026 at 16:45.

# Item 3: LSIF-0003 Talk in lessons
Oakfield Primary School asked for £3,000, with Elm Grove Academy.
The liaison officer recommended: fund, £3,000.

Interests declared: none.

Quorum: 4 present, 3 needed.

Decision: deferred.

Question to the school: How will you keep this going?

Chris Chair recorded the decision on 8 December 2026 at 16:55.

# Taken off the agenda: LSIF-0004 Music
This item was taken off the agenda on 8 December 2026 at 16:58: moved to the meeting on 22 December 2026."""


@pytest.fixture
def full(scenes: Scenes, make: Make) -> Iterator[Held]:
    with scenes.on(the_full_meeting) as found:
        yield found


def test_a_small_meeting_word_for_word(held: Held) -> None:
    assert text(held, at(18)) == SMALL


def test_the_call_that_lost_its_quorum_and_was_finished_by_email_word_for_word(make: Make) -> None:
    held = the_call(make)
    voted_by_email(held)
    assert text(held, at(15, day=10)).partition("# Item 1")[2] == CALL.partition("# Item 1")[2]


def test_names_that_look_like_pronouns_stay_as_they_are(make: Make, sign_in) -> None:
    names = {"Hill Academy": "Bayou Primary School", "Hill Trust": "Your Trust", "Pat Primary": "Their You"}
    held = the_call(make, lead="Bayou Primary School", trust="Your Trust", pat="Their You")
    voted_by_email(held)
    expected = CALL
    for before, after in names.items():
        expected = expected.replace(before, after)
    assert text(held, at(15, day=10)).partition("# Item 1")[2] == expected.partition("# Item 1")[2]
    left = "Took no part: their trust, Your Trust, runs Bayou Primary School, which takes part in it"
    item, bid = held.meeting.items[0], held.meeting.items[0].bid
    client = sign_in(held.clerk)
    pages = (f"/panel/{held.meeting.id}/items/{item.id}", f"/bids/{bid.reference}/panel")
    said = [client.get(page).text for page in pages]
    assert any(left in page for page in said)
    said += [letter.body for letter in make.session.scalars(select(Letter))]
    assert not [part for part in said if "Bathey" in part or "Theirr" in part]


def test_a_full_meeting_word_for_word(full: Held) -> None:
    assert text(full, at(10, day=10)).partition("# Present")[2] == FULL.partition("# Present")[2]


def test_while_members_vote_by_email_nothing_tells_how_the_vote_stands(make: Make) -> None:
    held = the_call(make)
    item = held.meeting.items[0]
    interests.declare(item, held.seats["Dev"].id, InterestKind.NONE, user=held.clerk, now=at(9, day=9))
    items.vote(item, held.seats["Dev"].id, Choice.FUND, user=held.user("Dev"), now=at(9, day=9))
    said = text(held, at(10, day=9))
    assert "2 present, 3 needed: inquorate. To be voted on by email until 10 December 2026 at 12:00." in said
    assert "No decision yet." in said
    assert "Vote:" not in said


def test_a_decision_taken_back_is_told_with_what_it_was(held: Held) -> None:
    bid = held.meeting.items[0].bid
    decisions.undo_decision(bid, "It was meant for another bid", user=held.user("Chris"), now=at(9, day=9))
    said = text(held, at(10, day=9))
    assert (
        "Taken back on 9 December 2026 at 09:00 by Chris Chair: the decision first recorded, on "
        "8 December 2026 at 16:25, was “fund, £3,000”, 5 for, 0 against. Reason: It was meant for "
        "another bid."
    ) in said
    assert "No decision yet." in said


def test_whoever_only_discloses_late_was_present_all_the_same(held: Held) -> None:
    item = held.meeting.items[0]
    held.declares(item, "Gil", InterestKind.DISCLOSED, "Coached its head", at(9, day=9))
    (late,) = db.session.scalars(select(LateInterest))
    assert "Without Gil Governor 5 present, 3 needed" in late.effect
    assert "Without them 5 were present, 3 needed, and the vote would still carry." in text(
        held, at(10, day=9)
    )


def test_how_a_late_interest_was_settled_is_told(full: Held) -> None:
    late = db.session.scalars(select(LateInterest)).one()
    let_stand(late, "The vote carries without it", user=full.user("Chris"), now=at(10, day=9))
    assert "carry. Settled on 9 December 2026 at 10:00. Reason: The vote carries without it." in text(
        full, at(11, day=9)
    )


def test_a_decision_made_by_email_is_reported_to_the_next_meeting(make: Make) -> None:
    held = the_call(make)
    voted_by_email(held)
    following = make.meeting(held.fund, MeetingState.IN_SESSION, at(16, day=22))
    reported = next(s for s in draft(following, at(17, day=22)) if s.item_id)
    assert reported.heading == "Decided by email since the last meeting: LSIF-0001 Reading recovery"
    assert "Decision: fund, £12,500 of the £18,000 asked for." in reported.text
    assert reported.item_id == held.meeting.items[0].id


def test_absent_members_and_substitutes_are_named(make: Make) -> None:
    held = Held(make)
    sub = make.seat(held.fund, make.user("Sam Standin"), stands_in_for_id=held.seats["Pat"].id)
    held.seats["Sam"] = sub
    held.bid()
    held.begin("Chris", "Lee", "Sam")
    said = next(s.text for s in draft(held.meeting, at(17)) if s.heading == "Present")
    assert "- Sam Standin (primary schools), in place of Pat Primary" in said
    assert "Apologies or absent: Dev Deputy, Pat Primary and Gil Governor." in said


def test_scores_taken_away_after_the_decision_counted_in_it(panel: Panel) -> None:
    panel.votes("++++")
    panel.make.session.add(
        ScoreSheet(
            item_id=panel.item.id,
            seat_id=panel.seats[2].id,
            begun_at=panel.now,
            submitted_at=panel.now,
            recorded_by_id=panel.clerk.id,
            scores=[MemberScore(criterion="need", score=1)],
        )
    )
    panel.make.session.commit()
    decisions.approve(panel.bid, 300_000, **panel.decided())
    later = panel.now + timedelta(hours=1)
    interests.declare(
        panel.item,
        panel.seats[2].id,
        InterestKind.BARRED,
        "My brother works there.",
        user=panel.clerk,
        now=later,
    )
    said = draft(panel.item.meeting, later)[-1].text
    assert "Interest found after the decision" in said
    assert "Not counted" not in said


@pytest.mark.parametrize(
    ("here", "why"),
    [
        ((), ""),
        ((0, 1, 2, 3), ""),
        ((0, 3), " The panel was inquorate: 2 present, 3 needed."),
        (
            (0, 1, 2),
            " The panel was inquorate: no local authority member who may take part was present; "
            "one was needed.",
        ),
    ],
)
def test_an_item_that_moved_since_the_panel_was_inquorate_says_so(
    panel: Panel, here: tuple[int, ...], why: str
) -> None:
    item, now = panel.item, panel.now
    panel.here(*here)
    there = panel.make.meeting(panel.fund, starts_at=now + timedelta(days=30))
    panel.make.session.commit()
    agenda.move_to(item, there.id, user=panel.clerk, now=now)
    said = draft(item.meeting, now)[-1].text
    assert said.split(": moved to the meeting on ")[1].split(".", 1)[1] == why
