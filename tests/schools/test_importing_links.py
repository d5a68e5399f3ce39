"""GIAS's links file: read with the same care as the others."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fundflow.models.area import SchoolLink
from fundflow.models.school import School
from fundflow.rules.school_queries import school_by_urn
from fundflow.schools import importing
from fundflow.schools.importing import import_file
from fundflow.schools.importing.summary import Summary
from tests.factories import NOW, Make
from tests.schools.files import GIAS_HEADER, GRID, gias_file, school

HEADER = ("LinkType", "URN", "LinkName", "LinkURN", "LinkEstablishedDate")  # not in GIAS's order
LINK = {
    "URN": "100001",
    "LinkURN": "150001",
    "LinkName": "Larkfield Academy",
    "LinkType": "Successor",
    "LinkEstablishedDate": "01-09-2026",
}


def link(**changes: str) -> dict[str, str]:
    return {**LINK, **changes}


def links_file(
    folder: Path, *rows: dict[str, str], encoding: str = "cp1252", header: tuple[str, ...] = HEADER
) -> Path:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([row[name] for name in header] for row in rows)
    path = folder / "links_edubasealldata20261101.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def import_links(path: Path) -> Summary:
    return importing.import_links(path, now=NOW)


def held(session: Session) -> list[tuple[Any, ...]]:
    session.expire_all()
    rows = session.scalars(
        select(SchoolLink).join(School).order_by(SchoolLink.link_urn, School.urn, SchoolLink.link_type)
    )
    return [(r.school.urn, r.link_urn, r.link_name, r.link_type, r.established_on) for r in rows]


def counts(summary: Summary) -> tuple[int, ...]:
    return (summary.added, summary.updated, summary.unchanged, summary.removed, summary.left_out)


@pytest.fixture(autouse=True)
def larkfield(make: Make) -> None:
    make.school("Larkfield", urn="100001")


def test_a_link_is_kept_with_its_school(session: Session, tmp_path: Path) -> None:
    summary = import_links(links_file(tmp_path, link()))
    assert (summary.source, counts(summary)) == ("GIAS links", (1, 0, 0, 0, 0))
    assert held(session) == [("100001", "150001", "Larkfield Academy", "Successor", date(2026, 9, 1))]


def test_links_of_schools_we_do_not_hold_are_counted_and_left_out(session: Session, tmp_path: Path) -> None:
    summary = import_links(links_file(tmp_path, link(), link(URN="999999"), link(URN="100000")))
    assert counts(summary) == (1, 0, 0, 0, 2)
    assert len(held(session)) == 1


def test_the_same_file_twice_changes_nothing(session: Session, tmp_path: Path) -> None:
    path = links_file(tmp_path, link(), link(LinkURN="150002", LinkType="Successor - Split School"))
    import_links(path)
    before = held(session)
    assert counts(import_links(path)) == (0, 0, 2, 0, 0)
    assert held(session) == before


def test_a_newer_file_changes_adds_and_removes_links_of_the_schools_it_names(
    session: Session, make: Make, tmp_path: Path
) -> None:
    make.school("Oakfield", urn="100002")
    import_links(links_file(tmp_path, link(), link(LinkURN="150002"), link(URN="100002")))
    newer = links_file(tmp_path, link(LinkName="Larkfield Free School"), link(LinkURN="150003"))
    assert counts(import_links(newer)) == (1, 1, 0, 1, 0)
    assert [(urn, to, name) for urn, to, name, *_ in held(session)] == [
        ("100001", "150001", "Larkfield Free School"),
        ("100002", "150001", "Larkfield Academy"),
        ("100001", "150003", "Larkfield Academy"),
    ]


def test_a_link_said_twice_is_one_link_with_the_later_date(session: Session, tmp_path: Path) -> None:
    path = links_file(tmp_path, link(LinkEstablishedDate="01-09-2020"), link(), link(LinkEstablishedDate=""))
    assert counts(import_links(path)) == (1, 0, 0, 0, 0)
    assert held(session)[0][-1] == date(2026, 9, 1)


def test_names_in_windows_1252_arrive_whole(session: Session, tmp_path: Path) -> None:
    import_links(links_file(tmp_path, link(LinkName="St Thomas à Becket’s")))
    assert held(session)[0][2] == "St Thomas à Becket’s"


def test_a_byte_that_can_not_be_read_is_named(session: Session, tmp_path: Path) -> None:
    path = links_file(tmp_path, link(), link(LinkURN="150002", LinkName="To?wn’s"))
    path.write_bytes(path.read_bytes().replace(b"To?wn", b"To\x81wn"))
    assert [str(p) for p in import_links(path).problems] == [
        "Row 3: LinkName contains a character that can’t be read."
    ]


BROKEN = [
    ({"URN": "12"}, "URN is “12”: it must be six digits."),
    ({"LinkURN": ""}, "LinkURN is empty: it must be six digits."),
    ({"LinkURN": "O00001"}, "LinkURN is “O00001”: it must be six digits."),
    ({"LinkType": " "}, "LinkType is empty: it must be filled in."),
    ({"LinkType": "x" * 81}, f"LinkType is “{'x' * 40}…”: it must be no longer than 80 characters."),
    ({"LinkName": "x" * 201}, f"LinkName is “{'x' * 40}…”: it must be no longer than 200 characters."),
    (
        {"LinkEstablishedDate": "2026-09-31"},
        "LinkEstablishedDate is “2026-09-31”: it must be a date like 31-08-2024.",
    ),
]


@pytest.mark.parametrize(("fault", "sentence"), BROKEN)
def test_a_broken_row_is_named_and_nothing_changes(
    session: Session, tmp_path: Path, fault: dict[str, str], sentence: str
) -> None:
    summary = import_links(links_file(tmp_path, link(), link(**fault)))
    assert [str(problem) for problem in summary.problems] == [f"Row 3: {sentence}"]
    assert session.scalar(select(func.count()).select_from(SchoolLink)) == 0


def test_another_file_is_refused(session: Session, tmp_path: Path) -> None:
    (problem,) = import_links(gias_file(tmp_path, school())).problems
    assert str(problem).startswith("This is not GIAS’s links file")
    path = links_file(tmp_path, link(), header=("URN", "LinkURN", "LinkName"))
    (problem,) = import_links(path).problems
    assert str(problem).startswith("The file lacks the column “LinkType”.")
    assert import_links(tmp_path / "none.csv").is_rejected


@pytest.mark.both_databases
def test_the_command_says_what_it_did(app: Flask, session: Session, tmp_path: Path) -> None:
    path = links_file(tmp_path, link(), link(URN="999999"))
    result = app.test_cli_runner().invoke(args=["schools", "import-links", str(path)])
    assert result.exit_code == 0
    assert "GIAS links: imported." in result.output
    assert "Added                             1" in result.output
    assert "Left out, unknown schools         1" in result.output


def test_the_command_fails_on_a_rejected_file(app: Flask, session: Session, tmp_path: Path) -> None:
    path = links_file(tmp_path, link(URN="x"))
    result = app.test_cli_runner().invoke(args=["schools", "import-links", str(path)])
    assert result.exit_code == 1
    assert "Row 2: URN is “x”: it must be six digits." in result.output


class TestTheGrid:
    """Where a school lies stands in the establishments file, if it was exported with it."""

    def place(self, session: Session, folder: Path, now: Any, east: str, north: str) -> Any:
        row = school(name="Larkfield Infant School") | {"easting": east, "northing": north}
        path = gias_file(folder, row, header=GIAS_HEADER | GRID)
        summary = import_file(path, now=now)
        session.expire_all()
        found = school_by_urn("100001")
        assert found is not None
        return (found.easting, found.northing), summary

    def test_is_read_where_the_file_has_it(self, session: Session, tmp_path: Path, now: Any) -> None:
        place, summary = self.place(session, tmp_path, now, "497600", "180100")
        assert (place, summary.updated) == ((497_600, 180_100), 1)
        assert self.place(session, tmp_path, now, "497600", "180100")[1].unchanged == 1

    def test_stays_where_a_file_lacks_it(self, session: Session, tmp_path: Path, now: Any) -> None:
        self.place(session, tmp_path, now, "497600", "180100")
        summary = import_file(gias_file(tmp_path, school(name="Larkfield Infant School")), now=now)
        assert summary.unchanged == 1

    def test_a_nought_is_a_place_that_is_not_known(self, session: Session, tmp_path: Path, now: Any) -> None:
        assert self.place(session, tmp_path, now, "0", "")[0] == (None, None)

    def test_anything_else_is_refused(self, session: Session, tmp_path: Path, now: Any) -> None:
        summary = self.place(session, tmp_path, now, "4976OO", "-1")[1]
        assert [str(problem) for problem in summary.problems] == [
            "Row 2: Easting is “4976OO”: it must be a whole number from 0 to 1,300,000.",
            "Row 2: Northing is “-1”: it must be a whole number from 0 to 1,300,000.",
        ]
