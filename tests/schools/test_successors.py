"""Whichever record names the other, and however: the closed school is offered the open one."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from fundflow.models.area import SchoolLink
from fundflow.models.person import RoleName
from fundflow.models.school import CLOSED, OPEN, PROPOSED_TO_CLOSE, School
from fundflow.schools.successors import SuccessorCandidate, is_split, said_of, successors
from fundflow.workflow.application import BidState
from tests.factories import Make
from tests.schools.successions import SignIn, link

OWN = ("Successor", "Successor - amalgamated", "Successor - merged", "Successor - Split School")
OTHERS = ("Predecessor", "Predecessor - amalgamated", "Predecessor - merged", "Predecessor - Split School")
EITHER = ("Result of Amalgamation", "Merged - expansion of school capacity")
NEITHER = ("Sixth Form Centre Link", "Expansion", "Closure", "Other")


@pytest.fixture
def old(make: Make) -> School:
    return make.school("Old", status_code=CLOSED)


@pytest.fixture
def new(make: Make) -> School:
    return make.school("New")


def offered(old: School) -> list[str]:
    return [c.words for c in successors([old])[old.id] if not c.why_not]


@pytest.mark.parametrize("kind", [*OWN, *EITHER])
def test_the_closed_schools_own_record_names_the_open_one(
    session: Session, old: School, new: School, kind: str
) -> None:
    link(session, old, new, kind)
    assert offered(old) == [f"New (URN {new.urn})"]
    assert offered(new) == []


@pytest.mark.parametrize("kind", [*OTHERS, *EITHER])
def test_the_open_schools_record_names_the_closed_one(
    session: Session, old: School, new: School, kind: str
) -> None:
    link(session, new, old, kind)
    assert offered(old) == [f"New (URN {new.urn})"]
    assert offered(new) == []


@pytest.mark.parametrize("kind", [*OWN, *NEITHER])
def test_what_says_something_else_offers_nobody(
    session: Session, old: School, new: School, kind: str
) -> None:
    link(session, new, old, kind)
    assert offered(old) == []
    assert [said.link_type for said in said_of([old])[old.id]] == [kind]


def test_both_records_are_one_successor(session: Session, old: School, new: School) -> None:
    link(session, old, new)
    link(session, new, old, "Predecessor")
    assert offered(old) == [f"New (URN {new.urn})"]
    assert not is_split(successors([old])[old.id])
    assert [said.by_other for said in said_of([old])[old.id]] == [False]


def test_a_successor_that_has_closed_too_leads_on_to_the_one_that_is_open(
    session: Session, make: Make, old: School, new: School
) -> None:
    between = make.school("Between", status_code=CLOSED)
    link(session, old, between)
    link(session, new, between, "Predecessor")
    link(session, new, old, "Predecessor")  # a ring of links ends
    assert sorted(c.words for c in successors([old])[old.id]) == [
        f"Between (URN {between.urn})",
        f"New (URN {new.urn})",
    ]
    assert offered(old) == [f"New (URN {new.urn})"]
    assert not is_split(successors([old])[old.id])


def test_two_open_schools_are_for_a_person_to_choose_from(
    session: Session, make: Make, old: School, new: School
) -> None:
    link(session, old, new)
    link(session, make.school("Other"), old, "Predecessor - Split School")
    found = successors([old])[old.id]
    assert is_split(found)
    assert len(offered(old)) == 2


def test_a_school_that_is_not_held_can_not_be_chosen(session: Session, old: School) -> None:
    session.add(SchoolLink(school_id=old.id, link_urn="999999", link_name="Far", link_type="Successor"))
    session.flush()
    (found,) = successors([old])[old.id]
    assert (found.words, found.school) == ("Far (URN 999999)", None)
    assert "We don’t hold this school" in (found.why_not or "")
    assert isinstance(found, SuccessorCandidate)


@pytest.mark.parametrize("status", [CLOSED, PROPOSED_TO_CLOSE])
def test_the_page_offers_the_successor_that_only_the_new_record_names(
    make: Make, session: Session, new: School, sign_in: SignIn, status: int
) -> None:
    old = make.school("Old", status_code=status, closed_on=date(2026, 8, 31))
    make.bid(state=BidState.IN_DELIVERY, lead=old)
    link(session, new, old, "Predecessor - merged")
    client = sign_in(make.staff(RoleName.ADMINISTRATOR))
    page = client.get(f"/schools/{old.urn}/succession").text
    assert f"New (URN {new.urn}) names this school: Predecessor - merged" in page
    assert f'value="{new.urn}"' in page
    assert f"New (URN {new.urn})" in client.get("/schools/changes").text
    assert new.status_code == OPEN
