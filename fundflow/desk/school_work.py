"""Schools that an officer looks after, on My work: reviews of the term, of concerns and of the focus on
looked-after children."""

from datetime import datetime, timedelta

from fundflow.actors import OFFICERS
from fundflow.desk.panel_work import MOST, Waiting
from fundflow.models.fund import Module
from fundflow.models.person import User
from fundflow.schools.caseload_queries import Due, reviews_due, to_review
from fundflow.web import modules
from fundflow.workflow.terms import term_on
from fundflow.workflow.working_days import london_date

AHEAD = timedelta(days=14)  # how long before its day a review is shown


def schools_to_review(user: User, now: datetime) -> list[Waiting]:
    """Two queries, for officers, where a fund keeps caseloads."""
    today = london_date(now)
    if not user.roles_on(today) & OFFICERS or not modules.is_on(Module.CASELOADS):
        return []
    due = [_line(one) for one in reviews_due(user, now, today + AHEAD, MOST)]
    count, term = to_review(user, now), term_on(today)
    if not count:
        return due
    title = f"{count} school{'' if count == 1 else 's'} not reviewed this term"
    page = f"/schools/caseloads?show=unreviewed&officer={user.id}"
    return [Waiting("Schools", title, f"{term.words} term", "Review them", None, page), *due]


def _line(one: Due) -> Waiting:
    if one.concern_id:
        page = f"/schools/concerns/{one.concern_id}"
        return Waiting("Concern", one.school, "A concern is open", "Review the concern", one.review_on, page)
    page = f"/schools/{one.urn}/looked-after"
    return Waiting("School", one.school, "Looked-after children", "Review the focus", one.review_on, page)
