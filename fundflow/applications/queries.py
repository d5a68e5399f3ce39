"""What the school's side reads: where a bid may start, its versions, what its form still needs."""

import json
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from fundflow.applications.freezing import answers, questions
from fundflow.applications.sections import SectionPage, pages_of
from fundflow.extensions import db
from fundflow.letters.links import hash_of
from fundflow.letters.recipients import leaders_of
from fundflow.models.bid import Bid
from fundflow.models.confirmation import Approval, Confirmation
from fundflow.models.fund import Fund, Round
from fundflow.models.person import LinkPurpose, OneTimeLink, User
from fundflow.models.review import Submission
from fundflow.models.school import School
from fundflow.permissions import EDITABLE, actors_for, may_edit
from fundflow.workflow.actors import Actor
from fundflow.workflow.application import BidState
from fundflow.workflow.confirmation import ConfirmationState
from fundflow.workflow.engine import Ask, Refused
from fundflow.workflow.working_days import add_working_days, london_date

REVIEWABLE = (BidState.INELIGIBLE, BidState.NOT_FUNDED)


class Task(NamedTuple):
    """One line of the task list."""

    page: SectionPage
    status: str
    open: bool
    missing: list[str]


def may_start(user: User, now: datetime) -> list[School]:
    """The open schools this person belongs to."""
    members = user.memberships_on(london_date(now))
    return [member.school for member in members if member.school.is_open]


def open_rounds(schools: list[School], now: datetime) -> list[Round]:
    """The rounds these schools may bid in today, the newest first."""
    areas = {school.la_code for school in schools}
    rounds = db.session.scalars(
        select(Round).join(Fund).where(Fund.la_code.in_(areas)).order_by(Round.id.desc())
    )
    return [round_ for round_ in rounds if round_.why_closed(now) is None]


def leads(user: User, bid: Bid, now: datetime) -> bool:
    """Whether this person belongs to the school that leads the bid."""
    return Actor.SCHOOL_TEAM in actors_for(user, bid, now)


def heads(user: User, bid: Bid, now: datetime) -> bool:
    """Whether this person is the head of the school that leads the bid."""
    return Actor.SCHOOL_LEADER in actors_for(user, bid, now)


def why_not_editable(user: User, bid: Bid, now: datetime, slug: str | None = None) -> str | None:
    """None while this person may change the bid (or one of its sections), else the sentence."""
    if may_edit(user, bid, now, slug):
        return None
    if not leads(user, bid, now):
        return "Only the school that leads the bid can change it."
    if bid.state not in EDITABLE:
        return "The answers can no longer be changed: the bid is not with your school."
    return "The officer did not ask about this section, so it can’t be changed."


def tasks(bid: Bid) -> list[Task]:
    """The task list: every section with its status and whether it can be opened now."""
    return [_task(bid, page) for page in pages_of(bid)]


def _task(bid: Bid, page: SectionPage) -> Task:
    missing = page.section.what_is_missing(bid)
    if bid.state is BidState.RETURNED:
        asked = questions(bid, page)
        if not asked:
            return Task(page, "Cannot change", False, missing)
        if any(query.is_open for query in asked):
            return Task(page, "Question to answer", True, missing)
    if not missing:
        return Task(page, "Completed", True, missing)
    started = page.section.is_started(bid)
    return Task(page, "In progress" if started else "Not started", True, missing)


def versions(bid: Bid) -> list[tuple[int, datetime, str]]:
    """The frozen versions, newest first: number, moment, who agreed to it."""
    rows = db.session.execute(
        select(Submission.number, Submission.at, User.name)
        .join(User, User.id == Submission.by_id)
        .where(Submission.bid_id == bid.id)
        .order_by(Submission.number.desc())
    )
    return [(number, at, name) for number, at, name in rows]


def version(bid: Bid, number: int) -> Submission | None:
    """One frozen version of a bid."""
    return db.session.scalar(
        select(Submission).where(Submission.bid_id == bid.id, Submission.number == number)
    )


def latest_submission(bid: Bid) -> Submission | None:
    return db.session.scalar(
        select(Submission).where(Submission.bid_id == bid.id)
        .order_by(Submission.number.desc()).limit(1)
    )  # fmt: skip


def agreed_answers(bid: Bid) -> dict[str, Any]:
    """The bid's data as it was last submitted; a draft's as they are now."""
    frozen = latest_submission(bid)
    return dict(json.loads(frozen.answers)) if frozen else answers(bid)


def answers_for(user: User, bid: Bid, now: datetime) -> dict[str, Any]:
    """The bid's data as this person may read them: only the lead school sees unsent changes."""
    if bid.state in EDITABLE and leads(user, bid, now):
        return answers(bid)
    return agreed_answers(bid)


def heads_of(school: School, now: datetime) -> list[str]:
    """Names of a school's head and acting heads."""
    return [who.name for who in leaders_of(school, london_date(now))]


def review_until(bid: Bid) -> date:
    """The last day on which the school may ask for a review of the decision."""
    return add_working_days(london_date(bid.state_since), bid.fund.review_days)


def why_no_review(bid: Bid, now: datetime) -> str | None:
    """None while the school may ask for a review, else the sentence that says why not."""
    if bid.state not in REVIEWABLE:
        return "A review can be asked for only when a bid was ruled ineligible or not funded."
    if any(request.asked_at >= bid.state_since for request in bid.review_requests):
        return "Your school has asked for a review of this decision already."
    last = review_until(bid)
    if london_date(now) > last:
        return f"A review had to be asked for by {last:%-d %B %Y}."
    return None


def approval_by(token: str) -> tuple[Approval, OneTimeLink] | None:
    """The approval an emailed link belongs to; the link works until the approval is answered."""
    link = db.session.scalar(
        select(OneTimeLink).where(
            OneTimeLink.token_hash == hash_of(token[:200]),
            OneTimeLink.purpose == LinkPurpose.APPROVAL,
        )
    )
    approval = db.session.get(Approval, link.approval_id) if link and link.approval_id else None
    return (approval, link) if approval and link else None


def require_review(user: User, bid: Bid, now: datetime) -> None:
    """Raise Refused unless this person may ask for a review of the decision now."""
    if not heads(user, bid, now):
        raise Refused(f"Only {Actor.SCHOOL_LEADER.words} can do this.")
    why = why_no_review(bid, now)
    if why:
        raise Refused(why)


def why_not_sent(bid: Bid, now: datetime) -> str | None:
    """What keeps the head from sending the bid now, or None."""
    step = "submit" if bid.state is BidState.DRAFT else "resubmit"
    return bid.workflow.why_not(bid, step, actors={Actor.SCHOOL_LEADER}, ask=Ask(now))


def may_answer(user: User, asked: Confirmation, now: datetime) -> bool:
    """Whether this person is the head who is asked, and the answer is still wanted."""
    waiting = asked.state is ConfirmationState.ASKED
    return waiting and Actor.PARTNER_LEADER in actors_for(user, asked, now)


def may_ask_again(user: User, bid: Bid, now: datetime) -> bool:
    """Whether this person may put a bid to its partners and approver again."""
    return bool({Actor.SCHOOL_LEADER, Actor.OFFICER} & actors_for(user, bid, now))
