"""What everybody may read: the start page, the register of awards, accessibility, privacy."""

from fundflow.reports import routes_reasons  # noqa: F401 (its route)
from fundflow.reports.routes import rooms

__all__ = ["rooms"]
