"""Complaints about how personal data is used: taken from anybody, acknowledged and answered."""

from datetime import datetime
from typing import Any

from flask import current_app

from fundflow.accounts.attempts import within_daily_limit, within_limits
from fundflow.accounts.operations import TooMany
from fundflow.extensions import db
from fundflow.models.data_protection import DataComplaint
from fundflow.models.person import User
from fundflow.steps import take_step


class TooManyToday(Exception):
    """More complaints came within a day, from everybody together, than the form takes."""


def complain(*, name: str, email: str, text: str, network: str, now: datetime) -> DataComplaint:
    """Take a complaint; the administrators are told.

    network  where it came from, by which such forms are counted
    Raises TooMany where so many came from one address or network within a quarter of an hour, and
    TooManyToday where so many came from everybody within a day.
    """
    if not within_limits(email, network, now):
        raise TooMany
    # Only what passed the limits of its sender counts, so that no single sender closes the form for all.
    if not within_daily_limit("complaints", current_app.config["COMPLAINTS_PER_DAY"], now):
        raise TooManyToday
    made = DataComplaint(name=name, email=email, text=text, received_at=now)
    db.session.add(made)
    given = {"name": name, "email": email, "text": text}
    take_step(made, "receive", user=None, by_link=name, now=now, given=given)
    db.session.commit()
    return made


def answer(
    complaint: DataComplaint,
    *,
    step: str,
    answer: str,
    user: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Answer a complaint by letter, or correct the answer (`step`)."""
    given: dict[str, Any] = {"answer": answer.strip()}
    take_step(complaint, step, user=user, now=now, version=version, given=given, also=given)
    db.session.commit()
