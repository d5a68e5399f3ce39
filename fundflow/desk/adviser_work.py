"""Advisers on My work: visits to plan, record or make up for, feedback to give, training and checks due."""

from datetime import datetime, timedelta

from fundflow.advisers import queries
from fundflow.desk.panel_work import MOST, Waiting
from fundflow.models.fund import Module
from fundflow.models.person import User
from fundflow.web import modules
from fundflow.workflow.adviser_visit import AdviserVisitState as S
from fundflow.workflow.working_days import london_date

AHEAD = timedelta(days=30)  # how long before its day a record, or a visit to plan, is shown
WHAT = {
    ("head", S.DONE): "Say how useful the visit was",
    ("adviser", S.TO_PLAN): "Plan the visit",
    ("adviser", S.PLANNED): "Record the visit",
    ("adviser", S.MISSED): "Plan another visit",
    ("officer", S.TO_PLAN): "See that the visit is planned",
    ("officer", S.PLANNED): "See that the visit is recorded",
    ("officer", S.MISSED): "See that the missed visit is made up for",
}


def advisers(user: User, now: datetime) -> list[Waiting]:
    """One query of visits for everybody, since anybody may be an adviser; one of records for officers."""
    if not modules.is_on(Module.ADVISERS):
        return []
    until = london_date(now) + AHEAD
    found = [
        Waiting(
            "Visit",
            row.school,
            f"{row.adviser} · {row.term_words}",
            WHAT[whose, row.state],
            None if row.state is S.DONE else min(row.due_on, row.planned_on or row.due_on),
            f"/advisers/visits/{row.id}",
        )
        for row, whose in queries.visits_waiting(user, now, until, MOST)
    ]
    if not queries.KEEPERS & user.roles_on(london_date(now)):
        return found
    return found + [
        Waiting(
            "Adviser", due.adviser, due.what, "Record it", due.due_on, f"/advisers/{due.adviser_id}#records"
        )
        for due in queries.records_due(user, now, until, MOST)
    ]
