"""A colleague says whether it is an interest that a bid names somebody of the council or the panel."""

from datetime import datetime

from fundflow import interests
from fundflow.extensions import db
from fundflow.models.interest import InterestKind
from fundflow.models.named_person import NamedPerson
from fundflow.models.person import User
from fundflow.steps import take_step
from fundflow.workflow.named_person import NamedState


def confirm_interest(
    named: NamedPerson, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """Bar the person from the bid, as if they had declared it; what they declared before is remembered."""
    known = interests.declaration_of(named.bid, named.user)
    if known is not None:
        named.before, named.before_text = known.kind, known.text
    take_step(named, "confirm_interest", user=user, now=now, given={"reason": reason}, version=version)
    text = f"Named in the bid as {named.named_as}. {reason}"
    interests.keep(named.bid, named.user, InterestKind.BARRED, text, user=user, now=now)
    db.session.commit()


def dismiss_interest(
    named: NamedPerson, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """Leave the person as free as before they were named: with what they had declared then, if anything."""
    was_barred = named.state is NamedState.INTEREST
    take_step(named, "dismiss_interest", user=user, now=now, given={"reason": reason}, version=version)
    if was_barred:
        kind, text = named.before or InterestKind.NONE, named.before_text or reason
        interests.keep(named.bid, named.user, kind, text, user=user, now=now)
    db.session.commit()
