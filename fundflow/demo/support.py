"""The demonstration's quality checks and independent providers, in each of their states."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from fundflow.brokering.operations import providers
from fundflow.demo.told import Told
from fundflow.extensions import db
from fundflow.impact import quality_checks
from fundflow.models.brokering import Expertise
from fundflow.models.person import RoleName
from fundflow.models.provider import DUE_DILIGENCE, Provider
from fundflow.rules.quality_checks import checks_of
from fundflow.workflow.application import BidState
from fundflow.workflow.working_days import london_date


def told_support(told: Told) -> tuple[Iterator[datetime], ...]:
    return _checks(told), _providers(told)


def _checks(told: Told) -> Iterator[datetime]:
    """One bid's checks are green, and red and put right; another's is amber, a third's red and acted on. All
    later ones are to do."""
    officer = told.people.staff(RoleName.OFFICER)
    yield (now := told.at(-20))
    told.fund.checks_support = True
    db.session.commit()
    under_way = [bid for bid in told.bids.values() if bid.state is BidState.IN_DELIVERY]
    first, second, third = [bid for bid in under_way if quality_checks.begin_checks(bid, now)][:3]
    yield (now := told.at(-18))
    for check in checks_of(first)[:1]:
        said = {"found": "The plan says who does what, and when.", "note": ""}
        quality_checks.record_green(check, **said, user=officer, now=now, version=check.version)
    for check in (checks_of(first)[1], checks_of(third)[0]):
        quality_checks.record_red(check, **_concern(told), user=officer, now=now, version=check.version)
    for check in checks_of(second)[:1]:
        quality_checks.record_amber(check, **_concern(told), user=officer, now=now, version=check.version)
    yield (now := told.at(-6))
    for check in (checks_of(first)[1], checks_of(third)[0]):
        done = "A second coach began on Monday. I met both."
        quality_checks.carry_out(check, done_note=done, user=officer, now=now, version=check.version)
    yield (now := told.at(-4))
    for check in checks_of(first)[1:2]:
        found = "All four sessions took place."
        quality_checks.check_again(check, again_found=found, user=officer, now=now, version=check.version)


def _concern(told: Told) -> dict[str, Any]:
    return {
        "found": "Two of four sessions were missed.",
        "action": "Send a second coach",
        "owner": "The head of the provider",
        "action_due_on": london_date(told.at(10)),
        "note": "The coach has too many schools.",
    }


def _providers(told: Told) -> Iterator[datetime]:
    """One is approved with due diligence about to end, one suspended, one to approve, one ended."""
    officer, deputy = told.people.staff(RoleName.OFFICER), told.people.staff(RoleName.DEPUTY_OFFICER)
    yield (now := told.at(-19))
    bright, steady, new, gone = (
        _propose(told, name, now)
        for name in ("Bright Numbers Ltd", "Steady Steps CIC", "Open Door Training", "Old Mill Coaching")
    )
    yield (now := told.at(-18))
    for one, days in ((bright, 20), (steady, 300), (new, 300), (gone, 300)):
        seen = dict.fromkeys((f"{part}_seen_on" for part in DUE_DILIGENCE), london_date(now))
        due = london_date(told.now) + timedelta(days=days)
        known = {**seen, **dict.fromkeys((f"{part}_due_on" for part in DUE_DILIGENCE), due)}
        providers.renew(one, days=known, user=officer, now=now, version=one.version)
    yield (now := told.at(-17))
    for one in (bright, steady, gone):
        providers.approve(one, user=deputy, now=now, version=one.version)
    yield (now := told.at(-9))
    why = "A school complained. We look into it."
    providers.suspend(steady, reason=why, user=officer, now=now, version=steady.version)
    providers.end(gone, reason="It has closed.", user=officer, now=now, version=gone.version)


def _propose(told: Told, name: str, now: datetime) -> Provider:
    return providers.propose(
        told.fund,
        name=name,
        number="",
        contact_name="The director",
        contact_email=f"office@{name.split()[0].lower()}.example",
        expertise=[Expertise.MATHS],
        user=told.people.staff(RoleName.OFFICER),
        now=now,
    )
