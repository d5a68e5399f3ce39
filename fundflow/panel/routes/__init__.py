"""The room’s pages."""

from fundflow.panel.routes import (  # noqa: F401 (each adds its own)
    calendar,
    common,
    conditions,
    correcting,
    decisions,
    items,
    letters_over,
    meetings,
    membership,
    minutes,
    pack,
    ranking,
    scores,
)
