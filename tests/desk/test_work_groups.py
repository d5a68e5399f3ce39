"""My work under headings: late first, a bid once, what is alike together, what nobody waits for last."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from fundflow.desk.panel_work import Waiting
from fundflow.desk.sources import SOURCES
from fundflow.desk.work_groups import FEW, WHEN, entries, grouped, urgency
from fundflow.models.person import RoleName
from fundflow.workflow.application import BidState as S
from tests.factories import TODAY, Make

pytestmark = pytest.mark.one_database

AT_LEISURE = [source.kind for source in SOURCES if source.at_leisure]


def line(
    number: int, what: str, days: int | None = None, kind: str = "check-a-claim", about: str = ""
) -> Waiting:
    """Something to do about bid `number`, due in so many days."""
    due = None if days is None else TODAY + timedelta(days=days)
    detail = f"A school · {about or '£3,000 awarded'}"
    return Waiting(
        f"B-{number}", "A bid", detail, what, due, f"/bids/B-{number}/x", kind=kind, id=number, about=about
    )


def headed(lines: list[Waiting]) -> dict[str, list[tuple[str, list[int]]]]:
    """The bids of each batch under each heading."""
    return {
        group.title: [(batch.what, [entry.first.id for entry in batch.entries]) for batch in group.batches]
        for group in grouped(lines, TODAY)
    }


MANY = [
    line(1, "Late", -1),
    line(2, "Today", 0),
    line(3, "In six days", 6),
    line(4, "In a week", 7),
    *(line(n, "Check a claim") for n in (5, 6, 7)),
    line(8, "Lift the block"),
    *(line(n, "Read it", kind=AT_LEISURE[0]) for n in (9, 10)),
    line(11, "Read another", kind=AT_LEISURE[1]),
]


def test_what_is_late_stands_first_and_what_nobody_waits_for_last() -> None:
    assert headed(MANY) == {
        "Late": [("", [1])],
        "In the next 7 days": [("", [2, 3])],
        "No date": [("", [8]), ("Check a claim", [5, 6, 7])],
        "Later": [("", [4])],
        "When you have time": [("", [11]), ("Read it", [9, 10])],
    }
    assert tuple(headed(MANY)) == WHEN
    assert urgency(MANY, TODAY) == "1 is late, 2 are due in the next 7 days"
    assert urgency(MANY[3:], TODAY) == ""


def test_a_few_lines_stand_under_one_heading() -> None:
    assert headed(MANY[:FEW]) == {"Waiting for you": [("", list(range(1, FEW + 1)))]}
    assert headed([]) == {}


def test_a_bid_with_several_things_to_do_stands_once_and_leads_to_its_own_page() -> None:
    claim = line(1, "Check a claim", about="£40 claimed")
    one, other = entries([claim, line(2, "Finish it"), line(1, "Decide")])
    assert [each.what for each in one.lines] == ["Check a claim", "Decide"]
    assert (one.path, one.detail) == ("/bids/B-1", "A school · £3,000 awarded")
    assert (other.path, other.detail) == ("/bids/B-2/x", "A school · £3,000 awarded")
    assert entries([claim])[0].detail == "A school · £40 claimed"


def test_what_is_no_bid_is_never_taken_for_the_same() -> None:
    letters = [Waiting("Letters", title, "", "Look", None, "/letters") for title in ("One", "Another")]
    assert len(entries(letters)) == 2


def test_only_what_nobody_waits_for_can_wait_until_there_is_time() -> None:
    assert AT_LEISURE == [
        "read-the-reasons-for-the-register-of-awards",
        "read-the-report-s-summary-for-the-register-of-awards",
    ]


def test_the_page_says_how_much_is_late_and_says_so_once_a_line(
    make: Make, sign_in: Callable[..., Any]
) -> None:
    officer = make.staff(RoleName.OFFICER)
    for _ in range(FEW + 1):
        make.bid(state=S.IN_REVIEW, officer=officer, due_on=TODAY - timedelta(days=900))
    make.session.commit()
    page = sign_in(officer).get("/work").text
    assert f"{FEW + 1} things wait for you: {FEW + 1} are late." in page
    assert page.count("was due") == FEW + 1
    assert "late: was due" not in page


def test_of_a_few_lines_a_bid_may_have_one_with_a_day_and_one_without(
    make: Make, sign_in: Callable[..., Any]
) -> None:
    officer = make.staff(RoleName.OFFICER)
    bid = make.bid(state=S.IN_REVIEW, officer=officer, due_on=TODAY)
    undated = line(bid.id, "Check a claim")._replace(reference=bid.reference)
    (entry, *_) = entries([line(bid.id, "Finish the review", 0), undated])
    make.session.commit()
    with sign_in(officer).application.test_request_context():
        macro = sign_in(officer).application.jinja_env.get_template("desk/work_lines.html").module.work_lines
        shown = macro([entry], TODAY)
    assert "Check a claim</a>" in shown
    assert shown.count("by ") == 1
