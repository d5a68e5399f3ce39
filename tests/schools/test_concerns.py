"""Concerns about schools: raised, reviewed, ended; suggested by floors and inspections; staff alone read."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow.desk.school_work import recommendations_and_schools
from fundflow.models.caseload import Concern, ConcernKind
from fundflow.models.letter import Letter
from fundflow.models.measure import Better
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.models.target import SchoolTarget
from fundflow.rules.concerns import floors_in, met_by, outcomes_offered, why_no_floors
from fundflow.schools.operations import concerns
from fundflow.steps import AlreadyTaken
from fundflow.workflow.concern import ConcernState
from fundflow.workflow.engine import Refused
from tests.factories import NOW, TODAY, Make

SignIn = Callable[[User | None], FlaskClient]
JANUARY = date(2027, 1, 15)
DAY = {"review_on-day": "15", "review_on-month": "1", "review_on-year": "2027"}
PHONICS = "Pupils at the phonics standard"


@pytest.fixture(autouse=True)
def _clock(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def area(make: Make) -> SimpleNamespace:
    """Oak is in the patch of Olive; Dan is another officer."""
    fund, school = make.fund(keeps_caseloads=True), make.school("Oak Primary")
    officer = make.staff(R.OFFICER, "Olive Officer")
    make.patch("North", school, officer=officer)
    found = SimpleNamespace(
        fund=fund, school=school, officer=officer, deputy=make.staff(R.DEPUTY_OFFICER, "Dan Deputy")
    )
    make.session.commit()
    return found


def raised(area: SimpleNamespace, **changes: Any) -> Concern:
    given = {"kind": ConcernKind.JUDGEMENT, "reason": "Two heads left.", "review_on": JANUARY}
    return concerns.raise_concern(
        area.school, area.fund, **{**given, "user": area.deputy, "now": NOW, **changes}
    )


def letters(make: Make) -> list[tuple[str, str, str]]:
    found = make.session.scalars(select(Letter).order_by(Letter.id))
    return [(one.email, one.recipient, one.subject) for one in found]


def test_a_concern_is_raised_reviewed_and_ended_on_its_pages(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(area.deputy)
    page = f"/schools/{area.school.urn}"
    assert f"{page}/concerns/raise" in client.get(page).text
    said = {"kind": "judgement", "reason": "Two heads left.", **DAY}
    for _ in range(2):  # the second click records nothing
        answer = client.post(f"{page}/concerns/raise", data=said)
        assert answer.location == f"{page}#concerns"
    concern = make.session.scalars(select(Concern)).one()
    assert (concern.state, concern.review_on, concern.version) == (ConcernState.OPEN, JANUARY, 2)
    assert "Two heads left." in client.get(concern.path).text
    given = {
        "found": "An acting head holds.",
        "review_on-day": "1",
        "review_on-month": "3",
        "review_on-year": "2027",
    }
    client.post(f"{concern.path}/steps/review", data={**given, "version": "2"})
    make.session.refresh(concern)
    assert (concern.found, concern.reviewed_on, concern.review_on) == (
        "An acting head holds.",
        TODAY,
        date(2027, 3, 1),
    )
    client.post(f"{concern.path}/steps/end", data={"reason": "A head is appointed.", "version": "3"})
    make.session.refresh(concern)
    assert (concern.state, concern.end_reason) == (ConcernState.ENDED, "A head is appointed.")
    text = client.get(concern.path).text
    assert "An acting head holds." in text
    assert "A head is appointed." in text


def test_the_link_officer_is_told_and_no_letter_says_why(make: Make, area: SimpleNamespace) -> None:
    make.member(area.school, email="head@oak.example")
    concern = raised(area)
    concerns.review(
        concern, found="Better.", review_on=date(2027, 3, 1), user=area.deputy, now=NOW, version=None
    )
    concerns.end(concern, reason="Settled.", user=area.deputy, now=NOW, version=None)
    assert letters(make) == [
        (area.officer.email, "link_officer", "Oak Primary: a concern is raised"),
        (area.officer.email, "link_officer", "Oak Primary: a concern is reviewed"),
        (area.officer.email, "link_officer", "Oak Primary: a concern has ended"),
    ]
    bodies = " ".join(make.session.scalars(select(Letter.body)))
    assert not any(word in bodies for word in ("Two heads left", "Better.", "Settled."))


def test_whom_the_caseload_names_is_told_instead(make: Make, area: SimpleNamespace) -> None:
    make.caseload(area.fund, area.school, area.officer, officer_id=area.deputy.id)
    raised(area)
    assert letters(make)[0][0] == area.deputy.email


def test_no_officer_of_that_school_is_told(make: Make, area: SimpleNamespace) -> None:
    """Not even where nobody else could be."""
    make.belongs(area.officer, area.school)
    make.belongs(area.deputy, area.school)
    concern = make.concern(area.fund, area.school, area.officer)
    make.session.commit()
    concerns.end(concern, reason="Settled.", user=(other := make.staff(R.OFFICER)), now=NOW, version=None)
    assert [email for email, _, _ in letters(make)] == [other.email]


def below_its_floor(make: Make, area: SimpleNamespace, on: date = date(2026, 3, 1)) -> None:
    """A target whose latest figure, 60, lies below the floor of 65."""
    measure = make.measure(area.fund, name=PHONICS, unit="%")
    make.figure(make.target(area.school, measure, area.officer), area.officer, value=60, measured_on=on)
    area.fund.concern_floors = f"{PHONICS}: 65"
    make.session.commit()


def test_of_one_kind_only_one_is_open(make: Make, area: SimpleNamespace) -> None:
    below_its_floor(make, area)
    concern = raised(area)
    with pytest.raises(AlreadyTaken):
        raised(area)
    with pytest.raises(Refused, match="A concern of this kind is open"):
        raised(area, reason="Other words")
    assert raised(area, kind=ConcernKind.FLOOR).id != concern.id
    concerns.end(concern, reason="Settled.", user=area.deputy, now=NOW, version=None)
    assert raised(area).id != concern.id


@pytest.mark.parametrize("kind", [ConcernKind.FLOOR, ConcernKind.INSPECTION])
def test_a_concern_is_of_a_test_that_the_school_meets(area: SimpleNamespace, kind: ConcernKind) -> None:
    with pytest.raises(Refused, match="Select an officer’s judgement instead"):
        raised(area, kind=kind)


def test_a_concern_keeps_what_it_was_raised_for(make: Make, area: SimpleNamespace) -> None:
    below_its_floor(make, area)
    concern = raised(area, kind=ConcernKind.FLOOR, reason="It fell twice.")
    facts = f"{PHONICS} (%): 60 on 1 March 2026, the floor is 65"
    assert concern.reason == f"{facts}\nIt fell twice."
    with pytest.raises(AlreadyTaken):
        raised(area, kind=ConcernKind.FLOOR, reason="It fell twice.")


def test_what_a_concern_has_dealt_with_is_not_listed_again(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    below_its_floor(make, area)
    client, page = sign_in(area.deputy), f"/schools/{area.school.urn}"

    def is_listed() -> tuple[bool, bool]:
        listed = client.get("/schools/caseloads?show=to_raise").text
        return "Oak Primary" in listed, "meets a concern’s test" in client.get(page).text

    assert is_listed() == (True, True)
    concern = raised(area, kind=ConcernKind.FLOOR)
    assert is_listed() == (False, False)
    concerns.end(concern, reason="Settled.", user=area.deputy, now=NOW, version=None)
    assert is_listed() == (False, False)
    target = make.session.scalars(select(SchoolTarget)).one()
    make.figure(target, area.officer, value=61, measured_on=TODAY + timedelta(days=1))
    make.session.commit()
    assert is_listed() == (True, True)


@pytest.mark.parametrize("review_on", [TODAY, date(2027, 11, 19)])
def test_a_review_lies_within_a_year(area: SimpleNamespace, review_on: date) -> None:
    with pytest.raises(Refused, match="after today, and at most a year ahead"):
        raised(area, review_on=review_on)
    concern = raised(area)
    with pytest.raises(Refused, match="after today, and at most a year ahead"):
        concerns.review(concern, found="x", review_on=review_on, user=area.deputy, now=NOW, version=None)


@pytest.mark.parametrize("role", [R.AUDITOR, R.ADMINISTRATOR, R.FINANCE, R.CLERK])
def test_officers_alone_raise_one(make: Make, area: SimpleNamespace, sign_in: SignIn, role: R) -> None:
    user = make.staff(role)
    with pytest.raises(Refused, match="Only the fund’s liaison officers"):
        raised(area, user=user)
    assert sign_in(user).get(f"/schools/{area.school.urn}/concerns/raise").status_code == 403


@pytest.mark.parametrize("own", ["school", "trust", "successor"])
def test_nobody_reads_or_writes_about_their_own_school_or_trust(
    make: Make, area: SimpleNamespace, sign_in: SignIn, own: str
) -> None:
    concern, theirs = make.concern(area.fund, area.school, area.officer), area.school
    if own == "trust":
        area.school.trust = make.trust()
        theirs = make.school("Sister", trust=area.school.trust)
    elif own == "successor":
        theirs = make.school("Oak Academy")
        area.school.succeeded_by_id = theirs.id
    make.belongs(area.deputy, theirs)
    make.session.commit()
    with pytest.raises(Refused, match="You belong to Oak Primary or its trust"):
        raised(area, kind=ConcernKind.FLOOR)
    with pytest.raises(Refused, match="You can’t do this for the concern"):
        concerns.end(concern, reason="x", user=area.deputy, now=NOW, version=None)
    client, page = sign_in(area.deputy), f"/schools/{area.school.urn}"
    assert client.get(concern.path).status_code == 404
    assert client.get(f"{page}/concerns/raise").status_code == 409
    assert 'id="concerns"' not in client.get(page).text
    assert "Oak Primary" not in client.get("/schools/caseloads").text


def test_officers_of_another_fund_and_of_another_area_find_nothing(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    concern = make.concern(area.fund, area.school, area.officer)
    other = make.fund(la_code="202", keeps_caseloads=True)
    user = make.user()
    make.role(user, R.OFFICER, fund=other)
    make.session.commit()
    client, page = sign_in(user), f"/schools/{area.school.urn}"
    assert client.get(concern.path).status_code == 404
    for rest in ("concerns/raise", "caseload", "looked-after", "term-review"):
        assert client.get(f"{page}/{rest}").status_code == 404
    assert "Oak Primary" not in client.get("/schools/caseloads").text
    assert 'id="concerns"' not in client.get(page).text


def test_off_leaves_no_trace(make: Make, area: SimpleNamespace, sign_in: SignIn) -> None:
    """Where another fund keeps caseloads the pages are there, and this fund's records are not."""
    concern = make.concern(area.fund, area.school, area.officer)
    area.fund.keeps_caseloads = False
    make.session.commit()
    client, page = sign_in(area.officer), f"/schools/{area.school.urn}"
    assert client.get("/schools/caseloads").status_code == 404
    assert "caseload" not in client.get("/schools").text.lower()
    make.fund(la_code="202", keeps_caseloads=True)
    make.session.commit()
    assert client.get(concern.path).status_code == 404
    assert client.get(f"{page}/concerns/raise").status_code == 404
    assert 'id="concerns"' not in client.get(page).text
    assert "Oak Primary" not in client.get("/schools/caseloads").text
    assert "Concern" not in client.get("/work").text


# -- what suggests one ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("better", "figures", "met"),
    [
        (Better.UP, {50: date(2026, 3, 1)}, True),
        (Better.UP, {65: date(2026, 3, 1)}, False),
        (Better.UP, {50: date(2026, 3, 1), 70: date(2026, 9, 1)}, False),  # the latest counts
        (Better.DOWN, {66: date(2026, 3, 1)}, True),
        (Better.DOWN, {64: date(2026, 3, 1)}, False),
        (Better.UP, {}, True),  # the baseline, 50
    ],
)
def test_a_figure_beyond_the_floor_meets_the_test(
    make: Make, area: SimpleNamespace, better: Better, figures: dict[int, date], met: bool
) -> None:
    measure = make.measure(area.fund, name=PHONICS, unit="%", better=better)
    target = make.target(area.school, measure, area.officer)
    for value, day in figures.items():
        make.figure(target, area.officer, value=value, measured_on=day)
    area.fund.concern_floors = f"{PHONICS.upper()}: 65%"
    make.session.commit()
    found = met_by(area.fund, [area.school.id])
    assert bool(found) is met
    if met:
        (one,) = found[area.school.id]
        assert one.kind is ConcernKind.FLOOR
        assert one.words.endswith("the floor is 65")


@pytest.mark.parametrize("counts", [True, False])
def test_an_outcome_of_the_newest_inspection_meets_the_test(
    make: Make, area: SimpleNamespace, counts: bool
) -> None:
    """Grades of two kinds are never compared: only what is ticked counts."""
    make.inspection(
        area.school, {"Achievement": "Needs attention"}, regime="report_card", inspected_on=date(2026, 3, 3)
    )
    make.inspection(
        area.school,
        {"Overall effectiveness": "Inadequate"},
        regime="overall",
        inspected_on=date(2023, 3, 3),
    )
    ticked = "report_card:Needs attention" if counts else "overall:Inadequate"
    assert ticked in dict(outcomes_offered())
    area.fund.concern_outcomes = [ticked]
    make.session.commit()
    found = met_by(area.fund, [area.school.id])
    words = "Achievement Needs attention (inspection of 3 March 2026)"
    assert [one.words for one in found.get(area.school.id, [])] == ([words] if counts else [])


def test_a_schools_page_looks_for_met_tests_in_what_it_shows(
    make: Make, area: SimpleNamespace, sign_in: SignIn, count_queries: list[str]
) -> None:
    measure = make.measure(area.fund, name=PHONICS, unit="%")
    make.target(area.school, measure, area.officer)
    make.inspection(
        area.school, {"Achievement": "Needs attention"}, regime="report_card", inspected_on=date(2026, 3, 3)
    )
    area.fund.concern_floors, area.fund.concern_outcomes = f"{PHONICS}: 65", ["report_card:Needs attention"]
    make.session.commit()
    client = sign_in(area.deputy)
    count_queries.clear()
    page = client.get(f"/schools/{area.school.urn}").text
    assert "the floor is 65" in page
    assert "Needs attention (inspection of" in page
    for table in ("school_target", "inspection"):
        assert len([asked for asked in count_queries if f"\nFROM {table} " in f"{asked} "]) == 1, table


def test_schools_that_meet_a_test_and_have_no_concern_are_listed(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    measure = make.measure(area.fund, name=PHONICS)
    make.target(area.school, measure, area.officer)
    make.school("Ash Primary")
    area.fund.concern_floors = f"{PHONICS}: 65"
    make.session.commit()
    client = sign_in(area.officer)
    page = client.get("/schools/caseloads?show=to_raise").text
    assert "Oak Primary" in page
    assert "the floor is 65" in page
    assert "Ash Primary" not in page
    assert "meets a concern’s test" in client.get(f"/schools/{area.school.urn}").text
    raised(area)
    assert "Oak Primary" not in client.get("/schools/caseloads?show=to_raise").text
    assert "Oak Primary" in client.get("/schools/caseloads?show=concern").text


def test_floors_are_read_line_by_line() -> None:
    assert floors_in("Reading: 65\n\n Gap: boys: -3.5% ") == {
        "reading": Decimal(65),
        "gap: boys": Decimal("-3.5"),
    }
    for wrong in ("Reading", "Reading: many", ": 5", "Reading: NaN", "Reading: Infinity"):
        with pytest.raises(ValueError, match=re.escape(wrong)):
            floors_in(wrong)


def test_a_floor_of_a_measure_that_is_not_the_fund_s_is_refused(make: Make, area: SimpleNamespace) -> None:
    make.measure(area.fund, name=PHONICS)
    make.session.refresh(area.fund)
    assert why_no_floors(area.fund, f"{PHONICS}: 60\n") is None
    assert why_no_floors(area.fund, "Spelling: 60") == "This fund has no measure called “Spelling”."
    two = why_no_floors(area.fund, f"Spelling: 60\n{PHONICS}: 60\nGap: boys: 5")
    assert two == "This fund has no measures called “Spelling” and “Gap: boys”."


def reviews_on_work(user: User) -> list[str]:
    return [one.what for one in recommendations_and_schools(user, NOW) if one.reference == "Concern"]


@pytest.mark.parametrize("why", ["left", "another_fund", "own_school"])
def test_a_review_stands_with_every_officer_where_its_own_may_not(
    area: SimpleNamespace, make: Make, why: str
) -> None:
    raised(area, review_on=TODAY + timedelta(days=1))
    if why == "own_school":
        make.belongs(area.officer, area.school)
    else:
        area.officer.roles[0].ends_on = TODAY - timedelta(days=1)
        if why == "another_fund":
            make.role(area.officer, R.OFFICER, fund=make.fund())
    make.session.commit()
    assert reviews_on_work(area.deputy) == ["Review the concern"]
    assert not reviews_on_work(area.officer)


def test_a_review_stands_with_its_officer_alone_while_they_may(area: SimpleNamespace, make: Make) -> None:
    raised(area, review_on=TODAY + timedelta(days=1))
    make.belongs(area.officer, make.school("Elm Primary"))
    make.session.commit()
    assert not reviews_on_work(area.deputy)


def test_a_floor_is_of_a_sensible_size() -> None:
    with pytest.raises(ValueError, match="1E"):
        floors_in("Reading: 1E+9999999")


def test_only_grades_that_may_call_for_a_concern_are_offered() -> None:
    offered = dict(outcomes_offered())
    assert offered["report_card:Urgent improvement"] == "Report card, from November 2025: Urgent improvement"
    assert (
        offered["report_card:Not met"] == "Report card, from November 2025: Safeguarding standards: Not met"
    )
    assert not {"report_card:Met", "report_card:Strong standard", "overall:Good"} & set(offered)
