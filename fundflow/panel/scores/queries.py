"""Members' own scores: whose sheet is whose, and who sees what others gave."""

from datetime import datetime
from fractions import Fraction

from fundflow.actors import roles_for
from fundflow.models.panel import AgendaItem
from fundflow.models.person import User
from fundflow.models.scores import ScoreSheet
from fundflow.panel.queries import DECIDED, SEE_VOTES
from fundflow.rules.panel.scores import total_score
from fundflow.rules.panel.sitting import ItemStanding
from fundflow.rules.panel.sittings import standings_of
from fundflow.workflow.working_days import london_date


def sees_scores(user: User, item: AgendaItem, now: datetime) -> bool:
    """Whether this person, who may open the item, sees what its members scored, and the total.

    A score that the panel agreed is everybody's. Members' own scores are seen by staff, and by a
    member (the person who chairs, too) after handing in their own; members who do not score this bid see
    them once it is decided. Who is barred and sits on the panel never does.
    """
    if not item.scores_individually:
        return True
    mine = own_standing(item, user, now)
    if mine is not None and mine.barred:
        return False
    if item.outcome in DECIDED:
        return True
    if mine is not None and mine.has_voice(disclosed_may_vote=item.rules.disclosed_may_vote):
        sheet = sheet_of(item, mine.seat.id)
        return sheet is not None and sheet.counts
    return bool(roles_for(user, item.bid.fund_id, london_date(now)) & SEE_VOTES)


def own_standing(item: AgendaItem, user: User, now: datetime) -> ItemStanding | None:
    """How this person stands on an item, if they sit on the panel."""
    return next((s for s in standings_of(item, now) if s.seat.user_id == user.id), None)


def sheet_of(item: AgendaItem, seat_id: int) -> ScoreSheet | None:
    return next((sheet for sheet in item.sheets if sheet.seat_id == seat_id), None)


def yet_to_score(item: AgendaItem, now: datetime) -> list[ItemStanding]:
    """Members who may score this bid and have not handed in their scores; substitutes need not."""
    done, may_vote = {sheet.seat_id for sheet in item.sheets if sheet.counts}, item.rules.disclosed_may_vote
    return [
        standing
        for standing in standings_of(item, now)
        if standing.has_voice(disclosed_may_vote=may_vote)
        and standing.seat.id not in done
        and not standing.is_substitute
    ]


def shown_total(user: User, item: AgendaItem, now: datetime) -> Fraction | None:
    """The total, for those who see the scores it is made of."""
    return total_score(item, now) if sees_scores(user, item, now) else None
