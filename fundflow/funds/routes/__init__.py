"""The room’s pages."""

from fundflow.funds.routes import (  # noqa: F401 (each adds its own)
    brand,
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
