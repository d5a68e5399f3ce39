"""The log of an award's days: to add to it, to confirm what stands in it, to strike a day out."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, request, url_for

from fundflow.models.bid import Bid
from fundflow.models.day_log import WorkedDay
from fundflow.models.person import User
from fundflow.models.unfinished import Unfinished
from fundflow.payments import cost_log, day_log, day_queries, settling
from fundflow.payments.blueprint import blueprint
from fundflow.payments.forms import ConfirmDaysForm, DayForm, day_line
from fundflow.permissions import sees_days, sees_money
from fundflow.rules.claims import why_log_closed
from fundflow.rules.openings import opening_of
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bid_steps import bid_form_page
from fundflow.web.bids import visible_bid, visible_part
from fundflow.web.forms import GONE, ReasonForm, carried_out
from fundflow.web.unfinished import may_be_kept_for_later, row_as_typed, say_saved, show_unfinished
from fundflow.workflow.engine import Refused, refuse_if

DAYS = "/bids/<reference>/days"
NO_DAYS = "No days of this log wait for you to confirm them."


@blueprint.route(DAYS, methods=["GET", "POST"])
@access(SIGNED_IN)
def bid_days(reference: str) -> Any:
    """A POST adds a day to the log, or keeps one that is not finished."""
    bid = visible_days(reference)
    form = DayForm.on(bid)
    lines = day_log.lines_to_log(bid, me(), now())
    form.offer(bid, lines)
    refuse_if(day_log.NOT_YOURS if form.is_submitted() and not lines else None)
    if not form.is_submitted():
        _show_begun(form, bid)
    elif "forget" in request.form:
        if _kept(form, bid, None):
            flash("What was begun is removed.", "success")
            return redirect(days_page(bid))
    elif form.validate_on_submit() and (logged := _logged(form, bid)):
        _say(logged)
        return redirect(days_page(bid))
    elif not form.problem and may_be_kept_for_later(form):
        entry = None if form.is_blank else row_as_typed(form, "day")
        if _kept(form, bid, entry):
            say_saved(entry, before="the day counts", otherwise="Nothing was entered.")
            return redirect(days_page(bid))
    return _log_page(bid, form, bool(lines)), form.status


@blueprint.route(f"{DAYS}/confirm", methods=["GET", "POST"])
@access(SIGNED_IN)
def confirm_days(reference: str) -> Any:
    bid = visible_days(reference)
    form = ConfirmDaysForm.on(bid)
    days = settling.days_to_confirm(bid, me(), now())
    form.offer(days)
    if not form.is_submitted() and not days:
        raise Refused(settling.why_own_days(bid, me()) or "No days of this log wait for you to confirm them.")
    if form.validate_on_submit() and carried_out(
        form,
        lambda: settling.confirm_days(
            bid,
            form.chosen,
            reason=form.reason.data or "",
            version=form.version.data,
            user=me(),
            now=now(),
        ),
        bid,
    ):
        flash("Thank you. The days are confirmed.", "success")
        return redirect(days_page(bid))
    if form.stale and not days:  # nothing is left to send again
        form.problem = f"{GONE}{form.happened} {NO_DAYS}"
    return bid_page(
        "payments/confirm_days.html", bid, form=form, days=days, in_place=_in_place_of_a_head(days)
    ), form.status


@blueprint.route(f"{DAYS}/<id:number>/strike-out", methods=["GET", "POST"])
@access(SIGNED_IN)
def strike_out_day(reference: str, number: int) -> Any:
    bid = visible_days(reference)
    entry: WorkedDay = visible_part(WorkedDay, number, bid)
    if entry not in day_queries.log_of(bid, me(), now()):
        abort(404)
    return strike_out_page(
        entry,
        "day",
        settling.strike_out,
        settling.why_not_struck,
        explain=(day_line(entry), "It counts no more. It stays in the log, with your name and reason."),
        back_text="Back to the days",
    )


def strike_out_page(
    entry: Any,
    noun: str,
    strike_out: Callable[..., None],
    why_not: Callable[[Any, User, datetime], str | None],
    *,
    explain: tuple[str, ...],
    back_text: str,
) -> Any:
    """Asks why an entry of the log is struck out, and strikes it out."""
    bid: Bid = entry.bid
    form = ReasonForm.on(bid)
    if not form.is_submitted():
        refuse_if(why_not(entry, me(), now()))
    if form.validate_on_submit() and carried_out(
        form,
        lambda: strike_out(entry, reason=form.reason.data, version=form.version.data, user=me(), now=now()),
        bid,
    ):
        flash(f"The {noun} is struck out. It stays in the log, with your reason.", "success")
        return redirect(days_page(bid))
    return bid_form_page(
        bid,
        form,
        heading=f"Strike out this {noun}",
        button="Strike out",
        warning=True,
        explain=explain,
        back=days_page(bid),
        back_text=back_text,
    )


def _show_begun(form: DayForm, bid: Bid) -> None:
    """The day that this person's school began and did not finish, as it was typed."""
    if begun := _begun(bid):
        show_unfinished(form, begun)


def _begun(bid: Bid) -> Unfinished | None:
    place = day_log.place_of_begun(bid, me(), now())
    return bid.unfinished.get(place) if place else None


def _say(logged: WorkedDay) -> None:
    """Who is asked to confirm the day, and what is odd about it."""
    who = logged.confirms_words
    flash(f"The day is in the log. {who[0].upper()}{who[1:]} is asked to confirm it.", "success")
    for words in day_log.said_of(logged):
        flash(words, "notice")


def visible_days(reference: str) -> Bid:
    bid = visible_bid(reference)
    return bid if sees_days(me(), bid, now()) else abort(404)


def _logged(form: DayForm, bid: Bid) -> WorkedDay | None:
    """The day, if it could be logged."""
    logged: list[WorkedDay] = []
    carried_out(
        form,
        lambda: logged.append(
            day_log.log_day(
                bid,
                line_id=int(form.line.data),
                day=form.worked_on.data,
                half_days=int(form.half_days.data),
                where_id=int(form.spent_at.data),
                activity=form.activity.data,
                stand_in=form.stand_in.data or "",
                version=form.version.data,
                user=me(),
                now=now(),
            )
        ),
        bid,
    )
    return logged[-1] if logged and not form.problem else None


def _kept(form: DayForm, bid: Bid, entry: Unfinished | None) -> bool:
    return carried_out(
        form,
        lambda: day_log.keep_begun_day(bid, entry, version=form.version.data, user=me(), now=now()),
        bid,
    )


def _log_page(bid: Bid, form: DayForm, logs: bool) -> str:
    user, at = me(), now()
    log = day_queries.log_of(bid, user, at)
    costs = cost_log.seen_costs(bid, user, at)
    money, is_open = sees_money(user, bid, at), why_log_closed(bid) is None
    spends = cost_log.lines_to_spend(bid, user, at)
    return bid_page(
        "payments/bid_days.html",
        bid,
        form=form,
        may_log=logs and is_open,
        may_spend=bool(spends) and is_open,
        begun=_begun(bid) is not None,
        log=log,
        sees_money=money,
        strikes={entry.id for entry in log if settling.why_not_struck(entry, user, at) is None},
        to_confirm=len(settling.days_to_confirm(bid, user, at)),
        costs=costs,
        used=cost_log.receipts_used(costs, user, at),
        cost_strikes={cost.id for cost in costs if settling.why_cost_not_struck(cost, user, at) is None},
        cost_lines=cost_log.by_line(cost_log.costs_of_award(bid) if money else spends, costs),
        opening=opening_of(bid),
        lines=day_log.by_line(day_log.days_of_award(bid) if money else day_log.lines_to_log(bid, user, at)),
    )


def _in_place_of_a_head(days: list[WorkedDay]) -> bool:
    """Whether the officer confirms days that wait for a head."""
    leads = me().school_ids(now().date(), leading=True)
    return any(entry.confirms_id is not None and entry.confirms_id not in leads for entry in days)


def days_page(bid: Bid) -> str:
    return url_for("payments.bid_days", reference=bid.reference)
