import pytest
from sqlalchemy.orm import Session

from fundflow.rules.school_queries import (
    folded_postcode,
    open_schools,
    school_by_urn,
)
from tests.factories import Make


def test_a_postcode_is_searched_without_spaces() -> None:
    assert folded_postcode(" sl1  3ab ") == "SL13AB"


def test_open_schools_are_those_of_the_authority_that_may_bid_by_name(make: Make, session: Session) -> None:
    for name, status, la in (
        ("Beech", 1, "899"),
        ("Ash", 3, "899"),
        ("Closed", 2, "899"),
        ("Planned", 4, "899"),
        ("Elsewhere", 1, "898"),
    ):
        make.school(name, status_code=status, la_code=la)
    assert [words.split(" (")[0] for _, words in open_schools("899")] == ["Ash", "Beech"]


@pytest.mark.parametrize("urn", ["", "12345", "1234567", "abcdef", "１２３４５６", "100001\0", "99 999"])
def test_what_is_no_urn_finds_nothing(session: Session, urn: str) -> None:
    assert school_by_urn(urn) is None


def test_a_closed_school_is_still_found(make: Make, session: Session) -> None:
    school = make.school(status_code=2)
    assert school_by_urn(school.urn) is school
