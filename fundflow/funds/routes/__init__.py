"""The room’s pages."""

from fundflow.funds.routes import (  # noqa: F401 (each adds its own)
    days_off,
    funds,
    grade,
    line,
    measures,
    public,
    round,
    rules,
)
