"""The people of the demonstration, and what each can do in one line."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from fundflow.accounts.session import HOLDINGS
from fundflow.accounts.words import what_they_are
from fundflow.extensions import db
from fundflow.models.person import RoleName as R
from fundflow.models.person import SeatPosition as P
from fundflow.models.person import Standing as S
from fundflow.models.person import User

WHAT_THEY_DO: dict[R | S | P, str] = {
    S.LEADER: "Submits bids, accepts offers, confirms staff and reports impact",
    S.TEAM: "Prepares bids, claims and reports for the head to submit",
    R.OFFICER: "Checks bids, asks for changes, recommends them and sees to their delivery",
    R.DEPUTY_OFFICER: "Takes over the bids the liaison officer may not touch",
    R.CLERK: "Plans meetings, sends papers, records attendance, scores and votes",
    R.AUTHORISED_OFFICER: "Decides where the fund says an officer decides",
    R.REVIEWING_MANAGER: "Hears a school that asks for a decision to be looked at again",
    R.FINANCE: "Checks and pays claims, and keeps the ledger",
    R.IMPACT_OFFICER: "Checks reports, asks for feedback and closes bids",
    R.AUDITOR: "Reads everything and changes nothing",
    R.BOARD: "Reads the figures, without personal data",
    R.ADMINISTRATOR: "Looks after people, the fund, its rounds and letters that failed",
    P.CHAIR: "Chairs the panel, votes and records its decisions",
    P.DEPUTY: "Votes, and chairs where the chair may not",
    P.MEMBER: "Reads papers, declares interests and votes",
}

GROUPS = ("Schools", "Council", "Panel", "Others")


class Persona(NamedTuple):
    user: User
    what: list[str]
    does: list[str]


def personas(day: date) -> dict[str, list[Persona]]:
    """Every active person by kind, in the order of their names."""
    groups: dict[str, list[Persona]] = {name: [] for name in GROUPS}
    everybody = select(User).where(User.active.is_(True)).options(*HOLDINGS)
    for user in db.session.scalars(everybody.order_by(User.name, User.id)):
        persona = Persona(user, what_they_are(user, day), _does(user, day))
        groups[_group(user, day)].append(persona)
    return {name: people for name, people in groups.items() if people}


def _group(user: User, day: date) -> str:
    if user.roles_on(day):
        return "Council"
    if user.seats_on(day):
        return "Panel"
    return "Schools" if user.memberships_on(day) else "Others"


def _does(user: User, day: date) -> list[str]:
    kinds: list[R | S | P] = [
        *(member.standing for member in user.memberships_on(day)),
        *(grant.role for grant in user.roles if grant.holds_on(day)),
        *(seat.position for seat in user.seats_on(day)),
    ]
    return list(dict.fromkeys(WHAT_THEY_DO[kind] for kind in kinds))
