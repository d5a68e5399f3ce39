"""What the school's side reads: where a bid may start, its versions, what its form still needs."""

import json
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from fundflow.actors import actors_for
from fundflow.applications.freezing import answers, questions, sha256
from fundflow.applications.sections import SectionPage, pages_of
from fundflow.extensions import db
from fundflow.letters.holders import leaders_of
from fundflow.models.bid import Bid
from fundflow.models.confirmation import ASKING, Confirmation
from fundflow.models.files import Viewing
from fundflow.models.fund import Fund
from fundflow.models.late_entry import LateEntry
from fundflow.models.person import User
from fundflow.models.review import Submission, SubmissionKind
from fundflow.models.round import Round
from fundflow.models.school import School
from fundflow.papers import latest_submission
from fundflow.permissions import CORRECTABLE, is_open_to_school, may_edit
from fundflow.rules.bid_sections import open_unasked
from fundflow.rules.decisions import told_at, why_letter_held
from fundflow.rules.frozen_copies import hash_now, newest_hashes
from fundflow.rules.returns import LateReport, late_of_school
from fundflow.web.paging import Page, newest_first, page_of_rows
from fundflow.workflow.actors import Actor
from fundflow.workflow.application import BidState
from fundflow.workflow.confirmation import ConfirmationState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Ask, Refused
from fundflow.workflow.impact_return import HELD_FROM, ReturnKind
from fundflow.workflow.working_days import add_working_days, london_date

VIEWINGS = 50  # on a page
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
    """The rounds these schools may bid in today, the newest first; also one that closed, into which
    one of them was let in late."""
    areas = {school.la_code for school in schools}
    late = set(
        db.session.scalars(
            select(LateEntry.round_id).where(
                LateEntry.school_id.in_([school.id for school in schools]),
                LateEntry.until > now,
                LateEntry.ended_at.is_(None),
            )
        )
    )
    rounds = db.session.scalars(
        select(Round)
        .join(Round.fund)
        .where(Fund.la_code.in_(areas))
        .options(contains_eager(Round.fund))
        .order_by(Round.id.desc())
    )
    return [round_ for round_ in rounds if round_.why_closed(now) is None or round_.id in late]


def leads(user: User, bid: Bid, now: datetime) -> bool:
    """Whether this person belongs to the school that leads the bid."""
    return Actor.SCHOOL_TEAM in actors_for(user, bid, now)


def heads(user: User, bid: Bid, now: datetime) -> bool:
    """Whether this person is the head of the school that leads the bid."""
    return Actor.SCHOOL_LEADER in actors_for(user, bid, now)


def fills_in(user: User, bid: Bid, now: datetime) -> bool:
    """Whether this person writes in the bid's form while it is open to them: the school's people, and
    officers in a bid that was entered or commissioned for it."""
    actors = actors_for(user, bid, now)
    return Actor.SCHOOL_TEAM in actors or (Actor.OFFICER in actors and not bid.began_by_school)


def why_not_editable(user: User, bid: Bid, now: datetime, slug: str | None = None) -> str | None:
    """None while this person may change the bid (or one of its sections), else the sentence."""
    if may_edit(user, bid, now, slug):
        return None
    if not leads(user, bid, now):
        return "Only the school that leads the bid can change it now."
    if bid.state in CORRECTABLE:
        return "To change an answer now, start a correction first."
    if not is_open_to_school(bid):
        return "The answers can no longer be changed: the bid is not with your school."
    return "The officer did not ask about this section, so it can’t be changed."


def tasks(bid: Bid) -> list[Task]:
    """The task list: every section with its status and whether it can be opened now."""
    new = {section.slug for section in open_unasked(bid)}
    return [_task(bid, page, page.slug in new) for page in pages_of(bid)]


def _task(bid: Bid, page: SectionPage, is_new: bool) -> Task:
    missing = page.section.what_is_missing(bid)
    if bid.state is BidState.RETURNED:
        asked = questions(bid, page)
        if not asked and not is_new:
            return Task(page, "Cannot change", False, missing)
        if any(query.is_open for query in asked):
            return Task(page, "Question to answer", True, missing)
    started = page.is_started(bid)
    if not missing:
        return Task(page, "Completed" if started or not page.section.optional else "Optional", True, missing)
    return Task(page, "In progress" if started else "Not started", True, missing)


class FrozenVersion(NamedTuple):
    """One line of the frozen versions."""

    number: int
    kind: SubmissionKind
    at: datetime
    name: str  # who sent it


def hash_without_names(frozen: Submission) -> str | None:
    """The hash of a frozen version that names were taken out of since it was sent; else None."""
    if sha256(frozen.answers) == frozen.sha256:
        return None
    facts = db.session.scalar(select(newest_hashes()).where(Bid.id == frozen.bid_id))
    now = hash_now(facts, "submission", frozen.id, frozen.sha256)
    return now if now != frozen.sha256 else None


def versions(bid: Bid) -> list[FrozenVersion]:
    """The frozen versions, newest first."""
    rows = db.session.execute(
        select(Submission.number, Submission.kind, Submission.at, User.name)
        .join(User, User.id == Submission.by_id)
        .where(Submission.bid_id == bid.id)
        .order_by(Submission.number.desc())
    )
    return [FrozenVersion(*row) for row in rows]


def version(bid: Bid, number: int) -> Submission | None:
    """One frozen version of a bid."""
    return db.session.scalar(
        select(Submission).where(Submission.bid_id == bid.id, Submission.number == number)
    )


def agreed_answers(bid: Bid) -> dict[str, Any]:
    """The bid's data as it was last submitted; a draft's as they are now."""
    frozen = latest_submission(bid)
    return dict(json.loads(frozen.answers)) if frozen else answers(bid)


def answers_for(user: User, bid: Bid, now: datetime) -> dict[str, Any]:
    """The bid's data as this person may read them: only the lead school sees unsent changes."""
    if is_open_to_school(bid) and leads(user, bid, now):
        return answers(bid)
    return agreed_answers(bid)


def heads_of(school: School, now: datetime) -> list[str]:
    """Names of a school's head and acting heads."""
    return [who.name for who in leaders_of(school, london_date(now))]


def review_until(bid: Bid) -> date:
    """The last day on which the school may ask for a review of the decision."""
    return add_working_days(london_date(told_at(bid)), bid.fund.review_days, bid.fund.schools_off)


def why_no_review(bid: Bid, now: datetime) -> str | None:
    """None while the school may ask for a review, else the sentence that says why not."""
    if why := why_letter_held(bid):
        return why
    if bid.state not in REVIEWABLE:
        return "A review can be asked for only when a bid was ruled ineligible or not funded."
    if any(not request.heard_at or request.asked_at >= told_at(bid) for request in bid.review_requests):
        return "Your school has asked for a review of this decision already."
    last = review_until(bid)
    if london_date(now) > last:
        return f"A review had to be asked for by {day_words(last)}."
    return None


def require_review(user: User, bid: Bid, now: datetime) -> None:
    """Raise Refused unless this person may ask for a review of the decision now."""
    if not heads(user, bid, now):
        raise Refused(f"Only {Actor.SCHOOL_LEADER.words} can do this.")
    why = why_no_review(bid, now)
    if why:
        raise Refused(why)


def sending(user: User, bid: Bid, now: datetime) -> str:
    """The step with which the form is sent: by the school, or by an officer for it."""
    if bid.state is BidState.DRAFT:
        return "submit" if leads(user, bid, now) or bid.began_by_school else "submit_on_behalf"
    return "resubmit" if bid.state is BidState.RETURNED else "correct"


def why_not_sent(user: User, bid: Bid, now: datetime) -> str | None:
    """What keeps anyone who may send the bid from sending it now, or None."""
    step = sending(user, bid, now)
    actors = {Actor.OFFICER} if step == "submit_on_behalf" else {Actor.SCHOOL_LEADER, Actor.SCHOOL_TEAM}
    return bid.workflow.why_not(bid, step, actors=actors, ask=Ask(now, user))


def may_answer(user: User, asked: Confirmation, now: datetime) -> bool:
    """Whether this person is the head who is asked, and the answer is still wanted; one who declined
    may still agree."""
    waiting = asked.bid.state in ASKING and asked.state in (
        ConfirmationState.ASKED,
        ConfirmationState.DECLINED,
    )
    return waiting and Actor.PARTNER_LEADER in actors_for(user, asked, now)


def taking_part(bid: Bid) -> set[str]:
    """URNs of the schools in the bid as it is, and as it was last sent while it is being changed."""
    live = {school.urn for school in bid.schools}
    if not is_open_to_school(bid) or bid.submitted_at is None:
        return live
    sent = agreed_answers(bid)["sections"].get("schools", {}).get("rows", {}).get("schools", [])
    return live | {row["school"]["urn"] for row in sent}


def may_ask_again(user: User, bid: Bid, now: datetime) -> bool:
    """Whether this person may put a bid to its partners and approver again."""
    return bool({Actor.SCHOOL_LEADER, Actor.OFFICER} & actors_for(user, bid, now))


# -- who read its files ------------------------------------------------------------------------------


class ViewingRow(NamedTuple):
    id: int
    what: str
    name: str
    at: datetime


def viewings(bid: Bid, after: int | None) -> Page[ViewingRow]:
    """Who read what of a bid, the newest first."""
    query = (
        select(Viewing.id, Viewing.what, User.name, Viewing.at)
        .join(User, User.id == Viewing.user_id)
        .where(Viewing.bid_id == bid.id)
    )
    return page_of_rows(newest_first(query, Viewing.id, after), VIEWINGS, ViewingRow)


def reports_that_warn(bid: Bid, now: datetime) -> list[LateReport]:
    """Reports of the school that are so late that its next bid may be held up."""
    off = bid.fund.schools_off
    late_since = add_working_days(london_date(now), -HELD_FROM, off) + timedelta(days=1)
    found = late_of_school(bid, late_since)
    return [one for one in found if not one.is_let_pass and one.kind is not ReturnKind.FOLLOW_UP]
