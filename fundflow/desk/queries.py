"""What My work and a bid's front page read. Lists select columns."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.accounts.of_schools import people_of_schools
from fundflow.applications.correcting import why_no_correction, why_no_put_back
from fundflow.applications.queries import review_until, why_no_review
from fundflow.applications.resubmitting import why_not_again
from fundflow.desk.conditions import in_hand_of
from fundflow.desk.filters import ENDED
from fundflow.desk.rows import BidRow, bid_rows
from fundflow.extensions import db
from fundflow.models.attempts import TRIED
from fundflow.models.bid import Bid
from fundflow.models.decision import untold_entries
from fundflow.models.desk import StaffNote
from fundflow.models.history import HistoryEntry
from fundflow.models.panel import AgendaItem
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.panel.operations import why_not_read_over
from fundflow.permissions import EDITABLE, actors_for, keeps_outcome_from, may_edit, may_see
from fundflow.review.queries import messages_of
from fundflow.review.rules import OVER
from fundflow.workflow.actors import Actor
from fundflow.workflow.application import BidState
from fundflow.workflow.confirmation import ConfirmationState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.guards import joined
from fundflow.workflow.working_days import london_date

MOST = 300  # of the bids under way, on My work
UNDER_WAY = (BidState.IN_DELIVERY, BidState.SUSPENDED, BidState.IN_MONITORING)

FRONT_PAGE: Any = (
    selectinload(Bid.partners),
    selectinload(Bid.confirmations),
    selectinload(Bid.approvals),
    selectinload(Bid.outcomes),
    selectinload(Bid.backfill_lines),
    selectinload(Bid.cost_lines),
    selectinload(Bid.match_funding),
    selectinload(Bid.pupil_groups),
    selectinload(Bid.items).joinedload(AgendaItem.meeting),
    selectinload(Bid.offers),
    selectinload(Bid.feedback),
)

# Whose history is shown outside the review: to every school of the bid, to who sees its money.
SHARED = ("application", "confirmation", "approval")
AWARD = ("claim", "impact_return", "condition")


def waiting_for_others(user: User, now: datetime) -> list[BidRow]:
    """This person's own live bids (a school's, or those an officer handles or covers), the earliest
    deadline first."""
    mine = [school.id for school in schools_of(user, now)]
    query = (
        bid_rows(user, now)
        .where(or_(Bid.lead_school_id.in_(mine), in_hand_of(user, now)))
        .where(may_see(user, now), Bid.state != BidState.DRAFT)
        .where(or_(Bid.state.not_in(ENDED), keeps_outcome_from(user, now)))
        .order_by(Bid.due_on.is_(None), Bid.due_on, Bid.id)
        .limit(MOST)
    )
    return [BidRow(*row) for row in db.session.execute(query)]


def schools_of(user: User, now: datetime) -> list[School]:
    return [member.school for member in user.memberships_on(london_date(now))]


def history_of(bid: Bid, *, inside: bool, money: bool, untold: bool = True) -> list[HistoryEntry]:
    """A bid's entries, newest first.

    inside  of the review: internal entries too
    money   whether the reader sees the award: a partner reads neither claims nor reports in it
    untold  decisions too about which the school has had no letter
    """
    query = select(HistoryEntry).where(HistoryEntry.bid_id == bid.id)
    if inside:
        query = query.options(joinedload(HistoryEntry.user))  # whose account is behind the name
    else:
        shown = SHARED + AWARD if money else SHARED
        query = query.where(HistoryEntry.internal.is_(False), HistoryEntry.process.in_(shown))
    if not untold:
        query = query.where(HistoryEntry.id.not_in(untold_entries()))
    return list(db.session.scalars(query.order_by(HistoryEntry.id.desc())))


class Thing(NamedTuple):
    """Something to do on a bid that is no step of the bid itself: `endpoint` and its values.

    quiet  something one may do, but nobody waits for
    """

    text: str
    why: str
    endpoint: str
    values: dict[str, Any]
    quiet: bool = False


def other_things_to_do(bid: Bid, user: User, now: datetime) -> list[Thing]:
    """What else this person may do on the bid now, beside its open steps."""
    ref = {"reference": bid.reference}
    actors = actors_for(user, bid, now)
    things = []
    if may_edit(user, bid, now):
        what = "form" if bid.state in EDITABLE else "correction"
        things.append(
            Thing(
                f"Go on with the {what}",
                "Save each section; you can stop and come back.",
                "applications.task_list",
                ref,
            )
        )
    things += _answers_asked_of(bid, user, now) + _corrections(bid, user, now)
    things += _letter_to_read_over(bid, user, now)
    if Actor.OFFICER in actors and bid.state is BidState.IN_REVIEW:
        things.append(Thing("Fill in the checklist", "It saves as you go.", "review.review", ref))
    if Actor.OFFICER in actors and bid.state is BidState.RETURNED:
        things.append(
            Thing(
                "Ask the school again", "It gets a new date for the same questions.", "review.ask_again", ref
            )
        )
    things += _people(bid, actors, now)
    if bid.state in TRIED:
        things += _after_a_refusal(bid, user, now)
    if bid.state in (BidState.IN_DELIVERY, BidState.IN_MONITORING) and Actor.SCHOOL_TEAM in actors:
        things.append(
            Thing("Claims and payments", "Claim for days that were worked.", "payments.bid_money", ref)
        )
    if bid.state in UNDER_WAY and Actor.OFFICER in actors and not bid.termination_asked_at:
        things.append(
            Thing(
                "Ask to stop the funding",
                "Whoever decides for the fund must agree.",
                "review.ask_termination",
                ref,
            )
        )
    if Actor.SCHOOL_TEAM in actors and bid.is_in_monitoring and bid.report and bid.report.is_editable:
        things.append(Thing("Tell us what changed", "The report is one page.", "impact.report", ref))
    return things


def _people(bid: Bid, actors: set[Actor], now: datetime) -> list[Thing]:
    """An officer's inviting people of the bid's schools, with those of which nobody has an account."""
    if Actor.OFFICER not in actors or bid.state in OVER:
        return []
    schools = people_of_schools(bid, london_date(now))
    missing = [each.school.name for each in schools if not each.people]
    why = f"Nobody of {joined(missing)} has an account." if missing else "See who has an account."
    for each in schools:
        if each.asking:
            why += f" {each.asking.signed_name} of {each.school.name} would like one."
    text = "Invite people of the schools"
    return [Thing(text, why, "desk.bid_people", {"reference": bid.reference}, quiet=True)]


def _letter_to_read_over(bid: Bid, user: User, now: datetime) -> list[Thing]:
    if not bid.decision_held_until or why_not_read_over(bid, user, now):
        return []
    return [
        Thing(
            "Read over the decision letter",
            f"It goes by {day_words(bid.decision_held_until)}; the school knows nothing yet.",
            "panel.read_over",
            {"reference": bid.reference},
        )
    ]


def _corrections(bid: Bid, user: User, now: datetime) -> list[Thing]:
    """Starting or dropping a correction of submitted answers."""
    ref = {"reference": bid.reference}
    if why_no_correction(user, bid, now) is None:
        if bid.correcting_since:
            return [
                Thing(
                    "Drop the correction",
                    "The answers become again what you sent.",
                    "applications.drop_correction",
                    ref,
                    quiet=True,
                )
            ]
        return [
            Thing(
                "Correct an answer",
                "For a typo nobody has to sign again.",
                "applications.start_correction",
                ref,
                quiet=True,
            )
        ]
    if why_no_put_back(user, bid, now) is None:
        return [
            Thing(
                "Put back the submitted answers",
                "For a correction that the school left open.",
                "applications.put_back",
                ref,
                quiet=True,
            )
        ]
    return []


def messages_for(bid: Bid, user: User, now: datetime) -> list[StaffNote]:
    """What the council sent to the lead school, for its people alone."""
    ours = bid.lead_school_id in user.school_ids(london_date(now))
    return messages_of(bid) if ours else []


def _answers_asked_of(bid: Bid, user: User, now: datetime) -> list[Thing]:
    """Confirmations and feedback this person may give for a school that takes part."""
    day = london_date(now)
    leading = user.school_ids(day, leading=True)
    things = [
        Thing(
            f"Answer for {c.school.name}",
            "The bid can’t go to the panel before you answer.",
            "applications.confirmation_confirm",
            {"reference": bid.reference, "number": c.id},
        )
        for c in bid.confirmations
        if c.state is ConfirmationState.ASKED and c.school_id in leading
    ]
    if any(f.school_id in user.school_ids(day) and not f.given_at for f in bid.feedback):
        things.append(
            Thing(
                "Rate the support", "It takes two minutes.", "impact.feedback", {"reference": bid.reference}
            )
        )
    return things


def _after_a_refusal(bid: Bid, user: User, now: datetime) -> list[Thing]:
    """Asking for a review, and bidding again from a bid that came to nothing."""
    ref, things = {"reference": bid.reference}, []
    if Actor.SCHOOL_LEADER in actors_for(user, bid, now) and why_no_review(bid, now) is None:
        things.append(
            Thing(
                "Ask for a review",
                f"You can ask until {day_words(review_until(bid))}. A manager who took no "
                "part will look at it.",
                "applications.ask_for_review",
                ref,
                quiet=True,
            )
        )
    if why_not_again(bid, user, now) is None:
        things.append(
            Thing(
                "Bid again from this one",
                "A new draft with the answers you last sent.",
                "applications.bid_again",
                ref,
                quiet=True,
            )
        )
    return things
