"""What the tests of schools that change share."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow.models.area import SchoolLink
from fundflow.models.bid import Bid
from fundflow.models.letter import Letter
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.workflow.claim import ClaimState
from tests.factories import NOW, Make

SignIn = Callable[[User | None], FlaskClient]


def letters_to(session: Session, recipient: str) -> list[Letter]:
    query = select(Letter).where(Letter.recipient == recipient, Letter.key.startswith("succession:"))
    return list(session.scalars(query.order_by(Letter.id)))


def link(session: Session, school: School, to: School, kind: str = "Successor") -> None:
    session.add(
        SchoolLink(
            school_id=school.id,
            link_urn=to.urn,
            link_name=to.name,
            link_type=kind,
            established_on=date(2026, 9, 1),
        )
    )
    session.flush()


def claim(make: Make, bid: Bid, **values: Any) -> Claim:
    given = {
        "bid": bid,
        "school": bid.lead_school,
        "number": 1,
        "kind": ClaimKind.ADVANCE,
        "state": ClaimState.PAID,
        "pence": 100_000,
        "created_at": NOW,
        "paid_at": NOW,
        "certified_by_id": make.user().id,
        "paid_by_id": make.user().id,
        **values,
    }
    added = Claim(**given)
    make.session.add(added)
    make.session.flush()
    return added


def asked(new: School | None, **changes: str) -> dict[str, str]:
    return {"successor": "other", "urn": new.urn if new else "", "reason": "It became an academy.", **changes}
