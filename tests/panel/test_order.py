"""The order of an agenda, and what a member reads who waits outside."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import pairwise, permutations

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.panel import AgendaItem, ItemOutcome
from fundflow.models.person import RoleName
from fundflow.panel.meetings.waiting import Wait, wait_of
from fundflow.panel.operations import attendance, ordering
from fundflow.rules.panel.order import calmest_order, comings_and_goings
from fundflow.steps import Stale
from fundflow.workflow.engine import Refused
from fundflow.workflow.meeting import MeetingState
from tests.panel.conftest import Panel
from tests.panel.test_meetings import another_bid

BARRED = st.lists(st.frozensets(st.integers(1, 4)), max_size=6)


def steps(order: Sequence[frozenset[int]]) -> int:
    """People leave and come back: counted one by one, as a clerk would."""
    count = 0
    for person in range(1, 5):
        there = [person not in barred for barred in order]
        count += sum(now != before for before, now in pairwise(there))
    return count


@given(BARRED)
def test_no_order_has_fewer_comings_and_goings(barred: list[frozenset[int]]) -> None:
    order = calmest_order(barred)
    found = [barred[index] for index in order]
    assert sorted(order) == list(range(len(barred)))
    assert comings_and_goings(found) == steps(found)
    assert steps(found) == min(steps(other) for other in permutations(barred))
    if steps(found) == steps(barred):
        assert order == list(range(len(barred)))


@given(st.lists(st.frozensets(st.integers(1, 9), max_size=4), min_size=13, max_size=16, unique=True))
def test_a_long_agenda_is_never_put_in_a_worse_order(barred: list[frozenset[int]]) -> None:
    order = calmest_order(barred)
    assert sorted(order) == list(range(len(barred)))
    assert comings_and_goings(barred[index] for index in order) <= comings_and_goings(barred)


def test_those_who_are_barred_from_two_items_leave_once() -> None:
    one, two, nobody = frozenset({1}), frozenset({1, 2}), frozenset[int]()
    assert calmest_order([nobody, one, nobody, two]) == [0, 2, 1, 3]
    assert calmest_order([one, nobody]) == [0, 1]
    assert calmest_order([]) == []


# -- the clerk's page ---------------------------------------------------------------------------------


def bar(panel: Panel, item: AgendaItem, *numbers: int) -> None:
    """These seats declared an interest that bars them."""
    for n in numbers:
        item.bid.declarations.append(
            Declaration(
                user_id=panel.seats[n].user_id,
                kind=InterestKind.BARRED,
                text="My brother",
                declared_at=panel.now,
                recorded_by_id=panel.clerk.id,
            )
        )
    panel.make.session.commit()


def four_items(panel: Panel) -> list[AgendaItem]:
    """Members are barred from the second and the last item of four."""
    for n in range(3):
        another_bid(panel, title=f"Bid {n}")
    items = list(panel.item.meeting.items)
    bar(panel, items[1], 2)
    bar(panel, items[3], 2, 4)
    return items


def planned(panel: Panel) -> list[AgendaItem]:
    items = four_items(panel)
    panel.item.meeting.state = MeetingState.PAPERS_ISSUED
    panel.make.session.commit()
    return items


@pytest.mark.both_databases
def test_the_clerk_orders_the_agenda_so_that_fewest_people_leave_and_return(
    panel: Panel, as_clerk: FlaskClient
) -> None:
    first, second, third, last = planned(panel)
    meeting = panel.item.meeting
    url = f"/meetings/{meeting.id}/order"
    assert f'href="{url}"' in as_clerk.get(f"/meetings/{meeting.id}").text
    page = as_clerk.get(url).text
    assert "<strong>4 times</strong>" in page
    assert "<strong>twice</strong>" in page
    old = meeting.version
    assert as_clerk.post(url, data={"version": old}).status_code == 302
    panel.make.session.expire_all()
    assert [item for item in meeting.items] == [first, third, second, last]
    assert [item.position for item in meeting.items] == [1, 2, 3, 4]
    assert "No other order has fewer" in as_clerk.get(url).text
    assert as_clerk.post(url, data={"version": old}).status_code == 409


def test_the_order_stays_where_it_can_not_be_better_or_the_meeting_has_begun(panel: Panel) -> None:
    items = planned(panel)
    meeting = panel.item.meeting
    with pytest.raises(Stale):
        ordering.order_calmly(meeting, version=meeting.version - 1, user=panel.clerk, now=panel.now)
    with pytest.raises(Refused, match="Only the panel’s clerk"):
        ordering.order_calmly(meeting, version=None, user=panel.chair, now=panel.now)
    meeting.state = MeetingState.IN_SESSION
    panel.make.session.commit()
    with pytest.raises(Refused, match="has started"):
        ordering.order_calmly(meeting, version=None, user=panel.clerk, now=panel.now)
    assert [item.position for item in items] == [1, 2, 3, 4]


def test_members_count_and_their_substitutes_do_not(panel: Panel) -> None:
    items = planned(panel)
    meeting = panel.item.meeting
    before = ordering.calm_order(meeting, panel.now).now
    panel.seats.append(panel.make.seat(panel.fund, stands_in_for_id=panel.seats[3].id))
    bar(panel, items[2], len(panel.seats) - 1)
    assert ordering.calm_order(meeting, panel.now).now == before


def test_items_voted_on_by_email_or_taken_off_keep_their_places(panel: Panel) -> None:
    items = planned(panel)
    items[0].email_vote_until = panel.now + timedelta(days=2)
    items[2].take_off(panel.now)
    panel.make.session.commit()
    bar(panel, another_bid(panel, title="Last").latest_item, 4)
    meeting = panel.item.meeting
    order = ordering.calm_order(meeting, panel.now)
    assert (order.now, order.then) == (2, 2)
    assert [item.position for item in order.items] == [2, 4, 5]


# -- waiting outside ----------------------------------------------------------------------------------


def test_a_barred_member_reads_which_item_goes_on_and_when_to_come_back(
    panel: Panel, sign_in: Callable[..., FlaskClient]
) -> None:
    first, second, third, _last = four_items(panel)
    meeting, member = first.meeting, panel.seats[2].user
    client = sign_in(member)
    assert f'href="/meetings/{meeting.id}/waiting"' in client.get(f"/meetings/{meeting.id}").text
    url = f"/meetings/{meeting.id}/waiting"
    assert "Item 1 is being discussed. You take part in it" in client.get(url).text.replace("\n    ", " ")
    first.outcome, first.outcome_at = ItemOutcome.DECLINED, panel.now
    panel.make.session.commit()
    page = client.get(url).text
    assert "Item 2 is being discussed. You come back for item 3." in " ".join(page.split())
    for told in (second.bid.reference, second.bid.title, second.bid.lead_school.name):
        assert told not in page
    third.outcome, third.outcome_at = ItemOutcome.REMOVED, panel.now
    panel.make.session.commit()
    assert "Item 2 is being discussed. You take no part in the items that are left." in " ".join(
        client.get(url).text.split()
    )
    meeting.state = MeetingState.CLOSED
    panel.make.session.commit()
    assert "The meeting is over." in client.get(url).text


def test_an_item_taken_out_of_turn_is_the_one_being_discussed(panel: Panel) -> None:
    items = four_items(panel)
    meeting, member = items[0].meeting, panel.seats[4].user
    later = panel.now + timedelta(minutes=5)
    attendance.record_attendance(
        meeting, [seat.id for seat in panel.seats], [], user=panel.clerk, now=panel.now
    )
    attendance.take_item(items[3], user=panel.clerk, now=later)
    assert wait_of(meeting, member, later) == Wait(4, takes_part=False, back_for=1)
    items[3].outcome, items[3].outcome_at = ItemOutcome.APPROVED, later
    panel.make.session.commit()
    assert wait_of(meeting, member, later) == Wait(1, takes_part=True, back_for=2)


def test_only_members_of_the_panel_have_a_page_to_wait_on(
    panel: Panel, as_clerk: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    url = f"/meetings/{panel.item.meeting_id}/waiting"
    assert as_clerk.get(url).status_code == 404
    assert sign_in(panel.make.staff(RoleName.OFFICER)).get(url).status_code == 403
