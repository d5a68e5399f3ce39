from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.models.school import School
from fundflow.schools.importing import AT_ONCE, Summary, import_file
from tests.schools.files import gias_file, school


def test_two_imports_of_one_file_at_once_leave_each_school_once(
    real_app: Flask, tmp_path: Path, now: datetime
) -> None:
    rows = [
        school(urn=str(100_000 + n), type_code="34", trust_code=str(n % 7), trust_name="T")
        for n in range(300)
    ]
    path, ready = gias_file(tmp_path, *rows), Barrier(2)

    def one(_: int) -> Summary:
        with real_app.app_context():
            ready.wait()
            return import_file(path, now=now)

    with ThreadPoolExecutor(2) as pool:
        summaries = list(pool.map(one, range(2)))
    assert sorted(s.added for s in summaries) == [0, 300]
    other = min(summaries, key=lambda s: s.added)
    assert other.unchanged == 300 or [str(p) for p in other.problems] == [AT_ONCE]
    with real_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(School)) == 300
