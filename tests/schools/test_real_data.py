"""The Department for Education's own files."""

import time
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fundflow.models.school import PupilPremium, School, SchoolKind, Trust
from fundflow.rules.school_queries import open_schools, school_by_urn
from fundflow.schools.importing import import_file
from tests.schools.files import DATA, needs_data

pytestmark = needs_data

M, A, O = SchoolKind.MAINTAINED, SchoolKind.ACADEMY, SchoolKind.OTHER  # noqa: E741 (Other)


def test_the_gias_sample_is_handled_as_the_brief_says(session: Session, now: datetime) -> None:
    summary = import_file(DATA / "gias-sample.csv", now=now)
    assert (
        summary.added,
        summary.updated,
        summary.unchanged,
        summary.closed,
        summary.left_out,
        summary.problems,
    ) == (7, 0, 0, 0, 1, ())
    rows = session.scalars(select(School).order_by(School.urn)).all()
    assert [(s.urn, s.name, s.la_code, s.status, s.kind, s.phase) for s in rows] == [
        ("100000", "The Aldgate School", "201", "Open", M, "Primary"),
        ("100004", "Sherborne Nursery School", "202", "Closed", M, "Nursery"),
        ("101077", "The Dominie School Limited", "212", "Closed", O, "Not applicable"),
        ("101173", "Fairley House School", "213", "Open", O, "Not applicable"),
        ("124087", "Thomas Barnes Primary School", "860", "Open", M, "Primary"),
        ("126370", "Westbury Leigh CofE Primary School", "865", "Open, but proposed to close", M, "Primary"),
        ("137666", "Chudleigh Knighton Church of England Primary School", "878", "Open", A, "Primary"),
    ]
    assert school_by_urn("150516") is None  # in Dubai
    # Thomas Barnes, a maintained foundation school, names a trust too: it is no academy.
    assert [trust.name for trust in session.scalars(select(Trust))] == ["THE FIRST FEDERATION TRUST"]
    assert [s.urn for s in rows if s.trust] == ["137666"]


def test_a_school_of_the_gias_sample_in_full(session: Session, now: datetime) -> None:
    import_file(DATA / "gias-sample.csv", now=now)
    aldgate = school_by_urn("100000")
    assert aldgate is not None
    assert (aldgate.ukprn, aldgate.laestab, aldgate.type_code, aldgate.type_name) == (
        "10079319",
        "2013614",
        2,
        "Voluntary aided school",
    )
    assert (aldgate.street, aldgate.town, aldgate.postcode, aldgate.search_postcode) == (
        "St James's Passage",
        "London",
        "EC3A 5DE",
        "EC3A5DE",
    )
    assert (aldgate.pupils, aldgate.capacity, aldgate.free_school_meals_percent) == (
        Decimal(271),
        271,
        Decimal("18.1"),
    )
    assert (aldgate.website, aldgate.opened_on) == ("www.thealdgateschool.org", None)
    closed = school_by_urn("101077")
    assert closed is not None
    assert (closed.opened_on, closed.closed_on) == (date(1988, 9, 27), date(2022, 7, 7))


def test_closed_schools_of_the_sample_are_not_offered_proposed_to_close_are(
    session: Session, now: datetime
) -> None:
    import_file(DATA / "gias-sample.csv", now=now)
    assert open_schools("202") == []
    assert open_schools("865") == [("126370", "Westbury Leigh CofE Primary School (126370)")]


def test_the_gias_sample_twice_changes_nothing(session: Session, now: datetime) -> None:
    import_file(DATA / "gias-sample.csv", now=now)
    again = import_file(DATA / "gias-sample.csv", now=now)
    assert (again.added, again.updated, again.unchanged, again.left_out) == (0, 0, 7, 1)


def test_slough_has_its_47_schools(session: Session, now: datetime) -> None:
    summary = import_file(DATA / "dfe-pupil-premium-2019-slough.csv", now=now)
    assert (summary.source, summary.added, summary.problems) == ("Pupil premium 2019–20", 47, ())
    assert len(open_schools("871")) == 47
    row = session.execute(select(PupilPremium).join(School).where(School.urn == "136951")).scalar_one()
    assert (row.year, row.pupils, row.eligible, row.allocation_pence) == (2019, 732, 98, 129_360_00)
    halves = session.scalars(select(PupilPremium.pupils)).all()
    assert Decimal("522.5") in halves


@pytest.mark.thorough
def test_the_schools_of_england_import_within_a_minute(session: Session, now: datetime) -> None:
    path = DATA / "dfe-pupil-premium-2019-england.csv"
    seen: list[tuple[str, int, int]] = []
    began = time.monotonic()
    summary = import_file(path, now=now, progress=lambda *step: seen.append(step))
    took = time.monotonic() - began
    assert (summary.added, summary.left_out, summary.problems) == (21_567, 0, ())
    assert took < 60, f"The England file took {took:.1f} s"
    assert session.scalar(select(func.count()).select_from(PupilPremium)) == 21_567
    assert session.scalar(select(func.count(School.la_code.distinct()))) == 151
    assert session.scalar(select(func.sum(PupilPremium.pupils))) == Decimal("7508361.7")
    assert {words for words, _, _ in seen} == {"Checking rows", "Saving schools", "Saving pupil premium"}
    assert all(0 < done <= total for _, done, total in seen)
    assert import_file(path, now=now).unchanged == 21_567
