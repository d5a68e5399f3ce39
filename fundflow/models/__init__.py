"""The nouns. Models answer the guards' questions and hold constraints; they never send or commit.

Importing this package registers every table.
"""

from fundflow.models import (  # noqa: F401 (imported so that every table is registered)
    bid,
    bid_parts,
    confirmation,
    fund,
    history,
    impact,
    ledger_entry,
    letter,
    panel,
    payment,
    person,
    review,
    school,
)  # fmt: skip
