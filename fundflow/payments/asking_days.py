"""Heads without an account are asked about days of the log once a month, and answer by a link."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.letters.addressee import Addressee
from fundflow.letters.holders import leaders_of
from fundflow.letters.links import hash_of
from fundflow.letters.writing import write_letter
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.day_log import DaysAsk, WorkedDay
from fundflow.models.person import LinkPurpose, OneTimeLink, User
from fundflow.payments.day_log import lock_schools, why_counted_twice
from fundflow.reconciling import reconcile
from fundflow.rules.claims import is_all_in_advance
from fundflow.rules.named_in_bid import why_not_contact
from fundflow.steps import AlreadyTaken, lock, take_step
from fundflow.workflow.days_ask import DaysAskState
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import london_date

MONTH = timedelta(days=28)
ENDED = "This link has ended. Use the link in the latest letter, or ask the liaison officer."


class AskedByLink(NamedTuple):
    """What a link asks, and the link."""

    ask: DaysAsk
    link: OneTimeLink


def ask_about_days(bid: Bid, *, now: datetime) -> int:
    """Write to each head without an account for whom days wait, at most once a month; how many asks."""
    lock(bid, None)
    if is_all_in_advance(bid):
        return 0
    asked = 0
    for partner in bid.partners:
        days = _waiting(bid, partner)
        if days and _may_be_asked(bid, partner, now):
            _ask(bid, partner, days, now)
            asked += 1
    db.session.commit()
    return asked


def asked_by(token: str) -> AskedByLink | None:
    """What the link with this token asks; whether it has ended is not looked at."""
    link = db.session.scalar(
        select(OneTimeLink).where(
            OneTimeLink.token_hash == hash_of(token[:200]),
            OneTimeLink.purpose == LinkPurpose.ANSWER,
            OneTimeLink.asked_process == DaysAsk.workflow.name,
        )
    )
    ask = db.session.get(DaysAsk, link.asked_id) if link else None
    return AskedByLink(ask, link) if ask and link else None


def days_of(ask: DaysAsk) -> list[WorkedDay]:
    """The days it asks about that still wait, oldest first."""
    return list(
        db.session.scalars(
            select(WorkedDay)
            .where(WorkedDay.id.in_(ask.day_ids), WorkedDay.is_unsettled)
            .order_by(WorkedDay.day, WorkedDay.id)
        )
    )


def answer(
    by: AskedByLink,
    worked: Collection[int],
    *,
    signed_name: str,
    reason: str,
    now: datetime,
    version: int | None,
) -> None:
    """Confirm the days that were worked, with a full name; the others wait, and the reason is passed on."""
    ask, link = by
    lock(ask, None)
    if ask.state is not DaysAskState.ASKED and ask.signed_name == signed_name:
        raise AlreadyTaken
    lock(ask, version)
    if link.expires_at <= now:
        raise Refused(ENDED)
    waiting = days_of(ask)
    confirmed = [entry for entry in waiting if entry.id in worked]
    step = "confirm" if len(confirmed) == len(waiting) else "question"
    lock_schools(entry.school_id for entry in confirmed)
    for entry in confirmed:
        refuse_if(why_counted_twice(entry, None, now))
        entry.confirmed_at, entry.confirmed_name = now, signed_name
    link.used_at = now
    told = take_step(
        ask,
        step,
        user=None,
        now=now,
        version=version,
        by_link=signed_name,
        given={"signed_name": signed_name, "reason": reason},
        also={"answered_at": now, "signed_name": signed_name, "reason": reason},
    )
    ask.bid.touch()
    reconcile(ask.bid, told, None, now)
    db.session.commit()


def _waiting(bid: Bid, partner: Partner) -> list[WorkedDay]:
    """The days that wait for its head, but for those that this very address logged."""
    loggers = select(User.id).where(User.bears(partner.contact_email.lower()))
    return list(
        db.session.scalars(
            select(WorkedDay)
            .where(WorkedDay.bid_id == bid.id, WorkedDay.confirms_id == partner.school_id)
            .where(WorkedDay.is_unsettled)
            .where(WorkedDay.logged_by_id.is_(None) | WorkedDay.logged_by_id.not_in(loggers))
            .order_by(WorkedDay.id)
        )
    )


def _may_be_asked(bid: Bid, partner: Partner, now: datetime) -> bool:
    """Whether this school has nobody with an account, an address without another part in the bid, and
    was not asked in the last month."""
    day = london_date(now)
    if not partner.contact_email or leaders_of(partner.school, day):
        return False
    if why_not_contact(bid, partner.school_id, partner.contact_email, day) is not None:
        return False
    last = db.session.scalar(
        select(DaysAsk.asked_at)
        .where(DaysAsk.bid_id == bid.id, DaysAsk.school_id == partner.school_id)
        .order_by(DaysAsk.id.desc())
        .limit(1)
    )
    return last is None or now - last >= MONTH


def _ask(bid: Bid, partner: Partner, days: list[WorkedDay], now: datetime) -> None:
    name = partner.contact_name or partner.school.name
    ask = DaysAsk(
        bid=bid,
        school=partner.school,
        name=name,
        email=partner.contact_email,
        day_ids=[entry.id for entry in days],
        asked_at=now,
    )
    db.session.add(ask)
    db.session.flush()  # the letter's link points at it
    write_letter(
        "payments_extra/days_asked.txt",
        "confirms",
        Addressee(name, partner.contact_email, asked=ask),
        key=f"days-ask:{ask.id}",
        now=now,
        bid=bid,
        context={"record": ask, "days": days},
    )
