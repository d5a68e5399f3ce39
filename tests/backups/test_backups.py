"""A backup is put back elsewhere as it was taken; one that is damaged, or would overwrite, is refused."""

import json
import random
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from fundflow.backups import archive, databases, operations
from fundflow.chain.sealing import begin_and_seal
from fundflow.extensions import db
from fundflow.files.named import NAMING
from fundflow.workflow.engine import Refused
from tests.backups.conftest import Elsewhere, store_of
from tests.factories import NOW


def run(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def everything(app: Flask) -> dict[str, list[Any]]:
    """The rows of every table, and the bytes of every file by their key."""
    with app.app_context(), db.engine.connect() as connection:
        rows = {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in db.metadata.sorted_tables
        }
        rows["alembic_version"] = [*connection.scalars(text("SELECT version_num FROM alembic_version"))]
    folder = Path(app.config["DATA"]) / "files"
    files = [
        (str(path.relative_to(folder)), path.read_bytes()) for path in folder.rglob("*") if path.is_file()
    ]
    return {**rows, "files": sorted(files)}


@pytest.fixture
def taken(council: Flask, tmp_path: Path) -> Path:
    path = tmp_path / "backup.tar"
    with council.app_context():
        assert operations.back_up(path).wrong == []
    return path


def refused(app: Flask, path: Path) -> str:
    """Why this can't be put back; nothing was written for it."""
    code, said = run(app, "restore", str(path))
    assert code == 1
    assert said.startswith("Error: "), said
    with app.app_context():
        assert databases.why_not_empty() is None
    assert [*store_of(app).keys()] == []
    return said


@pytest.mark.both_databases
def test_what_was_taken_is_put_back_elsewhere(council: Flask, elsewhere: Elsewhere, tmp_path: Path) -> None:
    there, path = elsewhere(), tmp_path / "backup.tar"
    code, said = run(council, "backup", str(path))
    assert (code, said) == (0, f"{path} holds the database at revision {newest(council)} and 1 file.\n")
    assert path.stat().st_mode & 0o077 == 0  # names of people are in it
    code, said = run(there, "restore", str(path))
    assert code == 0, said
    assert "Every file is what was stored, and “fundflow check --chain” finds nothing wrong." in said
    assert everything(there) == everything(council)
    assert len(everything(there)["bid"]) == 3
    assert [*tmp_path.glob("*.part"), *tmp_path.glob(".backup*"), *tmp_path.glob("*/.restore*")] == []
    code, said = run(there, "restore", str(path))
    assert code == 1
    assert "is not empty" in said


def newest(app: Flask) -> str:
    from fundflow.migrating.before import known_revisions

    with app.app_context():
        return known_revisions(app)[0]


@pytest.mark.one_database
def test_what_was_wrong_before_the_backup_is_said_when_it_is_put_back(
    council: Flask, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    path = tmp_path / "backup.tar"
    with council.app_context():
        begin_and_seal(NOW)
        triggers = db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
        for name in triggers:
            db.session.execute(text(f"DROP TRIGGER {name}"))
        db.session.execute(text("UPDATE role_grant SET role = 'administrator'"))
        db.session.commit()
        operations.back_up(path)
    code, said = run(elsewhere(), "restore", str(path))
    assert code == 1
    assert "is not what was written" in said
    assert "The backup was put back, but not everything in it is right." in said


@pytest.mark.both_databases
def test_a_trigger_that_keeps_evidence_is_put_back_too(
    council: Flask, elsewhere: Elsewhere, taken: Path
) -> None:
    there = elsewhere()
    assert run(there, "restore", str(taken))[0] == 0
    with there.app_context(), pytest.raises(DBAPIError, match="ledger"):
        db.session.execute(text("DELETE FROM ledger_entry"))


@pytest.mark.one_database
@pytest.mark.thorough
def test_a_byte_that_changed_is_found_wherever_it_is(elsewhere: Elsewhere, taken: Path) -> None:
    there, whole, dice = elsewhere(), taken.read_bytes(), random.Random(19)
    with tarfile.open(taken) as tar:
        starts = [member.offset_data for member in tar]
    for at in [*starts, *(dice.randrange(starts[0], starts[-1]) for _ in range(20))]:
        broken = bytearray(whole)
        broken[at] ^= 0x20
        taken.write_bytes(broken)
        if not is_padding(taken, at):
            assert "is damaged" in refused(there, taken), at
    for size in (0, 100, 512, len(whole) // 2, starts[-1]):
        taken.write_bytes(whole[:size])
        assert "is damaged" in refused(there, taken) or "is no backup" in refused(there, taken), size


def is_padding(path: Path, at: int) -> bool:
    """Whether no member has the byte: headers' unused ones, and what fills up a block."""
    try:
        archive.checked(path)
    except Refused:
        return False
    with tarfile.open(path) as tar:
        return not any(member.offset_data <= at < member.offset_data + member.size for member in tar)


@pytest.mark.one_database
def test_what_is_no_backup_is_refused(elsewhere: Elsewhere, tmp_path: Path, taken: Path) -> None:
    other = tmp_path / "other.tar"
    assert f"{other} can’t be read: No such file or directory." in refused(elsewhere(), other)
    other.write_text("Dear all, here is the backup.")
    assert "is no backup of fundflow" in refused(elsewhere(), other)
    with tarfile.open(other, "w") as tar:
        tar.add(taken, "files/some.tar")
    assert "is damaged: its end is missing" in refused(elsewhere(), other)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"format": 2}, "was made by a newer version"),
        ({"revision": "9999"}, r"was made by fundflow 0\.\S+\. Install that version or a newer one"),
        ({"database": "postgresql"}, "This backup is of postgresql, and FUNDFLOW_DATABASE_URL names sqlite"),
        ({"sums": {}}, "is not what was written"),
        ({"sums": "all"}, "is damaged: its list is not whole"),
        ({"sums": None}, "is damaged: its list is not whole"),
        ({"version": 3}, "is damaged: its list is not whole"),
        ({"format": "1"}, "is damaged: its list can’t be read"),
        ({"format": None}, "is damaged: its list can’t be read"),
    ],
)
def test_a_backup_that_does_not_fit_is_refused(
    elsewhere: Elsewhere, tmp_path: Path, taken: Path, changes: dict[str, Any], says: str
) -> None:
    other = tmp_path / "other.tar"
    with tarfile.open(other, "w") as tar:
        for name, content in archive.members(taken):
            apart = tmp_path / "apart"
            data = content.read()
            apart.write_bytes(
                data if name != archive.LIST else json.dumps(json.loads(data) | changes).encode()
            )
            tar.add(apart, name)
    assert re.search(says, refused(elsewhere(), other))


@pytest.mark.one_database
def test_a_list_that_is_no_list_of_names_is_refused(elsewhere: Elsewhere, tmp_path: Path) -> None:
    (apart := tmp_path / "apart").write_text("[1]")
    with tarfile.open(other := tmp_path / "other.tar", "w") as tar:
        tar.add(apart, archive.LIST)
    assert "is damaged: its list can’t be read" in refused(elsewhere(), other)


def test_no_backup_is_written_into_what_another_writes(tmp_path: Path) -> None:
    """Nor where a link stands that leads elsewhere."""
    (elsewhere := tmp_path / "elsewhere").write_text("kept")
    part = tmp_path / "a.tar.part"
    part.symlink_to(elsewhere)
    with pytest.raises(Refused, match="another backup writes it"), archive.writing(tmp_path / "a.tar"):
        pass
    assert elsewhere.read_text() == "kept"
    assert part.is_symlink()


@pytest.mark.one_database
def test_nothing_is_put_back_over_a_log_of_sqlite_or_over_files(elsewhere: Elsewhere, taken: Path) -> None:
    for ending in ("-wal", "-shm"):
        there = elsewhere()
        path = Path(there.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///") + ending)
        path.write_bytes(b"another database's")
        assert f"{path} is not empty" in run(there, "restore", str(taken))[1]
    there = elsewhere()
    store_of(there).put(b"a file")
    code, said = run(there, "restore", str(taken))
    assert code == 1
    assert "There are files in the store already" in said


@pytest.mark.one_database
def test_a_file_that_is_missing_is_said_and_the_rest_is_kept(council: Flask, tmp_path: Path) -> None:
    (key,) = store_of(council).keys()
    (Path(council.config["DATA"]) / "files" / key).unlink()
    path = tmp_path / "backup.tar"
    code, said = run(council, "backup", str(path))
    assert code == 1
    assert f"The file {key} is missing, or is not what was stored." in said
    with council.app_context():
        assert archive.checked(path).sums.keys() == {"database.sqlite3"}


@pytest.mark.one_database
def test_a_file_that_was_stored_while_the_database_was_read_is_in_it(
    council: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, late = databases.taken, []

    def slowly(folder: Path) -> databases.Taken:
        late.append(store_of(council).put(b"late"))
        return copy(folder)

    monkeypatch.setattr(databases, "taken", slowly)
    with council.app_context():
        assert operations.back_up(tmp_path / "backup.tar").files == 2
        assert f"files/{late[0]}" in archive.checked(tmp_path / "backup.tar").sums


@pytest.mark.one_database
def test_no_other_file_is_overwritten_and_none_half_written(
    council: Flask, elsewhere: Elsewhere, taken: Path, tmp_path: Path
) -> None:
    before = taken.read_bytes()
    code, said = run(council, "backup", str(taken))
    assert (code, taken.read_bytes()) == (1, before)
    assert "is there already" in said
    assert "Run fundflow db upgrade first" in run(elsewhere(), "backup", str(tmp_path / "empty.tar"))[1]
    assert "No such file or directory" in run(council, "backup", str(tmp_path / "no" / "b.tar"))[1]
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {"backup.tar"}


@pytest.mark.both_databases
def test_without_its_programs_postgresql_is_refused_in_words(
    council: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server_url: str | None
) -> None:
    if server_url is None:
        pytest.skip("SQLite needs no program")
    monkeypatch.setenv("PATH", str(tmp_path))
    code, said = run(council, "backup", str(tmp_path / "backup.tar"))
    assert code == 1
    assert "pg_dump is not on this machine" in said
    asked = tmp_path / "asked"
    fake = tmp_path / "pg_dump"
    fake.write_text(
        f'#!/bin/sh\necho "$@" > {asked}\necho "aborting because of server version mismatch" >&2\nexit 1\n'
    )
    fake.chmod(0o700)
    code, said = run(council, "backup", str(tmp_path / "backup.tar"))
    assert code == 1
    assert "pg_dump failed: aborting because of server version mismatch" in said
    assert "postgresql" not in asked.read_text()  # no address, which holds the password
    assert not (tmp_path / "backup.tar").exists()


def test_every_row_that_names_a_file_is_looked_at_but_those_of_files_that_only_wait() -> None:
    tables = {table.name for table in db.metadata.sorted_tables if "store_key" in table.columns}
    assert {table.__tablename__ for table in NAMING} == tables - {"register_file"}
