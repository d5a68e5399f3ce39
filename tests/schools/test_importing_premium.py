from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow.models.school import PupilPremium, School, SchoolKind
from fundflow.rules.school_queries import school_by_urn
from fundflow.schools.importing import import_file
from tests.schools.files import allocation, gias_file, premium_file, school


def premiums(session: Session, urn: str = "100001") -> list[tuple[int, Decimal, Decimal, int]]:
    rows = session.execute(
        select(PupilPremium.year, PupilPremium.pupils, PupilPremium.eligible, PupilPremium.allocation_pence)
        .join(School)
        .where(School.urn == urn)
        .order_by(PupilPremium.year)
    )
    return [tuple(row) for row in rows]


def test_a_school_nobody_has_named_yet_is_added_with_its_premium(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    summary = import_file(premium_file(tmp_path, allocation()), now=now)
    assert (summary.source, summary.added) == ("Pupil premium 2019–20", 1)
    row = school_by_urn("100001")
    assert row is not None
    assert (row.name, row.laestab, row.kind) == ("Larkfield Infant School", "8992001", SchoolKind.MAINTAINED)
    assert (row.type_code, row.phase, row.status, row.trust) == (None, "Not known", "Open", None)
    assert premiums(session) == [(2019, Decimal(198), Decimal(36), 47_520_00)]


def test_the_same_file_twice_changes_nothing(session: Session, tmp_path: Path, now: datetime) -> None:
    path = premium_file(tmp_path, allocation(), allocation(urn="100002", pupils="522.5"))
    assert import_file(path, now=now).added == 2
    again = import_file(path, now=now)
    assert (again.added, again.updated, again.unchanged) == (0, 0, 2)


def test_rolls_can_be_halves(session: Session, tmp_path: Path, now: datetime) -> None:
    import_file(premium_file(tmp_path, allocation(pupils="522.5", eligible="10.5")), now=now)
    assert premiums(session) == [(2019, Decimal("522.5"), Decimal("10.5"), 47_520_00)]


def test_what_gias_says_of_a_school_is_never_overwritten_or_blanked(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    gias = gias_file(
        tmp_path,
        school(
            status="3", type_code="34", type_name="Academy converter", trust_code="7", trust_name="Fen Trust"
        ),
    )
    import_file(gias, now=now)
    other = allocation(
        name="Other name",
        type_name="Community school",
        pupils="1",
        la_code="898",
        la_name="Elsewhere",
        number="4444",
    )
    summary = import_file(premium_file(tmp_path, other), now=now)
    assert (summary.added, summary.updated) == (0, 1)
    session.expire_all()
    row = school_by_urn("100001")
    assert row is not None
    assert (row.name, row.type_name, row.kind) == (
        "Larkfield Infant School",
        "Academy converter",
        SchoolKind.ACADEMY,
    )
    assert (row.status_code, row.phase_code, row.la_code, row.pupils) == (3, 2, "899", 198)
    assert row.trust is not None
    assert premiums(session) == [(2019, Decimal(1), Decimal(36), 47_520_00)]
    assert import_file(gias, now=now).unchanged == 1


def test_gias_completes_a_school_the_premium_file_brought(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    import_file(premium_file(tmp_path, allocation(type_name="Free School")), now=now)
    summary = import_file(gias_file(tmp_path, school()), now=now)
    assert (summary.added, summary.updated) == (0, 1)
    session.expire_all()
    row = school_by_urn("100001")
    assert row is not None
    assert (row.type_code, row.phase, row.postcode) == (1, "Primary", "BR1 2AB")
    assert len(premiums(session)) == 1


def test_each_year_is_kept_and_a_corrected_one_replaced(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    import_file(premium_file(tmp_path, allocation()), now=now)
    import_file(premium_file(tmp_path, allocation(eligible="40"), name="pp-2020.csv"), now=now)
    summary = import_file(premium_file(tmp_path, allocation(eligible="37")), now=now)
    assert (summary.added, summary.updated, summary.unchanged) == (0, 1, 0)
    assert [(year, eligible) for year, _, eligible, _ in premiums(session)] == [(2019, 37), (2020, 40)]


def test_a_quoted_name_with_a_comma_is_one_name(session: Session, tmp_path: Path, now: datetime) -> None:
    path = premium_file(tmp_path, allocation(name="Christ Church Primary School, Hampstead"))
    assert b'"Christ Church Primary School, Hampstead"' in path.read_bytes()
    import_file(path, now=now)
    row = school_by_urn("100001")
    assert row is not None
    assert row.search_name == "christ church primary school hampstead"


def test_a_mark_of_utf_8_at_the_start_does_no_harm(session: Session, tmp_path: Path, now: datetime) -> None:
    path = premium_file(tmp_path, allocation(name="St Thomas à Becket"), encoding="utf-8-sig")
    assert import_file(path, now=now).added == 1
    row = school_by_urn("100001")
    assert row is not None
    assert row.name == "St Thomas à Becket"


def test_rows_outside_england_are_counted_and_left_out(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    outside = allocation(urn="100002", la_code="000", la_name="Does not apply")
    summary = import_file(premium_file(tmp_path, allocation(), outside), now=now)
    assert (summary.added, summary.left_out) == (1, 1)


@pytest.mark.parametrize(
    ("type_name", "kind"),
    [
        ("Mainstream Academy", SchoolKind.ACADEMY),
        ("Free School-Special", SchoolKind.ACADEMY),
        ("AP Academy", SchoolKind.ACADEMY),
        ("Voluntary aided school", SchoolKind.MAINTAINED),
        ("Pupil referral unit", SchoolKind.MAINTAINED),
        ("Foundation special school", SchoolKind.MAINTAINED),
    ],
)
def test_without_type_codes_the_types_name_says_the_kind(
    session: Session, tmp_path: Path, now: datetime, type_name: str, kind: SchoolKind
) -> None:
    import_file(premium_file(tmp_path, allocation(type_name=type_name)), now=now)
    row = school_by_urn("100001")
    assert row is not None
    assert row.kind is kind


class TestTheYear:
    """A column says it first, then the file's name, and --year before both."""

    def test_from_the_files_name(self, session: Session, tmp_path: Path, now: datetime) -> None:
        path = premium_file(tmp_path, allocation(), name="dfe-pupil-premium-2021-slough.csv")
        assert import_file(path, now=now).source == "Pupil premium 2021–22"

    def test_from_a_column(self, session: Session, tmp_path: Path, now: datetime) -> None:
        path = premium_file(tmp_path, allocation())
        text = path.read_text().replace("Parliamentary Constituency", "Constituency in 2023-24")
        path.write_text(text)
        assert import_file(path, now=now).source == "Pupil premium 2023–24"

    def test_as_given(self, session: Session, tmp_path: Path, now: datetime) -> None:
        path = premium_file(tmp_path, allocation())
        assert import_file(path, now=now, year=2024).source == "Pupil premium 2024–25"

    def test_must_be_said_somewhere(self, session: Session, tmp_path: Path, now: datetime) -> None:
        path = premium_file(tmp_path, allocation(), name="allocations.csv")
        (problem,) = import_file(path, now=now).problems
        assert "--year 2019 for 2019–20" in str(problem)

    @pytest.mark.parametrize("year", [2010, 2028, 0, -5, 99999])
    def test_must_be_one_of_the_premium(
        self, session: Session, tmp_path: Path, now: datetime, year: int
    ) -> None:
        (problem,) = import_file(premium_file(tmp_path, allocation()), now=now, year=year).problems
        assert str(problem).startswith(f"{year} is no year of the pupil premium.")
