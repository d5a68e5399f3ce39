"""Rounds: when schools may bid, and by which criteria. Moments are UTC."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.funds.operations.common import lock_fund
from fundflow.history import plain, record_event
from fundflow.letters.holders import leaders_of
from fundflow.letters.writing import write_letter
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.person import User
from fundflow.models.round import Round
from fundflow.models.school import School
from fundflow.workflow.application import BidState
from fundflow.workflow.date_words import moment_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

MOMENTS = {"opens_at": "opens", "closes_at": "closes"}


def add_round(
    fund: Fund,
    *,
    name: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
    guidance: str,
    criteria: str = "",
    version: int,
    user: User,
    now: datetime,
) -> Round:
    """A new time to bid; rolling where it has no moments. A draft until it is published. May raise Stale."""
    lock_fund(fund, version, user, now)
    new = Round(
        fund=fund,
        name=name,
        is_draft=True,
        opens_at=opens_at,
        closes_at=closes_at,
        guidance=guidance,
        criteria=criteria,
    )
    db.session.add(new)
    record_event(fund, "add_round", f"{name} was added", user=user, now=now)
    db.session.commit()
    return new


def publish_round(round_: Round, *, version: int, user: User, now: datetime) -> None:
    """From now on everybody reads the round, and schools bid in it while it is open; a second click
    publishes nothing twice.

    Raises Refused without a priority, which every bid must choose, and Stale.
    """
    lock_fund(round_.fund, version, user, now)
    if round_.is_draft:
        if not round_.priorities_offered:
            raise Refused("Add a priority first: schools can’t complete a bid without one.")
        round_.is_draft = False
        record_event(round_.fund, "publish_round", f"{round_.name} was published", user=user, now=now)
    db.session.commit()


def change_round(round_: Round, *, version: int, user: User, now: datetime, **answers: Any) -> None:
    """Change a round's name, moments, guidance or criteria, by column.

    Schools with drafts hear of a moved closing. Raises Refused where the new moments would belie
    bids that were made already, and Stale.
    """
    lock_fund(round_.fund, version, user, now)
    changed = {
        key: [plain(getattr(round_, key)), plain(value)]
        for key, value in answers.items()
        if getattr(round_, key) != value
    }
    moments = {key: answers[key] for key in MOMENTS if key in changed}
    if why := _why_not_moments(round_, moments, now):
        raise Refused(why)
    for key in changed:
        setattr(round_, key, answers[key])
    if changed:
        entry = record_event(
            round_.fund, "change_round", _label(round_, moments), user=user, now=now, given=changed
        )
        db.session.flush()  # the letters' keys carry the entry's number
        if moments.get("closes_at"):
            _tell_schools_with_drafts(round_, entry, now)
    db.session.commit()


def _why_not_moments(round_: Round, moments: Mapping[str, datetime | None], now: datetime) -> str | None:
    """None where a round's changed moments agree with the bids it has, else the sentence."""
    begun = db.session.scalar(select(func.min(Bid.created_at)).where(Bid.round_id == round_.id))
    opens_at, closes_at = moments.get("opens_at"), moments.get("closes_at")
    if begun is None:
        return None
    if opens_at and opens_at > begun:
        return (
            f"Schools have begun bids in this round since {moment_words(begun)}, so it can’t open after that."
        )
    if closes_at and closes_at <= now:
        return (
            "Schools have begun bids in this round, so they must know of its closing beforehand. "
            "Choose a moment in the future."
        )
    return None


def _label(round_: Round, moments: Mapping[str, datetime | None]) -> str:
    said = [
        f"{MOMENTS[key]} {f'on {moment_words(at)}' if at else 'at no set time'}"
        for key, at in moments.items()
    ]
    return f"{round_.name} was changed{': it ' if said else ''}{' and '.join(said)}"


def _tell_schools_with_drafts(round_: Round, entry: HistoryEntry, now: datetime) -> None:
    """A letter to each head for each school of theirs with a draft in a round whose closing moved."""
    schools = db.session.scalars(
        select(School)
        .where(
            School.id.in_(
                select(Bid.lead_school_id).where(Bid.round_id == round_.id, Bid.state == BidState.DRAFT)
            )
        )
        .order_by(School.id)
    )
    for school in schools:
        for who in leaders_of(school, london_date(now)):
            write_letter(
                "rounds/closing_moved.txt",
                "school",
                who,
                now=now,
                path=f"/rounds/{round_.id}",
                entry=entry,
                key=f"closing-moved:{entry.id}:{school.id}:{who.email.lower()}",
                context={"round": round_, "school": school},
            )
