"""A fund that buys support enters awards already running with the grades that their VAT needs."""

from typing import Any

import pytest

from fundflow.models.fund import PaysBy
from fundflow.models.opening import Opening
from fundflow.openings import reading
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.openings.conftest import Council, a_council
from tests.openings.test_pages import SignIn, file_of, made, page_of, rows_of, send, typed
from tests.payments.conftest import LATER

pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def buying(make: Make) -> Council:
    council = a_council(make, pays_by=PaysBy.PURCHASE)
    make.grade(council.fund, title="Administrator", standard_rated=True)
    make.grade(council.fund, title="Head teacher")
    make.session.commit()
    return council


def entered_with(council: Council, grade: str) -> Opening:
    days, travel = council.award().lines
    return council.enter(council.award(lines=(days._replace(grade=grade), travel)))


@pytest.mark.parametrize(("grade", "rated"), [("administrator", True), ("Head teacher", False)])
def test_the_line_of_the_bid_has_the_grade(buying: Council, grade: str, rated: bool) -> None:
    bid = buying.confirm(entered_with(buying, grade)).awards[0].bid
    assert bid is not None
    (line,) = bid.backfill_lines
    assert line.grade is not None
    assert line.grade.standard_rated is rated


@pytest.mark.parametrize("grade", ["", "Deputy"])
def test_an_award_without_a_grade_of_the_fund_is_refused(buying: Council, grade: str) -> None:
    with pytest.raises(Refused, match="Say which grade it is, for its VAT: Administrator, Head teacher"):
        entered_with(buying, grade)


def test_a_fund_that_grants_money_asks_for_none(make: Make, council: Council, sign_in: SignIn) -> None:
    make.grade(council.fund)
    make.session.commit()
    client = sign_in(council.owen)
    assert "Grade of person 1" not in client.get(page_of(council)).text
    file = file_of(*rows_of(council)).replace(b"Grade,", b"Notes,")
    assert "1 award to enter" in send(client, council, data=file).text


def test_the_page_asks_for_the_grade_of_each_person(buying: Council, sign_in: SignIn) -> None:
    client = sign_in(buying.owen)
    assert "Grade of person 1" in client.get(page_of(buying)).text
    page = client.post(page_of(buying), data=typed(buying))
    assert (page.status_code, "Select the grade" in page.text) == (422, True)
    assert client.post(page_of(buying), data=typed(buying, grade_s0="Administrator")).status_code == 302
    (opening,) = made(buying.make)
    assert opening.awards[0].lines[0].grade == "Administrator"
    assert "(AH1, Administrator)" in client.get(opening.path).text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"grade": "Administrator"}, "1 award to enter"),
        ({}, "Grade: Say which grade it is, for its VAT: Administrator, Head teacher"),
    ],
)
def test_a_file_gives_the_grade_of_each_row_of_days(
    buying: Council, sign_in: SignIn, changes: dict[str, Any], says: str
) -> None:
    assert says in send(sign_in(buying.owen), buying, *rows_of(buying, **changes)).text


def test_other_costs_have_no_grade(buying: Council) -> None:
    days, travel = rows_of(buying, grade="Administrator")
    text = file_of(days, travel | {"grade": "Administrator"}).decode()
    (wrong,) = reading.read(text, buying.fund, LATER).wrong
    assert wrong.wrong == ["Grade: only days have it"]
