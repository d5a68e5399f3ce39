"""The room’s pages."""

from fundflow.funds.routes import (  # noqa: F401 (each adds its own)
    days_off,
    funds,
    grade,
    letter_words,
    line,
    measures,
    public,
    round,
    rules,
)
