"""The room’s pages."""

from fundflow.payments.routes import (  # noqa: F401 (each adds its own)
    blocks,
    changes,
    claim_steps,
    claims,
    costs,
    days,
    days_by_link,
    forecast,
    invoices,
    layouts,
    money,
    own_staff,
    panel_changes,
    payees,
    recoveries,
    reversals,
    runs,
    statements,
    year_end,
)
