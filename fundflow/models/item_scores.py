"""What an agenda item answers about its scores: means, total, how far members lie apart."""

from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from fundflow.models.panel_rules import mean, spreads

if TYPE_CHECKING:
    from fundflow.models.panel import AgendaItem
    from fundflow.models.person import User
    from fundflow.models.scores import ScoreSheet


class ScoredItem:
    """Part of `AgendaItem`."""

    @property
    def scores_individually(self: "AgendaItem") -> bool:  # type: ignore[misc]
        """Whether each member scores this bid; else the panel agrees one score."""
        return self.bid.requested_pence >= self.rules.individual_from_pence

    def counted_sheets(self: "AgendaItem", now: datetime) -> list["ScoreSheet"]:  # type: ignore[misc]
        """The members' sheets that count: handed in, not voided, of those who may score now."""
        may_vote = self.rules.disclosed_may_vote
        voices = {s.seat.id for s in self.standings(now) if s.has_voice(disclosed_may_vote=may_vote)}
        return [sheet for sheet in self.sheets if sheet.counts and sheet.seat_id in voices]

    def criterion_scores(self: "AgendaItem", now: datetime) -> dict[str, int | Fraction]:  # type: ignore[misc]
        """By criterion the agreed score, or the exact mean of the members' (after moderation)."""
        if not self.scores_individually:
            return {score.criterion: score.score for score in self.scores}
        given = [sheet.counted_scores for sheet in self.counted_sheets(now)]
        return {
            slug: mean([scores[slug] for scores in given if slug in scores])
            for slug in self.rules.slugs
            if any(slug in scores for scores in given)
        }

    def total(self: "AgendaItem", now: datetime) -> Fraction | None:  # type: ignore[misc]
        """The weighted total out of 100, exactly; None until every criterion has a score."""
        return self.rules.total(self.criterion_scores(now))

    def keeps_scores_from(self: "AgendaItem", user: "User", now: datetime) -> bool:  # type: ignore[misc]
        """Whether this person sits on the item and is not to know yet what others scored: they have not
        handed in their own scores, or give none."""
        mine = next((s for s in self.standings(now) if s.seat.user_id == user.id), None)
        if mine is None or not self.scores_individually:
            return False
        voice = mine.has_voice(disclosed_may_vote=self.rules.disclosed_may_vote)
        return not (voice and any(sheet.counts and sheet.seat_id == mine.seat.id for sheet in self.sheets))

    def spreads(self: "AgendaItem", now: datetime) -> dict[str, int]:  # type: ignore[misc]
        """By criterion how far the members' own scores lie apart, before any moderation."""
        return spreads([sheet.own_scores for sheet in self.counted_sheets(now)])

    def unmoderated(self: "AgendaItem", now: datetime) -> list[str]:  # type: ignore[misc]
        """Titles of the criteria whose scores lie so far apart that the panel must talk about them."""
        if not self.scores_individually:
            return []
        return [self.rules.title_of(slug) for slug in self.to_talk_about(now)]

    def to_talk_about(self: "AgendaItem", now: datetime) -> list[str]:  # type: ignore[misc]
        """Criteria that call for moderation, in their order: scores lie apart, and nobody has talked
        about them since they came to lie as far apart as this."""
        sheets, talked = self.counted_sheets(now), {m.criterion: m.at for m in self.moderations}
        apart = spreads([sheet.own_scores for sheet in sheets])

        def apart_then(slug: str, at: datetime) -> int:
            there = [s.own_scores for s in sheets if s.submitted_at and s.submitted_at <= at]
            return spreads(there).get(slug, 0)

        return [
            slug
            for slug in self.rules.slugs
            if apart.get(slug, 0) >= self.rules.moderate_from
            and (slug not in talked or apart_then(slug, talked[slug]) < apart[slug])
        ]
