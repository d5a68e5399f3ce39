"""Loading many lists of one record in one query."""

from datetime import date

import pytest
from sqlalchemy import inspect

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import CostKind, CostLine, Outcome, Partner
from fundflow.models.lists import Lists
from fundflow.models.panel import AgendaItem
from fundflow.models.review import Review
from fundflow.workflow.application import BidState as S
from tests.factories import Make

SOME = Lists(
    Bid.partners,
    Bid.cost_lines,
    Bid.outcomes,
    Bid.items,
    Bid.offers,
    Bid.review,
    Bid.returns,
    also=[AgendaItem.meeting],
)


@pytest.fixture
def bid(make: Make) -> Bid:
    """At the panel: with a review and an item, without an offer or a report."""
    bid = make.bid(state=S.AT_PANEL)
    bid.cost_lines += [CostLine(kind=CostKind.VENUE, description="Hall", pence=pence) for pence in (3, 1, 2)]
    make.session.commit()
    number = bid.id
    make.session.expunge_all()
    return make.session.get_one(Bid, number)


def test_lists_come_in_one_query_each_in_the_order_of_its_ids(bid: Bid, count_queries: list[str]) -> None:
    SOME.load(bid)
    assert len(count_queries) == 1
    assert [line.pence for line in bid.cost_lines[-3:]] == [3, 1, 2]
    assert [type(one) for one in bid.outcomes] == [Outcome]
    assert [partner.school.name for partner in bid.partners]
    assert [item.meeting.id for item in bid.items]
    assert bid.offers == []
    assert isinstance(bid.review, Review)
    assert bid.returns == []
    assert len(count_queries) == 1


def test_what_is_loaded_already_stays(bid: Bid, count_queries: list[str]) -> None:
    more = CostLine(kind=CostKind.VENUE, description="Hall", pence=4)
    bid.cost_lines.append(more)
    SOME.load(bid)
    assert bid.cost_lines[-1] is more
    count_queries.clear()
    SOME.load(bid)
    assert not count_queries


def test_relations_may_be_left_out(bid: Bid) -> None:
    Lists(Bid.partners, without=[Partner.school]).load(bid)
    assert "school" in inspect(bid.partners[0]).unloaded


def test_rows_that_a_relation_leaves_out_are_left_out(bid: Bid, make: Make) -> None:
    make.session.query(Outcome).filter_by(bid_id=bid.id).one().dropped_on = date(2027, 1, 20)
    make.session.commit()
    make.session.expire_all()
    SOME.load(bid)
    assert bid.outcomes == []
