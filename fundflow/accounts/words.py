"""What somebody is, in words, from what they hold."""

from collections.abc import Mapping
from datetime import date

from fundflow.models.person import Membership, RoleGrant, Seat, User

Holding = RoleGrant | Membership | Seat


def what_they_are(user: User, day: date) -> list[str]:
    """“Head teacher, Hazelmere Primary School”, “Panel member” … as things stand on a day."""
    held: list[Holding] = [*user.roles, *user.memberships, *user.seats]
    return list(dict.fromkeys(holding_words(item) for item in held if item.holds_on(day)))


def holding_words(holding: Holding, funds: Mapping[int, str] | None = None) -> str:
    """One thing somebody holds; with the funds' names, also for which fund."""
    if isinstance(holding, Membership):
        return f"{holding.standing.words}, {holding.school.name}"
    if isinstance(holding, RoleGrant):
        words = holding.role.words
        return f"{words} ({_fund(holding.fund_id, funds)})" if funds is not None else words
    words = "Substitute on the panel" if holding.stands_in_for_id else holding.position.words
    return f"{words} ({_fund(holding.fund_id, funds)})" if funds is not None else words


def seat_words(seat: Seat, funds: Mapping[int, str]) -> str:
    """“Ann Lee, panel chair, Governors (Fund)”, to choose among."""
    return (
        f"{seat.user.name}, {seat.position.words.lower()}, {seat.sector.words} ({_fund(seat.fund_id, funds)})"
    )


def _fund(fund_id: int | None, funds: Mapping[int, str]) -> str:
    return "every fund" if fund_id is None else funds.get(fund_id, "another fund")
