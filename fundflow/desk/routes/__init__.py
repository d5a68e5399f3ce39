"""The room’s pages."""

from fundflow.desk.routes import (  # noqa: F401 (each adds its own)
    caseload,
    checks,
    clock,
    cover,
    desk,
    hand_over,
    people,
)
