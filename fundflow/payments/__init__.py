"""Payments: the fund's money, a bid's award, and the claims on it."""

from fundflow.payments import claim_pages as claim_pages  # adds its routes
from fundflow.payments import claim_steps as claim_steps
from fundflow.payments.routes import rooms

__all__ = ["rooms"]
