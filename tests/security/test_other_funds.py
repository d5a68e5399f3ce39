"""Who works for one fund has no say in the bids of another."""

import pytest

from fundflow.models.bid import Bid
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.schools.operations.succession import SuccessionPlan, bid_ids, pass_on, stamp
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make


def _of_one_fund(make: Make, role: R, bid: Bid, *, of_its_fund: bool) -> User:
    user = make.user()
    make.role(user, role, fund=bid.fund if of_its_fund else make.fund())
    return user


@pytest.mark.parametrize("role", [R.OFFICER, R.DEPUTY_OFFICER, R.ADMINISTRATOR])
def test_an_award_passes_to_a_successor_by_somebody_of_its_fund_alone(make: Make, role: R) -> None:
    old, new = make.school(status_code=3), make.school(type_code=34)
    bid = make.bid(state=S.OFFERED, lead=old)
    wanted, seen = SuccessionPlan(old, old, new, "It converts."), stamp(bid_ids(old, old))
    make.session.commit()
    with pytest.raises(Refused, match="which you don’t work for"):
        pass_on(wanted, seen=seen, user=_of_one_fund(make, role, bid, of_its_fund=False), now=NOW)
    make.session.rollback()
    assert bid.lead_school is old
    pass_on(wanted, seen=seen, user=_of_one_fund(make, role, bid, of_its_fund=True), now=NOW)
    assert bid.lead_school is new
