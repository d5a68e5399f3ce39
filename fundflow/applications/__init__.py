"""The school's side: starting a bid, its form, submitting it, and the words of partners."""

from fundflow.applications import routes_answers, routes_form, routes_steps  # noqa: F401 (their routes)
from fundflow.applications.routes import rooms

__all__ = ["rooms"]
