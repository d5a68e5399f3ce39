"""Ofsted's inspections: by kind, never compared between kinds, corrected by another entry."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fundflow.models.inspection import Inspection
from fundflow.models.person import RoleName, User
from fundflow.models.school import School
from fundflow.schools.operations.inspections import record_inspection, remove_inspection
from fundflow.steps import AlreadyTaken
from fundflow.workflow.engine import Refused
from fundflow.workflow.inspection import NOT_COMPARABLE, REGIME, REGIMES, regime_on
from tests.factories import NOW, TODAY, Make

SignIn = Callable[[User | None], FlaskClient]
R = RoleName
EDIT = (R.OFFICER, R.DEPUTY_OFFICER, R.ADMINISTRATOR)
GOOD = {"Overall effectiveness": "Good"}


@pytest.fixture
def school(make: Make) -> School:
    return make.school("Larkfield")


def record(school: School, user: User, regime: str = "overall", **changes: Any) -> None:
    given = {
        "inspected_on": date(2023, 3, 14),
        "published_on": None,
        "grades": GOOD,
        "user": user,
        "now": NOW,
    }
    record_inspection(school, REGIME[regime], **{**given, **changes})


def the_day(day: date, name: str = "inspected_on") -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


# -- the table of kinds ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "slug"),
    [
        (date(2019, 8, 31), "overall_2015"),
        (date(2019, 9, 1), "overall"),
        (date(2024, 8, 31), "overall"),
        (date(2024, 9, 1), "judgements"),
        (date(2025, 11, 9), "judgements"),
        (date(2025, 11, 10), "report_card"),
        (date(2030, 1, 1), "report_card"),
    ],
)
def test_a_day_says_of_which_kind_an_inspection_was(day: date, slug: str) -> None:
    found = regime_on(day)
    assert found is not None
    assert found.slug == slug


def test_no_day_has_two_kinds_that_grade_a_school() -> None:
    dated = [regime for regime in REGIMES if regime.dated]
    for one in dated:
        assert [other.slug for other in dated if other.holds(one.from_on)] == [one.slug]
    assert regime_on(date(2005, 8, 31)) is None


def test_names_of_areas_and_grades_fit_their_columns() -> None:
    assert len(REGIME) == len(REGIMES)
    for regime in REGIMES:
        names = [area.name for area in regime.areas]
        assert len(regime.slug) <= 40
        assert len(names) == len(set(names))
        assert all(len(name) <= 80 for name in names)
        assert all(len(grade) <= 40 for area in regime.areas for grade in area.grades)


# -- entering ----------------------------------------------------------------------------------------


def test_each_kind_is_entered_on_its_page_and_read_by_everybody(
    make: Make, session: Session, school: School, sign_in: SignIn
) -> None:
    officer, head = make.staff(R.OFFICER, "Olive Officer"), make.member(school)
    client = sign_in(officer)
    for regime in REGIMES:
        chosen = client.post(f"/schools/{school.urn}/inspections/add", data={"regime": regime.slug})
        assert chosen.location == f"/schools/{school.urn}/inspections/add/{regime.slug}"
        given = {"area_0": regime.areas[0].grades[1], **the_day(regime.from_on)}
        for _ in range(2):  # a double click records it once
            assert client.post(chosen.location, data=given).location == f"/schools/{school.urn}#inspections"
    entries = session.scalars(select(Inspection)).all()
    assert {one.regime: one.said for one in entries} == {
        regime.slug: {regime.areas[0].name: regime.areas[0].grades[1]} for regime in REGIMES
    }
    page = sign_in(head).get(f"/schools/{school.urn}").text
    for regime in REGIMES:
        assert regime.words in page
    assert NOT_COMPARABLE in page
    assert "Entered by the council" in page
    assert "Olive Officer" not in page  # people of schools don't read who of the council entered it
    assert "Record an inspection" not in page
    assert "Olive Officer" in sign_in(officer).get(f"/schools/{school.urn}").text


def test_kinds_stand_apart_and_nothing_is_drawn_between_them(
    make: Make, session: Session, school: School, sign_in: SignIn
) -> None:
    make.inspection(school)
    grades = {"Inclusion": "Strong standard", "Achievement": "Needs attention"}
    make.inspection(school, grades, regime="report_card", inspected_on=date(2026, 2, 3))
    session.commit()
    page = sign_in(make.member(school)).get(f"/schools/{school.urn}").text
    part = page.partition('id="inspections"')[2].partition("<h2")[0]
    kinds = re.findall(r'<h3 class="govuk-heading-s">([^<]*)</h3>', part)
    assert kinds == [REGIME["report_card"].words, REGIME["overall"].words]  # the newest first
    assert NOT_COMPARABLE in part
    assert not re.search(r"<svg|[←→↑↓▲▼]|improv|declin|better|worse|rose|fell", part)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"area_0": "", "area_1": "", "area_2": ""}, "Select the grade of at least one area"),
        ({"area_0": "Strong standard"}, "Select one of the answers"),
        (the_day(date(2025, 1, 1)), "no inspections of this kind on that day"),
        ({"inspected_on-day": ""}, "must include a day"),
        (the_day(date(2023, 1, 1), "published_on"), "can’t be published before"),
    ],
)
def test_what_is_wrong_gets_a_sentence_and_keeps_what_was_typed(
    make: Make, school: School, sign_in: SignIn, changes: dict[str, str], words: str
) -> None:
    given = {"area_0": "Good", "area_1": "Outstanding", **the_day(date(2023, 3, 14)), **changes}
    path = f"/schools/{school.urn}/inspections/add/overall"
    answer = sign_in(make.staff(R.OFFICER)).post(path, data=given)
    assert answer.status_code == 422
    assert words in answer.text
    assert "area_1" in changes or '<option value="Outstanding" selected>' in answer.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"inspected_on": date(2018, 1, 1)}, "no inspection of the kind"),
        ({"regime": "report_card", "inspected_on": date(2026, 12, 1)}, "no inspection of the kind"),
        ({"published_on": date(2023, 3, 13)}, "on or after the day"),
        ({"published_on": date(2027, 1, 1)}, "on or after the day"),
        ({"grades": {}}, "at least one area"),
        ({"grades": {"Inclusion": "Good"}}, "no such area or grade"),
        ({"grades": {"Overall effectiveness": "Strong standard"}}, "no such area or grade"),
    ],
)
def test_the_operation_refuses_what_no_inspection_says(
    make: Make, school: School, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        record(school, make.staff(R.OFFICER), **changes)


def test_of_one_kind_and_day_only_one_stands(make: Make, school: School, session: Session) -> None:
    one, other = make.staff(R.OFFICER), make.staff(R.OFFICER)
    record(school, one)
    with pytest.raises(AlreadyTaken):
        record(school, one)
    with pytest.raises(Refused, match="recorded already"):
        record(school, other, grades={"Overall effectiveness": "Inadequate"})
    record(school, other, "ungraded", grades={"Outcome": "School remains Good"})
    assert len(session.scalars(select(Inspection)).all()) == 2


# -- correcting and removing -------------------------------------------------------------------------


def test_a_correction_is_another_entry_and_the_old_one_is_kept_with_the_reason(
    make: Make, session: Session, school: School, sign_in: SignIn
) -> None:
    wrong = make.inspection(school)
    session.commit()
    client = sign_in(make.staff(R.OFFICER, "Olive Officer"))
    path = f"/schools/{school.urn}/inspections/{wrong.id}/correct"
    assert '<option value="Good" selected>' in client.get(path).text
    given = {"area_0": "Requires improvement", "area_1": "", **the_day(date(2023, 3, 14))}
    assert "Enter why the entry is wrong" in client.post(path, data=given).text
    given["reason"] = "Misread the report"
    for _ in range(2):
        assert client.post(path, data=given).location == f"/schools/{school.urn}#inspections"
    old, new = session.scalars(select(Inspection).order_by(Inspection.id)).all()
    assert (old.removal_reason, old.said["Overall effectiveness"]) == ("Misread the report", "Good")
    assert (new.removed_at, new.said) == (None, {"Overall effectiveness": "Requires improvement"})
    page = client.get(f"/schools/{school.urn}").text
    assert "Misread the report" in page
    assert "Entries that were removed (1)" in page
    read = sign_in(make.member(school)).get(f"/schools/{school.urn}").text
    assert "Misread the report" not in read
    assert "Requires improvement" in read


def test_one_that_never_was_is_removed_with_a_reason(
    make: Make, session: Session, school: School, sign_in: SignIn
) -> None:
    wrong = make.inspection(school)
    session.commit()
    client = sign_in(make.staff(R.ADMINISTRATOR))
    path = f"/schools/{school.urn}/inspections/{wrong.id}/remove"
    assert client.post(path, data={"reason": " "}).status_code == 422
    for _ in range(2):
        assert client.post(path, data={"reason": "Another school’s"}).status_code == 302
    assert "No inspection is recorded." in client.get(f"/schools/{school.urn}").text
    assert client.get(f"/schools/{make.school().urn}/inspections/{wrong.id}/remove").status_code == 404


def test_two_officers_who_correct_one_entry_do_not_both_succeed(
    make: Make, session: Session, school: School
) -> None:
    wrong, one, other = make.inspection(school), make.staff(R.OFFICER), make.staff(R.OFFICER)
    bad = {"Overall effectiveness": "Inadequate"}
    record(school, one, grades=GOOD, instead_of=wrong, reason="No area was judged")
    with pytest.raises(AlreadyTaken):  # a second click
        record(school, one, grades=GOOD, instead_of=wrong, reason="No area was judged")
    with pytest.raises(Refused, match="recorded already"):
        record(school, other, grades=bad, instead_of=wrong, reason="Misread")
    with pytest.raises(Refused, match="removed or corrected"):
        record(school, other, grades=bad, instead_of=wrong, reason="Misread", inspected_on=date(2023, 3, 15))
    with pytest.raises(Refused, match="removed or corrected"):
        remove_inspection(wrong, reason="Another school’s", user=other, now=NOW)
    assert len(session.scalars(select(Inspection)).all()) == 2


def test_an_entry_is_never_changed_nor_deleted(make: Make, session: Session, school: School) -> None:
    make.inspection(school)
    session.commit()
    for sql in (
        "UPDATE inspection SET inspected_on = '2024-01-01'",
        "DELETE FROM inspection",
        "UPDATE inspection_grade SET grade = 'Outstanding'",
        "DELETE FROM inspection_grade",
    ):
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(text(sql))


# -- who -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in R if role not in EDIT])
def test_nobody_else_changes_them(make: Make, school: School, sign_in: SignIn, role: RoleName) -> None:
    user, entry = make.staff(role), make.inspection(school)
    for act in (
        lambda: record(school, user),
        lambda: remove_inspection(entry, reason="x", user=user, now=NOW),
    ):
        with pytest.raises(Refused, match="Only liaison officers and administrators"):
            act()
    assert sign_in(user).get(f"/schools/{school.urn}/inspections/add").status_code == 403


def test_nobody_changes_those_of_their_own_school(make: Make, school: School, sign_in: SignIn) -> None:
    head = make.member(school)
    make.role(head, R.OFFICER)
    make.session.commit()
    with pytest.raises(Refused, match="You belong to Larkfield or its trust"):
        record(school, head)
    assert sign_in(head).get(f"/schools/{school.urn}/inspections/add").status_code == 409


def test_an_organisation_that_is_no_school_has_none(make: Make, sign_in: SignIn) -> None:
    found = make.organisation()
    officer = make.staff(R.OFFICER)
    with pytest.raises(Refused, match="of schools alone"):
        record(found, officer, inspected_on=TODAY)
    assert "Ofsted" not in sign_in(officer).get(f"/schools/{found.urn}").text


def test_a_correction_to_the_day_of_another_entry_is_no_second_click(make: Make, school: School) -> None:
    officer = make.staff(R.OFFICER)
    record(school, officer)
    record(school, officer, inspected_on=date(2023, 3, 15))
    wrong = make.session.scalars(select(Inspection).where(Inspection.inspected_on == date(2023, 3, 15))).one()
    with pytest.raises(Refused, match="recorded already"):
        record(school, officer, instead_of=wrong, reason="The day was misread")
    assert wrong.removed_at is None
