"""Accounts: signing in by emailed links, people, what each holds and until when."""

import fundflow.accounts.address_routes
import fundflow.accounts.people_routes
import fundflow.accounts.place_routes  # noqa: F401 (all add their routes)
from fundflow.accounts.routes import rooms

__all__ = ["rooms"]
