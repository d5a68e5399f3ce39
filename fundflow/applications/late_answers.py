"""The officer goes on without the school's answer, once its day has passed."""

from datetime import datetime

from fundflow.applications.operations import begin, officer_due, put_back_unsent
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.steps import take_step


def go_on_without(bid: Bid, reason: str, *, user: User, now: datetime, version: int | None = None) -> None:
    """Take the bid back into the review as it was last sent; unsent changes are put back."""
    begin(bid, "go_on_without", user, now, version)
    put_back_unsent(bid, now)
    take_step(bid, "go_on_without", user=user, now=now, version=version, given={"reason": reason})
    bid.due_on = officer_due(bid, now)  # the step asks about the school's day
    db.session.commit()
