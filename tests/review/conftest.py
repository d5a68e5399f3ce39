"""A fund with two officers, and letters read back from the outbox."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow.models.bid import Bid
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, User
from fundflow.workflow.application import BidState
from tests.factories import NOW, Make
from tests.signing_in import sign_in as sign_in

Case = Callable[..., SimpleNamespace]
SignIn = Callable[[User | None], FlaskClient]
Told = Callable[..., set[tuple[str, str]]]


@pytest.fixture
def officer(make: Make) -> User:
    return make.staff(RoleName.OFFICER, "Olive Officer")


@pytest.fixture
def deputy(make: Make) -> User:
    return make.staff(RoleName.DEPUTY_OFFICER, "Dev Deputy")


@pytest.fixture
def case(make: Make, officer: User) -> Callable[..., SimpleNamespace]:
    """A bid in some state, with its head, the provider's head and its fund's panel."""

    def build(state: BidState = BidState.IN_REVIEW, **values: object) -> SimpleNamespace:
        fund = make.fund()
        seats = make.panel(fund)
        lead, provider = make.school("Hazelmere Primary"), make.school("Oakfield Academy")
        head, other = make.member(lead), make.member(provider)
        bid = make.bid(
            state=state, fund=fund, lead=lead, provider=provider, leader=head, officer=officer, **values
        )
        return SimpleNamespace(
            bid=bid, fund=fund, head=head, provider=provider, provider_head=other, seats=seats
        )

    return build


@pytest.fixture
def told(make: Make) -> Callable[[Bid], set[tuple[str, str]]]:
    """(recipient, email) of every letter about a bid."""

    def letters(bid: Bid) -> set[tuple[str, str]]:
        rows = make.session.scalars(select(Letter).where(Letter.bid_id == bid.id))
        return {(letter.recipient, letter.email) for letter in rows}

    return letters


@pytest.fixture
def letter(make: Make) -> Callable[[Bid, str], Letter]:
    """The newest letter about a bid to one recipient."""

    def newest(bid: Bid, recipient: str) -> Letter:
        return make.session.scalars(
            select(Letter)
            .where(Letter.bid_id == bid.id, Letter.recipient == recipient)
            .order_by(Letter.id.desc())
        ).first()

    return newest


def barred(make: Make, it: SimpleNamespace, user: User) -> None:
    """Somebody has declared an interest in the bid that bars them."""
    make.session.add(
        Declaration(
            bid_id=it.bid.id,
            user_id=user.id,
            kind=InterestKind.BARRED,
            declared_at=NOW,
            recorded_by_id=user.id,
        )
    )
    make.session.commit()
