"""What somebody is, in words, from what they hold."""

from collections.abc import Collection, Mapping
from datetime import date

from fundflow.models.person import Membership, RoleGrant, Seat, User
from fundflow.workflow.phrases import joined

Holding = RoleGrant | Membership | Seat


def what_they_are(user: User, day: date) -> list[str]:
    """“Head teacher, Hazelmere Primary School”, “Panel member” … as things stand on a day."""
    held: list[Holding] = [*user.roles, *user.memberships, *user.seats]
    return list(dict.fromkeys(holding_words(item) for item in held if item.is_valid_on(day)))


def holding_words(holding: Holding, funds: Mapping[int, str] | None = None) -> str:
    """One thing somebody holds; with the funds' names, also for which fund."""
    if isinstance(holding, Membership):
        return f"{holding.standing.words}, {holding.school.name}"
    if isinstance(holding, RoleGrant):
        words = holding.role.words
        return f"{words} ({_fund(holding.fund_id, funds)})" if funds is not None else words
    words = "Substitute on the panel" if holding.stands_in_for_id else holding.position.words
    return f"{words} ({_fund(holding.fund_id, funds)})" if funds is not None else words


def office(user: User, day: date, *, fund_id: int | None = None, school_ids: Collection[int] = ()) -> str:
    """“liaison officer and panel clerk”, to stand behind a name; empty for who holds nothing that day.

    fund_id     of a record of one fund: without roles and seats of others
    school_ids  of a bid: places at its schools alone, unless they hold nothing else
    """
    everything: list[Holding] = [*user.roles, *user.memberships, *user.seats]
    held = [holding for holding in everything if holding.is_valid_on(day)]
    concerned = [holding for holding in held if _concerns(holding, fund_id, school_ids)]
    return joined(list(dict.fromkeys(map(_office_words, concerned or held))))


def _concerns(holding: Holding, fund_id: int | None, school_ids: Collection[int]) -> bool:
    if isinstance(holding, Membership):
        return not school_ids or holding.school_id in school_ids
    return fund_id is None or holding.fund_id in (None, fund_id)


def _office_words(holding: Holding) -> str:
    if isinstance(holding, Membership):
        return f"{_uncapitalised(holding.standing.words)} of {holding.school.name}"
    return _uncapitalised(holding_words(holding))


def _uncapitalised(words: str) -> str:
    return words[:1].lower() + words[1:]


def seat_words(seat: Seat, funds: Mapping[int, str]) -> str:
    """“Ann Lee, panel chair, Governors (Fund)”, to choose among."""
    return (
        f"{seat.user.name}, {seat.position.words.lower()}, {seat.sector.words} ({_fund(seat.fund_id, funds)})"
    )


def _fund(fund_id: int | None, funds: Mapping[int, str]) -> str:
    return "every fund" if fund_id is None else funds.get(fund_id, "another fund")
