"""Whom a bid names among people of the council and the panel, once the school has sent it."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, or_, select

from fundflow.extensions import db
from fundflow.letters import write_letter
from fundflow.letters.recipients import OFFICERS, Addressee, holders_of
from fundflow.models.bid import Bid
from fundflow.models.named_person import NamedPerson
from fundflow.models.person import RoleGrant, RoleName, Seat, User
from fundflow.workflow.working_days import london_date


def note_named(bid: Bid, now: datetime) -> None:
    """Note the people of the council or the panel whose address the bid names as one of its own people’s,
    and tell them and whoever settles it. The caller commits.

    Whoever was noted before is not noted again, nor is who is barred anyway: there is nothing to settle.
    """
    named = dict(_named_addresses(bid))
    known = {person.user_id for person in bid.named_people}
    users = [
        user
        for user in _of_council_or_panel(bid, list(named), london_date(now))
        if user.id not in known and bid.why_barred(user, now) is None
    ]
    found = [NamedPerson(bid=bid, user=user, named_as=_named_as(user, named), named_at=now) for user in users]
    db.session.add_all(found)
    db.session.flush()  # their letters are known by their numbers
    for person in found:  # once all are noted: whoever is named settles nothing
        _tell(person, now)


def _named_addresses(bid: Bid) -> Iterator[tuple[str, str]]:
    """(address, as what the bid names it)."""
    for partner in bid.partners:
        if partner.contact_email:
            yield partner.contact_email.lower(), f"the head of {partner.school.name}"[:120]
    if bid.approver_email and bid.approver_wanted:
        yield bid.approver_email.lower(), "its approver"
    if bid.contact_email:
        yield bid.contact_email.lower(), "its contact"


def _named_as(user: User, named: Mapping[str, str]) -> str:
    """As what a bid names this person, by the address they have or had."""
    return next(named[email] for email in (user.email, *user.former_emails) if email in named)


def _of_council_or_panel(bid: Bid, emails: list[str], day: date) -> list[User]:
    here = or_(RoleGrant.fund_id.is_(None), RoleGrant.fund_id == bid.fund_id)
    works = exists().where(RoleGrant.user_id == User.id, here, _lasts(RoleGrant, day))
    sits = exists().where(Seat.user_id == User.id, Seat.fund_id == bid.fund_id, _lasts(Seat, day))
    if not emails:
        return []
    theirs = or_(*(User.bears(email) for email in emails))
    query = select(User).where(theirs, User.active.is_(True), or_(works, sits))
    return list(db.session.scalars(query.order_by(User.id)))


def _lasts(place: type[RoleGrant] | type[Seat], day: date) -> ColumnElement[bool]:
    """Held now or to be held."""
    return or_(place.ends_on.is_(None), place.ends_on >= day)


def _free(bid: Bid, roles: tuple[RoleName, ...], day: date) -> list[Addressee]:
    """Those who hold one of these roles for the fund and may settle it: neither barred nor named."""
    found = {who.email: who for who in holders_of(bid.fund_id, roles, day)}
    return [who for who in found.values() if who.user and not bid.why_barred_on(who.user, day)]


def _tell(person: NamedPerson, now: datetime) -> None:
    """The one who is named, and who may settle it: officers and clerks, else the administrators."""
    bid, who, day = person.bid, person.user, london_date(now)
    settles = _free(bid, (*OFFICERS, RoleName.CLERK), day) or _free(bid, (RoleName.ADMINISTRATOR,), day)
    named = Addressee(who.name, who.email, who)
    for recipient, found in [("named", named), *(("clerk", found) for found in settles)]:
        write_letter(
            "review_extra/named.txt",
            recipient,
            found,
            bid=bid,
            now=now,
            key=f"named:{person.id}:{recipient}:{found.email}",
            path=f"/bids/{bid.reference}/review",
            context={"record": person},
        )
