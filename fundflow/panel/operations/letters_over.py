"""An officer reads the letters of a decision over and sends them; at the end of their days they go by
themselves, as they stand."""

from collections.abc import Mapping
from datetime import datetime, time

from fundflow.actors import actors_for
from fundflow.extensions import db
from fundflow.letters import of_decisions
from fundflow.models.bid import Bid
from fundflow.models.decision import CriterionFeedback, Decision
from fundflow.models.person import User
from fundflow.panel.operations.deciding import keep_feedback
from fundflow.panel.queries import standing_decision
from fundflow.rules.decisions import why_decision_questioned
from fundflow.rules.interests.bars import bar_of
from fundflow.steps import lock, lock_and_refresh, note
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import LONDON, add_working_days, london_date

SEND, READ_OVER = "send_decision_letters", "read_over_letters"
END_OF_DAY = time(17, 0)  # in London: when letters that nobody sent go by themselves


def why_not_read_over(bid: Bid, user: User, now: datetime) -> str | None:
    """Why this person can't read the letters over, as a sentence, or None."""
    if Actor.OFFICER not in actors_for(user, bid, now):
        return "Only a liaison officer of the fund can check the letters."
    bar = bar_of(bid, user, now)
    return f"You can’t check these letters: {bar_to_you(bar)}." if bar else None


def change_letters(
    bid: Bid,
    *,
    feedback: Mapping[str, str],
    opening: str,
    closing: str,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """Keep an officer's feedback, and lines of their own, in the letter to the school."""
    decision = _held(bid, user, now, version, READ_OVER)
    if _change(decision, feedback, opening, closing):
        note(
            bid, READ_OVER, "Changed the decision letter", user=user, now=now, version=version, internal=True
        )
        of_decisions.write_anew(decision, now)
    db.session.commit()


def send_letters(
    bid: Bid,
    *,
    feedback: Mapping[str, str],
    opening: str,
    closing: str,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """Send the letters with what was last typed; the days to reply, or to ask for a review, begin."""
    decision = _held(bid, user, now, version, SEND)
    _change(decision, feedback, opening, closing)
    _send(decision, user, now, version)
    db.session.commit()


def is_due(decision: Decision, now: datetime) -> bool:
    """Whether the letters should have gone: it is the end of their last day."""
    if decision.letters_due_on is None:
        return False
    return now >= datetime.combine(decision.letters_due_on, END_OF_DAY, LONDON)


def send_when_due(bid: Bid, now: datetime) -> int:
    """By the clock: send the letters as they stand once their last day has ended; counts 1 if they went.

    While an interest that was found late is being looked at they stay. The caller commits.
    """
    lock_and_refresh(bid)
    decision = standing_decision(bid)
    if decision is None or not decision.holds_letters or not is_due(decision, now):
        return 0
    if why_decision_questioned(bid):
        return 0
    _send(decision, None, now, None)
    return 1


def _held(bid: Bid, user: User, now: datetime, version: int | None, step: str) -> Decision:
    """The decision whose letters are held, with its bid locked; raises Refused where none is."""
    lock(bid, version, step=step, user=user)
    db.session.expire_all()
    refuse_if(why_not_read_over(bid, user, now))
    decision = standing_decision(bid)
    if decision is None or not decision.holds_letters:
        raise Refused("The letters have gone already, or the decision was taken back.")
    if step == SEND and why_decision_questioned(bid):
        raise Refused(
            "An interest was found after this decision. The decision maker must first say whether "
            "it still stands."
        )
    return decision


def _change(decision: Decision, feedback: Mapping[str, str], opening: str, closing: str) -> bool:
    """Put in what was typed; answers whether anything is different now."""
    before = of_decisions.said(decision)
    decision.opening, decision.closing = opening.strip(), closing.strip()
    slugs = decision.item.rules.slugs
    said = {slug: text for slug in slugs if (text := feedback.get(slug, "").strip())}
    known = {row.criterion: row for row in decision.feedback if row.criterion in slugs}
    if list(said) != list(known):
        _begin_feedback_anew(decision, known, said)
    else:
        for slug, row in known.items():
            row.text = said[slug]
    return of_decisions.said(decision) != before


def _begin_feedback_anew(
    decision: Decision, known: Mapping[str, CriterionFeedback], said: Mapping[str, str]
) -> None:
    """In the order of the rules, whatever was added later."""
    for row in known.values():
        decision.feedback.remove(row)
        db.session.delete(row)
    db.session.flush()  # a criterion has one row
    keep_feedback(decision, said, decision.item.rules)


def _send(decision: Decision, user: User | None, now: datetime, version: int | None) -> None:
    bid, today = decision.bid, london_date(now)
    decision.letters_sent_at, decision.letters_sent_by_id = now, user.id if user else None
    bid.decision_held_until = bid.due_on = None
    if decision.pence is not None:
        bid.offer.reply_by = bid.due_on = add_working_days(today, bid.fund.offer_days, bid.fund.schools_off)
    label = "Sent the decision letters" if user else "The decision letters went, sent by the clock"
    note(bid, SEND, label, user=user, now=now, version=version)
    of_decisions.send(decision, now)
