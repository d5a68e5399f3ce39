"""Guards: what a step waits for, a module a process. Each answers None or the sentence to show.

The tables in `fundflow.workflow` name them; importing this package registers them. A guard never
changes anything.
"""

from fundflow.rules.guards import (  # noqa: F401 (imported so that every guard is registered)
    adviser_visit,
    application,
    approval,
    board_paper,
    case_study,
    change_request,
    claim,
    concern,
    condition,
    data_complaint,
    data_removal,
    earned_correction,
    feedback,
    follow_up,
    impact_return,
    meeting,
    minutes,
    named_person,
    opening,
    order,
    panel,
    payee,
    payment_block,
    payment_run,
    plan,
    practice,
    provider,
    quality_check,
    recovery,
    reversal,
    support_request,
    survey,
    visit,
)
