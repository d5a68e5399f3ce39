"""A colleague says whether it is an interest that a bid names somebody of the council or the panel."""

from datetime import datetime

from fundflow import interests
from fundflow.extensions import db
from fundflow.models.interest import InterestKind
from fundflow.models.named_person import NamedPerson
from fundflow.models.person import User
from fundflow.steps import take_step


def confirm_interest(
    named: NamedPerson, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """Bar the person from the bid, as if they had declared it."""
    _settle(named, "confirm_interest", InterestKind.BARRED, reason, user, now, version)


def dismiss_interest(
    named: NamedPerson, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """Leave the person as free as they were; what a colleague recorded before no longer bars."""
    _settle(named, "dismiss_interest", InterestKind.NONE, reason, user, now, version)


def _settle(
    named: NamedPerson,
    step: str,
    kind: InterestKind,
    reason: str,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    was_settled = not named.is_open
    take_step(named, step, user=user, now=now, given={"reason": reason}, version=version)
    if kind is InterestKind.BARRED or was_settled:
        text = f"Named in the bid as {named.named_as}. {reason}"
        interests.keep(named.bid, named.user, kind, text, user=user, now=now)
    db.session.commit()
