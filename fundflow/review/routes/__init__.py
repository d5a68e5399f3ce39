"""The room’s pages."""

from fundflow.review.routes import (  # noqa: F401 (each adds its own)
    corrections,
    interests,
    named,
    need,
    notes,
    returning,
    review,
    steps,
)
