"""Who is told that bids passed to a successor: one letter a person, whatever the number of bids."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from fundflow.letters import write_letter
from fundflow.letters.addressee import Addressee
from fundflow.letters.holders import holders_of, leaders_of
from fundflow.letters.recipients import OFFICERS
from fundflow.models.area import Succession
from fundflow.models.bid import Bid
from fundflow.models.person import RoleName, User
from fundflow.models.school import School
from fundflow.permissions import AWARDED_STATES
from fundflow.rules.interests.bars import bar_of
from fundflow.workflow.working_days import london_date

TEMPLATE = "schools/succession.txt"


class Passed(NamedTuple):
    """A bid that changed hands, how, and what is wrong with its money now."""

    bid: Bid
    sentences: list[str]
    money: str


def tell(
    new: School, old: School, passed: list[Passed], done: Succession, *, user: User, now: datetime
) -> None:
    """The successor's head hears of all of them, officers of those they may see, finance of awards.

    Where they had passed to `old` by mistake, its head, who was told so, hears that too.
    """

    context = {"old": old, "new": new, "by": user.name, "reason": done.reason}

    def write(recipient: str, who: Addressee, about: list[Passed]) -> None:
        bid = about[0].bid if len(about) == 1 and recipient != "former" else None
        if who.email and about:
            write_letter(
                TEMPLATE,
                recipient,
                who,
                now=now,
                bid=bid,
                path=None if bid else "/bids",
                key=f"succession:{done.id}:{recipient}:{who.email.lower()}",
                context={**context, "passed": about},
            )

    day = london_date(now)
    for head in leaders_of(new, day):
        write("school", head, passed)
    for head in leaders_of(old, day) if done.old_school_id != old.id else []:
        write("former", head, passed)
    for officer in _holders(passed, OFFICERS, user, now):
        write("officer", officer, [p for p in passed if _tells_officer(p.bid, officer, now)])
    for payer in _holders(passed, (RoleName.FINANCE,), user, now):
        write("finance", payer, [p for p in passed if p.bid.state in AWARDED_STATES])


def _holders(passed: list[Passed], roles: Iterable[RoleName], user: User, now: datetime) -> list[Addressee]:
    """Everybody with these roles for the funds of these bids, but not the person who did it."""
    found: dict[int, Addressee] = {}
    for fund_id in sorted({p.bid.fund_id for p in passed}):
        for who in holders_of(fund_id, roles, london_date(now)):
            if who.user and who.user.id != user.id:
                found[who.user.id] = who
    return list(found.values())


def _tells_officer(bid: Bid, officer: Addressee, now: datetime) -> bool:
    """A school's own draft is nobody's business yet; nor is a bid that bars the officer."""
    known = bid.submitted_at is not None or not bid.began_by_school
    return officer.user is not None and known and not bar_of(bid, officer.user, now)
