"""The room’s pages."""

from fundflow.impact.routes import (  # noqa: F401 (each adds its own)
    desk,
    evidence,
    follow_up,
    impact,
    quality_checks,
    report,
    reviewing,
    visits,
)
