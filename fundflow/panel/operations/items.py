"""Running one item: who is there, the agreed score, votes, the casting vote, votes by email."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from fundflow.extensions import db
from fundflow.letters import write_letter
from fundflow.letters.recipients import Addressee
from fundflow.letters.rendering import moment_words
from fundflow.models.panel import AgendaItem, AgreedScore, Vote
from fundflow.models.panel_rules import SCORE_WORDS, Choice
from fundflow.models.panel_sitting import Sitting, Standing
from fundflow.models.person import User
from fundflow.panel.operations.common import (
    hold_item,
    mark,
    note,
    require_clerk,
    require_open,
    standing_of,
)  # fmt: skip
from fundflow.panel.queries import is_clerk
from fundflow.steps import Stale
from fundflow.web.forms import fingerprint
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.meeting import MeetingState

LONGEST_EMAIL_VOTE = timedelta(days=60)
STARTED = (MeetingState.IN_SESSION, MeetingState.CLOSED)


def record_presence(item: AgendaItem, seat_id: int, *, present: bool, user: User, now: datetime) -> None:
    """Record that a member joined for this item, or left."""
    hold_item(item)
    require_clerk(item, user, now)
    require_open(item)
    if item.meeting.state not in STARTED:
        raise Refused("Start the meeting first.")
    standing = standing_of(item, seat_id, now)
    if present and standing.barred:
        raise Refused(f"{standing.seat.user.name} must leave for this item: {standing.must_leave}.")
    if mark(item, seat_id, present, now):
        item.bid.touch()
    db.session.commit()


# -- scores -------------------------------------------------------------------------------------


def save_scores(
    item: AgendaItem, scores: Mapping[str, int], *, stamp: str | None, user: User, now: datetime
) -> None:
    """Keep the agreed scores (criterion → 0 to 4); one that is not given stays as it was.

    stamp  `scores_stamp` of the page; raises Stale where somebody scored in between
    """
    hold_item(item)
    require_clerk(item, user, now)
    require_open(item)
    known = {score.criterion: score for score in item.scores}
    changes = {c: s for c, s in scores.items() if c not in known or known[c].score != s}
    if not changes:
        return db.session.commit()  # a second click
    if stamp is not None and stamp != scores_stamp(item):
        raise Stale
    for criterion, score in changes.items():
        _score(item, known.get(criterion), criterion, score)
    if overwritten := {c: known[c].score for c in changes if c in known}:
        note(item.bid, "score", "Changed the agreed score", user=user, now=now,
             given={"before": overwritten})  # fmt: skip
    item.bid.touch()
    return db.session.commit()


def scores_stamp(item: AgendaItem) -> str:
    """A fingerprint of the agreed scores, for the page's form."""
    return fingerprint({score.criterion: score.score for score in item.scores})


def _score(item: AgendaItem, known: AgreedScore | None, criterion: str, score: int) -> None:
    if criterion not in item.rules.slugs or score not in SCORE_WORDS:
        raise Refused("A score is a whole number from 0 to 4.")
    if known is not None:
        known.score = score
    else:
        item.scores.append(AgreedScore(criterion=criterion, score=score))


# -- votes --------------------------------------------------------------------------------------


def vote(item: AgendaItem, seat_id: int, choice: Choice, *, user: User, now: datetime) -> None:
    """Record a member's vote: by themselves, or by the clerk as it is called.

    Raises Refused, with the reason, for whoever may not vote on this item now. A vote by email
    counts as being present.
    """
    hold_item(item)
    standing = standing_of(item, seat_id, now)
    if standing.seat.user_id != user.id:
        require_clerk(item, user, now)
    if why := why_no_vote(item, standing, user, now):
        raise Refused(why)
    joined = item.votes_by_email(now) and mark(item, seat_id, True, now)
    if _keep_vote(item, standing, choice, user, now) or joined:
        item.bid.touch()
    db.session.commit()


def why_no_vote(item: AgendaItem, standing: Standing, user: User, now: datetime) -> str | None:
    """Why this member's vote can't be recorded by this person now, as a sentence, or None."""
    own = standing.seat.user_id == user.id
    name, has = ("You", "have") if own else (standing.seat.user.name, "has")
    if not item.is_open or item.bid.state is not BidState.AT_PANEL:
        return "This item is no longer open, so votes can’t change."
    if standing.barred:
        return f"{name} can’t vote on this bid: {standing.barred if own else standing.must_leave}."
    if standing.declared is None:
        return f"{name} must first say whether {'you' if own else 'they'} have an interest."
    if standing.is_disclosed and not item.rules.disclosed_may_vote:
        return f"{name} {has} disclosed an interest, so {'you' if own else 'they'} may not vote."
    return None if item.votes_by_email(now) else _not_in_session(item, standing, own, now)


def _not_in_session(item: AgendaItem, standing: Standing, own: bool, now: datetime) -> str | None:
    if item.email_vote_until and now > item.email_vote_until and not standing.present:
        return f"The vote by email ended on {moment_words(item.email_vote_until)}."
    allowed = (MeetingState.IN_SESSION,) if own else STARTED
    if item.meeting.state not in allowed:
        return "The panel can vote once the meeting has started."
    if not standing.present:
        name = "You are" if own else f"{standing.seat.user.name} is"
        return f"{name} not recorded as present for this item."
    return None


def _keep_vote(item: AgendaItem, standing: Standing, choice: Choice, user: User, now: datetime) -> bool:
    known = next((v for v in item.votes if v.seat_id == standing.seat.id), None)
    if known is None:
        item.votes.append(Vote(seat=standing.seat, choice=choice, at=now, recorded_by_id=user.id))
        return True
    if known.choice is choice and known.counts:
        return False
    note(item.bid, "change_vote", f"Recorded {standing.seat.user.name}’s vote again", user=user,
         now=now, given={"before": known.choice.value})  # fmt: skip
    known.choice, known.at, known.recorded_by_id, known.voided_at = choice, now, user.id, None
    return True


def cast(item: AgendaItem, choice: Choice, reason: str, *, user: User, now: datetime) -> None:
    """Settle a tie by the casting vote of whoever chairs; the clerk or they themselves record it."""
    hold_item(item)
    require_open(item)
    sitting = item.sitting(now)
    seat, count = sitting.casting_seat, sitting.tally
    if seat is None:
        raise Refused("Nobody who may vote chairs this item, so nobody has a casting vote.")
    if seat.user_id != user.id:
        require_clerk(item, user, now)
    if not count.votes_for or count.votes_for != count.votes_against:
        raise Refused("The vote is not tied, so there is no casting vote.")
    if choice is Choice.ABSTAIN or not reason.strip():
        raise Refused("A casting vote is for or against, with a reason.")
    item.casting_choice, item.casting_by_id = choice, seat.user_id
    item.casting_reason = reason.strip()
    note(item.bid, "casting_vote", f"Recorded {seat.user.name}’s casting vote", user=user, now=now)
    item.bid.touch()
    db.session.commit()


# -- votes by email -----------------------------------------------------------------------------


def ask_to_vote_by_email(item: AgendaItem, until: datetime, *, user: User, now: datetime) -> None:
    """Ask the members who may vote, and have not, to do so from their own page until a moment."""
    hold_item(item)
    require_clerk(item, user, now)
    require_open(item)
    sitting = item.sitting(now)
    if why := why_no_email_vote(item, sitting):
        raise Refused(why)
    if not now < until <= now + LONGEST_EMAIL_VOTE:
        raise Refused("The vote must end after now, and within 60 days.")
    if item.email_vote_until == until:
        return db.session.commit()  # a second click
    item.email_vote_until = until
    item.bid.touch()
    entry = note(item.bid, "email_vote", f"Asked members to vote by email until "
                 f"{moment_words(until)}", user=user, now=now)  # fmt: skip
    db.session.flush()  # letters point at the entry
    for standing in sitting.standings:
        if _is_asked(item, standing):
            _write(item, standing, entry.id, now)
    return db.session.commit()


def why_no_email_vote(item: AgendaItem, sitting: Sitting) -> str | None:
    if item.meeting.state is MeetingState.PLANNED:
        return "Issue the papers first."
    if not sitting.why_inquorate:
        return "Enough members are present: take the vote in the meeting."
    return None


def _is_asked(item: AgendaItem, standing: Standing) -> bool:
    disclosed = standing.is_disclosed and not item.rules.disclosed_may_vote
    return not (standing.barred or standing.vote or disclosed) and standing.seat.user.active


def _write(item: AgendaItem, standing: Standing, entry_id: int, now: datetime) -> None:
    person = standing.seat.user
    write_letter(
        "panel_extra/email_vote.txt", "panel", Addressee(person.name, person.email, person),
        key=f"email-vote:{entry_id}:{person.email}", now=now, bid=item.bid,
        history_entry_id=entry_id, context={"item": item},
        path=f"/meetings/{item.meeting_id}/items/{item.id}",
    )  # fmt: skip


def keeps_this_item(item: AgendaItem, user: User, now: datetime) -> bool:
    """Whether this person runs the item as its clerk."""
    return is_clerk(user, item.bid.fund_id, now) and item.bid.why_barred(user, now) is None
