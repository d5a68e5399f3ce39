"""What every appointment is held to, whichever way it is made, and who is told of it.

Nobody appoints themself; a first day in the past has a reason; a panel has one chair, and one deputy, at a
time. The other administrators and the auditors get a letter.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import select

from fundflow.accounts.places import Place
from fundflow.extensions import db
from fundflow.letters.addressee import Addressee
from fundflow.letters.holders import holders_of
from fundflow.letters.writing import write_letter
from fundflow.models.fund import Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.holding_words import Holding
from fundflow.models.person import RoleName, Seat, SeatPosition, User
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

OWN = (
    "Nobody can give themselves a role, a seat or a place at a school, or hold one longer. Ask another "
    "administrator."
)
PAST = "Enter why it begins in the past"
ONE_AT_A_TIME = (SeatPosition.CHAIR, SeatPosition.DEPUTY)  # the casting vote must be one person's
TOLD = (RoleName.ADMINISTRATOR, RoleName.AUDITOR)


def require_other(person: User, by: User) -> None:
    """Raise Refused where somebody would appoint themself."""
    if person.id == by.id:
        raise Refused(OWN)


def require_reason(place: Place, reason: str, now: datetime) -> None:
    """Raise Refused where the first day is past and nobody says why."""
    if place.starts_on < london_date(now) and not reason.strip():
        raise Refused(f"{PAST}.")


def require_vacant(holding: Holding) -> None:
    """Raise Refused where the seat of a chair or deputy has another holder on one of its days.

    Locks the fund, so that two administrators can't seat two at the same moment.
    """
    if not isinstance(holding, Seat) or holding.position not in ONE_AT_A_TIME:
        return
    db.session.scalar(select(Fund.id).where(Fund.id == holding.fund_id).with_for_update(key_share=True))
    seats = select(Seat).where(Seat.fund_id == holding.fund_id, Seat.position == holding.position)
    for other in db.session.scalars(seats):
        if other is not holding and are_at_once(holding, other):
            until = f" until {day_words(other.ends_on)}" if other.ends_on else ""
            raise Refused(
                f"{other.user.name} is {other.position.words.lower()}{until}. A panel has one at a time: "
                "end that first, or choose days outside it."
            )


def are_at_once(one: Holding, other: Holding) -> bool:
    """Whether two holdings share a day."""
    return one.starts_on <= (other.ends_on or date.max) and other.starts_on <= (one.ends_on or date.max)


def tell_others(
    person: User,
    what: str,
    entry: HistoryEntry,
    *,
    fund_id: int | None,
    by: User | None,
    reason: str = "",
    but: Iterable[User] = (),
) -> None:
    """Write to the other administrators and the auditors what changed about an account.

    what     “Finance officer (every fund), from 1 September 2027”
    fund_id  the fund it is about; None: every fund, or none
    by       None for the command line
    but      people who get another letter about it
    """
    db.session.flush()  # letters are known by the entry's number
    context = {
        "person": person,
        "what": what,
        "by": by.name if by else "the command line",
        "reason": reason,
    }
    for who in _others(fund_id, london_date(entry.at), (by, *but)):
        write_letter(
            "accounts/changed.txt",
            "administrator",
            who,
            key=f"account:{entry.id}:{who.email}",
            now=entry.at,
            entry=entry,
            path=f"/people/{person.id}",
            context=context,
        )


def tell_them(person: User, what: str, entry: HistoryEntry, *, by: User) -> None:
    """Write to the person whose account it is, at once, unless they did it themself."""
    db.session.flush()  # the letter is known by the entry's number
    if person.id != by.id:
        write_letter(
            "accounts/changed.txt",
            "user",
            Addressee(person.name, person.email, person),
            key=f"account:{entry.id}:own",
            now=entry.at,
            entry=entry,
            path="/me",
            context={"person": person, "what": what, "by": by.name, "reason": entry.reason},
        )


def write_list_to_others(invited: Sequence[str], *, key: str, by: User, now: datetime) -> None:
    """Tell the others in one letter each of many people who were invited at once."""
    for who in _others(None, london_date(now), (by,)):
        write_letter(
            "accounts/invited_many.txt",
            "administrator",
            who,
            key=f"{key}:{who.email}",
            now=now,
            path="/people",
            context={"invited": invited, "by": by.name},
        )


def _others(fund_id: int | None, day: date, but: Iterable[User | None]) -> Iterator[Addressee]:
    """Each administrator of the fund (None: of every fund) and each auditor once, but for these."""
    known = {user.id for user in but if user is not None}
    for who in holders_of(fund_id, TOLD, day):
        if who.user is not None and who.user.id not in known:
            known.add(who.user.id)
            yield who
