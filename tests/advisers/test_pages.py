"""The pages about advisers: what each person reads and may do; nothing shows where they are switched off."""

import re
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.models.adviser import Adviser, AdviserAllocation, AdviserRecord, AdviserVisit, OffPayroll
from fundflow.models.person import RoleName
from fundflow.workflow.adviser_visit import AdviserVisitState as S
from tests.advisers.conftest import SignIn
from tests.factories import NOW, TODAY, Make

SAID = {
    "name": "Rita Retired",
    "email": "Rita@advice.example",
    "kind": "retired_head",
    "school": "",
    "subjects": ["maths", "send"],
    "half_days": "6",
    "off_payroll": "inside",
    "off_payroll_on-day": "1",
    "off_payroll_on-month": "9",
    "off_payroll_on-year": "2026",
}


@pytest.fixture
def visit(make: Make, area: SimpleNamespace) -> AdviserVisit:
    """A visit that was rated."""
    visit: AdviserVisit = make.adviser_visit(
        make.adviser_allocation(area.adviser, area.school),
        state=S.RATED,
        planned_on=TODAY,
        visited_on=TODAY,
        note="Pupils explain.",
        usefulness=2,
        helped=False,
        feedback="Too short.",
        rated_at=NOW,
    )
    make.session.commit()
    return visit


def test_an_officer_adds_changes_and_finds_an_adviser(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(area.officer)
    answer = client.post("/advisers/add", data={**SAID, "fund": str(area.fund.id)})
    rita = make.session.scalars(select(Adviser).where(Adviser.name == "Rita Retired")).one()
    assert answer.location == f"/advisers/{rita.id}"
    assert (rita.email, rita.off_payroll, rita.account) == ("rita@advice.example", OffPayroll.INSIDE, None)
    assert "Rita Retired" in client.get("/advisers?q=rita&subject=send").text
    assert "Rita Retired" not in client.get("/advisers?q=rita&subject=eal").text
    client.post(
        f"/advisers/{rita.id}/change",
        data={**SAID, "email": area.head.email, "left": "y", "version": str(rita.version)},
    )
    make.session.refresh(rita)
    assert (rita.left_at, rita.account) == (NOW, area.head)
    assert "Rita Retired" not in client.get("/advisers").text
    assert "Rita Retired" in client.get("/advisers?show=left").text


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kind": "serving_head"}, "A serving head has a school"),
        (
            {"off_payroll_on-day": "", "off_payroll_on-month": "", "off_payroll_on-year": ""},
            "Enter the day on",
        ),
        ({"off_payroll_on-year": "2027"}, "can’t lie in the future"),
    ],
)
def test_an_adviser_is_refused_with_the_reason(
    area: SimpleNamespace, sign_in: SignIn, changes: dict[str, str], why: str
) -> None:
    answer = sign_in(area.officer).post("/advisers/add", data={**SAID, "fund": str(area.fund.id), **changes})
    assert answer.status_code == 409
    assert why in answer.text


def test_who_still_advises_a_school_can_not_leave(
    make: Make, area: SimpleNamespace, sign_in: SignIn, visit: AdviserVisit
) -> None:
    data = {**SAID, "left": "y", "version": str(area.adviser.version)}
    answer = sign_in(area.officer).post(f"/advisers/{area.adviser.id}/change", data=data)
    assert "Ava Adviser still advises schools" in answer.text
    assert visit.adviser.left_at is None


def test_a_record_is_due_on_my_work_until_the_next_renews_it(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    record = make.adviser_record(area.adviser, area.officer)
    make.session.commit()
    client = sign_in(area.officer)
    assert "Safeguarding" in client.get("/work").text
    page = f"/advisers/{area.adviser.id}/records/add?renews={record.id}"
    data = {
        "kind": "training",
        "what": "Safeguarding",
        "outcome": "done",
        "version": str(area.adviser.version),
        **{"done_on-day": "17", "done_on-month": "11", "done_on-year": "2026"},
    }
    assert "This renews “Safeguarding”, due on 1 December 2026." in client.get(page).text
    wrong = client.post(page, data={**data, "outcome": "met"})
    assert "A training is done. A quality check is met or not yet met." in wrong.text
    client.post(page, data=data)
    assert make.session.scalars(select(AdviserRecord.renews_id).order_by(AdviserRecord.id)).all() == [
        None,
        record.id,
    ]
    assert "Safeguarding" not in client.get("/work").text


def test_a_school_is_allocated_and_the_allocation_ends(
    make: Make, area: SimpleNamespace, sign_in: SignIn
) -> None:
    client, page = sign_in(area.officer), f"/advisers/{area.adviser.id}"
    today = {"starts_on-day": "18", "starts_on-month": "11", "starts_on-year": "2026"}
    data = {"school": area.school.urn, "visits": "3", "why": "Results fell.", **today}
    client.post(f"{page}/allocate", data={**data, "version": str(area.adviser.version)})
    one = make.session.scalars(select(AdviserAllocation)).one()
    assert "3 of 12 are promised" in client.get(page).text
    assert area.school.urn not in client.get(f"{page}/allocate").text
    client.post(
        f"/advisers/allocations/{one.id}/end", data={"reason": "She retires.", "version": str(one.version)}
    )
    make.session.refresh(one)
    assert one.ends_on == TODAY


def test_the_school_and_the_officer_read_the_feedback_and_the_adviser_does_not(
    area: SimpleNamespace, sign_in: SignIn, visit: AdviserVisit
) -> None:
    for who, reads in (("head", True), ("officer", True), ("auditor", True), ("account", False)):
        page = sign_in(getattr(area, who)).get(visit.path).text
        assert "Pupils explain." in page
        assert ("Too short." in page) is reads, who


def test_another_school_and_another_adviser_see_nothing(
    make: Make, area: SimpleNamespace, sign_in: SignIn, visit: AdviserVisit
) -> None:
    other = make.user("Otto Other")
    make.adviser(area.fund, "Otto Other", account=other)
    make.session.commit()
    for user in (other, make.member(make.school("Other"))):
        client = sign_in(user)
        assert client.get(visit.path).status_code == 404
        assert "Visited Primary" not in client.get("/advisers/visits").text
        assert "Ava Adviser" not in client.get(f"/schools/{area.school.urn}").text
        assert client.get(f"/advisers/{area.adviser.id}").status_code == 404


def test_the_list_is_narrowed_and_downloaded(
    make: Make, area: SimpleNamespace, sign_in: SignIn, visit: AdviserVisit
) -> None:
    make.adviser_visit(visit.allocation, number=2, term=2, due_on=date(2026, 11, 17))
    make.session.commit()
    client = sign_in(area.officer)
    assert "Late" in client.get("/advisers/visits?late=yes&term=2026-2").text
    assert "No visit matches." in client.get("/advisers/visits?late=yes&term=2026-1").text
    rated = client.get("/advisers/visits.csv?state=rated").text.splitlines()
    assert rated[1].endswith('"Done, feedback given",2026-12-18,2026-11-18,2026-11-18,,2')
    assert sign_in(area.account).get("/advisers/visits.csv?state=rated").text.splitlines()[1].endswith(",,")


def test_the_register_shows_load_and_figures(
    area: SimpleNamespace, sign_in: SignIn, visit: AdviserVisit
) -> None:
    page = " ".join(sign_in(area.auditor).get("/advisers").text.split())
    assert "3 of 12 half days" in page
    assert "Add an adviser" not in page


def test_averages_show_from_three_schools_on_wherever_they_stand(
    make: Make, area: SimpleNamespace, sign_in: SignIn, visit: AdviserVisit
) -> None:
    def pages() -> list[str]:
        client = sign_in(area.auditor)
        return [" ".join(client.get(path).text.split()) for path in ("/advisers", visit.adviser.path)]

    register, entry = pages()
    assert register.count("Too few schools yet") == 2  # the adviser’s, and this term’s
    assert "2.0" not in register
    assert "Averages show once three schools have answered." in entry
    rating = {"state": S.RATED, "visited_on": TODAY, "note": "Seen.", "helped": True, "rated_at": NOW}
    make.adviser_visit(visit.allocation, number=2, usefulness=5, **rating)
    make.adviser_visit(make.adviser_allocation(area.adviser, make.school()), usefulness=5, **rating)
    make.session.commit()
    assert "4.0" not in pages()[0]  # three answers, of two schools
    make.adviser_visit(make.adviser_allocation(area.adviser, make.school()), usefulness=4, **rating)
    make.session.commit()
    register, entry = pages()
    assert register.count("4.0 of 5 (4)") == 2
    assert "4.0 of 5 for usefulness" in entry


@pytest.mark.parametrize("ended", ["allocation", "register"])
def test_who_no_longer_advises_reads_no_visit(
    make: Make, area: SimpleNamespace, sign_in: SignIn, visit: AdviserVisit, ended: str
) -> None:
    missed = make.adviser_visit(visit.allocation, number=2, state=S.MISSED, planned_on=TODAY)
    client = sign_in(area.account)
    make.session.commit()
    assert "Pupils explain." in client.get(visit.path).text
    assert missed.path in client.get("/work").text
    if ended == "allocation":
        visit.allocation.ends_on = TODAY
    else:
        area.adviser.left_at = NOW
    make.session.commit()
    assert client.get(visit.path).status_code == 404
    for path in ("/advisers/visits", "/advisers/visits.csv"):
        assert "Visited Primary" not in client.get(path).text
    assert missed.path not in client.get("/work").text
    assert client.get(area.adviser.path).status_code == (404 if ended == "register" else 200)
    assert "Pupils explain." in sign_in(area.head).get(visit.path).text


@pytest.mark.parametrize("who", ["account", "head", "officer"])
def test_my_work_and_your_details_lead_an_adviser_to_their_visits(
    make: Make, area: SimpleNamespace, sign_in: SignIn, who: str
) -> None:
    user = getattr(area, who)
    link = '<a class="govuk-link" href="/advisers/visits">Your visits as an adviser</a>'
    client = sign_in(user)
    if who != "account":
        assert not [path for path in ("/work", "/me") if link in client.get(path).text]
        area.adviser.account = user
        make.session.commit()
    assert [path for path in ("/work", "/me") if link in client.get(path).text] == ["/work", "/me"]
    area.adviser.left_at = NOW
    make.session.commit()
    assert not [path for path in ("/work", "/me") if link in client.get(path).text]


def test_my_work_says_what_comes_to_an_adviser(make: Make, area: SimpleNamespace, sign_in: SignIn) -> None:
    allocation = make.adviser_allocation(area.adviser, area.school)
    comes = make.adviser_visit(allocation, state=S.PLANNED, planned_on=date(2026, 11, 25))
    far = make.adviser_visit(allocation, number=2, state=S.PLANNED, planned_on=date(2027, 2, 3))
    make.session.commit()
    page = sign_in(area.account).get("/work").text
    assert "Visit the school" in page
    assert "25 Nov" in page
    assert comes.path in page
    assert far.path not in page
    assert "Record the visit" not in page
    assert comes.path not in sign_in(area.officer).get("/work").text


def test_visits_of_this_term_are_to_plan_from_its_beginning(
    make: Make, area: SimpleNamespace, sign_in: SignIn, time_machine: Any
) -> None:
    this = make.adviser_visit(make.adviser_allocation(area.adviser, area.school))
    make.session.commit()
    time_machine.move_to(NOW.replace(month=9, day=7), tick=False)
    page = sign_in(area.account).get("/work").text
    assert this.path in page
    assert "Plan the visit" in page


@pytest.mark.parametrize("who", ["officer", "head", "account"])
def test_nothing_shows_where_advisers_are_switched_off(
    make: Make, area: SimpleNamespace, sign_in: SignIn, visit: AdviserVisit, who: str
) -> None:
    make.adviser_record(area.adviser, area.officer)
    waits = make.adviser_visit(
        visit.allocation, number=2, state=S.MISSED, planned_on=TODAY, due_on=date(2026, 11, 20)
    )
    client = sign_in(getattr(area, who))
    pages = ["/work", f"/schools/{area.school.urn}", "/advisers/visits", "/advisers/visits.csv"]
    area.fund.has_advisers = False
    make.fund(has_advisers=True)  # another fund, which has no visits
    make.session.commit()
    for page in pages:
        shown = client.get(page).text
        assert not any(trace in shown for trace in ("/advisers/visits/", 'id="adviser"', "Pupils explain")), (
            page
        )
    for path in (visit.path, waits.path, area.adviser.path, f"{waits.path}/steps/catch-up"):
        assert client.get(path).status_code == 404
    for fund in make.session.scalars(select(type(area.fund))):
        fund.has_advisers = False
    make.session.commit()
    assert "dvisers" not in client.get("/work").text
    assert client.get("/advisers/visits").status_code == 404


def test_my_work_says_what_waits_for_whom(make: Make, area: SimpleNamespace, sign_in: SignIn) -> None:
    allocation = make.adviser_allocation(area.adviser, area.school)
    for n, (state, values) in enumerate(
        (
            (S.TO_PLAN, {"due_on": date(2026, 12, 18)}),
            (S.TO_PLAN, {"due_on": date(2027, 3, 25)}),  # far ahead
            (S.TO_PLAN, {"due_on": date(2026, 11, 17)}),
            (S.PLANNED, {"planned_on": TODAY}),
            (S.MISSED, {"planned_on": TODAY}),
            (S.DONE, {"planned_on": TODAY, "visited_on": TODAY, "note": "Seen."}),
        ),
        1,
    ):
        make.adviser_visit(allocation, number=n, state=state, **values)
    make.session.commit()

    def waits(user: Any) -> tuple[int, set[str]]:
        page = sign_in(user).get("/work").text
        says = r"Plan the visit|Record the visit|Plan another visit|See that the|Say how useful"
        return len(set(re.findall(r"/advisers/visits/(\d+)", page))), set(re.findall(says, page))

    assert waits(area.account) == (4, {"Plan another visit", "Plan the visit", "Record the visit"})
    assert waits(area.officer) == (2, {"See that the"})
    assert waits(area.head) == (1, {"Say how useful"})
    assert waits(make.staff(RoleName.FINANCE)) == (0, set())
