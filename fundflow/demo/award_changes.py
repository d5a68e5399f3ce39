"""Changes of awards in the demonstration: one waits, one is agreed, one is refused."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fundflow.demo.story import Story
from fundflow.models.bid import Bid
from fundflow.models.person import RoleName
from fundflow.payments import changes
from fundflow.payments.changes import Wanted
from fundflow.workflow.working_days import months_after

if TYPE_CHECKING:
    from fundflow.demo.told import Told

WAITS, AGREED, REFUSED = "waits", "agreed", "refused"  # how a story's change ends


def change_award(told: "Told", story: Story, bid: Bid) -> Iterator[datetime]:
    """The head asks for three months more; the provider agrees, and the officer decides."""
    if not story.change:
        return
    yield (now := told.at(-9))
    assert bid.end_on is not None and bid.award is not None  # an award has both
    wanted = Wanted(
        bid.start_on,
        months_after(bid.end_on, 3),
        bid.award.pence,
        "Two of the coaching days fell out through illness. We need the next term to catch up.",
    )
    change = changes.ask(bid, wanted, user=told.people.head(story.lead), now=now, version=bid.version)
    for n, provider in enumerate(story.providers):
        yield (now := told.at(-8) + timedelta(hours=n))
        changes.say_yes(change, user=told.people.head(provider), now=now, version=change.version)
    if story.change == WAITS:
        return
    yield (now := told.at(-6))
    officer = told.people.staff(RoleName.OFFICER)
    if story.change == AGREED:
        changes.agree(change, user=officer, now=now, version=change.version)
        return
    reason = "The report is needed in July, for the fund’s own review. Use the days that are left."
    changes.refuse(change, reason=reason, user=officer, now=now, version=change.version)
