"""Advisers on My work: visits to plan, make, record or make up for, feedback, training and checks due."""

from datetime import datetime, timedelta

from fundflow.actors import OFFICERS
from fundflow.advisers import visit_queries
from fundflow.desk.panel_work import MOST, Waiting
from fundflow.models.fund import Module
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.web import modules
from fundflow.workflow.adviser_visit import AdviserVisitState as S
from fundflow.workflow.working_days import london_date

AHEAD = timedelta(days=30)  # how long before its day a record, or a visit to plan, is shown
WHAT = {
    ("head", S.DONE): "Say how useful the visit was",
    ("adviser", S.TO_PLAN): "Plan the visit",
    ("adviser", S.PLANNED): "Record the visit",
    ("coming", S.PLANNED): "Visit the school",
    ("adviser", S.MISSED): "Plan another visit",
    ("officer", S.TO_PLAN): "See that the visit is planned",
    ("officer", S.PLANNED): "See that the visit is recorded",
    ("officer", S.MISSED): "See that the missed visit is made up for",
}


# Roles of the council of which nobody advises schools: they are spared the query.
NEVER = frozenset(R) - OFFICERS - {R.IMPACT_OFFICER}


def advisers(user: User, now: datetime) -> tuple[list[Waiting], bool]:
    """What waits, and whether this person is an adviser. One query, for heads, officers and anybody else who
    may advise."""
    day = london_date(now)
    held = user.roles_on(day)
    spared = held and held <= NEVER and not user.memberships_on(day)
    if spared or not modules.is_on(Module.ADVISERS):
        return [], False
    rows, advises = visit_queries.waiting(user, now, day + AHEAD, MOST)
    return [_line(row) for row in rows], advises


def _line(row: visit_queries.WaitingLine) -> Waiting:
    if row.state is None:
        page = f"/advisers/{row.id}#records"
        return Waiting("Adviser", row.adviser, row.about, "Record it when it is done", row.due_on, page)
    return Waiting(
        "Visit",
        row.about,
        f"{row.adviser} · {row.term_words}",
        WHAT[row.whose, row.state],
        None if row.state is S.DONE else row.due_on,
        f"/advisers/visits/{row.id}",
    )
