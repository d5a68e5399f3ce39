"""The officer goes on without the school's answer, once its day has passed."""

from datetime import datetime
from typing import Any

from fundflow.applications.operations import begin, in_working_days, put_back_unsent
from fundflow.applications.routes import rooms
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.steps import take_step
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bids import visible_bid
from fundflow.web.forms import ReasonForm
from fundflow.web.step_pages import step_page


@rooms.route("/bids/<reference>/steps/go-on-without", methods=["GET", "POST"])
@access(SIGNED_IN)
def go_on_without(reference: str) -> Any:
    bid = visible_bid(reference)
    form = ReasonForm.on(bid)
    return step_page(
        bid,
        "go_on_without",
        form,
        lambda: carry_on(bid, form.reason.data, user=me(), now=now(), version=form.version.data),
        explain=(
            "You go on with the bid as the school last sent it. What it has changed since "
            "without sending it is put back. The school is told, with your reason.",
        ),
        done="The bid is with you again. The school is being told.",
    )


def carry_on(bid: Bid, reason: str, *, user: User, now: datetime, version: int | None = None) -> None:
    """Take the bid back into the review as it was last sent; unsent changes are put back."""
    begin(bid, "go_on_without", user, now, version)
    put_back_unsent(bid, now)
    take_step(bid, "go_on_without", user=user, now=now, version=version, given={"reason": reason})
    bid.due_on = in_working_days(now, bid.fund.officer_days)  # the step asks about the school's day
    db.session.commit()
