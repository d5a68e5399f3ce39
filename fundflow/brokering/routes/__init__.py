"""The room’s pages."""

from fundflow.brokering.routes import (  # noqa: F401 (each adds its own)
    brokering,
    directory,
    engagement,
    log,
    practice,
    providers,
    requests,
)
