"""The officer's other half: what schools offer and ask for, matching them, and the log of contacts."""

from fundflow.brokering import routes_directory, routes_log, routes_requests  # noqa: F401 (their routes)
from fundflow.brokering.routes import rooms

__all__ = ["rooms"]
