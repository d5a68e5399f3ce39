"""Funds: their settings, where their money comes from, and when schools may bid."""

import fundflow.funds.routes  # noqa: F401 (adds the pages)
from fundflow.funds.blueprint import blueprint

__all__ = ["blueprint"]
