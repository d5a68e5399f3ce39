"""Recommendations of committees and the board: recorded, answered, done or let go."""

from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.board import Recommendation
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.reports.paper.operations import NOT_YOURS
from fundflow.reports.paper.queries import owners_of, writes
from fundflow.rules.public_text import why_names_anybody
from fundflow.steps import lock_row, take_step
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.recommendation import RecommendationState
from fundflow.workflow.working_days import london_date

NAMES_NOBODY = "the report names nobody but the contact officer"


def record(
    fund: Fund, *, body: str, what: str, owner: int, due_on: date, user: User, now: datetime
) -> Recommendation:
    """Record what a committee asks for, or the same that this person has just recorded; raises Refused where
    the owner is no staff of the fund, and for a day that is past."""
    lock_row(fund)  # one at a time, so that a second click finds the first
    if not writes(user, fund.id, now):
        raise Refused(NOT_YOURS)
    found = next((pair for pair in owners_of(fund, now) if pair[0].id == owner), None)
    if found is None:
        raise Refused("Select who answers it.")
    refuse_if(why_names_anybody(fund, body, what, rule=NAMES_NOBODY))
    if due_on < london_date(now):
        raise Refused("The day must be today or later.")
    person, role = found
    for known in db.session.scalars(
        select(Recommendation).where(
            Recommendation.fund_id == fund.id,
            Recommendation.owner_id == person.id,
            Recommendation.state == RecommendationState.OPEN,
            Recommendation.due_on == due_on,
        )
    ):
        if (known.body, known.what) == (body, what):
            return known
    made = Recommendation(
        fund=fund,
        body=body,
        what=what,
        due_on=due_on,
        recorded_at=now,
        changed_at=now,
    )
    made.give_to(person, role)
    db.session.add(made)
    given = {"body": body, "what": what, "owner": person.id, "due_on": due_on}
    take_step(made, "record", user=user, now=now, given=given)
    db.session.commit()
    return made


def answer(
    made: Recommendation, *, step: str, user: User, now: datetime, version: int | None = None, **given: Any
) -> None:
    """Take a step that says something: the response and whose it is, what was done, or why it is no longer
    asked for; raises Refused where that names somebody."""
    said = str(given.get("response") or given.get("reason") or "").strip()
    whose = str(given.get("answered_for") or "").strip()
    refuse_if(why_names_anybody(made.fund, said, whose, rule=NAMES_NOBODY))
    also: dict[str, Any] = {"changed_at": now}
    if step in RESPONSES:
        also |= {"response": said, "answered_for": whose, "answered_at": now}
    else:
        also["outcome"] = said
    take_step(made, step, user=user, now=now, version=version, given=given, also=also)
    db.session.commit()


RESPONSES = ("accept", "not_accept")
ANSWERS = {name: partial(answer, step=name) for name in ("accept", "not_accept", "done", "let_go")}
