"""The room’s pages."""

from fundflow.reports.routes import (  # noqa: F401 (each adds its own)
    case_studies,
    dashboard,
    open_data,
    paper_files,
    papers,
    public,
    public_cases,
    reasons,
    recommendations,
    value,
)
