"""Funds: their settings, where their money comes from, and when schools may bid."""

import fundflow.funds.days_off_routes
import fundflow.funds.grade_routes
import fundflow.funds.line_routes
import fundflow.funds.public_routes
import fundflow.funds.round_routes
import fundflow.funds.rules_routes  # noqa: F401 (all add their routes)
from fundflow.funds.routes import rooms

__all__ = ["rooms"]
