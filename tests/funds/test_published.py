"""Rounds as everybody may read them."""

from datetime import timedelta

import pytest

from fundflow.models.fund import StaffGrade
from fundflow.models.person import RoleName
from fundflow.models.round import Round, RoundQuestion
from fundflow.workflow.panel_rules import STANDARD
from tests.factories import NOW
from tests.funds.conftest import london

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def calendar(make):
    """An open, a coming and a past round of one fund, a rolling round of another."""
    one, two = make.fund(name="School Improvement Fund"), make.fund(name="Reading Fund")
    make.round(
        one,
        name="Winter round",
        opens_at=london(2026, 10, 1, 9),
        closes_at=london(2026, 12, 1, 12),
        criteria="Two schools at least.\nOne outcome.",
        guidance="Talk to us first.",
    )
    make.round(one, name="Summer round", opens_at=london(2027, 5, 1, 9), closes_at=london(2027, 6, 1, 17))
    make.round(
        one, name="Last year’s round", opens_at=london(2025, 5, 1, 9), closes_at=london(2025, 6, 1, 17)
    )
    make.round(two, name="Rolling round")
    make.session.commit()
    return one, two


def test_everybody_reads_the_open_coming_and_past_rounds_of_every_fund(client, calendar):
    page = client.get("/rounds").text
    heads = [page.index(f'govuk-heading-m">{word}<') for word in ("Open now", "Coming", "Past")]
    places = [page.index(name) for name in ("Winter round", "Rolling round", "Summer round", "Last year’s")]
    assert heads[0] < places[0] < places[1] < heads[1] < places[2] < heads[2] < places[3]
    for words in (
        "1 December 2026 at 12:00",
        "1 May 2027 at 09:00",
        "1 June 2025 at 17:00",
        "Reading Fund",
        "Two schools at least.<br>One outcome.",
        "Talk to us first.",
        "Early reading",
        "up to £25,000",
        "At any time",
    ):
        assert words in page


def test_where_no_round_is_set_the_page_says_so(client, make):
    page = client.get("/rounds").text
    assert "No round is open at the moment" in page
    assert ">Past<" not in page


def test_a_round_moves_from_coming_to_open_to_past_at_its_very_second(client, calendar, time_machine):
    def heading_above(name):
        page = client.get("/rounds").text
        at = page.index(name)
        return max(
            ("Open now", "Coming", "Past"), key=lambda word: page.rfind(f'govuk-heading-m">{word}<', 0, at)
        )

    opens, closes = london(2027, 5, 1, 9), london(2027, 6, 1, 17)
    second = timedelta(seconds=1)
    seen = []
    for moment in (opens - second, opens, closes - second, closes):
        time_machine.move_to(moment, tick=False)
        seen.append(heading_above("Summer round"))
    assert seen == ["Coming", "Open now", "Open now", "Past"]


def test_past_rounds_are_read_page_by_page(client, make, fund):
    for number in range(30):
        make.round(
            fund, name=f"Round {number:02}", closes_at=london(2025, 1, 1) + timedelta(days=number // 2)
        )
    make.session.commit()
    first = client.get("/rounds").text
    address = first.partition('href="/rounds?after=')[2].partition('"')[0]
    second = client.get(f"/rounds?after={address}").text
    listed = [[n for n in range(30) if f"Round {n:02}<" in page] for page in (first, second)]
    assert sorted(listed[0] + listed[1]) == list(range(30))
    assert len(listed[0]) == 25
    assert min(listed[0]) > max(listed[1])
    for nonsense in ("x", "9" * 30, "\0", "-1"):
        assert client.get("/rounds", query_string={"after": nonsense}).status_code == 200


def test_a_rounds_page_says_what_is_asked_the_limits_and_how_bids_are_scored(client, make, calendar):
    fund = calendar[0]
    winter = make.session.query(Round).filter_by(name="Winter round").one()
    fund.school_year_cap_pence, fund.allows_organisations = 4_000_000, True
    fund.grades = [
        StaffGrade(title="Head teacher", cap_pence=55_000),
        StaffGrade(title="Old grade", cap_pence=10_000, retired=True),
    ]
    winter.questions = [
        RoundQuestion(text="How will pupils have a say?", most=500, full_only=True),
        RoundQuestion(text="An old question?", retired=True),
    ]
    make.session.commit()
    page = client.get(f"/rounds/{winter.id}").text
    for words in (
        "up to £25,000",
        "up to £40,000 in a financial year",
        "Head teacher: above £550",
        "Other staff: above £450",
        "children’s centre, may take part",
        "How will pupils have a say?",
        "on the full form only",
        "Up to 500 characters",
        "What needs to improve",
        "Two schools at least.",
    ):
        assert words in page
    assert "Old grade" not in page
    assert "An old question?" not in page
    for criterion in STANDARD.criteria:
        row = (
            page.partition("How bids are scored")[2]
            .partition(f">{criterion.title}<")[2]
            .partition("</tr>")[0]
        )
        assert f">{criterion.weight}<" in row
    assert "60 points or more out of 100" in page


def test_nobody_learns_from_these_pages_who_bids_or_how_many(client, make, fund, sign_in):
    round_ = make.round(fund, name="Winter round", closes_at=london(2026, 12, 1, 12))
    make.session.commit()
    paths = ("/rounds", f"/rounds/{round_.id}")

    def read():
        return [client.get(path).text.partition("<main")[2].partition("</main>")[0] for path in paths]

    sign_in(make.member(make.school()))
    before = read()
    for _ in range(7):
        make.bid(fund=fund)
    make.session.commit()
    assert read() == before


@pytest.mark.parametrize("path", ["0", str(10**20), "999999", "-1", "x"])
def test_a_round_that_is_none_is_not_found(client, path):
    assert client.get(f"/rounds/{path}").status_code == 404


def test_only_administrators_of_the_fund_are_offered_changes(client, make, fund, sign_in):
    round_ = make.round(fund)
    elsewhere = make.user()
    make.role(elsewhere, RoleName.ADMINISTRATOR, fund=make.fund())
    path = f"/rounds/{round_.id}"
    assert "Add a question" not in client.get(path).text
    assert "Add a question" not in sign_in(elsewhere).get(path).text
    assert "Add a question" not in sign_in(make.member(make.school())).get(path).text
    page = sign_in(make.staff(RoleName.ADMINISTRATOR)).get(path).text
    for words in ("Add a question", "Add a priority", "Rename", "Retire"):
        assert words in page


def test_the_pages_are_linked_from_the_start_page_the_footer_and_the_navigation(client, make, fund, sign_in):
    round_ = make.round(fund)
    make.session.commit()
    start = client.get("/").text
    assert f'href="/rounds/{round_.id}"' in start
    assert start.count('href="/rounds"') == 2  # in the page, and in the footer
    page = sign_in(make.member(make.school())).get("/rounds").text
    assert page.count('href="/rounds"') == 2  # in the navigation, and in the footer


def test_the_pages_cost_the_same_queries_however_much_there_is(client, make, fund, count_queries):
    number_of_it = make.round(fund).id
    make.round(fund, opens_at=NOW + timedelta(days=1))

    def cost(path):
        make.session.commit()
        make.session.expunge_all()
        count_queries.clear()
        assert client.get(path).status_code == 200
        return len(count_queries)

    paths = ("/rounds", f"/rounds/{number_of_it}")
    few = [cost(path) for path in paths]
    for number in range(10):
        other = make.fund()
        make.round(other)
        make.round(other, closes_at=NOW - timedelta(days=number))
        make.round(other, opens_at=NOW + timedelta(days=1 + number))
        make.session.add(RoundQuestion(round_id=number_of_it, text=f"Question {number}?"))
    assert [cost(path) for path in paths] == few
    assert max(few) <= 6
