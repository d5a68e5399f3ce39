"""Whom a bid names among people of the council and the panel, and whether that is an interest."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, or_, select

from fundflow.extensions import db
from fundflow.interests.declarations import declaration_of, keep
from fundflow.letters import write_letter
from fundflow.letters.recipients import each_to_tell
from fundflow.models.bid import Bid
from fundflow.models.interest import InterestKind
from fundflow.models.named_person import NamedPerson
from fundflow.models.person import RoleGrant, Seat, User
from fundflow.rules.interests.bars import bar_of
from fundflow.steps import take_step
from fundflow.workflow.named_person import NamedState
from fundflow.workflow.working_days import london_date


def note_named(bid: Bid, now: datetime) -> None:
    """Note the people of the council or the panel whose address the bid names as one of its own people’s,
    and tell them and those who settle it. The caller commits.

    A person noted before is asked about again where the bid names them as something else now; who is
    barred anyway is not asked about: there is nothing to settle.
    """
    named = dict(_named_addresses(bid))
    known = {person.user_id: person for person in bid.named_people}
    new: dict[User, str] = {}
    for user in _of_council_or_panel(bid, list(named), london_date(now)):
        named_as, person = _named_as(user, named), known.get(user.id)
        if person is None and bar_of(bid, user, now) is None:
            new[user] = named_as
        elif person is not None and person.named_as != named_as:
            person.named_as = named_as
            if person.state is NamedState.NO_INTEREST:
                take_step(person, "name_again", user=None, now=now)
    people = [NamedPerson(bid=bid, user=user, named_as=as_, named_at=now) for user, as_ in new.items()]
    db.session.add_all(people)
    db.session.flush()  # their letters are known by their numbers
    for person in people:  # once all are noted: nobody who is named settles anything
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


def _tell(person: NamedPerson, now: datetime) -> None:
    """The one who is named, and who may settle it."""
    bid = person.bid
    for recipient, who in each_to_tell(("named", "settles"), person, now):
        write_letter(
            "review_extra/named.txt",
            recipient,
            who,
            bid=bid,
            now=now,
            key=f"named:{person.id}:{recipient}:{who.email}",
            path=f"/bids/{bid.reference}/review",
            context={"record": person},
        )


def confirm_interest(
    named: NamedPerson, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """Bar the person from the bid, as if they had declared it; what they declared before is remembered."""
    known = declaration_of(named.bid, named.user)
    if known is not None:
        named.before, named.before_text = known.kind, known.text
    take_step(named, "confirm_interest", user=user, now=now, given={"reason": reason}, version=version)
    text = f"Named in the bid as {named.named_as}. {reason}"
    keep(named.bid, named.user, InterestKind.BARRED, text, user=user, now=now)
    db.session.commit()


def dismiss_interest(
    named: NamedPerson, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """Leave the person as free as before they were named: with what they had declared then, if anything."""
    was_barred = named.state is NamedState.INTEREST
    take_step(named, "dismiss_interest", user=user, now=now, given={"reason": reason}, version=version)
    if was_barred:
        kind, text = named.before or InterestKind.NONE, named.before_text or reason
        keep(named.bid, named.user, kind, text, user=user, now=now)
    db.session.commit()
