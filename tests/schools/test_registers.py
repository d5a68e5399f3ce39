"""Files of public data by page: looked at first, imported once confirmed; how old they are."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fundflow.files.store import files
from fundflow.models.area import SchoolLink
from fundflow.models.history import HistoryEntry
from fundflow.models.person import RoleName, User
from fundflow.models.register import Register, RegisterFile
from fundflow.models.school import PupilPremium, School
from fundflow.rules.school_queries import school_by_urn
from fundflow.schools import importing
from fundflow.schools.operations import registers as operations
from fundflow.steps import AlreadyTaken
from fundflow.web.uploads import A_FILE
from fundflow.workflow.engine import Refused
from tests.factories import NOW, TODAY, Make
from tests.files.kept import upload
from tests.schools.files import allocation, gias_file, premium_file, school
from tests.schools.successions import SignIn

pytestmark = pytest.mark.both_databases
NAME = "edubasealldata20261101.csv"


@pytest.fixture
def administrator(make: Make) -> User:
    make.fund()
    return make.staff(RoleName.ADMINISTRATOR)


@pytest.fixture
def client(administrator: User, session: Session, sign_in: SignIn) -> FlaskClient:
    found = sign_in(administrator)
    session.commit()  # before a file is read, the transaction so far is ended
    return found


def sent(client: FlaskClient, data: bytes, name: str = NAME, **answers: str) -> Any:
    upload = {"file": (io.BytesIO(data), name), **answers}
    return client.post("/schools/registers/add", data=upload, content_type="multipart/form-data")


def schools_of(folder: Path) -> tuple[bytes, str]:
    return gias_file(folder, school(), school(urn="100002", status="2")).read_bytes(), NAME


def links_of(folder: Path) -> tuple[bytes, str]:
    text = "URN;LinkURN;LinkName;LinkType;LinkEstablishedDate\n100001;100002;Lark;Successor;31/08/2026\n"
    return text.encode("utf-16"), "links_edubasealldata20261101.csv"


def premiums_of(folder: Path) -> tuple[bytes, str]:
    return premium_file(folder, allocation()).read_bytes(), "pupil-premium-2026.csv"


KINDS: dict[str, tuple[Callable[[Path], tuple[bytes, str]], Any, int, str]] = {
    "schools": (schools_of, School, 2, "GIAS schools"),
    "links": (links_of, SchoolLink, 1, "GIAS links"),
    "premium": (premiums_of, PupilPremium, 1, "Pupil premium 2026–27"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_looked_at_and_changes_nothing_until_it_is_confirmed(
    client: FlaskClient, make: Make, session: Session, tmp_path: Path, kind: str
) -> None:
    write, table, added, words = KINDS[kind]
    if kind != "schools":
        make.school("Larkfield", urn="100001")
        session.commit()
    before = session.scalar(select(func.count()).select_from(table))
    answer = sent(client, *write(tmp_path))
    assert answer.status_code == 302
    page = client.get(answer.location).text
    assert f'<h1 class="govuk-heading-l">{words}</h1>' in page
    assert "Nothing has changed yet" in page
    assert session.scalar(select(func.count()).select_from(table)) == before
    assert client.post(answer.location).location == "/schools/registers"
    assert session.scalar(select(func.count()).select_from(table)) == (before or 0) + added
    list_ = client.get("/schools/registers").text
    assert f"<strong>{words}</strong>" in list_
    file = session.scalars(select(RegisterFile)).one()
    assert (file.register, file.store_key) == (Register(kind), "")
    assert "Imported on" in client.get(answer.location).text
    assert client.post(answer.location).status_code == 302  # a second click is answered like the first
    assert session.scalar(select(func.count()).where(HistoryEntry.process == "register")) == 1


def test_a_file_with_wrong_rows_is_refused_by_row_and_column(
    client: FlaskClient, session: Session, tmp_path: Path
) -> None:
    answer = sent(client, gias_file(tmp_path, school(), school(urn="x", pupils="many")).read_bytes())
    assert answer.status_code == 409
    assert "Row 3: URN is “x”: it must be six digits." in answer.text
    assert "Nothing was changed" in answer.text
    assert session.scalar(select(func.count()).select_from(RegisterFile)) == 0


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"name,colour\nRose,red\n", "This is not a GIAS"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "This isn’t a CSV file"),
        (b" ", "The file is empty"),
        (b"PK\x03\x04broken", "This isn’t a CSV file"),
    ],
)
def test_another_file_is_refused_in_a_sentence(client: FlaskClient, data: bytes, sentence: str) -> None:
    answer = sent(client, data)
    assert (answer.status_code, sentence in answer.text) == (409, True)


def test_a_request_larger_than_the_packed_gias_is_told_to_pack_it(client: FlaskClient) -> None:
    answer = upload(client, "/schools/registers/add", NAME, b" " * (2 * A_FILE + 1))
    assert answer.status_code == 413
    assert "send it packed (.zip), as GIAS gives it." in answer.text


def test_a_file_must_be_chosen(client: FlaskClient) -> None:
    answer = client.post("/schools/registers/add", data={}, content_type="multipart/form-data")
    assert (answer.status_code, "Choose a file" in answer.text) == (422, True)


def test_what_a_file_does_not_say_is_asked(client: FlaskClient, session: Session, tmp_path: Path) -> None:
    premium = premium_file(tmp_path, allocation()).read_bytes()
    assert "doesn’t say which financial year" in sent(client, premium, "allocations.csv").text
    sent(client, premium, "allocations.csv", year="2025")
    day = {"file_on-day": "3", "file_on-month": "11", "file_on-year": "2026"}
    sent(client, gias_file(tmp_path, school()).read_bytes(), "results.csv", **day)
    found = session.scalars(select(RegisterFile).order_by(RegisterFile.id)).all()
    assert [(f.year, f.file_on and f.file_on.day) for f in found] == [(2025, None), (None, 3)]


def test_schools_of_ours_that_a_file_leaves_out_are_named(
    client: FlaskClient, make: Make, session: Session, tmp_path: Path
) -> None:
    make.school("Stale School", urn="100009")
    make.school("Elsewhere", urn="100008", la_code="111")
    make.organisation("The Virtual School")
    session.commit()
    where = sent(client, *schools_of(tmp_path)).location
    page = client.get(where).text
    assert "1 of our schools is not in this file" in page
    assert "Stale School" in page
    assert "Elsewhere" not in page
    client.post(where)
    assert "Stale School" in client.get("/schools/registers").text


def test_an_older_file_says_so_and_an_old_one_is_marked(
    client: FlaskClient, session: Session, tmp_path: Path
) -> None:
    data, _ = schools_of(tmp_path)
    client.post(sent(client, data, "edubasealldata20261101.csv").location)
    page = client.get(sent(client, data, "edubasealldata20261031.csv").location).text
    assert "A newer file was imported on" in page
    newest = session.scalars(select(RegisterFile).where(RegisterFile.imported_at.is_not(None))).one()
    assert not newest.is_old_on(newest.file_on + timedelta(days=92))  # type: ignore[operator]
    assert newest.is_old_on(newest.file_on + timedelta(days=93))  # type: ignore[operator]


def test_columns_the_file_lacks_are_named(client: FlaskClient, tmp_path: Path) -> None:
    page = client.get(sent(client, *schools_of(tmp_path)).location).text
    assert "2 columns are not in this file" in page
    assert "Easting" in page


def test_a_file_that_waited_too_long_is_chosen_again(
    administrator: User, session: Session, tmp_path: Path
) -> None:
    session.commit()
    data, name = schools_of(tmp_path)
    file = operations.look_at(data, name, file_on=None, year=None, user=administrator, now=NOW)
    with pytest.raises(Refused, match="Choose it again"):
        operations.import_looked_at(file, user=administrator, now=NOW + timedelta(days=1))
    operations.import_looked_at(file, user=administrator, now=NOW)
    with pytest.raises(AlreadyTaken):
        operations.import_looked_at(file, user=administrator, now=NOW)
    assert school_by_urn("100002")


def test_only_administrators_import(make: Make, session: Session, tmp_path: Path) -> None:
    officer = make.staff(RoleName.OFFICER)
    session.commit()
    with pytest.raises(Refused, match="Only administrators"):
        operations.look_at(*schools_of(tmp_path), file_on=None, year=None, user=officer, now=NOW)


def test_the_command_line_leaves_a_record_too(session: Session, tmp_path: Path) -> None:
    importing.import_file(gias_file(tmp_path, school()), now=NOW)
    file = session.scalars(select(RegisterFile)).one()
    assert (file.words, file.looked_at_by) == ("GIAS schools", None)
    assert file.file_on == TODAY.replace(month=11, day=1)
    assert file.counts["added"] == 1


def test_nothing_is_left_in_the_store_of_a_file_that_is_refused(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted: list[str] = []
    monkeypatch.setattr(type(files()), "delete", lambda _self, key: deleted.append(key))
    monkeypatch.setattr(operations, "trial", lambda _reading: (_ for _ in ()).throw(Refused("Not now.")))
    assert sent(client, *schools_of(tmp_path)).status_code == 409
    assert deleted
