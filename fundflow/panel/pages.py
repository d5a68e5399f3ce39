"""A meeting's page, put together for its reader; and what every page of a decision shows."""

from datetime import datetime
from typing import Any

from flask import render_template

from fundflow import ledger
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.person import Seat, User
from fundflow.panel import queries
from fundflow.panel.forms import AttendanceForm, NoInterestsForm
from fundflow.panel.meetings import call_queries, pack
from fundflow.panel.meetings.steps import MEETING_STEPS
from fundflow.panel.operations.ordering import calm_order
from fundflow.panel.routes.common import READERS
from fundflow.panel.scores.queries import sees_scores
from fundflow.permissions import is_clerk
from fundflow.rules.panel.deciders import officer_decides
from fundflow.rules.panel.scores import score_of
from fundflow.rules.panel.sittings import sitting_of
from fundflow.web.access import me, now
from fundflow.web.fields import choices_of
from fundflow.web.forms import Form
from fundflow.workflow.date_words import day_words, moment_words
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.working_days import london_date

Page = tuple[str, int]


def meeting_words(meeting: Meeting) -> str:
    return f"{moment_words(meeting.starts_at)}, {meeting.place}"


def late_papers(meeting: Meeting) -> str:
    days = meeting.fund.papers_days
    return (
        f"Papers should be out {days} working days before, by {day_words(meeting.papers_due_on)}. "
        "That has passed, so members have less time to read."
    )


def odd_day(meeting: Meeting) -> str:
    """What the clerk of a meeting that lies ahead should know of its date; mostly nothing."""
    odd = meeting.fund.remark_on(london_date(meeting.starts_at)) if meeting.takes_bids else None
    return f"{odd} Change the meeting if you do not mean that day." if odd else ""


def may_enter(user: User, at: datetime) -> bool:
    """Whether this person may open the pages of meetings at all."""
    return READERS.allows(user, at)


# -- a meeting ----------------------------------------------------------------------------------


def meeting_page(meeting: Meeting, form: Form | None = None) -> Page:
    """The page of a meeting; `form` is one that was not accepted, to show again."""
    user, at = me(), now()
    clerk = is_clerk(user, meeting.fund_id, at)
    agenda = queries.agenda(meeting, user, at)
    page = render_template(
        "panel/meeting.html",
        meeting=meeting,
        form=form,
        clerk=clerk,
        agenda=agenda,
        late=late_papers(meeting) if meeting.papers_are_late(london_date(at)) else "",
        odd=odd_day(meeting),
        steps=MEETING_STEPS.links(meeting),
        attendance=_attendance(meeting, form) if clerk else None,
        changes=clerk and meeting.takes_bids,
        reorders=clerk and meeting.state not in queries.PAST,
        prints=pack.on_paper(meeting, user, at),
        **_own_interests(meeting, agenda, form),
    )
    return page, form.status if form else 200


def order_page(meeting: Meeting, form: Form) -> Page:
    """Today's order of the agenda and the one in which fewest people leave and return."""
    calm = calm_order(meeting, now())
    rows = {row.id: row for row in queries.agenda(meeting, me(), now())}
    new = [rows[item.id] for item in calm.items]
    numbers = sorted(row.number or 0 for row in new)
    page = render_template(
        "panel/order.html", meeting=meeting, form=form, calm=calm, rows=list(zip(numbers, new, strict=True))
    )
    return page, form.status


def _attendance(meeting: Meeting, form: Form | None) -> AttendanceForm | None:
    if meeting.state is not MeetingState.IN_SESSION:
        return None
    return form if isinstance(form, AttendanceForm) else attendance_form(meeting, formdata=None)


def attendance_form(meeting: Meeting, **options: Any) -> AttendanceForm:
    """A box a member, ticked where they are on the call, or there for some item that is still open."""
    form = AttendanceForm(**options)
    seats = queries.members_on(meeting, now())
    here = queries.present_at(meeting) | call_queries.on_the_call(meeting)
    form.offer_seats(((seat.id, _seat_words(seat)) for seat in seats), here)
    return form


# -- a member's own interests -------------------------------------------------------------------


def _own_interests(meeting: Meeting, agenda: list[queries.AgendaRow], form: Form | None) -> dict[str, Any]:
    """For a member: the bids on which they have said nothing, and the form to say so."""
    mine = my_seat(meeting)
    if mine is None or not meeting.undecided_items():
        return {"mine": None, "owed": [], "interests_form": None, "outside": 0}
    rows = [row for row in agenda if row.shown and row.number and not row.outcome]
    left = call_queries.undeclared(meeting, [row.id for row in rows], me().id)
    owed = [row for row in rows if row.id in left]
    shown = form if isinstance(form, NoInterestsForm) else interests_form(owed, formdata=None)
    outside = 0
    if meeting.state is MeetingState.IN_SESSION:
        outside = sum(not row.shown and row.number is not None for row in agenda)
    return {"mine": mine, "owed": owed, "interests_form": shown, "outside": outside}


def interests_form(owed: list[queries.AgendaRow], **options: Any) -> NoInterestsForm:
    form = NoInterestsForm(**options)
    form.items.choices = choices_of(
        (str(row.id), f"{row.reference} {row.title} ({row.school})") for row in owed
    )
    return form


def interests_form_of(meeting: Meeting) -> NoInterestsForm:
    """The form as it was sent: any item the member sees may be among those they ticked."""
    return interests_form([row for row in queries.agenda(meeting, me(), now()) if row.shown])


def my_seat(meeting: Meeting) -> Seat | None:
    """This person's seat on the panel that meets, if they have one."""
    return next((s for s in queries.members_on(meeting, now()) if s.user_id == me().id), None)


def _seat_words(seat: Seat) -> str:
    if seat.stands_in_for:
        return f"{seat.user.name} (stands in for {seat.stands_in_for.user.name})"
    return f"{seat.user.name} ({seat.position.words}, {seat.sector.words.lower()})"


def decision_facts(item: AgendaItem, at: datetime) -> dict[str, Any]:
    """What the decision maker sees on every page of a decision."""
    bid, score = item.bid, score_of(item, at) if sees_scores(me(), item, at) else None
    return {
        "item": item,
        "tally": sitting_of(item, at).tally,
        "score": score.total if score else None,
        "low_score": score.low if score else "",
        "free": ledger.may_still_offer(bid, at),
        "delegated": bid.fund.delegation if officer_decides(bid) else "",
        "limit": bid.fund.officer_limit_pence if officer_decides(bid) else None,
    }
