"""The room’s pages."""

from fundflow.brokering.routes import (  # noqa: F401 (each adds its own)
    brokering,
    directory,
    log,
    providers,
    requests,
)
