"""What is done to a fund. Amounts are pence; each act is noted in the fund's log of changes.

`user` is None for the command line of the machine itself, which needs no permission.
"""

from fundflow.funds.operations.days_off import add_days_off, copy_days_off, new_from, remove_days_off
from fundflow.funds.operations.funds import add_allocation, change_settings, create_fund, cut_allocation
from fundflow.funds.operations.grades import add_grade, change_cap
from fundflow.funds.operations.late import end_late_entry, let_in, why_not_until
from fundflow.funds.operations.priorities import add_priority, rename_priority
from fundflow.funds.operations.questions import add_question, change_question
from fundflow.funds.operations.retiring import retire
from fundflow.funds.operations.rounds import add_round, change_round
from fundflow.funds.operations.rules import change_rules

__all__ = [
    "add_allocation",
    "add_days_off",
    "add_grade",
    "add_priority",
    "add_question",
    "add_round",
    "change_cap",
    "change_question",
    "change_round",
    "change_rules",
    "change_settings",
    "copy_days_off",
    "create_fund",
    "cut_allocation",
    "end_late_entry",
    "let_in",
    "new_from",
    "remove_days_off",
    "rename_priority",
    "retire",
    "why_not_until",
]
