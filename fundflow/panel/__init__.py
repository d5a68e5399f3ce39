"""The panel: meetings and their agendas, interests, scores, votes, decisions and offers."""

from fundflow.panel import routes_calendar, routes_decisions, routes_items, routes_meetings  # noqa: F401 (routes)
from fundflow.panel.routes import rooms

__all__ = ["rooms"]
