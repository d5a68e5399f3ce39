"""Bids are listed once they were kept as long as their fund says, and not a day earlier."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from fundflow.models.bid import Bid
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.personal.retention import ENDED, Kept, expired, years_after
from fundflow.workflow.application import BidState
from fundflow.workflow.working_days import london_date
from tests.factories import Make

SignIn = Callable[[User | None], FlaskClient]
NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)


def _bid(make: Make, state: BidState, *, sent: bool = True) -> Bid:
    bid = make.bid()
    make.session.flush()
    make.session.execute(
        Bid.__table__.update()  # type: ignore[attr-defined]
        .where(Bid.id == bid.id)
        .values(state=state, state_since=NOON, submitted_at=NOON if sent else None)
    )
    make.session.expire_all()
    return bid


@pytest.mark.parametrize(
    ("state", "sent", "years"),
    [
        (BidState.CLOSED, True, 6),
        (BidState.TERMINATED, True, 6),
        (BidState.NOT_FUNDED, True, 2),
        (BidState.WITHDRAWN, True, 2),
        (BidState.WITHDRAWN, False, 1),
        (BidState.DRAFT, False, 1),
    ],
)
def test_a_bid_is_listed_on_the_day_its_years_are_over(
    make: Make, state: BidState, sent: bool, years: int
) -> None:
    bid = _bid(make, state, sent=sent)
    over = NOON.replace(year=NOON.year + years)
    assert expired(over - timedelta(days=1)) == []
    (one,) = expired(over)
    assert (one.reference, one.until) == (bid.reference, london_date(over))


@pytest.mark.parametrize("state", sorted(set(BidState) - set(ENDED), key=lambda state: state.value))
def test_what_is_under_way_is_never_listed(make: Make, state: BidState) -> None:
    _bid(make, state)
    assert expired(NOON.replace(year=2090)) == []


def test_the_fund_says_how_long(make: Make, sign_in: SignIn) -> None:
    bid = _bid(make, BidState.NOT_FUNDED)
    bid.fund.keep_refused_years = 3
    make.session.flush()
    assert expired(NOON.replace(year=2028)) == []
    (one,) = expired(NOON.replace(year=2029))
    assert one.kept is Kept.REFUSED


def test_the_29th_of_february_is_over_on_the_1st_of_march() -> None:
    assert years_after(date(2028, 2, 29), 1) == date(2029, 3, 1)
    assert years_after(date(2028, 2, 29), 4) == date(2032, 2, 29)


def test_administrators_read_the_list(make: Make, sign_in: SignIn) -> None:
    bid = _bid(make, BidState.DRAFT, sent=False)
    make.session.execute(
        Bid.__table__.update().values(state_since=NOON.replace(year=2020))  # type: ignore[attr-defined]
    )
    admin = make.staff(R.ADMINISTRATOR)
    make.session.commit()
    assert bid.reference in sign_in(admin).get("/data-protection/due").text
