"""The panel's two working pages, a meeting and an item, put together for whoever looks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, url_for

from fundflow import ledger
from fundflow.letters.rendering import day_words, moment_words
from fundflow.models.decision import Decision
from fundflow.models.panel import AgendaItem, Meeting, Presence, Vote
from fundflow.models.panel_sitting import Sitting, Standing
from fundflow.models.person import Seat, User
from fundflow.panel import operations, queries
from fundflow.panel.forms import AttendanceForm, CastingForm, MomentForm, ScoreForm
from fundflow.panel.routes import READERS
from fundflow.permissions import actors_for
from fundflow.steps import open_steps
from fundflow.web.access import me, now
from fundflow.web.forms import Form
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import Ask, first_reason
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.working_days import LONDON, add_working_days, london_date

Page = tuple[str, int]


def meeting_words(meeting: Meeting) -> str:
    return f"{moment_words(meeting.starts_at)}, {meeting.place}"


def late_papers(meeting: Meeting) -> str:
    days = meeting.fund.papers_days
    return (f"Papers should be out {days} working days before, by {day_words(meeting.papers_due_on)}. "
            "That has passed, so members have less time to read.")  # fmt: skip


def may_enter(user: User, at: datetime) -> bool:
    """Whether this person may open the pages of meetings at all."""
    return READERS.allows(user, at)


# -- a meeting ----------------------------------------------------------------------------------


def meeting_page(meeting: Meeting, form: Form | None = None) -> Page:
    """The page of a meeting; `form` is one that was not accepted, to show again."""
    user, at = me(), now()
    clerk = queries.is_clerk(user, meeting.fund_id, at)
    in_session = meeting.state is MeetingState.IN_SESSION
    page = render_template(
        "panel/meeting.html", meeting=meeting, form=form, clerk=clerk,
        agenda=queries.agenda(meeting, user, at),
        late=late_papers(meeting) if meeting.papers_are_late(london_date(at)) else "",
        steps=[(o, url_for(f"panel.meeting_{o.step.name}", meeting_id=meeting.id))
               for o in open_steps(meeting, user, at)],
        attendance=(form if isinstance(form, AttendanceForm) else attendance_form(meeting))
        if clerk and in_session else None,
        reorders=clerk and meeting.state not in queries.PAST,
    )  # fmt: skip
    return page, form.status if form else 200


def attendance_form(meeting: Meeting) -> AttendanceForm:
    """A box a member, ticked where they are recorded as present for every open item."""
    form = AttendanceForm()
    seats = queries.members_on(meeting, now())
    form.offer_seats(((seat.id, _seat_words(seat)) for seat in seats), queries.present_at(meeting))
    return form


def _seat_words(seat: Seat) -> str:
    return f"{seat.user.name} ({seat.position.words}, {seat.sector.words.lower()})"


# -- an item ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One line of the members' table; empty text where there is nothing to say, or it is hidden."""

    standing: Standing
    present: str
    interest: str
    vote: str
    voided: bool
    is_me: bool
    may_vote: bool


def item_page(item: AgendaItem, form: Form | None = None) -> Page:
    """The page from which the clerk runs an item, and a member takes part in it."""
    user, at = me(), now()
    sitting = item.sitting(at)
    shown = queries.sees_votes(user, item, sitting, at)
    rows = [_member_row(item, standing, shown, at) for standing in sitting.standings]
    clerk = operations.keeps_this_item(item, user, at)
    agenda, given = queries.agenda(item.meeting, user, at), item.criterion_scores(at)
    page = render_template(
        "panel/item.html", item=item, bid=item.bid, meeting=item.meeting, form=form, clerk=clerk,
        sitting=sitting, rows=rows, mine=next((row for row in rows if row.is_me), None),
        agenda=[row for row in agenda if row.number],
        this_row=next((row for row in agenda if row.id == item.id), None),
        tally=sitting.tally if shown else None, decision=_decision_on(item),
        criteria=item.rules.criteria, given=given, total=item.total(at),
        low_score=item.rules.why_not_fundable(given),
        **_forms(item, sitting, form, clerk, shown), **_deciding(item, at, shown),
    )  # fmt: skip
    return page, form.status if form else 200


def _member_row(item: AgendaItem, standing: Standing, shown: bool, at: datetime) -> MemberRow:
    mine = standing.seat.user_id == me().id
    vote = next((v for v in item.votes if v.seat_id == standing.seat.id), None)
    presence = next((p for p in item.presences if p.seat_id == standing.seat.id), None)
    return MemberRow(
        standing=standing, present=_present_words(presence), interest=_interest_words(standing),
        vote=_vote_words(vote) if shown or mine else ("Voted" if standing.vote else ""),
        voided=bool(vote and not vote.counts), is_me=mine,
        may_vote=operations.why_no_vote(item, standing, me(), at) is None,
    )  # fmt: skip


def _present_words(presence: Presence | None) -> str:
    if presence is None:
        return ""
    if presence.present:
        return "Yes"
    return f"Left at {presence.changed_at.astimezone(LONDON):%H:%M}"


def _interest_words(standing: Standing) -> str:
    return {None: "", "none": "None", "disclosed": "Disclosed", "barred": "Barred"}[standing.declared]


def _vote_words(vote: Vote | None) -> str:
    return vote.choice.words if vote else ""


def _decision_on(item: AgendaItem) -> Decision | None:
    decision = queries.standing_decision(item.bid) if item.outcome else None
    return decision if decision and decision.item_id == item.id else None


def _forms(item: AgendaItem, sitting: Sitting, form: Form | None, clerk: bool, shown: bool) -> dict[str, Any]:
    """The forms that may be used now; one that was not accepted is shown as it was sent.

    That the vote is tied is said only to those who see votes, and to whoever settles it.
    """
    casting, count = sitting.casting_seat, sitting.tally
    casts = casting is not None and (clerk or casting.user_id == me().id)
    tied = (shown or casts) and item.is_open and count.votes_for == count.votes_against > 0
    asks = clerk and item.is_open and operations.why_no_email_vote(item, sitting) is None
    return {
        "score_form": _score_form(item, form) if clerk and item.is_open else None,
        "tied": tied,
        "casting_form": (form if isinstance(form, CastingForm) else CastingForm(formdata=None))
        if tied and casts else None,
        "email_form": (form if isinstance(form, MomentForm) else _email_form()) if asks else None,
    }  # fmt: skip


def _score_form(item: AgendaItem, form: Form | None) -> ScoreForm:
    if isinstance(form, ScoreForm):
        return form
    form = ScoreForm(formdata=None)
    form.fill({score.criterion: score.score for score in item.scores}, operations.scores_stamp(item))
    return form


def _email_form() -> MomentForm:
    """Asks until when; noon in three working days, unless the clerk says otherwise."""
    day = add_working_days(london_date(now()), 3)
    return MomentForm(formdata=None, data={"day": day, "time": "12:00"})


def _deciding(item: AgendaItem, at: datetime, shown: bool) -> dict[str, Any]:
    """Whether this person decides, and what a decision other than to defer still waits for.

    The reasons tell how the vote stands, so only those who see votes are told them.
    """
    if not item.is_open:
        return {"decides": False, "waits_for": None}
    decides = Actor.DECISION_MAKER in actors_for(me(), item.bid, at)
    reasons = [first_reason(step, item.bid, Ask(at)) for step in item.bid.workflow.steps
               if step.name in ("approve", "decline")]  # fmt: skip
    return {"decides": decides, "waits_for": reasons[0] if all(reasons) and (shown or decides) else None}


def decision_facts(item: AgendaItem, at: datetime) -> dict[str, Any]:
    """What whoever decides sees on every page of a decision."""
    bid = item.bid
    return {
        "item": item, "tally": item.tally(at), "score": item.total(at),
        "low_score": item.rules.why_not_fundable(item.criterion_scores(at)),
        "free": ledger.may_still_offer(bid, at),
        "delegated": bid.fund.delegation if operations.officer_decides(bid) else "",
        "limit": bid.fund.officer_limit_pence if operations.officer_decides(bid) else None,
    }  # fmt: skip
