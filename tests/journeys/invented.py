"""A council with invented schools, made straight in the database: what the form's journeys begin with."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import NamedTuple

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.models.person import RoleName, Standing, User
from fundflow.models.round import Round
from fundflow.models.school import School
from tests.factories import Make
from tests.journeys.conftest import World
from tests.journeys.council import Council, address
from tests.journeys.visitor import Visitor

PRIORITY = "Early reading and phonics"
SCHOOLS = {"Hazelmere Primary School": "200001", "Oakfield Primary School": "200002"}
PEOPLE = {
    "Amara Cole": ("Hazelmere Primary School", Standing.LEADER),
    "Sam Field": ("Hazelmere Primary School", Standing.TEAM),
    "Asha Rao": ("Hazelmere Primary School", Standing.TEAM),
    "Daniel Hart": ("Oakfield Primary School", Standing.LEADER),
}
OFFICER = "Priya Shah"


class Places(NamedTuple):
    """What `settle` made; schools and people by name."""

    round: Round
    schools: dict[str, School]
    people: dict[str, User]


class InventedCouncil(Council):
    """`phone`: everybody has a phone in hand."""

    def __init__(self, world: World, closing: ExitStack, *, phone: bool = False) -> None:
        super().__init__(world, closing)
        self.phone = phone

    def visitor(self, name: str, email: str = "", *, phone: bool = False) -> Visitor:
        return super().visitor(name, email, phone=phone or self.phone)

    def elsewhere(self, name: str, *, phone: bool = False) -> Visitor:
        """The same person on another device, where they sign in anew."""
        return self.visitor(name, address(name), phone=phone)

    def another_tab(self, visitor: Visitor) -> Visitor:
        """A second page of the same browser, signed in with it."""
        return Visitor(self.world, self.world.watched(visitor.page.context.new_page()), visitor.who)

    def bid(self, reference: str) -> Bid:
        """The bid as it is stored now, to read."""
        with self.world.app.app_context():
            found = db.session.query(Bid).filter_by(reference=reference).one()
            assert found.confirmations is not None  # fetched while there is a session
            db.session.expunge_all()
            db.session.remove()
        return found

    def happened(self, reference: str) -> list[str]:
        """The steps in the bid's history, in their order."""
        with self.world.app.app_context():
            query = select(HistoryEntry.step).join(Bid, Bid.id == HistoryEntry.bid_id)
            found = list(
                db.session.scalars(query.where(Bid.reference == reference).order_by(HistoryEntry.id))
            )
            db.session.remove()
        return found

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait for what a browser does in its own time."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with self.world.app.app_context():
                done = is_so()
                db.session.remove()
            if done:
                return
            time.sleep(0.1)
        raise AssertionError("It did not happen.")


def settle(make: Make) -> Places:
    """A fund with a rolling round, two maintained schools, their people and an officer."""
    fund = make.fund(prefix="BRK")
    round_ = make.round(fund)
    round_.priorities[0].title = PRIORITY
    schools = {name: make.school(name, urn=urn) for name, urn in SCHOOLS.items()}
    people = {
        name: make.member(schools[school], standing, name, email=address(name))
        for name, (school, standing) in PEOPLE.items()
    }
    people[OFFICER] = make.staff(RoleName.OFFICER, OFFICER, email=address(OFFICER))
    return Places(round_, schools, people)


def found(
    world: World,
    closing: ExitStack,
    *,
    phone: bool = False,
    more: Callable[[Make, Places], object] = lambda _make, _places: None,
) -> InventedCouncil:
    """The council, with nothing bid for yet but what `more` makes."""
    with world.app.app_context():
        make = Make(db.session)  # type: ignore[arg-type]
        more(make, settle(make))
        db.session.commit()
        db.session.remove()
    return InventedCouncil(world, closing, phone=phone)
