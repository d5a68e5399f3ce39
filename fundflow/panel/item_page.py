"""The page of an item: from it the clerk runs the call, and a member takes part."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template

from fundflow import ledger
from fundflow.actors import actors_for
from fundflow.models.decision import Decision
from fundflow.models.panel import AgendaItem
from fundflow.panel import queries
from fundflow.panel.forms import CastingForm, EmailVoteForm, ProposeAmountForm
from fundflow.panel.meetings import call, call_queries
from fundflow.panel.operations import attendance, email_votes, items
from fundflow.panel.pages import Page
from fundflow.panel.scores.pages import on_item
from fundflow.rules.change_requests import effect_of
from fundflow.rules.change_words import differences
from fundflow.rules.panel.sitting import Sitting
from fundflow.rules.panel.sittings import sitting_of
from fundflow.rules.returns import late_of_school
from fundflow.steps import open_steps
from fundflow.web.access import me, now
from fundflow.web.forms import Form
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import Ask, first_reason
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.working_days import add_working_days, london_date


def item_page(item: AgendaItem, form: Form | None = None) -> Page:
    """The page of an item as its reader may see it; `form` is one that was not accepted, to show again."""
    user, at = me(), now()
    sitting, came = sitting_of(item, at), call_queries.comings(item)
    shown = queries.sees_votes(user, item, sitting, at)
    clerk = items.keeps_this_item(item, user, at)
    rows = call.rows(item, sitting, came, user, at, shown=shown, clerk=clerk)
    page = render_template(
        "panel/item.html",
        item=item,
        bid=item.bid,
        meeting=item.meeting,
        form=form,
        clerk=clerk,
        sitting=sitting,
        rows=rows,
        mine=next((row for row in rows if row.is_me), None),
        tally=sitting.tally if shown else None,
        decision=_decision_on(item),
        earlier=call_queries.earlier_votes(item) if shown else [],
        short_of=_short_of(item, at),
        scoring=on_item(item, form, user, clerk=clerk, at=at) if item.is_scored else None,
        changes=differences(item.change) if item.change else [],
        late_reports=late_of_school(item.bid, london_date(at)),
        papers_out=item.meeting.state is not MeetingState.PLANNED,
        **_agenda(item, at),
        **_clerks(item, sitting, came, form, at, clerk=clerk),
        **_casting(item, sitting, form, shown=shown, clerk=clerk),
        **_deciding(item, at, shown),
    )
    return page, form.status if form else 200


def _decision_on(item: AgendaItem) -> Decision | None:
    return queries.decision_on(item) if item.outcome else None


def _short_of(item: AgendaItem, at: datetime) -> int | None:
    """What may still be offered to this school (pence), where that is less than is voted on."""
    if not item.is_before_panel:
        return None
    free = ledger.may_still_offer(item.bid, at)
    wanted = effect_of(item.change, at).added if item.change else item.voted_pence
    return free if free < wanted else None


def _agenda(item: AgendaItem, at: datetime) -> dict[str, Any]:
    """The agenda at the side, and the items before and after this one that this person may open."""
    agenda = [row for row in queries.agenda(item.meeting, me(), at) if row.number]
    open_to_me = [row for row in agenda if row.shown]
    here = next((n for n, row in enumerate(open_to_me) if row.id == item.id), None)
    return {
        "agenda": agenda,
        "this_row": open_to_me[here] if here is not None else None,
        "before": open_to_me[here - 1] if here else None,
        "after": open_to_me[here + 1] if here is not None and here + 1 < len(open_to_me) else None,
    }


# -- what the clerk records ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Session:
    """How the meeting stands, for the clerk: its step to start or close it, and who must leave now.

    everybody  ids of the members' seats, to record in one click that all joined; empty once some did
    """

    step: Any
    must_leave: list[Any]
    everybody: list[int]


def _clerks(
    item: AgendaItem,
    sitting: Sitting,
    came: call_queries.Attendance,
    form: Form | None,
    at: datetime,
    *,
    clerk: bool,
) -> dict[str, Any]:
    """What only the clerk sees: the meeting's step, forms, and whom one click would record."""
    if not clerk:
        return {"session": None, "alike": None, "proposal_form": None, "email_form": None, "asked": []}
    votable = item.is_before_panel
    started = item.meeting.state in (MeetingState.IN_SESSION, MeetingState.CLOSED)
    return {
        "session": _session(item, sitting, came, at),
        "alike": call.bulk_vote(item, sitting, me(), at) if votable and started else None,
        "proposal_form": _proposal_form(form)
        if votable and not item.change and item.meeting.state is not MeetingState.PLANNED
        else None,
        "email_form": _email_form(item, sitting, form, at) if votable else None,
        "asked": [s.seat.user.name for s in sitting.may_still_vote] if item.email_vote_until else [],
    }


def _session(item: AgendaItem, sitting: Sitting, came: call_queries.Attendance, at: datetime) -> Session:
    meeting = item.meeting
    steps = {o.step.name: o for o in open_steps(meeting, me(), at)}
    runs = meeting.state is MeetingState.IN_SESSION
    leaving = attendance.yet_to_leave(item, sitting.standings, came.on_call) if runs and item.is_open else []
    nobody = runs and not came.call and not any(s.present for s in sitting.standings)
    everybody = [s.seat.id for s in sitting.standings if not s.is_substitute] if nobody else []
    return Session(steps.get("open_session") or steps.get("close_session"), leaving, everybody)


def _proposal_form(form: Form | None) -> ProposeAmountForm:
    return form if isinstance(form, ProposeAmountForm) else ProposeAmountForm(formdata=None)


def email_form_of(item: AgendaItem) -> EmailVoteForm:
    """The form as it was sent, which asks why where the panel could vote at its meeting."""
    form = EmailVoteForm()
    form.expect_why(email_votes.why_email_needs_reason(item, sitting_of(item, now())))
    return form


def _email_form(item: AgendaItem, sitting: Sitting, form: Form | None, at: datetime) -> EmailVoteForm | None:
    """Asks until when; noon in three working days, unless the clerk says otherwise."""
    if email_votes.why_no_email_vote(item, sitting, at) or item.votes_by_email(at):
        return form if isinstance(form, EmailVoteForm) else None
    if isinstance(form, EmailVoteForm):
        return form
    day = add_working_days(london_date(at), 3, item.meeting.fund.council_off)
    form = EmailVoteForm(formdata=None, data={"day": day, "time": "12:00"})
    form.expect_why(email_votes.why_email_needs_reason(item, sitting))
    return form


def _casting(
    item: AgendaItem, sitting: Sitting, form: Form | None, *, shown: bool, clerk: bool
) -> dict[str, Any]:
    """That the vote is tied is said only to those who see votes, and to the person who settles it."""
    casting, count = sitting.casting_seat, sitting.tally
    casts = casting is not None and (clerk or casting.user_id == me().id)
    tied = (shown or casts) and item.is_open and count.votes_for == count.votes_against > 0
    shown_form = form if isinstance(form, CastingForm) else CastingForm(formdata=None)
    return {"tied": tied, "casting_form": shown_form if tied and casts else None}


def _deciding(item: AgendaItem, at: datetime, shown: bool) -> dict[str, Any]:
    """Whether this person decides, and what a decision other than to defer still waits for.

    The reasons tell how the vote stands, so only those who see votes are told them.
    """
    if not item.is_open:
        return {"decides": False, "waits_for": None}
    record = item.record
    decides = Actor.DECISION_MAKER in actors_for(me(), record, at)
    ask, names = Ask(at, me()), ("award_more", "refuse_more") if item.change else ("approve", "decline")
    reasons = [first_reason(step, record, ask) for step in record.workflow.steps if step.name in names]
    return {"decides": decides, "waits_for": reasons[0] if all(reasons) and (shown or decides) else None}
