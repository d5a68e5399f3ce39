"""The ways to complain and to report wrongdoing: where they stand, and that empty ones leave no trace."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from fundflow.models.letter import Letter
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.models.review import ReviewRequest
from fundflow.review.operations.later import dismiss_review
from fundflow.rules.complaining import routes_of
from fundflow.workflow.application import BidState
from tests.factories import NOW, Make

SignIn = Callable[[User | None], FlaskClient]
COMPLAIN, REPORT, DATA = "Write to the director.", "Call 01632 960 199.", "dpo@council.example"
WAYS = {"complaints": COMPLAIN, "whistleblowing": REPORT, "data_protection_contact": DATA}


@pytest.mark.parametrize(
    "given", [(), ("whistleblowing",), ("complaints", "data_protection_contact"), tuple(WAYS)]
)
def test_a_fund_gives_the_ways_that_it_says_and_no_other(make: Make, given: tuple[str, ...]) -> None:
    fund = make.fund(**{name: WAYS[name] for name in given})
    assert [any(WAYS[name] in route.text for route in routes_of(fund)) for name in WAYS] == [
        name in given for name in WAYS
    ]
    assert len(routes_of(fund)) == len(given)


def test_they_stand_on_the_funds_page_the_help_page_and_at_the_foot_of_every_page(
    make: Make, client: FlaskClient
) -> None:
    fund = make.fund()
    make.session.commit()
    assert "/help#complaints" not in client.get("/privacy").text
    assert "wrongdoing" not in client.get("/help").text
    assert "wrongdoing" not in client.get(f"/fund/{fund.id}").text
    fund.whistleblowing = REPORT
    make.session.commit()
    assert REPORT in client.get(f"/fund/{fund.id}").text
    assert client.get("/privacy").text.count("/help#complaints") == 2  # in the notice and at its foot
    page = client.get("/help").text
    assert 'id="complaints"' in page
    assert REPORT in page
    assert COMPLAIN not in page
    fund.complaints = COMPLAIN
    make.fund(name="Second fund", complaints="Write to us.")
    make.session.commit()
    page = client.get("/help").text
    assert all(words in page for words in (COMPLAIN, "Second fund", "Write to us."))


def test_a_school_finds_them_on_its_bids_page_and_staff_do_not(make: Make, sign_in: SignIn) -> None:
    bid = make.bid(state=BidState.IN_REVIEW, fund=make.fund())
    head, page = bid.created_by, f"/bids/{bid.reference}"
    make.session.commit()
    assert "wrongdoing" not in sign_in(head).get(page).text
    bid.fund.complaints, bid.fund.whistleblowing = COMPLAIN, REPORT
    make.session.commit()
    text = sign_in(head).get(page).text
    assert COMPLAIN in text
    assert REPORT in text
    assert REPORT not in sign_in(make.staff(R.OFFICER)).get(page).text


@pytest.mark.parametrize("said", ["", COMPLAIN])
def test_the_letter_of_a_decision_that_stands_says_how_to_complain(make: Make, said: str) -> None:
    bid = make.bid(state=BidState.NOT_FUNDED, fund=make.fund(complaints=said))
    request = ReviewRequest(bid=bid, grounds="Unfair", asked_at=NOW, asked_by_id=bid.created_by_id)
    make.session.add(request)
    make.session.commit()
    dismiss_review(request, "It was fair.", user=make.staff(R.REVIEWING_MANAGER), now=NOW)
    (letter,) = make.session.query(Letter).filter(Letter.recipient == "school").all()
    wanted = f"you can complain:\n  {COMPLAIN}\n" if said else "use the council’s complaints procedure.\n"
    assert f"If you are not content with how we handled this, {wanted}" in letter.body
