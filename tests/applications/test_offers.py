"""The offer: accepting it, what it pays in advance, turning it down."""

from typing import Any

import pytest
from sqlalchemy import select

from fundflow.models.letter import Letter
from fundflow.models.payment import Claim, ClaimKind
from fundflow.rules.award_sums import sum_of, sum_of_new
from fundflow.rules.awards import schedule_of
from fundflow.workflow.application import BidState as S
from fundflow.workflow.claim import ClaimState
from tests.applications.helpers import bid_in, send, step
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("clock")


def test_accepting_an_offer_makes_the_award_the_advance_and_the_report(
    make: Any, people: Any, sign_in: Any, session: Any
) -> None:
    bid = bid_in(make, people, S.OFFERED)
    client = sign_in(people["head"])
    page = client.get(step(bid, "accept-offer")).text
    assert "£3,000.00" in page
    assert "Conditions of grant" in page
    unticked = send(client, step(bid, "accept-offer"))
    assert unticked.status_code == 422
    assert send(client, step(bid, "accept-offer"), check="yes").status_code == 422
    asked = send(client, step(bid, "accept-offer"), agreement="y", check="yes")
    assert "You are about to accept £3,000.00 for" in asked.text
    assert "When the offer is accepted: £3,000.00." in asked.text
    assert bid.state is S.OFFERED
    assert send(client, step(bid, "accept-offer"), agreement="y").status_code == 302
    session.expire_all()
    assert bid.state is S.IN_DELIVERY
    assert bid.awarded_pence == 300_000
    assert bid.report.due_on == bid.due_on
    assert (bid.offer.ended_at, bid.offer.ended_how) == (NOW, "accepted")
    claim = session.scalars(select(Claim).where(Claim.bid_id == bid.id)).one()
    assert (claim.kind, claim.number, claim.pence, claim.state) == (
        ClaimKind.ADVANCE,
        1,
        300_000,
        ClaimState.SUBMITTED,
    )
    assert sum_of_new(bid) == sum_of(bid, with_claim=claim)


@pytest.mark.parametrize(
    ("awarded", "settings", "paid"),
    [
        (300_000, {}, [300_000]),
        (499_999, {}, [499_999]),
        (500_000, {}, [250_000, 150_000, 100_000]),
        (983_120, {}, [491_560, 294_936, 196_624]),
        (333_333, {"lean_advance_percent": 50, "lean_half_time_percent": 50}, [166_667, 166_666]),
        (300_000, {"lean_advance_percent": 0}, []),
        (600_001, {"full_advance_percent": 33, "full_half_time_percent": 0}, [198_000, 402_001]),
    ],
)
def test_an_award_is_paid_as_the_fund_says_and_its_shares_are_the_whole(
    make: Any, awarded: int, settings: dict[str, int], paid: list[int]
) -> None:
    found = [part.pence for part in schedule_of(make.fund(**settings), awarded)]
    assert found == paid
    assert sum(found) in (awarded, 0)


def test_no_claim_where_the_fund_pays_no_advance(make: Any, people: Any, sign_in: Any, session: Any) -> None:
    bid = bid_in(make, people, S.OFFERED, fund=make.fund(lean_advance_percent=0))
    assert send(sign_in(people["head"]), step(bid, "accept-offer"), agreement="y").status_code == 302
    session.expire_all()
    assert bid.claims == []


@pytest.mark.parametrize(
    ("offered", "says"),
    [
        (400_000, "pay the whole award in advance"),
        (600_000, "When the offer is accepted, we pay 50%: £3,000."),
    ],
)
def test_the_letter_names_the_advance_that_is_paid_on_what_was_offered(
    make: Any, people: Any, sign_in: Any, session: Any, offered: int, says: str
) -> None:
    bid = bid_in(make, people, S.OFFERED)
    bid.requested_pence = bid.offer.pence = offered
    session.commit()
    send(sign_in(people["head"]), step(bid, "accept-offer"), agreement="y")
    letter = session.scalars(select(Letter).where(Letter.recipient == "school")).one()
    assert says in letter.body


def test_turning_an_offer_down_ends_it(make: Any, people: Any, sign_in: Any, session: Any) -> None:
    bid = bid_in(make, people, S.OFFERED)
    client = sign_in(people["head"])
    assert send(client, step(bid, "turn-down-offer")).status_code == 422
    assert send(client, step(bid, "turn-down-offer"), reason="Staff left.").status_code == 302
    session.expire_all()
    assert bid.state is S.NOT_TAKEN_UP
    assert bid.due_on is None
    assert bid.offer.ended_how == "turned_down"


@pytest.mark.parametrize("name", ["accept-offer", "turn-down-offer", "withdraw", "answer-panel"])
def test_the_team_takes_no_step_for_the_head(
    make: Any, people: Any, sign_in: Any, session: Any, name: str
) -> None:
    state = S.DEFERRED if name == "answer-panel" else S.SUBMITTED if name == "withdraw" else S.OFFERED
    bid = bid_in(make, people, state)
    client = sign_in(people["team"])
    assert client.get(step(bid, name)).status_code == 409
    data = {"version": str(bid.version), "agreement": "y", "reason": "x", "answer": "x"}
    answer = client.post(step(bid, name), data=data)
    assert answer.status_code == 409
    session.expire_all()
    assert bid.state is state
    assert bid.claims == []
