"""The room’s pages."""

from fundflow.services.routes import catalogue, charges, orders  # noqa: F401 (each adds its own)
