"""Two orders of one service and school that are placed at once."""

import pytest

from fundflow.models.service import ServiceOrder
from fundflow.workflow.order import OrderState
from tests.concurrency.hall import Hall, Post, a_fund
from tests.concurrency.test_claiming import one_won, rounds
from tests.factories import Make

pytestmark = pytest.mark.rounds


def test_two_heads_place_the_same_service_at_once_and_one_is_refused(hall: Hall) -> None:
    def set_up(make: Make) -> tuple[int, list[Post]]:
        school, fund = make.school(), a_fund(make, sells_services=True)
        service, posts = make.service(fund), []
        for quantity in (1, 2):
            head = make.member(school)
            order = make.order(service, school, OrderState.DRAFT, by=head, quantity=quantity)
            data = {"authorised": "y", "version": 1}
            posts.append(Post(head.get_id(), f"{order.path}/steps/place", data))
        return service.id, posts

    for service_id, posts in rounds(hall, set_up):
        one_won(hall.at_once(*posts))
        placed = ServiceOrder.state == OrderState.PLACED
        assert hall.count(ServiceOrder, ServiceOrder.service_id == service_id, placed) == 1
