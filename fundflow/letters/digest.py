"""The daily digest: one letter a working day with what happened, for people of the council."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from fundflow.extensions import db
from fundflow.letters.addressee import Addressee
from fundflow.letters.writing import page_url, write_letter
from fundflow.models.bid import Bid
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import User
from fundflow.workflow.working_days import LONDON, is_working_day

MOST = 60  # letters named in one digest
WAITING = (Letter.status == LetterStatus.IN_DIGEST, Letter.digest_id.is_(None))


def write_digests(now: datetime) -> int:
    """Write today's digests, each in its own transaction; returns how many.

    Nothing happens before DIGEST_HOUR (Europe/London) or on a day that is not a working day. A
    person gets at most one a day, whatever number of workers ask.
    """
    local = now.astimezone(LONDON)
    if not is_working_day(local.date()) or local.hour < current_app.config["DIGEST_HOUR"]:
        return 0
    users = _who_has_letters_waiting(local.date())
    db.session.commit()
    return sum(_digest_for(user_id, local.date(), now) for user_id in users)


def key_of(user_id: int, day: date) -> str:
    return f"digest:{user_id}:{day}"


def _who_has_letters_waiting(day: date) -> list[int]:
    users = list(
        db.session.scalars(
            select(User.id)
            .join(Letter, Letter.user_id == User.id)
            .where(*WAITING, User.active.is_(True))
            .distinct()
        )
    )
    had_theirs = set(
        db.session.scalars(select(Letter.key).where(Letter.key.in_([key_of(user, day) for user in users])))
    )
    return sorted(user for user in users if key_of(user, day) not in had_theirs)


def _digest_for(user_id: int, day: date, now: datetime) -> bool:
    try:
        user = db.session.get_one(User, user_id)
        letters = _letters_of(user)
        if letters:
            _write(user, letters, day, now)
        db.session.commit()
    except IntegrityError:  # another worker wrote it between our look and our insert
        db.session.rollback()
        return False
    return bool(letters)


def _letters_of(user: User) -> Sequence[Any]:
    """(id, subject, bid's reference), held until this transaction ends."""
    about = aliased(Bid)
    held = db.session.scalars(
        select(Letter.id).where(Letter.user_id == user.id, *WAITING).with_for_update()
    ).all()
    return db.session.execute(
        select(Letter.id, Letter.subject, about.reference)
        .outerjoin(about, about.id == Letter.bid_id)
        .where(Letter.id.in_(held))
        .order_by(about.reference.is_not(None), about.reference, Letter.id)  # of no bid: first
    ).all()


def _write(user: User, letters: Sequence[Any], day: date, now: datetime) -> None:
    digest = write_letter(
        "digest/daily.txt",
        "user",
        Addressee(user.name, user.email, user),
        key=key_of(user.id, day),
        now=now,
        path="/work",
        context={
            "letters": [
                {"subject": subject, "url": page_url(f"/bids/{reference}" if reference else "/work")}
                for _id, subject, reference in letters[:MOST]
            ],
            "more": max(len(letters) - MOST, 0),
        },
    )
    digest.recipient, digest.outside = "digest", False
    db.session.flush()  # its number is needed now
    db.session.execute(
        update(Letter)
        .where(Letter.id.in_([letter_id for letter_id, *_ in letters]))
        .values(digest_id=digest.id),
        execution_options={"synchronize_session": False},
    )
