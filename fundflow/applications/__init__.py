"""The school's side: starting a bid, its form, submitting it, and the words of partners."""

from fundflow.applications import (  # noqa: F401 (their routes, and what templates use)
    routes_answers,
    routes_by_link,
    routes_cluster,
    routes_correcting,
    routes_files,
    routes_form,
    routes_keeping,
    routes_on_behalf,
    routes_resubmitting,
    routes_rows,
    routes_steps,
    showing,
)
from fundflow.applications.routes import rooms

__all__ = ["rooms"]
