from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow.models.school import PupilPremium, School
from tests.schools.files import allocation, gias_file, premium_file, school


def run(app: Flask, *args: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["schools", "import", *args])
    return result.exit_code, result.output


def test_the_command_says_what_it_did(app: Flask, session: Session, tmp_path: Path) -> None:
    path = gias_file(tmp_path, school(), school(urn="150000", la_code="0"))
    code, output = run(app, str(path))
    assert code == 0
    assert "GIAS establishments: imported." in output
    for line in (
        "Added                             1",
        "Updated                           0",
        "  of them newly closed            0",
        "Unchanged                         0",
        "Left out, outside England         1",
    ):
        assert line in output
    assert session.scalar(select(School.urn)) == "100001"


def test_the_command_fails_and_numbers_the_rows_of_a_rejected_file(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    code, output = run(app, str(gias_file(tmp_path, school(), school(urn="12"))))
    assert code == 1
    assert "GIAS establishments: rejected. Nothing was changed." in output
    assert "Row 3: URN is “12”: it must be six digits." in output
    assert session.scalar(select(School.urn)) is None


def test_a_thousand_errors_are_counted_rather_than_listed(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    rows = [school(urn=str(number)) for number in range(1000)]
    code, output = run(app, str(gias_file(tmp_path, *rows)))
    assert code == 1
    assert "… and 950 more." in output


def test_the_year_can_be_given(app: Flask, session: Session, tmp_path: Path) -> None:
    path = premium_file(tmp_path, allocation(), name="allocations.csv")
    code, output = run(app, str(path))
    assert code == 1
    assert "--year" in output
    code, output = run(app, str(path), "--year", "2024")
    assert code == 0
    assert session.scalar(select(PupilPremium.year)) == 2024


def test_a_file_that_is_not_there_is_a_sentence(app: Flask, tmp_path: Path) -> None:
    code, output = run(app, str(tmp_path / "none.csv"))
    assert code == 1
    assert "There is no file" in output
