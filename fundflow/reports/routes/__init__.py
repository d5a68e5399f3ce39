"""The room’s pages."""

from fundflow.reports.routes import (  # noqa: F401 (each adds its own)
    dashboard,
    open_data,
    public,
    reasons,
    value,
)
