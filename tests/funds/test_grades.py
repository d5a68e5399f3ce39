"""Grades of staff, and the settings a fund gained."""

import pytest
from sqlalchemy import select

from fundflow.funds.operations import grades, retiring
from fundflow.models.fund import StaffGrade
from fundflow.models.person import RoleName
from fundflow.workflow.engine import Refused
from tests.funds.conftest import changes, post, settings


@pytest.fixture
def grade(fund, session):
    grade = StaffGrade(fund_id=fund.id, title="Head teacher", cap_pence=55_000)
    session.add(grade)
    session.commit()
    return grade


def place(fund, rest=""):
    return f"/funds/{fund.id}/grades{rest}"


def test_a_grade_is_added_and_shown_with_its_cap(as_admin, fund, session):
    assert "There are no grades" in as_admin.get(place(fund)).text
    answer = post(as_admin, place(fund, "/add"), fund, title="Head teacher", cap_pence="£550")
    assert answer.status_code == 302
    assert session.scalar(select(StaffGrade.cap_pence)) == 55_000
    for path in (place(fund), f"/funds/{fund.id}"):
        page = as_admin.get(path).text
        assert "Head teacher" in page
        assert "£550" in page
    assert changes(session, fund)[-1].label == "Head teacher: day rates above £550.00 need a reason"


def test_a_cap_is_changed_and_the_log_keeps_the_old(as_admin, fund, grade, session):
    there = place(fund, f"/{grade.id}")
    assert 'value="550"' in as_admin.get(there).text
    assert post(as_admin, there, fund, cap_pence="575.50").status_code == 302
    assert grade.cap_pence == 57_550
    assert changes(session, fund)[-1].given == {"cap_pence": [55_000, 57_550]}


@pytest.mark.both_databases
def test_a_retired_grade_is_kept_and_can_come_back_with_another_cap(as_admin, fund, grade, session):
    assert post(as_admin, place(fund, f"/{grade.id}/retire"), fund).status_code == 302
    assert grade.retired
    assert "Retired" in as_admin.get(place(fund)).text
    assert "Head teacher" not in as_admin.get(f"/funds/{fund.id}").text.partition("<h2")[0]
    post(as_admin, place(fund, "/add"), fund, title="HEAD teacher", cap_pence="600")
    session.expire_all()
    assert [(g.title, g.cap_pence, g.retired) for g in fund.grades] == [("Head teacher", 60_000, False)]


def test_a_grade_is_not_added_twice(as_admin, fund, grade):
    answer = post(as_admin, place(fund, "/add"), fund, title="head TEACHER", cap_pence="1")
    assert answer.status_code == 409
    assert "already has the grade “Head teacher”" in answer.text


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"title": ""}, "Enter the grade"),
        ({"title": "\0"}, "Enter the grade"),
        ({"title": "x" * 121}, "120 characters or fewer"),
        ({"cap_pence": ""}, "Enter an amount in pounds"),
        ({"cap_pence": "0"}, "must be between £0.01"),
        ({"cap_pence": str(10**20)}, "must be a number"),
        ({"cap_pence": "\0"}, "Enter an amount"),
        ({"cap_pence": "lots"}, "must be a number"),
    ],
)
def test_a_bad_grade_is_answered_in_words(as_admin, fund, given, sentence):
    answer = post(as_admin, place(fund, "/add"), fund, **{"title": "Teacher", "cap_pence": "240", **given})
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_stale_page_changes_no_cap(as_admin, fund, grade):
    stale = fund.version
    post(as_admin, place(fund, f"/{grade.id}"), fund, cap_pence="600")
    answer = as_admin.post(place(fund, f"/{grade.id}"), data={"version": stale, "cap_pence": "700"})
    assert answer.status_code == 409
    assert 'value="700"' in answer.text
    assert grade.cap_pence == 60_000


def test_another_funds_grade_is_not_found(as_admin, make, grade):
    other = make.fund()
    for rest in (f"/{grade.id}", f"/{grade.id}/retire", f"/{10**20}", "/0"):
        assert as_admin.get(place(other, rest)).status_code == 404


def test_only_administrators_change_grades_and_auditors_read_them(make, fund, grade, sign_in, now, session):
    assert "Head teacher" in sign_in(make.staff(RoleName.AUDITOR)).get(place(fund)).text
    assert sign_in(make.staff(RoleName.OFFICER)).get(place(fund)).status_code == 403
    by = {"version": fund.version, "user": make.staff(RoleName.FINANCE), "now": now}
    session.commit()
    for act in (
        lambda: grades.add_grade(fund, title="x", cap_pence=1, **by),
        lambda: grades.change_cap(grade, cap_pence=1, **by),
        lambda: retiring.retire(grade, **by),
    ):
        with pytest.raises(Refused, match="Only an administrator"):
            act()
        session.rollback()


def test_the_cap_of_a_school_in_a_year_is_optional_and_can_be_taken_away(as_admin, fund):
    there = f"/funds/{fund.id}/settings"
    assert as_admin.post(there, data=settings(fund, school_year_cap_pence="40,000")).status_code == 302
    assert fund.school_year_cap_pence == 4_000_000
    assert "£40,000" in as_admin.get(f"/funds/{fund.id}").text
    assert as_admin.post(there, data=settings(fund)).status_code == 302
    assert fund.school_year_cap_pence is None
    answer = as_admin.post(there, data=settings(fund, school_year_cap_pence="0"))
    assert (answer.status_code, "must be between £0.01" in answer.text) == (422, True)


def test_trusts_signatures_and_organisations_are_settings_with_their_meaning_beside(as_admin, fund):
    there = f"/funds/{fund.id}/settings"
    page = as_admin.get(there).text
    for words in ("signature of their trust", "virtual school or a children’s centre", "Leave it empty"):
        assert words in page
    changed = settings(fund, trust_signs_from_pence="0", allows_organisations="y")
    assert as_admin.post(there, data=changed).status_code == 302
    assert (fund.trust_signs_from_pence, fund.allows_organisations) == (0, True)
    assert as_admin.post(there, data=settings(fund, trust_signs_from_pence="")).status_code == 422
