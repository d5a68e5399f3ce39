"""Asking the school for more: which sections, by when; and again, where it has not answered."""

from collections.abc import Mapping
from datetime import date, datetime

from fundflow.extensions import db
from fundflow.letters import write_letter
from fundflow.letters.recipients import addressees
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.models.review import Query
from fundflow.review.operations.reviewing import start_review
from fundflow.review.rules import why_not_ask_again
from fundflow.rules.bid_sections import SECTION
from fundflow.steps import lock, note, take_step
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date


def return_for_changes(
    bid: Bid,
    questions: Mapping[str, str],
    answer_by: date,
    *,
    user: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Ask the school about sections (slug → question); only those sections open for changes."""
    lock(bid, version, step="return_for_changes", user=user)
    if answer_by <= london_date(now):
        raise Refused("The date by which the school should answer must be after today.")
    batch = 1 + max([query.batch for query in bid.queries], default=0)
    for slug, question in questions.items():
        if slug not in SECTION or not SECTION[slug].applies(bid):
            raise Refused("One of the questions is about a section this bid does not have.")
        bid.queries.append(Query(batch=batch, section=slug, question=question, asked_at=now))
    bid.officer = bid.officer or user
    start_review(bid, user=user, now=now)
    bid.due_on = answer_by
    asked = [f"{SECTION[slug].title}: {question}" for slug, question in questions.items()]
    take_step(
        bid,
        "return_for_changes",
        user=user,
        now=now,
        version=version,
        given={"questions": asked, "answer_by": answer_by},
    )
    db.session.commit()


def ask_again(
    bid: Bid, answer_by: date, message: str, *, user: User, now: datetime, version: int | None = None
) -> None:
    """Give the school a new date for the same questions, and write to it."""
    lock(bid, version, step="ask_again", user=user)
    if why := why_not_ask_again(bid, user, now):
        raise Refused(why)
    if answer_by <= london_date(now):
        raise Refused("The date by which the school should answer must be after today.")
    bid.due_on = answer_by
    entry = note(
        bid,
        "ask_again",
        f"Asked the school to answer by {day_words(answer_by)}",
        user=user,
        now=now,
        reason=message,
        version=version,
    )
    for who in addressees("school", bid, entry.at):
        if who.email:
            write_letter(
                "review_extra/asked_again.txt",
                "school",
                who,
                now=now,
                bid=bid,
                key=f"asked_again:{entry.id}:{who.email.lower()}",
                entry=entry,
                context={"answer_by": answer_by, "message": message},
            )
    db.session.commit()
