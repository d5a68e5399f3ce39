"""The room’s pages."""

from fundflow.payments.routes import (  # noqa: F401 (each adds its own)
    blocks,
    changes,
    claim_steps,
    claims,
    costs,
    days,
    days_by_link,
    invoices,
    layouts,
    money,
    payees,
    recoveries,
    reversals,
    runs,
    year_end,
)
