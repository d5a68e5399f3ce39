"""The nouns: tables, constraints, relations, and what a row says of itself. Rules stand in `fundflow.rules`.

Importing this package registers every table.
"""

from fundflow.models import (  # noqa: F401 (imported so that every table is registered)
    address_change,
    area,
    award,
    bid,
    bid_parts,
    brokering,
    condition,
    confirmation,
    day_log,
    decision,
    desk,
    files,
    fund,
    history,
    impact,
    installation,
    interest,
    kept_typing,
    late_entry,
    ledger_entry,
    letter,
    minutes,
    named_person,
    panel,
    panel_settings,
    payment,
    pdf,
    person,
    register,
    review,
    school,
    scores,
)
