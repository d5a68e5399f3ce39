from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.models.inspection import Inspection
from fundflow.models.person import RoleName, User
from fundflow.models.school import School
from fundflow.schools.importing import AT_ONCE, Summary, import_file
from fundflow.schools.importing.saving_inspections import REPLACED
from fundflow.schools.operations.inspections import remove_inspection
from fundflow.workflow.engine import Refused
from tests import tiers
from tests.concurrency.hall import Hall
from tests.factories import Make
from tests.schools.files import gias_file, school
from tests.schools.test_importing_inspections import inspections_file


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


def test_an_entry_removed_while_a_newer_file_replaces_it_keeps_one_reason(
    real_app: Flask, tmp_path: Path, now: datetime
) -> None:
    hall = Hall(real_app)
    for n in range(tiers.rounds(6, 3)):

        def work(make: Make, n: int = n) -> tuple[int, int]:
            school_ = make.school(urn=str(200_000 + n))
            entries = [make.inspection(school_, inspected_on=date(2023, 3, day)) for day in range(1, 29)]
            make.session.flush()
            return entries[-1].id, make.staff(RoleName.ADMINISTRATOR).id

        wrong, administrator = hall.set_up(work)
        row = {"URN": str(200_000 + n), "Overall effectiveness": "Inadequate"}
        rows = [{**row, "Inspection start date": f"2023-03-{day:02}"} for day in range(1, 29)]
        path = inspections_file(tmp_path, *rows)

        def brought(path: Path = path) -> Summary:
            with real_app.app_context():
                return import_file(path, now=now)

        def removed(wrong: int = wrong, administrator: int = administrator) -> None:
            with real_app.app_context():
                entry = db.session.get_one(Inspection, wrong)
                user = db.session.get_one(User, administrator)
                with suppress(Refused):
                    remove_inspection(entry, reason="Misread", user=user, now=now)

        summary, _ = hall.at_once(brought, removed)
        assert not summary.problems
        kept = hall.ask(lambda wrong=wrong: db.session.get_one(Inspection, wrong).removal_reason)  # type: ignore[misc]
        assert kept in ("Misread", REPLACED)
