"""Changes of awards in the demonstration: one waits, one is agreed, one is refused, one asks the panel for more
money."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fundflow.demo.filling import school_day_before
from fundflow.demo.story import Story
from fundflow.models.bid import Bid
from fundflow.models.person import RoleName
from fundflow.payments import changes, panel_changes
from fundflow.payments.changes import Wanted, WantedLine
from fundflow.workflow.working_days import months_after

if TYPE_CHECKING:
    from fundflow.demo.told import Told

WAITS, AGREED, REFUSED, MORE = "waits", "agreed", "refused", "more"  # how a story's change ends
NEXT = 4  # days from now the panel meets


def change_award(told: "Told", story: Story, bid: Bid) -> Iterator[datetime]:
    """The head asks; the provider agrees, and the officer decides, or puts it to the panel."""
    if not story.change:
        return
    yield (now := told.at(-9))
    wanted = _two_days_more(bid) if story.change == MORE else _three_months_more(bid)
    change = changes.ask(bid, wanted, user=told.people.head(story.lead), now=now, version=bid.version)
    for n, provider in enumerate(story.providers):
        yield (now := told.at(-8) + timedelta(hours=n))
        changes.say_yes(change, user=told.people.head(provider), now=now, version=change.version)
    if story.change == WAITS:
        return
    yield (now := told.at(-6))
    officer = told.people.staff(RoleName.OFFICER)
    if story.change == MORE:
        advice = "The first days went well, and the school has a second class for them. I advise to give it."
        meeting = told.meetings[NEXT]
        panel_changes.put_to_panel(change, advice, meeting, user=officer, now=now, version=change.version)
        return
    if story.change == AGREED:
        changes.agree(change, user=officer, now=now, version=change.version)
        return
    reason = "The report is needed in July, for the fund’s own review. Use the days that are left."
    changes.refuse(change, reason=reason, user=officer, now=now, version=change.version)


def _three_months_more(bid: Bid) -> Wanted:
    assert bid.end_on is not None and bid.award is not None  # an award has both
    return Wanted(
        bid.start_on,
        school_day_before(months_after(bid.end_on, 3), bid.fund),
        bid.award.pence,
        "Two of the coaching days fell out through illness. We need the next term to catch up.",
    )


def _two_days_more(bid: Bid) -> Wanted:
    assert bid.award is not None  # it is under way
    line = next(line for line in bid.award.lines if line.half_days)
    days = (line.half_days or 0) + 4
    return Wanted(
        bid.start_on,
        bid.end_on,
        bid.award.pence + line.pence_of(days) - line.pence,
        "A second class has the same need. Two days more would reach it.",
        lines={line.id: WantedLine(days, line.what, line.staff_code)},
    )
