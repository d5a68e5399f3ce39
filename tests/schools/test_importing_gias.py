from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from fundflow.models.school import School, SchoolKind, Trust
from fundflow.rules.school_queries import open_schools, school_by_urn
from fundflow.schools.importing import import_file
from tests.schools.files import GIAS_HEADER, gias_file, school


def found(urn: str = "100001") -> School:
    row = school_by_urn(urn)
    assert row is not None
    return row


def test_every_column_we_read_arrives(session: Session, tmp_path: Path, now: datetime) -> None:
    summary = import_file(gias_file(tmp_path, school()), now=now)
    assert (summary.source, summary.added, summary.problems) == ("GIAS establishments", 1, ())
    row = found()
    assert (row.name, row.search_name) == ("Larkfield Infant School", "larkfield infant school")
    assert (row.la_code, row.la_name, row.laestab) == ("899", "Brackenford", "8992001")
    assert (row.type_code, row.type_name, row.kind) == (1, "Community school", SchoolKind.MAINTAINED)
    assert (row.phase, row.status) == ("Primary", "Open")
    assert (row.postcode, row.search_postcode) == ("BR1 2AB", "BR12AB")
    assert (row.street, row.town) == ("Lark Lane", "Brackenford")
    assert (row.website, row.telephone) == ("www.larkfield.example", "01632960001")
    assert (row.ukprn, row.opened_on, row.closed_on) == ("10012345", date(1975, 9, 1), None)
    assert (row.pupils, row.capacity) == (Decimal(198), 210)
    assert row.free_school_meals_percent == Decimal("18.1")


def test_the_same_file_twice_changes_nothing(session: Session, tmp_path: Path, now: datetime) -> None:
    rows = [
        school(),
        school(urn="100002", type_code="34", trust_code="77", trust_name="Fen Trust"),
        school(urn="100003", pupils="", capacity="", fsm="", ukprn="", number=""),
    ]
    path = gias_file(tmp_path, *rows)
    assert import_file(path, now=now).added == 3
    again = import_file(path, now=now)
    assert (again.added, again.updated, again.unchanged, again.closed) == (0, 0, 3, 0)


def test_what_changed_is_updated_and_counted(session: Session, tmp_path: Path, now: datetime) -> None:
    import_file(gias_file(tmp_path, school(), school(urn="100002")), now=now)
    changed = gias_file(tmp_path, school(name="Larkfield Primary School"), school(urn="100002"))
    summary = import_file(changed, now=now)
    assert (summary.updated, summary.unchanged, summary.closed) == (1, 1, 0)
    session.expire_all()
    assert found().name == "Larkfield Primary School"


def test_a_school_that_closed_is_kept_counted_and_no_longer_offered(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    import_file(gias_file(tmp_path, school()), now=now)
    path = gias_file(tmp_path, school(status="2", closed="31-08-2026"))
    summary = import_file(path, now=now)
    assert (summary.updated, summary.closed) == (1, 1)
    session.expire_all()
    assert (found().status, found().closed_on) == ("Closed", date(2026, 8, 31))
    assert open_schools("899") == []
    assert import_file(path, now=now).closed == 0


def test_a_school_proposed_to_close_is_still_offered(session: Session, tmp_path: Path, now: datetime) -> None:
    rows = [school(status="3"), school(urn="100002", status="4", name="Not open yet")]
    import_file(gias_file(tmp_path, *rows), now=now)
    assert open_schools("899") == [("100001", "Larkfield Infant School (100001)")]


def test_a_school_the_file_does_not_name_stays_as_it_is(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    import_file(gias_file(tmp_path, school(), school(urn="100002")), now=now)
    import_file(gias_file(tmp_path, school()), now=now)
    assert found("100002").status == "Open"


def test_rows_outside_every_english_authority_are_counted_and_left_out(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    outside = [
        ("0", "Does not apply"),
        ("000", "Does not apply"),
        ("673", "Vale of Glamorgan"),
        ("702", "BFPO Overseas Establishments"),
    ]
    rows = [
        school(urn=str(150_000 + n), la_code=code, la_name=name) for n, (code, name) in enumerate(outside)
    ]
    summary = import_file(gias_file(tmp_path, school(), *rows), now=now)
    assert (summary.added, summary.left_out) == (1, 4)
    assert session.scalar(select(func.count()).select_from(School)) == 1


def test_an_academy_is_known_by_its_type_never_by_a_trust(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    trust = {"trust_code": "1579", "trust_name": "Tame Learning Trust"}
    rows = [
        school(type_code="5", type_name="Foundation school", **trust),
        school(urn="100002", type_code="34", type_name="Academy converter", **trust),
    ]
    import_file(gias_file(tmp_path, *rows), now=now)
    assert (found().kind, found().trust) == (SchoolKind.MAINTAINED, None)
    academy = found("100002")
    assert academy.kind is SchoolKind.ACADEMY
    assert academy.trust is not None
    assert (academy.trust.code, academy.trust.name) == ("1579", "Tame Learning Trust")


def test_a_foundation_schools_trust_makes_no_row(session: Session, tmp_path: Path, now: datetime) -> None:
    rows = [school(type_code="5", trust_code="1579", trust_name="Tame Learning Trust")]
    import_file(gias_file(tmp_path, *rows), now=now)
    assert session.scalar(select(func.count()).select_from(Trust)) == 0


def test_a_school_changes_trust_and_a_trust_changes_its_name(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    academy = {"type_code": "28", "type_name": "Academy sponsor led"}
    import_file(gias_file(tmp_path, school(**academy, trust_code="1", trust_name="One")), now=now)
    import_file(gias_file(tmp_path, school(**academy, trust_code="2", trust_name="Two")), now=now)
    path = gias_file(tmp_path, school(**academy, trust_code="2", trust_name="Two Rivers"))
    import_file(path, now=now)
    session.expire_all()
    assert found().trust is not None
    assert found().trust.name == "Two Rivers"


def test_windows_1252_letters_arrive_whole(session: Session, tmp_path: Path, now: datetime) -> None:
    path = gias_file(tmp_path, school(name="St Thomas à Becket’s – Café"))
    assert b"\x92" in path.read_bytes()
    import_file(path, now=now)
    assert found().name == "St Thomas à Becket’s – Café"
    assert found().search_name == "saint thomas a beckets cafe"


def test_a_gias_file_saved_again_as_utf_8_is_read_too(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    path = gias_file(tmp_path, school(name="All Saints’ School"), encoding="utf-8-sig")
    import_file(path, now=now)
    assert found().name == "All Saints’ School"


def test_an_export_may_say_postcode_its_own_way(session: Session, tmp_path: Path, now: datetime) -> None:
    header = {**GIAS_HEADER, "postcode": "PostCode"}
    assert not import_file(gias_file(tmp_path, school(), header=header), now=now).is_rejected
    assert found().postcode == "BR1 2AB"


def test_short_codes_are_filled_up_with_noughts(session: Session, tmp_path: Path, now: datetime) -> None:
    import_file(gias_file(tmp_path, school(la_code="99", number="12")), now=now)
    assert (found().la_code, found().laestab) == ("099", "0990012")


def test_a_type_nobody_has_met_yet_counts_as_neither_kind(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    import_file(gias_file(tmp_path, school(type_code="98", type_name="New sort")), now=now)
    assert found().kind is SchoolKind.OTHER


def test_schools_with_different_gaps_are_added_in_one_statement(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    gaps = ("pupils", "capacity", "fsm", "closed", "ukprn", "number")
    schools = [school(urn=str(100001 + n), **{gaps[n % len(gaps)]: ""}) for n in range(60)]
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert import_file(gias_file(tmp_path, *schools), now=now).added == 60
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len([one for one in sent if one.startswith("INSERT INTO school ")]) == 1
