"""What the officer's pages show."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.actors import OFFICERS
from fundflow.extensions import db
from fundflow.models.attempts import attempt_words
from fundflow.models.bid import Bid
from fundflow.models.decision import Decision
from fundflow.models.desk import Mention, StaffNote
from fundflow.models.interest import RegisteredInterest
from fundflow.models.lists import Lists
from fundflow.models.named_person import NamedPerson
from fundflow.models.need import NeedAssessment
from fundflow.models.panel import AgendaItem
from fundflow.models.person import Membership, RoleGrant, RoleName, Seat, User
from fundflow.models.review import Query, Review, ReviewRequest, Submission
from fundflow.models.school import School
from fundflow.permissions import SEE_ALL_UNLESS_BARRED, sees_review, writes_notes
from fundflow.rules.interests.bars import bar_of
from fundflow.web.paging import Page, newest_first, page_of
from fundflow.workflow.working_days import london_date

# Everything the review page shows of a bid, in a number of queries that rows don't change.
REVIEW_PAGE: tuple[Any, ...] = (
    joinedload(Bid.priority),
    joinedload(Bid.round),
    joinedload(Bid.review).joinedload(Review.updated_by),
    joinedload(Bid.review).selectinload(Review.checks),
    joinedload(Bid.named_people).joinedload(NamedPerson.user),
)
REVIEW_LISTS = Lists(
    Bid.partners,
    Bid.activities,
    Bid.backfill_lines,
    Bid.cost_lines,
    Bid.confirmations,
    Bid.approvals,
    Bid.declarations,
    Bid.queries,
    Bid.review_requests,
    Bid.items,
    Bid.offers,
    also=[AgendaItem.meeting],
)
# A person with all that `bar_of` asks of them, so that many are asked in a few queries.
PERSON = joinedload(RoleGrant.user)
HOLDER = (
    PERSON.selectinload(User.roles),
    PERSON.selectinload(User.memberships).joinedload(Membership.school),
    PERSON.selectinload(User.seats).joinedload(Seat.school),
    PERSON.selectinload(User.registered_interests).joinedload(RegisteredInterest.school),
)
NOTES = 25  # on a page
NEED_PAGE = (joinedload(Bid.priority), joinedload(Bid.review))


def load_premiums(bid: Bid) -> None:
    """The pupil premium of all schools of a bid, at once."""
    ids = [school.id for school in bid.schools]
    query = select(School).where(School.id.in_(ids)).options(joinedload(School.premiums))
    db.session.scalars(query).unique().all()


def officers_for(bid: Bid, day: date) -> list[User]:
    """The officers and deputies of the bid's fund, by name."""
    return _holders(bid, OFFICERS, day)


def _holders(bid: Bid, roles: Iterable[RoleName], day: date) -> list[User]:
    grants = db.session.scalars(
        select(RoleGrant)
        .join(User)
        .options(*HOLDER)
        .where(RoleGrant.role.in_(roles), User.active.is_(True))
        .where(or_(RoleGrant.fund_id == bid.fund_id, RoleGrant.fund_id.is_(None)))
    )
    held = {grant.user for grant in grants if grant.is_valid_on(day)}
    return sorted(held, key=lambda user: (user.name, user.id))


def unbarred_officers(bid: Bid, now: datetime) -> list[User]:
    """Those of them who may handle this bid; a handful, so each is asked."""
    return [user for user in officers_for(bid, london_date(now)) if not bar_of(bid, user, now)]


def heard(requests: Iterable[ReviewRequest]) -> dict[int, str]:
    """Who heard the school's requests: person id → name."""
    ids = {request.heard_by_id for request in requests} - {None}
    if not ids:
        return {}
    return dict(db.session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())


# -- questions to the school -----------------------------------------------------------------------


class Return(NamedTuple):
    """The questions of one return, and the frozen versions before it and after its answer."""

    queries: list[Query]
    before: int | None
    after: int | None


def versions(bid: Bid) -> list[tuple[int, datetime]]:
    """The bid's frozen versions, the first one first: number and moment."""
    rows = db.session.execute(
        select(Submission.number, Submission.at)
        .where(Submission.bid_id == bid.id)
        .order_by(Submission.number)
    )
    return [(number, at) for number, at in rows]


def questions(bid: Bid, made: list[tuple[int, datetime]]) -> list[Return]:
    """What the school was asked, the latest return first, beside the versions that were made."""
    batches = sorted({query.batch for query in bid.queries}, reverse=True)
    return [_asked([q for q in bid.queries if q.batch == batch], made) for batch in batches]


def _asked(queries: list[Query], made: list[tuple[int, datetime]]) -> Return:
    asked_at = queries[0].asked_at
    before = [number for number, at in made if at <= asked_at]
    after = [number for number, at in made if at > asked_at]
    return Return(queries, before[-1] if before else None, after[0] if after else None)


def assessments_of(bid: Bid) -> list[NeedAssessment]:
    """The assessments of a bid's need, the one that counts first, with who made them."""
    return list(
        db.session.scalars(
            select(NeedAssessment)
            .join(NeedAssessment.review)
            .where(Review.bid_id == bid.id)
            .options(joinedload(NeedAssessment.by))
            .order_by(NeedAssessment.number.desc())
        )
    )


# -- notes of staff --------------------------------------------------------------------------------


def notes_page(bid: Bid, after: int | None) -> Page[StaffNote]:
    """One page of a bid's notes, the newest first, with whom they name; for those who may read them."""
    query = (
        select(StaffNote)
        .where(StaffNote.bid_id == bid.id)
        .options(
            joinedload(StaffNote.by),
            joinedload(StaffNote.sent_by),
            selectinload(StaffNote.mentions).joinedload(Mention.user),
        )
    )
    return page_of(newest_first(query, StaffNote.id, after), NOTES)


def colleagues(bid: Bid, user: User, now: datetime) -> list[User]:
    """Who may be named in a note: staff who may read it, without its writer.

    A bid that a school has not submitted is known to officers alone.
    """
    roles = SEE_ALL_UNLESS_BARRED if bid.submitted_at else OFFICERS
    held = _holders(bid, roles, london_date(now))
    return [one for one in held if one.id != user.id and writes_notes(one, bid, now)]


def messages_of(bid: Bid) -> list[StaffNote]:
    """The notes that were sent to the school, newest first."""
    return list(
        db.session.scalars(
            select(StaffNote)
            .where(StaffNote.bid_id == bid.id, StaffNote.sent_at.is_not(None))
            .options(joinedload(StaffNote.sent_by))
            .order_by(StaffNote.sent_at.desc(), StaffNote.id.desc())
            .limit(NOTES)
        )
    )


# -- the attempt before ----------------------------------------------------------------------------


class Before(NamedTuple):
    """The bid that this one tries again, in words, and the decision on it, if there was one."""

    words: str
    reference: str
    decision: Decision | None


def attempt_before(bid: Bid, user: User, now: datetime) -> Before | None:
    """For those who may read the review of that bid too: somebody barred from it learns nothing of it."""
    before = bid.resubmits if bid.resubmits_id else None
    if before is None or not sees_review(user, before, now):
        return None
    decision = db.session.scalar(
        select(Decision)
        .where(Decision.bid_id == before.id, Decision.undone_at.is_(None), Decision.change_id.is_(None))
        .options(selectinload(Decision.feedback))
        .order_by(Decision.id.desc())
        .limit(1)
    )
    return Before(attempt_words(before), before.reference, decision)
