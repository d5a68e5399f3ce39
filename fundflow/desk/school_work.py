"""Schools that an officer looks after, on My work: reviews of the term, of concerns and of the focus on
looked-after children. Asked in one query with the recommendations of committees."""

from datetime import date, datetime, timedelta

from sqlalchemy import select, union_all

from fundflow.actors import OFFICERS
from fundflow.desk.board_work import TO_DO, recommendation_line, recommendations
from fundflow.desk.panel_work import MOST, Waiting
from fundflow.extensions import db
from fundflow.models.fund import Module
from fundflow.models.person import User
from fundflow.schools.caseload_list import NONE
from fundflow.schools.caseload_queries import SCHOOLS, TO_REVIEW, WITHOUT_OFFICER, works_of_schools
from fundflow.web import modules
from fundflow.workflow.terms import term_on
from fundflow.workflow.working_days import london_date

AHEAD = timedelta(days=14)  # how long before its day a review is shown
COUNTS = (SCHOOLS, WITHOUT_OFFICER)


def recommendations_and_schools(user: User, now: datetime) -> list[Waiting]:
    """One query, for officers and for who answers recommendations."""
    today = london_date(now)
    asked = [recommendations(user, now)]
    if user.roles_on(today) & OFFICERS and modules.is_on(Module.CASELOADS):
        asked += works_of_schools(user, now, today + AHEAD, MOST)
    parts = [select(query.subquery()) for query in asked if query is not None]
    rows = db.session.execute(union_all(*parts)) if parts else ()
    answers = {state.value for state in TO_DO}
    return [
        recommendation_line(*row) if row[0] in answers else _line(*row, user=user, today=today)
        for row in rows
        if row[0] not in COUNTS or row[1]
    ]


def _line(
    kind: str, number: int, school: str, urn: str, due: date | None, *, user: User, today: date
) -> Waiting:
    if kind in COUNTS:
        schools = "1 school" if number == 1 else f"{number} schools"
        title, whose, what = f"{schools} not reviewed this term", str(user.id), "Review them"
        if kind == WITHOUT_OFFICER:
            verb = "needs" if number == 1 else "need"
            title, whose, what = f"{schools} to review {verb} an officer", NONE, "Say who looks after them"
        page = f"/schools/caseloads?show=unreviewed&officer={whose}"
        return Waiting("Schools", title, f"{term_on(today).words} term", what, None, page)
    if kind == TO_REVIEW:
        page = f"/schools/concerns/{number}"
        return Waiting("Concern", school, "A concern is open", "Review the concern", due, page)
    page = f"/schools/{urn}/looked-after"
    return Waiting("School", school, "Looked-after children", "Review the focus", due, page)
