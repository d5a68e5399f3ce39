"""The demonstration's quality checks and independent providers, in each of their states."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
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
    """One bid's checks are green, red and put right, and amber; of another one's, two are to do."""
    officer = told.people.staff(RoleName.OFFICER)
    yield (now := told.at(-20))
    told.fund.checks_support = True
    db.session.commit()
    under_way = [bid for bid in told.bids.values() if bid.state is BidState.IN_DELIVERY]
    first, second = [bid for bid in under_way if quality_checks.begin_checks(bid, now)][:2]
    yield (now := told.at(-18))
    for check in checks_of(first)[:1]:
        said = {"found": "The plan says who does what, and when.", "note": ""}
        quality_checks.record_green(check, **said, user=officer, now=now, version=check.version)
    for check in checks_of(first)[1:]:
        quality_checks.record_red(check, **_concern(told), user=officer, now=now, version=check.version)
    for check in checks_of(second)[:1]:
        quality_checks.record_amber(check, **_concern(told), user=officer, now=now, version=check.version)
    yield (now := told.at(-6))
    for check in checks_of(first)[1:]:
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
    bright, steady, _new, gone = (
        _propose(told, name, days, now)
        for name, days in (
            ("Bright Numbers Ltd", 20),
            ("Steady Steps CIC", 300),
            ("Open Door Training", 300),
            ("Old Mill Coaching", 300),
        )
    )
    yield (now := told.at(-17))
    for one in (bright, steady, gone):
        providers.approve(one, user=deputy, now=now, version=one.version)
    yield (now := told.at(-9))
    why = "A school complained. We look into it."
    providers.suspend(steady, reason=why, user=officer, now=now, version=steady.version)
    providers.end(gone, reason="It has closed.", user=officer, now=now, version=gone.version)


def _propose(told: Told, name: str, days: int, now: datetime) -> Provider:
    seen = london_date(now)
    due = london_date(told.now) + timedelta(days=days)
    known: dict[str, date | None] = {f"{part}_seen_on": seen for part in DUE_DILIGENCE}
    return providers.propose(
        told.fund,
        name=name,
        number="",
        contact_name="The director",
        contact_email=f"office@{name.split()[0].lower()}.example",
        expertise=[Expertise.MATHS],
        days=known | {f"{part}_due_on": due for part in DUE_DILIGENCE},
        user=told.people.staff(RoleName.OFFICER),
        now=now,
    )
