"""The scores of an agenda item: means, total, how far members lie apart."""

from datetime import datetime
from fractions import Fraction

from fundflow.models.panel import AgendaItem
from fundflow.models.person import User
from fundflow.models.scores import ScoreSheet
from fundflow.rules.panel.sittings import standings_of
from fundflow.workflow.panel_rules import Score, mean, spreads


def counted_sheets(item: AgendaItem, now: datetime) -> list[ScoreSheet]:
    """The members' sheets that count: handed in, not voided, of those who may score now."""
    may_vote = item.rules.disclosed_may_vote
    voices = {s.seat.id for s in standings_of(item, now) if s.has_voice(disclosed_may_vote=may_vote)}
    return [sheet for sheet in item.sheets if sheet.counts and sheet.seat_id in voices]


def criterion_scores(item: AgendaItem, now: datetime) -> dict[str, int | Fraction]:
    """By criterion the agreed score, or the exact mean of the members' (after moderation)."""
    if not item.scores_individually:
        return {score.criterion: score.score for score in item.scores}
    given = [sheet.counted_scores for sheet in counted_sheets(item, now)]
    return {
        slug: mean([scores[slug] for scores in given if slug in scores])
        for slug in item.rules.slugs
        if any(slug in scores for scores in given)
    }


def score_of(item: AgendaItem, now: datetime) -> Score:
    """What the scores come to: total, what they speak for, what speaks against funding in full."""
    return item.rules.score(criterion_scores(item, now))


def total_score(item: AgendaItem, now: datetime) -> Fraction | None:
    """The weighted total out of 100, exactly; None until every criterion has a score."""
    return item.rules.total(criterion_scores(item, now))


def keeps_scores_from(item: AgendaItem, user: User, now: datetime) -> bool:
    """Whether this person sits on the item and is not to know yet what others scored: they have not
    handed in their own scores, or give none."""
    mine = next((s for s in standings_of(item, now) if s.seat.user_id == user.id), None)
    if mine is None or not item.scores_individually:
        return False
    voice = mine.has_voice(disclosed_may_vote=item.rules.disclosed_may_vote)
    return not (voice and any(sheet.counts and sheet.seat_id == mine.seat.id for sheet in item.sheets))


def spreads_of(item: AgendaItem, now: datetime) -> dict[str, int]:
    """By criterion how far the members' own scores lie apart, before any moderation."""
    return spreads([sheet.own_scores for sheet in counted_sheets(item, now)])


def unmoderated(item: AgendaItem, now: datetime) -> list[str]:
    """Titles of the criteria whose scores lie so far apart that the panel must talk about them."""
    if not item.scores_individually:
        return []
    return [item.rules.title_of(slug) for slug in to_talk_about(item, now)]


def to_talk_about(item: AgendaItem, now: datetime) -> list[str]:
    """Criteria that call for moderation, in their order: scores lie apart, and nobody has talked
    about them since they came to lie as far apart as this."""
    sheets, talked = counted_sheets(item, now), {m.criterion: m.at for m in item.moderations}
    apart = spreads([sheet.own_scores for sheet in sheets])

    def apart_then(slug: str, at: datetime) -> int:
        there = [s.own_scores for s in sheets if s.submitted_at and s.submitted_at <= at]
        return spreads(there).get(slug, 0)

    return [
        slug
        for slug in item.rules.slugs
        if apart.get(slug, 0) >= item.rules.moderate_from
        and (slug not in talked or apart_then(slug, talked[slug]) < apart[slug])
    ]
