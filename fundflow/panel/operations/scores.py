"""Scoring a bid: the score the panel agrees, members' own scores, and talking about those that
lie apart."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.models.panel import AgendaItem, AgreedScore
from fundflow.models.person import User
from fundflow.models.scores import MemberScore, Moderation, ScoreSheet
from fundflow.panel.operations.common import (
    lock_item,
    require_clerk,
    require_open,
    standing_of,
)
from fundflow.panel.scores.queries import own_standing, sees_scores, sheet_of
from fundflow.permissions import PANEL_PAPERS, is_clerk
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.panel.scores import counted_sheets
from fundflow.rules.panel.sitting import ItemStanding
from fundflow.rules.panel.sittings import sitting_of
from fundflow.steps import Stale
from fundflow.web.forms import fingerprint
from fundflow.workflow.date_words import moment_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.interests import bar_of_them, bar_to_you
from fundflow.workflow.panel_rules import SCORE_WORDS

LONGEST_REASON = 1000
NOT_A_SCORE = "A score is a whole number from 0 to 4."

# -- the agreed score ---------------------------------------------------------------------------


def save_scores(
    item: AgendaItem, scores: Mapping[str, int], *, stamp: str | None, user: User, now: datetime
) -> None:
    """Keep the agreed scores (criterion → 0 to 4); one that is not given stays as it was.

    stamp  `scores_stamp` of the page; raises Stale where somebody scored in between
    """
    lock_item(item)
    require_clerk(item, user, now)
    require_open(item)
    if not item.is_scored:
        raise Refused("A change of an award is not scored. The panel votes on it.")
    if item.scores_individually:
        raise Refused("Each member scores this bid, so there is no agreed score to record.")
    known = {score.criterion: score for score in item.scores}
    changes = {c: s for c, s in scores.items() if c not in known or known[c].score != s}
    if not changes:
        return db.session.commit()  # a second click
    if stamp is not None and stamp != scores_stamp(item):
        raise Stale
    if overwritten := {c: known[c].score for c in changes if c in known}:
        record_event(
            item.bid,
            "score",
            "Changed the agreed score",
            user=user,
            now=now,
            given={"before": overwritten},
            internal=True,
        )
    for criterion, score in changes.items():
        _score(item, known.get(criterion), criterion, score)
    item.touch()
    return db.session.commit()


def scores_stamp(item: AgendaItem) -> str:
    """A fingerprint of the agreed scores, for the page's form."""
    return fingerprint({score.criterion: score.score for score in item.scores})


def _score(item: AgendaItem, known: AgreedScore | None, criterion: str, score: int) -> None:
    _require_score(item, criterion, score)
    if known is not None:
        known.score = score
    else:
        item.scores.append(AgreedScore(criterion=criterion, score=score))


def _require_score(item: AgendaItem, criterion: str, score: int | None) -> None:
    if criterion not in item.rules.slugs or (score is not None and score not in SCORE_WORDS):
        raise Refused(NOT_A_SCORE)


# -- a member's own scores ----------------------------------------------------------------------


class Mark(NamedTuple):
    """What a member says on one criterion, as far as they have got."""

    score: int | None = None
    reason: str = ""


Marks = Mapping[str, Mark]  # criterion → mark


def save_sheet(
    item: AgendaItem,
    seat_id: int,
    marks: Marks,
    *,
    hand_in: bool,
    stamp: str | None,
    user: User,
    now: datetime,
) -> None:
    """Keep a member's scores so far, or hand them in, which locks them; the clerk may for a member.

    marks  every criterion's, as the page has it: what is empty there is kept as empty
    stamp  `sheet_stamp` of the page; raises Stale where they were changed in between
    """
    lock_item(item)
    standing = whose_scores(item, seat_id, user, now)
    kept = sheet_of(item, seat_id)
    if kept is not None and kept.counts:
        _require_same(kept, marks)
        return db.session.commit()  # a second click
    if why := why_no_scores(item, standing, user):
        raise Refused(why)
    changed = _differs(kept, marks)
    if changed and stamp is not None and stamp != sheet_stamp(item, seat_id):
        raise Stale
    if changed or hand_in:
        sheet = kept or _begun(item, standing, user, now)
        if sheet.is_submitted:
            _begin_again(item, sheet, user, now)
        _keep(item, sheet, marks)
        if hand_in:
            _hand_in(item, sheet, user, now)
    return db.session.commit()


def sheet_stamp(item: AgendaItem, seat_id: int) -> str:
    """A fingerprint of a member's scores and reasons as they are kept, for the page's form."""
    sheet = sheet_of(item, seat_id)
    return fingerprint([kept_marks(sheet), sheet.submitted_at if sheet else None])


def kept_marks(sheet: ScoreSheet | None) -> dict[str, Mark]:
    """What is kept on a sheet, by criterion."""
    return {s.criterion: Mark(s.score, s.reason) for s in sheet.scores} if sheet else {}


def whose_scores(item: AgendaItem, seat_id: int, user: User, now: datetime) -> ItemStanding:
    """How the member stands whose scores this person may enter; raises Refused otherwise."""
    standing = standing_of(item, seat_id, now)
    if standing.seat.user_id != user.id:
        require_clerk(item, user, now)
    return standing


def why_no_scores(item: AgendaItem, standing: ItemStanding, user: User) -> str | None:
    """Why this member's scores can't be entered by this person now, as a sentence, or None."""
    own = standing.seat.user_id == user.id
    name, has = ("You", "have") if own else (standing.seat.user.name, "has")
    they = "you" if own else "they"
    if not item.scores_individually:
        return "The panel agrees one score for this bid, so members don’t score it themselves."
    if not item.is_before_panel:
        return "This item is no longer open, so scores can’t change."
    if item.meeting.state not in PANEL_PAPERS:
        return "Members score this bid once its papers are out."
    if standing.barred:
        why = bar_to_you(standing.barred) if own else bar_of_them(standing.barred)
        return f"{name} can’t score this bid: {why}."
    if standing.declared is None:
        return f"{name} must first say whether {they} have an interest."
    if not standing.has_voice(disclosed_may_vote=item.rules.disclosed_may_vote):
        return f"{name} {has} disclosed an interest, so {they} may not score this bid."
    return None


def _require_same(sheet: ScoreSheet, marks: Marks) -> None:
    if _differs(sheet, marks):
        assert sheet.submitted_at is not None  # noqa: S101 (it counts)
        raise Refused(
            f"These scores were handed in on {moment_words(sheet.submitted_at)} and are locked. "
            "The panel can talk about them and change them then, with a note."
        )


def _differs(sheet: ScoreSheet | None, marks: Marks) -> bool:
    kept = kept_marks(sheet)
    return any(kept.get(slug, Mark()) != mark for slug, mark in marks.items())


def _begun(item: AgendaItem, standing: ItemStanding, user: User, now: datetime) -> ScoreSheet:
    sheet = ScoreSheet(seat=standing.seat, begun_at=now, recorded_by_id=user.id)
    item.sheets.append(sheet)
    return sheet


def _begin_again(item: AgendaItem, sheet: ScoreSheet, user: User, now: datetime) -> None:
    """Scores that were set aside are scored again; the history keeps what they were."""
    record_event(
        item.bid,
        "score_again",
        f"Began {sheet.seat.user.name}’s scores again: they no longer counted",
        user=user,
        now=now,
        reason=sheet.voided_why,
        given={"before": {slug: list(mark) for slug, mark in kept_marks(sheet).items()}},
        internal=True,
    )
    sheet.submitted_at = None
    for score in sheet.scores:
        score.moderated = None  # the moderation itself is kept


def _keep(item: AgendaItem, sheet: ScoreSheet, marks: Marks) -> None:
    known = {score.criterion: score for score in sheet.scores}
    for criterion, mark in marks.items():
        _require_score(item, criterion, mark.score)
        if len(mark.reason) > LONGEST_REASON:
            raise Refused(f"A reason has {LONGEST_REASON:,} characters at most.")
        if criterion in known:
            known[criterion].score, known[criterion].reason = mark.score, mark.reason
        elif mark != Mark():
            sheet.scores.append(MemberScore(criterion=criterion, score=mark.score, reason=mark.reason))


def _hand_in(item: AgendaItem, sheet: ScoreSheet, user: User, now: datetime) -> None:
    kept = kept_marks(sheet)
    missing = [
        c.title
        for c in item.rules.criteria
        if kept.get(c.slug, Mark()).score is None or not kept[c.slug].reason
    ]
    if missing:
        raise Refused(f"Every criterion needs a score and a reason. Still missing: {', '.join(missing)}.")
    sheet.submitted_at, sheet.recorded_by_id = now, user.id
    sheet.voided_at, sheet.voided_why = None, ""
    whose = "their scores" if sheet.seat.user_id == user.id else f"{sheet.seat.user.name}’s scores"
    record_event(item.bid, "hand_in_scores", f"Handed in {whose}", user=user, now=now, internal=True)
    item.touch()


# -- moderation ---------------------------------------------------------------------------------


def moderate(
    item: AgendaItem,
    criterion: str,
    text: str,
    changed: Mapping[int, int],
    *,
    stamp: str | None,
    user: User,
    now: datetime,
) -> None:
    """Record that the panel talked about a criterion, and the scores members changed (sheet's id →
    0 to 4). What each gave first is kept beside it.

    stamp  `moderation_stamp` of the page; raises Stale where scores changed in between
    """
    lock_item(item)
    require_open(item)
    if why := why_no_moderation(item, criterion, user, now):
        raise Refused(why)
    if not text.strip():
        raise Refused("Enter what was said.")
    changes = _changes(item, criterion, changed, now)
    last = next((m for m in reversed(item.moderations) if m.criterion == criterion), None)
    if last and not changes and last.note == text.strip() and last.by_id == user.id:
        return db.session.commit()  # a second click
    if stamp is not None and stamp != moderation_stamp(item, criterion):
        raise Stale
    item.moderations.append(
        Moderation(
            criterion=criterion,
            note=text.strip(),
            at=now,
            by_id=user.id,
            changes={str(score.sheet_id): [before, after] for score, before, after in changes},
        )
    )
    for score, _before, after in changes:
        score.moderated = after
    record_event(
        item.bid,
        "moderate",
        f"Talked about the scores for {item.rules.title_of(criterion)}",
        user=user,
        now=now,
        internal=True,
    )
    item.touch()
    return db.session.commit()


def _changes(
    item: AgendaItem, criterion: str, changed: Mapping[int, int], now: datetime
) -> list[tuple[MemberScore, int, int]]:
    """(score, before, after) of the counted sheets on which a member says something else now."""
    counted = {sheet.id: sheet for sheet in counted_sheets(item, now)}
    changes = []
    for sheet_id, after in changed.items():
        sheet = counted.get(sheet_id)
        score = next((s for s in sheet.scores if s.criterion == criterion), None) if sheet else None
        if score is None or score.counted is None or after not in SCORE_WORDS:
            raise Refused("Only scores that were handed in, and count, can change.")
        if score.counted != after:
            changes.append((score, score.counted, after))
    return changes


def why_no_moderation(item: AgendaItem, criterion: str, user: User, now: datetime) -> str | None:
    """Why this person can't record a moderation of this criterion now, as a sentence, or None."""
    if not item.scores_individually:
        return "The panel agrees one score for this bid, so there is nothing to moderate."
    chair, clerk = sitting_of(item, now).chair, is_clerk(user, item.bid.fund_id, now)
    chairs = chair is not None and chair.user_id == user.id
    mine = own_standing(item, user, now)
    barred = mine.barred if mine else bar_of(item.bid, user, now)
    if barred or not (clerk or chairs):
        return "The clerk, or the person who chairs this item, records this."
    if not sees_scores(user, item, now):
        return "Hand in your own scores first."
    if criterion not in item.rules.slugs:
        return "That is no criterion of this fund."
    return None if counted_sheets(item, now) else "Nobody has handed in their scores yet."


def moderation_stamp(item: AgendaItem, criterion: str) -> str:
    """A fingerprint of one criterion's scores and talks, for the page's form."""
    scores = {sheet.id: sheet.counted_scores.get(criterion) for sheet in item.sheets if sheet.counts}
    return fingerprint([scores, [m.id for m in item.moderations if m.criterion == criterion]])
