"""Payments: the fund's money, a bid's award, and the claims on it."""

import fundflow.payments.routes  # noqa: F401 (adds the pages)
from fundflow.payments.blueprint import blueprint

__all__ = ["blueprint"]
