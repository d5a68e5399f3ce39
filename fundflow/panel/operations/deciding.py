"""What every decision and correction shares: who may, how much, its conditions, offer and letters."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from fundflow import papers
from fundflow.extensions import db
from fundflow.letters import of_decisions
from fundflow.models.bid import Bid
from fundflow.models.condition import AwardCondition
from fundflow.models.decision import CriterionFeedback, Decision, Offer
from fundflow.models.money import pounds
from fundflow.models.panel import AgendaItem
from fundflow.models.person import User
from fundflow.panel.queries import last_step
from fundflow.rules.bid_remarks import UNDECIDED_YET, early_start
from fundflow.rules.panel.deciders import officer_decides
from fundflow.rules.panel.scores import criterion_scores
from fundflow.steps import Stale, lock, require_step, take_step
from fundflow.workflow.date_words import clock_time, day_month, day_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.panel_rules import Choice, Rules
from fundflow.workflow.working_days import add_working_days, london_date

MOST_CONDITIONS = 5
NO_SCORE = "The bid has no score."
YEAR = timedelta(days=366)  # after the project's end: the last day a condition may name


class ConditionAsked(NamedTuple):
    """A condition as the decision maker words it: what, by whom, by when."""

    text: str
    owner: str
    due_on: date


def why_not_offer(item: AgendaItem, pence: int) -> str | None:
    """Why this amount can't be offered, whatever the fund still holds; the ledger asks the rest."""
    bid = item.bid
    if pence <= 0:
        return "An offer must be for some amount."
    if pence > bid.requested_pence:
        return f"The school asked for {pounds(bid.requested_pence)}; the offer can’t be more than that."
    if pence > item.voted_pence:
        return f"The panel voted on {pounds(item.voted_pence)}; the offer can’t be more than that."
    limit = bid.fund.officer_limit_pence
    if officer_decides(bid) and pence > limit:
        return f"An authorised officer may decide up to {pounds(limit)}."
    return None


def why_departs(item: AgendaItem, wanted: Choice, now: datetime, pence: int | None = None) -> str | None:
    """What makes funding the bid with `pence`, or refusing it, need a reason of its own; None for nothing.

    It departs from the score, there is no score to depart from, or support that is funded began before
    the decision and the school was not asked why.
    """
    for_less = pence is not None and pence < item.bid.requested_pence
    scores = criterion_scores(item, now)
    departs = item.rules.departs(wanted, scores, for_less=for_less) if scores else NO_SCORE
    early = early_start(item.bid, london_date(now)) if wanted is Choice.FUND else None
    found = [departs, None if early and _was_asked(item.bid) else early]
    return " ".join(sentence for sentence in found if sentence) or None


def _was_asked(bid: Bid) -> bool:
    """Whether the school gave a reason when its support had begun already, not for a Saturday before."""
    sent = papers.latest_submission(bid) if bid.why_odd else None
    return bool(sent and bid.start_on and bid.start_on < london_date(sent.at))


def how_it_departs(departs: str) -> str:
    """What has to be explained, as it follows “why the panel”."""
    if departs == NO_SCORE:
        return "decides without a score"
    return "funds the bid all the same" if departs.endswith(UNDECIDED_YET) else "departs from its score"


def lock_for(bid: Bid, step: str, version: int | None, user: User, now: datetime) -> AgendaItem:
    """Lock the bid and return the agenda item the decision is about, read afresh.

    Raises Refused, before anything is written, where the step can't be taken; where somebody
    else's step made the page stale, the refusal says who took it.
    """
    try:
        lock(bid, version, step=step, user=user)
    except Stale:
        raise _meanwhile(bid, step) or Stale from None
    db.session.expire_all()  # votes loaded before the lock may have changed since
    require_step(bid, step, user, now)
    item = bid.latest_item
    if item is None:
        raise Refused("The bid is not on the agenda of a meeting that is open.")
    return item


def _meanwhile(bid: Bid, step: str) -> Refused | None:
    """What to say where the bid has moved on since the page was made."""
    entry = last_step(bid)
    if entry is None or any(row.name == step for row in bid.workflow.from_state(bid.state)):
        return None
    return Refused(
        f"{entry.actor_name} was quicker: “{entry.label}”, at {clock_time(entry.at)} on "
        f"{day_month(entry.at)}. Nothing of yours was recorded; what you typed is still "
        "here."
    )


def last_condition_day(bid: Bid, today: date) -> date:
    """The last day a condition of the award may name."""
    return (bid.end_on or today) + YEAR


def why_no_condition(bid: Bid, asked: ConditionAsked, now: datetime) -> str | None:
    """Why the award can't have this condition, as a sentence, or None."""
    today, last = london_date(now), last_condition_day(bid, london_date(now))
    if not asked.text.strip() or not asked.owner.strip():
        return "A condition says what must be done, and who does it."
    if not today < asked.due_on <= last:
        return f"The date of a condition must be after today, and by {day_words(last)}."
    return None


def keep_conditions(decision: Decision, conditions: Sequence[ConditionAsked], now: datetime) -> None:
    """Keep the conditions of an award, to be tracked, and their words as they are now."""
    if len(conditions) > MOST_CONDITIONS:
        raise Refused(f"An award can have up to {MOST_CONDITIONS} conditions.")
    for asked in conditions:
        if why := why_no_condition(decision.bid, asked, now):
            raise Refused(why)
        decision.award_conditions.append(
            AwardCondition(
                bid=decision.bid,
                text=asked.text.strip(),
                owner=asked.owner.strip(),
                due_on=asked.due_on,
                changed_at=now,
            )
        )
    decision.conditions = "\n".join(condition.words for condition in decision.award_conditions)


def keep_feedback(decision: Decision, feedback: Mapping[str, str], rules: Rules) -> None:
    """Keep what the school is told about each criterion, with the titles as they are now."""
    for slug in rules.slugs:
        if text := feedback.get(slug, "").strip():
            decision.feedback.append(CriterionFeedback(criterion=slug, title=rules.title_of(slug), text=text))


def make_offer(decision: Decision, now: datetime) -> Offer:
    """An offer of what was decided, open for the fund's working days from the day its letter goes."""
    assert decision.pence is not None  # noqa: S101 (a CHECK holds an approval to an amount)
    bid = decision.bid
    reply_by = add_working_days(london_date(now), bid.fund.offer_days, bid.fund.schools_off)
    offer = Offer(
        bid=bid,
        decision=decision,
        pence=decision.pence,
        conditions=decision.conditions,
        made_at=now,
        reply_by=reply_by,
    )
    db.session.add(offer)
    return offer


def record(
    decision: Decision,
    step: str,
    *,
    given: Mapping[str, Any],
    user: User,
    now: datetime,
    version: int | None,
    held_until: date | None = None,
    internal: bool = False,
) -> None:
    """Take the step of a decision, and write to the schools at once or hold their letters.

    held_until  the day by which a letter was promised already, where one is still held
    internal    schools never read of this step: they know of no decision yet
    """
    bid = decision.bid
    due = held_until or letters_due_on(bid, now)
    if due is not None:
        _promise(decision, due)
    elif decision.pence is not None:
        bid.due_on = bid.offer.reply_by
    entry = take_step(
        bid,
        step,
        user=user,
        now=now,
        version=version,
        internal=internal,
        given={**given, **of_decisions.said(decision)},
        unwritten=of_decisions.SCHOOLS if due else of_decisions.told_by_the_reply(decision),
    )
    decision.entry_id = entry.id
    db.session.flush()  # the held letters are written from its rows
    if due is not None:
        of_decisions.withhold(decision, now)
        of_decisions.ask_to_read_over(decision, now)


def letters_due_on(bid: Bid, now: datetime) -> date | None:
    """By when the schools' letters go; None where they go at once."""
    if not bid.fund.holds_decision_letters:
        return None
    return add_working_days(london_date(now), bid.fund.letter_days, bid.fund.council_off)


def _promise(decision: Decision, due: date) -> None:
    bid = decision.bid
    decision.letters_due_on = bid.decision_held_until = bid.due_on = due
    if decision.pence is not None:  # counted again as the letter goes
        bid.offer.reply_by = add_working_days(due, bid.fund.offer_days, bid.fund.schools_off)
