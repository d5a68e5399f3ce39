"""My work with more bids of a kind than it has room for."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundflow.desk.sources import SOURCES
from fundflow.desk.work import MANY as MANY_OF_A_KIND
from fundflow.desk.work import MOST_OF_A_KIND, _soonest, waiting_for
from fundflow.models.person import RoleName, User
from fundflow.rules.asker import Asker
from fundflow.web.paging import MOST_COUNTED
from fundflow.workflow.application import BidState as S
from tests.factories import NOW, Make
from tests.growth import Growth

SignIn = Callable[..., Any]
MANY = 60


@pytest.fixture
def officer(make: Make) -> User:
    return make.staff(RoleName.OFFICER)


def more(make: Make, officer: User, *states: S) -> None:
    like = make.bid(state=S.AT_PANEL, officer=officer)
    Growth(make, like, like.items[0].meeting, officer).caseload(MANY * len(states), states=states)
    make.session.commit()


def walked(client: FlaskClient, path: str) -> list[str]:
    """The references on a list and on the pages it leads on to."""
    seen: list[str] = []
    while path:
        page = client.get(path).text
        seen += re.findall(r"<span>(Q-\d+)</span>", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following[1].replace("&amp;", "&") if following else ""
    return seen


def test_the_first_of_a_kind_stand_on_my_work_and_the_others_are_counted(make: Make, officer: User) -> None:
    more(make, officer, S.SUBMITTED)
    work = waiting_for(officer, NOW)
    starts = [line for line in work.lines if line.what == "Start the review"]
    assert len(starts) == MOST_OF_A_KIND
    assert [line.due_on for line in starts] == sorted(line.due_on for line in starts)
    (rest,) = work.rests
    assert (rest.what, rest.kind, rest.shown, rest.total) == (
        "Start the review",
        "start-the-review",
        25,
        MANY,
    )
    assert work.total == len(work.lines) + MANY - MOST_OF_A_KIND


def test_no_more_lines_stand_there_than_fit_however_many_kinds_wait(
    make: Make, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    more(make, officer, S.SUBMITTED, S.IN_REVIEW, S.RETURNED, S.DEFERRED)
    monkeypatch.setattr("fundflow.desk.work.MOST_LINES", 60)
    work = waiting_for(officer, NOW)
    assert len(work.lines) == 60
    assert sum(rest.shown for rest in work.rests) == 60
    assert all(rest.total > rest.shown for rest in work.rests)


def test_a_kind_is_counted_no_further_than_tells_as_much(
    make: Make, officer: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    more(make, officer, S.SUBMITTED)
    monkeypatch.setattr("fundflow.desk.work.MANY", 50)
    work = waiting_for(officer, NOW)
    (rest,) = work.rests
    assert rest.total_words == "More than 50"
    assert work.total == len(work.lines) + 50 - MOST_OF_A_KIND
    page = " ".join(sign_in(officer).get("/work").text.split())
    assert f"More than {work.total} things wait for you." in page
    assert "more than 50 bids, 25 of them above" in page


def test_of_a_kind_without_dates_no_more_is_looked_at_than_is_counted(officer: User) -> None:
    """And of a dated kind, whose first by deadline stand on the page, no more than lists count."""
    who = Asker.of(officer, NOW.date())
    for source in SOURCES:
        inner = _soonest(source, who).get_final_froms()[0].element
        assert inner._limit_clause.value == (MOST_COUNTED if source.dated else MANY_OF_A_KIND) + 1


def test_a_kind_has_a_page_of_its_own_with_every_bid_once(
    make: Make, officer: User, sign_in: SignIn, time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    more(make, officer, S.SUBMITTED)
    client = sign_in(officer)
    assert "60 bids, 25 of them above" in " ".join(client.get("/work").text.split())
    seen = walked(client, "/work/start-the-review")
    assert len(seen) == len(set(seen)) == MANY


def test_the_page_stays_light(make: Make, officer: User, sign_in: SignIn) -> None:
    more(make, officer, *(state for state in S if state is not S.DRAFT))
    assert len(sign_in(officer).get("/work").data) < 80 * 1024


def test_another_role_finds_nothing_of_a_kind_and_no_unknown_kind(
    make: Make, officer: User, sign_in: SignIn
) -> None:
    more(make, officer, S.SUBMITTED)
    page = sign_in(make.staff(RoleName.FINANCE)).get("/work/start-the-review")
    assert "No bid waits for this." in page.text
    assert "Q-0" not in page.text
    assert sign_in(officer).get("/work/no-such-kind").status_code == 404


def test_every_kind_has_an_address_of_its_own() -> None:
    kinds = {source.kind: source.what for source in SOURCES}
    assert len(kinds) == len({source.what for source in SOURCES})
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", kind) for kind in kinds)


def test_bids_under_way_are_folded_for_staff_and_lead_on_to_all_of_them(
    make: Make, officer: User, sign_in: SignIn
) -> None:
    more(make, officer, S.IN_DELIVERY)
    page = " ".join(sign_in(officer).get("/work").text.split())
    assert "Waiting for others (25 and more)" in page
    assert 'href="/bids?officer=mine&amp;officer=covered"' in page
