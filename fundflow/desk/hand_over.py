"""Handing over everything an officer has in hand, in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.accounts.appointing import tell_others
from fundflow.actors import OFFICERS, roles_for
from fundflow.desk.cover import is_administrator, is_officer
from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.letters import write_letter
from fundflow.letters.addressee import Addressee
from fundflow.models.area import Patch
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.board import Recommendation
from fundflow.models.brokering import SupportRequest
from fundflow.models.caseload import CaseloadEntry
from fundflow.models.letter import Letter
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.models.target import SchoolTarget
from fundflow.permissions import may_see
from fundflow.review.rules import NOT_OVER
from fundflow.rules.caseloads import entries_naming, officers_named
from fundflow.rules.interests.bars import bar_on, hidden_from
from fundflow.rules.interests.own_schools import OwnBodies
from fundflow.rules.recommendations import owned_by, owner_role
from fundflow.rules.targets import looked_after_by
from fundflow.steps import AlreadyTaken, Stale, lock_row, note
from fundflow.web.forms import fingerprint
from fundflow.workflow.engine import Refused
from fundflow.workflow.interests import bar_of_them
from fundflow.workflow.support_request import RequestState
from fundflow.workflow.working_days import london_date

MOST_NAMED = 100  # bids in the letter
# What `bar_of` asks, loaded for all at once.
FOR_REASONS: Any = (
    selectinload(Bid.declarations),
    selectinload(Bid.named_people),
    selectinload(Bid.partners).joinedload(Partner.school),
)
OPEN_REQUESTS = (RequestState.ASKED, RequestState.PROPOSED)


@dataclass(frozen=True, slots=True)
class Everything:
    """What an officer has in hand, and what of it another can take.

    bids     the bids the other takes
    barred   (bid, why the other can't take it)
    patches  the patches whose link officer this is
    requests how many requests for support are open at the schools of those patches
    targets  the two-year targets of schools that the other looks after from then on
    staying  those of the other's own schools, which the other can't take
    asked    the recommendations of committees that wait for the officer, of funds of which the other may own
             some; those of other funds stay
    named    the schools whose caseload names the officer, but the other's own
    """

    of: User
    to: User
    bids: Sequence[Bid]
    barred: Sequence[tuple[Bid, str]]
    patches: Sequence[Patch]
    requests: int
    targets: Sequence[SchoolTarget]
    staying: Sequence[SchoolTarget]
    asked: Sequence[Recommendation]
    named: Sequence[CaseloadEntry]

    @property
    def is_nothing(self) -> bool:
        held = self.bids or self.barred or self.patches or self.targets or self.staying
        return not (held or self.asked or self.named)

    @property
    def stamp(self) -> str:
        """A fingerprint of what would be handed over."""
        return fingerprint(
            [
                self.of.id,
                self.to.id,
                [b.id for b in self.bids],
                [b.id for b, _why in self.barred],
                [p.id for p in self.patches],
                [t.id for t in self.targets],
                [r.id for r in self.asked],
                [entry.id for entry in self.named],
            ]
        )


def people_with_bids() -> list[User]:
    """Everybody, gone or not, who has bids, targets or recommendations in hand or is the link of a patch, by
    name."""
    handles = exists().where(Bid.officer_id == User.id, Bid.state.in_(NOT_OVER))
    links = exists().where(Patch.officer_id == User.id)
    owns = exists().where(looked_after_by(User.id))
    answers = exists().where(owned_by(User.id))
    named = User.id.in_(officers_named())
    any_of_them = or_(handles, links, owns, answers, named)
    return list(db.session.scalars(select(User).where(any_of_them).order_by(User.name, User.id)))


def person(number: int) -> User | None:
    return db.session.get(User, number)


def everything_of(of: User, to: User, now: datetime, *, hold: bool = False) -> Everything:
    """What `of` has in hand, sorted into what `to` can take and what they can't.

    hold  lock the rows, bids in the order of their ids
    """
    bids = select(Bid).where(*_in_hand(of)).options(joinedload(Bid.lead_school))
    patches = select(Patch).where(Patch.officer_id == of.id).order_by(Patch.id)
    if hold:
        bids = bids.with_for_update(of=Bid, key_share=True).execution_options(populate_existing=True)
        patches = patches.with_for_update(of=Patch, key_share=True)
    held = list(db.session.scalars(bids.order_by(Bid.id)))
    reasons = _reasons(held, of, to, now)
    targets, own = _targets(of, hold), OwnBodies.of(to, london_date(now))
    staying = [one for one in targets if own.bar_from([one.school]) is not None]
    return Everything(
        of,
        to,
        [bid for bid in held if bid.id not in reasons],
        [(bid, reasons[bid.id]) for bid in held if bid.id in reasons],
        list(db.session.scalars(patches)),
        _open_requests(of),
        [one for one in targets if one not in staying],
        staying,
        _asked(of, to, now, hold),
        [one for one in entries_naming(of.id) if own.bar_from([one.school]) is None],
    )


def _in_hand(of: User) -> tuple[ColumnElement[bool], ...]:
    return Bid.officer_id == of.id, Bid.state.in_(NOT_OVER)


def _reasons(bids: Sequence[Bid], of: User, to: User, now: datetime) -> dict[int, str]:
    """Why `to` can't take some of these bids of `of`: bid id → the reason."""
    day = london_date(now)
    funds = {fund for fund in {bid.fund_id for bid in bids} if not roles_for(to, fund, day) & OFFICERS}
    barred = db.session.scalars(
        select(Bid)
        .where(*_in_hand(of), Bid.fund_id.not_in(funds), hidden_from(to, day))
        .options(*FOR_REASONS)
    )
    reasons = {bid.id: bar_of_them(bar) for bid in barred if (bar := bar_on(bid, to, day))}
    elsewhere = f"{to.name} is not a liaison officer of this fund"
    return reasons | {bid.id: elsewhere for bid in bids if bid.fund_id in funds}


def _targets(of: User, hold: bool) -> Sequence[SchoolTarget]:
    """The targets that somebody looks after."""
    query = select(SchoolTarget).where(looked_after_by(of.id)).order_by(SchoolTarget.id)
    if hold:  # looked at again under the lock: somebody may have changed or ended one meanwhile
        db.session.scalars(query.with_for_update(of=SchoolTarget, key_share=True)).all()
    query = query.options(joinedload(SchoolTarget.school)).execution_options(populate_existing=hold)
    return db.session.scalars(query).all()


def _asked(of: User, to: User, now: datetime, hold: bool) -> list[Recommendation]:
    query = select(Recommendation).where(owned_by(of.id)).order_by(Recommendation.id)
    if hold:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    day = london_date(now)
    return [one for one in db.session.scalars(query) if owner_role(to, one.fund_id, day)]


def _open_requests(of: User) -> int:
    schools = select(School.id).join(Patch, Patch.id == School.patch_id).where(Patch.officer_id == of.id)
    return (
        db.session.scalar(
            select(func.count())
            .select_from(SupportRequest)
            .where(SupportRequest.school_id.in_(schools), SupportRequest.state.in_(OPEN_REQUESTS))
        )
        or 0
    )


def visible_among(found: Everything, user: User, now: datetime) -> set[int]:
    """The ids of those bids whose titles this person may read."""
    return set(db.session.scalars(select(Bid.id).where(*_in_hand(found.of), may_see(user, now))))


def why_not_hand_over(of: User, user: User, now: datetime) -> str | None:
    """None where this person may hand over what `of` has in hand, else the sentence."""
    day = london_date(now)
    if is_administrator(user, day) or (user.id == of.id and is_officer(user, day)):
        return None
    return "You can hand over your own bids alone. An administrator can hand over anybody’s."


def hand_over_everything(
    of: User, to: User, deputy: User | None, *, stamp: str, once: str, user: User, now: datetime
) -> int:
    """Give all that `of` has in hand to `to`, who is told in one letter; returns how many bids went.

    deputy  takes the bids `to` is barred from, as far as they may; without one those stay
    stamp   of the page: raises Stale where something came or went since
    once    the page's own mark: raises AlreadyTaken at its second click
    """
    _hold(of)
    if why := why_not_hand_over(of, user, now) or _why_not_to(of, to, now):
        raise Refused(why)
    if db.session.scalar(select(Letter.id).where(Letter.key.startswith(f"hand_over:{once}:")).limit(1)):
        raise AlreadyTaken
    found = everything_of(of, to, now, hold=True)
    if found.is_nothing:
        raise Refused(f"{of.name} has nothing to hand over.")
    if stamp != found.stamp:
        raise Stale
    theirs = _for_deputy(found, deputy, now) if deputy else []
    if not (found.bids or theirs or found.patches or found.targets or found.asked or found.named):
        raise Refused(f"{to.name} can take none of this. Select somebody else.")
    taken = HandedOver(
        of, to, found.bids, found.patches, found.requests, found.targets, found.asked, found.named
    )
    _give(taken, once, user, now)
    if deputy and theirs:
        _give(HandedOver(of, deputy, theirs), once, user, now)
    db.session.commit()
    return len(found.bids) + len(theirs)


def _for_deputy(found: Everything, deputy: User, now: datetime) -> list[Bid]:
    """The bids that the deputy takes, of those the other can't take."""
    bids = [bid for bid, _why in found.barred]
    not_theirs = _reasons(bids, found.of, deputy, now)
    return [bid for bid in bids if bid.id not in not_theirs]


def _hold(of: User) -> None:
    """One hand-over at a time of the same person's bids."""
    lock_row(of)


def _why_not_to(of: User, to: User, now: datetime) -> str | None:
    if of.id == to.id:
        return "Select another officer to take the bids."
    if not (to.active and is_officer(to, london_date(now))):
        return f"{to.name} is not a liaison officer now."
    return None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What one person takes over from another, and is told in one letter."""

    of: User
    to: User
    bids: Sequence[Bid]
    patches: Sequence[Patch] = ()
    requests: int = 0
    targets: Sequence[SchoolTarget] = ()
    asked: Sequence[Recommendation] = ()
    named: Sequence[CaseloadEntry] = ()


def _give(part: HandedOver, once: str, user: User, now: datetime) -> None:
    for bid in part.bids:
        bid.officer = part.to
        note(
            bid,
            "assign",
            f"Handed the bid to {part.to.name}",
            user=user,
            now=now,
            internal=True,
            reason=f"Before: {part.of.name}. Handed over with all their bids.",
        )
    for patch in part.patches:
        patch.officer = part.to
        patch.touch()
    for target in part.targets:
        target.look_after(part.to, f"Handed over by {part.of.name} with everything else.", user, now)
    for one in part.asked:
        if role := owner_role(part.to, one.fund_id, london_date(now)):
            one.give_to(part.to, role)
            note(
                one,
                "assign",
                f"Handed the recommendation to {part.to.name}",
                user=user,
                now=now,
                internal=True,
            )
    for entry in part.named:
        why = f"Handed over by {part.of.name} with everything else."
        db.session.add(entry.with_officer(part.to, why, user, now))
    if part.bids or part.patches or part.targets or part.asked or part.named:
        _tell(part, once, user, now)


def _tell(part: HandedOver, once: str, user: User, now: datetime) -> None:
    label = f"What {part.of.name} looked after went to {part.to.name}"
    entry = record_event(part.of, "hand_over", label, user=user, now=now)
    write_letter(
        "desk/hand_over.txt",
        "officer",
        Addressee(part.to.name, part.to.email, part.to),
        now=now,
        entry=entry,
        key=f"hand_over:{once}:{part.to.id}",
        path="/work",
        context={
            "by": user,
            "part": part,
            "bids": part.bids[:MOST_NAMED],
            "more": max(len(part.bids) - MOST_NAMED, 0),
        },
    )
    if part.to.id == user.id:  # an administrator who takes them over is watched by the others
        what = f"took over everything {part.of.name} looked after"
        tell_others(user, what, entry, fund_id=None, by=user)
