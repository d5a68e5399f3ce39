"""Who is told: however many could be, they are looked up together."""

import pytest
from sqlalchemy.orm import Session

from fundflow.letters.recipients import addressees
from fundflow.models.bid import Bid
from fundflow.models.person import RoleName
from fundflow.workflow.application import BidState as S
from tests.factories import NOW, Make


@pytest.mark.parametrize("recipient", ["officer", "settles", "clerk", "finance", "panel"])
def test_recipients_are_found_by_the_same_queries_however_many(
    make: Make, session: Session, count_queries: list[str], recipient: str
) -> None:
    number = make.bid(state=S.SUBMITTED).id

    def found() -> tuple[int, int]:
        """How many people are found, and by how many queries."""
        session.commit()
        session.expunge_all()
        bid = session.get_one(Bid, number)
        count_queries.clear()
        return len(addressees(recipient, bid, NOW)), len(count_queries)

    def more() -> None:
        fund = session.get_one(Bid, number).fund
        for _ in range(3):
            for role in (RoleName.OFFICER, RoleName.CLERK, RoleName.FINANCE):
                make.staff(role)
            make.seat(fund=fund)

    more()
    few, asked = found()
    more()
    many, asked_then = found()
    assert (many > few > 0, asked_then) == (True, asked)
