"""A file with anything wrong in it changes nothing, and says where and what."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fundflow.models.school import PupilPremium, School, Trust
from fundflow.schools.importing import gias, import_file
from tests.schools.files import allocation, gias_file, premium_file, school

BAD_SCHOOLS = [
    ({"urn": "12345"}, "URN is “12345”: it must be six digits."),
    ({"urn": "1000019"}, "URN is “1000019”: it must be six digits."),
    ({"urn": ""}, "URN is empty: it must be six digits."),
    ({"urn": "१०००००"}, "URN is “१०००००”: it must be six digits."),
    ({"ukprn": "20012345"}, "UKPRN is “20012345”: it must be eight digits, the first a 1."),
    ({"ukprn": "1001234"}, "UKPRN is “1001234”: it must be eight digits, the first a 1."),
    ({"la_code": ""}, "LA (code) is empty: it must be a code of up to three digits."),
    ({"la_code": "E09"}, "LA (code) is “E09”: it must be a code of up to three digits."),
    ({"number": "20010"}, "EstablishmentNumber is “20010”: it must be up to four digits."),
    ({"name": "  "}, "EstablishmentName is empty: it must be filled in."),
    ({"name": "x" * 201}, f"EstablishmentName is “{'x' * 40}…”: it must be no longer than 200 characters."),
    ({"type_code": ""}, "TypeOfEstablishment (code) is empty: it must be a number from 1 to 99."),
    ({"type_code": "999"}, "TypeOfEstablishment (code) is “999”: it must be a number from 1 to 99."),
    ({"type_name": ""}, "TypeOfEstablishment (name) is empty: it must be filled in."),
    ({"status": "5"}, "EstablishmentStatus (code) is “5”: it must be 1, 2, 3 or 4."),
    ({"status": "Open"}, "EstablishmentStatus (code) is “Open”: it must be 1, 2, 3 or 4."),
    ({"phase": "8"}, "PhaseOfEducation (code) is “8”: it must be a number from 0 to 7."),
    ({"phase": "-1"}, "PhaseOfEducation (code) is “-1”: it must be a number from 0 to 7."),
    ({"pupils": "many"}, "NumberOfPupils is “many”: it must be a number from 0 to 99,999."),
    ({"pupils": "-3"}, "NumberOfPupils is “-3”: it must be a number from 0 to 99,999."),
    ({"pupils": "1e9"}, "NumberOfPupils is “1e9”: it must be a number from 0 to 99,999."),
    ({"pupils": "many"}, "NumberOfPupils is “many”: it must be a number from 0 to 99,999."),
    ({"capacity": "10.5"}, "SchoolCapacity is “10.5”: it must be a whole number from 0 to 99,999."),
    (
        {"capacity": "99999999999999999999"},
        "SchoolCapacity is “99999999999999999999”: it must be a whole number from 0 to 99,999.",
    ),
    ({"fsm": "100.1"}, "PercentageFSM is “100.1”: it must be a number from 0 to 100."),
    ({"fsm": "18,1"}, "PercentageFSM is “18,1”: it must be a number from 0 to 100."),
    ({"opened": "1975-09-31"}, "OpenDate is “1975-09-31”: it must be a date like 31-08-2024."),
    ({"opened": "09/31/1975"}, "OpenDate is “09/31/1975”: it must be a date like 31-08-2024."),
    ({"opened": "31/08/92"}, "OpenDate is “31/08/92”: it must be a date like 31-08-2024."),
    ({"pupils": "522,5"}, "NumberOfPupils is “522,5”: it must be a number from 0 to 99,999."),
    ({"urn": "1.00001E+05"}, "URN is “1.00001E+05”: it must be six digits."),
    ({"number": "3614.5"}, "EstablishmentNumber is “3614.5”: it must be up to four digits."),
    ({"opened": "31-02-2020"}, "OpenDate is “31-02-2020”: it must be a date like 31-08-2024."),
    ({"closed": "soon"}, "CloseDate is “soon”: it must be a date like 31-08-2024."),
    ({"closed": "01-01-0000"}, "CloseDate is “01-01-0000”: it must be a date like 31-08-2024."),
    (
        {"postcode": "BR1 2AB and more"},
        "Postcode is “BR1 2AB and more”: it must be no longer than 10 characters.",
    ),
    ({"trust_code": "77"}, "Trusts (name) is empty: it must be filled in."),
    ({"telephone": "0" * 31}, f"TelephoneNum is “{'0' * 31}”: it must be no longer than 30 characters."),
]
BAD_ALLOCATIONS = [
    ({"urn": "ABC"}, "URN is “ABC”: it must be six digits."),
    ({"laestab": "8992002"}, "LAEstab is “8992002”: it must be the LA’s code and Estab together, 8992001."),
    ({"pupils": ""}, "Number of pupils on roll is empty: it must be a number from 0 to 99,999."),
    ({"pupils": "x"}, "Number of pupils on roll is “x”: it must be a number from 0 to 99,999."),
    (
        {"eligible": "-1"},
        "Total number of pupils eligible for the Deprivation Pupil Premium is “-1”: "
        "it must be a number from 0 to 99,999.",
    ),
    (
        {"allocation": "£47,52"},
        "Total allocation for the Deprivation Pupil Premium is “£47,52”: it "
        "must be a whole number from 0 to 100,000,000.",
    ),
    (
        {"allocation": "999999999"},
        "Total allocation for the Deprivation Pupil Premium is "
        "“999999999”: it must be a whole number from 0 to 100,000,000.",
    ),
    ({"type_name": ""}, "School Type is empty: it must be filled in."),
    ({"name": ""}, "School Name is empty: it must be filled in."),
    ({"number": ""}, "Estab is empty: it must be up to four digits."),
    ({"la_code": "8711"}, "LA is “8711”: it must be a code of up to three digits."),
]


def rows_held(session: Session) -> list[int]:
    return [session.scalar(select(func.count()).select_from(t)) or 0 for t in (School, Trust, PupilPremium)]


@pytest.mark.parametrize(("fault", "sentence"), BAD_SCHOOLS)
def test_a_gias_file_with_a_broken_row_changes_nothing_and_names_the_row(
    session: Session, tmp_path: Path, now: datetime, fault: dict[str, str], sentence: str
) -> None:
    good = school(urn="100002", type_code="34", trust_code="5", trust_name="Fen Trust")
    path = gias_file(tmp_path, good, school(**fault), school(urn="100003"), encoding="utf-8")
    summary = import_file(path, now=now)
    assert [str(problem) for problem in summary.problems] == [f"Row 3: {sentence}"]
    assert (summary.is_rejected, summary.added, summary.left_out) == (True, 0, 0)
    assert rows_held(session) == [0, 0, 0]


@pytest.mark.parametrize(("fault", "sentence"), BAD_ALLOCATIONS)
def test_a_premium_file_with_a_broken_row_changes_nothing_and_names_the_row(
    session: Session, tmp_path: Path, now: datetime, fault: dict[str, str], sentence: str
) -> None:
    path = premium_file(tmp_path, allocation(urn="100002"), {**allocation(), **fault})
    summary = import_file(path, now=now)
    assert f"Row 3: {sentence}" in [str(problem) for problem in summary.problems]
    assert {problem.row for problem in summary.problems} == {3}
    assert rows_held(session) == [0, 0, 0]


def test_every_broken_row_is_named_at_once(session: Session, tmp_path: Path, now: datetime) -> None:
    rows = [school(urn="1", status="9"), school(), school(urn="100002", phase="x")]
    summary = import_file(gias_file(tmp_path, *rows), now=now)
    assert [problem.row for problem in summary.problems] == [2, 4]


def test_a_urn_twice_in_a_file_is_refused(session: Session, tmp_path: Path, now: datetime) -> None:
    path = gias_file(tmp_path, school(), school(urn="100002"), school(name="Again"))
    (problem,) = import_file(path, now=now).problems
    assert str(problem) == "Row 4: URN 100001 is in row 2 already."


@pytest.mark.parametrize("cells", [["100009", "too", "few"], ["100009"] * 60])
def test_a_row_with_another_number_of_columns_is_refused(
    session: Session, tmp_path: Path, now: datetime, cells: list[str]
) -> None:
    path = gias_file(tmp_path, school())
    path.write_text(path.read_text() + ",".join(cells) + "\n")
    (problem,) = import_file(path, now=now).problems
    assert str(problem) == f"Row 3: it has {len(cells)} columns, the header has 23."


def test_a_byte_that_is_no_windows_1252_names_its_row_and_column(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    path = gias_file(tmp_path, school(), school(urn="100002", town="To?wn"))
    path.write_bytes(path.read_bytes().replace(b"To?wn", b"To\x81wn"))
    (problem,) = import_file(path, now=now).problems
    assert str(problem) == "Row 3: Town contains a character that can’t be read."


def test_a_byte_that_is_no_utf_8_names_its_row_and_column(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    path = premium_file(tmp_path, allocation(name="Zoë’s Café"), allocation(urn="100002", name="Caf?"))
    path.write_bytes(path.read_bytes().replace(b"Caf?", b"Caf\xe9"))
    (problem,) = import_file(path, now=now).problems
    assert str(problem) == "Row 3: School Name contains a character that can’t be read."


def test_a_quotation_mark_that_never_closes_is_named(session: Session, tmp_path: Path, now: datetime) -> None:
    path = gias_file(tmp_path, school(), school(urn="100002", name="Open?"), school(urn="100003"))
    path.write_text(path.read_text().replace("Open?", '"Open'))
    problems = import_file(path, now=now).problems
    assert str(problems[-1]) == ("Row 3: its quotation marks don’t match. Nothing after it could be read.")


def test_a_quotation_mark_in_the_first_row_is_named_too(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    path = gias_file(tmp_path, school(name="Open?"))
    path.write_text(path.read_text().replace("Open?", '"Open'))
    assert import_file(path, now=now).problems[0].row == 2


def test_lines_within_a_quoted_name_do_not_shift_the_numbering_of_rows(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    path = gias_file(tmp_path, school(name="Two\nlines"), school(urn="x"))
    assert [problem.row for problem in import_file(path, now=now).problems] == [3]


def test_empty_lines_are_no_rows(session: Session, tmp_path: Path, now: datetime) -> None:
    path = gias_file(tmp_path, school())
    path.write_text(path.read_text() + "\n\n" + "," * 22 + "\n")
    assert import_file(path, now=now).added == 1


def write(data: bytes) -> Callable[[Path], Path]:
    def to(folder: Path) -> Path:
        path = folder / "file.csv"
        path.write_bytes(data)
        return path

    return to


HEADER = ",".join(f'"{name}"' for name in gias.COLUMNS.values())
WRONG_FILES = {
    "empty": (write(b""), "The file is empty."),
    "blank": (write(b"\r\n \r\n"), "The file is empty."),
    "header only": (write(HEADER.encode()), "The file has a header but no rows."),
    "header and blank lines": (write(f"{HEADER}\n\n\n".encode()), "The file has a header but no rows."),
    "header and empty cells": (
        write(f"{HEADER}\n{',' * 21}\n".encode()),
        "The file has a header but no rows.",
    ),
    "nameless header": (write(b",,,\n1,2,3,4\n"), "The first line of the file names no columns."),
    "binary": (write(b"PK\x03\x04\x00\x00\x00rest of a spreadsheet"), "This isn’t a CSV file."),
    "half of utf-16": (write("URN,EstablishmentName\n1,2\n".encode("utf-16")[:-1]), "This isn’t a CSV file."),
    "a picture": (write(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "This isn’t a CSV file."),
    "another table": (write(b"name,colour\nRose,red\n"), "This is not a GIAS"),
    "the links file of GIAS": (
        write(b"URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n100001,100002,X,Successor,01-09-2020\n"),
        "This is not a GIAS",
    ),
    "prose": (write(b"Dear colleague,\nthe file is attached.\n"), "This is not a GIAS"),
    "a web page": (
        write(b"<!DOCTYPE html><html><body>Error</body></html>"),
        "The file has a header but no rows.",
    ),
    "one column missing": (
        write(b"URN,LAEstab\n100001,8992001\n"),
        "The file lacks the columns “LA”, “Local Authority”, “Estab”, “School Name”",
    ),
    "most columns missing": (
        write(HEADER.replace('"URN",', "").encode() + b"\n" + b"1," * 20 + b"1\n"),
        "The file lacks the column “URN”.",
    ),
    "a column twice": (
        write(f"{HEADER},URN\n{'1,' * 22}1\n".encode()),
        "The file has the column “URN” more than once.",
    ),
    "a folder": (lambda folder: folder, "There is no file"),
    "nothing there": (lambda folder: folder / "nothing.csv", "There is no file"),
    "what the system will not look at": (lambda folder: folder / ("x" * 300), "The file can’t be read: "),
}


@pytest.mark.parametrize("kind", WRONG_FILES)
def test_a_wrong_file_gets_a_clear_sentence(
    session: Session, tmp_path: Path, now: datetime, kind: str
) -> None:
    made, sentence = WRONG_FILES[kind]
    (problem,) = import_file(made(tmp_path), now=now).problems
    assert problem.row is None
    assert str(problem).startswith(sentence)
    assert rows_held(session) == [0, 0, 0]


def test_a_refused_file_leaves_what_was_there(session: Session, tmp_path: Path, now: datetime) -> None:
    import_file(gias_file(tmp_path, school()), now=now)
    import_file(gias_file(tmp_path, school(name="New name"), school(urn="bad")), now=now)
    session.expire_all()
    assert session.scalar(select(School.name)) == "Larkfield Infant School"
