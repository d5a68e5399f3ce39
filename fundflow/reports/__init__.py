"""What everybody may read: the start page, the register of awards, accessibility, privacy."""

from fundflow.reports.routes import rooms

__all__ = ["rooms"]
