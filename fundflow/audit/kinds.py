"""What auditors look at, by kind: a table that the home page and the lists read."""

from typing import NamedTuple

from fundflow.models.person import RoleName

READING = (RoleName.AUDITOR, RoleName.ADMINISTRATOR)  # who reads all of this, in their funds

Steps = tuple[tuple[str, str], ...]


class Kind(NamedTuple):
    """Acts of one kind.

    title  as a heading, also of its list at /audit/<slug>
    says   what is in the list
    steps  (process, step) of each
    home   whether My work shows the latest
    """

    title: str
    says: str
    steps: Steps
    home: bool = True


KINDS: dict[str, Kind] = {
    "decisions": Kind(
        "Decisions",
        "Decisions that were corrected or taken back, and bids that were reopened.",
        (
            ("application", "correct_decision"),
            ("application", "undo_decision"),
            ("application", "uphold_review"),
            ("application", "reopen"),
            ("change_request", "undo_more"),
        ),
    ),
    "late-interests": Kind(
        "Interests found late",
        "Interests that came up after the panel had scored or voted, and what was done about them.",
        (
            ("application", "late_interest"),
            ("application", "let_stand"),
            ("application", "void_vote"),
            ("application", "void_scores"),
            ("application", "void_casting_vote"),
        ),
    ),
    "overrides": Kind(
        "Rules waived",
        "Where somebody went on in spite of a rule: a late answer or report, a condition, a deadline, "
        "a block on payments.",
        (
            ("application", "go_on_without"),
            ("condition", "waive"),
            ("fund", "let_in"),
            ("impact_return", "let_pass"),
            ("payment_block", "lift"),
        ),
    ),
    "corrections": Kind(
        "Corrections",
        "What was corrected after it was sent, confirmed or accepted.",
        (
            ("application", "correct"),
            ("earned_correction", "confirm"),
            ("impact_return", "correct"),
            ("impact_return", "correct_rating"),
        ),
    ),
    "money": Kind(
        "Money put right",
        "Payments that were reversed, and money that was let go or written off.",
        (
            ("reversal", "approve"),
            ("recovery", "let_go"),
            ("recovery", "write_off"),
            ("recovery", "put_back"),
            ("recovery", "undo_take_off"),
            ("recovery", "undo_receive"),
        ),
    ),
    "grants": Kind(
        "Roles, seats and places",
        "Who was given a role, a seat on a panel or a place at a school, and whose ended.",
        tuple(("person", step) for step in ("give", "invite", "end", "deactivate", "reactivate")),
        home=False,
    ),
    "packs": Kind(
        "Audit packs",
        "Who took the audit pack of which bid.",
        (("application", "audit_pack"),),
        home=False,
    ),
}
KIND_OF = {step: kind.title for kind in KINDS.values() if kind.home for step in kind.steps}
