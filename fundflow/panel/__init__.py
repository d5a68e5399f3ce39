"""The panel: meetings and their agendas, interests, scores, votes, decisions and offers."""

from fundflow.panel import (  # noqa: F401 (routes)
    routes_calendar,
    routes_conditions,
    routes_correcting,
    routes_decisions,
    routes_items,
    routes_letters_over,
    routes_meetings,
    routes_membership,
    routes_minutes,
    routes_pack,
    routes_ranking,
    routes_scores,
)
from fundflow.panel.routes import rooms

__all__ = ["rooms"]
