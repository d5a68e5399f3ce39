"""Closing a bid does not wait for its conditions, says which are open, and ends none of them."""

from collections.abc import Callable

from flask.testing import FlaskClient

from fundflow.impact import operations
from fundflow.models.impact import Rag
from fundflow.models.person import RoleName, User
from fundflow.workflow.application import BidState as S
from fundflow.workflow.impact_return import ReturnState
from tests.factories import NOW, Make


def test_closing_says_which_condition_is_open_and_leaves_it_so(
    make: Make, sign_in: Callable[[User | None], FlaskClient]
) -> None:
    closer = make.staff(RoleName.IMPACT_OFFICER)
    bid = make.bid(state=S.IN_MONITORING)
    assert bid.report is not None
    bid.report.state, bid.report.rag = ReturnState.ACCEPTED, Rag.GREEN
    condition = make.condition(bid)
    make.session.commit()
    shown = sign_in(closer).get(f"/bids/{bid.reference}/steps/close").text
    assert "Share the plan: Head of English, by 2 December 2026." in shown
    operations.close(bid, version=bid.version, user=closer, now=NOW)
    assert bid.state is S.CLOSED
    assert condition.is_open
    assert condition.why_not_in_force() is None
