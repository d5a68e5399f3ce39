"""The room’s pages."""

from fundflow.applications.routes import (  # noqa: F401 (each adds its own)
    answers,
    bids,
    by_link,
    cluster,
    correcting,
    files,
    form,
    keeping,
    on_behalf,
    plan,
    resubmitting,
    rows,
    steps,
)
