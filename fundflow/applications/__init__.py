"""The school's side: starting a bid, its form, submitting it, and the words of partners."""

import fundflow.applications.routes
import fundflow.applications.showing  # noqa: F401 (what templates use)
from fundflow.applications.blueprint import blueprint

__all__ = ["blueprint"]
