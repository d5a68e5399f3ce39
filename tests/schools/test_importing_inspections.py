"""Ofsted's file of inspections: every row checked, all of it or nothing; sent again it changes nothing."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow.models.inspection import Inspection, InspectionSource
from fundflow.models.person import RoleName
from fundflow.models.school import School
from fundflow.schools import importing
from fundflow.schools.importing.summary import Summary
from tests.factories import NOW, Make
from tests.schools.files import DATA, needs_data
from tests.schools.successions import SignIn

pytestmark = pytest.mark.both_databases
HEADER = (
    "Web Link",
    "URN",
    "School name",
    "Inspection start date",
    "Publication date",
    "Kind of inspection",
    "Overall effectiveness",
    "Quality of education",
    "Behaviour and attitudes",
    "Early years provision (where applicable)",
    "Safeguarding is effective?",
    "Outcome",
    "Inclusion",
    "Achievement",
)
ROW = {
    "URN": "100001",
    "School name": "Larkfield",
    "Inspection start date": "14/03/2023",
    "Publication date": "02/05/2023",
    "Overall effectiveness": "2",
    "Quality of education": "3",
    "Early years provision (where applicable)": "9",
    "Safeguarding is effective?": "Yes",
}
CARD = {
    "URN": "100001",
    "Inspection start date": "2026-02-03",
    "Inclusion": "Strong standard",
    "Achievement": "needs attention",
}


def inspections_file(folder: Path, *rows: dict[str, str], header: tuple[str, ...] = HEADER) -> Path:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, header, restval="NULL")
    writer.writeheader()
    writer.writerows(rows)
    path = folder / "state-funded-schools-20261101.csv"
    path.write_text(out.getvalue(), "utf-8")
    return path


def import_file(path: Path, later: int = 0) -> Summary:
    return importing.import_file(path, now=NOW + timedelta(days=later))


def held(session: Session) -> list[tuple[Any, ...]]:
    session.expire_all()
    rows = session.scalars(select(Inspection).order_by(Inspection.id))
    return [(r.regime, r.inspected_on, r.published_on, r.said, r.removed_at is None) for r in rows]


@pytest.fixture
def larkfield(make: Make, app: Flask) -> None:
    make.school("Larkfield", urn="100001")
    make.session.commit()


@pytest.mark.usefixtures("larkfield")
def test_the_kind_is_that_of_the_day_and_grades_are_read_as_ofsted_writes_them(
    session: Session, tmp_path: Path
) -> None:
    ungraded = {
        "URN": "100001",
        "Inspection start date": "10/10/2024",
        "Kind of inspection": "Ungraded inspection, up to November 2025",
        "Outcome": "Standards maintained",
    }
    summary = import_file(inspections_file(tmp_path, ROW, CARD, ungraded))
    assert (summary.problems, summary.source, summary.added) == ((), "Ofsted inspections", 3)
    first = {
        "Overall effectiveness": "Good",
        "Quality of education": "Requires improvement",
        "Safeguarding is effective": "Yes",
    }
    card = {"Inclusion": "Strong standard", "Achievement": "Needs attention"}
    assert held(session) == [
        ("overall", date(2023, 3, 14), date(2023, 5, 2), first, True),
        ("report_card", date(2026, 2, 3), None, card, True),
        ("ungraded", date(2024, 10, 10), None, {"Outcome": "Standards maintained"}, True),
    ]
    assert {one.source for one in session.scalars(select(Inspection))} == {InspectionSource.IMPORTED}


@pytest.mark.usefixtures("larkfield")
def test_the_same_file_again_changes_nothing_also_after_an_entry_was_removed(
    session: Session, tmp_path: Path
) -> None:
    path = inspections_file(tmp_path, ROW, CARD)
    import_file(path)
    before = held(session)
    again = import_file(path, 1)
    assert (again.added, again.updated, again.unchanged, held(session)) == (0, 0, 2, before)
    wrong = session.scalars(select(Inspection).where(Inspection.regime == "overall")).one()
    wrong.removed_at, wrong.removal_reason = NOW, "Of another school"
    session.commit()
    assert import_file(path, 2).added == 0
    assert [one[-1] for one in held(session)] == [False, True]


@pytest.mark.usefixtures("larkfield")
def test_a_newer_file_replaces_what_differs_and_keeps_it(session: Session, tmp_path: Path) -> None:
    import_file(inspections_file(tmp_path, ROW, CARD))
    newer = inspections_file(tmp_path, {**ROW, "Overall effectiveness": "1"}, CARD)
    summary = import_file(newer, 1)
    assert (summary.added, summary.updated, summary.unchanged) == (0, 1, 1)
    assert [(r[0], r[3].get("Overall effectiveness"), r[4]) for r in held(session)] == [
        ("overall", "Good", False),
        ("report_card", None, True),
        ("overall", "Outstanding", True),
    ]
    old = session.scalars(select(Inspection).order_by(Inspection.id)).first()
    assert old is not None
    assert old.removal_reason == "A newer file of Ofsted says otherwise."


@pytest.mark.usefixtures("larkfield")
def test_what_staff_typed_and_the_file_says_too_stays_theirs(
    make: Make, session: Session, tmp_path: Path
) -> None:
    school = make.session.scalars(select(School)).one()
    make.inspection(
        school,
        {
            "Overall effectiveness": "Good",
            "Quality of education": "Requires improvement",
            "Safeguarding is effective": "Yes",
        },
        published_on=date(2023, 5, 2),
    )
    session.commit()
    assert import_file(inspections_file(tmp_path, ROW)).unchanged == 1
    assert [one.source for one in session.scalars(select(Inspection))] == [InspectionSource.TYPED]


@pytest.mark.usefixtures("larkfield")
def test_a_file_without_a_column_takes_no_grade_away(session: Session, tmp_path: Path) -> None:
    import_file(inspections_file(tmp_path, CARD))
    before = held(session)
    header = tuple(name for name in HEADER if name != "Achievement")
    less = {name: text for name, text in CARD.items() if name != "Achievement"}
    assert import_file(inspections_file(tmp_path, less, header=header), 1).unchanged == 1
    assert held(session) == before
    import_file(inspections_file(tmp_path, {**less, "Inclusion": "Exceptional"}, header=header), 2)
    grades = {grade.area: grade.grade for grade in standing(session).grades}
    assert sorted(grades.values()) == ["Exceptional", "Needs attention"]


def standing(session: Session) -> Inspection:
    session.expire_all()
    return session.scalars(select(Inspection).where(Inspection.removed_at.is_(None))).one()


@pytest.mark.usefixtures("larkfield")
def test_schools_not_inspected_or_not_held_are_counted_and_left_out(session: Session, tmp_path: Path) -> None:
    rows = ({"URN": "100001"}, {**ROW, "URN": "199999"}, CARD)
    summary = import_file(inspections_file(tmp_path, *rows))
    assert (summary.problems, summary.added, summary.left_out) == ((), 1, 2)
    assert len(held(session)) == 1


@pytest.mark.usefixtures("larkfield")
@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({**ROW, "URN": "12345"}, "URN is “12345”: it must be six digits."),
        ({**ROW, "Inspection start date": "31/02/2023"}, "a date like"),
        ({**ROW, "Inspection start date": "1/3/2027"}, "it must be a day that has come"),
        ({**ROW, "Inspection start date": "1/3/1999"}, "it must be from 2005 on"),
        ({**ROW, "Publication date": "13/03/2023"}, "from the inspection’s first day to today"),
        ({**ROW, "Overall effectiveness": "5"}, "it must be one of: Outstanding, Good"),
        ({**ROW, "Overall effectiveness": "Strong standard"}, "it must be one of: Outstanding, Good"),
        ({**ROW, "Inclusion": "Strong standard"}, "has no such area"),
        ({**CARD, "Overall effectiveness": "2"}, "has no such area"),
        ({**CARD, "Inclusion": "2"}, "it must be one of: Exceptional"),
        ({"URN": "100001", "Inspection start date": "14/03/2023"}, "has a grade"),
        ({**ROW, "Kind of inspection": "Mock"}, "it must be one of: Report card"),
        ({**ROW, "Kind of inspection": "report_card"}, "a day with inspections of the kind"),
        (CARD, "in an earlier row"),
        (
            {"URN": "100001", "Inspection start date": "14/03/2023", "Outcome": "Standards maintained"},
            "enter “Ungraded inspection, up to November 2025” in a column “Kind of inspection”.",
        ),
    ],
)
def test_a_wrong_row_is_named_with_its_reason_and_nothing_is_written(
    session: Session, tmp_path: Path, row: dict[str, str], sentence: str
) -> None:
    summary = import_file(inspections_file(tmp_path, CARD, row))
    problems = [str(problem) for problem in summary.problems]
    assert problems
    assert all(problem.startswith("Row 3: ") for problem in problems)
    assert any(sentence in problem for problem in problems), problems
    assert held(session) == []


@pytest.mark.usefixtures("larkfield")
def test_by_page_it_is_looked_at_first(make: Make, session: Session, sign_in: SignIn, tmp_path: Path) -> None:
    make.fund()
    client: FlaskClient = sign_in(make.staff(RoleName.ADMINISTRATOR, "Ada"))
    session.commit()
    data = inspections_file(tmp_path, ROW, CARD).read_bytes()
    answer = client.post(
        "/schools/registers/add",
        data={"file": (io.BytesIO(data), "schools.csv")},
        content_type="multipart/form-data",
    )
    page = client.get(answer.location).text
    assert "Ofsted inspections" in page
    assert "Nothing has changed yet" in page
    assert held(session) == []
    assert client.post(answer.location).location == "/schools/registers"
    assert len(held(session)) == 2
    one = session.scalars(select(Inspection)).first()
    assert one is not None
    assert one.by is not None
    assert one.by.name == "Ada"


@needs_data
@pytest.mark.usefixtures("larkfield")
def test_the_other_registers_are_not_taken_for_it() -> None:
    for name, source in (("gias-sample.csv", "GIAS"), ("dfe-pupil-premium-2019-slough.csv", "Pupil premium")):
        assert import_file(DATA / name).source.startswith(source)


@pytest.mark.usefixtures("larkfield")
def test_the_command_says_what_it_did(app: Flask, tmp_path: Path) -> None:
    path = inspections_file(tmp_path, ROW, {**ROW, "URN": "199999"})
    answer = app.test_cli_runner().invoke(args=["schools", "import", str(path)])
    assert answer.exit_code == 0
    for line in ("Ofsted inspections: imported.", "Left out, not inspected or unknown schools"):
        assert line in answer.output
