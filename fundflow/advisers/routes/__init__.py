"""The room’s pages."""

from fundflow.advisers.routes import register, visits  # noqa: F401 (each adds its own)
