"""Slough with a fund: its 47 real schools, its money and its people, set up mostly through pages."""

import re
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from fundflow import ledger
from fundflow.accounts import people
from fundflow.accounts.first_administrator import add_person
from fundflow.accounts.places import Place, RolePlace, SchoolPlace, SeatPlace
from fundflow.extensions import db
from fundflow.letters.links import url_of
from fundflow.models.fund import Fund
from fundflow.models.person import RoleName, SeatPosition, Sector, Standing, User
from fundflow.models.school import School
from fundflow.schools.importing import import_file
from fundflow.workflow.working_days import LONDON, add_working_days, london_date
from tests.journeys.conftest import World
from tests.journeys.visitor import Chosen, Visitor, ticked

REAL_SCHOOLS = Path(__file__).parents[3] / "shared/data/dfe-pupil-premium-2019-slough.csv"
DIGEST = "What happened since your last daily letter:"
TOLD = re.compile(r"^- (.*?)\r?$", re.M)  # a line of a digest
LINKS = ("Your link to sign in", "Your account with the School improvement fund")

STAFF = {
    "Priya Raman": RoleName.OFFICER,
    "Grace Lin": RoleName.CLERK,
    "Owen Clarke": RoleName.FINANCE,
    "Fatima Noor": RoleName.FINANCE,
    "Helen Abbott": RoleName.IMPACT_OFFICER,
}
SCHOOLS = {
    "Amara Nwosu": ("Pippins School", Standing.LEADER),
    "Sam Okafor": ("Pippins School", Standing.TEAM),
    "Daniel Price": ("Marish Primary School", Standing.LEADER),
    "Karen Whitlock": ("Baylis Court School", Standing.LEADER),
    "Nina Rossi": ("Baylis Court School", Standing.TEAM),
    "Marcus Webb": ("Langley Grammar School", Standing.LEADER),
}
PANEL = {
    "Marcus Webb": (SeatPosition.CHAIR, Sector.SECONDARY),
    "Anita Joshi": (SeatPosition.DEPUTY, Sector.SPECIAL),
    "Laura Finch": (SeatPosition.MEMBER, Sector.PRIMARY),
    "Peter Rowe": (SeatPosition.MEMBER, Sector.LA),
    "Sue Tan": (SeatPosition.MEMBER, Sector.GOVERNOR),
}
ADMINISTRATOR = "Ian Potts"


def moment(words: str) -> datetime:
    """“2026-09-14 09:00” on a clock in Slough."""
    return datetime.fromisoformat(words).replace(tzinfo=LONDON)


def address(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@slough.example"


class Figures(NamedTuple):
    """The fund's money in pounds: A, C, P, O, U, R of docs/rules.md, "The ledger"."""

    allocated: int
    committed: int
    paid: int
    outstanding: int
    uncommitted: int
    reserved: int


class Council:
    """The story's stage. `council["Priya Raman"]` is that person at their browser."""

    def __init__(self, world: World, closing: ExitStack) -> None:
        self.world, self.closing = world, closing
        self.visitors: dict[str, Visitor] = {}

    def __getitem__(self, name: str) -> Visitor:
        """Somebody signed in through a link emailed to them, the first time they are asked for."""
        if name not in self.visitors:
            self.visitors[name] = self.visitor(name, address(name))
        return self.visitors[name]

    def visitor(self, name: str, email: str = "", *, phone: bool = False) -> Visitor:
        page = self.closing.enter_context(self.world.visitor(email, phone=phone))
        return Visitor(self.world, page, name)

    def at(self, words: str) -> None:
        """The clock is set; the worker did what was due at nine on every working day before."""
        day, then = london_date(self.world.moment), moment(words)
        while (day := add_working_days(day, 1)) < london_date(then):
            self.world.at(moment(f"{day} 09:00"))
        self.world.at(then)

    def letters(self) -> list[tuple[str, str]]:
        """Who got which letter, in the order of arrival, without the links to sign in.

        A daily digest stands as one “Today: …” with all that it told of.
        """
        found = []
        for message in self.world.post.messages:
            to, subject = str(message["To"]), str(message["Subject"])
            if DIGEST in (text := message.get_content()):
                subject = "Today: " + " + ".join(TOLD.findall(text))
            if subject not in LINKS:
                found.append((to.removesuffix("@slough.example"), subject))
        return found

    def figures(self) -> Figures:
        with self.world.app.app_context():
            t = ledger.totals(db.session.query(Fund).one().id)
            db.session.remove()
        pence = (t.allocated, t.committed, t.paid, t.outstanding, t.uncommitted, t.reserved)
        assert not any(amount % 100 for amount in pence)
        return Figures(*(amount // 100 for amount in pence))

    def state(self, reference: str) -> str:
        from fundflow.models.bid import Bid

        with self.world.app.app_context():
            state = db.session.query(Bid).filter_by(reference=reference).one().state.value
            db.session.remove()
        return str(state)


def found_council(world: World, closing: ExitStack) -> Council:
    """Import the schools, sign the first administrator in, set up the fund, invite everybody."""
    council = Council(world, closing)
    with world.app.app_context():
        summary = import_file(REAL_SCHOOLS, now=world.moment, year=2019)
        assert not summary.is_rejected
        assert summary.added == 47
        token = add_person(
            email=address(ADMINISTRATOR), role=RoleName.ADMINISTRATOR, name=ADMINISTRATOR, now=world.moment
        )
        link = url_of(token)
        db.session.remove()
    administrator = council.visitors[ADMINISTRATOR] = council.visitor(ADMINISTRATOR)
    administrator.open(link)
    administrator.press("Sign in")
    _set_up_fund(administrator)
    world.ask_no_interim_reports()
    _invite_through_pages(administrator)
    _invite_the_others(world)
    world.work()
    return council


def _set_up_fund(administrator: Visitor) -> None:
    """£150,000 and, later in the year, a top-up of £49,500; one rolling round."""
    administrator.open("/funds")
    administrator.follow("Set up a fund")
    administrator.answer(
        {
            "Name of the fund": "Local School Improvement Fund",
            "Council": "Slough Borough Council",
            "Local authority code": "871",
            "References begin with": "LSIF",
        }
    )
    administrator.press("Set up the fund")
    administrator.follow("Local School Improvement Fund")
    for source, minute, pounds in (
        ("Schools block, centrally retained", "Schools Forum 12 March 2026, item 7", "150,000"),
        ("Top-up", "Schools Forum 8 July 2026, item 9", "49,500"),
    ):
        administrator.follow("Add an allocation line")
        administrator.answer(
            {
                "Where the money comes from": source,
                "Minute reference": minute,
                "Financial year": Chosen("2026/27"),
                "Amount": pounds,
                "Which schools may it pay?": ticked("Maintained schools", "Academies and free schools"),
            }
        )
        administrator.press("Add the line")
    administrator.reads("£199,500.00")
    administrator.follow("Add a round")
    administrator.answer(
        {
            "Name of the round": "Rolling round",
            "When may schools bid?": ticked("At any time (a rolling round)"),
        }
    )
    administrator.press("Add the round")
    for priority in ("Early reading and phonics", "Disadvantaged pupils"):
        administrator.follow("Add a priority to Rolling round")
        administrator.answer({"Priority": priority})
        administrator.press("Add the priority")
    administrator.open("/work")
    administrator.follow("Publish the round")
    administrator.press("Publish the round")


def _invite_through_pages(administrator: Visitor) -> None:
    """One person of each kind: a role, a school, a seat."""
    _invite(
        administrator,
        "A role with the council",
        "Priya Raman",
        {"Role": Chosen("Liaison officer"), "Which fund?": Chosen("Local School Improvement Fund")},
    )
    _invite(
        administrator,
        "A place at a school",
        "Amara Nwosu",
        {"School": "110095", "What may they do?": ticked("Head teacher")},
    )
    _invite(
        administrator,
        "A seat on a panel",
        "Sue Tan",
        {
            "Which fund’s panel?": Chosen("Local School Improvement Fund"),
            "Position": ticked("Panel member"),
            "Speaks for": Chosen("Governors"),
        },
    )


def _invite(administrator: Visitor, kind: str, name: str, place: dict[str, str]) -> None:
    administrator.open("/people")
    administrator.press("Invite somebody")
    administrator.follow(kind)
    administrator.answer({"Email address": address(name), "Full name": name, **place})
    administrator.press("Send the invitation")
    administrator.reads(name)


def _invite_the_others(world: World) -> None:
    """The same operation the page calls, for speed."""
    today = world.moment.date()
    with world.app.app_context():
        by = db.session.query(User).filter_by(email=address(ADMINISTRATOR)).one()
        fund = db.session.query(Fund).one()
        for name, role in STAFF.items():
            _give(name, RolePlace(role, fund.id, today), by, world.moment)
        for name, (school, standing) in SCHOOLS.items():
            found = db.session.query(School).filter_by(name=school).one()
            _give(name, SchoolPlace(found, standing, today), by, world.moment)
        for name, (position, sector) in PANEL.items():
            _give(name, SeatPlace(fund.id, position, sector, today), by, world.moment)
        db.session.remove()


def _give(name: str, place: Place, by: User, now: datetime) -> None:
    known = db.session.query(User).filter_by(email=address(name)).one_or_none()
    if known is None:
        people.invite(email=address(name), name=name, job_title="", place=place, by=by, now=now)
    elif not _holds(known, place):
        people.give(known, place, by=by, now=now)


def _holds(user: User, place: Place) -> bool:
    held = {RolePlace: user.roles, SchoolPlace: user.memberships, SeatPlace: user.seats}
    return bool(held[type(place)])


def day(words: str) -> date:
    return date.fromisoformat(words)
