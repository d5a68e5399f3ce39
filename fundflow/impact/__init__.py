"""Impact: what changed, what the supported schools say, and the end of a bid."""

from fundflow.impact import report_pages as report_pages  # adds its routes
from fundflow.impact.routes import rooms

__all__ = ["rooms"]
