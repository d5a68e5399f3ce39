"""What comes back of an award in the demonstration: each of its stories leaves it in another state."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fundflow.demo.story import Story
from fundflow.models.bid import Bid
from fundflow.models.payment import Claim
from fundflow.models.person import RoleName, User
from fundflow.models.recovery import Ground, Recovery
from fundflow.payments import recoveries
from fundflow.rules.panel.sittings import sitting_of
from fundflow.rules.recoveries import recoveries_of

if TYPE_CHECKING:
    from fundflow.demo.told import Told


def ask_back(told: "Told", story: Story, bid: Bid, now: datetime, *, times: int = 1) -> Recovery:
    """The officer asks for money back that was not spent as agreed; finance is to approve it."""
    return recoveries.open_recovery(
        bid,
        school_id=bid.lead_school_id,
        ground=Ground.MISUSED,
        pence=story.misused * 100 * times,
        reason=story.misuse,
        user=told.people.staff(RoleName.OFFICER),
        now=now,
        version=bid.version,
    )


def ask_back_once_mistyped(told: "Told", story: Story, bid: Bid, now: datetime) -> None:
    """The first amount has a nought too many, and is cancelled."""
    recovery = ask_back(told, story, bid, now, times=10)
    recoveries.cancel(
        recovery,
        reason="The amount has a zero too many.",
        user=_finance(told),
        now=now + timedelta(hours=2),
        version=recovery.version,
    )
    ask_back(told, story, bid, now + timedelta(hours=3))


def ask_for(told: "Told", story: Story, bid: Bid, opened: datetime, approved: datetime) -> Iterator[datetime]:
    """Finance approves: the school is asked for the money."""
    yield opened
    recovery = ask_back(told, story, bid, opened)
    yield approved
    recoveries.approve(recovery, user=_finance(told), now=approved, version=recovery.version)


def invoice(told: "Told", bid: Bid, approved: datetime, invoiced: datetime) -> Iterator[datetime]:
    """What a stopped award owes is asked for, then invoiced."""
    (recovery,) = recoveries_of(bid)
    yield approved
    recoveries.approve(recovery, user=_finance(told), now=approved, version=recovery.version)
    yield invoiced
    recoveries.invoice(
        recovery,
        invoice_number="INV-20611",
        user=_finance(told),
        now=invoiced,
        version=recovery.version,
    )


def take_off(
    told: "Told", story: Story, bid: Bid, claim: Claim, opened: datetime, chosen: datetime
) -> Iterator[datetime]:
    """It is to be taken off the payment of a checked claim."""
    yield from ask_for(told, story, bid, opened, chosen)
    recovery = recoveries_of(bid)[-1]
    recoveries.set_against(recovery, claim.id, user=_finance(told), now=chosen, version=recovery.version)


def write_off(
    told: "Told", story: Story, bid: Bid, opened: datetime, written: datetime
) -> Iterator[datetime]:
    """It can’t be got back, and the chair of the panel writes it off."""
    yield from ask_for(told, story, bid, opened, opened + timedelta(days=1))
    recovery = recoveries_of(bid)[-1]
    yield written
    chair = sitting_of(bid.items[-1], written).chair
    assert chair is not None  # the whole panel was on the call
    recoveries.write_off(
        recovery,
        authority="Scheme of delegation, paragraph 4.2",
        reason="The agency that was paid twice has gone out of business.",
        user=chair.user,
        now=written,
        version=recovery.version,
    )


def settle(told: "Told", bid: Bid, now: datetime) -> None:
    """Finance lets a few pounds go, and the school pays more than that back."""
    finance = _finance(told)
    for recovery in recoveries_of(bid):
        if recovery.pence < 20_00:
            reason = "Less than it costs to ask for it."
            recoveries.let_go(recovery, reason=reason, user=finance, now=now, version=recovery.version)
            continue
        recoveries.approve(recovery, user=finance, now=now, version=recovery.version)
        recoveries.receive(
            recovery,
            payment_reference=f"REC-{bid.reference}",
            user=finance,
            now=now + timedelta(days=12),
            version=recovery.version,
        )


def _finance(told: "Told") -> User:
    return told.people.staff(RoleName.FINANCE)
