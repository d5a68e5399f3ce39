"""Interests in a bid: what the records show by themselves, and what people declare.

Barred (own school, own trust, or declared so: `Bid.why_barred`) means no papers and no part.
Disclosed means that a person brokered the bid or works with its schools: they go on, openly.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import Select, case, exists, func, or_, select, union
from sqlalchemy.orm import aliased

from fundflow.extensions import db
from fundflow.models.bid import Bid, Origin
from fundflow.models.brokering import Contact, SupportRequest
from fundflow.models.history import HistoryEntry
from fundflow.models.panel import Declaration, InterestKind
from fundflow.models.person import User
from fundflow.workflow.working_days import london_date

YEAR = timedelta(days=365)  # how long before a bid a contact with its schools still matters
BEGAN = {Origin.ENTERED: "entered the bid for the school",
         Origin.COMMISSIONED: "commissioned this support"}  # fmt: skip


def shown_by_records(bid: Bid, users: Collection[User]) -> dict[int, list[str]]:
    """Person's id → what they did for this bid that is to be disclosed, each after “You …”.

    Two queries, whatever the number of people and of lines in the broker log.
    """
    found: dict[int, list[str]] = defaultdict(list)
    ids = {user.id for user in users}
    if bid.created_by_id in ids and bid.origin in BEGAN:
        found[bid.created_by_id].append(BEGAN[bid.origin])
    for user_id in db.session.scalars(_brokered(bid, ids)):
        found[user_id].append("brokered the request for support that became this bid")
    for user_id, about, others, latest in db.session.execute(_contacts(bid, ids)):
        found[user_id].append(_logged(int(about), int(others), latest))
    return dict(found)


def _brokered(bid: Bid, ids: Collection[int]) -> Select[int]:
    """Who asked for, or took a step of, the request from which the bid was begun."""
    request = select(SupportRequest.id).where(SupportRequest.draft_id == bid.id)
    acted = select(HistoryEntry.user_id).where(
        HistoryEntry.process == "support_request", HistoryEntry.record_id.in_(request),
        HistoryEntry.user_id.in_(ids),
    )  # fmt: skip
    asked = select(SupportRequest.asked_by_id).where(
        SupportRequest.draft_id == bid.id, SupportRequest.asked_by_id.in_(ids)
    )
    both = union(acted, asked).subquery()
    return select(both.c[0])


def _contacts(bid: Bid, ids: Collection[int]) -> Select[int, int, int, date]:
    """Of the broker log: (person, lines about the bid, other lines about its schools, latest day)."""
    schools = [school.id for school in bid.schools]
    since = london_date(bid.created_at) - YEAR
    about = func.sum(case((Contact.about_bid_id == bid.id, 1), else_=0))
    theirs = or_(Contact.school_id.in_(schools), Contact.other_school_id.in_(schools))
    later = aliased(Contact)
    put_right = exists().where(later.corrects_id == Contact.id).correlate(Contact)
    return (
        select(Contact.by_id, about, func.count() - about, func.max(Contact.on))
        .where(Contact.by_id.in_(ids), ~put_right)
        .where(or_(Contact.about_bid_id == bid.id, (Contact.on >= since) & theirs))
        .group_by(Contact.by_id)
    )


def _logged(about: int, others: int, latest: date) -> str:
    parts = [f"{_contacts_words(about)} about this bid"] if about else []
    parts += [f"{_contacts_words(others)} with its schools"] if others else []
    return f"logged {' and '.join(parts)}, the latest on {latest:%-d %B %Y}"


def _contacts_words(count: int) -> str:
    return "1 contact" if count == 1 else f"{count} contacts"


def declaration_of(bid: Bid, user: User) -> Declaration | None:
    """What this person last declared about the bid."""
    return next((said for said in bid.declarations if said.user_id == user.id), None)


def keep(bid: Bid, person: User, kind: InterestKind, text: str, *, user: User, now: datetime) -> bool:
    """Record what a person says about their interest; answers whether that was new.

    user  who records it: the person, or the panel's clerk
    The caller holds the bid, has asked whether they may, and commits; history keeps what was before.
    """
    known = declaration_of(bid, person)
    if known is not None and (known.kind, known.text) == (kind, text):
        return False
    before = {"before": known.kind.value, "before_text": known.text} if known else {}
    if known is None:
        known = Declaration(bid=bid, user_id=person.id)
        db.session.add(known)
    known.kind, known.text, known.declared_at, known.recorded_by_id = kind, text, now, user.id
    if kind is not InterestKind.NONE or before:
        db.session.add(HistoryEntry(
            process=bid.workflow.name, record_id=bid.id, bid_id=bid.id, step="declare",
            label=f"Recorded for {person.name}: {kind.words.lower()}",
            from_state=bid.state.value, to_state=bid.state.value, user_id=user.id,
            actor_name=user.name, at=now, reason=text, internal=True,
            given={"after": kind.value, **before},
        ))  # fmt: skip
    return True


def disclose(bid: Bid, user: User, *, now: datetime) -> None:
    """Turn what the records show of this person into their declaration, unless they made one."""
    known = declaration_of(bid, user)
    if known is not None and known.kind is not InterestKind.NONE:
        return
    shown = shown_by_records(bid, [user]).get(user.id)
    if shown:
        text = "; ".join(shown)
        keep(bid, user, InterestKind.DISCLOSED, text[:1].upper() + text[1:], user=user, now=now)
