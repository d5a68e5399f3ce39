"""The room’s pages."""

from fundflow.reports.routes import (  # noqa: F401 (each adds its own)
    dashboard,
    public,
    reasons,
    value,
)
