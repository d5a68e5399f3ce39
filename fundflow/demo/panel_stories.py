"""How the panel hears a bid: declarations, scores, votes, the decision, its letter."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from fundflow.demo.story import Story
from fundflow.demo.told import Told
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.panel import AgendaItem
from fundflow.models.person import RoleName, User
from fundflow.panel.operations import (
    agenda,
    attendance,
    correcting,
    deciding,
    decisions,
    email_votes,
    interests,
    items,
    letters_over,
    proposals,
)
from fundflow.panel.operations.scores import Mark, moderate, save_scores, save_sheet
from fundflow.panel.queries import standing_decision
from fundflow.rules.panel.sittings import seats_of, sitting_of, standings_of
from fundflow.workflow.application import BidState as S
from fundflow.workflow.panel_rules import Choice
from fundflow.workflow.working_days import london_date

NOTE = "No group of pupils is disadvantaged by this decision."
GOOD = {"need": 3, "outcomes": 3, "priority": 4, "delivery": 3, "value": 3, "sustainability": 2, "gaps": 2}
LOW = {"need": 2, "outcomes": 1, "priority": 2, "delivery": 3, "value": 1, "sustainability": 2, "gaps": 2}
SAID = {
    4: "Exactly what the round asks for.",
    3: "Clear, and backed by figures of two years.",
    2: "Enough, though it could be said more plainly.",
    1: "I could not follow how the amount was reached.",
}


class Condition(NamedTuple):
    text: str
    owner: str
    days: int  # from now: by when


class Heard(NamedTuple):
    """What was particular about how a bid was heard."""

    against: tuple[str, ...] = ()
    abstained: tuple[str, ...] = ()
    casting: str = ""  # why the chair, in a tie, said no
    put: int = 0  # pounds: another amount that was put to the vote
    put_why: str = ""
    mistyped: int = 0  # pounds: the amount first recorded, corrected two days later
    by_email: str = ""  # why members voted before the meeting
    conditions: tuple[Condition, ...] = ()
    reasons: str = "A clear need and a strong partner."
    feedback: tuple[tuple[str, str], ...] = ()
    letter_waits: bool = False  # to be read over


USUAL = Heard()
HEARD = {
    "A residential for Year 6": Heard(
        against=("Marcus Webb", "Sue Tan", "Hilary Stone"),
        abstained=("Yusuf Demir",),
        casting="What the pupils would learn on the residential is not measured, so next year’s panel could not "
        "tell whether it had worked.",
        reasons="The outcomes do not show how learning would improve.",
        feedback=(
            ("need", "The wish for more confidence is plain. One survey of one class is thin evidence."),
            (
                "outcomes",
                "Say what pupils will do in September that they can’t do now, and how you will see it.",
            ),
            ("value", "Most of the amount pays for places and beds, which the fund does not cover."),
        ),
    ),
    "A recording studio for the centre": Heard(
        against=("Marcus Webb", "Anita Joshi", "Laura Finch", "Peter Rowe", "Sue Tan", "Hilary Stone"),
        reasons="The bid says little about what staff of the partner school would do.",
        feedback=(
            ("need", "The figures on attendance are good evidence."),
            ("outcomes", "Fridays alone are a narrow measure. What changes in lessons?"),
            ("value", "We could not see what the eight days are for."),
        ),
    ),
    "Curriculum leadership in small schools": Heard(
        by_email="The schools must name the leaders before half term, and the panel meets after it."
    ),
    "Behaviour routines across two sites": Heard(
        against=("Sue Tan",),
        conditions=(
            Condition("Agree one routine with the staff of both sites", "Head of centre", -70),
            Condition("Send the figures on suspensions for the autumn", "Head of centre", -6),
            Condition("Share the handbook with the schools of the borough", "Outreach lead", 60),
        ),
    ),
    "Oracy across the curriculum": Heard(mistyped=1200),
    "Reading in every subject": Heard(
        abstained=("Imogen Vane",),
        reasons="The need is shown by two years of reading ages, and both schools’ leaders teach beside their staff.",
    ),
    "Early language in the nursery class": Heard(
        put=2_600,
        put_why="The travel can be shared with another project on the same days.",
        reasons="Early language is the round’s first priority. The panel saw that the travel can be shared.",
    ),
    "Careers conversations in Year 9": Heard(
        letter_waits=True,
        conditions=(Condition("Share the plan for the conversations with governors", "Deputy head", 90),),
        feedback=(
            ("need", "The survey of every tutor group makes the need very clear."),
            ("sustainability", "We would have liked to read who goes on with this next year."),
        ),
    ),
}


def hear(told: Told, story: Story, bid: Bid) -> Iterator[datetime]:
    """The item is called, in its place on the agenda; everybody votes; the chair decides; the school
    is written to in the evening."""
    assert story.meeting is not None  # asked before the call
    heard = HEARD.get(story.title, USUAL)
    if heard.by_email:
        yield from _by_email(told, story, bid, heard)
    else:
        yield from _on_the_call(told, story, bid, heard)
    if heard.letter_waits or bid.state is S.DEFERRED:
        return
    yield (now := told.at(story.meeting, 19))
    send(told, bid, now)
    if heard.mistyped:
        yield from _correct(told, story, bid)


def _on_the_call(told: Told, story: Story, bid: Bid, heard: Heard) -> Iterator[datetime]:
    assert story.meeting is not None  # asked before the call
    opened = told.at(story.meeting, 16)
    yield opened + timedelta(minutes=2)
    item = bid.items[-1]
    yield (now := opened + timedelta(minutes=10 * item.position))
    sit(told, item, heard, now, low=story.ends is S.NOT_FUNDED)
    if story.ends is not S.DEFERRED:
        _vote(item, heard, told.people.staff(RoleName.CLERK), now)
    decide(told, item, story, heard, now)


def good(bid: Bid) -> dict[str, int]:
    """The scores of a bid that can be funded, a little different for each."""
    n = len(bid.title)
    return {**GOOD, "delivery": 3 + n % 2, "sustainability": 2 + n % 3, "gaps": n % 4}


def sit(told: Told, item: AgendaItem, heard: Heard, now: datetime, *, low: bool) -> None:
    """Anyone who is barred leaves; interests, scores and the proposal are recorded by the clerk."""
    clerk = told.people.staff(RoleName.CLERK)
    db.session.refresh(item.meeting)
    attendance.take_item(item, user=clerk, now=now)
    interests.declare_none_for_the_rest(item, user=clerk, now=now)
    if item.scores_individually:
        _score_one_by_one(item, clerk, now)
    else:
        save_scores(item, LOW if low else good(item.bid), stamp=None, user=clerk, now=now)
    if heard.put:
        proposals.propose(item, heard.put * 100, heard.put_why, user=clerk, now=now)


def _score_one_by_one(item: AgendaItem, clerk: User, now: datetime) -> None:
    """The clerk enters members' own scores; they differ on value, and talk about it."""
    may = item.rules.disclosed_may_vote
    voices = [s.seat for s in standings_of(item, now) if s.may_vote(disclosed_may_vote=may)]
    for n, seat in enumerate(voices):
        marks = marks_of(n)
        save_sheet(item, seat.id, marks, hand_in=True, stamp=None, user=clerk, now=now)
    lowest = next(sheet for sheet in item.sheets if sheet.own_scores["value"] == 1)
    moderate(
        item,
        "value",
        "The daily rate is that of an executive head, for twelve days; the others "
        "had read it as twenty-four.",
        {lowest.id: 2},
        stamp=None,
        user=clerk,
        now=now,
    )


def marks_of(nth: int) -> dict[str, Mark]:
    """What the (nth) member gives; the second finds the value poor."""
    scores = {**GOOD, "value": 1 if nth == 1 else 3, "need": 4 if nth % 3 == 0 else 3}
    return {slug: Mark(score, SAID[score]) for slug, score in scores.items()}


def _vote(item: AgendaItem, heard: Heard, clerk: User, now: datetime) -> None:
    names = {seat.user.name: seat.id for seat in seats_of(item, now)}
    for who, choice in ((heard.against, Choice.DO_NOT_FUND), (heard.abstained, Choice.ABSTAIN)):
        for name in who:
            items.vote(item, names[name], choice, user=clerk, now=now)
    items.vote_alike(item, Choice.FUND, user=clerk, now=now)
    if heard.casting:
        items.cast(item, Choice.DO_NOT_FUND, heard.casting, user=clerk, now=now)


def _by_email(told: Told, story: Story, bid: Bid, heard: Heard) -> Iterator[datetime]:
    """Each member votes from their own page, and the chair decides before the meeting."""
    assert story.meeting is not None  # asked before the call
    clerk = told.people.staff(RoleName.CLERK)
    yield (now := told.at(story.meeting - 7, 13))
    item, until = bid.items[-1], told.at(story.meeting - 3, 17)
    email_votes.ask_to_vote_by_email(item, until, heard.by_email, user=clerk, now=now)
    save_scores(item, good(bid), stamp=None, user=clerk, now=now)
    yield (now := told.at(story.meeting - 6, 20))
    may = item.rules.disclosed_may_vote
    for standing in standings_of(item, now):
        if standing.has_voice(disclosed_may_vote=may) and not standing.is_substitute:
            user, seat = standing.seat.user, standing.seat.id
            agenda.declare_no_interests(item.meeting, [item.id], user=user, now=now)
            items.vote(item, seat, Choice.FUND, user=user, now=now)
    yield (now := until + timedelta(hours=1))
    decide(told, item, story, heard, now)


def decide(told: Told, item: AgendaItem, story: Story, heard: Heard, now: datetime) -> None:
    """The person who chairs funds, refuses or defers, as the story has it."""
    bid, feedback, user = item.bid, dict(heard.feedback), chair_of(item, now)
    if story.ends is S.DEFERRED:
        decisions.defer(
            bid, "How will staff keep this going after the support has ended?", user=user, now=now
        )
    elif story.ends is S.NOT_FUNDED:
        decisions.decline(
            bid, reasons=heard.reasons, equality_note=NOTE, feedback=feedback, user=user, now=now
        )
    else:
        conditions = [
            deciding.ConditionAsked(one.text, one.owner, london_date(told.now) + timedelta(days=one.days))
            for one in heard.conditions
        ]
        decisions.approve(
            bid,
            heard.mistyped * 100 or item.voted_pence,
            reasons=heard.reasons,
            equality_note=NOTE,
            conditions=conditions,
            feedback=feedback,
            user=user,
            now=now,
        )


def chair_of(item: AgendaItem, now: datetime) -> User:
    chair = sitting_of(item, now).chair
    assert chair is not None  # the chair or the deputy is on every call
    return chair.user


def send(told: Told, bid: Bid, now: datetime) -> None:
    """The officer has read the letters over, and sends them as they stand."""
    decision = standing_decision(bid)
    assert decision is not None  # made on the call
    said = {row.criterion: row.text for row in decision.feedback}
    letters_over.send_letters(
        bid,
        feedback=said,
        opening=decision.opening,
        closing=decision.closing,
        now=now,
        user=told.people.staff(RoleName.OFFICER),
        version=bid.version,
    )


def _correct(told: Told, story: Story, bid: Bid) -> Iterator[datetime]:
    """The amount had a slip: corrected, and written again."""
    assert story.meeting is not None  # asked before the call
    yield (now := told.after(story.meeting + 2, 11))
    correcting.correct_offer(
        bid,
        bid.requested_pence,
        reasons="A clear need and a strong partner.",
        now=now,
        reason="The amount was mistyped: the panel voted on the whole of what was asked for.",
        user=chair_of(bid.items[-1], now),
    )
    yield (now := told.after(story.meeting + 3, 15))
    send(told, bid, now)
