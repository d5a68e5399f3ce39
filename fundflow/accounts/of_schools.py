"""The people of a bid's schools: who has an account, and an officer who invites those who have none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager

from fundflow.accounts.names import require_own_name
from fundflow.accounts.people import add_account
from fundflow.accounts.places import SchoolPlace
from fundflow.accounts.queries import has_account
from fundflow.actors import actors_for
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.confirmation import Confirmation
from fundflow.models.person import Membership, Standing, User
from fundflow.models.school import School
from fundflow.models.signing_in import ProofFor
from fundflow.permissions import is_open_to_school
from fundflow.proofs import require_proof
from fundflow.rules.interests.bars import bar_of
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date


@dataclass(frozen=True, slots=True)
class SchoolPeople:
    """A school of a bid, and who of it has an account today: heads first.

    asking  the answer by link of a head who would like an account and has none
    """

    school: School
    people: Sequence[Membership]
    asking: Confirmation | None = None

    @property
    def has_head(self) -> bool:
        return any(member.standing is Standing.LEADER for member in self.people)


def schools_as_sent(bid: Bid) -> list[School]:
    """The bid's schools, the lead first; while its school changes its answers, those that were asked."""
    if bid.submitted_at is None or not is_open_to_school(bid):
        return list(dict.fromkeys(bid.schools))
    return list(dict.fromkeys([bid.lead_school, *(asked.school for asked in bid.confirmations)]))


_HELD = (
    select(Membership)
    .join(Membership.user)
    .options(contains_eager(Membership.user))
    .where(Membership.school_id.in_(bindparam("schools", expanding=True)), User.active.is_(True))
    .order_by(Membership.standing, User.name, Membership.id)
)


def people_of_schools(bid: Bid, day: date) -> list[SchoolPeople]:
    """Each school of a bid, the lead first, with its people. One query."""
    schools = schools_as_sent(bid)
    held = db.session.scalars(_HELD, {"schools": [school.id for school in schools]})
    today = [member for member in held if member.is_valid_on(day)]
    return [
        SchoolPeople(school, people, _asking(bid, school, people))
        for school in schools
        for people in [[member for member in today if member.school_id == school.id]]
    ]


def _asking(bid: Bid, school: School, people: Sequence[Membership]) -> Confirmation | None:
    have = {member.user.email for member in people}
    answers = (asked for asked in bid.confirmations if asked.school_id == school.id)
    return next((a for a in answers if a.wants_account and a.link_email not in have), None)


def why_not_invite(bid: Bid, user: User, now: datetime) -> str | None:
    """None where this person may invite people of the bid's schools: an officer who may handle it."""
    if Actor.OFFICER not in actors_for(user, bid, now):
        return "Only a liaison officer of the fund can do this."
    bar = bar_of(bid, user, now)
    return f"You can’t do this: {bar_to_you(bar)}. Ask a colleague." if bar else None


def invite_to_school(
    bid: Bid,
    school: School,
    *,
    email: str,
    name: str,
    job_title: str,
    standing: Standing,
    user: User,
    now: datetime,
) -> User:
    """Make an account for somebody of one of the bid's schools, from today, and email its link.

    The administrators and the auditors are told. Raises Refused for a school that takes no part, and for an
    address or a name that has an account; ProofWanted where the fund asks officers for proofs.
    """
    refuse_if(why_not_invite(bid, user, now))
    require_proof(user, ProofFor.APPOINTMENTS, now, fund=bid.fund)
    if school not in schools_as_sent(bid):
        raise Refused(f"{school.name} takes no part in this bid.")
    if has_account(email):
        raise Refused("This address has an account already. Ask an administrator to add the school.")
    require_own_name(name)
    place = SchoolPlace(school, standing, london_date(now))
    invited = add_account(email=email, name=name, job_title=job_title, place=place, by=user, now=now)
    db.session.commit()
    return invited
