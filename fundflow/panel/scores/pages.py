"""What the pages about scores show: an item's, a member's own, everybody's side by side."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from fundflow.models.panel import AgendaItem
from fundflow.models.person import User
from fundflow.models.scores import MemberScore, Moderation, ScoreSheet
from fundflow.panel.operations import scores
from fundflow.panel.scores.forms import (
    ModerationForm,
    ScoreForm,
    SheetForm,
    agreed_scores,
    moderation,
    own_scores,
)
from fundflow.panel.scores.queries import own_standing, sees_scores, sheet_of, yet_to_score
from fundflow.rules.panel.scores import (
    counted_sheets,
    score_of,
    spreads_of,
    to_talk_about,
    unmoderated,
)
from fundflow.rules.panel.sitting import ItemStanding
from fundflow.web.forms import Form
from fundflow.workflow.panel_rules import SCORE_WORDS, Criterion, Score

# -- on the page of an item ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scoring:
    """What `panel/_agreed_scores.html` and `panel/_score_card.html` show on the page of an item.

    form      the agreed score's, for anyone who may record it now
    score     None while this person may not see the scores
    mine      how this person's own scores stand: "to do", "handed in", or "" where they give none
    waits     members who have not handed in theirs
    to_enter  of those, whose scores this person may enter for them
    to_talk   titles of the criteria that the panel must talk about; empty while scores are hidden
    """

    criteria: tuple[Criterion, ...]
    individually: bool
    form: ScoreForm | None
    score: Score | None
    mine: str
    handed_in: int
    waits: list[str]
    to_enter: list[ItemStanding]
    to_talk: list[str]


def on_item(item: AgendaItem, form: Form | None, user: User, *, clerk: bool, at: datetime) -> Scoring:
    """The scores as the page of an item shows them; `form` is one that was not accepted."""
    each, shown = item.scores_individually, sees_scores(user, item, at)
    waiting = yet_to_score(item, at) if each and item.is_open else []
    enters = clerk and item.is_open
    return Scoring(
        criteria=item.rules.criteria,
        individually=each,
        form=_agreed_form(item, form) if enters and not each else None,
        score=score_of(item, at) if shown else None,
        mine=_mine(item, user, at) if each else "",
        handed_in=sum(sheet.counts for sheet in item.sheets) if each else 0,
        waits=[standing.seat.user.name for standing in waiting],
        to_enter=[s for s in waiting if scores.why_no_scores(item, s, user) is None] if enters else [],
        to_talk=unmoderated(item, at) if shown and item.is_open else [],
    )


def _agreed_form(item: AgendaItem, form: Form | None) -> ScoreForm:
    if isinstance(form, ScoreForm):
        return form
    form = agreed_scores(item.rules)(formdata=None)
    form.fill({score.criterion: score.score for score in item.scores}, scores.scores_stamp(item))
    return form


def _mine(item: AgendaItem, user: User, at: datetime) -> str:
    mine = own_standing(item, user, at)
    if mine is None:
        return ""
    sheet = sheet_of(item, mine.seat.id)
    if sheet is not None and sheet.counts:
        return "handed in"
    why = scores.why_no_scores(item, mine, user)
    return "to do" if why is None or (item.is_open and mine.declared is None) else ""


# -- one member's scores ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A member's sheet: to fill in, or locked, or why it can't be filled in.

    rows  what is kept on it; empty for a clerk who must hand in their own scores first
    """

    standing: ItemStanding
    own: bool
    form: SheetForm | None
    why: str
    sheet: ScoreSheet | None
    rows: list[tuple[Criterion, MemberScore | None]]


def own_page(item: AgendaItem, standing: ItemStanding, form: SheetForm, user: User, at: datetime) -> OwnPage:
    sheet, own = sheet_of(item, standing.seat.id), standing.seat.user_id == user.id
    shown = own or sees_scores(user, item, at)
    locked = sheet is not None and sheet.counts
    why = "" if locked else scores.why_no_scores(item, standing, user) or ""
    kept = {score.criterion: score for score in sheet.scores} if sheet else {}
    return OwnPage(
        standing=standing,
        own=own,
        why=why,
        sheet=sheet,
        form=form if form.has_errors or not (why or locked) else None,
        rows=[(row, kept.get(row.slug)) for row in item.rules.criteria if kept and shown],
    )


def sheet_form(item: AgendaItem, seat_id: int) -> SheetForm:
    """The form of a member's scores, filled with what is kept unless it was sent."""
    form = own_scores(item.rules)()
    if not form.is_submitted():
        form.fill(scores.kept_marks(sheet_of(item, seat_id)), scores.sheet_stamp(item, seat_id))
    return form


# -- everybody's scores -------------------------------------------------------------------------


class Cell(NamedTuple):
    """One member on one criterion."""

    name: str
    score: int | None
    was: int | None  # what they gave first, where they changed it
    reason: str

    @property
    def words(self) -> str:
        """“3, was 1”."""
        if self.score is None:
            return "–"
        return str(self.score) if self.was is None else f"{self.score}, was {self.was}"


class CriterionRow(NamedTuple):
    criterion: Criterion
    mean: Fraction | int | None
    spread: int | None
    calls: bool  # for moderation, which nobody has recorded yet
    cells: list[Cell]
    talks: list[Moderation]
    may_talk: bool


@dataclass(frozen=True, slots=True)
class AllScores:
    """The page of scores. What is set aside was handed in, is kept, and does not count."""

    score: Score
    rows: list[CriterionRow]
    names: list[str]
    set_aside: list[tuple[ScoreSheet, str]]
    waits: list[str]


def all_scores(item: AgendaItem, user: User, at: datetime) -> AllScores:
    """Everybody's scores; only for those of whom `sees_scores` is true."""
    sheets = counted_sheets(item, at)
    score, spread, calls = score_of(item, at), spreads_of(item, at), to_talk_about(item, at)
    may_talk = item.is_open and scores.why_no_moderation(item, item.rules.slugs[0], user, at) is None
    return AllScores(
        score=score,
        rows=[
            CriterionRow(
                row,
                score.given.get(row.slug),
                spread.get(row.slug),
                row.slug in calls,
                [_cell(sheet, row.slug) for sheet in sheets],
                [m for m in item.moderations if m.criterion == row.slug],
                may_talk,
            )
            for row in item.rules.criteria
        ],
        names=[sheet.seat.user.name for sheet in sheets],
        set_aside=[(s, _why_aside(s)) for s in item.sheets if s.is_submitted and s not in sheets],
        waits=[s.seat.user.name for s in yet_to_score(item, at)] if item.is_open else [],
    )


def _cell(sheet: ScoreSheet, slug: str) -> Cell:
    kept = next((score for score in sheet.scores if score.criterion == slug), None)
    if kept is None:
        return Cell(sheet.seat.user.name, None, None, "")
    was = kept.score if kept.counted != kept.score else None
    return Cell(sheet.seat.user.name, kept.counted, was, kept.reason)


def _why_aside(sheet: ScoreSheet) -> str:
    return sheet.voided_why or "they take no part in scoring this bid"


# -- moderation ---------------------------------------------------------------------------------


def moderation_form(item: AgendaItem, criterion: str, at: datetime) -> ModerationForm:
    """The form about one criterion; each member's score as it counts now unless it was sent."""
    sheets = [sheet for sheet in counted_sheets(item, at) if criterion in sheet.counted_scores]
    form = moderation(sheets)()
    if not form.is_submitted():
        form.fill(
            {sheet.id: sheet.counted_scores[criterion] for sheet in sheets},
            scores.moderation_stamp(item, criterion),
        )
    return form


def cells_of(item: AgendaItem, criterion: str, at: datetime) -> list[Cell]:
    return [_cell(sheet, criterion) for sheet in counted_sheets(item, at)]


def score_words(score: int | None) -> str:
    """“3, good”."""
    return "" if score is None else f"{score}, {SCORE_WORDS[score].lower()}"
