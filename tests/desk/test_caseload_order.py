"""The order of the list of bids, page by page."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from fundflow.desk.caseload import page_and_total
from fundflow.desk.filters import BidFilters, Reader
from fundflow.desk.sorting import SORTS
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.web import paging
from fundflow.workflow.application import BidState as S
from tests.factories import NOW, Make
from tests.growth import Growth

SignIn = Callable[..., Any]


@pytest.fixture
def many(make: Make, officer: User) -> None:
    like = make.bid(state=S.AT_PANEL, officer=officer, title="Like")
    Growth(make, like, like.items[0].meeting, officer).caseload(110)
    for it in make.session.query(Bid).filter(Bid.title.in_(["Coaching 3", "Coaching 4"])):
        it.state_since = NOW  # beside "Like": equals are told apart by their ids
    for n, it in enumerate(make.session.query(Bid).filter(Bid.title.like("Coaching 1%"))):
        it.awarded_pence = 350_000 - 10_000 * n  # less than was asked for, or more than others ask for
    make.session.commit()


def walked(client: Any, sort: str) -> list[str]:
    """The references of every page, one page after the other."""
    path, seen = f"/bids?sort={sort}", []
    for _page in range(10):
        text = client.get(path).text
        seen += re.findall(r'role="cell">(Q-\d{5}|T\d+-0001)<', text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        if not following:
            break
        path = following[1].replace("&amp;", "&")
    return seen


@pytest.mark.parametrize("sort", list(SORTS))
def test_every_order_pages_through_every_bid_once_in_that_order(
    make: Make, officer: User, sign_in: SignIn, many: None, sort: str, time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    rows = make.session.query(Bid).all()
    order = SORTS[sort]
    keys: dict[str, Callable[[Bid], Any]] = {
        "newest": lambda b: b.id,
        "reference": lambda b: (b.fund_id, b.id),
        "deadline": lambda b: (b.due_on, b.id),
        "age": lambda b: (b.state_since, b.id),
        "amount": lambda b: (b.asked_pence if b.awarded_pence is None else b.awarded_pence, b.id),
        "school": lambda b: (b.lead_school.search_name, b.id),
    }
    key = keys[sort.removeprefix("-")]
    dated = [b for b in rows if not sort.endswith("deadline") or b.due_on]
    undated = [b for b in rows if b not in dated]
    expected = sorted(dated, key=key, reverse=order.falling)
    expected += sorted(undated, key=lambda b: b.id, reverse=order.falling)  # last in both directions
    references = [b.reference for b in expected]
    assert walked(sign_in(officer), sort) == references


def test_a_page_holds_25_and_the_list_says_how_many_there_are(
    officer: User, sign_in: SignIn, many: None
) -> None:
    page = sign_in(officer).get("/bids").text
    assert page.count('role="cell">Q-') == 25
    assert "<strong>111</strong> bids" in page


def test_many_bids_are_not_counted_to_the_last(
    sign_in: SignIn, officer: User, many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "MOST_COUNTED", 100)
    assert "<strong>More than 100</strong> bids; newest first" in sign_in(officer).get("/bids").text


def test_the_next_page_goes_on_where_the_last_ended_though_a_bid_went_meanwhile(
    make: Make, officer: User, many: None
) -> None:
    reader = Reader(officer, NOW)
    wanted = BidFilters.from_args(MultiDict({"sort": "-amount"}), reader)
    first = page_and_total(wanted, reader)[0]
    assert first.next_key
    make.session.query(Bid).filter_by(id=first.rows[-1].id).update({"requested_pence": 0})
    place = MultiDict({"sort": "-amount", "after": first.next_key})
    second = page_and_total(BidFilters.from_args(place, reader), reader)[0]
    assert second.rows[0].id not in {row.id for row in first.rows}
    assert second.rows[0].pence <= first.rows[-1].pence
