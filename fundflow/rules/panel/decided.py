"""A decision of the panel as it is recorded: with who sat, the vote and the score as they are now."""

from datetime import datetime

from fundflow.models.decision import Decision
from fundflow.models.panel import AgendaItem, ItemOutcome
from fundflow.models.person import User
from fundflow.rules.panel.deciders import delegation_of
from fundflow.rules.panel.frozen_sitting import freeze_sitting, was_by_email
from fundflow.rules.panel.scores import total_score
from fundflow.rules.panel.sittings import sitting_of
from fundflow.workflow.panel_rules import points_in_hundredths


def decided(
    item: AgendaItem,
    outcome: ItemOutcome,
    reasons: str,
    user: User,
    now: datetime,
    *,
    equality_note: str = "",
    pence: int | None = None,
) -> Decision:
    """The decision on an item, for its caller to add.

    pence  what was approved; of a change of an award, all that the award comes to
    Raises Refused where an authorised officer decides without a delegation.
    """
    count = sitting_of(item, now).tally
    total = total_score(item, now) if item.is_scored else None
    return Decision(
        bid=item.bid,
        item=item,
        change_id=item.change_id,
        outcome=outcome,
        pence=pence,
        reasons=reasons,
        equality_note=equality_note,
        delegation=delegation_of(item.bid),
        votes_for=count.votes_for,
        votes_against=count.votes_against,
        abstentions=count.abstentions,
        score_hundredths=None if total is None else points_in_hundredths(total),
        decided_at=now,
        decided_by_id=user.id,
        rules_id=item.rules_id or item.bid.fund.rules_in_force.id,
        by_email=was_by_email(item),
        sitting=freeze_sitting(item, now),
    )
